import { type JsonObject, type JsonValue } from '../../../../lib/lossless-json.ts';
import { accountNamed, accountUid } from '../../../account-uid.ts';
import { failure, failures, json, success } from '../answer.ts';
import {
  accountOf,
  costs,
  type ServedEndpoint,
  type RestCall,
  type RestVenue,
  UNPUBLISHED_POINTS,
  V3,
} from './endpoint.ts';
import { readBoolean } from '../fields.ts';
import { double, plain } from '../json.ts';

/** `fi_xbtusd` is called `f-xbt:usd` here [rest 6.1]. */
const walletName = (wallet: string): string =>
  wallet.replace(/^fi_(.+)usd$/, (_all, base: string) => `f-${base}:usd`);

const FLEX_FIGURES = [
  'initialMargin',
  'initialMarginWithOrders',
  'maintenanceMargin',
  'balanceValue',
  'portfolioValue',
  'collateralValue',
  'pnl',
  'unrealizedFunding',
  'totalUnrealized',
  'totalUnrealizedAsMargin',
  'availableMargin',
  'marginEquity',
] as const;

const subaccountRow = (uid: string, venue: RestVenue): JsonObject => {
  const wallets = venue.queries.wallets(uid);
  const cash = wallets.find(({ wallet }) => wallet === 'cash');
  const flex = wallets.find(({ wallet }) => wallet === 'flex');
  const currencies: readonly JsonValue[] = (flex?.currencies ?? []).map((row) => ({
    currency: row.currency.toLowerCase(),
    quantity: plain(row.quantity),
    value: double(row.value),
    collateral: double(row.collateral),
    available: plain(row.available),
  }));
  return {
    accountUid: accountUid(uid),
    email: `${uid}@fathom.invalid`,
    fullName: null,
    holdingAccounts: (cash?.currencies ?? []).map(({ currency, quantity }) => ({
      currency: currency.toLowerCase(),
      amount: plain(quantity),
    })),
    futuresAccounts: wallets
      .filter(({ wallet }) => wallet.startsWith('fi_'))
      .map(({ wallet, availableMargin }) => ({
        name: walletName(wallet),
        availableMargin: double(availableMargin),
      })),
    flexAccount: {
      currencies,
      ...Object.fromEntries(FLEX_FIGURES.map((name) => [name, double(flex?.[name] ?? '0')])),
    },
  };
};

export const subaccounts: ServedEndpoint = {
  id: 'subaccounts',
  method: 'GET',
  paths: [`${V3}/subaccounts`],
  service: 'derivatives',
  access: 'general-read',
  cost: costs(UNPUBLISHED_POINTS),
  answer: (call, venue) => {
    const preferences = venue.queries.preferences(accountOf(call));
    return success(call.at, {
      masterAccountUid: accountUid(preferences?.master ?? accountOf(call)),
      subaccounts: (preferences?.subaccounts ?? []).map((uid) => subaccountRow(uid, venue)),
    });
  },
};

const TRADING_ENABLED = `${V3}/subaccount/:subaccountUid/trading-enabled`;

/** The account that the path names: another account of the caller's family, or `undefined`. */
const subaccount = (call: RestCall, venue: RestVenue): string | undefined => {
  const own = venue.queries.preferences(accountOf(call))?.subaccounts ?? [];
  const uid = accountNamed(own, call.path['subaccountUid'] ?? '');
  return own.includes(uid) ? uid : undefined;
};

export const tradingEnabledGet: ServedEndpoint = {
  service: 'derivatives',
  id: 'subaccount-trading-enabled-get',
  method: 'GET',
  paths: [TRADING_ENABLED],
  access: 'general-full',
  cost: costs(2),
  answer: (call, venue) => {
    const uid = subaccount(call, venue);
    const tradingEnabled = uid === undefined ? undefined : venue.queries.preferences(uid);
    return tradingEnabled === undefined
      ? failures(call.at, 404)
      : json({ tradingEnabled: tradingEnabled.tradingEnabled });
  },
};

export const tradingEnabledPut: ServedEndpoint = {
  service: 'derivatives',
  id: 'subaccount-trading-enabled-put',
  method: 'PUT',
  paths: [TRADING_ENABLED],
  access: 'general-full',
  cost: costs(2),
  check: ({ fields, at }) => {
    const read = readBoolean(fields.get('tradingEnabled'));
    if (read === 'invalid') return failure(at, 'invalidArgument: tradingEnabled');
    return read.value === undefined ? failure(at, 'requiredArgumentMissing') : undefined;
  },
  answer: async (call, venue) => {
    const uid = subaccount(call, venue);
    const read = readBoolean(call.fields.get('tradingEnabled'));
    if (uid === undefined || read === 'invalid') return failures(call.at, 404);
    const enabled = read.value ?? true;
    const events = await venue.exchange.ask({ type: 'SetTradingEnabled', account: uid, enabled });
    return events === undefined
      ? failure(call.at, 'Unavailable')
      : json({ tradingEnabled: enabled });
  },
};
