import { type InputBody } from '../../core/input.ts';
import { type ClientName } from '../../domain/ids.ts';
import { defined } from '../../lib/defined.ts';
import { type FixMessage, type OutboundMessage } from '../../fix/codec/fix-message.ts';
import {
  type LoggedOn,
  type LoggedOut,
  type SessionApplication,
  type SessionNotice,
} from '../../fix/session/model/session-types.ts';
import { businessMessageReject } from './client-reports.ts';
import {
  orderAsWritten,
  type OrderPolicy,
  parseNewOrderSingle,
  parseOrderCancelRequest,
} from './client-requests.ts';
import { parseOrderCancelReplaceRequest } from './replace-request.ts';
import { type Refusal } from '../../core/refusal.ts';
import { type ReplaceMethod } from '../../domain/order.ts';
import { parseOrderMassCancelRequest } from './mass-cancel-request.ts';
import { faultOfCharacters, utf8Of } from '../../lib/plain-text.ts';
import { type EpochMs } from '../../lib/time.ts';
import { ageProblem } from './order-age.ts';
import { PositionAnswers, type PositionDeps } from './position-answers.ts';
import { StatusAnswers, type StatusDeps } from './status-answers.ts';

/** BusinessRejectReason(380). */
const OTHER = 0;
const UNSUPPORTED_MESSAGE_TYPE = 3;
const CONDITIONALLY_REQUIRED_FIELD_MISSING = 5;

export interface ClientApplicationDeps {
  readonly client: ClientName;
  readonly policy: OrderPolicy & { readonly replace: ReplaceMethod | 'refuse' };
  readonly submit: (body: InputBody) => void;
  /** Why the engine takes no new order or replace for now. */
  readonly orderRefusal: () => Refusal | undefined;
  /** False when it was not taken: the session is closed. */
  readonly send: (message: OutboundMessage) => boolean;
  /** What answers about positions need; see PositionDeps. */
  readonly positions: Pick<PositionDeps, 'positions' | 'shows'>;
  /** What answers about orders need; see StatusDeps. */
  readonly status: Pick<StatusDeps, 'books' | 'isArchived' | 'later'>;
  readonly onUp: (info: LoggedOn) => void;
  /** After `onUp` only. */
  readonly onDown: (info: LoggedOut) => void;
  readonly onNotice: (notice: SessionNotice) => void;
}

/**
 * One client's FIX session: D, F, G, q, H, AF and AN in; 8, 9, r, AO, AP, 3 and j out. The
 * dictionary has checked every message before it comes here.
 */
export const makeClientApplication = (deps: ClientApplicationDeps): SessionApplication => {
  const { client, send } = deps;
  return applicationOf(deps, {
    status: new StatusAnswers({ ...deps.status, client, send }),
    positions: new PositionAnswers({ ...deps.positions, client, send }),
  });
};

interface Answers {
  readonly status: StatusAnswers;
  readonly positions: PositionAnswers;
}

const applicationOf = (
  deps: ClientApplicationDeps,
  { status, positions }: Answers,
): SessionApplication => ({
  onLoggedOn: deps.onUp,
  onLoggedOut: (info) => {
    // It never logged on, so it has no orders to cancel.
    if (info.cause !== 'LogonRefused' && info.cause !== 'LogonTimedOut') deps.onDown(info);
  },
  onEvent: deps.onNotice,
  onMessage: (message, { at, msgSeqNum }) => {
    const fault = faultOfValues(message);
    if (fault !== undefined) {
      deps.send(unreadable(message, msgSeqNum, fault));
      return;
    }
    switch (message.msgType) {
      case 'D':
        placeOrder(deps, message, at);
        break;
      case 'F':
        cancelOrder(deps, message, msgSeqNum);
        break;
      case 'G':
        replaceOrder(deps, message, at, msgSeqNum);
        break;
      case 'q':
        cancelAll(deps, message, at);
        break;
      case 'H':
        status.one(message, at);
        break;
      case 'AF':
        status.mass(message, at);
        break;
      case 'AN':
        positions.answer(message, at);
        break;
      case '3':
        deps.onNotice({
          at,
          severity: 'error',
          code: 'CLIENT_REJECTED_OUR_MESSAGE',
          text: `client rejected our message ${message.get(45) ?? '?'}: ${message.get(58) ?? ''}`,
        });
        break;
      default:
        deps.send(
          businessMessageReject({
            refMsgType: message.msgType,
            refSeqNum: msgSeqNum,
            reason: UNSUPPORTED_MESSAGE_TYPE,
            text: `UNSUPPORTED_MESSAGE_TYPE: MsgType(35)=${message.msgType} is not handled`,
          }),
        );
    }
  },
});

const unreadable = (message: FixMessage, refSeqNum: number, text: string): OutboundMessage => {
  const refID = message.get(11);
  const isPlain = refID !== undefined && faultOfValue(11, refID) === undefined;
  return businessMessageReject({
    refMsgType: message.msgType,
    refSeqNum,
    ...(isPlain ? { refID } : {}),
    reason: OTHER,
    text: `UNREADABLE_TEXT: ${text}`,
  });
};

