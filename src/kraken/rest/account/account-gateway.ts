import { type DecimalText } from '../../../domain/ids.ts';
import { ok, type Result } from '../../../lib/result.ts';
import {
  feeVolumes,
  fill,
  type KeyCheck,
  keyCheck,
  type MarketShare,
  marketShare,
  notification,
  position,
  type RestFill,
  type RestNotification,
  type RestPosition,
  type Subaccounts,
  subaccounts,
  tradingEnabled,
  unwindPosition,
  type Wallet,
  wallets,
} from './account-readers.ts';
import { list } from '../../json/readers.ts';
import { type RawClient } from '../raw-client.ts';
import { enveloped, type NotConfirmed, type Read, type Reading, readReply } from '../reading.ts';
import { type Reply } from '../reply.ts';
import { type CallOptions } from '../transport.ts';

/** The account over REST [rest 2.4, 2.7, 2.15, 2.16]. Amounts are exact. */
export interface RestAccountGateway {
  /** Every wallet by its name: cash, flex, one per single-collateral market. */
  readonly wallets: () => Read<Readonly<Record<string, Wallet>>>;
  /** Flat markets are absent. */
  readonly positions: () => Read<readonly RestPosition[]>;
  /** The latest 100 fills, or the 100 before `before` (ISO 8601, exclusive), newest first. */
  readonly fills: (before?: string, options?: CallOptions) => Read<readonly RestFill[]>;
  readonly notifications: () => Read<readonly RestNotification[]>;
  /** Costs 200 of 500 points: never on a trading key in normal running. */
  readonly unwindQueue: () => Read<readonly { symbol: string; percentile: number }[]>;
  /** 30-day USD volume by fee schedule. */
  readonly feeVolumes: () => Read<Readonly<Record<string, DecimalText>>>;
  readonly subaccounts: () => Read<Subaccounts>;
  readonly isSubaccountTradingEnabled: (subaccountUid: string) => Read<boolean>;
  readonly setSubaccountTrading: (subaccountUid: string, isEnabled: boolean) => Read<boolean>;
  readonly keyCheck: () => Read<KeyCheck>;
  /** Incomplete and empty while the venue has not aggregated it yet. */
  readonly marketShare: () => Read<MarketShare>;
}

export const makeRestAccountGateway = (client: RawClient): RestAccountGateway => ({
  wallets: async () =>
    readReply(await client.accounts({}), enveloped('accounts', wallets), 'accounts'),
  positions: async () =>
    readReply(
      await client.openpositions({}),
      enveloped('openPositions', list(position)),
      'openpositions',
    ),
  fills: async (before, options) =>
    readReply(
      await client.fills({ lastFillTime: before }, options),
      enveloped('fills', list(fill)),
      'fills',
    ),
  notifications: async () =>
    readReply(
      await client.notifications({}),
      enveloped('notifications', list(notification)),
      'notifications',
    ),
  unwindQueue: async () =>
    readReply(
      await client.unwindqueue({}),
      enveloped('queue', list(unwindPosition)),
      'unwindqueue',
    ),
  feeVolumes: async () =>
    readReply(
      await client.feeschedulesVolumes({}),
      enveloped('volumesByFeeSchedule', feeVolumes),
      'feeschedules-volumes',
    ),
  subaccounts: async () => readReply(await client.subaccounts({}), subaccounts, 'subaccounts'),
  isSubaccountTradingEnabled: async (subaccountUid) =>
    unwrap(
      readReply(
        await client.subaccountTradingEnabledGet({ subaccountUid }),
        tradingEnabled,
        'subaccount-trading-enabled-get',
      ),
    ),
  setSubaccountTrading: async (subaccountUid, isEnabled) =>
    unwrap(
      readReply(
        await client.subaccountTradingEnabledPut({ subaccountUid, tradingEnabled: isEnabled }),
        tradingEnabled,
        'subaccount-trading-enabled-put',
        'setting',
      ),
    ),
  keyCheck: async () => readReply(await client.apiKeysCheck({}), keyCheck, 'api-keys-check'),
  marketShare: async () => {
    const reply = await client.selfMarketShare({});
    return isNotAggregatedYet(reply)
      ? ok({
          value: { contracts: {} },
          isComplete: false,
          hasEveryElement: false,
          oddities: [],
        })
      : readReply(reply, marketShare, 'self-market-share');
  },
});

/** 204 [rest 2.16]: an empty view that proves nothing. */
const isNotAggregatedYet = (reply: Reply): boolean =>
  reply.type === 'Answered' && reply.httpStatus === 204;

const unwrap = (
  reading: Result<Reading<{ readonly isEnabled: boolean }>, NotConfirmed>,
): Result<Reading<boolean>, NotConfirmed> =>
  reading.ok
    ? { ok: true, value: { ...reading.value, value: reading.value.value.isEnabled } }
    : reading;
