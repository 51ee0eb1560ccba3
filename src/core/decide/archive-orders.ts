import { type InputBody } from '../input.ts';
import { ORDERS_PER_FACT_MAX } from '../fact.ts';
import { mayLeaveMemory } from '../evolve/order-memory.ts';
import { type Draft } from './draft.ts';

type Body<T extends InputBody['type']> = Extract<InputBody, { type: T }>;

/**
 * Takes orders out of memory that the archive has. One that changed since it was archived stays: it
 * is archived again later.
 */
export const archiveOrders = (draft: Draft, { orders }: Body<'ArchiveOrders'>): void => {
  const { state, at } = draft;
  const orderIDs = orders
    .filter(
      ({ order, names }) =>
        state.orders.get(order.orderID) === order &&
        state.namesByOrderID.get(order.orderID) === names &&
        mayLeaveMemory(state, order.orderID),
    )
    .map(({ order }) => order.orderID);
  for (let from = 0; from < orderIDs.length; from += ORDERS_PER_FACT_MAX) {
    const some = orderIDs.slice(from, from + ORDERS_PER_FACT_MAX);
    draft.add({ type: 'OrdersArchived', at, orderIDs: some });
  }
};

export const recallOrder = (draft: Draft, { archived }: Body<'RecallOrder'>): void => {
  if (draft.state.orders.has(archived.order.orderID)) return;
  draft.add({ type: 'OrderRecalled', at: draft.at, archived });
};
