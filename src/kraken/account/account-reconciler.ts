import { defined } from '../../lib/defined.ts';
import { epochMs, type EpochMs, type TimeDeps } from '../../lib/time.ts';
import { type Secret } from '../../lib/secret.ts';
import { signText } from '../signature.ts';
import { FeedDriver, type FeedDriverOptions } from '../websocket/connection/feed-driver.ts';
import {
  type FeedLimits,
  type FeedOutput,
  type FeedStatus,
} from '../websocket/connection/feed-types.ts';
import { type Finding } from '../websocket/events/finding.ts';
import { ACCOUNT_FEEDS, PrivateFeed } from '../websocket/feeds/private-feed.ts';
import {
  type PrivateState,
  type QtyStepOf,
  type UnreadView,
} from '../websocket/views/private-state.ts';
import { Answerer, type AnswererLimits } from './answerer.ts';
import { type AskedFor, type Question, questionOf } from './question.ts';
import { answerQuestion } from './read-answers.ts';
import { type AccountReaders } from './read-deps.ts';

export interface AccountReconcilerSettings {
  readonly url: string;
  readonly credential: { readonly apiKey: Secret; readonly apiSecret: Secret };
  readonly socketOptions?: NonNullable<FeedDriverOptions['socketOptions']>;
  /**
   * Interval at which REST is asked for orders, fills, positions and balances. 0: only when the
   * feeds leave something open.
   */
  readonly pollIntervalMs: number;
  /** REST may lag behind the feeds by this time. */
  readonly settleMs: number;
  /** The first round reads fills back to this time before the start. */
  readonly fillsLookBackMs: number;
  readonly stepOf?: QtyStepOf;
  /** The newest fill that was processed before this process started. */
  readonly lastFillID?: string;
  readonly feedLimits?: FeedLimits;
  readonly answererLimits?: AnswererLimits;
}

export interface AccountReconcilerDeps extends TimeDeps {
  readonly random: () => number;
  readonly readers: AccountReaders;
  /** Notices about questions to REST. */
  readonly onNotice: (notice: ReconcilerNotice) => void;
  /** Every output of the feed, for log and metrics. */
  readonly onOutput: (output: FeedOutput) => void;
  /** An alarm for an operator. `code` is stable. */
  readonly onAlarm: (code: string, text: string) => void;
  /** Called after each change of readiness. */
  readonly onHealth?: (isReady: boolean) => void;
}

interface ReconcilerNotice {
  readonly severity: 'info' | 'warn' | 'error';
  readonly code: string;
  readonly text: string;
}

/** How current the view is. */
export interface AccountHealth {
  /** Every feed's snapshot came on this connection, so the view is current. */
  readonly isReady: boolean;
  readonly feed: FeedStatus;
  /** Views of which something could not be read. */
  readonly unread: readonly UnreadView[];
  /** Failed REST calls since the last good one. */
  readonly restFailures: number;
  /** Questions that wait for REST. */
  readonly questions: number;
}

/**
 * One account as the venue sees it: the private feeds, and REST for what they cannot prove. It
 * changes no order. [websocket 9, 10.2, 11.2; routing 4]
 */
export class AccountReconciler {
  readonly #settings: AccountReconcilerSettings;
  readonly #deps: AccountReconcilerDeps;
  readonly #feed: PrivateFeed;
  readonly #driver: FeedDriver;
  readonly #answerer: Answerer;
  /** Every fill between these times has been read. */
  readonly #fillsProvenFrom: EpochMs;
  #fillsProvenUntil: EpochMs;
  #poll: { readonly cancel: () => void } | undefined;
  #wasReady = false;

