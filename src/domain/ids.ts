import { type Brand } from '../lib/brand.ts';

/** ClOrdID(11) on the venue side: a COMB UUID that Fathom made. */
export type ClOrdID = Brand<string, 'ClOrdID'>;
/** ClOrdID(11) as the client gave it; unique per client session. */
export type ClientOrderID = Brand<string, 'ClientOrderID'>;
/** OrderID(37) of the venue. */
export type VenueOrderID = Brand<string, 'VenueOrderID'>;
/** ExecID(17) of the venue: opaque, unique per report. */
export type VenueExecID = Brand<string, 'VenueExecID'>;
/** OrderID(37) that Fathom gives its clients: `F` and a counter. */
export type OrderID = Brand<string, 'OrderID'>;
/** OrderID(37) of an OrderMassCancelReport(r): `M` and a counter. */
export type MassCancelID = Brand<string, 'MassCancelID'>;
/** ExecID(17) that Fathom gives its clients: `E` and a counter. */
export type ExecID = Brand<string, 'ExecID'>;
/** Contract id in upper case, e.g. PF_XBTUSD. */
export type TradingSymbol = Brand<string, 'TradingSymbol'>;
/** An exact decimal in plain notation; made by `parseDecimalText` only. */
export type DecimalText = Brand<string, 'DecimalText'>;
/** Names a client session or the library's own caller: `fix:DESK1`, `library`, `operator:ann`. */
export type ClientName = Brand<string, 'ClientName'>;
/** Names a venue session of the configuration. */
export type SessionName = Brand<string, 'SessionName'>;