const placeOrder = (deps: ClientApplicationDeps, message: FixMessage, at: EpochMs): void => {
  const { client, policy } = deps;
  const request = parseNewOrderSingle(client, message, policy);
  const closed = deps.orderRefusal();
  if (!request.ok) {
    deps.submit({ type: 'RefuseOrder', refusal: request.error });
  } else if (closed === undefined) {
    const refusal = ageProblem(message, at, policy.staleOrders);
    deps.submit({ type: 'PlaceOrder', request: request.value, ...defined({ refusal }) });
  } else {
    const why = { ordRejReason: closed.reason, reasonCode: closed.code, text: closed.text };
    deps.submit({ type: 'RefuseOrder', refusal: { ...orderAsWritten(client, message), ...why } });
  }
};

const cancelOrder = (deps: ClientApplicationDeps, message: FixMessage, refSeqNum: number): void => {
  const request = parseOrderCancelRequest(deps.client, message);
  if (request.origClientOrderID !== undefined || request.orderID !== undefined) {
    deps.submit({ type: 'CancelOrder', request });
    return;
  }
  deps.send(missingReference(message, refSeqNum));
};

const missingReference = (message: FixMessage, refSeqNum: number): OutboundMessage =>
  businessMessageReject({
    refMsgType: message.msgType,
    refSeqNum,
    refID: message.get(11) ?? '',
    reason: CONDITIONALLY_REQUIRED_FIELD_MISSING,
    text: 'MISSING_ORDER_REFERENCE: OrigClOrdID(41) or OrderID(37) is required',
  });

/** OrderCancelReplaceRequest(G): what cannot be read is refused by the books, like all else. */
const replaceOrder = (
  deps: ClientApplicationDeps,
  message: FixMessage,
  at: EpochMs,
  refSeqNum: number,
): void => {
  const { client, policy } = deps;
  const { request, problem } = parseOrderCancelReplaceRequest(client, message, policy);
  if (request.origClientOrderID === undefined && request.orderID === undefined) {
    deps.send(missingReference(message, refSeqNum));
    return;
  }
  const refusal = problem ?? deps.orderRefusal() ?? ageProblem(message, at, policy.staleOrders);
  deps.submit({
    type: 'ReplaceOrder',
    request,
    policy: policy.replace,
    ...defined({ refusal }),
  });
};

/**
 * OrderMassCancelRequest(q), answered by OrderMassCancelReport(r): the core decides and records the
 * decision.
 */
const cancelAll = (deps: ClientApplicationDeps, message: FixMessage, at: EpochMs): void => {
  const request = parseOrderMassCancelRequest(deps.client, message);
  if (!request.ok) {
    deps.submit({ type: 'RefuseCancelAll', refusal: request.error });
    return;
  }
  // It would cancel what was placed since it was meant, whenever it was sent.
  const limits = { ...deps.policy.staleOrders, transactTime: 'always' } as const;
  const tooOld = ageProblem(message, at, limits);
  if (tooOld === undefined || request.value.question.possResend) {
    deps.submit({ type: 'CancelAll', by: deps.client, ...request.value });
    return;
  }
  const { client, question, symbol, account, side } = request.value;
  const why = { massCancelRejectReason: OTHER_MASS_CANCEL_REASON, reasonCode: tooOld.code };
  const scope = defined({ symbol, account, side });
  const refusal = { client, question, ...scope, ...why, text: tooOld.text };
  deps.submit({ type: 'RefuseCancelAll', refusal });
};

/** MassCancelRejectReason(532). */
const OTHER_MASS_CANCEL_REASON = 99;

/**
 * Account, ClOrdID, OrderID, OrigClOrdID, Symbol, SecondaryClOrdID, ClOrdLinkID, MassStatusReqID,
 * PosReqID, OrdStatusReqID: kept in the journal, and answered in every report.
 */
const ID_TAGS: ReadonlySet<number> = new Set([1, 11, 37, 41, 55, 526, 583, 584, 710, 790]);
const ID_LENGTH_MAX = 128;
const TEXT_LENGTH_MAX = 1_024;
/** RawData, Signature, EncodedText and their kin hold bytes. */
const DATA_TAGS: ReadonlySet<number> = new Set([
  89, 91, 96, 213, 349, 351, 353, 355, 357, 359, 365,
]);
const TEXT_TAG = 58;
const C0 = /[\x00-\x1f\x7f]/;

/**
 * Why the values of a client's message are refused, `tag 11 holds the control character
 * U+001B`; `undefined` when they are accepted. Operators of both sides read these values, as UTF-8
 * where they are that. Text(58) may be in an encoding whose bytes look like C1 controls; they are
 * escaped where they are shown.
 */
const faultOfValues = (message: FixMessage): string | undefined => {
  for (const [tag, value] of message.entries()) {
    const fault = faultOfValue(tag, value);
    if (fault !== undefined) return fault;
  }
  return undefined;
};

const faultOfValue = (tag: number, value: string): string | undefined => {
  if (DATA_TAGS.has(tag)) return undefined;
  const lengthMax = ID_TAGS.has(tag) ? ID_LENGTH_MAX : TEXT_LENGTH_MAX;
  if (value.length > lengthMax) return `tag ${tag} is longer than ${lengthMax} characters`;
  const fault = tag === TEXT_TAG && !C0.test(value) ? undefined : faultOfCharacters(utf8Of(value));
  return fault === undefined ? undefined : `tag ${tag} ${fault}`;
};
