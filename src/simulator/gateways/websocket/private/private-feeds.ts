import { type JsonObject, toJsonText } from '../../../../lib/lossless-json.ts';
import { type EventOf, type ExchangeEvent } from '../../../exchange/model/events.ts';
import { type AccountLogEntry } from '../../../exchange/model/views.ts';
import { type OrderType } from '../../../exchange/model/vocabulary.ts';
import { logBody, notificationsFrame } from './account-frames.ts';
import { AccountStanding } from './account-standing.ts';
import { type FeedSettings } from '../connection/feed-settings.ts';
import {
  fillBody,
  fillsSnapshot,
  fillsUpdate,
  ORDER_FEEDS,
  orderBody,
  type OrderFeed,
  toldType,
  orderGone,
  orderSnapshot,
  orderUpdate,
} from './order-frame.ts';
import { type FillNews, type OrderNews, PrivateReporter } from './private-news.ts';
import { type FeedSource } from '../public/public-feeds.ts';
import { type FeedSubscription } from '../connection/subscription-registry.ts';
import { type Notice, type NoticeStore } from '../../rest/stores/notice-store.ts';

interface PrivateSource extends FeedSource {
  readonly settings: FeedSettings;
  readonly notices: NoticeFeed;
}

export const PRIVATE_FEEDS: ReadonlySet<string> = new Set([
  ...ORDER_FEEDS,
  ...['fills', 'open_positions', 'balances', 'account_log', 'notifications_auth'],
]);

export const isPrivateFeed = (feed: string): boolean => PRIVATE_FEEDS.has(feed);

/** How many entries an `account_log_snapshot` has; the venue publishes no figure. */
const LOG_SNAPSHOT_MAX = 100;
/** Trades whose taker's order type is remembered for snapshots. */
const TAKER_TYPES_MAX = 10_000;

/** The private feeds of every account [websocket 8]. */
export class PrivateFeeds {
  readonly #source: PrivateSource;
  readonly #reporter: PrivateReporter;
  readonly #standing: AccountStanding;
  readonly #takerTypes = new Map<string, OrderType>();
  readonly #logs = new Map<string, AccountLogEntry[]>();

  constructor(source: PrivateSource) {
    this.#source = source;
    const { queries } = source;
    const open = queries.accountUids().flatMap((account) => queries.openOrders(account));
    this.#reporter = new PrivateReporter(source.settings, open);
    this.#standing = new AccountStanding(source);
  }

