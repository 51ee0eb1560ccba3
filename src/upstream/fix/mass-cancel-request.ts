import { defined } from '../../lib/defined.ts';
import { type MassCancelQuestion, type MassCancelRefusal } from '../../core/input.ts';
import { MASS_CANCEL_REJ } from '../../core/decide/mass-cancel/mass-cancel.ts';
import { type MassCancelNarrowing } from '../../core/mass-cancel-scope.ts';
import { sideByCode } from '../../domain/fix-codes.ts';
import { type ClientName, type ClientOrderID, type TradingSymbol } from '../../domain/ids.ts';
import { type Side } from '../../domain/order.ts';
import { type FixMessage } from '../../fix/codec/fix-message.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { refusedFields } from './fields/check-fields.ts';

export interface MassCancelScopeRequest extends Pick<
  MassCancelNarrowing,
  'symbol' | 'account' | 'side'
> {
  readonly client: ClientName;
  readonly question: MassCancelQuestion;
}

/** MassCancelRequestType(530): 1 the orders for a security, 7 all orders. */
const ONE_SECURITY = '1';
const ALL_ORDERS = '7';

/** What the other types of FIX 4.4 select by, none of which an order here has. */
const UNSUPPORTED_TYPES: ReadonlyMap<string, string> = new Map([
  ['2', 'orders for an underlying security'],
  ['3', 'orders for a product'],
  ['4', 'orders for a CFICode'],
  ['5', 'orders for a security type'],
  ['6', 'orders for a trading session'],
]);

/** Fields that name a security in another way than Symbol(55). */
const SECURITY: readonly (readonly [tag: number, name: string])[] = [
  [48, 'SecurityID'],
  [460, 'Product'],
  [461, 'CFICode'],
  [167, 'SecurityType'],
];

/**
 * Reads a client's OrderMassCancelRequest(q) that passed the dictionary. What would cancel more, or
 * other orders than the client means, comes back as a refusal, which is answered with
 * MassCancelResponse(531)=0.
 */
export const parseOrderMassCancelRequest = (
  client: ClientName,
  message: FixMessage,
): Result<MassCancelScopeRequest, MassCancelRefusal> => {
  const symbol = nonEmpty(message.get(55));
  const question = {
    clientOrderID: (message.get(11) ?? '') as ClientOrderID,
    massCancelRequestType: message.get(530) ?? '',
    possResend: message.get(97) === 'Y',
  };
  const account = nonEmpty(message.get(1));
  const side = sideByCode.get(message.get(54) ?? '');
  const problem =
    problemOf(message, question.massCancelRequestType, symbol) ?? sideProblem(message, side);
  if (problem !== undefined) {
    return err({ client, question, ...defined({ symbol, account, side }), ...problem });
  }
  return ok({
    client,
    question,
    ...defined({ symbol: symbol as TradingSymbol | undefined, account, side }),
  });
};

type Problem = Pick<MassCancelRefusal, 'massCancelRejectReason' | 'reasonCode' | 'text'>;

const problemOf = (
  message: FixMessage,
  type: string,
  symbol: string | undefined,
): Problem | undefined => {
  if (type !== ONE_SECURITY && type !== ALL_ORDERS) {
    const meaning = UNSUPPORTED_TYPES.get(type) ?? 'no type of FIX 4.4';
    const detail = `MassCancelRequestType(530)=${type} (${meaning}) is not available; 1 and 7 are`;
    return refused(MASS_CANCEL_REJ.notSupported, 'UNSUPPORTED_MASS_CANCEL', detail);
  }
  const ambiguous = type === ALL_ORDERS ? securityOf(message, symbol) : undefined;
  if (ambiguous !== undefined) {
    const detail = `${ambiguous[1]}(${ambiguous[0]}) contradicts MassCancelRequestType(530)=7, all orders`;
    return refused(MASS_CANCEL_REJ.other, 'AMBIGUOUS_SCOPE', detail);
  }
  const narrowing = refusedFields(message);
  if (narrowing !== undefined) {
    return refused(MASS_CANCEL_REJ.notSupported, 'UNSUPPORTED_SCOPE', narrowing.text);
  }
  if (type === ONE_SECURITY && symbol === undefined) {
    const detail = 'MassCancelRequestType(530)=1 needs Symbol(55)';
    return refused(MASS_CANCEL_REJ.unknownSecurity, 'MISSING_SYMBOL', detail);
  }
  return undefined;
};

/** Orders are bought or sold; no other Side(54) has any. */
const sideProblem = (message: FixMessage, side: Side | undefined): Problem | undefined =>
  side !== undefined || message.get(54) === undefined
    ? undefined
    : refused(
        MASS_CANCEL_REJ.notSupported,
        'UNSUPPORTED_SCOPE',
        `Side(54)=${message.get(54) ?? ''} is not available; 1 and 2 are`,
      );

const securityOf = (
  message: FixMessage,
  symbol: string | undefined,
): readonly [tag: number, name: string] | undefined =>
  symbol === undefined ? SECURITY.find(([tag]) => message.has(tag)) : SYMBOL;

const SYMBOL = [55, 'Symbol'] as const;

const refused = (massCancelRejectReason: number, reasonCode: string, detail: string): Problem => ({
  massCancelRejectReason,
  reasonCode,
  text: `${reasonCode}: ${detail}`,
});

const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text);
