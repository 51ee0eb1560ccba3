import { type JsonObject, type JsonValue } from '../../../../lib/lossless-json.ts';
import { type WalletView } from '../../../exchange/reads/account-view.ts';
import { failure, success } from '../answer.ts';
import {
  accountOf,
  costs,
  type ServedEndpoint,
  type RestVenue,
  UNPUBLISHED_POINTS,
  V3,
} from './endpoint.ts';
import { readInstant } from '../fields.ts';
import { defined } from '../../../../lib/defined.ts';
import { double, iso, isoSeconds, plain, plainOrNull, whole } from '../json.ts';

const balances = (wallet: WalletView): JsonObject =>
  Object.fromEntries(
    wallet.currencies.map(({ currency, quantity }) => [currency.toLowerCase(), quantity]),
  );

const FLEX_FIGURES = [
  'balanceValue',
  'portfolioValue',
  'collateralValue',
  'initialMargin',
  'initialMarginWithOrders',
  'maintenanceMargin',
  'pnl',
  'unrealizedFunding',
  'totalUnrealized',
  'totalUnrealizedAsMargin',
  'marginEquity',
  'availableMargin',
] as const;

const figures = (wallet: WalletView): JsonObject =>
  Object.fromEntries(FLEX_FIGURES.map((name) => [name, double(wallet[name])]));

const flex = (wallet: WalletView): JsonObject => ({
  type: 'multiCollateralMarginAccount',
  currencies: Object.fromEntries(
    wallet.currencies.map(({ currency, quantity, value, collateral, available }) => [
      currency,
      {
        quantity: plain(quantity),
        value: double(value),
        collateral: double(collateral),
        available: plain(available),
      },
    ]),
  ),
  ...figures(wallet),
});

/** A single-collateral wallet `fi_xbtusd`: its balances count contracts too [rest 2.4]. */
const margin = (wallet: WalletView, account: string, venue: RestVenue): JsonObject => {
  const currency = wallet.wallet.slice('fi_'.length, -'usd'.length);
  const isOfWallet = (symbol: string): boolean =>
    /^[pf]i_/.test(symbol.toLowerCase()) && symbol.toLowerCase().split('_')[1] === `${currency}usd`;
  const held = venue.queries.positions(account).filter(({ symbol }) => isOfWallet(symbol));
  const thresholds = venue.queries
    .positionMargins(account)
    .find(({ symbol }) => isOfWallet(symbol));
  const level = double(wallet.maintenanceMargin);
  const price = plain(thresholds?.liquidationThreshold ?? '0');
  return {
    type: 'marginAccount',
    currency,
    balances: {
      ...Object.fromEntries(held.map(({ symbol, size }) => [symbol, size])),
      ...balances(wallet),
    },
    auxiliary: {
      usd: whole(0),
      pv: double(wallet.portfolioValue),
      pnl: double(wallet.pnl),
      af: double(wallet.availableMargin),
      funding: double(wallet.unrealizedFunding),
    },
    marginRequirements: {
      im: double(wallet.initialMarginWithOrders),
      mm: level,
      lt: level,
      tt: level,
    },
    triggerEstimates: {
      im: plain(thresholds?.initialMarginThreshold ?? '0'),
      mm: price,
      lt: price,
      tt: price,
    },
  };
};

export const accounts: ServedEndpoint = {
  id: 'accounts',
  method: 'GET',
  paths: [`${V3}/accounts`],
  service: 'derivatives',
  access: 'general-read',
  cost: costs(2),
  answer: (call, venue) => {
    const account = accountOf(call);
    const rows = venue.queries.wallets(account).map((wallet): [string, JsonValue] => {
      const { wallet: name } = wallet;
      if (name === 'cash') return [name, { type: 'cashAccount', balances: balances(wallet) }];
      return [name, name === 'flex' ? flex(wallet) : margin(wallet, account, venue)];
    });
    return success(call.at, { accounts: Object.fromEntries(rows) });
  },
};