  constructor(settings: AccountReconcilerSettings, deps: AccountReconcilerDeps) {
    this.#settings = settings;
    this.#deps = deps;
    const { clock, timers, random } = deps;
    this.#fillsProvenFrom = epochMs(clock.wall() - settings.fillsLookBackMs);
    this.#fillsProvenUntil = this.#fillsProvenFrom;
    this.#feed = new PrivateFeed(feedOptions(settings, random));
    const { url, socketOptions } = settings;
    this.#driver = new FeedDriver(this.#feed, {
      url,
      clock,
      timers,
      ...defined({ socketOptions }),
      onOutput: (output) => this.#onOutput(output),
    });
    this.#answerer = new Answerer({
      timers,
      random,
      ...defined({ limits: settings.answererLimits }),
      answer: (question, askedFor) => this.#answer(question, askedFor),
      onFindings: (findings) => {
        for (const finding of findings) this.#onFinding(finding);
      },
      onNotice: (severity, code, text) => deps.onNotice({ severity, code, text }),
    });
  }

  get state(): PrivateState {
    return this.#feed.state;
  }

  health(): AccountHealth {
    return {
      isReady: this.#isReady(),
      feed: this.#feed.status(),
      unread: this.state.unread,
      restFailures: this.#answerer.failures,
      questions: this.#answerer.waiting,
    };
  }

  ask(question: Question): void {
    this.#answerer.ask(question);
  }

  start(): void {
    this.#driver.start();
    this.#armPoll();
  }

  /** Stops the feed at once. Resolves when no call is in flight. */
  async stop(): Promise<void> {
    this.#poll?.cancel();
    this.#poll = undefined;
    this.#driver.stop();
    this.#sayHealth();
    await this.#answerer.stop();
  }

  #armPoll(): void {
    const { pollIntervalMs } = this.#settings;
    if (pollIntervalMs === 0) return;
    this.#poll = this.#deps.timers.set(pollIntervalMs, () => {
      for (const type of ['OpenOrders', 'Fills', 'Positions', 'Balances'] as const)
        this.#answerer.ask({ type }, 'Poll');
      this.#armPoll();
    });
  }

  #onOutput(output: FeedOutput): void {
    if (output.type === 'Finding') this.#onFinding(output.finding);
    this.#deps.onOutput(output);
    this.#sayHealth();
  }

  /**
   * Needs the snapshot of every feed: a feed that is refused or silent makes the view incomplete.
   */
  #isReady(): boolean {
    return this.#feed.isReady && this.#feed.isAllLive;
  }

  #sayHealth(): void {
    const isReady = this.#isReady();
    if (isReady === this.#wasReady) return;
    this.#wasReady = isReady;
    this.#deps.onHealth?.(isReady);
  }

  #onFinding(finding: Finding): void {
    if (finding.type === 'Alarm') this.#deps.onAlarm(finding.code, finding.text);
    const question = questionOf(finding);
    if (question !== undefined) this.#answerer.ask(question);
  }

  #answer(question: Question, askedFor: AskedFor): ReturnType<typeof answerQuestion> {
    const { settleMs } = this.#settings;
    return answerQuestion(question, {
      ...this.#deps.readers,
      state: this.state,
      clock: this.#deps.clock,
      settleMs,
      call: askedFor === 'Doubt' ? { purpose: 'safety' } : {},
      fillsSince: () => this.#fillsProvenUntil,
      onFillsProven: (until) => {
        this.#fillsProvenUntil = epochMs(Math.max(until, this.#fillsProvenUntil));
        this.state.fills.prove(this.#fillsProvenFrom, this.#fillsProvenUntil);
      },
    });
  }
}

const feedOptions = (
  { credential, stepOf, lastFillID, feedLimits }: AccountReconcilerSettings,
  random: () => number,
): ConstructorParameters<typeof PrivateFeed>[0] => ({
  subscriptions: ACCOUNT_FEEDS,
  credential: {
    apiKey: credential.apiKey.reveal(),
    sign: (challenge) => signText(challenge, credential.apiSecret),
  },
  random,
  ...defined({ stepOf, lastFillID, limits: feedLimits }),
});
