import { defined } from '../../../lib/defined.ts';
import {
  amount,
  elementList,
  elements,
  expected,
  field,
  flag,
  integer,
  lenient,
  type Oddity,
  isWholeBy,
  type Reader,
  record,
  shape,
  text,
  time,
  turned,
} from '../../json/readers.ts';
import { GREEKS, notificationKind, notificationPriority, symbol } from '../../json/vocabulary.ts';
import {
  type AccountLogEntry,
  type AccountLogSnapshot,
  type AccountLogUpdate,
  type BalancesFrame,
  type LegacyMarginsFrame,
  type MultiCollateralWallet,
  type NotificationsFrame,
  type OpenPosition,
  type PositionsFrame,
  type SingleCollateralWallet,
  type VenueNotification,
} from '../events/private-events.ts';
import { figureFields } from './figures.ts';
import { greeksOf } from './parse-ticker.ts';

const position: Reader<OpenPosition> = turned(
  shape({
    symbol: field('instrument', symbol),
    qty: field('balance', amount),
    entryPx: lenient('entry_price', amount),
    markPx: lenient('mark_price', amount),
    indexPx: lenient('index_price', amount),
    unrealizedPnl: lenient('pnl', amount),
    pnlCurrency: lenient('pnl_currency', text()),
    liquidationPx: lenient('liquidation_threshold', amount),
    effectiveLeverage: lenient('effective_leverage', amount),
    maxFixedLeverage: lenient('max_fixed_leverage', amount),
    returnOnEquity: lenient('return_on_equity', amount),
    unrealizedFunding: lenient('unrealized_funding', amount),
    initialMargin: lenient('initial_margin', amount),
    initialMarginWithOrders: lenient('initial_margin_with_orders', amount),
    maintenanceMargin: lenient('maintenance_margin', amount),
    filledAt: lenient('fill_time', time),
    ...figureFields(...GREEKS),
  }),
  ({ iv, delta, gamma, theta, vega, rho, ...rest }) => ({
    ...rest,
    ...defined({ greeks: greeksOf(defined({ iv, delta, gamma, theta, vega, rho })) }),
  }),
);

export const positions: Reader<PositionsFrame> = turned(
  shape(
    {
      positions: elements('positions', position),
      account: lenient('account', text()),
      seq: lenient('seq', integer),
      at: lenient('timestamp', time),
    },
    ['feed'],
  ),
  ({ positions: list, ...rest }) => ({
    type: 'Positions',
    positions: list.elements,
    isComplete: list.isComplete,
    ...rest,
  }),
);

const isolatedFields = figureFields(
  'initial_margin',
  'initial_margin_without_orders',
  'maintenance_margin',
  'pnl',
  'unrealized_funding',
  'total_unrealized',
  'total_unrealized_as_margin',
);
const flexFields = {
  ...figureFields(
    'balance_value',
    'portfolio_value',
    'collateral_value',
    'margin_equity',
    'available_margin',
    'total_position_size',
  ),
  ...isolatedFields,
};
const currencyFigures = shape(
  figureFields(
    'quantity',
    'value',
    'collateral_value',
    'available',
    'haircut',
    'conversion_spread',
  ),
);
const portfolioFigures = shape(
  figureFields(
    'market_risk',
    'abs_options_delta',
    'net_position_delta',
    'futures_maintenance_margin',
  ),
);

const cross = turned(
  shape({
    breakdown: lenient('portfolio_margin_breakdown', portfolioFigures),
    balance: lenient('balance', amount),
    ...flexFields,
    ...figureFields('effective_leverage'),
  }),
  ({ breakdown = {}, balance, ...figures }) => ({
    breakdown,
    // One published delta writes `balance` for `balance_value`.
    figures: { ...defined({ balanceValue: balance }), ...figures },
  }),
);

const flexWallet: Reader<MultiCollateralWallet> = turned(
  shape({
    currencies: lenient('currencies', record(currencyFigures)),
    isolated: lenient('isolated', record(shape(isolatedFields))),
    crossMargin: lenient('cross', cross),
    isUnified: lenient('unified_balances', flag),
    ...flexFields,
  }),
  ({ currencies = {}, isolated = {}, crossMargin, isUnified, ...figures }) => ({
    figures,
    currencies,
    isolated,
    cross: crossMargin?.figures ?? {},
    portfolioMargin: crossMargin?.breakdown ?? {},
    ...defined({ isUnified }),
  }),
);

const singleWallet: Reader<SingleCollateralWallet> = turned(
  shape(
    {
      pair: lenient('pair', text()),
      unit: lenient('unit', text()),
      ...figureFields(
        'portfolio_value',
        'balance',
        'maintenance_margin',
        'initial_margin',
        'available',
        'unrealized_funding',
        'pnl',
        'cash_value',
      ),
    },
    ['name'],
  ),
  ({ pair, unit, ...figures }) => ({ figures, ...defined({ pair, unit }) }),
);

