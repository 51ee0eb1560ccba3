import { decimalTextOf } from '../../domain/decimal-text.ts';
import { type EvidenceView, type SeenOrder } from '../../domain/evidence.ts';
import { type DecimalText, type VenueOrderID } from '../../domain/ids.ts';
import { type VenueFill } from '../../domain/venue-report.ts';
import { decimal } from '../../lib/decimal.ts';
import { defined, ownValue } from '../../lib/defined.ts';
import { type EpochMs } from '../../lib/time.ts';
import { ORDER_STATUSES } from '../json/vocabulary.ts';
import { type ListedOrder } from '../rest/orders/order-readers.ts';
import { type Reading } from '../rest/reading.ts';
import { type Fill } from '../websocket/events/private-events.ts';
import { type OrderState } from '../websocket/views/order-state.ts';
import { readHistoryOrders } from './resolution-history.ts';
import {
  DOUBT_CALL,
  failedReading,
  hashOf,
  isWanted,
  statusOf,
  UNREAD,
  type ViewQuestion,
  type ViewReaders,
  type ViewReading,
} from './resolution-reading.ts';
import { executionToFill, toFill, toPosition } from './rest-to-view.ts';

/** Reads one view of a round. Source: [routing 4; rest 2.1, 2.4, 2.12, 3.6]. */
export const readView = (
  view: EvidenceView,
  question: ViewQuestion,
  readers: ViewReaders,
): Promise<ViewReading> => {
  switch (view) {
    case 'cancelorder':
      return cancelAgain(question, readers);
    case 'websocket':
      return Promise.resolve(fromFeeds(question, readers));
    case 'orders-status':
      return readStatuses(question, readers);
    case 'openorders':
      return readOpenOrders(question, readers);
    case 'fills':
      return readFills(question, readers);
    case 'history-executions':
      return readExecutions(question, readers);
    case 'history-orders':
      return readHistoryOrders('orders', question, readers);
    case 'history-triggers':
      return readHistoryOrders('triggers', question, readers);
    case 'openpositions':
      return readPositions(readers);
  }
};

const CANCELS_MAX = 100;

const cancelAgain = async (
  { cancels }: ViewQuestion,
  { orders }: ViewReaders,
): Promise<ViewReading> => {
  const unknown: string[] = [];
  for (const id of cancels.slice(0, CANCELS_MAX)) {
    const { outcome } = await orders.cancelOrder({ venueOrderID: id as VenueOrderID });
    // "Not found" says that it is not open now: fills and history tell how it ended.
    if (outcome.type !== 'Confirmed' && outcome.type !== 'Refused') unknown.push(id);
  }
  const left = cancels.length - Math.min(cancels.length, CANCELS_MAX);
  const why = [
    ...(unknown.length > 0 ? [`${unknown.length} cancels are not answered`] : []),
    ...(left > 0 ? [`${left} more wait for the next round`] : []),
  ].join('; ');
  const complete = why === '';
  return { channel: 'rest', complete, orders: [], fills: [], ...(!complete && { why }) };
};

const fromFeeds = (question: ViewQuestion, { feeds }: ViewReaders): ViewReading => {
  const none = { channel: 'websocket', orders: [], fills: [] } as const;
  const state = feeds();
  if (state === undefined) return { ...none, complete: false, why: 'the feeds are not current' };
  const { venueOrderIDs, clOrdIDs } = question;
  const byClOrdID = new Set<string>(clOrdIDs);
  const found = [
    ...venueOrderIDs.flatMap((id) => state.orders.get(id) ?? []),
    ...state.orders.all().filter(({ clOrdID }) => clOrdID !== undefined && byClOrdID.has(clOrdID)),
  ];
  return { ...none, complete: true, orders: found.flatMap(fromFeedOrder), hash: hashOf(found) };
};

