import { type FixField, type OutboundMessage } from '../../../fix/codec/fix-message.ts';
import { type TradingSymbol } from '../../../domain/ids.ts';

/** Values of MarketDepth(264) [fix 4.9]. 0 is the full book (at most 1,000 prices per side). */
export type MarketDepth = 0 | 1 | 10 | 25 | 100 | 500 | 1_000;

export interface BookSubscription {
  /** Unique per subscription. Unsubscribing names it. */
  readonly mdReqID: string;
  readonly symbol: TradingSymbol;
  readonly depth: MarketDepth;
  /** L2: one entry per price, with trades. L3: one entry per order, without. */
  readonly level: 'L2' | 'L3';
}

const BID = '0';
const OFFER = '1';
const TRADE = '2';

/** MarketDataRequest(V): snapshot and updates of one instrument. */
export const subscribeRequest = (subscription: BookSubscription): OutboundMessage => {
  const { mdReqID, symbol, depth, level } = subscription;
  const types = level === 'L2' ? [BID, OFFER, TRADE] : [BID, OFFER];
  return {
    msgType: 'V',
    fields: [
      [262, mdReqID],
      [263, '1'],
      [264, String(depth)],
      [265, '1'],
      ...aggregation(level),
      ...entryTypes(types),
      [146, '1'],
      [55, symbol],
    ],
  };
};

/** MarketDataRequest(V) that ends the subscription of the same MDReqID(262). */
export const unsubscribeRequest = (subscription: BookSubscription): OutboundMessage => {
  const request = subscribeRequest(subscription);
  const fields = request.fields.map(([tag, value]): FixField => [tag, tag === 263 ? '2' : value]);
  return { msgType: 'V', fields };
};

const aggregation = (level: 'L2' | 'L3'): readonly FixField[] =>
  level === 'L2' ? [] : [[266, 'N']];

const entryTypes = (types: readonly string[]): readonly FixField[] => [
  [267, String(types.length)],
  ...types.map((type): FixField => [269, type]),
];

/** InstrumentListRequest(x) for all futures: once, or with updates. */
export const instrumentListRequest = (
  securityReqID: string,
  withUpdates: boolean,
): OutboundMessage => ({
  msgType: 'x',
  fields: [
    [320, securityReqID],
    [263, withUpdates ? '1' : '0'],
    [559, '1'],
    [167, 'FUT'],
  ],
});
