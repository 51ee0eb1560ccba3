import { invariant } from '../../../lib/invariant.ts';
import { epochMs, type EpochMs } from '../../../lib/time.ts';
import { type Account, type AccountSpec, walletOf } from './account.ts';
import { type EventBody, type ExchangeEvent } from './events.ts';
import { type ExecutedTrade } from './executed-trade.ts';
import { makeIdSource, type IdSource } from './id-source.ts';
import { compileInstrument, type InstrumentSpec, needMoney } from './instruments/instrument.ts';
import { type Market, makeMarket } from './market.ts';
import { type Money } from './money.ts';
import { type Order } from './order.ts';
import {
  amountsOf,
  DEFAULT_RULES,
  type ExchangeRules,
  type OrderLimits,
  type RuleAmounts,
} from './rules.ts';
import { type Currency } from './vocabulary.ts';

export interface ExchangeConfig {
  readonly seed: number;
  readonly startAt: EpochMs;
  readonly instruments: readonly InstrumentSpec[];
  readonly accounts: readonly AccountSpec[];
  /** Index price by underlying code, e.g. rr_xbtusd. */
  readonly indexPrices: Readonly<Record<string, string>>;
  readonly rules?: Partial<ExchangeRules>;
  /** Bounds how many public trades of all markets and fills of all accounts are kept. */
  readonly rowsMax?: number;
}

/** Everything that the parts of the exchange share. */
export interface Venue {
  rules: ExchangeRules;
  /** Rules that are amounts, read once. */
  amounts: RuleAmounts;
  readonly markets: Map<string, Market>;
  /** Public trades kept per market, and fills per account, at least. */
  readonly tradesMax: number;
  readonly fillsMax: number;
  readonly accounts: Map<string, Account>;
  readonly orderIds: IdSource;
  readonly tradeIds: IdSource;
  readonly fillIds: IdSource;
  readonly bookingIds: IdSource;
  /** Orders that ended lately, for orders/status [rest 2.1], oldest first. */
  readonly closed: Map<string, { readonly order: Order; readonly at: EpochMs }>;
  /** The latest of them by account and client order id. */
  readonly closedIds: Map<string, string>;
  readonly held: HeldRequest[];
  /** Trades that the venue could still take back or change, oldest first. */
  readonly executed: ExecutedTrade[];
  /** The other side of fees, deposits, conversions and losses, by `purpose:currency`. */
  readonly tally: Map<string, Money>;
  at: EpochMs;
  requestId: string | undefined;
  seq: number;
  assignmentIds: number;
  events: ExchangeEvent[];
  /**
   * Markets whose prices or triggers changed. Their triggers are checked before the command ends.
   */
  readonly touched: Set<Market>;
  /** Release time of the current batch, once one of its instructions is held. */
  batchReleaseAt: EpochMs | undefined;
  nextFundingAt: EpochMs;
  /** When the next dated contract ends; infinity when none does. */
  nextExpiryAt: number;
  /** Accounts whose dead man's switch is armed. */
  readonly armed: Set<Account>;
}

/** A request in front of the engine: maker protection [rest 10]. */
interface HeldRequest {
  readonly releaseAt: EpochMs;
  readonly requestId: string | undefined;
  readonly order: Order;
  canceled: boolean;
  readonly release: (canceled: boolean) => void;
}

export const emit = (venue: Venue, body: EventBody): void => {
  venue.seq += 1;
  venue.events.push({ at: venue.at, seq: venue.seq, requestId: venue.requestId, ...body });
};

/** Books the counter entry of a balance change that no other account mirrors. */
export const tally = (
  venue: Venue,
  purpose: TallyPurpose,
  currency: Currency,
  amount: Money,
): void => {
  const key = `${purpose}:${currency}`;
  venue.tally.set(key, (venue.tally.get(key) ?? 0n) + amount);
};
type TallyPurpose = 'outside' | 'fee' | 'conversion' | 'insurance' | 'rounding';

/** Changes limits on orders from now on. */
export const setRules = (venue: Venue, limits: Partial<OrderLimits>): void => {
  venue.rules = { ...venue.rules, ...limits };
  venue.amounts = amountsOf(venue.rules);
};

/** Rows kept by default: about a year of one quiet client, an hour of a busy market. */
export const DEFAULT_ROWS_MAX = 50_000;

/**
 * Rows kept for each market or account. Hundreds of them must not take hundreds of times the memory
 * of one.
 */
const share = (rowsMax: number, times: number, count: number): number =>
  Math.floor(Math.max(rowsMax / 50, Math.min(rowsMax / 5, (times * rowsMax) / count)));

export const makeVenue = (config: ExchangeConfig): Venue => {
  const rules = { ...DEFAULT_RULES, ...config.rules };
  const { rowsMax = DEFAULT_ROWS_MAX } = config;
  const venue: Venue = {
    rules,
    amounts: amountsOf(rules),
    markets: new Map(),
    tradesMax: share(rowsMax, 2.6, config.instruments.length),
    fillsMax: share(rowsMax, 4, config.accounts.length),
    accounts: new Map(),
    orderIds: makeIdSource(config.seed, 1),
    tradeIds: makeIdSource(config.seed, 2),
    fillIds: makeIdSource(config.seed, 3),
    bookingIds: makeIdSource(config.seed, 4),
    closed: new Map(),
    closedIds: new Map(),
    held: [],
    executed: [],
    tally: new Map(),
    at: config.startAt,
    requestId: undefined,
    seq: 0,
    assignmentIds: 0,
    events: [],
    touched: new Set(),
    batchReleaseAt: undefined,
    nextExpiryAt: Math.min(
      ...config.instruments.map((spec) => spec.lastTradingTime ?? Number.POSITIVE_INFINITY),
    ),
    armed: new Set(),
    nextFundingAt: epochMs(
      (Math.floor(config.startAt / rules.fundingPeriodMs) + 1) * rules.fundingPeriodMs,
    ),
  };
  for (const spec of config.instruments) {
    const index = config.indexPrices[spec.underlying];
    invariant(index !== undefined, `an index price for ${spec.underlying}`);
    venue.markets.set(
      spec.symbol,
      makeMarket(compileInstrument(spec), needMoney(index), config.startAt),
    );
  }
  for (const spec of config.accounts) addAccount(venue, spec);
  return venue;
};

const addAccount = (venue: Venue, spec: AccountSpec): void => {
  invariant(!venue.accounts.has(spec.uid), `account ${spec.uid} is named once`);
  const account: Account = {
    uid: spec.uid,
    master: spec.master ?? spec.uid,
    background: spec.background ?? false,
    makerFee: needMoney(spec.fees?.maker ?? venue.rules.makerFee),
    takerFee: needMoney(spec.fees?.taker ?? venue.rules.takerFee),
    wallets: new Map(),
    positions: new Map(),
    orders: new Map(),
    orderIdByCliOrdId: new Map(),
    exposures: new Map(),
    leverage: new Map(),
    pnlCurrency: new Map(),
    assignments: new Map(),
    selfTradeStrategy: 'REJECT_TAKER',
    tradingEnabled: true,
    deadManAt: undefined,
    fills: 0,
    fillRecords: [],
    logged: 0,
    held: 0,
    usedCliOrdIds: new Set(),
  };
  for (const [wallet, balances] of Object.entries(spec.balances ?? {})) {
    for (const [currency, text] of Object.entries(balances)) {
      const amount = needMoney(text);
      walletOf(account, wallet).set(currency, amount);
      tally(venue, 'outside', currency, -amount);
    }
  }
  venue.accounts.set(spec.uid, account);
};
