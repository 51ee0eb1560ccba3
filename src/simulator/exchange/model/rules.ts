import { needMoney } from './instruments/instrument.ts';
import { type Money, ONE } from './money.ts';
import { type Currency } from './vocabulary.ts';

/** Rules that the venue does not publish, or that a user may switch. Defaults: `DEFAULT_RULES`. */
export interface ExchangeRules {
  readonly makerFee: string;
  readonly takerFee: string;
  /** Limit prices further than this fraction through the mark are refused (PRICE_COLLAR). */
  readonly priceCollar: string;
  /** Market orders are priced this fraction through the touch [rest 2.1 sendorder]. */
  readonly marketProtection: string;
  readonly openOrdersMax: number;
  readonly trailingStopsMax: number;
  /** Orders below this many USD of notional count as small. */
  readonly smallOrderUsd: string;
  readonly smallOrdersMax: number;
  readonly heldOrdersMax: number;
  /** Scope of the duplicate check on client order ids [rest 9 row 1]. */
  readonly cliOrdIdScope: 'live' | 'forever';
  readonly closedOrderMemoryMs: number;
  readonly cliOrdIdLengthMax: number;
  /** Fraction of a collateral currency's value that does not count, by currency. */
  readonly haircuts: Readonly<Record<Currency, string>>;
  readonly fundingPeriodMs: number;
}

export const DEFAULT_RULES: ExchangeRules = {
  makerFee: '0.0002',
  takerFee: '0.0005',
  priceCollar: '0.1',
  marketProtection: '0.01',
  openOrdersMax: 2_000,
  trailingStopsMax: 50,
  smallOrderUsd: '0',
  smallOrdersMax: 200,
  heldOrdersMax: 250,
  cliOrdIdScope: 'live',
  closedOrderMemoryMs: 5_000,
  cliOrdIdLengthMax: 100,
  haircuts: {
    USD: '0',
    XBT: '0.03',
    ETH: '0.05',
    USDT: '0.02',
    USDC: '0.02',
    EUR: '0.02',
    GBP: '0.02',
  },
  fundingPeriodMs: 3_600_000,
};

/**
 * Limits on orders that the venue does not publish [rest 9 row 1, 9 row 16]. They may change during
 * a run.
 */
export type OrderLimits = Pick<
  ExchangeRules,
  | 'cliOrdIdScope'
  | 'priceCollar'
  | 'openOrdersMax'
  | 'trailingStopsMax'
  | 'smallOrderUsd'
  | 'smallOrdersMax'
  | 'heldOrdersMax'
>;

export interface RuleAmounts {
  readonly priceCollar: Money;
  readonly marketProtection: Money;
  readonly smallOrderUsd: Money;
  /** Part of a collateral currency's value that counts: 1 - haircut. */
  readonly collateralShares: ReadonlyMap<Currency, Money>;
}

export const amountsOf = (rules: ExchangeRules): RuleAmounts => ({
  priceCollar: needMoney(rules.priceCollar),
  marketProtection: needMoney(rules.marketProtection),
  smallOrderUsd: needMoney(rules.smallOrderUsd),
  collateralShares: new Map(
    Object.entries(rules.haircuts).map(([currency, cut]) => [currency, ONE - needMoney(cut)]),
  ),
});
