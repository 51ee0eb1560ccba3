import { type TradeRef } from './commands.ts';
import { type FillView, type TradeView } from './views.ts';
import { type Market } from './market.ts';
import { type Money } from './money.ts';
import { type Order } from './order.ts';
import { type Position } from './position.ts';
import { type Venue } from './venue.ts';
import { type TradeType, type FillType } from './vocabulary.ts';

type Holding = Pick<Position, 'lots' | 'cost' | 'openedAt'>;

/** What a trade did to one account. */
export interface ExecutedSide {
  readonly order: Order;
  readonly role: 'maker' | 'taker';
  readonly fill: FillView;
  readonly before: Holding;
  readonly after: Pick<Position, 'lots' | 'cost'>;
  readonly realized: Money;
  readonly fee: Money;
}

/** A trade with what the venue needs to take it back or to change it. */
export interface ExecutedTrade {
  readonly market: Market;
  readonly trade: TradeView;
  readonly lots: number;
  readonly ticks: number;
  readonly kind: ExecutionKind;
  readonly maker: ExecutedSide;
  readonly taker: ExecutedSide;
}

const EXECUTED_MAX = 5_000;

/** Trades between two background accounts are not kept: no client can ask to change them. */
export const keepExecuted = (venue: Venue, executed: ExecutedTrade): void => {
  const { maker, taker } = executed;
  if (maker.order.holder.background && taker.order.holder.background) return;
  venue.executed.push(executed);
  if (venue.executed.length > EXECUTED_MAX * 2) venue.executed.splice(0, EXECUTED_MAX);
};

export const findExecuted = (venue: Venue, ref: TradeRef): number =>
  venue.executed.findIndex(({ trade, maker, taker }) =>
    ref.tradeId === undefined
      ? ref.fillId !== undefined &&
        (maker.fill.fillId === ref.fillId || taker.fill.fillId === ref.fillId)
      : trade.tradeId === ref.tradeId,
  );

export const holdingOf = ({ lots, cost, openedAt }: Position): Holding => ({
  lots,
  cost,
  openedAt,
});

/** Names of a trade's two sides ([rest 2.4] `fillType`, [websocket 7.2] `type`). */
export interface ExecutionKind {
  readonly tradeType: TradeType;
  readonly maker: FillType;
  readonly taker: FillType;
  /** Forced transfers of positions cost no fee. */
  readonly free?: boolean;
}

export const FILL: ExecutionKind = { tradeType: 'fill', maker: 'maker', taker: 'taker' };

export const FILL_AFTER_EDIT: ExecutionKind = { ...FILL, taker: 'takerAfterEdit' };

export const LIQUIDATION: ExecutionKind = {
  tradeType: 'liquidation',
  maker: 'maker',
  taker: 'liquidation',
};

export const ASSIGNMENT: ExecutionKind = {
  tradeType: 'assignment',
  maker: 'assignee',
  taker: 'assignor',
  free: true,
};

export const UNWIND: ExecutionKind = {
  tradeType: 'unwind',
  maker: 'unwindCounterparty',
  taker: 'unwindBankrupt',
  free: true,
};