const balancesFields = shape(
  {
    account: lenient('account', text()),
    at: expected('timestamp', time),
    seq: expected('seq', integer),
    holding: lenient('holding', record(amount)),
    futures: lenient('futures', record(singleWallet)),
    flex: lenient('flex_futures', flexWallet),
    ...figureFields('futures_cash_value', 'futures_upnl_cash_value'),
  },
  ['feed'],
);

const balancesFrame =
  (isSnapshot: boolean): Reader<BalancesFrame> =>
  (value, path, notes) => {
    const own: Oddity[] = [];
    const fields = balancesFields(value, path, own);
    notes.push(...own);
    if (fields === undefined) return undefined;
    const { futuresCashValue, futuresUpnlCashValue, ...rest } = fields;
    const totals = defined({ futuresCashValue, futuresUpnlCashValue });
    return { type: 'Balances', isSnapshot, isComplete: isWholeBy(own), totals, ...rest };
  };

export const balances = balancesFrame(false);
export const balancesSnapshot = balancesFrame(true);

const logEntry: Reader<AccountLogEntry> = turned(
  shape({
    id: field('id', integer),
    at: lenient('date', time),
    asset: lenient('asset', text()),
    contract: lenient('contract', text()),
    info: lenient('info', text()),
    bookingUID: lenient('booking_uid', text()),
    marginAccount: lenient('margin_account', text()),
    fillID: lenient('execution', text()),
    collateral: lenient('collateral', text()),
    ...figureFields(
      'old_balance',
      'new_balance',
      'old_average_entry_price',
      'new_average_entry_price',
      'trade_price',
      'mark_price',
      'realized_pnl',
      'fee',
      'funding_rate',
      'realized_funding',
      'conversion_spread_percentage',
      'liquidation_fee',
    ),
  }),
  ({
    id,
    at,
    asset,
    contract,
    info,
    bookingUID,
    marginAccount,
    fillID,
    collateral,
    ...figures
  }) => ({
    id,
    ...defined({ at, asset, contract, info, bookingUID, marginAccount, collateral }),
    ...defined({ fillID: fillID === '' ? undefined : fillID }),
    figures,
  }),
);

export const accountLogSnapshot: Reader<AccountLogSnapshot> = turned(
  shape(
    {
      // The field table of the documentation says `log`, its sample `logs`.
      logs: lenient('logs', elementList(logEntry)),
      log: lenient('log', elementList(logEntry)),
    },
    ['feed', 'account'],
  ),
  ({ logs, log }) => ({
    type: 'AccountLogSnapshot',
    entries: (logs ?? log)?.elements ?? [],
    isComplete: (logs ?? log)?.isComplete ?? false,
  }),
);

export const accountLogUpdate: Reader<AccountLogUpdate> = turned(
  shape({ entry: field('new_entry', logEntry) }, ['feed', 'account']),
  ({ entry }) => ({ type: 'AccountLogUpdate', entry }),
);

const notification: Reader<VenueNotification> = turned(
  shape({
    id: field('id', integer),
    kind: expected('type', notificationKind),
    priority: expected('priority', notificationPriority),
    note: expected('note', text()),
    effectiveAt: lenient('effective_time', time),
    expectedDowntimeMinutes: lenient('expected_downtime_minutes', integer),
  }),
  (fields) => ({
    ...fields,
    // A priority that cannot be read may be the highest.
    announcesDowntime:
      fields.kind === 'maintenance' && fields.priority !== 'low' && fields.priority !== 'medium',
  }),
);

export const notifications: Reader<NotificationsFrame> = turned(
  shape({ notifications: elements('notifications', notification) }, ['feed', 'account']),
  ({ notifications: list }) => ({
    type: 'Notifications',
    notifications: list.elements,
    isComplete: list.isComplete,
  }),
);

const legacyAccount = turned(
  shape({
    name: field('name', text()),
    ...figureFields('balance', 'pnl', 'funding', 'pv', 'am', 'im', 'mm'),
  }),
  ({ name, ...figures }) => ({ name, figures }),
);

export const legacyMargins: Reader<LegacyMarginsFrame> = turned(
  shape(
    {
      accounts: elements('margin_accounts', legacyAccount),
      account: lenient('account', text()),
      seq: lenient('seq', integer),
    },
    ['feed'],
  ),
  ({ accounts, ...rest }) => ({
    type: 'LegacyMargins',
    accounts: accounts.elements,
    isComplete: accounts.isComplete,
    ...rest,
  }),
);
