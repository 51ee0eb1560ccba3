import { type MonotonicMs, monotonicMs } from '../../../lib/time.ts';
import { Authentication } from './authentication.ts';
import { Backoff, ResyncBudget } from './retry-limits.ts';
import {
  DEFAULT_FEED_LIMITS,
  type FeedInput,
  type FeedLimits,
  type FeedOptions,
  type FeedOutput,
  type FeedPhase,
  type FeedStatus,
  type FeedSubscription,
  notice,
  unknownFrame,
} from './feed-types.ts';
import {
  isControlEvent,
  fullFrameOf,
  parseFrame,
  parseJsonFrame,
  type ControlEvent,
  type FeedEvent,
  type ParsedFrame,
  type WebSocketEvent,
} from '../parse/parse-frame.ts';
import { RequestLine } from './requests/request-line.ts';
import { SubscriptionTable } from './requests/subscription-table.ts';

/**
 * Keeps one WebSocket connection: connects, subscribes, pings and reconnects
 * [websocket 2, 4, 5, 11]. Pure: time, randomness and the signature are injected, and effects are
 * returned.
 */
export class FeedMachine {
  readonly #limits: FeedLimits;
  readonly #table: SubscriptionTable;
  readonly #line: RequestLine;
  readonly #backoff: Backoff;
  readonly #resyncs: ResyncBudget;
  #phase: FeedPhase = { name: 'Stopped' };
  #epoch = 0;
  #lastFrameAt = monotonicMs(0);
  #lastPingAt = monotonicMs(0);

  constructor({ subscriptions, credential, limits = DEFAULT_FEED_LIMITS, random }: FeedOptions) {
    this.#limits = limits;
    this.#table = new SubscriptionTable(subscriptions);
    this.#line = new RequestLine(this.#table, new Authentication(credential), limits);
    this.#backoff = new Backoff(limits, random);
    this.#resyncs = new ResyncBudget(limits.resyncsPerMinuteMax);
  }

  step(input: FeedInput, at: MonotonicMs): readonly FeedOutput[] {
    switch (input.type) {
      case 'Start':
        return this.#phase.name === 'Stopped' ? this.#connect(at) : [];
      case 'Stop':
        return this.#stop();
      case 'Opened':
        return this.#opened(at);
      case 'Closed':
        return this.#closed(input.reason, at, input.retryAfterMs);
      case 'FrameReceived':
        return this.#received(() => parseFrame(input.text), at);
      case 'JsonReceived':
        return this.#received(() => parseJsonFrame(input.json), at);
      case 'PongReceived':
        this.#lastFrameAt = at;
        return [];
      case 'Woken':
        return this.#woken(at);
      case 'Resync':
        return this.#resync(input, at);
      case 'Subscribe':
        this.#table.add(input.subscription.feed, input.subscription.products);
        return this.#pump(at);
      case 'Unsubscribe':
        return this.#unsubscribe(input.subscription, at);
    }
  }

  /** When `Woken` is due. `undefined` when only events matter. */
  nextWakeAt(): MonotonicMs | undefined {
    const phase = this.#phase;
    switch (phase.name) {
      case 'Stopped':
        return undefined;
      case 'Waiting':
        return phase.until;
      case 'Connecting':
        return monotonicMs(phase.since + this.#limits.connectTimeoutMs);
      case 'Greeting':
        return monotonicMs(phase.since + this.#limits.infoTimeoutMs);
      case 'Ready': {
        const pingAt = this.#lastPingAt + this.#limits.pingIntervalMs;
        const deadAt = this.#lastFrameAt + this.#limits.silenceMsMax;
        const lineAt = this.#line.nextWakeAt() ?? Number.POSITIVE_INFINITY;
        return monotonicMs(Math.min(pingAt, deadAt, lineAt));
      }
    }
  }

  get phase(): FeedPhase['name'] {
    return this.#phase.name;
  }

  get isPublicUp(): boolean {
    return this.#table.isLive('public');
  }
  get isAllLive(): boolean {
    return this.#table.isAllLive;
  }

  /** Builds a list of all subscriptions. Use the getters after every frame, they cost nothing. */
  status(): FeedStatus {
    return {
      phase: this.#phase.name,
      epoch: this.#epoch,
      subscriptions: this.#table.all(),
      isPrivateUp: this.#table.isLive('private'),
      isPublicUp: this.isPublicUp,
    };
  }

  #connect(at: MonotonicMs): readonly FeedOutput[] {
    this.#backoff.attempted(at);
    this.#phase = { name: 'Connecting', since: at };
    return [{ type: 'Connect' }];
  }

  #opened(at: MonotonicMs): readonly FeedOutput[] {
    if (this.#phase.name !== 'Connecting') return [];
    this.#epoch++;
    this.#lastFrameAt = at;
    this.#lastPingAt = at;
    this.#line.restart();
    this.#phase = { name: 'Greeting', since: at };
    return [notice('info', 'CONNECTED', `connection ${this.#epoch}`)];
  }

  #ready(at: MonotonicMs): readonly FeedOutput[] {
    this.#phase = { name: 'Ready', since: at };
    return this.#pump(at);
  }

