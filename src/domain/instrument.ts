import { type DecimalText, type TradingSymbol } from './ids.ts';

/** Contract specification, from the venue's instrument list or from configuration. */
export interface Instrument {
  readonly symbol: TradingSymbol;
  readonly contractType: 'linear' | 'inverse';
  /** Price increment, TickSize(5022). */
  readonly tickSize: DecimalText;
  /** Quantity increment, MinTradeVol(562). */
  readonly qtyStep: DecimalText;
  /** Smallest quantity, QtyMin(5011). */
  readonly qtyMin: DecimalText;
  readonly status: 'Online' | 'Suspended' | 'CancelOnly' | 'PostOnly';
}
