import Table from 'cli-table3';
import { type RestPosition, type Wallet } from '../../kraken/rest/account/account-readers.ts';
import { type ListedOrder } from '../../kraken/rest/orders/order-readers.ts';
import { type AccountView } from './account-view.ts';

type Cell = string | undefined;
export type Row = readonly Cell[];
type WalletOf<T extends Wallet['type']> = Extract<Wallet, { readonly type: T }>;

/**
 * The account for people: balances, margins, positions, open orders. Amounts are the venue's
 * digits.
 */
export const accountToText = (account: string, view: AccountView): string => {
  const at = view.at === undefined ? '' : `, ${new Date(view.at).toISOString()} by the venue`;
  return [
    `account ${account}${at}`,
    ...(view.gaps.length === 0 ? [] : ['', ...view.gaps.map(gapLine)]),
    '',
    ...walletLines(view.wallets),
    '',
    ...positionLines(view.positions),
    '',
    ...orderLines(view.openOrders),
  ].join('\n');
};

const gapLine = ({ view, kind, reason }: AccountView['gaps'][number]): string =>
  kind === 'missing'
    ? `NO ANSWER for ${STATE_TEXTS[view]}: ${reason}`
    : `INCOMPLETE ${STATE_TEXTS[view]}: ${reason}`;

const STATE_TEXTS = {
  wallets: 'balances',
  positions: 'positions',
  openOrders: 'open orders',
} as const;

const walletLines = (wallets: AccountView['wallets']): readonly string[] => {
  if (wallets === undefined) return ['balances: unknown'];
  const entries = Object.entries(wallets);
  const balances = entries.flatMap(([name, wallet]) => balanceRows(name, wallet));
  const margins = entries.flatMap(([name, wallet]) => marginRow(name, wallet));
  return [
    'balances',
    tableOf(
      ['wallet', 'type', 'currency', 'quantity', 'value', 'collateral', 'available'],
      balances,
    ),
    '',
    'margins',
    tableOf(
      [
        ...['wallet', 'in', 'portfolio', 'initial', 'with orders', 'maintenance', 'available'],
        ...['PnL', 'funding'],
      ],
      margins,
    ),
  ];
};

/** Zero balances of a cash wallet are many and say nothing; `--json` has them. */
const balanceRows = (name: string, wallet: Wallet): readonly Row[] => {
  switch (wallet.type) {
    case 'Cash':
      return held(wallet.balances).map(([currency, qty]) => [name, 'cash', currency, qty]);
    case 'Flex':
      return Object.entries(wallet.currencies).map(([currency, holding]) => [
        ...[name, 'multi-collateral', currency, holding.quantity],
        ...[holding.value, holding.collateral, holding.available],
      ]);
    case 'Margin':
      return held(wallet.balances).map(([currency, qty]) => [name, 'margin', currency, qty]);
    case 'Unknown':
      return [[name, 'UNKNOWN']];
  }
};

const held = (balances: Readonly<Record<string, string>>): readonly (readonly [string, string])[] =>
  Object.entries(balances).filter(([, qty]) => !isZeroText(qty));

export const isZeroText = (qty: string): boolean => /^-?0(?:\.0+)?$/.test(qty);

const marginRow = (name: string, wallet: Wallet): readonly Row[] => {
  if (wallet.type === 'Flex') return [flexRow(name, wallet)];
  return wallet.type === 'Margin' ? [singleRow(name, wallet)] : [];
};

const flexRow = (name: string, flex: WalletOf<'Flex'>): Row => [
  ...[name, 'USD', flex.portfolioValue, flex.initialMargin, flex.initialMarginWithOrders],
  ...[flex.maintenanceMargin, flex.availableMargin, flex.pnl, flex.unrealizedFunding],
];

/** `pv`, `pnl`, `af`, `im`, `mm`, `funding`: [rest 2.4]. */
const singleRow = (name: string, wallet: WalletOf<'Margin'>): Row => {
  const { auxiliary = {}, marginRequirements = {}, currency } = wallet;
  return [
    ...[name, currency, auxiliary['pv'], marginRequirements['im'], undefined],
    ...[marginRequirements['mm'], auxiliary['af'], auxiliary['pnl'], auxiliary['funding']],
  ];
};

const positionLines = (positions: readonly RestPosition[] | undefined): readonly string[] => {
  if (positions === undefined) return ['positions: unknown'];
  if (positions.length === 0) return ['positions: none'];
  const rows = positions.map((one) => [
    ...[one.symbol, one.side, one.qty, one.entryPx, one.unrealizedPnl, one.unrealizedFunding],
    one.fixedLeverageMax === undefined ? 'cross' : `isolated ${one.fixedLeverageMax}x`,
  ]);
  const head = ['symbol', 'side', 'quantity', 'entry', 'PnL', 'funding', 'margin'];
  return ['positions', tableOf(head, rows)];
};

const orderLines = (orders: readonly ListedOrder[] | undefined): readonly string[] => {
  if (orders === undefined) return ['open orders: unknown'];
  if (orders.length === 0) return ['open orders: none'];
  const rows = [...countBySymbol(orders)].map(([symbol, count]) => [symbol, String(count)]);
  return [`open orders: ${orders.length}`, tableOf(['symbol', 'orders'], rows)];
};

/** Stands for the market of an order that is listed and cannot be read. */
const UNREADABLE = 'UNREADABLE';

export const countBySymbol = (orders: readonly ListedOrder[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const { order } of orders) {
    const symbol = order?.symbol ?? UNREADABLE;
    counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
  }
  return counts;
};

export const tableOf = (head: readonly string[], rows: readonly Row[]): string => {
  if (rows.length === 0) return 'none';
  // Plain text: tables are read by people, by grep and by diff.
  const style = { head: [], border: [], compact: true };
  const table = new Table({ head: [...head], style });
  for (const row of rows) table.push(head.map((_title, at) => row[at] ?? '-'));
  return table.toString();
};
