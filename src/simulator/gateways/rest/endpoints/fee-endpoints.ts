import { decimal, type Decimal, decimalToText, ZERO } from '../../../../lib/decimal.ts';
import { success } from '../answer.ts';
import { accountOf, costs, type ServedEndpoint, free, UNPUBLISHED_POINTS, V3 } from './endpoint.ts';
import { double, plain } from '../json.ts';

const SCHEDULES = [
  { uid: '723888f7-0a8e-4183-8648-f920a22339e3', name: 'MTF Linear Rebate Fees', inverse: false },
  {
    uid: 'a6cbc326-9477-4a6c-911a-d4cb3ed7481e',
    name: 'Inverse Single-Collateral Rebate Fees',
    inverse: true,
  },
] as const;

const TIERS = [
  { maker: '0.02', taker: '0.05', usd: '0' },
  { maker: '0.0175', taker: '0.045', usd: '5000000' },
] as const;

/**
 * Deprecated; the figures are the recorded ones, in percent, and not what the exchange charges
 * [rest 2.3].
 */
export const feeschedules: ServedEndpoint = {
  id: 'feeschedules',
  method: 'GET',
  paths: [`${V3}/feeschedules`],
  service: 'derivatives',
  access: 'public',
  cost: free,
  answer: (call) =>
    success(call.at, {
      feeSchedules: SCHEDULES.map(({ uid, name }) => ({
        uid,
        name,
        tiers: TIERS.map(({ maker, taker, usd }) => ({
          makerFee: plain(maker),
          takerFee: plain(taker),
          usdVolume: double(usd),
        })),
      })),
    }),
};

const isInverse = (symbol: string): boolean => symbol.startsWith('PI_') || symbol.startsWith('FI_');

export const feeschedulesVolumes: ServedEndpoint = {
  id: 'feeschedules-volumes',
  method: 'GET',
  paths: [`${V3}/feeschedules/volumes`],
  service: 'derivatives',
  access: 'general-read',
  cost: costs(UNPUBLISHED_POINTS),
  answer: (call, venue) => {
    const volume = (inverse: boolean): string => {
      let sum: Decimal = ZERO;
      for (const { trade } of venue.queries.fills(accountOf(call))) {
        if (isInverse(trade.symbol) !== inverse) continue;
        const size = decimal(trade.size);
        sum = sum.plus(inverse ? size : size.times(decimal(trade.price)));
      }
      return decimalToText(sum.round(2));
    };
    return success(call.at, {
      volumesByFeeSchedule: Object.fromEntries(
        SCHEDULES.map(({ uid, inverse }) => [uid, double(volume(inverse))]),
      ),
    });
  },
};
