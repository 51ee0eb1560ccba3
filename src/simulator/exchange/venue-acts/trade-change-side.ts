import { type EpochMs } from '../../../lib/time.ts';
import { leaveBook, restInBook } from '../trading/book-change.ts';
import { book } from '../trading/bookkeeping.ts';
import { cancel } from '../trading/closing.ts';
import { type ChangedFill, type PositionSize } from '../model/views.ts';
import { type ExecutedSide, type ExecutedTrade, holdingOf } from '../model/executed-trade.ts';
import { settleHolding, trackOpenInterest } from '../trading/execution.ts';
import { feeOf } from '../model/account.ts';
import { realizeFunding } from '../trading/funding-payment.ts';
import { stepsToMoney, stepsToText } from '../model/instruments/grid.ts';
import { type Market } from '../model/market.ts';
import { type Money, moneyToText } from '../model/money.ts';
import { type Order, toView } from '../model/order.ts';
import {
  applyTrade,
  emptyPosition,
  type Position,
  positionSize,
  valueAt,
} from '../model/position.ts';
import { emit, tally, type Venue } from '../model/venue.ts';

/** The changed trade. 0 lots mean that it is taken back. */
export interface Terms {
  readonly lots: number;
  readonly ticks: number;
}

interface ChangedSide {
  readonly now: ExecutedSide;
  readonly told: ChangedFill;
  readonly announce: () => void;
  /** Rests or cancels the lots that the order has open again. */
  readonly settleOrder: () => void;
}

/** Takes a trade back on one of its accounts and books it anew by `terms`. */
export const changeSide = (
  venue: Venue,
  executed: ExecutedTrade,
  side: ExecutedSide,
  terms: Terms,
): ChangedSide => {
  const { market } = executed;
  const { order } = side;
  const orderPrior = toView(order);
  const settleOrder = giveBack(venue, order, executed.lots - terms.lots);
  const moved = move(venue, executed, side, terms);
  const fill = {
    ...side.fill,
    orderPrior,
    order: toView(order),
    positionBefore: moved.sizeBefore,
    positionAfter: moved.sizeAfter,
    fee: moneyToText(moved.fee),
    realizedPnl: moneyToText(moved.realized),
  };
  const { before, after, realized, fee } = moved;
  const told = {
    fill,
    realizedChange: moneyToText(moved.undone + realized),
    feeChange: moneyToText(fee - side.fee),
  };
  return {
    now: { ...side, fill, before, after, realized, fee },
    told,
    settleOrder,
    announce: () => {
      announce(venue, market, {
        order,
        told,
        moved,
        feeChange: fee - side.fee,
        ticks: terms.ticks,
      });
    },
  };
};

/** Changes of the account's position, in the order in which they happened. */
interface Moved extends Pick<ExecutedSide, 'before' | 'after' | 'realized' | 'fee'> {
  readonly sizeBefore: PositionSize;
  readonly sizeAfter: PositionSize;
  readonly funding: Money;
  /** Profit that taking the old trade back realises. */
  readonly undone: Money;
  readonly openedAt: EpochMs;
}

const move = (venue: Venue, executed: ExecutedTrade, side: ExecutedSide, terms: Terms): Moved => {
  const { market, kind } = executed;
  const { instrument } = market;
  const { order, role } = side;
  const account = order.holder;
  const position = account.positions.get(market.symbol) ?? emptyPosition(venue.at);
  account.positions.set(market.symbol, position);
  const funding = realizeFunding(venue, market, account);
  const sizeBefore = positionSize(instrument, position.lots, position.cost);
  const undone = undo(venue, executed, side, position);
  const before = holdingOf(position);
  const price = stepsToMoney(terms.ticks, instrument.priceGrid);
  const lots = order.side === 'buy' ? terms.lots : -terms.lots;
  const value = valueAt(instrument, lots, price);
  let realized = 0n;
  if (lots !== 0) {
    trackOpenInterest(market, position.lots, lots);
    realized = applyTrade(instrument, position, { lots, price, value, at: venue.at });
  }
  settleHolding(market, account, position.lots);
  return {
    before,
    funding,
    undone,
    realized,
    sizeBefore,
    after: { lots: position.lots, cost: position.cost },
    fee: kind.free === true || lots === 0 ? 0n : feeOf(account, value, role),
    sizeAfter: positionSize(instrument, position.lots, position.cost),
    openedAt: position.openedAt,
  };
};

/**
 * Takes a trade off a position. When the trade was the last one, the position becomes what it was
 * before. When others came later, the opposite trade at the same price is booked: the account is
 * worth the same, though its entry price differs. In both cases profit less cost changes by the
 * trade's value on both sides, so no money is made.
 */
const undo = (
  venue: Venue,
  { market, lots: traded, ticks }: ExecutedTrade,
  side: ExecutedSide,
  position: Position,
): Money => {
  const { instrument } = market;
  const lots = side.order.side === 'buy' ? -traded : traded;
  trackOpenInterest(market, position.lots, lots);
  if (position.lots === side.after.lots && position.cost === side.after.cost) {
    Object.assign(position, side.before);
    return -side.realized;
  }
  const price = stepsToMoney(ticks, instrument.priceGrid);
  const value = valueAt(instrument, lots, price);
  return applyTrade(instrument, position, { lots, price, value, at: venue.at });
};

/**
 * Gives `lots` back to the order. A resting order keeps resting with them; an ended one stays
 * ended.
 */
const giveBack = (venue: Venue, order: Order, lots: number): (() => void) => {
  if (lots === 0) return () => undefined;
  const rests = order.level !== undefined;
  if (rests) leaveBook(venue, order);
  order.filled -= lots;
  order.updatedAt = venue.at;
  if (rests)
    return () => {
      restInBook(venue, order);
    };
  if (order.status !== 'Filled') return () => undefined;
  order.status = 'Open';
  return () => {
    cancel(venue, order, 'CANCELLED_BY_ADMIN');
  };
};

interface Announcement {
  readonly order: Order;
  readonly told: ChangedFill;
  readonly moved: Moved;
  readonly feeChange: Money;
  readonly ticks: number;
}

const announce = (venue: Venue, market: Market, change: Announcement): void => {
  const { order, told, moved, feeChange, ticks } = change;
  const { instrument } = market;
  const { settlementCurrency: currency, wallet } = instrument;
  const account = order.holder;
  const price = stepsToText(ticks, instrument.priceGrid);
  const amounts = { realizedPnl: told.realizedChange, fee: told.feeChange };
  tally(venue, 'fee', currency, feeChange);
  book(venue, account, {
    wallet,
    currency,
    amount: moved.undone + moved.realized - feeChange,
    info: 'futures trade',
    details: {
      contract: market.symbol,
      oldEntryPrice: moved.sizeBefore.entryPrice,
      newEntryPrice: moved.sizeAfter.entryPrice,
      tradePrice: price,
      markPrice: moneyToText(market.mark),
      ...amounts,
      fillId: told.fill.fillId,
    },
  });
  if (account.background) return;
  emit(venue, {
    type: 'PositionChanged',
    account: account.uid,
    symbol: market.symbol,
    reason: 'trade',
    before: moved.sizeBefore,
    after: moved.sizeAfter,
    ...amounts,
    realizedFunding: moneyToText(moved.funding),
    feeCurrency: currency,
    price,
    fillId: told.fill.fillId,
    openedAt: moved.openedAt,
  });
};
