import { decimal, decimalToText, ZERO } from '../../../../lib/decimal.ts';
import { type JsonObject } from '../../../../lib/lossless-json.ts';
import { type EpochMs } from '../../../../lib/time.ts';
import { accountUid } from '../../../account-uid.ts';
import { type WalletView } from '../../../exchange/reads/account-view.ts';
import {
  type ExchangeQueries,
  type PositionView,
} from '../../../exchange/reads/exchange-queries.ts';
import { DEFAULT_RULES } from '../../../exchange/model/rules.ts';
import { type AccountLogEntry } from '../../../exchange/model/views.ts';
import { defined } from '../../../../lib/defined.ts';
import { iso } from '../../rest/json.ts';
import { type Notice } from '../../rest/stores/notice-store.ts';
import { real, whole } from '../wire-number.ts';

/** `open_positions` [websocket 8.4]: always the full list; a closed position is missing. */
export const positionsFrame = (
  queries: ExchangeQueries,
  account: string,
  stamp: { readonly seq: number; readonly at: EpochMs },
): JsonObject => {
  const margins = new Map(queries.positionMargins(account).map((each) => [each.symbol, each]));
  const held = queries.positions(account).filter(({ size }) => size !== '0');
  return {
    feed: 'open_positions',
    account: accountUid(account),
    positions: held.map((position) =>
      positionBody(queries, position, margins.get(position.symbol)),
    ),
    seq: whole(stamp.seq),
    timestamp: whole(stamp.at),
  };
};

type Margin = ReturnType<ExchangeQueries['positionMargins']>[number];

const positionBody = (
  queries: ExchangeQueries,
  position: PositionView,
  margin: Margin | undefined,
): JsonObject =>
  defined({
    instrument: position.symbol,
    balance: real(position.size),
    pnl: real(position.unrealizedPnl),
    entry_price: real(position.entryPrice),
    mark_price: real(position.markPrice),
    index_price: real(queries.indexPrice(position.symbol) ?? '0'),
    liquidation_threshold: real(margin?.liquidationThreshold ?? '0'),
    effective_leverage: real(margin?.effectiveLeverage ?? '0'),
    return_on_equity: real(margin?.returnOnEquity ?? '0'),
    unrealized_funding: real(position.unrealizedFunding),
    ...marginFields(margin),
    ...preferenceFields(position),
  });

const marginFields = (margin: Margin | undefined): JsonObject => ({
  initial_margin: real(margin?.initialMargin ?? '0'),
  initial_margin_with_orders: real(margin?.initialMarginWithOrders ?? '0'),
  maintenance_margin: real(margin?.maintenanceMargin ?? '0'),
});

/** Multi-collateral positions only have a profit currency; isolated ones only a leverage. */
const preferenceFields = ({ symbol, pnlCurrency, maxFixedLeverage }: PositionView): JsonObject => ({
  pnl_currency: isFlexible(symbol) ? (pnlCurrency ?? 'USD') : undefined,
  max_fixed_leverage: maxFixedLeverage === undefined ? undefined : real(maxFixedLeverage),
});

const isFlexible = (symbol: string): boolean =>
  symbol.startsWith('PF_') || symbol.startsWith('FF_');

/** The sections of `balances` [websocket 8.5], by what a delta may leave out. */
interface BalanceSections {
  readonly holding: JsonObject;
  /** Single-collateral wallets, by `F-XBT:USD`. */
  readonly futures: JsonObject;
  readonly flexFutures: JsonObject;
}

export const balanceSections = (queries: ExchangeQueries, account: string): BalanceSections => {
  const wallets = queries.wallets(account);
  const cash = wallets.find(({ wallet }) => wallet === 'cash');
  const flex = wallets.find(({ wallet }) => wallet === 'flex');
  return {
    holding: Object.fromEntries(
      (cash?.currencies ?? []).map(({ currency, quantity }) => [currency, real(quantity)]),
    ),
    futures: Object.fromEntries(
      wallets.filter(({ wallet }) => wallet.startsWith('fi_')).map(singleCollateral),
    ),
    flexFutures: flex === undefined ? {} : flexFutures(queries, account, flex),
  };
};

const singleCollateral = (view: WalletView): readonly [string, JsonObject] => {
  const unit = view.wallet.slice('fi_'.length, -'usd'.length).toUpperCase();
  const name = `F-${unit}:USD`;
  return [
    name,
    {
      name,
      pair: `${unit}/USD`,
      unit,
      portfolio_value: real(view.portfolioValue),
      balance: real(view.balanceValue),
      maintenance_margin: real(view.maintenanceMargin),
      initial_margin: real(view.initialMargin),
      available: real(view.availableMargin),
      unrealized_funding: real(view.unrealizedFunding),
      pnl: real(view.pnl),
    },
  ];
};

const flexFutures = (queries: ExchangeQueries, account: string, view: WalletView): JsonObject => {
  const margins = queries.positionMargins(account);
  return flexBody(view, {
    isolated: isolatedMargins(queries.positions(account), margins),
    leverage: crossLeverage(margins),
  });
};

