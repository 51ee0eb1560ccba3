import {
  type ExecType,
  type OrdStatus,
  type OrdType,
  type Side,
  type TimeInForce,
} from './order.ts';

/**
 * Wire codes and our words, both ways: FIX 4.4, and for OrdType(40) the venue's R, T and U, which
 * clients use as well. (Kraken Unified FIX, "New Order Single", "Execution Report")
 */
const invert = <T extends string>(codes: Readonly<Record<T, string>>): ReadonlyMap<string, T> =>
  new Map((Object.entries(codes) as [T, string][]).map(([word, code]) => [code, word]));

export const sideToCode: Readonly<Record<Side, string>> = { Buy: '1', Sell: '2' };
export const sideByCode = invert(sideToCode);

export const ordTypeToCode: Readonly<Record<OrdType, string>> = {
  Market: '1',
  Limit: '2',
  Stop: '3',
  StopLimit: '4',
  TakeProfit: 'R',
  TakeProfitLimit: 'T',
  TrailingStop: 'U',
};
export const ordTypeByCode = invert(ordTypeToCode);

export const timeInForceToCode: Readonly<Record<TimeInForce, string>> = { GTC: '1', IOC: '3' };
export const timeInForceByCode = invert(timeInForceToCode);

export const execTypeToCode: Readonly<Record<ExecType, string>> = {
  New: '0',
  DoneForDay: '3',
  Canceled: '4',
  Replaced: '5',
  PendingCancel: '6',
  Stopped: '7',
  Rejected: '8',
  Suspended: '9',
  PendingNew: 'A',
  Calculated: 'B',
  Expired: 'C',
  Restated: 'D',
  PendingReplace: 'E',
  Trade: 'F',
  TradeCorrect: 'G',
  TradeCancel: 'H',
  OrderStatus: 'I',
  Triggered: 'L',
};
/**
 * FIX 4.2's fills (150=1 and 150=2) appear in Kraken's generic lifecycle guide; they mean Trade.
 */
export const execTypeByCode: ReadonlyMap<string, ExecType> = new Map([
  ...invert(execTypeToCode),
  ['1', 'Trade'],
  ['2', 'Trade'],
]);

export const ordStatusToCode: Readonly<Record<OrdStatus, string>> = {
  New: '0',
  PartiallyFilled: '1',
  Filled: '2',
  DoneForDay: '3',
  Canceled: '4',
  Replaced: '5',
  PendingCancel: '6',
  Stopped: '7',
  Rejected: '8',
  Suspended: '9',
  PendingNew: 'A',
  Calculated: 'B',
  Expired: 'C',
  PendingReplace: 'E',
};
export const ordStatusByCode = invert(ordStatusToCode);