  #stop(): readonly FeedOutput[] {
    const wasOpen = this.#isOpen();
    const wasIdle = this.#phase.name === 'Stopped' || this.#phase.name === 'Waiting';
    this.#phase = { name: 'Stopped' };
    this.#line.restart();
    const lost: FeedOutput[] = wasOpen ? [{ type: 'ConnectionLost', reason: 'stopped' }] : [];
    return wasIdle ? [] : [{ type: 'Terminate', reason: 'stopped' }, ...lost];
  }

  #isOpen(): boolean {
    return this.#phase.name === 'Greeting' || this.#phase.name === 'Ready';
  }

  #closed(reason: string, at: MonotonicMs, retryAfterMs = 0): readonly FeedOutput[] {
    if (this.#phase.name === 'Stopped' || this.#phase.name === 'Waiting') return [];
    const wasOpen = this.#isOpen();
    if (this.#phase.name === 'Ready' && at - this.#phase.since >= this.#limits.stableAfterMs)
      this.#backoff.succeeded();
    const until = monotonicMs(Math.max(this.#backoff.retryAt(at), at + retryAfterMs));
    this.#phase = { name: 'Waiting', until };
    this.#line.restart();
    const text = `${reason}; next attempt in ${Math.round(until - at)} ms`;
    const lost = notice('warn', 'LOST', text);
    return wasOpen ? [{ type: 'ConnectionLost', reason }, lost] : [lost];
  }

  /** Closes the connection from our side. */
  #abandon(reason: string, at: MonotonicMs): readonly FeedOutput[] {
    return [{ type: 'Terminate', reason }, ...this.#closed(reason, at)];
  }

  /** A request may demand a new connection. Outputs after that demand are dropped. */
  #settle(outputs: readonly FeedOutput[], at: MonotonicMs): readonly FeedOutput[] {
    const end = outputs.findIndex(({ type }) => type === 'Terminate');
    const terminate = outputs[end];
    if (terminate?.type !== 'Terminate') return outputs;
    return [...outputs.slice(0, end), ...this.#abandon(terminate.reason, at)];
  }

  #pump(at: MonotonicMs): readonly FeedOutput[] {
    return this.#phase.name === 'Ready' ? this.#line.pump(at) : [];
  }

  #woken(at: MonotonicMs): readonly FeedOutput[] {
    const dueAt = this.nextWakeAt();
    if (dueAt === undefined || at < dueAt) return [];
    switch (this.#phase.name) {
      case 'Stopped':
        return [];
      case 'Waiting':
        return this.#connect(at);
      case 'Connecting':
        return this.#abandon('connect timed out', at);
      case 'Greeting':
        // The venue does not promise the greeting, so its absence is no failure [websocket 2.2].
        return this.#ready(at);
      case 'Ready':
        return this.#keepAlive(at);
    }
  }

  #keepAlive(at: MonotonicMs): readonly FeedOutput[] {
    // Uses the same sums as nextWakeAt. A difference could round the other way and wake us for
    // ever.
    if (at >= this.#lastFrameAt + this.#limits.silenceMsMax)
      return this.#abandon(`no frame for ${this.#limits.silenceMsMax} ms`, at);
    const pings: FeedOutput[] = [];
    if (at >= this.#lastPingAt + this.#limits.pingIntervalMs) {
      this.#lastPingAt = at;
      pings.push({ type: 'SendPing' });
    }
    return [...pings, ...this.#settle([...this.#line.onTick(at), ...this.#pump(at)], at)];
  }

  #received(parse: () => ParsedFrame, at: MonotonicMs): readonly FeedOutput[] {
    if (!this.#isOpen()) return [];
    this.#lastFrameAt = at;
    const { event, oddities } = parse();
    const outputs = this.#settle(this.#onEvent(event, at), at);
    return oddities.length === 0 ? outputs : [{ type: 'Oddities', oddities }, ...outputs];
  }

  #onEvent(event: WebSocketEvent, at: MonotonicMs): readonly FeedOutput[] {
    if (isControlEvent(event)) return this.#onControl(event, at);
    switch (event.type) {
      case 'UnknownFrame':
        return [unknownFrame(event.name)];
      case 'UnreadableFrame':
        return [{ type: 'Unreadable', feed: event.feed }];
      default:
        return this.#onData(event, at);
    }
  }

  #onControl(event: ControlEvent, at: MonotonicMs): readonly FeedOutput[] {
    switch (event.type) {
      case 'Info':
        return this.#onInfo(event.version, at);
      case 'Challenge':
        return this.#line.onChallenge(event.challenge, at);
      case 'Alert':
        return this.#onAlert(event, at);
      case 'Pong':
        return [];
      default:
        return this.#line.onAcknowledgement(event, at);
    }
  }

  #onInfo(version: number | undefined, at: MonotonicMs): readonly FeedOutput[] {
    if (version !== 1) {
      const text = `protocol version ${version ?? 'missing'}, only 1 is understood`;
      return [notice('error', 'VERSION', text), { type: 'Terminate', reason: text }];
    }
    return this.#phase.name === 'Greeting' ? this.#ready(at) : [];
  }

  #onAlert(
    event: Extract<ControlEvent, { type: 'Alert' }>,
    at: MonotonicMs,
  ): readonly FeedOutput[] {
    const { kind, severity, text } = event.alert;
    const code = kind === 'Unknown' ? 'ALERT_UNKNOWN' : 'ALERT';
    const shown = notice(severity, code, text);
    // It is unknown what survived the outage, so a new connection subscribes everything again
    // [websocket 16 row 37].
    if (kind === 'EngineUnavailable') return [shown, { type: 'Terminate', reason: text }];
    return [shown, ...this.#line.onAlert(event.alert, at)];
  }

  #onData(event: FeedEvent, at: MonotonicMs): readonly FeedOutput[] {
    const isVerbose = this.#table.get('open_orders_verbose', '') !== undefined;
    const full = fullFrameOf(event, isVerbose ? 'open_orders_verbose' : 'open_orders');
    if (full === undefined || !this.#table.snapshotCame(full.feed, full.product, at))
      return [{ type: 'Event', event }];
    return [
      { type: 'Event', event },
      { type: 'SubscriptionChanged', ...full, state: 'Live' },
    ];
  }

  #resync(resync: Extract<FeedInput, { type: 'Resync' }>, at: MonotonicMs): readonly FeedOutput[] {
    if (this.#phase.name !== 'Ready') return [];
    const { feed, product } = resync;
    // A subscription that is not Live is requested already, or waits for its turn.
    if (this.#table.get(feed, product)?.state !== 'Live') return [];
    const verdict = this.#resyncs.ask(resync, at);
    if (verdict === 'Reconnect') return this.#abandon(`too many resyncs of ${feed} ${product}`, at);
    if (verdict === 'Wait' || !this.#table.leave(feed, product, false)) return [];
    const again = notice('warn', 'RESYNC', `${feed} ${product}: unsubscribe and subscribe again`);
    return [again, ...this.#pump(at)];
  }

  #unsubscribe({ feed, products }: FeedSubscription, at: MonotonicMs): readonly FeedOutput[] {
    for (const product of products.length === 0 ? [''] : products)
      this.#table.leave(feed, product, true);
    return this.#pump(at);
  }
}
