import { type BookLevel } from '../../../../src/domain/book.ts';
import { type DecimalText, type TradingSymbol } from '../../../../src/domain/ids.ts';
import { type MonotonicMs } from '../../../../src/lib/time.ts';

export const text = (value: string): DecimalText => value as DecimalText;
export const symbolOf = (value: string): TradingSymbol => value as TradingSymbol;
export const ms = (value: number): MonotonicMs => value as MonotonicMs;

/** `'100 2, 99.5 1'` as levels. */
export const levels = (list: string): BookLevel[] =>
  list
    .split(',')
    .map((pair) => pair.trim().split(' '))
    .filter(([price]) => price !== '')
    .map(([price = '', qty = '']) => ({ price: text(price), qty: text(qty) }));

/** Levels as `'100 2, 99.5 1'`. */
export const shown = (list: readonly BookLevel[]): string =>
  list.map(({ price, qty }) => `${price} ${qty}`).join(', ');