/** Position currencies are written as in `pair`: BTC. */
const asset = (currency: string): string => (currency === 'XBT' ? 'BTC' : currency);

export const openpositions: ServedEndpoint = {
  id: 'openpositions',
  method: 'GET',
  paths: [`${V3}/openpositions`],
  service: 'derivatives',
  access: 'general-read',
  cost: costs(2),
  answer: (call, venue) =>
    success(call.at, {
      openPositions: venue.queries
        .positions(accountOf(call))
        .filter(({ size }) => size !== '0')
        .map((position) =>
          defined({
            side: position.size.startsWith('-') ? 'short' : 'long',
            symbol: position.symbol,
            price: plain(position.entryPrice),
            fillTime: iso(position.openedAt),
            size: plain(position.size.replace('-', '')),
            unrealizedPnl: double(position.unrealizedPnl),
            unrealizedFunding: double(position.unrealizedFunding),
            pnlCurrency:
              position.pnlCurrency === undefined ? undefined : asset(position.pnlCurrency),
            maxFixedLeverage:
              position.maxFixedLeverage === undefined
                ? undefined
                : double(position.maxFixedLeverage),
          }),
        ),
    }),
};

const FILLS_MAX = 100;

export const fills: ServedEndpoint = {
  id: 'fills',
  method: 'GET',
  paths: [`${V3}/fills`],
  service: 'derivatives',
  access: 'general-read',
  cost: (fields) => (fields.has('lastFillTime') ? 25 : 2),
  check: ({ fields, at }) =>
    readInstant(fields.get('lastFillTime')) === 'invalid'
      ? failure(at, 'invalidArgument: lastFillTime')
      : undefined,
  answer: (call, venue) => {
    const read = readInstant(call.fields.get('lastFillTime'));
    const before = read === 'invalid' ? undefined : read.value;
    const isPaged = before !== undefined;
    const rows = venue.queries
      .fills(accountOf(call))
      .filter(({ trade }) => before === undefined || trade.at < before)
      .slice(-FILLS_MAX)
      .reverse();
    return success(call.at, {
      fills: rows.map(({ trade, fill }) =>
        defined({
          fill_id: fill.fillId,
          symbol: trade.symbol,
          side: fill.side,
          order_id: fill.order.orderId,
          cliOrdId: fill.order.cliOrdId,
          size: plain(trade.size),
          price: plain(trade.price),
          fillTime: iso(trade.at),
          fillType: fill.fillType,
          realized_pnl: isPaged ? null : plainOrNull(fill.realizedPnl),
          sequence_id: String(trade.seq),
        }),
      ),
    });
  },
};

export const notifications: ServedEndpoint = {
  id: 'notifications',
  method: 'GET',
  paths: [`${V3}/notifications`],
  service: 'derivatives',
  access: 'general-read',
  cost: costs(UNPUBLISHED_POINTS),
  answer: (call, venue) =>
    success(call.at, {
      notifications: venue.notices.all().map((notice) =>
        defined({
          type: notice.type,
          priority: notice.priority,
          note: notice.note,
          effectiveTime:
            notice.effectiveTime === undefined ? undefined : isoSeconds(notice.effectiveTime),
          expectedDowntimeMinutes:
            notice.expectedDowntimeMinutes === undefined
              ? undefined
              : whole(notice.expectedDowntimeMinutes),
        }),
      ),
    }),
};

export const unwindqueue: ServedEndpoint = {
  id: 'unwindqueue',
  method: 'GET',
  paths: [`${V3}/unwindqueue`],
  service: 'derivatives',
  access: 'general-read',
  cost: costs(200),
  answer: (call, venue) =>
    success(call.at, {
      queue: venue.queries
        .unwindQueue(accountOf(call))
        .map(({ symbol, percentile }) => ({ symbol, percentile: whole(percentile) })),
    }),
};
