import { decimalTextOf } from '../../domain/decimal-text.ts';
import { type DecimalText } from '../../domain/ids.ts';
import { decimal, ZERO } from '../../lib/decimal.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type RestFill, type RestPosition, type Wallet } from '../rest/account/account-readers.ts';
import { type ExecutionEvent, type HistoryElement } from '../rest/history/history-readers.ts';
import { type ListedOrder, type RestOpenOrder } from '../rest/orders/order-readers.ts';
import { type OrderList } from '../websocket/views/order-view.ts';
import { liquidityOf } from '../json/vocabulary.ts';
import { defined } from '../../lib/defined.ts';
import {
  type BalancesFrame,
  type Figures,
  type Fill,
  type OpenOrder,
  type OpenPosition,
} from '../websocket/events/private-events.ts';

/**
 * REST answers in the words of the private views. Sources:
 * [rest 2.4, 2.7, 2.12; websocket 8, 10.1].
 */

/** REST fills carry no remainder and no fee. */
export const toFill = (fill: RestFill): Fill => ({
  fillID: fill.executionID,
  symbol: fill.symbol,
  venueOrderID: fill.venueOrderID,
  ...defined({ clOrdID: fill.clOrdID }),
  side: fill.side,
  lastPx: fill.lastPx,
  lastQty: fill.lastQty,
  at: fill.at,
  liquidity: liquidityOf(fill.type),
  fillType: fill.type,
});

/**
 * History lists an execution once per account. Our order is `order`, or the only one of the two
 * that is given; `undefined` when that is not clear.
 */
export const executionToFill = ({
  event: { execution },
}: HistoryElement<ExecutionEvent>): Fill | undefined => {
  const order = execution.order ?? ownOf(execution);
  if (order === undefined) return undefined;
  const isMaker = order === execution.makerOrder;
  const pairData = isMaker ? execution.makerOrderData : execution.takerOrderData;
  const data = execution.orderData ?? pairData;
  const fillType = execution.executionType ?? typeByLayout(execution);
  return {
    fillID: execution.executionID,
    symbol: order.symbol,
    venueOrderID: order.venueOrderID,
    ...defined({ clOrdID: order.clOrdID, fee: data?.fee }),
    side: order.side,
    lastPx: execution.lastPx,
    lastQty: execution.lastQty,
    at: execution.at,
    liquidity: liquidityOf(fillType),
    fillType,
  };
};

/** The older layout says it by the name of our order. Without a name the type is unknown: ''. */
const typeByLayout = (execution: ExecutionEvent['execution']): string => {
  if (execution.order !== undefined) return '';
  return ownOf(execution) === execution.makerOrder ? 'maker' : 'taker';
};

/** With both orders in the answer, ours is the one that names its account. */
const ownOf = ({ makerOrder, takerOrder }: ExecutionEvent['execution']) => {
  if (makerOrder === undefined || takerOrder === undefined) return makerOrder ?? takerOrder;
  const own = [makerOrder, takerOrder].filter(({ accountUid }) => accountUid !== undefined);
  return own.length === 1 ? own[0] : undefined;
};

/**
 * The list for the view. A trigger whose remaining quantity the venue left out [rest 2.1] is open
 * without a body, like an order that could not be read: the view keeps what it has.
 */
export const toOrderList = (listed: readonly ListedOrder[]): OrderList => {
  const bodies = listed.map(({ order }) => (order === undefined ? undefined : toOpenOrder(order)));
  return {
    orders: bodies.filter((body) => body !== undefined),
    unread: listed.filter((_, index) => bodies[index] === undefined),
  };
};

const toOpenOrder = (order: RestOpenOrder): OpenOrder | undefined => {
  if (order.leavesQty === undefined) return undefined;
  return {
    symbol: order.symbol,
    venueOrderID: order.venueOrderID,
    side: order.side,
    kind: order.kind,
    leavesQty: order.leavesQty,
    cumQty: order.cumQty,
    isReduceOnly: order.isReduceOnly,
    placedAt: order.receivedAt,
    updatedAt: order.updatedAt,
    ...defined({
      clOrdID: order.clOrdID,
      limitPx: order.price,
      stopPx: order.stopPx,
      triggerSignal: order.triggerSignal,
    }),
  };
};

/** Signed as on the feed: a short position is negative. */
export const toPosition = (position: RestPosition): OpenPosition => ({
  symbol: position.symbol,
  qty: position.side === 'short' ? decimalTextOf(ZERO.minus(decimal(position.qty))) : position.qty,
  ...defined({
    entryPx: position.entryPx,
    unrealizedPnl: position.unrealizedPnl,
    unrealizedFunding: position.unrealizedFunding,
    pnlCurrency: position.pnlCurrency,
    maxFixedLeverage: position.fixedLeverageMax,
    filledAt: position.openedAt,
  }),
});

const FLEX_FIGURES = [
  'initialMargin',
  'initialMarginWithOrders',
  'maintenanceMargin',
  'balanceValue',
  'portfolioValue',
  'collateralValue',
  'marginEquity',
  'availableMargin',
  'pnl',
  'unrealizedFunding',
  'totalUnrealized',
  'totalUnrealizedAsMargin',
] as const;

/**
 * Cash and the multi-collateral wallet. Single-collateral wallets have other names on the feed
 * (`F-XBT:USD`) than on REST (`fi_xbtusd`) and stay with the feed.
 */
export const toBalances = (
  wallets: Readonly<Record<string, Wallet>>,
  { at, isComplete }: { readonly at: EpochMs; readonly isComplete: boolean },
): BalancesFrame & { readonly at: EpochMs } => {
  const all = Object.values(wallets);
  const cash = all.find((wallet) => wallet.type === 'Cash');
  const flex = all.find((wallet) => wallet.type === 'Flex');
  return {
    type: 'Balances',
    isSnapshot: false,
    isComplete: isComplete && all.every(({ type }) => type !== 'Unknown'),
    at,
    totals: {},
    ...defined({
      holding: cash === undefined ? undefined : upperKeys(cash.balances),
      flex: flex === undefined ? undefined : toFlex(flex),
    }),
  };
};

const toFlex = (flex: Extract<Wallet, { readonly type: 'Flex' }>) => {
  const figures: Record<string, DecimalText> = {};
  for (const name of FLEX_FIGURES) {
    const figure = (flex as Readonly<Record<string, unknown>>)[name];
    if (typeof figure === 'string') figures[name] = figure as DecimalText;
  }
  const currencies: Record<string, Figures> = {};
  for (const [currency, { quantity, value, collateral, available }] of Object.entries(
    flex.currencies,
  ))
    currencies[currency.toUpperCase()] = defined({
      quantity,
      value,
      collateralValue: collateral,
      available,
    });
  return { figures, currencies, isolated: {}, cross: {}, portfolioMargin: {} };
};

const upperKeys = (figures: Readonly<Record<string, DecimalText>>): Figures =>
  Object.fromEntries(Object.entries(figures).map(([key, value]) => [key.toUpperCase(), value]));
