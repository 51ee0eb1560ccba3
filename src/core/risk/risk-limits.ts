import { type DecimalText, type TradingSymbol } from '../../domain/ids.ts';

/**
 * Pre-trade limits, from configuration. Every one has a stable reason code (check-limits.ts).
 */
export interface RiskLimits {
  /** Largest OrderQty(38), in contracts as the venue counts them; MAX_QUANTITY. */
  readonly orderQtyMax: DecimalText;
  /** Replaces `orderQtyMax` for a symbol. */
  readonly orderQtyMaxBySymbol?: ReadonlyMap<TradingSymbol, DecimalText>;
  /** Largest order value in the quote currency; MAX_NOTIONAL. */
  readonly orderNotionalMax: DecimalText;
  /** Replaces `orderNotionalMax` for a symbol. */
  readonly orderNotionalMaxBySymbol?: ReadonlyMap<TradingSymbol, DecimalText>;
  /** Open orders over all clients; MAX_OPEN_ORDERS. */
  readonly openOrdersMax: number;
  /** Absent: every instrument of the list; SYMBOL_NOT_ALLOWED. */
  readonly allowedSymbols?: ReadonlySet<TradingSymbol>;
  /**
   * Furthest distance of the price of a Limit order from the reference price, in percent, either
   * way; PRICE_COLLAR. Absent: none.
   */
  readonly priceCollarPercent?: DecimalText;
  /** Replaces `priceCollarPercent` for a symbol. */
  readonly priceCollarPercentBySymbol?: ReadonlyMap<TradingSymbol, DecimalText>;
  /**
   * An order that needs the reference price of its input while there is none: a linear one without
   * a price of its own (Market, TrailingStop), or a Limit order under a collar. `refuse`:
   * NO_REFERENCE_PRICE; `allow`: the other limits alone hold it.
   */
  readonly withoutReferencePrice: 'refuse' | 'allow';
}
