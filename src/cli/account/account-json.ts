import { JsonNumber, type JsonValue } from '../../lib/lossless-json.ts';
import { type Wallet } from '../../kraken/rest/account/account-readers.ts';
import { type AccountView } from './account-view.ts';
import { countBySymbol } from './account-tables.ts';

/**
 * The account as a JSON-ready object: every amount is text with the venue's digits, `null` is what
 * has no answer.
 */
export const accountToJson = (account: string, view: AccountView): object => {
  const { at, wallets, positions, openOrders, gaps } = view;
  return {
    account,
    at: at === undefined ? null : new Date(at).toISOString(),
    isComplete: gaps.length === 0,
    gaps,
    wallets: wallets === undefined ? null : mapValues(wallets, walletToJson),
    positions:
      positions?.map(({ openedAt, ...rest }) => ({
        ...rest,
        ...(openedAt === undefined ? {} : { openedAt: new Date(openedAt).toISOString() }),
      })) ?? null,
    openOrders:
      openOrders === undefined
        ? null
        : { count: openOrders.length, bySymbol: Object.fromEntries(countBySymbol(openOrders)) },
  };
};

const walletToJson = (wallet: Wallet): object => {
  if (wallet.type === 'Unknown') return { type: wallet.type, raw: plain(wallet.raw) };
  if (wallet.type !== 'Flex' || wallet.portfolioMarginBreakdown === undefined) return wallet;
  return { ...wallet, portfolioMarginBreakdown: plain(wallet.portfolioMarginBreakdown) };
};

/** What was kept as it came, with its numbers as texts: no digit is lost on the way out. */
const plain = (value: JsonValue): unknown => {
  if (value instanceof JsonNumber) return value.text;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return mapValues(value as Readonly<Record<string, JsonValue>>, plain);
};

const mapValues = <T, U>(
  values: Readonly<Record<string, T>>,
  map: (value: T) => U,
): Readonly<Record<string, U>> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
