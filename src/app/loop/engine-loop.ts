import { type Effect } from '../../core/effect.ts';
import { type Fact } from '../../core/fact.ts';
import { type Input, type InputBody } from '../../core/input.ts';
import { type EngineState } from '../../core/state.ts';
import { ORD_REJ, refusal, type Refusal } from '../../core/refusal.ts';
import { approximateBytes, BoundedQueue } from '../../lib/bounded-queue.ts';
import { type Clock, type EpochMs } from '../../lib/time.ts';

/** The three functions of the core. */
export interface Decider {
  readonly decide: (state: EngineState, input: Input) => readonly Fact[];
  readonly evolve: (state: EngineState, fact: Fact) => EngineState;
  readonly effectsOf: (state: EngineState, fact: Fact) => readonly Effect[];
}

/** The journal as the loop needs it: append now, durable later. */
export interface FactJournal {
  readonly appendFact: (at: EpochMs, fact: Fact) => number;
  readonly commit: () => Promise<void>;
  /** Appended and not yet durable. */
  readonly pendingBytes: () => number;
}

/** One fact with its number in the journal and what it asks of the outside. */
export interface RecordedFact {
  readonly seq: number;
  readonly at: EpochMs;
  readonly fact: Fact;
  readonly effects: readonly Effect[];
}

export interface EngineLoopDeps {
  readonly decider: Decider;
  readonly journal: FactJournal;
  readonly clock: Clock;
  readonly pendingCommitBytesMax: number;
  /** Inputs that may wait for the running turn; `DEFAULT_WAITING` when left out. */
  readonly waiting?: WaitingLimits;
  /**
   * Puts on an input, as it enters, what its decision may look at beside the books: the reference
   * price of an order.
   */
  readonly stamp?: (body: InputBody) => InputBody;
  /**
   * What is decided instead of an input: orders that left memory and are needed for it come back
   * first, then itself; nothing, when it is only seen again.
   */
  readonly recall?: (state: EngineState, body: InputBody) => readonly InputBody[];
  /**
   * Adapter call; what it answers at once (RequestSent, RequestNotSent) is the next input of the
   * same turn.
   */
  readonly runEffect: (effect: Effect, at: EpochMs) => readonly InputBody[];
  /** Facts that are durable, in order: logs, metrics, library events. */
  readonly onDurable: (facts: readonly RecordedFact[]) => void;
  /**
   * Facts that no journal has: decided after it was lost, or waiting for it then. Only operators
   * may be told.
   */
  readonly onUnrecorded?: (facts: readonly RecordedFact[]) => void;
  /**
   * The journal cannot be written, or an input found no room: nothing may leave the process from
   * here on.
   */
  readonly onHalt: (cause: Error) => void;
}

export interface WaitingLimits {
  readonly inputsMax: number;
  readonly bytesMax: number;
}

/**
 * Only inputs that arrive during a turn wait, a handful at a time: this is thousands of times more.
 */
const DEFAULT_WAITING: WaitingLimits = { inputsMax: 65_536, bytesMax: 67_108_864 };

/** What is decided may not be recorded. */
export const NOT_DURABLE = 'NOT_DURABLE';
/** 99 is OrdRejReason(103) and CxlRejReason(102) alike. */
const BUSY = refusal('ENGINE_BUSY', ORD_REJ.other, 'too much waits; try again');

/** New orders are refused from here on, so that reports and cancels find room. */
const SHARE_FOR_ORDERS = 0.5;

/**
 * input -> decide -> append -> evolve -> effects, to its end within one synchronous turn, so that
 * everything the turn appends (facts, outgoing messages, consumed numbers) lies in one journal
 * block. [architecture 4; adr 12]
 */
export class EngineLoop {
  readonly #deps: EngineLoopDeps;
  readonly #waiting: BoundedQueue<InputBody>;
  readonly #limits: WaitingLimits;
  #state: EngineState;
  #running = false;
  #halted = false;
  /** Why new orders are refused although there is room for them. */
  #notDurable: string | undefined;
  #isUnrecorded = false;
  #lastSeq = 0;
  #publishedSeq = 0;
  #factCount = 0;
  #unpublished: RecordedFact[] = [];
  #publishing: Promise<void> | undefined;

