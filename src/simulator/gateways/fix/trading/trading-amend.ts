import { type FixMessage } from '../../../../fix/codec/fix-message.ts';
import { err, ok, type Result } from '../../../../lib/result.ts';
import { type EpochMs } from '../../../../lib/time.ts';
import { type EditOrder } from '../../../exchange/model/commands.ts';
import { clOrdIDProblem } from './cl-ord-id-check.ts';
import { type FixOrder } from './trading-reports.ts';
import {
  amountProblem,
  badValue,
  execInstOf,
  type FormatRefusal,
  mustTake,
  text,
} from './trading-requests.ts';

const VALUE_INCORRECT = 5;

/**
 * OrderCancelReplaceRequest(G) as UAT takes it: 41 finds the order, 37 must be its. OrderQty(38) is
 * the whole quantity, fills included. [fix 4.8, 11]
 */
export const parseAmend = (
  message: FixMessage,
  target: {
    readonly account: string;
    /** As the exchange knows it now. */
    readonly orderId: string;
    readonly order: FixOrder;
  },
  now: EpochMs,
): Result<EditOrder, FormatRefusal> => {
  const clOrdID = text(message, 11);
  const problem = clOrdIDProblem(clOrdID, now);
  if (problem !== undefined) return err({ tag: 11, reason: VALUE_INCORRECT, text: problem });
  const amount = amountProblem(message);
  if (amount !== undefined) return err(amount);
  const { order, account, orderId } = target;
  const isPostOnly = execInstOf(message).includes('P');
  if (isPostOnly && mustTake(order)) return err(badValue(18, 'ExecInst'));
  const [price, stopPx] = [message.get(44), message.get(99)];
  return ok({
    type: 'EditOrder',
    requestId: clOrdID,
    account,
    orderId,
    newCliOrdId: clOrdID,
    size: text(message, 38),
    qtyMode: 'ABSOLUTE',
    ...(order.price !== undefined && price !== undefined ? { limitPrice: price } : {}),
    ...stopOf(order, stopPx),
    ...(isPostOnly ? { postOnly: true } : {}),
  });
};

/** StopPx(99) of a trailing stop is a distance. */
const stopOf = (order: FixOrder, stopPx: string | undefined): Partial<EditOrder> => {
  if (stopPx === undefined || order.stopPx === undefined) return {};
  return order.ordType === 'U'
    ? { trailingStop: { maxDeviation: stopPx, unit: 'QUOTE_CURRENCY' } }
    : { stopPrice: stopPx };
};
