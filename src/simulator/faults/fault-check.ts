import { type ExchangeQueries } from '../exchange/reads/exchange-queries.ts';
import { ENDPOINTS } from '../gateways/rest/endpoints/catalogue.ts';
import { type Fault, type FaultOf } from './fault.ts';

/** What a fault can name in this run. */
interface FaultScene {
  readonly queries: Pick<ExchangeQueries, 'instruments' | 'hasAccount'>;
  /** CompIDs of FIX clients. */
  readonly compIDs: () => readonly string[];
  readonly channels: readonly string[];
}

type Named = Readonly<Partial<Record<string, unknown>>>;

/** Returns why a fault cannot take effect in this run, field first; `undefined` when it can. */
export const checkFault = (fault: Fault, scene: FaultScene): string | undefined => {
  const named: Named = fault;
  return checkNames(named, scene) ?? checkChannel(fault, scene) ?? checkTerms(fault);
};

const checkNames = (fault: Named, { queries, compIDs }: FaultScene): string | undefined => {
  const { account, symbol, session, endpoints } = fault;
  if (typeof account === 'string' && !queries.hasAccount(account))
    return `/account: there is no account ${account}`;
  const symbols = queries.instruments().map((spec) => spec.symbol);
  if (typeof symbol === 'string' && !symbols.includes(symbol))
    return `/symbol: there is no market ${symbol}`;
  if (typeof session === 'string' && !compIDs().includes(session))
    return `/session: there is no client ${session}; there are ${compIDs().join(', ')}`;
  const ids = Array.isArray(endpoints) ? endpoints.map(String) : [];
  const unknown = ids.find((id) => !ENDPOINTS.some((endpoint) => endpoint.id === id));
  return unknown === undefined ? undefined : `/endpoints: there is no call ${unknown}`;
};

const checkChannel = (fault: Fault, { channels }: FaultScene): string | undefined => {
  const named: Named = fault;
  const field = fault.kind === 'reorder' ? 'late' : 'channel';
  const channel = named[field];
  if (typeof channel !== 'string') return undefined;
  if (!channels.includes(channel)) return `/${field}: ${channel} is not served by this simulator`;
  return checkAim(named, channel);
};

/** Fields that mean nothing on this channel. */
const checkAim = (named: Named, channel: string): string | undefined => {
  const isFix = channel !== 'ws' && channel !== 'rest';
  if (named['session'] !== undefined && !isFix) return '/session: a CompID is of FIX channels only';
  if (named['msgTypes'] !== undefined && !isFix) return '/msgTypes: of FIX channels only';
  if (named['feeds'] !== undefined && channel !== 'ws') return '/feeds: of the channel ws only';
  return named['kind'] === 'link-cut' && channel === 'rest' && named['account'] !== undefined
    ? '/account: a REST connection belongs to no account'
    : undefined;
};

const checkTerms = (fault: Fault): string | undefined => {
  switch (fault.kind) {
    case 'trade-correction':
      return checkCorrection(fault);
    case 'book-desync':
      return fault.channel === 'ws' && fault.how === 'checksum'
        ? '/how: WebSocket books have no checksum'
        : undefined;
    case 'fix-sequence':
      return fault.nextSenderMsgSeqNum !== undefined && fault.skip !== undefined
        ? '/skip: nextSenderMsgSeqNum and skip exclude each other'
        : undefined;
    default:
      return undefined;
  }
};

const checkCorrection = ({
  price,
  priceTicks,
  size,
}: FaultOf<'trade-correction'>): string | undefined => {
  if (price !== undefined && priceTicks !== undefined)
    return '/priceTicks: price and priceTicks exclude each other';
  return (price ?? priceTicks ?? size) === undefined
    ? '/price: price, priceTicks or size has to be given'
    : undefined;
};
