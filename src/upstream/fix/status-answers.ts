import { type ClientExecutionReport } from '../../core/effect.ts';
import { statusOf } from '../../core/effects/client-report.ts';
import { type EngineState, type Order } from '../../core/state.ts';
import { ordStatusToCode, sideByCode } from '../../domain/fix-codes.ts';
import { type ClientName, type ClientOrderID, type OrderID } from '../../domain/ids.ts';
import {
  type FixField,
  type FixMessage,
  type OutboundMessage,
} from '../../fix/codec/fix-message.ts';
import { type EpochMs, toUtcTimestamp } from '../../lib/time.ts';
import { executionReport, present, REASON_CODE_TAG } from './client-reports.ts';
import { refusedFields } from './fields/check-fields.ts';

/** Reports that one turn of the event loop may write. */
const SLICE = 100;
/** More orders than this are not listed in one answer. */
const STATUS_ORDERS_MAX = 10_000;

/** OrdRejReason(103). */
const UNKNOWN_ORDER = 5;
const UNSUPPORTED_CHARACTERISTIC = 11;
const OTHER = 99;

export interface StatusDeps {
  readonly client: ClientName;
  readonly books: () => EngineState;
  /** Whether an order that left memory has this id of a client. */
  readonly isArchived: (client: ClientName, clientOrderID: string) => boolean;
  /** False when the session takes no message: nothing more is listed. */
  readonly send: (message: OutboundMessage) => boolean;
  /** In a later turn of the event loop. */
  readonly later: (run: () => void) => void;
}

interface Refused {
  readonly ordRejReason: number;
  readonly code: string;
  readonly detail: string;
}

/**
 * Answers OrderStatusRequest(H) and OrderMassStatusRequest(AF) from the books, by reports with
 * ExecType(150)=I and, as FIX 4.4 has it, ExecID(17)=0. They change nothing and reach no venue. A
 * client sees its own orders alone.
 */
export class StatusAnswers {
  readonly #deps: StatusDeps;
  /** MassStatusReqID(584) of the answer that is still being written. */
  #writing: string | undefined;

  constructor(deps: StatusDeps) {
    this.#deps = deps;
  }

  one(message: FixMessage, at: EpochMs): void {
    const asked = message.get(11) ?? '';
    const reqID: readonly FixField[] = present([[790, message.get(790)]]);
    const found = this.#find(message, asked);
    if ('detail' in found) {
      this.#deps.send(refusal(message, found, { at, more: [[11, asked], ...reqID] }));
      return;
    }
    const report = this.#report(found, at);
    // Asked by the id of a cancel of it, the report is found by that id.
    const named =
      asked === found.clientOrderID || asked === '' || !this.#isName(asked)
        ? report
        : {
            ...report,
            clientOrderID: asked as ClientOrderID,
            origClientOrderID: found.clientOrderID,
          };
    this.#deps.send(withFields(executionReport(named), reqID));
  }

  mass(message: FixMessage, at: EpochMs): void {
    const reqID = message.get(584) ?? '';
    const found = this.#scopeProblem(message) ?? this.#list(message);
    if ('detail' in found) {
      const more: readonly FixField[] = [
        [584, reqID],
        [911, '0'],
        [912, 'Y'],
      ];
      this.#deps.send(refusal(message, found, { at, more }));
      return;
    }
    this.#writing = reqID;
    this.#write(found, 0, { reqID, at });
  }

