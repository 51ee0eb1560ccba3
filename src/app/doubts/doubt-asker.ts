import { type AskVenue } from '../../core/effect.ts';
import { type InputBody } from '../../core/input.ts';
import { type EngineState } from '../../core/state.ts';
import { type EvidenceView } from '../../domain/evidence.ts';
import { type SessionName } from '../../domain/ids.ts';
import { type ViewReaders, type ViewReading } from '../../kraken/account/resolution-reading.ts';
import { readView } from '../../kraken/account/resolution-views.ts';

export interface DoubtAskerDeps {
  /** How an account's venue is read; `undefined`: nobody can be asked about it. */
  readonly readers: (session: SessionName) => ViewReaders | undefined;
  readonly books: () => EngineState;
  readonly submit: (body: InputBody) => void;
}

/**
 * Asks the venue one view after the other, the cheapest first, and tells the core what each said.
 * Decides nothing: a view that fails is told as incomplete, and the core asks again. A round ends
 * early when what came so far has ended every doubt.
 */
export class DoubtAsker {
  readonly #deps: DoubtAskerDeps;
  readonly #running = new Set<Promise<void>>();
  #isStopped = false;

  constructor(deps: DoubtAskerDeps) {
    this.#deps = deps;
  }

  /** Called within a turn of the loop: the answers come in later turns. */
  ask(effect: AskVenue): void {
    const round: Promise<void> = Promise.resolve()
      .then(() => this.#round(effect))
      .finally(() => this.#running.delete(round));
    this.#running.add(round);
  }

  /** Resolves when no call is in flight; close its client first to end it sooner. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#running);
  }

  async #round(effect: AskVenue): Promise<void> {
    const { session, round, views } = effect;
    const readers = this.#deps.readers(session);
    for (const view of views) {
      if (readers === undefined) break;
      const reading = await read(view, effect, readers);
      this.#tell({ type: 'EvidenceSeen', session, round, view, ...reading });
      // From here on history is asked, which costs most.
      if (view === 'fills' && this.#isSettled(session, round)) break;
    }
    this.#tell({ type: 'RoundAnswered', session, round, isOver: true });
  }

  #isSettled(session: SessionName, round: number): boolean {
    this.#tell({ type: 'RoundAnswered', session, round, isOver: false });
    const { doubtCases, lateWatches } = this.#deps.books();
    if (lateWatches.has(session)) return false;
    for (const one of doubtCases.values()) if (one.session === session) return false;
    return true;
  }

  #tell(body: InputBody): void {
    if (!this.#isStopped) this.#deps.submit(body);
  }
}

/** A reader that throws is a bug; its view is incomplete, and the round goes on. */
const read = async (
  view: EvidenceView,
  effect: AskVenue,
  readers: ViewReaders,
): Promise<ViewReading> => {
  try {
    return await readView(view, effect, readers);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return { channel: 'rest', complete: false, why, orders: [], fills: [] };
  }
};