const flexBody = (
  view: WalletView,
  { isolated, leverage }: { readonly isolated: JsonObject; readonly leverage: string },
): JsonObject => ({
  currencies: Object.fromEntries(
    view.currencies.map((each) => [
      each.currency,
      {
        quantity: real(each.quantity),
        value: real(each.value),
        collateral_value: real(each.collateral),
        available: real(each.available),
        haircut: real(DEFAULT_RULES.haircuts[each.currency] ?? '0'),
        conversion_spread: real('0'),
      },
    ]),
  ),
  ...walletFigures(view),
  isolated,
  cross: { ...walletFigures(view), effective_leverage: real(leverage) },
});

const walletFigures = (view: WalletView): JsonObject => ({
  balance_value: real(view.balanceValue),
  portfolio_value: real(view.portfolioValue),
  collateral_value: real(view.collateralValue),
  initial_margin: real(view.initialMarginWithOrders),
  initial_margin_without_orders: real(view.initialMargin),
  maintenance_margin: real(view.maintenanceMargin),
  pnl: real(view.pnl),
  unrealized_funding: real(view.unrealizedFunding),
  total_unrealized: real(view.totalUnrealized),
  total_unrealized_as_margin: real(view.totalUnrealizedAsMargin),
  margin_equity: real(view.marginEquity),
  available_margin: real(view.availableMargin),
});

const isolatedMargins = (
  positions: readonly PositionView[],
  all: readonly Margin[],
): JsonObject => {
  const margins = new Map(all.map((each) => [each.symbol, each]));
  const isolated = positions.filter(
    ({ symbol, maxFixedLeverage }) => isFlexible(symbol) && maxFixedLeverage !== undefined,
  );
  return Object.fromEntries(
    isolated.map((position) => {
      const margin = margins.get(position.symbol);
      const unrealized = decimalToText(
        decimal(position.unrealizedPnl).plus(decimal(position.unrealizedFunding)),
      );
      return [
        position.symbol,
        {
          initial_margin: real(margin?.initialMarginWithOrders ?? '0'),
          initial_margin_without_orders: real(margin?.initialMargin ?? '0'),
          maintenance_margin: real(margin?.maintenanceMargin ?? '0'),
          pnl: real(position.unrealizedPnl),
          unrealized_funding: real(position.unrealizedFunding),
          total_unrealized: real(unrealized),
          total_unrealized_as_margin: real(unrealized),
        },
      ];
    }),
  );
};

/** Positions over equity: the sum of the leverages of the positions. */
const crossLeverage = (margins: readonly Margin[]): string =>
  decimalToText(
    margins
      .filter(({ symbol }) => isFlexible(symbol))
      .reduce((sum, { effectiveLeverage }) => sum.plus(decimal(effectiveLeverage)), ZERO),
  );

/**
 * One entry of `account_log` [websocket 8.6]. Absent amounts are 0.0, an absent execution is empty
 * text.
 */
export const logBody = (entry: AccountLogEntry): JsonObject =>
  defined({
    id: whole(entry.id),
    date: iso(entry.at),
    asset: entry.asset.toLowerCase(),
    contract: entry.contract?.toLowerCase(),
    info: entry.info,
    booking_uid: entry.bookingId,
    margin_account: marginAccount(entry.wallet),
    old_balance: real(entry.oldBalance),
    new_balance: real(entry.newBalance),
    old_average_entry_price: real(entry.oldEntryPrice ?? '0'),
    new_average_entry_price: real(entry.newEntryPrice ?? '0'),
    trade_price: real(entry.tradePrice ?? '0'),
    mark_price: real(entry.markPrice ?? '0'),
    realized_pnl: real(entry.realizedPnl ?? '0'),
    fee: real(entry.fee ?? '0'),
    execution: entry.fillId ?? '',
    collateral: entry.asset.toLowerCase(),
    funding_rate: real(entry.fundingRate ?? '0'),
    realized_funding: real(entry.realizedFunding ?? '0'),
    conversion_spread_percentage: real('0'),
    liquidation_fee: real('0'),
  });

/** `f-xbt:usd` of `fi_xbtusd`. */
const marginAccount = (wallet: string): string =>
  wallet.startsWith('fi_') ? `f-${wallet.slice(3, -3)}:${wallet.slice(-3)}` : wallet;

/** `notifications_auth` [websocket 8.7]. */
export const notificationsFrame = (
  notices: readonly { readonly id: number; readonly notice: Notice }[],
): JsonObject => ({
  feed: 'notifications_auth',
  notifications: notices.map(({ id, notice }) =>
    defined({
      id: whole(id),
      type: notice.type,
      priority: notice.priority,
      note: notice.note,
      effective_time: notice.effectiveTime === undefined ? undefined : whole(notice.effectiveTime),
      expected_downtime_minutes:
        notice.expectedDowntimeMinutes === undefined
          ? undefined
          : whole(notice.expectedDowntimeMinutes),
    }),
  ),
});