  #write(
    orderIDs: readonly OrderID[],
    from: number,
    request: { readonly reqID: string; readonly at: EpochMs },
  ): void {
    const { books, send, later } = this.#deps;
    const total = orderIDs.length;
    const until = Math.min(from + SLICE, total);
    for (let n = from; n < until; n += 1) {
      const order = books().orders.get(orderIDs[n] as OrderID);
      if (order === undefined) continue;
      const fields: readonly FixField[] = [
        [584, request.reqID],
        [911, String(total)],
        [912, n === total - 1 ? 'Y' : 'N'],
      ];
      const message = withFields(executionReport(this.#report(order, request.at)), fields);
      if (send(message)) continue;
      this.#writing = undefined;
      return;
    }
    if (until === total) {
      this.#writing = undefined;
      return;
    }
    later(() => {
      this.#write(orderIDs, until, request);
    });
  }

  #report(order: Order, at: EpochMs): ClientExecutionReport {
    return statusOf(order, at, this.#deps.books().doubts.has(order.orderID));
  }

  #isName(id: string): boolean {
    const ids = this.#deps.books().orderIDByClientOrderID.get(this.#deps.client);
    return ids?.has(id as ClientOrderID) === true;
  }

  #find(message: FixMessage, asked: string): Order | Refused {
    const { client, books } = this.#deps;
    const { orders, orderIDByClientOrderID } = books();
    const byName = orderIDByClientOrderID.get(client)?.get(asked as ClientOrderID);
    const given = message.get(37) as OrderID | undefined;
    const order = orders.get(given ?? byName ?? ('' as OrderID));
    if (order?.client !== client) {
      return this.#unknown(order === undefined ? asked : '');
    }
    const detail = mismatchOf(message, order, byName);
    return detail === undefined ? order : { ordRejReason: OTHER, code: 'ORDER_MISMATCH', detail };
  }

  #unknown(asked: string): Refused {
    const ordRejReason = UNKNOWN_ORDER;
    if (asked === '' || !this.#deps.isArchived(this.#deps.client, asked))
      return { ordRejReason, code: 'UNKNOWN_ORDER', detail: 'no such order of this client' };
    const detail =
      'the order was closed long ago and is no longer in memory; its last report is in the execution log';
    return { ordRejReason, code: 'ORDER_ARCHIVED', detail };
  }

  #scopeProblem(message: FixMessage): Refused | undefined {
    const type = message.get(585) ?? '';
    const symbol = message.get(55);
    const ordRejReason = UNSUPPORTED_CHARACTERISTIC;
    if (type !== '1' && type !== '7') {
      const detail = `MassStatusReqType(585)=${type} is not available; 1 and 7 are`;
      return { ordRejReason, code: 'UNSUPPORTED_MASS_STATUS', detail };
    }
    if (type === '7' && symbol !== undefined) {
      const detail = 'Symbol(55) contradicts MassStatusReqType(585)=7, all orders';
      return { ordRejReason: OTHER, code: 'AMBIGUOUS_SCOPE', detail };
    }
    const narrowing = refusedFields(message);
    if (narrowing !== undefined) {
      return { ordRejReason, code: 'UNSUPPORTED_SCOPE', detail: narrowing.text };
    }
    if (type === '1' && symbol === undefined) {
      const detail = 'MassStatusReqType(585)=1 needs Symbol(55)';
      return { ordRejReason: OTHER, code: 'MISSING_SYMBOL', detail };
    }
    if (this.#writing === undefined) return undefined;
    const detail = `the answer to MassStatusReqID(584)=${this.#writing} is still being written`;
    return { ordRejReason: OTHER, code: 'STATUS_BUSY', detail };
  }

  /** The open orders in its scope, oldest first. */
  #list(message: FixMessage): readonly OrderID[] | Refused {
    const { client, books } = this.#deps;
    const { orders, openOrderIDs } = books();
    const isMeant = scopeOf(message);
    const found: OrderID[] = [];
    for (const orderID of openOrderIDs) {
      const order = orders.get(orderID);
      if (order?.client === client && isMeant(order)) found.push(orderID);
    }
    if (found.length === 0) {
      const detail = 'no open order of this client is in the scope of the request';
      return { ordRejReason: UNKNOWN_ORDER, code: 'NO_ORDERS', detail };
    }
    if (found.length <= STATUS_ORDERS_MAX) return found;
    const detail = `${found.length} orders, at most ${STATUS_ORDERS_MAX} are listed: narrow the request`;
    return { ordRejReason: OTHER, code: 'TOO_MANY_ORDERS', detail };
  }
}

const scopeOf = (message: FixMessage): ((order: Order) => boolean) => {
  const symbol = message.get(55);
  const account = message.get(1);
  const side = message.get(54);
  return (order) =>
    (symbol === undefined || order.terms.symbol === symbol) &&
    (account === undefined || order.account === account) &&
    (side === undefined || order.terms.side === sideByCode.get(side));
};

/** The client means another order than the one that its request names. */
const mismatchOf = (
  message: FixMessage,
  { orderID, terms, account }: Order,
  byName: OrderID | undefined,
): string | undefined => {
  if (byName !== undefined && byName !== orderID) {
    return `ClOrdID(11) names order ${byName}, OrderID(37) ${orderID}`;
  }
  const symbol = message.get(55);
  if (symbol !== undefined && symbol !== terms.symbol) {
    return `Symbol(55) is ${symbol}, order ${orderID} is on ${terms.symbol}`;
  }
  const side = message.get(54);
  if (side !== undefined && sideByCode.get(side) !== terms.side) {
    return `Side(54) is ${side}, order ${orderID} is a ${terms.side}`;
  }
  const given = message.get(1);
  return given === undefined || given === account
    ? undefined
    : `Account(1) is ${given}, order ${orderID} has ${account ?? 'none'}`;
};

const withFields = (message: OutboundMessage, more: readonly FixField[]): OutboundMessage => ({
  ...message,
  fields: [...message.fields, ...more],
});

/** What a report must have and a request may lack. */
const NO_SYMBOL = '[N/A]';
const UNDISCLOSED = '7';

/** OrdStatus(39)=8 for a question that has no order as its answer. */
const refusal = (
  message: FixMessage,
  { ordRejReason, code, detail }: Refused,
  { at, more }: { readonly at: EpochMs; readonly more: readonly FixField[] },
): OutboundMessage => ({
  msgType: '8',
  fields: present([
    [6, '0'],
    [14, '0'],
    [17, '0'],
    [37, 'NONE'],
    [39, ordStatusToCode.Rejected],
    [54, message.get(54) ?? UNDISCLOSED],
    [55, message.get(55) ?? NO_SYMBOL],
    [58, `${code}: ${detail}`],
    [60, toUtcTimestamp(at)],
    [1, message.get(1)],
    [103, String(ordRejReason)],
    [150, 'I'],
    [151, '0'],
    ...(more as readonly (readonly [number, string])[]),
    [REASON_CODE_TAG, code],
  ]),
});
