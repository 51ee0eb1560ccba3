import { expect } from 'chai';
import { type ClOrdID } from '../../../../src/domain/ids.ts';
import { classifyFixReject } from '../../../../src/kraken/outcome/fix-outcome.ts';
import { type Outcome } from '../../../../src/kraken/outcome/rest-outcome.ts';

const business = (text: string, reason = 0): Outcome =>
  classifyFixReject({
    type: 'BusinessReject',
    refMsgType: 'D',
    refID: 'a17d4971-f00d-4f67-94d1-e7d604104ed2' as ClOrdID,
    reason,
    text,
  });

const verdict = (outcome: Outcome): string => {
  if (outcome.type === 'Refused') return `${outcome.reason}${outcome.mayHaveFilled ? ' f' : ''}`;
  return outcome.type === 'Unknown' && outcome.isNovel ? 'Unknown!' : outcome.type;
};

/**
 * The engine's reason words that may follow `EGeneral:Other:` [fix 6.4], and those of [rest 3.5].
 */
const ENGINE_WORDS: Readonly<Record<string, string>> = {
  MARKET_SUSPENDED: 'MarketClosed',
  MARKET_NOT_FOUND: 'UnknownInstrument',
  MARKET_INACTIVE: 'MarketClosed',
  LOADING_MARKET: 'MarketClosed',
  MARKET_IS_POST_ONLY: 'MarketPostOnly',
  INVALID_PRICE: 'Price',
  INVALID_QUANTITY: 'Quantity',
  SMALL_ORDER_LIMIT_EXCEEDED: 'TooManyOrders',
  ORDER_LIMIT_EXCEEDED: 'TooManyOrders',
  TRAILING_STOP_ORDER_LIMIT_EXCEEDED: 'TooManyOrders',
  MAX_POSITION_EXCEEDED: 'PositionLimit',
  PRICE_COLLAR: 'PriceCollar',
  PRICE_DISLOCATION: 'PriceDislocation',
  INSUFFICIENT_MARGIN: 'Funds',
  INSUFFICIENT_CLOSING_MARGIN: 'Funds',
  WOULD_CAUSE_LIQUIDATION: 'Liquidation',
  FIXED_LEVERAGE_TOO_HIGH: 'Leverage',
  CLIENT_ORDER_ID_IN_USE: 'Unknown',
  CLIENT_ORDER_ID_TOO_LONG: 'ClOrdIDInvalid',
  POST_WOULD_EXECUTE: 'PostWouldExecute',
  IOC_WOULD_NOT_EXECUTE: 'IocWouldNotExecute f',
  IOC_WOULD_ENTER_BOOK: 'IocWouldNotExecute f',
  WOULD_EXECUTE_SELF: 'SelfTrade f',
  WOULD_NOT_REDUCE_POSITION: 'WouldNotReduce',
  REJECTED_AFTER_EXECUTION: 'SelfTrade f',
  EDIT_HAS_NO_EFFECT: 'NoEffect',
  ORDER_FOR_CANCELLATION_NOT_FOUND: 'UnknownOrder f',
  ORDER_FOR_EDIT_NOT_FOUND: 'UnknownOrder f',
  ORDER_CANNOT_HAVE_TRIGGER_PRICE: 'EditNotAllowed',
  CANCELLED_BY_SELF_TRADE: 'SelfTrade f',
  TRAILING_STOP_MAX_DEVIATION_TOO_LARGE: 'Price',
  TRAILING_STOP_MAX_DEVIATION_TOO_SMALL: 'Price',
  LIMIT_PRICE_SET_AS_ABSOLUTE_AND_RELATIVE: 'Price',
  LIMIT_PRICE_OFFSET_VALUE_INVALID: 'Price',
  LIMIT_PRICE_OFFSET_UNIT_INVALID: 'Price',
  LIMIT_PRICE_OFFSET_MUST_HAVE_VALUE_AND_UNIT: 'Price',
  LIMIT_PRICE_OFFSET_QUOTE_CURRENCY_VALUE_MUST_BE_MULTIPLE_OF_TICK_SIZE: 'Price',
  LIMIT_PRICE_OFFSET_PERCENT_VALUE_TOO_MANY_DECIMAL_PLACES: 'Price',
  LIMIT_PRICE_OFFSET_TOO_HIGH: 'Price',
  LIMIT_PRICE_OFFSET_TOO_LOW: 'Price',
  TRAILING_STOP_PERCENT_DEVIATION_EXCEEDS_MAX_DECIMAL_PLACES: 'Price',
  TRAILING_STOP_QUOTE_DEVIATION_NOT_MULTIPLE_OF_TICK_SIZE: 'Price',
  INSUFFICIENT_HEADROOM_AROUND_CURRENT_PRICE_TO_EDIT_TRAILING_STOP: 'Price',
  NO_REFERENCE_PRICE_AVAILABLE_FOR_CALCULATING_TRAILING_STOP_TRIGGER_PRICE: 'Price',
  CANNOT_EDIT_TRIGGER_PRICE_OF_TRAILING_STOP: 'EditNotAllowed',
  CANNOT_EDIT_LIMIT_PRICE_OF_TRAILING_STOP: 'EditNotAllowed',
};

