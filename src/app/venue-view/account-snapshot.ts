import {
  type AccountReconciler,
  type AccountHealth,
} from '../../kraken/account/account-reconciler.ts';
import { type Balances } from '../../kraken/websocket/views/account-view.ts';
import { type OrderState } from '../../kraken/websocket/views/order-state.ts';
import {
  type Fill,
  type OpenPosition,
  type VenueNotification,
} from '../../kraken/websocket/events/private-events.ts';
import { type Clock, type EpochMs } from '../../lib/time.ts';
import { type AccountDifference } from './differences.ts';

/**
 * The account as the venue's feeds and REST show it. Check `health.isReady` first: the data may be
 * of an earlier connection.
 */
export interface AccountSnapshot {
  /** Our wall clock, milliseconds since the epoch. */
  readonly at: EpochMs;
  readonly health: Omit<AccountHealth, 'feed'> & {
    readonly phase: AccountHealth['feed']['phase'];
    /** Connections opened since the start. */
    readonly epoch: number;
    /** Feeds that are not up, by name. */
    readonly downFeeds: readonly string[];
  };
  readonly openOrders: readonly OrderState[];
  readonly positions: readonly OpenPosition[];
  readonly balances: Balances;
  readonly fillsKnown: number;
  /** Newest last. */
  readonly lastFills: readonly Fill[];
  readonly notifications: readonly VenueNotification[];
  /** Current differences from our books. One that lasts becomes an alert. */
  readonly differences: readonly AccountDifference[];
}

const LAST_FILLS = 20;

export const snapshotOf = (
  reconciler: AccountReconciler,
  differences: readonly AccountDifference[],
  clock: Clock,
): AccountSnapshot => {
  const { feed, ...health } = reconciler.health();
  const { orders, positions, balances, fills } = reconciler.state;
  return {
    at: clock.wall(),
    health: {
      ...health,
      phase: feed.phase,
      epoch: feed.epoch,
      downFeeds: feed.subscriptions.filter(({ state }) => state !== 'Live').map(({ feed: f }) => f),
    },
    openOrders: orders.open(),
    positions: positions.all(),
    balances: balances.current(),
    fillsKnown: fills.size,
    lastFills: fills.latest(LAST_FILLS),
    notifications: reconciler.state.notifications(),
    differences,
  };
};
