import {
  decimal,
  type Decimal,
  decimalToText,
  divideHalfEven,
  ZERO,
} from '../../../../lib/decimal.ts';
import { epochMs } from '../../../../lib/time.ts';
import { accountUid } from '../../../account-uid.ts';
import { json, type RestAnswer } from '../answer.ts';
import { accountOf, type ServedEndpoint, free, AUTH, STATS } from './endpoint.ts';
import { isoSeconds } from '../json.ts';

/**
 * The failure shape of the auth service [rest 3.1, 2.15]. The only known `suberror` is that of an
 * unknown key.
 */
export const authFailure = (message: string, suberror: 'api_key_not_found' | null): RestAnswer =>
  json({ error: 'unauthorized', message, suberror }, 401);

export const apiKeysCheck: ServedEndpoint = {
  id: 'api-keys-check',
  method: 'GET',
  paths: [`${AUTH}/api-keys/v3/check`],
  service: 'auth',
  access: 'any-key',
  cost: free,
  answer: (call) =>
    json({
      apiKey: call.key?.apiKey ?? '',
      accountUid: accountUid(accountOf(call)),
      iiban: null,
      createdAt: isoSeconds(call.key?.createdAt ?? epochMs(0)),
      permissions: call.key?.permissions ?? {},
      allowedCidrBlock: null,
      allowedCidrBlocks: [],
    }),
};

/**
 * Shares of the volume since the simulator began; the venue aggregates by week. 204 before the
 * first trade.
 */
export const selfMarketShare: ServedEndpoint = {
  id: 'self-market-share',
  method: 'GET',
  paths: [`${STATS}/rebates/self-market-share`],
  service: 'stats',
  access: 'general-read',
  cost: free,
  answer: (call, venue) => {
    const own = new Map<string, Decimal>();
    for (const { trade } of venue.queries.fills(accountOf(call))) {
      own.set(trade.symbol, (own.get(trade.symbol) ?? ZERO).plus(decimal(trade.size)));
    }
    if (own.size === 0) return { status: 204, contentType: 'application/json', body: '' };
    const contracts = [...own].map(([symbol, volume]) => {
      const all = decimal(venue.queries.ticker(symbol)?.vol24h ?? '0');
      const marketShare = all.gt(ZERO) ? divideHalfEven(volume, all.times(decimal('2')), 6) : ZERO;
      return [
        symbol,
        {
          marketShare: decimalToText(marketShare),
          volume: decimalToText(volume),
          usdRebateCredited: '0',
        },
      ] as const;
    });
    return json({ contracts: Object.fromEntries(contracts) });
  },
};
