import { type Brand } from '../lib/brand.ts';

/**
 * Two conversations, two ids. A client names its request in ClOrdID(11) of its message; Fathom
 * makes another ClOrdID(11) for each message of its own to the venue. The names tell them apart:
 * - `clOrdID`, `origClOrdID`: tags 11 and 41 of the venue message at hand. On a cancel `clOrdID` is
 *   the id of the cancel request, never that of the order.
 * - `clientOrderID`, `origClientOrderID`: tags 11 and 41 of the client message at hand, by the same
 *   rule. The library and its events use these names, too.
 * - `venueClOrdID`: the venue's name of an order, in what is no venue message: the books and the
 *   reports to clients.
 * The brands keep one from being used as the other. In the execution log, which is written for
 * clients, the column `clOrdId` is the client's and `attemptId` the venue's.
 */
/** ClOrdID(11) in messages to and from the venue: a COMB UUID that Fathom made. */
export type ClOrdID = Brand<string, 'ClOrdID'>;
/** ClOrdID(11) in messages to and from a client: the client's own, unique per client session. */
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