/** Only what the feed says in so many words: an order that vanished from it proves nothing. */
const fromFeedOrder = (order: OrderState): readonly SeenOrder[] => {
  const { venueOrderID, clOrdID, body, isOpen, isGuess, cause, cumQty, venueTime: at } = order;
  if (isGuess) return [];
  const status = isOpen ? 'open' : statusOf(cause);
  const { symbol, side, leavesQty, limitPx: price, stopPx } = body ?? {};
  const terms = defined({ clOrdID, symbol, side, leavesQty, price, stopPx });
  return [{ venueOrderID, status, cumQty, at, ...terms }];
};

/** Ids in one call. */
const STATUS_IDS_MAX = 50;

const readStatuses = async (
  { venueOrderIDs, clOrdIDs }: ViewQuestion,
  { orders }: ViewReaders,
): Promise<ViewReading> => {
  const rows: SeenOrder[] = [];
  let complete = true;
  let asOf: EpochMs | undefined;
  const questions = [
    ...chunks(venueOrderIDs).map((ids) => ({ venueOrderIDs: ids })),
    ...chunks(clOrdIDs).map((ids) => ({ clOrdIDs: ids })),
  ];
  for (const ids of questions) {
    const read = await orders.orderStates(ids);
    if (!read.ok) return { ...failedReading('orders/status', read.error), orders: rows };
    complete &&= read.value.hasEveryElement;
    asOf ??= read.value.serverTime;
    for (const { order, status } of read.value.value) {
      const meaning = ownValue(ORDER_STATUSES, status);
      const { venueOrderID, clOrdID, symbol, side, cumQty, price, updatedAt: at } = order;
      rows.push({
        venueOrderID,
        status: meaning === 'Open' ? 'open' : statusOf(meaning),
        ...defined({ clOrdID, symbol, side, cumQty, price, at }),
      });
    }
  }
  return {
    ...{ channel: 'rest', complete, orders: rows, fills: [], hash: hashOf(rows) },
    ...defined({ asOf, why: complete ? undefined : UNREAD }),
  };
};

const chunks = <T>(ids: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(ids.length / STATUS_IDS_MAX) }, (_, at) =>
    ids.slice(at * STATUS_IDS_MAX, (at + 1) * STATUS_IDS_MAX),
  );

const readOpenOrders = async (
  question: ViewQuestion,
  { orders }: ViewReaders,
): Promise<ViewReading> => {
  const read = await orders.openOrders(DOUBT_CALL);
  if (!read.ok) return failedReading('openorders', read.error);
  return {
    ...headOf(read.value),
    orders: read.value.value.map(fromListed).filter((row) => isWanted(row, question)),
    fills: [],
  };
};

const headOf = (reading: Reading<unknown>) => ({
  channel: 'rest' as const,
  complete: reading.hasEveryElement,
  hash: hashOf(reading.value),
  ...defined({ asOf: reading.serverTime, why: reading.hasEveryElement ? undefined : UNREAD }),
});

const fromListed = ({ venueOrderID, clOrdID, order }: ListedOrder): SeenOrder => {
  const { symbol, side, cumQty, leavesQty, price, stopPx, updatedAt: at } = order ?? {};
  const terms = defined({ clOrdID, symbol, side, cumQty, leavesQty, price, stopPx, at });
  return { venueOrderID, status: 'open', ...terms };
};

/** REST gives 100 fills a page; of more, history has the rest. */
const FILL_PAGES_MAX = 10;
const FILL_PAGE_SIZE = 100;

const readFills = async (
  question: ViewQuestion,
  { account }: ViewReaders,
): Promise<ViewReading> => {
  const fills = new Map<string, Fill>();
  let before: string | undefined;
  let asOf: EpochMs | undefined;
  for (let page = 0; page < FILL_PAGES_MAX; page += 1) {
    const read = await account.fills(before, DOUBT_CALL);
    if (!read.ok)
      return { ...failedReading('fills', read.error), ...told([...fills.values()], question) };
    const some = read.value.value.map(toFill);
    for (const fill of some) fills.set(fill.fillID, fill);
    asOf ??= read.value.serverTime;
    if (!read.value.hasEveryElement) return fillsReading(fills, question, { asOf, why: UNREAD });
    const oldest = some.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
    if (some.length < FILL_PAGE_SIZE || oldest < question.since) {
      return fillsReading(fills, question, { asOf });
    }
    // Several fills may share a time: the next page starts with the oldest time again.
    const next = new Date(oldest + 1).toISOString();
    if (next === before)
      return fillsReading(fills, question, { asOf, why: 'one time fills a page' });
    before = next;
  }
  return fillsReading(fills, question, { asOf, why: `more than ${FILL_PAGES_MAX} pages` });
};

