import { type DecimalText } from '../../../domain/ids.ts';
import { defined } from '../../../lib/defined.ts';
import { type FieldReader } from '../../json/field-reader.ts';
import { parseGreeks } from './parse-ticker.ts';
import {
  type AccountLogEntry,
  type AccountLogSnapshot,
  type AccountLogUpdate,
  type BalancesFrame,
  type Figures,
  type LegacyMarginsFrame,
  type MultiCollateralWallet,
  type NotificationsFrame,
  type OpenPosition,
  type PositionsFrame,
  type SingleCollateralWallet,
  type VenueNotification,
} from '../events/private-events.ts';

/** `total_unrealized_as_margin` is `totalUnrealizedAsMargin` here. */
const toCamelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const figuresOf = (reader: FieldReader | undefined, names: readonly string[]): Figures => {
  const figures: Record<string, DecimalText> = {};
  for (const name of names) {
    const amount = reader?.amount(name);
    if (amount !== undefined) figures[toCamelCase(name)] = amount;
  }
  return figures;
};

/** A map of the venue: every key is data (a currency, a wallet, a product), none is unknown. */
const mapOf = <T>(
  reader: FieldReader | undefined,
  read: (reader: FieldReader, key: string) => T | undefined,
): Readonly<Record<string, T>> => {
  const entries = (reader?.keys() ?? []).flatMap((key) => {
    const value = reader === undefined ? undefined : read(reader, key);
    return value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(entries);
};

const figureMap = (
  reader: FieldReader | undefined,
  names: readonly string[],
): Readonly<Record<string, Figures>> =>
  mapOf(reader, (parent, key) => {
    const nested = parent.object(key);
    const figures = figuresOf(nested, names);
    nested?.done();
    return figures;
  });

const parsePosition = (reader: FieldReader): OpenPosition | undefined => {
  const symbol = reader.symbol('instrument');
  const qty = reader.amount('balance');
  const optional = defined({
    entryPx: reader.amount('entry_price'),
    markPx: reader.amount('mark_price'),
    indexPx: reader.amount('index_price'),
    unrealisedPnl: reader.amount('pnl'),
    pnlCurrency: reader.text('pnl_currency'),
    liquidationPx: reader.amount('liquidation_threshold'),
    effectiveLeverage: reader.amount('effective_leverage'),
    maxFixedLeverage: reader.amount('max_fixed_leverage'),
    returnOnEquity: reader.amount('return_on_equity'),
    unrealisedFunding: reader.amount('unrealized_funding'),
    initialMargin: reader.amount('initial_margin'),
    initialMarginWithOrders: reader.amount('initial_margin_with_orders'),
    maintenanceMargin: reader.amount('maintenance_margin'),
    filledAt: reader.date('fill_time'),
    greeks: parseGreeks(reader),
  });
  reader.done();
  return symbol === undefined || qty === undefined ? undefined : { symbol, qty, ...optional };
};

export const parsePositions = (reader: FieldReader): PositionsFrame => {
  const positions = reader.list('positions', parsePosition);
  const optional = defined({
    account: reader.text('account'),
    seq: reader.integer('seq'),
    at: reader.time('timestamp'),
  });
  reader.skip('feed');
  reader.done();
  return {
    type: 'Positions',
    positions: positions.elements,
    isComplete: positions.isComplete,
    ...optional,
  };
};

const CURRENCY_FIGURES = [
  ...['quantity', 'value', 'collateral_value', 'available', 'haircut', 'conversion_spread'],
];
const WALLET_FIGURES = [
  ...['portfolio_value', 'balance', 'maintenance_margin', 'initial_margin', 'available'],
  ...['unrealized_funding', 'pnl', 'cash_value'],
];
const ISOLATED_FIGURES = [
  ...['initial_margin', 'initial_margin_without_orders', 'maintenance_margin', 'pnl'],
  ...['unrealized_funding', 'total_unrealized', 'total_unrealized_as_margin'],
];
const FLEX_FIGURES = [
  ...['balance_value', 'portfolio_value', 'collateral_value', 'margin_equity', 'available_margin'],
  ...['total_position_size', ...ISOLATED_FIGURES],
];
const CROSS_FIGURES = [...FLEX_FIGURES, 'effective_leverage'];
const PORTFOLIO_FIGURES = [
  ...['market_risk', 'abs_options_delta', 'net_position_delta', 'futures_maintenance_margin'],
];

const parseCross = (reader: FieldReader | undefined): { cross: Figures; breakdown: Figures } => {
  const breakdown = reader?.object('portfolio_margin_breakdown');
  const balance = reader?.amount('balance');
  const figures = figuresOf(reader, CROSS_FIGURES);
  const result = {
    // One published delta writes `balance` for `balance_value`.
    cross: balance === undefined ? figures : { balanceValue: balance, ...figures },
    breakdown: figuresOf(breakdown, PORTFOLIO_FIGURES),
  };
  breakdown?.done();
  reader?.done();
  return result;
};

const parseFlex = (reader: FieldReader): MultiCollateralWallet => {
  const currencies = figureMap(reader.object('currencies'), CURRENCY_FIGURES);
  const isolated = figureMap(reader.object('isolated'), ISOLATED_FIGURES);
  const { cross, breakdown } = parseCross(reader.object('cross'));
  const figures = figuresOf(reader, FLEX_FIGURES);
  const isUnified = defined({ isUnified: reader.flag('unified_balances') });
  reader.done();
  return { figures, currencies, isolated, cross, portfolioMargin: breakdown, ...isUnified };
};

const parseWallet = (parent: FieldReader, key: string): SingleCollateralWallet | undefined => {
  const reader = parent.object(key);
  if (reader === undefined) return undefined;
  const optional = defined({ pair: reader.text('pair'), unit: reader.text('unit') });
  const figures = figuresOf(reader, WALLET_FIGURES);
  reader.skip('name');
  reader.done();
  return { figures, ...optional };
};

export const parseBalances = (reader: FieldReader, feed: string): BalancesFrame => {
  const flex = reader.object('flex_futures');
  const holding = reader.object('holding');
  const futures = reader.object('futures');
  const optional = defined({
    account: reader.text('account'),
    at: reader.time('timestamp'),
    seq: reader.integer('seq'),
    holding: holding && mapOf(holding, (parent, key) => parent.amount(key)),
    futures: futures && mapOf(futures, parseWallet),
    flex: flex && parseFlex(flex),
  });
  const totals = figuresOf(reader, ['futures_cash_value', 'futures_upnl_cash_value']);
  reader.skip('feed');
  reader.done();
  return { type: 'Balances', isSnapshot: feed.endsWith('_snapshot'), totals, ...optional };
};

const LOG_FIGURES = [
  ...['old_balance', 'new_balance', 'old_average_entry_price', 'new_average_entry_price'],
  ...['trade_price', 'mark_price', 'realized_pnl', 'fee', 'funding_rate', 'realized_funding'],
  ...['conversion_spread_percentage', 'liquidation_fee'],
];

const parseLogEntry = (reader: FieldReader): AccountLogEntry | undefined => {
  const id = reader.integer('id');
  const fillID = reader.text('execution');
  const optional = defined({
    at: reader.date('date'),
    asset: reader.text('asset'),
    contract: reader.text('contract'),
    info: reader.text('info'),
    bookingUID: reader.text('booking_uid'),
    marginAccount: reader.text('margin_account'),
    fillID: fillID === '' ? undefined : fillID,
    collateral: reader.text('collateral'),
  });
  const figures = figuresOf(reader, LOG_FIGURES);
  reader.done();
  return id === undefined ? undefined : { id, figures, ...optional };
};

export const parseAccountLogSnapshot = (reader: FieldReader): AccountLogSnapshot => {
  // The field table of the documentation says `log`, its sample `logs`.
  const entries = reader.list(reader.has('logs') ? 'logs' : 'log', parseLogEntry);
  reader.skip('feed', 'account');
  reader.done();
  return {
    type: 'AccountLogSnapshot',
    entries: entries.elements,
    isComplete: entries.isComplete,
  };
};

export const parseAccountLogUpdate = (reader: FieldReader): AccountLogUpdate | undefined => {
  const nested = reader.object('new_entry');
  const entry = nested === undefined ? undefined : parseLogEntry(nested);
  reader.skip('feed', 'account');
  reader.done();
  if (entry === undefined) {
    reader.missing('new_entry');
    return undefined;
  }
  return { type: 'AccountLogUpdate', entry };
};

const NOTIFICATION_KINDS: Readonly<Record<string, string>> = Object.fromEntries(
  ['market', 'general', 'new_feature', 'bug_fix', 'maintenance', 'settlement'].map((kind) => [
    kind,
    kind,
  ]),
);
const PRIORITIES: Readonly<Record<string, string>> = { low: 'low', medium: 'medium', high: 'high' };

const parseNotification = (reader: FieldReader): VenueNotification | undefined => {
  const id = reader.integer('id');
  const rawKind = reader.text('type');
  const rawPriority = reader.text('priority');
  const kind = reader.word('type', NOTIFICATION_KINDS) ?? rawKind ?? '';
  const priority = reader.word('priority', PRIORITIES) ?? rawPriority ?? '';
  const note = reader.text('note') ?? '';
  const optional = defined({
    effectiveAt: reader.time('effective_time'),
    expectedDowntimeMinutes: reader.integer('expected_downtime_minutes'),
  });
  reader.done();
  if (id === undefined) return undefined;
  const announcesDowntime = kind === 'maintenance' && priority === 'high';
  return { id, kind, priority, note, announcesDowntime, ...optional };
};

export const parseNotifications = (reader: FieldReader): NotificationsFrame => {
  const list = reader.list('notifications', parseNotification);
  reader.skip('feed', 'account');
  reader.done();
  return { type: 'Notifications', notifications: list.elements, isComplete: list.isComplete };
};

const parseLegacyAccount = (
  reader: FieldReader,
): LegacyMarginsFrame['accounts'][number] | undefined => {
  const name = reader.text('name');
  const figures = figuresOf(reader, ['balance', 'pnl', 'funding', 'pv', 'am', 'im', 'mm']);
  reader.done();
  return name === undefined ? undefined : { name, figures };
};

export const parseLegacyMargins = (reader: FieldReader): LegacyMarginsFrame => {
  const accounts = reader.list('margin_accounts', parseLegacyAccount);
  const optional = defined({ account: reader.text('account'), seq: reader.integer('seq') });
  reader.skip('feed');
  reader.done();
  return {
    type: 'LegacyMargins',
    accounts: accounts.elements,
    isComplete: accounts.isComplete,
    ...optional,
  };
};
