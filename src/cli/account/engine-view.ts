import { type AccountSnapshot } from '../../app/venue-view/account-snapshot.ts';
import { isZeroText, type Row, tableOf } from './account-tables.ts';

/**
 * What the running engine knows of the account, for people: is it current, where does it disagree
 * with its books, what is there.
 */
export const engineViewToText = (view: AccountSnapshot): string =>
  [
    `the engine's view of the account, ${new Date(view.at).toISOString()}: ${healthToText(view)}`,
    '',
    ...listOf('differences with our books', ['code', 'what'], differenceRows(view)),
    '',
    ...listOf('open orders', ORDER_HEAD, orderRows(view)),
    '',
    ...listOf('positions', ['symbol', 'quantity', 'entry', 'PnL', 'funding'], positionRows(view)),
    '',
    ...listOf('balances', ['wallet', 'currency', 'quantity'], balanceRows(view)),
    '',
    ...listOf(`fills, the last of ${view.fillsKnown} known`, FILL_HEAD, fillRows(view)),
  ].join('\n');

/** Everything came on this connection, was understood, and is what our books say. */
export const isAtOne = ({ health, differences }: AccountSnapshot): boolean =>
  health.isReady && health.unread.length === 0 && differences.length === 0;

const VIEWS = { openOrders: 'open orders', positions: 'positions', balances: 'balances' } as const;

const healthToText = ({ health }: AccountSnapshot): string => {
  const { isReady, phase, downFeeds, unread, restFailures, questions } = health;
  const troubles = [
    ...(isReady ? [] : [`NOT CURRENT, ${phase}`]),
    ...(downFeeds.length === 0 ? [] : [`down: ${downFeeds.join(', ')}`]),
    ...(unread.length === 0 ? [] : [`INCOMPLETE: ${unread.map((one) => VIEWS[one]).join(', ')}`]),
    ...(restFailures === 0 ? [] : [`${restFailures} REST calls failed`]),
    ...(questions === 0 ? [] : [`${questions} questions wait for REST`]),
  ];
  return troubles.length === 0 ? 'current' : troubles.join('; ');
};

const listOf = (title: string, head: readonly string[], rows: readonly Row[]): readonly string[] =>
  rows.length === 0 ? [`${title}: none`] : [title, tableOf(head, rows)];

const differenceRows = ({ differences }: AccountSnapshot): readonly Row[] =>
  differences.map(({ code, text }) => [code, text]);

const ORDER_HEAD = [
  'symbol',
  'side',
  'kind',
  'limit',
  'stop',
  'leaves',
  'cum',
  'order id',
  'ClOrdID',
];

/** An order that is known from a fill alone has no body yet. */
const orderRows = ({ openOrders }: AccountSnapshot): readonly Row[] =>
  openOrders.map(({ body, cumQty, venueOrderID, clOrdID }) => [
    ...[body?.symbol, body?.side, body?.kind, body?.limitPx, body?.stopPx, body?.leavesQty],
    ...[cumQty, venueOrderID, clOrdID],
  ]);

const positionRows = ({ positions }: AccountSnapshot): readonly Row[] =>
  positions.map(({ symbol, qty, entryPx, unrealizedPnl, unrealizedFunding }) => [
    symbol,
    qty,
    entryPx,
    unrealizedPnl,
    unrealizedFunding,
  ]);

const balanceRows = ({ balances: { holding, flex, futures } }: AccountSnapshot): readonly Row[] =>
  [
    ...Object.entries(holding).map(([currency, quantity]) => ['cash', currency, quantity] as const),
    ...Object.entries(flex?.currencies ?? {}).map(
      ([currency, { quantity }]) => ['multi-collateral', currency, quantity] as const,
    ),
    ...Object.entries(futures).map(
      ([name, { unit, figures }]) => [name, unit, figures['balance']] as const,
    ),
  ].filter(([, , quantity]) => quantity === undefined || !isZeroText(quantity));

const FILL_HEAD = [
  'time',
  'symbol',
  'side',
  'quantity',
  'price',
  'liquidity',
  'order id',
  'fill id',
];

const fillRows = ({ lastFills }: AccountSnapshot): readonly Row[] =>
  lastFills.map(({ at, symbol, side, lastQty, lastPx, liquidity, venueOrderID, fillID }) => [
    ...[new Date(at).toISOString(), symbol, side, lastQty, lastPx, liquidity],
    ...[venueOrderID, fillID],
  ]);