  /** The first full frame of a subscription. */
  opening(subscription: FeedSubscription): JsonObject {
    const { feed, account = '' } = subscription;
    switch (feed) {
      case 'fills':
        return this.#fillsSnapshot(subscription, account);
      case 'open_positions':
      case 'balances':
        return this.#standing.opening(subscription);
      case 'account_log':
        return {
          feed: 'account_log_snapshot',
          logs: (this.#logs.get(account) ?? []).slice().reverse().map(logBody),
        };
      case 'notifications_auth':
        subscription.seq = this.#source.notices.lastId;
        return this.#source.notices.after(0);
      default:
        return this.#ordersSnapshot(feed as OrderFeed, account);
    }
  }

  onBatch(events: readonly ExchangeEvent[]): void {
    for (const event of events) if (event.type === 'Trade') this.#rememberTaker(event);
    for (const news of this.#reporter.report(events)) {
      if (news.type === 'order') this.#onOrder(news);
      else this.#onFill(news);
    }
    for (const event of events) if (event.type === 'AccountLogged') this.#onLogged(event.entry);
    this.#standing.onBatch(events);
  }

  /** Sends positions and balances whose valuation changed. */
  onValuationRound(): void {
    this.#standing.onValuationRound();
  }

  onNotices(): void {
    const { notices, registry } = this.#source;
    const { lastId } = notices;
    for (const subscription of registry.ofFeed('notifications_auth')) {
      if (subscription.seq >= lastId) continue;
      const text = toJsonText(notices.after(subscription.seq));
      subscription.seq = lastId;
      subscription.sink.send(text, { feed: 'notifications_auth' });
    }
  }

  #onOrder(news: OrderNews): void {
    const { account, order, reason, isCancel, shape } = news;
    const { settings } = this.#source;
    for (const feed of news.isVerboseOnly ? VERBOSE : ORDER_FEEDS)
      this.#publish(feed, account, () =>
        shape === 'id-only'
          ? orderGone(feed, order, reason)
          : orderUpdate(feed, orderBody(order, settings), { isCancel, reason }),
      );
  }

  #onFill(news: FillNews): void {
    const { account, trade } = news;
    const about = { feed: 'fills', account };
    if (!this.#source.registry.isWanted(about)) return;
    const text = toJsonText(fillsUpdate(account, this.#fillBody(news)));
    for (const { sink, filter } of this.#source.registry.of(about))
      if (filter?.has(trade.symbol) !== false) sink.send(text, about);
  }

  #onLogged(entry: AccountLogEntry): void {
    const log = this.#logs.get(entry.account) ?? [];
    this.#logs.set(entry.account, log);
    log.push(entry);
    if (log.length > LOG_SNAPSHOT_MAX) log.shift();
    this.#publish('account_log', entry.account, () => ({
      feed: 'account_log',
      new_entry: logBody(entry),
    }));
  }

  #fillBody({
    trade,
    fill,
    takerOrderType,
  }: Omit<FillNews, 'type' | 'account' | 'takerOrderType'> & {
    readonly takerOrderType: OrderType | undefined;
  }): JsonObject {
    const { sequence, settings } = this.#source;
    const plain = sequence.fill(fill.account, fill.seq);
    const every = settings.fillsSeqHoleEvery;
    const seq = every === 0 ? plain : plain + Math.floor(plain / every);
    return fillBody({ trade, fill, seq, takerOrderType }, settings);
  }

  #fillsSnapshot({ filter }: FeedSubscription, account: string): JsonObject {
    const { fillsSnapshotSize } = this.#source.settings;
    const fills = this.#source.queries
      .fills(account)
      .filter(({ trade }) => filter?.has(trade.symbol) !== false);
    const last = fillsSnapshotSize === 0 ? [] : fills.slice(-fillsSnapshotSize);
    return fillsSnapshot(
      account,
      last.map(({ trade, fill }) =>
        this.#fillBody({ trade, fill, takerOrderType: this.#takerTypes.get(trade.tradeId) }),
      ),
    );
  }

  #ordersSnapshot(feed: OrderFeed, account: string): JsonObject {
    const { queries, settings } = this.#source;
    const orders = queries.openOrders(account).map((order) => orderBody(order, settings));
    return orderSnapshot(feed, account, orders);
  }

  #rememberTaker({ trade, taker, maker }: EventOf<'Trade'>): void {
    if (maker.owner === 'background' && taker.owner === 'background') return;
    this.#takerTypes.set(trade.tradeId, toldType(taker.order));
    if (this.#takerTypes.size <= TAKER_TYPES_MAX) return;
    const [oldest = ''] = this.#takerTypes.keys();
    this.#takerTypes.delete(oldest);
  }

  #publish(feed: string, account: string, make: () => JsonObject): void {
    const about = { feed, account };
    if (!this.#source.registry.isWanted(about)) return;
    const text = toJsonText(make());
    for (const { sink } of this.#source.registry.of(about)) sink.send(text, about);
  }
}

const VERBOSE = ['open_orders_verbose'] as const;

/** The platform's notices as `notifications_auth` numbers them [websocket 8.7]. */
export class NoticeFeed {
  readonly #notices: NoticeStore;
  readonly #ids = new WeakMap<Notice, number>();
  #numbered = 0;

  constructor(notices: NoticeStore) {
    this.#notices = notices;
  }

  /** Number of the latest notice; 0 when there is none. */
  get lastId(): number {
    for (const notice of this.#notices.all()) this.#idOf(notice);
    return this.#numbered;
  }

  /** The notices with a higher number than `id`. */
  after(id: number): JsonObject {
    const notices = this.#notices.all().map((notice) => ({ id: this.#idOf(notice), notice }));
    return notificationsFrame(notices.filter((each) => each.id > id));
  }

  #idOf(notice: Notice): number {
    const known = this.#ids.get(notice);
    if (known !== undefined) return known;
    this.#numbered += 1;
    this.#ids.set(notice, this.#numbered);
    return this.#numbered;
  }
}
