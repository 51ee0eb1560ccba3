import { type OrderID, type VenueExecID } from '../../domain/ids.ts';
import {
  seqNumKey,
  type ArchivedOrder,
  type Books,
  type EngineState,
  type OrderNames,
} from '../state.ts';

const NO_NAMES: OrderNames = {
  clientOrderIDs: [],
  clOrdIDs: [],
  venueOrderIDs: [],
  venueExecIDs: [],
};

/**
 * Remembers that an id leads to an order. The lists are never changed in place, so that a snapshot
 * may share them.
 */
export const nameOrder = <K extends keyof OrderNames>(
  books: Books,
  orderID: OrderID,
  kind: K,
  id: OrderNames[K][number],
): void => {
  if (!books.orders.has(orderID)) return;
  const names = books.namesByOrderID.get(orderID) ?? NO_NAMES;
  books.namesByOrderID.set(orderID, { ...names, [kind]: [...names[kind], id] });
};

/** Behind all that were closed before. */
export const noteClosed = (books: Books, orderID: OrderID): void => {
  books.closedOrderIDs.delete(orderID);
  books.closedOrderIDs.add(orderID);
};

/** Closed, with nothing open about it. */
export const mayLeaveMemory = (state: EngineState, orderID: OrderID): boolean =>
  state.closedOrderIDs.has(orderID) && !state.doubts.has(orderID);

/** What the archive keeps of an order; `undefined` when the books have none of this id. */
export const archivedOrderOf = (
  state: EngineState,
  orderID: OrderID,
): ArchivedOrder | undefined => {
  const order = state.orders.get(orderID);
  if (order === undefined) return undefined;
  const names = state.namesByOrderID.get(orderID) ?? NO_NAMES;
  return {
    order,
    names,
    requests: entriesOf(state.requests, names.clOrdIDs),
    executions: entriesOf(state.executions, names.venueExecIDs).map(
      ([id, execution]) => [id, { ...execution, isFolded: true }] as const,
    ),
    rootExecIDs: entriesOf(state.rootExecIDs, names.venueExecIDs),
  };
};

const entriesOf = <K, V>(
  map: ReadonlyMap<K, V>,
  keys: readonly K[],
): readonly (readonly [K, V])[] =>
  keys.flatMap((key) => {
    const value = map.get(key);
    return value === undefined ? [] : [[key, value] as const];
  });

/** Takes an order and all of its ids out of memory. */
export const forgetOrder = (books: Books, orderID: OrderID): void => {
  const order = books.orders.get(orderID);
  if (order === undefined) return;
  const names = books.namesByOrderID.get(orderID) ?? NO_NAMES;
  const idsOfClient = books.orderIDByClientOrderID.get(order.client);
  for (const id of names.clientOrderIDs) {
    if (idsOfClient?.get(id) === orderID) idsOfClient.delete(id);
  }
  for (const id of names.clOrdIDs) books.requests.delete(id);
  for (const id of names.venueOrderIDs) books.orderIDByVenueOrderID.delete(id);
  for (const id of names.venueExecIDs) forgetExecID(books, id);
  for (const { sentAs } of [order.attempt, ...order.pending].filter((each) => each !== undefined)) {
    if (sentAs !== undefined) books.clOrdIDBySeqNum.delete(seqNumKey(sentAs));
  }
  books.doubts.delete(orderID);
  books.doubtCases.delete(orderID);
  books.openOrderIDs.delete(orderID);
  books.closedOrderIDs.delete(orderID);
  books.namesByOrderID.delete(orderID);
  books.orders.delete(orderID);
  books.ordersArchived += 1;
};

const forgetExecID = (books: Books, id: VenueExecID): void => {
  const fillID = books.executions.get(id)?.fillID;
  if (fillID !== undefined) books.execIDByFill.delete(fillID);
  books.seenExecIDs.delete(id);
  books.executions.delete(id);
  books.rootExecIDs.delete(id);
};

/** Brings an order back as it was when it left. */
export const recallOrder = (books: Books, archived: ArchivedOrder): void => {
  const { order, names, requests, executions, rootExecIDs } = archived;
  const { orderID, client } = order;
  books.orders.set(orderID, order);
  books.namesByOrderID.set(orderID, names);
  const idsOfClient =
    books.orderIDByClientOrderID.get(client) ??
    new Map<(typeof names.clientOrderIDs)[number], OrderID>();
  for (const id of names.clientOrderIDs) idsOfClient.set(id, orderID);
  books.orderIDByClientOrderID.set(client, idsOfClient);
  for (const [id, request] of requests) books.requests.set(id, request);
  for (const id of names.venueOrderIDs) books.orderIDByVenueOrderID.set(id, orderID);
  for (const id of names.venueExecIDs) books.seenExecIDs.add(id);
  for (const [id, execution] of executions) {
    books.executions.set(id, execution);
    if (execution.fillID !== undefined) books.execIDByFill.set(execution.fillID, id);
  }
  for (const [id, root] of rootExecIDs) books.rootExecIDs.set(id, root);
  noteClosed(books, orderID);
};