  constructor(state: EngineState, deps: EngineLoopDeps) {
    this.#state = state;
    this.#deps = deps;
    this.#limits = deps.waiting ?? DEFAULT_WAITING;
    const { inputsMax, bytesMax } = this.#limits;
    this.#waiting = new BoundedQueue({
      lengthMax: inputsMax,
      bytesMax,
      bytesOf: (body) => approximateBytes(body),
    });
  }

  get state(): EngineState {
    return this.#state;
  }

  /** Of the last fact that was decided, and of the last that is durable and published. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Facts decided since the start. */
  get factCount(): number {
    return this.#factCount;
  }

  get publishedSeq(): number {
    return this.#publishedSeq;
  }

  get halted(): boolean {
    return this.#halted;
  }

  /** Why the disk takes no new orders; `undefined` while it is sound. */
  get notDurable(): string | undefined {
    return this.#notDurable;
  }

  /** Nothing that is decided is recorded any more. */
  get isUnrecorded(): boolean {
    return this.#isUnrecorded;
  }

  /** Why a new order or replace is refused before it is looked at. */
  get orderRefusal(): Refusal | undefined {
    if (this.#notDurable !== undefined)
      return refusal(NOT_DURABLE, ORD_REJ.other, this.#notDurable);
    return this.hasRoom ? undefined : BUSY;
  }

  /**
   * False when so much waits, for the disk or for a turn, that a new order has to be refused
   * (ENGINE_BUSY).
   */
  get hasRoom(): boolean {
    if (this.#halted || !this.#hasRoomForOrders()) return false;
    return this.#deps.journal.pendingBytes() < this.#deps.pendingCommitBytesMax;
  }

  /**
   * Decides an input and everything that follows from it. Durable and published soon after; see
   * `settled`.
   */
  submit(body: InputBody): void {
    if (this.#halted) return;
    if (this.#running) {
      if (!this.#waiting.offer(body)) this.#haltFull(body);
      return;
    }
    this.#running = true;
    try {
      let next: InputBody | undefined = body;
      // A turn that threw may have left older inputs.
      if (this.#waiting.length > 0 && this.#waiting.offer(body)) next = this.#waiting.poll();
      while (next !== undefined) {
        const at = this.#deps.clock.wall();
        for (const body of this.#bodiesOf(next)) this.#turn({ at, body });
        next = this.#waiting.poll();
      }
    } finally {
      this.#running = false;
    }
    if (this.#unpublished.length > 0) this.#publishing ??= this.#publish();
  }

  /** Resolves when everything submitted before is durable and published. */
  async settled(): Promise<void> {
    while (this.#publishing !== undefined) await this.#publishing;
  }

  /** New orders are refused with NOT_DURABLE from here on; `undefined`: they pass again. */
  refuseOrders(why: string | undefined): void {
    if (!this.#isUnrecorded) this.#notDurable = why;
  }

  /** The journal is lost: books and effects go on in memory, for good. */
  goUnrecorded(why: string): void {
    this.#notDurable = why;
    this.#isUnrecorded = true;
  }

  /** Stops deciding for good: the journal or an input is lost. Calls `onHalt` once. */
  halt(cause: Error): void {
    if (this.#halted) return;
    this.#halted = true;
    this.#waiting.clear();
    this.#deps.onHalt(cause);
  }

  #bodiesOf(given: InputBody): readonly InputBody[] {
    const body = this.#deps.stamp?.(given) ?? given;
    return this.#deps.recall?.(this.#state, body) ?? [body];
  }

  #turn(input: Input): void {
    for (const fact of this.#deps.decider.decide(this.#state, input)) {
      const seq = this.#deps.journal.appendFact(input.at, fact);
      this.#lastSeq = seq;
      this.#factCount += 1;
      this.#state = this.#deps.decider.evolve(this.#state, fact);
      const effects = this.#deps.decider.effectsOf(this.#state, fact);
      this.#unpublished.push({ seq, at: input.at, fact, effects });
      // Answers go in front of everything that arrived meanwhile, so that a request counts as sent
      // before its link counts as lost. After a halt within the turn the rest of the decision is
      // still recorded, and nothing of it is sent.
      const answers = this.#halted
        ? []
        : effects.flatMap((effect) => this.#deps.runEffect(effect, input.at));
      // After a halt the queue stays empty.
      const lost = answers.reverse().find((answer) => !this.#waiting.offerFirst(answer));
      if (lost !== undefined) this.#haltFull(lost);
    }
  }

  #hasRoomForOrders(): boolean {
    const { length, bytes } = this.#waiting;
    const { inputsMax, bytesMax } = this.#limits;
    return length < inputsMax * SHARE_FOR_ORDERS && bytes < bytesMax * SHARE_FOR_ORDERS;
  }

  /** Dropping a report could lose a fill, so the engine halts instead. */
  #haltFull({ type }: InputBody): void {
    const { length, bytes } = this.#waiting;
    this.halt(
      new Error(`ENGINE_QUEUE_FULL: no room for ${type} behind ${length} inputs of ${bytes} bytes`),
    );
  }

  async #isDurable(): Promise<boolean> {
    if (this.#isUnrecorded) return false;
    return this.#deps.journal.commit().then(
      () => true,
      (cause: unknown) => this.#lostMeanwhile(cause),
    );
  }

  #lostMeanwhile(cause: unknown): false {
    if (!this.#isUnrecorded) throw cause;
    return false;
  }

  async #publish(): Promise<void> {
    try {
      while (this.#unpublished.length > 0 && !this.#halted) {
        // The rest of this turn of the event loop joins the same flush.
        await new Promise<void>((resolve) => setImmediate(resolve));
        const facts = this.#unpublished;
        this.#unpublished = [];
        if (await this.#isDurable()) {
          this.#deps.onDurable(facts);
          this.#publishedSeq = facts.at(-1)?.seq ?? this.#publishedSeq;
        } else this.#deps.onUnrecorded?.(facts);
      }
    } catch (cause) {
      this.halt(cause instanceof Error ? cause : new Error(String(cause)));
    } finally {
      this.#publishing = undefined;
    }
  }
}
