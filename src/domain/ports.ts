import { type EpochMs } from '../lib/time.ts';
import { type ClOrdID, type SessionName, type TradingSymbol, type VenueOrderID } from './ids.ts';
import { type OrderTerms, type Side } from './order.ts';

/**
 * Adapter's synchronous answer to a send: the number the message got, or proof that no byte was or
 * will be written.
 */
export type SendAnswer =
  | { readonly sent: true; readonly epoch: number; readonly msgSeqNum: number }
  | { readonly sent: false; readonly reason: string };

interface NewOrderMessage {
  readonly clOrdID: ClOrdID;
  readonly terms: OrderTerms;
  readonly at: EpochMs;
}

interface CancelMessage {
  readonly clOrdID: ClOrdID;
  readonly origClOrdID: ClOrdID;
  readonly venueOrderID?: VenueOrderID;
  readonly symbol: TradingSymbol;
  readonly side: Side;
  readonly at: EpochMs;
}

interface ReplaceMessage extends CancelMessage {
  readonly venueOrderID: VenueOrderID;
  /** The whole order as it is to be. */
  readonly terms: OrderTerms;
}

interface MassCancelMessage {
  readonly clOrdID: ClOrdID;
  /** Absent: every order made on this connection. */
  readonly symbol?: TradingSymbol;
  readonly at: EpochMs;
}

/**
 * Sends orders to a venue over a session with numbered messages. A send either takes a number and
 * journals its bytes in the same commit, or answers that nothing was sent; it never retries by
 * itself.
 */
export interface OrderGateway {
  readonly session: SessionName;
  readonly sendNewOrder: (message: NewOrderMessage) => SendAnswer;
  readonly sendCancel: (message: CancelMessage) => SendAnswer;
  readonly sendReplace: (message: ReplaceMessage) => SendAnswer;
  readonly sendMassCancel: (message: MassCancelMessage) => SendAnswer;
}
