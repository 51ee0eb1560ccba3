import { type SeenOrder } from '../../domain/evidence.ts';
import { type VenueOrderID } from '../../domain/ids.ts';
import { decimal, ZERO } from '../../lib/decimal.ts';
import { defined, ownValue } from '../../lib/defined.ts';
import { HISTORY_EVENTS } from '../json/vocabulary.ts';
import { type HistoryElement, type HistoryOrderEvent } from '../rest/history/history-readers.ts';
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

const PAGES_MAX = 20;

type OrderElement = HistoryElement<HistoryOrderEvent>;

/**
 * Reads the events of orders, or of triggers, from `since` on, the newest first. Of each order the
 * newest event that says something of it counts. [rest 2.12, 7]
 */
export const readHistoryOrders = async (
  kind: 'orders' | 'triggers',
  question: ViewQuestion,
  { history }: ViewReaders,
): Promise<ViewReading> => {
  const rows = new Map<VenueOrderID, SeenOrder>();
  const reading = (more: { readonly why?: string }): ViewReading => ({
    ...{ channel: 'history', complete: more.why === undefined, fills: [] },
    ...{ orders: [...rows.values()], hash: hashOf([...rows.values()]) },
    ...more,
  });
  let token: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const next = defined({ continuationToken: token });
    const query = { since: question.since, sort: 'desc', ...next } as const;
    const read = await history[kind](query, DOUBT_CALL);
    if (!read.ok) {
      return { ...failedReading(`history ${kind}`, read.error), orders: [...rows.values()] };
    }
    const { elements, continuationToken } = read.value.value;
    for (const element of elements) {
      for (const row of rowsOf(element)) {
        if (isWanted(row, question) && !rows.has(row.venueOrderID)) rows.set(row.venueOrderID, row);
      }
    }
    if (!read.value.hasEveryElement) return reading({ why: UNREAD });
    token = continuationToken;
    if (token === undefined) return reading({});
  }
  return reading({ why: `more than ${PAGES_MAX} pages` });
};

/** What an event says of its order. That it was placed does not say that it is open now. */
const rowsOf = ({ name, event, at }: OrderElement): readonly SeenOrder[] => {
  const meaning = ownValue(HISTORY_EVENTS, name);
  if (meaning === 'NoChange') return [];
  const order = event.newOrder ?? event.order ?? event.newTrigger ?? event.oldOrder;
  if (order === undefined) return [];
  const { venueOrderID, clOrdID, symbol, side, leavesQty, cumQty, price } = order;
  // An order that executed at once is placed with nothing left, and no other event follows.
  const isDone = meaning === 'Open' && decimal(leavesQty).eq(ZERO);
  const isEnd = meaning !== undefined && meaning !== 'Open' && meaning !== 'Triggered';
  const status = isDone ? 'filled' : isEnd ? statusOf(meaning) : 'known';
  const text = event.reason;
  return [
    {
      ...{ venueOrderID, status, symbol, side, leavesQty },
      ...defined({ clOrdID, cumQty, price, at: at ?? order.updatedAt, text }),
    },
  ];
};
