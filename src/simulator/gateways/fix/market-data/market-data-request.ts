import { type FixMessage } from '../../../../fix/codec/fix-message.ts';
import { err, ok, type Result } from '../../../../lib/result.ts';

/** MDReqRejReason(281) of the venue [fix 4.9]. */
export type MarketDataRejection =
  | 'UnknownSymbol'
  | 'DuplicateMDReqID'
  | 'UnsupportedSubscriptionRequestType'
  | 'UnsupportedMarketDepth'
  | 'UnsupportedMDUpdateType'
  | 'UnsupportedMDEntryType'
  | 'UnsupportedScope'
  | 'Level3NotAvailable'
  | 'TradeNotAvailable';

export interface MarketDataSubscribe {
  readonly type: 'Subscribe';
  readonly mdReqID: string;
  /** Prices per side. */
  readonly depth: number;
  readonly withBook: boolean;
  readonly withTrades: boolean;
  readonly symbols: readonly string[];
}

type MarketDataRequest =
  MarketDataSubscribe | { readonly type: 'Unsubscribe'; readonly mdReqID: string };

export interface RefusedRequest {
  readonly mdReqID: string;
  readonly reason: MarketDataRejection;
  /** The subject of the text: a symbol or a value. */
  readonly detail: string;
}

export type DepthLevel = 'L2' | 'L3';

/** `0` is the full book, which L2 caps at 1000 prices per side. */
const DEPTHS: Readonly<Record<DepthLevel, ReadonlySet<string>>> = {
  L2: new Set(['0', '1', '10', '25', '100', '500', '1000']),
  // The L3 guide lists fewer depths than the message page [fix 4.9].
  L3: new Set(['0', '10', '100', '1000']),
};
const L2_DEPTH_MAX = 1_000;

const [BID, OFFER, TRADE] = ['0', '1', '2'];

/** Reads a MarketDataRequest(V) of a session of this level. */
export const parseMarketDataRequest = (
  message: FixMessage,
  level: DepthLevel,
): Result<MarketDataRequest, RefusedRequest> => {
  const mdReqID = message.get(262) ?? '';
  const kind = message.get(263) ?? '';
  if (kind === '2') return ok({ type: 'Unsubscribe', mdReqID });
  const refusal =
    kind === '1'
      ? checkSubscribe(message, level)
      : refused('UnsupportedSubscriptionRequestType', kind);
  if (refusal !== undefined) return err({ mdReqID, ...refusal });
  const depth = message.get(264) ?? '';
  const types = typesOf(message);
  const whole = level === 'L2' ? L2_DEPTH_MAX : Number.POSITIVE_INFINITY;
  return ok({
    type: 'Subscribe',
    mdReqID,
    depth: depth === '0' ? whole : Number(depth),
    withBook: types.includes(BID),
    withTrades: types.includes(TRADE),
    symbols: message.groups(146).map((group) => group.get(55) ?? ''),
  });
};

type Refusal = Omit<RefusedRequest, 'mdReqID'>;
const refused = (reason: MarketDataRejection, detail: string): Refusal => ({ reason, detail });

const checkSubscribe = (message: FixMessage, level: DepthLevel): Refusal | undefined => {
  const depth = message.get(264) ?? '';
  if (!DEPTHS[level].has(depth)) return refused('UnsupportedMarketDepth', depth);
  const updateType = message.get(265) ?? '1';
  if (updateType !== '1') return refused('UnsupportedMDUpdateType', updateType);
  const types = typesOf(message);
  const wrong = checkScope(message.get(266), level) ?? checkTypes(types, level);
  return wrong === undefined ? undefined : refused(wrong, types.join(' '));
};

const typesOf = (message: FixMessage): readonly (string | undefined)[] =>
  message.groups(267).map((group) => group.get(269));

/** L2 and L3 have ports of their own: a request for the other level is refused. */
const checkScope = (
  aggregated: string | undefined,
  level: DepthLevel,
): MarketDataRejection | undefined => {
  if (level === 'L2') return aggregated === 'N' ? 'Level3NotAvailable' : undefined;
  return aggregated === 'N' ? undefined : 'UnsupportedScope';
};

const checkTypes = (
  types: readonly (string | undefined)[],
  level: DepthLevel,
): MarketDataRejection | undefined => {
  const isKnown = types.every((type) => type === BID || type === OFFER || type === TRADE);
  // Bid and offer go together.
  if (!isKnown || types.length === 0 || types.includes(BID) !== types.includes(OFFER))
    return 'UnsupportedMDEntryType';
  return level === 'L3' && types.includes(TRADE) ? 'TradeNotAvailable' : undefined;
};
