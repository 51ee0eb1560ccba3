import { type ClOrdID, type SessionName } from '../../../domain/ids.ts';
import { type OrderGateway, type SendAnswer } from '../../../domain/ports.ts';
import { type OutboundMessage } from '../../../fix/codec/fix-message.ts';
import { type FixSession } from '../../../fix/session/model/session-types.ts';
import {
  newOrderSingle,
  orderCancelReplaceRequest,
  orderCancelRequest,
  orderMassCancelRequest,
} from './order-messages.ts';

/**
 * Takes the cost of one request from the CompID's rate budget; false when it is spent. Cancels have
 * a reserve. [fix 1.8]
 */
export type TakeBudget = (kind: RequestKind) => boolean;
type RequestKind = 'order' | 'cancel' | 'massCancel';

/** The order side of one trading session. */
export const makeFixOrderGateway = (
  name: SessionName,
  session: FixSession,
  deps: {
    readonly takeBudget: TakeBudget;
    /** Counts connections across restarts of this process. */
    readonly epoch: () => number;
    /** An order, cancel or replace has its number, and the venue has to answer it. */
    readonly onSent?: (clOrdID: ClOrdID) => void;
  },
): OrderGateway => {
  const answered = (answer: SendAnswer, clOrdID: ClOrdID): SendAnswer => {
    if (answer.sent) deps.onSent?.(clOrdID);
    return answer;
  };
  const send = (kind: RequestKind, message: OutboundMessage): SendAnswer => {
    // Checked before the budget: a session that can't send must not use it up.
    if (session.view().phase !== 'LoggedOn') return { sent: false, reason: 'NOT_LOGGED_ON' };
    if (!deps.takeBudget(kind)) return { sent: false, reason: 'RATE_LIMITED' };
    const sent = session.send(message);
    if (!sent.ok) return { sent: false, reason: sent.error };
    return { sent: true, epoch: deps.epoch(), msgSeqNum: sent.value.msgSeqNum };
  };
  return {
    session: name,
    sendNewOrder: ({ clOrdID, terms, at }) =>
      answered(send('order', newOrderSingle(clOrdID, terms, at)), clOrdID),
    sendCancel: (message) =>
      answered(send('cancel', orderCancelRequest(message, message.at)), message.clOrdID),
    sendReplace: (message) =>
      answered(send('order', orderCancelReplaceRequest(message, message.at)), message.clOrdID),
    sendMassCancel: ({ clOrdID, symbol, at }) =>
      send('massCancel', orderMassCancelRequest(clOrdID, symbol, at)),
  };
};
