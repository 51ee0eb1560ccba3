import { type Account } from '../model/account.ts';
import { type AssignmentPreference } from '../model/commands.ts';
import { execute } from '../trading/execution.ts';
import { ASSIGNMENT, type ExecutionKind, UNWIND } from '../model/executed-trade.ts';
import { stepsToMoney } from '../model/instruments/grid.ts';
import { marketMargin, walletMargin } from '../reads/margin.ts';
import { type Market } from '../model/market.ts';
import { parseMoney, type Money } from '../model/money.ts';
import { Order } from '../model/order.ts';
import { valueAt } from '../model/position.ts';
import { keepReducing } from '../trading/reduce-only.ts';
import { type Venue } from '../model/venue.ts';
import { type Side } from '../model/vocabulary.ts';
import { unwindOrder } from '../reads/unwind-order.ts';

interface Forced {
  readonly market: Market;
  readonly lots: number;
  readonly ticks: number;
}

/**
 * Moves a liquidated position to others at the bankruptcy price: the assignment programme first,
 * then by unwinding.
 */
export const forceTransfer = (venue: Venue, account: Account, forced: Forced): void => {
  let rest = forced.lots;
  const held = account.positions.get(forced.market.symbol)?.lots ?? 0;
  const side: Side = held > 0 ? 'sell' : 'buy';
  for (const taker of venue.accounts.values()) {
    const lots = Math.min(rest, assignable(venue, account, { taker, forced, side }));
    if (lots <= 0) continue;
    transfer(venue, { from: account, to: taker, side, kind: ASSIGNMENT }, { ...forced, lots });
    rest -= lots;
  }
  for (const counterparty of unwindOrder(forced.market, held)) {
    if (rest === 0) break;
    const lots = Math.min(
      rest,
      Math.abs(counterparty.positions.get(forced.market.symbol)?.lots ?? 0),
    );
    transfer(venue, { from: account, to: counterparty, side, kind: UNWIND }, { ...forced, lots });
    rest -= lots;
  }
};

interface Offer {
  readonly taker: Account;
  readonly forced: Forced;
  readonly side: Side;
}

/** Lots that a participant takes over: its preference, its limits, and the margin that it has. */
const assignable = (venue: Venue, from: Account, offer: Offer): number => {
  const { taker, forced, side } = offer;
  const { market } = forced;
  if (taker.master === from.master) return 0;
  let most = 0;
  for (const preference of taker.assignments.values()) {
    if (accepts(venue, preference, market, side)) {
      most = Math.max(most, Math.min(forced.lots, limitOf(taker, preference, market)));
    }
  }
  if (most === 0 || taker.background) return most;
  const { instrument } = market;
  const held = taker.positions.get(market.symbol)?.lots ?? 0;
  const then = held + (side === 'sell' ? most : -most);
  const margin = walletMargin(venue, taker, instrument.wallet);
  const before = marketMargin(market, { held, buys: 0, sells: 0 }, undefined).initial;
  const after = marketMargin(market, { held: then, buys: 0, sells: 0 }, undefined).initial;
  const cost = lossAt(market, side === 'sell' ? most : -most, forced.ticks);
  return margin.availableMargin - cost >= after - before ? most : 0;
};

const lossAt = (market: Market, lots: number, ticks: number): Money =>
  valueAt(market.instrument, lots, stepsToMoney(ticks, market.instrument.priceGrid)) -
  valueAt(market.instrument, lots, market.mark);

const DAY_MS = 86_400_000;

const accepts = (
  venue: Venue,
  preference: AssignmentPreference,
  market: Market,
  side: Side,
): boolean => {
  // 1970-01-01 was a Thursday: days 2 and 3 of each week counted from there are Saturday and
  // Sunday.
  const day = Math.floor(venue.at / DAY_MS) % 7;
  const isWeekend = day === 2 || day === 3;
  const isTime =
    preference.timeFrame === 'ALL' || (preference.timeFrame === 'WEEKEND') === isWeekend;
  const isContract = preference.contract === undefined || preference.contract === market.symbol;
  const { spec, wallet } = market.instrument;
  const isType = preference.contractType === wallet;
  const isPair =
    preference.base === undefined ||
    (preference.base === spec.base && preference.quote === spec.quote);
  const isSide = side === 'sell' ? preference.acceptLong : preference.acceptShort;
  return preference.enabled && isTime && isContract && isPair && isType && isSide;
};

const limitOf = (taker: Account, preference: AssignmentPreference, market: Market): number => {
  const lotsOf = (text: string | undefined): number => {
    const size = text === undefined ? undefined : parseMoney(text);
    return size === undefined
      ? Number.POSITIVE_INFINITY
      : Number(size / market.instrument.sizeGrid.step);
  };
  const held = Math.abs(taker.positions.get(market.symbol)?.lots ?? 0);
  return Math.min(lotsOf(preference.maxSize), Math.max(0, lotsOf(preference.maxPosition) - held));
};

interface Transfer {
  readonly from: Account;
  readonly to: Account;
  /** Of the account that loses its position. */
  readonly side: Side;
  readonly kind: ExecutionKind;
}

const transfer = (venue: Venue, parties: Transfer, forced: Forced): void => {
  const { side } = parties;
  const orderOf = (holder: Account, orderSide: Side): Order =>
    new Order({
      orderId: venue.orderIds.next(),
      holder,
      owner: 'venue',
      cliOrdId: undefined,
      market: forced.market,
      side: orderSide,
      orderType: parties.kind === ASSIGNMENT ? 'assignment' : 'unwind',
      lots: forced.lots,
      ticks: forced.ticks,
      reduceOnly: false,
      at: venue.at,
    });
  const taker = orderOf(parties.from, side);
  const maker = orderOf(parties.to, side === 'sell' ? 'buy' : 'sell');
  execute(venue, maker, taker, { lots: forced.lots, ticks: forced.ticks, kind: parties.kind });
  keepReducing(venue, parties.to, forced.market);
};
