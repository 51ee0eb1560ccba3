import { type EpochMs } from '../lib/time.ts';
import {
  type ClOrdID,
  type DecimalText,
  type SessionName,
  type TradingSymbol,
  type VenueOrderID,
} from './ids.ts';
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

/** Whether there was room for a request; `sent: false` is proof that it is not called. */
export type TakeAnswer =
  { readonly sent: true } | { readonly sent: false; readonly reason: string };

/**
 * Orders of one account by REST. A request is taken in the turn that decided it and called when it
 * is released, once its intent is durable. What became of the call is told once, as a RestOutcome;
 * what creates or changes an order is never called twice.
 */
export interface RestOrderGateway {
  readonly session: SessionName;
  readonly sendNewOrder: (message: NewOrderMessage) => TakeAnswer;
  readonly sendCancel: (message: CancelMessage) => TakeAnswer;
  /** Edits the venue's order, which keeps its id. */
  readonly sendReplace: (message: ReplaceMessage) => TakeAnswer;
  /** Reaches every order of the account, also those that were placed elsewhere. */
  readonly sendMassCancel: (message: MassCancelMessage) => TakeAnswer;
  readonly release: (clOrdIDs: readonly ClOrdID[]) => void;
  /** Resolves when no call is under way. */
  readonly idle: () => Promise<void>;
}

/** An execution that the answer to an order call tells of [rest 3.4]. */
export interface AnsweredFill {
  readonly fillID: string;
  readonly lastQty: DecimalText;
  readonly lastPx: DecimalText;
}

/** An order that cancelallorders has cancelled. */
interface CanceledOrder {
  readonly venueOrderID: VenueOrderID;
  /** What it had filled, where the answer says so. */
  readonly cumQty?: DecimalText;
}

/**
 * What one call by REST is known to have done. Only a text on the allow-list proves a refusal; what
 * is not proven is Unknown, and never called again [rest 3.5].
 */
export type RestOutcome =
  | {
      readonly type: 'Accepted';
      /** The venue's word, e.g. `placed`. */
      readonly text: string;
      readonly venueOrderID?: VenueOrderID;
      readonly fills: readonly AnsweredFill[];
      /** Something of the order rests at the venue. */
      readonly isResting: boolean;
      /** False: part of the answer could not be read, so what it lacks proves nothing. */
      readonly isComplete: boolean;
      /** Of a cancel: what the order had filled, as the answer says. */
      readonly canceledCumQty?: DecimalText;
      /** Of cancelallorders: the orders that it lists. */
      readonly canceled?: readonly CanceledOrder[];
    }
  | {
      readonly type: 'Refused';
      /** Stable, in the words of FIX refusals, e.g. POST_WOULD_EXECUTE. */
      readonly code: string;
      readonly text: string;
      /** Nothing rests, but executions may have happened. */
      readonly mayHaveFilled: boolean;
    }
  | { readonly type: 'NotSent'; readonly text: string }
  | { readonly type: 'Unknown'; readonly text: string };
