import { type JsonObject } from '../../../../lib/lossless-json.ts';
import { decimal, decimalToText, type Decimal, ZERO } from '../../../../lib/decimal.ts';
import { type FillView } from '../../../exchange/model/views.ts';
import { type RestOptions } from '../endpoints/endpoint.ts';
import { type ExecutionRecord, type OwnExecution, type PositionRecord } from './history-store.ts';
import { accountUid } from '../../../account-uid.ts';
import { defined } from '../../../../lib/defined.ts';
import { ms, ownOrder, publicOrder } from './history-order-json.ts';

const isInverse = (symbol: string): boolean => symbol.startsWith('PI_') || symbol.startsWith('FI_');

const usdValue = (record: ExecutionRecord): Decimal => {
  const { trade } = record;
  return isInverse(trade.symbol)
    ? decimal(trade.size)
    : decimal(trade.size).times(decimal(trade.price));
};

const executionBase = (record: ExecutionRecord): JsonObject => ({
  timestamp: ms(record.trade.at),
  quantity: record.trade.size,
  price: record.trade.price,
  markPrice: record.markPrice,
  limitFilled: record.maker.order.status === 'Filled',
  usdValue: decimalToText(usdValue(record).round(2)),
});

/** No other REST answer has the fee of each execution [rest 2.12]. */
const orderData = (fill: FillView, record: ExecutionRecord): JsonObject => ({
  fee: fill.fee,
  positionSize: fill.positionAfter.size,
  feeCalculationInfo: [
    {
      percentageFee: percentageFee(fill, record),
      userFeeDiscountApplied: null,
      marketShareRebateCredited: null,
    },
  ],
});

/** Fee over notional, in percent. */
const percentageFee = (fill: FillView, record: ExecutionRecord): string => {
  const { symbol, size, price } = record.trade;
  const notional = isInverse(symbol)
    ? decimal(size).div(decimal(price))
    : decimal(size).times(decimal(price));
  if (notional.eq(ZERO)) return '0';
  return decimalToText(decimal(fill.fee).times(decimal('100')).div(notional).round(6));
};

/**
 * One account's execution; `single` is the layout of 2026, `pair` the older one [rest 9 row 20].
 */
export const ownExecution = (
  { record, own }: OwnExecution,
  layout: RestOptions['executionLayout'],
): JsonObject => {
  const { maker, taker } = record;
  const body =
    layout === 'single'
      ? {
          uid: own.fillId,
          order: ownOrder(own.order),
          ...executionBase(record),
          executionType: own === maker ? 'maker' : 'taker',
          orderData: orderData(own, record),
        }
      : {
          uid: own.fillId,
          makerOrder: (own === maker ? ownOrder : publicOrder)(maker.order),
          takerOrder: (own === taker ? ownOrder : publicOrder)(taker.order),
          ...executionBase(record),
          [own === maker ? 'makerOrderData' : 'takerOrderData']: orderData(own, record),
        };
  return {
    execution: { execution: body, takerReducedQuantity: record.takerReducedQuantity ?? '' },
  };
};

export const publicExecution = (record: ExecutionRecord): JsonObject => ({
  Execution: {
    execution: {
      uid: record.uid,
      makerOrder: publicOrder(record.maker.orderPrior),
      takerOrder: publicOrder(record.taker.orderPrior),
      ...executionBase(record),
    },
    takerReducedQuantity: record.takerReducedQuantity ?? '',
  },
});

const TRADE_TYPES: Readonly<Record<string, string>> = {
  liquidation: 'liquidation',
  assignor: 'assignment',
  assignee: 'assignment',
  unwindBankrupt: 'unwind',
  unwindCounterparty: 'unwind',
};

export type PositionChange = 'open' | 'close' | 'increase' | 'decrease' | 'reverse' | 'noChange';

export const changeOf = ({ change }: PositionRecord): PositionChange => {
  const before = decimal(change.before.size);
  const after = decimal(change.after.size);
  if (before.eq(after)) return 'noChange';
  if (before.eq(ZERO)) return 'open';
  if (after.eq(ZERO)) return 'close';
  if (before.gt(ZERO) !== after.gt(ZERO)) return 'reverse';
  return after.abs().gt(before.abs()) ? 'increase' : 'decrease';
};

export const positionUpdate = (record: PositionRecord): JsonObject => {
  const { change } = record;
  const { before, after, reason } = change;
  const size = decimal(after.size).minus(decimal(before.size)).abs();
  const isTrade = reason === 'trade';
  return {
    PositionUpdate: defined({
      accountUid: accountUid(change.account),
      tradeable: change.symbol,
      oldPosition: before.size,
      oldAverageEntryPrice: before.size === '0' ? null : before.entryPrice,
      newPosition: after.size,
      newAverageEntryPrice: after.entryPrice,
      fillTime: ms(change.openedAt),
      fee: change.fee,
      feeCurrency: change.feeCurrency,
      realizedPnL: change.realizedPnl,
      positionChange: changeOf(record),
      executionUid: isTrade ? change.fillId : undefined,
      executionPrice: isTrade ? change.price : undefined,
      executionSize: isTrade ? decimalToText(size) : undefined,
      tradeType: isTrade ? (TRADE_TYPES[record.fillType ?? ''] ?? 'userExecution') : undefined,
      fundingRealizationTime: reason === 'fundingRealisation' ? ms(change.at) : undefined,
      realizedFunding: change.realizedFunding,
      settlementPrice: reason === 'settlement' ? change.price : undefined,
      timestamp: ms(change.at),
      updateReason: reason,
    }),
  };
};
