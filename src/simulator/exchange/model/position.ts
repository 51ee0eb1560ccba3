import { type EpochMs } from '../../../lib/time.ts';
import { type PositionSize } from './views.ts';
import { stepsToMoney, stepsToText } from './instruments/grid.ts';
import { type Instrument } from './instruments/instrument.ts';
import { divideHalfEven, moneyToText, ONE, type Money } from './money.ts';

/**
 * One net position. `cost` is the signed value of the lots held at the prices paid: linear, lots x
 * price in USD; inverse, minus lots / price in the base. So profit = value now - cost for both
 * kinds, and no trade changes the sum of (cash - cost) over all accounts, whatever is rounded.
 */
export interface Position {
  /** Signed: negative is short. */
  lots: number;
  cost: Money;
  /** Cumulative funding per lot when funding was last realised. */
  fundingMark: Money;
  openedAt: EpochMs;
}

export const emptyPosition = (at: EpochMs): Position => ({
  lots: 0,
  cost: 0n,
  fundingMark: 0n,
  openedAt: at,
});

/** Signed value of `lots` at `price` (both signs of lots round alike). */
export const valueAt = (instrument: Instrument, lots: number, price: Money): Money => {
  const size = stepsToMoney(lots, instrument.sizeGrid);
  return instrument.inverse
    ? -divideHalfEven(size * ONE, price)
    : divideHalfEven(size * price, ONE);
};

/** Unrealised profit at `price`, in the settlement currency. */
export const profitAt = (instrument: Instrument, position: Position, price: Money): Money =>
  position.lots === 0 ? 0n : valueAt(instrument, position.lots, price) - position.cost;

/**
 * Books a trade of signed `lots` whose value is `value`; answers with the profit that it realises.
 */
export const applyTrade = (
  instrument: Instrument,
  position: Position,
  trade: {
    readonly lots: number;
    readonly price: Money;
    readonly value: Money;
    readonly at: EpochMs;
  },
): Money => {
  const { lots, value } = trade;
  const held = position.lots;
  if (held === 0 || held > 0 === lots > 0) {
    if (held === 0) position.openedAt = trade.at;
    position.lots = held + lots;
    position.cost += value;
    return 0n;
  }
  if (Math.abs(lots) <= Math.abs(held)) {
    const released = divideHalfEven(position.cost * BigInt(Math.abs(lots)), BigInt(Math.abs(held)));
    position.lots = held + lots;
    position.cost -= released;
    return -value - released;
  }
  // Through zero: close what is held, open the rest with what is left of the trade's value.
  const closing = valueAt(instrument, -held, trade.price);
  const realized = -closing - position.cost;
  position.lots = held + lots;
  position.cost = value - closing;
  position.openedAt = trade.at;
  return realized;
};

const ENTRY_ROUNDING = 10n ** 8n;

/** Average entry price, rounded half to even at 10 decimals; 0 when flat. */
const entryPrice = (instrument: Instrument, lots: number, cost: Money): Money => {
  if (lots === 0 || cost === 0n) return 0n;
  const size = stepsToMoney(lots, instrument.sizeGrid);
  const dividend = instrument.inverse ? -size * ONE : cost * ONE;
  const divisor = instrument.inverse ? cost : size;
  return divideHalfEven(dividend, divisor * ENTRY_ROUNDING) * ENTRY_ROUNDING;
};

export const positionSize = (instrument: Instrument, lots: number, cost: Money): PositionSize => ({
  size: stepsToText(lots, instrument.sizeGrid),
  entryPrice: moneyToText(entryPrice(instrument, lots, cost)),
});
