import { makeRestAccountGateway } from '../../kraken/rest/account/account-gateway.ts';
import { makeRestOrderCalls } from '../../kraken/rest/orders/order-calls.ts';
import { type RestPosition, type Wallet } from '../../kraken/rest/account/account-readers.ts';
import { type ListedOrder } from '../../kraken/rest/orders/order-readers.ts';
import { type RawClient } from '../../kraken/rest/raw-client.ts';
import { type NotConfirmed, type Reading } from '../../kraken/rest/reading.ts';
import { makeVenueClock } from '../../kraken/rest/venue-clock.ts';
import { isDamage, type Oddity } from '../../kraken/json/readers.ts';
import { type Result } from '../../lib/result.ts';
import { type Clock, type EpochMs } from '../../lib/time.ts';

/**
 * An account as three reads show it; each may be missing or incomplete, and then it proves nothing
 * about what it lacks.
 */
export interface AccountView {
  /** The venue's clock at the latest of the reads. */
  readonly at: EpochMs | undefined;
  readonly wallets: Readonly<Record<string, Wallet>> | undefined;
  readonly positions: readonly RestPosition[] | undefined;
  readonly openOrders: readonly ListedOrder[] | undefined;
  /** What is missing and why, by view. Empty: everything is here. */
  readonly gaps: readonly MissingPart[];
}

interface MissingPart {
  readonly view: 'wallets' | 'positions' | 'openOrders';
  /** `missing`: there is no answer at all. */
  readonly kind: 'missing' | 'incomplete';
  readonly reason: string;
}

/** Three reads, six points of the budget. */
export const readAccount = async (client: RawClient, clock: Clock): Promise<AccountView> => {
  const account = makeRestAccountGateway(client);
  const orders = makeRestOrderCalls({ client, venueClock: makeVenueClock(clock) });
  const [wallets, positions, openOrders] = await Promise.all([
    account.wallets(),
    account.positions(),
    orders.openOrders(),
  ]);
  const times = [wallets, positions, openOrders].flatMap((read) =>
    read.ok && read.value.serverTime !== undefined ? [read.value.serverTime] : [],
  );
  return {
    at: times.length === 0 ? undefined : (Math.max(...times) as EpochMs),
    wallets: wallets.ok ? wallets.value.value : undefined,
    positions: positions.ok ? positions.value.value : undefined,
    openOrders: openOrders.ok ? openOrders.value.value : undefined,
    gaps: [
      ...gapOf('wallets', wallets),
      ...unknownWallets(wallets),
      ...gapOf('positions', positions),
      ...gapOf('openOrders', openOrders),
    ],
  };
};

const gapOf = (
  view: MissingPart['view'],
  read: Result<Reading<unknown>, NotConfirmed>,
): readonly MissingPart[] => {
  if (!read.ok) return [{ view, kind: 'missing', reason: reasonOf(read.error) }];
  if (read.value.isComplete) return [];
  return [{ view, kind: 'incomplete', reason: oddText(read.value.oddities) }];
};

/** Wallets of an unknown type: the view lacks what they hold. */
const unknownWallets = (
  read: Result<Reading<Readonly<Record<string, Wallet>>>, NotConfirmed>,
): readonly MissingPart[] =>
  (read.ok ? Object.entries(read.value.value) : [])
    .filter(([, { type }]) => type === 'Unknown')
    .map(([name]) => ({
      view: 'wallets',
      kind: 'incomplete',
      reason: `${name} is a wallet of an unknown type`,
    }));

/** `Refused: authenticationError`. */
export const reasonOf = (outcome: NotConfirmed): string => {
  const cause = outcome.type === 'Refused' ? outcome.reason : outcome.cause;
  return `${outcome.type} (${cause}): ${outcome.text}`;
};

const ODDITIES_SHOWN = 5;

const oddText = (oddities: readonly Oddity[]): string => {
  const damage = oddities.filter(isDamage);
  const texts = [
    ...new Set(
      damage.map(
        ({ kind, path, value }) => `${kind} ${path}${value === undefined ? '' : ` "${value}"`}`,
      ),
    ),
  ];
  const more = texts.length - ODDITIES_SHOWN;
  return [...texts.slice(0, ODDITIES_SHOWN), ...(more > 0 ? [`${more} more`] : [])].join(', ');
};
