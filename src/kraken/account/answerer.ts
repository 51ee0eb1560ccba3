import { type Timers } from '../../lib/time.ts';
import { type Answer, type AskedFor, keyOf, type Question } from './question.ts';

export interface AnswererLimits {
  /** Questions that may wait. One more is dropped with a notice; the next poll covers it. */
  readonly questionsMax: number;
  /** Attempts for a question that the venue cannot answer yet. */
  readonly attemptsMax: number;
  readonly backOffMs: number;
  readonly backOffMsMax: number;
}

export const DEFAULT_ANSWERER: AnswererLimits = {
  questionsMax: 1_000,
  attemptsMax: 8,
  backOffMs: 1_000,
  backOffMsMax: 60_000,
};

export interface AnswererDeps {
  readonly timers: Timers;
  /** Numbers from 0 up to 1, to spread repeats. */
  readonly random: () => number;
  readonly answer: (question: Question, askedFor: AskedFor) => Promise<Answer>;
  readonly onFindings: (findings: Answer['findings']) => void;
  /**
   * `code` is stable: REST_FAILING, REST_BACK, QUESTION_DROPPED, QUESTION_REFUSED,
   * QUESTION_UNANSWERED.
   */
  readonly onNotice: (severity: 'info' | 'warn' | 'error', code: string, text: string) => void;
  readonly limits?: AnswererLimits;
}

interface Waiting {
  readonly question: Question;
  readonly askedFor: AskedFor;
  readonly attempts: number;
  /** Set while it waits for its own next attempt. */
  readonly timer?: { readonly cancel: () => void };
}

interface InFlight {
  readonly key: string;
  askedAgainFor?: AskedFor;
}

/**
 * Asks REST one question at a time, each once, and repeats with growing pauses. While REST fails,
 * all questions wait. A refused question waits alone and lets the others pass.
 */
export class Answerer {
  readonly #deps: AnswererDeps;
  readonly #limits: AnswererLimits;
  readonly #waiting = new Map<string, Waiting>();
  #running: Promise<void> | undefined;
  /**
   * The question in flight, and whether it was asked again meanwhile: its answer may be too old
   * then.
   */
  #inFlight: InFlight | undefined;
  #pause: { readonly cancel: () => void } | undefined;
  #failures = 0;
  #isStopped = false;

  constructor(deps: AnswererDeps) {
    this.#deps = deps;
    this.#limits = deps.limits ?? DEFAULT_ANSWERER;
  }

  ask(question: Question, askedFor: AskedFor = 'Doubt'): void {
    if (this.#isStopped) return;
    const key = keyOf(question);
    const waiting = this.#waiting.get(key);
    if (this.#inFlight?.key === key) this.#inFlight.askedAgainFor = askedFor;
    if (waiting !== undefined) {
      if (askedFor === 'Doubt') this.#waiting.set(key, { ...waiting, askedFor });
      return;
    }
    if (this.#waiting.size >= this.#limits.questionsMax) {
      this.#deps.onNotice('warn', 'QUESTION_DROPPED', `${key}: ${this.#waiting.size} wait already`);
      return;
    }
    this.#waiting.set(key, { question, askedFor, attempts: 0 });
    this.#run();
  }

  /** Failed answers since the last good one. 0 is healthy. */
  get failures(): number {
    return this.#failures;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Drops all questions. Resolves when the call in flight has ended; close its client first to end
   * it sooner.
   */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#pause?.cancel();
    for (const { timer } of this.#waiting.values()) timer?.cancel();
    this.#waiting.clear();
    await this.#running;
  }

  #run(): void {
    if (this.#running !== undefined || this.#pause !== undefined) return;
    // Starts after the caller's step, so that equal questions of one step are one call.
    this.#running = Promise.resolve()
      .then(() => this.#work())
      .finally(() => {
        this.#running = undefined;
      });
  }

  async #work(): Promise<void> {
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const { answer, askedAgainFor } = await this.#ask(next);
      if (this.#isStopped) return;
      this.#deps.onFindings(answer.findings);
      if (answer.outcome === 'Failed') {
        this.#failed(answer.text ?? '');
        return;
      }
      this.#worked();
      this.#waiting.delete(keyOf(next.question));
      if (answer.outcome !== 'Done') this.#again(next, answer);
      else if (askedAgainFor !== undefined) this.ask(next.question, askedAgainFor);
    }
  }

  #next(): Waiting | undefined {
    if (this.#isStopped) return undefined;
    for (const waiting of this.#waiting.values()) if (waiting.timer === undefined) return waiting;
    return undefined;
  }

  async #ask({ question, askedFor }: Waiting): Promise<{
    readonly answer: Answer;
    readonly askedAgainFor: AskedFor | undefined;
  }> {
    const inFlight: InFlight = { key: keyOf(question) };
    this.#inFlight = inFlight;
    const answer = await this.#answerOf(question, askedFor);
    this.#inFlight = undefined;
    return { answer, askedAgainFor: inFlight.askedAgainFor };
  }

  /** A reader that throws is a bug. It must not stop the other questions. */
  async #answerOf(question: Question, askedFor: AskedFor): Promise<Answer> {
    try {
      return await this.#deps.answer(question, askedFor);
    } catch (cause) {
      const text = cause instanceof Error ? cause.message : String(cause);
      return { outcome: 'Refused', findings: [], text: `${keyOf(question)}: ${text}` };
    }
  }

  #failed(text: string): void {
    this.#failures += 1;
    if (this.#failures === 1) this.#deps.onNotice('warn', 'REST_FAILING', text);
    this.#pause = this.#deps.timers.set(this.#backOff(this.#failures), () => {
      this.#pause = undefined;
      this.#run();
    });
  }

  #worked(): void {
    if (this.#failures === 0) return;
    this.#deps.onNotice('info', 'REST_BACK', `after ${this.#failures} failures`);
    this.#failures = 0;
  }

  #again({ question, askedFor, attempts }: Waiting, { outcome, text = '' }: Answer): void {
    const key = keyOf(question);
    if (outcome === 'Refused' && attempts === 0)
      this.#deps.onNotice('warn', 'QUESTION_REFUSED', text);
    if (attempts + 1 >= this.#limits.attemptsMax) {
      const severity = question.type === 'MissingFills' ? 'info' : 'error';
      this.#deps.onNotice(severity, 'QUESTION_UNANSWERED', text);
      return;
    }
    const timer = this.#deps.timers.set(this.#backOff(attempts + 1), () => {
      const current = this.#waiting.get(key)?.askedFor ?? askedFor;
      this.#waiting.set(key, { question, askedFor: current, attempts: attempts + 1 });
      this.#run();
    });
    this.#waiting.set(key, { question, askedFor, attempts, timer });
  }

  #backOff(nth: number): number {
    const { backOffMs, backOffMsMax } = this.#limits;
    const ms = Math.min(backOffMs * 2 ** Math.min(nth - 1, 30), backOffMsMax);
    return ms * (0.75 + this.#deps.random() / 2);
  }
}