const GATEWAY_TEXTS: Readonly<Record<string, string>> = {
  'EOrder:Insufficient funds': 'Funds',
  'EOrder:Insufficient margin': 'Funds',
  'EOrder:Order minimum not met': 'Quantity',
  'EOrder:Unknown order': 'UnknownOrder f',
  'EOrder:Invalid order': 'Argument f',
  'EOrder:Invalid price': 'Price',
  'EOrder:Post only order': 'PostWouldExecute',
  'EGeneral:Invalid arguments:price': 'Argument',
  'Price(s) not found': 'Price',
  'Open Order to cancel not found': 'UnknownOrder f',
  'EOrder:Rate limit exceeded': 'RateLimit',
  'EOrder:Domain rate limit exceeded': 'RateLimit',
  'EAPI:Rate limit exceeded': 'RateLimit',
  'EOrder:Insufficient initial margin': 'Funds',
  'EGeneral:Invalid arguments': 'Argument',
  '1744036325000000 : EOrder:Unknown order': 'UnknownOrder f',
  'A2CE8A40-C402-4CAD-A352-C1CBA27E5687 : EOrder:Insufficient funds': 'Funds',
  'Unsupported message type': 'Argument',
  'EGeneral:Too many requests': 'RateLimit',
  'EService:Throttled: 1763800000': 'RateLimit',
  'Exceeded msg rate': 'RateLimit',
  'EAPI:Invalid token': 'Authentication',
  'ESession:Invalid session': 'Authentication',
  'EAPI:Invalid key': 'Authentication',
  'EAPI:Invalid signature': 'Authentication',
  'EAPI:Invalid nonce': 'Authentication',
  'EAPI:Permission denied': 'Authentication',
  'EGeneral:Permission denied': 'Authentication',
  'EAuth:Account temporary disabled': 'Authentication',
  'EGeneral:Temporary lockout': 'Authentication',
  'No amendable parameters given': 'NoEffect',
  "Unsupported field: 'foo'": 'Argument',
  'Currency pair not supported PF_X': 'UnknownInstrument',
  'Symbol(s) not found': 'UnknownInstrument',
  'EService:Unavailable': 'Unknown',
  'EService:Busy': 'Unknown',
  'EService:Timeout': 'Unknown',
  'EGeneral:Internal error': 'Unknown',
  'EGeneral:Unknown error': 'Unknown',
  'the moon is full': 'Unknown!',
};

/** Each holds a word that alone would be a refusal. */
const SENTENCES: readonly string[] = [
  'Order not confirmed: unknown order status',
  'Unknown order state, request may have been processed',
  'UNKNOWN ORDER OUTCOME',
  'Internal error after order accepted: price collar service unavailable',
  'Timeout: rate limit exceeded on downstream, order may be live',
  'Timeout : EOrder:Unknown order',
  'EService:Rate limit exceeded',
  'Gateway timeout (EAuth)',
  'EAuth:timeout, 1 order forwarded',
  'Market not found in cache; order forwarded',
  'EGeneral:Invalid arguments:price; order forwarded',
  "Unsupported field: 'foo' ignored",
  'Currency pair not supported PF_X by this gateway, forwarded',
  'Insufficient data to check margin',
  'NOT POST_WOULD_EXECUTE',
  'POST_WOULD_EXECUTE?',
  'нет POST_WOULD_EXECUTE',
];

describe('outcome of a FIX reject [fix 6.4; unified 13.1]', () => {
  for (const [word, expected] of Object.entries(ENGINE_WORDS))
    it(`reads ${word} as ${expected}, bare and behind the ClOrdID`, () => {
      expect(verdict(business(word))).to.equal(expected);
      const dressed = `ClOrdID a2ce8a40-c402-4cad-a352-c1cba27e5687 : EGeneral:Other:${word}`;
      expect(verdict(business(dressed))).to.equal(expected);
    });

  for (const [text, expected] of Object.entries(GATEWAY_TEXTS))
    it(`reads "${text}" as ${expected}`, () => expect(verdict(business(text))).to.equal(expected));

  for (const text of SENTENCES)
    it(`proves nothing by a known word within "${text}"`, () =>
      expect(business(text).type).to.equal('Unknown'));

  it('reads a Reject(3) as refused before the engine, whatever its text', () => {
    for (const text of [
      'Missing mandatory field: Side (54)',
      'COMB UUIDv4 required for ClOrdID on derivatives',
      'ClOrdID invalid value (timestamp is out of date)',
      undefined,
    ])
      expect(
        classifyFixReject({
          type: 'SessionReject',
          refSeqNum: 3,
          ...(text === undefined ? {} : { text }),
        }),
      ).to.include({ type: 'Refused', reason: 'Argument', mayHaveFilled: false });
  });

  it('falls back to BusinessRejectReason(380) only when there is no text', () => {
    expect(verdict(business('', 101))).to.equal('UnknownOrder f');
    expect(verdict(business('', 5))).to.equal('Argument');
    expect(verdict(business('', 0))).to.equal('Unknown!');
    expect(verdict(business('', 4))).to.equal('Unknown!');
    expect(verdict(business('something new', 5))).to.equal('Unknown!');
  });
});