const fillsReading = (
  fills: ReadonlyMap<string, Fill>,
  question: ViewQuestion,
  { asOf, why }: { readonly asOf: EpochMs | undefined; readonly why?: string },
): ViewReading => ({
  ...{ channel: 'rest', complete: why === undefined, hash: hashOf([...fills.values()]) },
  ...told([...fills.values()], question),
  ...defined({ asOf, why }),
});

/** Fills with the sum of their order, as far as this view has it; and the orders that traded. */
const told = (
  fills: readonly Fill[],
  question: ViewQuestion,
): Pick<ViewReading, 'orders' | 'fills'> => {
  const sums = new Map<VenueOrderID, DecimalText>();
  for (const { venueOrderID, lastQty } of fills) {
    const sum = decimal(sums.get(venueOrderID) ?? '0').plus(decimal(lastQty));
    sums.set(venueOrderID, decimalTextOf(sum));
  }
  const rows = new Map<VenueOrderID, SeenOrder>();
  for (const { venueOrderID, clOrdID, symbol, side, at } of fills) {
    const sum = sums.get(venueOrderID);
    const ids = defined({ clOrdID, cumQty: sum });
    const row: SeenOrder = { venueOrderID, status: 'known', symbol, side, at, ...ids };
    if (at >= question.since && isWanted(row, question)) rows.set(venueOrderID, row);
  }
  return { orders: [...rows.values()], fills: fills.map((fill) => toVenueFill(fill, sums)) };
};

const toVenueFill = (fill: Fill, sums: ReadonlyMap<VenueOrderID, DecimalText>): VenueFill => {
  const { fillID, venueOrderID, clOrdID, symbol, side, lastQty, lastPx, at } = fill;
  const { fee, feeCurrency, liquidity } = fill;
  return {
    ...{ type: 'Fill', fillID, venueOrderID, symbol, side, lastQty, lastPx, at },
    ...defined({ clOrdID, fee, feeCurrency, venueCumQty: sums.get(venueOrderID) }),
    ...(liquidity === 'Forced' ? {} : { liquidity }),
  };
};

const HISTORY_PAGES_MAX = 20;

const readExecutions = async (
  question: ViewQuestion,
  { history }: ViewReaders,
): Promise<ViewReading> => {
  const fills: Fill[] = [];
  let why: string | undefined;
  let token: string | undefined;
  for (let page = 0; page < HISTORY_PAGES_MAX; page += 1) {
    const next = defined({ continuationToken: token });
    const query = { since: question.since, sort: 'asc', ...next } as const;
    const read = await history.executions(query, DOUBT_CALL);
    if (!read.ok) {
      return { ...failedReading('history executions', read.error), ...told(fills, question) };
    }
    const { elements, continuationToken } = read.value.value;
    const some = elements.map(executionToFill).filter((fill) => fill !== undefined);
    fills.push(...some);
    if (!read.value.hasEveryElement || some.length < elements.length) why = UNREAD;
    token = continuationToken;
    if (token === undefined) break;
  }
  if (token !== undefined) why = `more than ${HISTORY_PAGES_MAX} pages`;
  return {
    ...{ channel: 'history', complete: why === undefined, hash: hashOf(fills) },
    ...told(fills, question),
    ...defined({ why }),
  };
};

const readPositions = async ({ account }: ViewReaders): Promise<ViewReading> => {
  const read = await account.positions();
  if (!read.ok) return failedReading('openpositions', read.error);
  const positions = read.value.value.map(toPosition).map(({ symbol, qty }) => ({ symbol, qty }));
  return { ...headOf(read.value), orders: [], fills: [], positions };
};
