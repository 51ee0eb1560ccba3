import { type Timers } from '../../../lib/time.ts';

const WINDOW_MS = 10_000;
const LINES_MAX = 20;

/**
 * Tells who was turned away, but a flood of strangers fills no log: the rest of ten seconds is one
 * line with their number.
 */
export class TurnedAwayLog {
  readonly #timers: Timers;
  readonly #tell: (text: string) => void;
  #window: { readonly cancel: () => void } | undefined;
  #lines = 0;

  constructor(timers: Timers, tell: (text: string) => void) {
    this.#timers = timers;
    this.#tell = tell;
  }

  add(text: string): void {
    this.#window ??= this.#timers.set(WINDOW_MS, () => {
      this.#window = undefined;
      this.#summarize();
    });
    this.#lines += 1;
    if (this.#lines <= LINES_MAX) this.#tell(text);
  }

  /** Tells what is untold. */
  close(): void {
    this.#window?.cancel();
    this.#window = undefined;
    this.#summarize();
  }

  #summarize(): void {
    const untold = this.#lines - LINES_MAX;
    this.#lines = 0;
    if (untold > 0) this.#tell(`${untold} more connections within ${WINDOW_MS / 1_000} s`);
  }
}
