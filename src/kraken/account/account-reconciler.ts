import { type Clock, epochMs, type EpochMs, type Timers } from '../../lib/time.ts';
import { type Secret } from '../../lib/secret.ts';
import { signChallenge } from '../websocket/connection/authentication.ts';
import { FeedDriver, type FeedDriverOptions } from '../websocket/connection/feed-driver.ts';
import {
  type FeedLimits,
  type FeedOutput,
  type FeedStatus,
} from '../websocket/connection/feed-types.ts';
import { type Finding } from '../websocket/events/finding.ts';
import { type QtyStepOf } from '../websocket/views/order-state.ts';
import { ACCOUNT_FEEDS, PrivateFeed } from '../websocket/feeds/private-feed.ts';
import { type PrivateState } from '../websocket/views/private-state.ts';
import { Answerer, type AnswererLimits } from './answerer.ts';
import { type AskedFor, type Question, questionOf } from './question.ts';
import { answerQuestion } from './read-answers.ts';
import { type AccountReaders } from './read-deps.ts';

export interface AccountReconcilerSettings {
  readonly url: string;
  readonly credential: { readonly apiKey: Secret; readonly apiSecret: Secret };
  readonly socketOptions?: NonNullable<FeedDriverOptions['socketOptions']>;
  /**
   * Every so often REST is asked for orders, fills, positions and balances; 0: only when the feeds
   * leave something open.
   */
  readonly pollIntervalMs: number;
  /** REST may be this far behind the feeds. */
  readonly settleMs: number;
  /** On the first round, fills are read back this far before the start. */
  readonly fillsLookBackMs: number;
  readonly stepOf?: QtyStepOf;
  /** The newest fill that was processed before this process started. */
  readonly lastFillID?: string;
  readonly feedLimits?: FeedLimits;
  readonly answererLimits?: AnswererLimits;
}

export interface AccountReconcilerDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
  readonly readers: AccountReaders;
  /** What the questions to REST come to. */
  readonly onNotice: (notice: ReconcilerNotice) => void;
  /** Everything the feed says, for log and metrics. */
  readonly onOutput: (output: FeedOutput) => void;
  /** Something that an operator has to see, with a stable code. */
  readonly onAlarm: (code: string, text: string) => void;
  /** After each change of the feed's state of health. */
  readonly onHealth?: (isReady: boolean) => void;
}

export interface ReconcilerNotice {
  readonly severity: 'info' | 'warn' | 'error';
  readonly code: string;
  readonly text: string;
}

/** How far the venue's word can be trusted now. */
export interface AccountHealth {
  /** Every feed's snapshot came on this connection: what is shown is current. */
  readonly isReady: boolean;
  readonly feed: FeedStatus;
  /** REST calls that failed since the last one that worked. */
  readonly restFailures: number;
  /** Questions that wait for REST. */
  readonly questions: number;
}

/**
 * One account as the venue sees it: the private feeds, and REST for what they cannot prove. It
 * places and settles nothing. [websocket 9, 10.2, 11.2; routing 4]
 */
export class AccountReconciler {
  readonly #settings: AccountReconcilerSettings;
  readonly #deps: AccountReconcilerDeps;
  readonly #feed: PrivateFeed;
  readonly #driver: FeedDriver;
  readonly #answerer: Answerer;
  /** Every fill between these was read. */
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
      ...(socketOptions === undefined ? {} : { socketOptions }),
      onOutput: (output) => this.#onOutput(output),
    });
    this.#answerer = new Answerer({
      timers,
      random,
      ...(settings.answererLimits === undefined ? {} : { limits: settings.answererLimits }),
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

  /** The feed ends at once; resolves when no call is in flight any more. */
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
   * Down until the snapshots came, of every feed: one that is refused or silent leaves the view
   * incomplete.
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
    sign: (challenge) => signChallenge(challenge, credential.apiSecret),
  },
  random,
  ...(stepOf === undefined ? {} : { stepOf }),
  ...(lastFillID === undefined ? {} : { lastFillID }),
  ...(feedLimits === undefined ? {} : { limits: feedLimits }),
});
