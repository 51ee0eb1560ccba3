import { type FixMessage, type OutboundMessage } from '../../../../fix/codec/fix-message.ts';
import { type ExchangeQueries } from '../../../exchange/reads/exchange-queries.ts';
import { type InstrumentSpec } from '../../../exchange/model/instruments/instrument.ts';
import { emptyList, instrumentList } from './market-data-messages.ts';

/**
 * InstrumentListRequest(x) of one session [fix 4.10]: snapshots, and further lists when a market's
 * state changes.
 */
export interface SecurityListService {
  readonly onRequest: (message: FixMessage) => readonly OutboundMessage[];
  readonly onMarketState: (symbol: string) => readonly OutboundMessage[];
  readonly forget: () => void;
}

const SUBSCRIPTIONS_MAX = 100;

export const makeSecurityListService = (
  queries: ExchangeQueries,
  fragmentMax: number,
): SecurityListService => {
  const subscribed = new Map<string, ReadonlySet<string>>();
  let responses = 0;
  const nextResponse = (securityReqID: string): { securityReqID: string; responseID: string } => {
    responses += 1;
    return { securityReqID, responseID: `${securityReqID}-${responses}` };
  };
  const list = (securityReqID: string, specs: readonly InstrumentSpec[]): OutboundMessage[] => {
    const all = specs.map((spec) => ({ spec, ticker: queries.ticker(spec.symbol) }));
    if (all.length <= fragmentMax) return [instrumentList(nextResponse(securityReqID), all)];
    const request = nextResponse(securityReqID);
    const messages: OutboundMessage[] = [];
    for (let from = 0; from < all.length; from += fragmentMax) {
      const isLast = from + fragmentMax >= all.length;
      const part = { total: all.length, isLast };
      messages.push(instrumentList(request, all.slice(from, from + fragmentMax), part));
    }
    return messages;
  };
  return {
    onRequest: (message) => {
      const securityReqID = message.get(320) ?? '';
      const kind = message.get(263) ?? '0';
      if (kind === '2') {
        subscribed.delete(securityReqID);
        return [];
      }
      const specs = wanted(message, queries.instruments());
      if (specs === undefined || (kind !== '0' && kind !== '1'))
        return [emptyList(nextResponse(securityReqID), '1', 'Unsupported request')];
      if (specs.length === 0)
        return [emptyList(nextResponse(securityReqID), '2', 'No instruments found')];
      if (kind === '1' && subscribed.size < SUBSCRIPTIONS_MAX)
        subscribed.set(securityReqID, new Set(specs.map(({ symbol }) => symbol)));
      return list(securityReqID, specs);
    },
    onMarketState: (symbol) => {
      const spec = queries.instruments().find((each) => each.symbol === symbol);
      if (spec === undefined) return [];
      return [...subscribed].flatMap(([securityReqID, symbols]) =>
        symbols.has(symbol) ? list(securityReqID, [spec]) : [],
      );
    },
    forget: () => {
      subscribed.clear();
    },
  };
};

/** By SecurityListRequestType(559): one symbol, a type, all; `undefined` for other types. */
const wanted = (
  message: FixMessage,
  all: readonly InstrumentSpec[],
): readonly InstrumentSpec[] | undefined => {
  switch (message.get(559)) {
    case '0':
      return all.filter(({ symbol }) => symbol === message.get(55));
    case '1':
      return message.get(167) === 'FUT' ? all : [];
    case '4':
      return all;
    default:
      return undefined;
  }
};
