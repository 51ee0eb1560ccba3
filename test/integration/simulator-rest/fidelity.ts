/**
 * How close each call of the simulator is to the venue: `exact` as far as the reference says, or
 * what is simpler and how.
 */
interface Fidelity {
  readonly grade: 'exact' | 'simplified';
  readonly how: string;
}

const exact = (how = ''): Fidelity => ({ grade: 'exact', how });
const simplified = (how: string): Fidelity => ({ grade: 'simplified', how });

export const FIDELITY: Readonly<Record<string, Fidelity>> = {
  sendorder: exact(
    'a missing limitPrice or stopPrice is `requiredArgumentMissing`; an unknown symbol `invalidArgument: symbol`; a limit offset has two decimals of a percent and reaches half the trigger price, both inferred; the words of `selfFill` after a partial fill are a choice [rest 9 row 31]',
  ),
  editorder: exact('`EDIT_HAS_NO_EFFECT` answers `edited` without events'),
  cancelorder: exact(),
  cancelallorders: exact('always lists CANCEL events, which the venue sometimes leaves out'),
  cancelallordersafter: exact('a missing timeout counts as 0'),
  batchorder: exact(
    'instructions in order; both spellings of processBefore; the status word of an element with a malformed argument is inferred (qtyMode `invalidSize`, triggerSignal `invalidPrice`, reduceOnly `invalidOrderType`, an id that is no UUID `notFound` or `orderForEditNotFound`)',
  ),
  openorders: exact('`post` orders are shown as `lmt`'),
  'orders-status': exact(
    'also by GET, as ccxt asks; `quantity` is the remainder; a fired trigger is shown as CANCELLED with STOP_ORDER_TRIGGERED',
  ),
  instruments: simplified('no retail schedules, rebates, countries'),
  'trading-instruments': simplified('nothing is restricted; no rebates'),
  'instruments-status': exact(),
  'instrument-status': exact(),
  tickers: exact('index rows `in_` and `rr_` have the same price'),
  ticker: exact(),
  orderbook: exact(),
  history: exact('the exchange keeps 10,000 trades a market'),
  'historicalfundingrates-v4': exact('since the start of the simulator'),
  'historical-funding-rates': exact('answers as v4 does'),
  feeschedules: simplified(
    'the recorded schedule, two tiers; not what is charged, as at the venue',
  ),
  'feeschedules-volumes': simplified('volume since the start, of the fills that are kept'),
  accounts: simplified('one margin level for mm, lt and tt; no portfolio margin breakdown'),
  openpositions: exact(),
  fills: simplified(
    'the exchange keeps 10,000 fills an account; a settlement is no fill, as no `fillType` of the reference means one: the account log and history positions tell it (`settlement`)',
  ),
  notifications: exact('what faults and operators post'),
  unwindqueue: exact(),
  'leveragepreferences-get': exact(),
  'leveragepreferences-put': simplified(
    'isolated: initial margin at the chosen leverage; its losses are still borne by the whole flex wallet',
  ),
  'pnlpreferences-get': exact(),
  'pnlpreferences-put': exact(),
  'self-trade-strategy-get': exact(),
  'self-trade-strategy-put': exact(),
  'rfq-assignment-max-leverage-get': exact(
    'a subaccount gets authenticationError, the safest reading of [rest 3.2]',
  ),
  'rfq-assignment-max-leverage-put': simplified('kept and returned, but no assignment looks at it'),
  'rfq-assignment-max-leverage-delete': exact(),
  'assignmentprogram-current': exact(),
  'assignmentprogram-history': exact('the last 1,000 changes'),
  'assignmentprogram-add': exact(
    'needs a full key, the safest reading of [rest 9 row 26]; `base` and `quote` mean the contracts of a pair; a contract of another wallet is refused like an unknown one',
  ),
  'assignmentprogram-delete': exact(),
  subaccounts: simplified('e-mail addresses are made up'),
  'subaccount-trading-enabled-get': exact('every account counts as institutional'),
  'subaccount-trading-enabled-put': exact('every account counts as institutional'),
  transfer: exact(),
  'transfer-subaccount': exact(),
  withdrawal: exact('the money leaves at once'),
  'history-executions': exact(
    'both layouts (`executionLayout`); a nonce that is refused is named in `reason`, here and in all of history; a settlement is no execution, see fills; 50,000 rows over all accounts are kept (`memory.rowsMax`)',
  ),
  'history-orders': exact(
    '`attemptedOrder` of a refused edit repeats the old order; no OrderNotFound; 50,000 rows over all accounts are kept (`memory.rowsMax`)',
  ),
  'history-triggers': exact('`attemptedOrderTrigger` of a refused edit repeats the old one'),
  'history-positions': exact(),
  'history-account-log': simplified('no conversion details; ids count both legs of a trade'),
  'history-accountlogcsv': simplified('column names are assumed: no recording exists'),
  'market-executions': exact('100,000 rows over all markets (twice `memory.rowsMax`)'),
  'market-orders': exact('100,000 rows over all markets (twice `memory.rowsMax`)'),
  'market-price': exact('100,000 rows over all markets (twice `memory.rowsMax`)'),
  'charts-tick-types': exact(),
  'charts-symbols': exact(),
  'charts-resolutions': exact(),
  'charts-candles': simplified(
    'minutes of 36 hours, hours of 90 days; quiet candles repeat the close before',
  ),
  'charts-liquidity-pool': simplified('the USD traded on all markets'),
  'charts-analytics': simplified(
    'sampled once a minute; volatility is the range of closes over the first',
  ),
  'api-keys-check': exact(
    'no IBAN, no address list; a nonce that is refused is named in `message`',
  ),
  'self-market-share': simplified('since the start instead of by week'),
};
