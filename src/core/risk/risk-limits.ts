import { type DecimalText, type TradingSymbol } from '../../domain/ids.ts';

/** Pre-trade limits, from configuration. Every one has a stable reason code (see place-order.ts). */
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
   * Prices by which orders without a price of their own (Market, TrailingStop) are valued.
   * Without one such an order is refused (NO_REFERENCE_PRICE) unless `unpricedOrders` is 'quantityOnly'.
   */
  readonly referencePriceBySymbol?: ReadonlyMap<TradingSymbol, DecimalText>;
  readonly unpricedOrders: 'refuse' | 'quantityOnly';
}
