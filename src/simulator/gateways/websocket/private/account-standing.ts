import { type JsonObject, toJsonText } from '../../../../lib/lossless-json.ts';
import { accountUid } from '../../../account-uid.ts';
import { type ExchangeEvent } from '../../../exchange/model/events.ts';
import { balanceSections, positionsFrame } from './account-frames.ts';
import { type FeedSource } from '../public/public-feeds.ts';
import { type FeedSubscription } from '../connection/subscription-registry.ts';
import { whole } from '../wire-number.ts';

/**
 * `open_positions` and `balances` [websocket 8.4, 8.5]: numbered per subscription, sent when their
 * contents change.
 */
export class AccountStanding {
  readonly #source: FeedSource;

  constructor(source: FeedSource) {
    this.#source = source;
  }

  opening(subscription: FeedSubscription): JsonObject {
    subscription.seq = 0;
    subscription.last = {};
    return subscription.feed === 'open_positions'
      ? (this.#positions(subscription) ?? {})
      : this.#balancesSnapshot(subscription);
  }

  onBatch(events: readonly ExchangeEvent[]): void {
    const accounts = new Set<string>();
    for (const event of events) {
      const account = accountOf(event);
      if (account !== undefined) accounts.add(account);
    }
    for (const account of accounts)
      for (const feed of ['open_positions', 'balances'])
        for (const subscription of this.#source.registry.of({ feed, account }))
          this.#update(subscription);
  }

  onValuationRound(): void {
    for (const feed of ['open_positions', 'balances'])
      for (const subscription of this.#source.registry.ofFeed(feed)) this.#update(subscription);
  }

  #update(subscription: FeedSubscription): void {
    const { sink, feed, account } = subscription;
    const frame =
      feed === 'open_positions' ? this.#positions(subscription) : this.#balancesDelta(subscription);
    if (frame === undefined || account === undefined) return;
    sink.send(toJsonText(frame), { feed, account });
  }

  /** The full list; `undefined` when it equals the last one sent. */
  #positions(subscription: FeedSubscription): JsonObject | undefined {
    const { queries, now } = this.#source;
    const stamp = { seq: subscription.seq, at: now() };
    const frame = positionsFrame(queries, subscription.account ?? '', stamp);
    const positions = toJsonText(frame['positions'] ?? null);
    if (positions === subscription.last['positions']) return undefined;
    subscription.last = { positions };
    subscription.seq += 1;
    return frame;
  }

  #balancesSnapshot(subscription: FeedSubscription): JsonObject {
    const { account = '' } = subscription;
    const { holding, futures, flexFutures } = balanceSections(this.#source.queries, account);
    this.#changed(subscription, 'holding', holding);
    this.#changed(subscription, 'futures', futures);
    this.#changed(subscription, 'flex_futures', { flexFutures });
    return {
      feed: 'balances_snapshot',
      account: accountUid(account),
      holding,
      futures,
      flex_futures: flexFutures,
      ...this.#stamp(subscription),
    };
  }

  /**
   * The sections that changed: the multi-collateral wallet, or both maps, of which one may be empty
   * for "no change".
   */
  #balancesDelta(subscription: FeedSubscription): JsonObject | undefined {
    const { account = '' } = subscription;
    const sections = balanceSections(this.#source.queries, account);
    const holding = this.#changed(subscription, 'holding', sections.holding);
    const futures = this.#changed(subscription, 'futures', sections.futures);
    const flex = this.#changed(subscription, 'flex_futures', { flexFutures: sections.flexFutures });
    const isMapChanged = Object.keys({ ...holding, ...futures }).length > 0;
    const isFlexChanged = Object.keys(flex).length > 0;
    if (!isMapChanged && !isFlexChanged) return undefined;
    return {
      feed: 'balances',
      account: accountUid(account),
      ...(isMapChanged ? { holding, futures } : {}),
      ...(isFlexChanged ? { flex_futures: sections.flexFutures } : {}),
      ...this.#stamp(subscription),
    };
  }

  /** Answers with the members that differ from the last frame, and remembers them. */
  #changed(subscription: FeedSubscription, section: string, now: JsonObject): JsonObject {
    const last: Record<string, string> = { ...subscription.last };
    const changed: Record<string, JsonObject[string]> = {};
    for (const [key, value] of Object.entries(now)) {
      const text = toJsonText(value ?? null);
      const name = `${section}.${key}`;
      if (last[name] === text) continue;
      last[name] = text;
      changed[key] = value;
    }
    subscription.last = last;
    return changed;
  }

  #stamp(subscription: FeedSubscription): JsonObject {
    const stamp = { timestamp: whole(this.#source.now()), seq: whole(subscription.seq) };
    subscription.seq += 1;
    return stamp;
  }
}

/** The account whose balances or margins an event may change. */
const accountOf = (event: ExchangeEvent): string | undefined => {
  switch (event.type) {
    case 'PositionChanged':
    case 'PreferenceSet':
      return event.account;
    case 'AccountLogged':
      return event.entry.account;
    case 'OrderBooked':
    case 'OrderCanceled':
    case 'OrderEdited':
    case 'OrderReduced':
      return event.order.account;
    default:
      return undefined;
  }
};
