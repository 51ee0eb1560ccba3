import { type VenueOrderID } from '../../domain/ids.ts';
import { defined, ownValue } from '../../lib/defined.ts';
import { decimal, ZERO } from '../../lib/decimal.ts';
import { epochMs } from '../../lib/time.ts';
import { type HistoryElement, type HistoryOrderEvent } from '../rest/history/history-readers.ts';
import { type CloseCause, HISTORY_EVENTS, ORDER_STATUSES } from '../json/vocabulary.ts';
import { isFilled } from '../websocket/views/order-state.ts';
import { type Answer, done } from './question.ts';
import { failed, type ReadDeps } from './read-deps.ts';

const PAGES_MAX = 20;
const TIME_SLACK_MS = 1_000;

/**
 * Asks orders/status, which knows open orders and those that ended within 5 s. Then asks history,
 * which lags but is complete [rest 2.1, 7].
 */
export const answerOrder = async (venueOrderID: VenueOrderID, deps: ReadDeps): Promise<Answer> => {
  const { state, orders, clock } = deps;
  const read = await orders.orderStates({ venueOrderIDs: [venueOrderID] });
  if (!read.ok) return failed('orders/status', read.error);
  const found = read.value.value.find(({ order }) => order.venueOrderID === venueOrderID);
  if (found === undefined) return fromHistory(venueOrderID, deps);
  const meaning = ownValue(ORDER_STATUSES, found.status);
  // A word that nobody knows says neither "open" nor "ended".
  if (meaning === undefined) return fromHistory(venueOrderID, deps);
  if (meaning === 'Open') return answerListed(venueOrderID, deps);
  state.orders.resolve(venueOrderID, meaning, clock.monotonic());
  return done([{ type: 'CheckFills', reason: 'NoFillYet', venueOrderID }]);
};

/** The venue lists the order as open. The list of open orders brings its body. */
const answerListed = (venueOrderID: VenueOrderID, deps: ReadDeps): Answer => {
  const { state, clock, settleMs } = deps;
  const order = state.orders.get(venueOrderID);
  if (order?.isOpen === true) return done();
  const findings = [{ type: 'CheckOpenOrders', reason: 'SnapshotIncomplete' }] as const;
  if (order === undefined || state.orders.reopen(venueOrderID, settleMs, clock.monotonic()))
    return done(findings);
  // REST may lag behind the frame that closed it.
  return { outcome: 'Again', findings, text: `REST lists ${venueOrderID}, which has ended` };
};

const fromHistory = async (venueOrderID: VenueOrderID, deps: ReadDeps): Promise<Answer> => {
  const { state, clock } = deps;
  const order = state.orders.get(venueOrderID);
  const since = epochMs((order?.body?.placedAt ?? deps.fillsSince()) - TIME_SLACK_MS);
  for (const kind of ['orders', 'triggers'] as const) {
    const walked = await lastEvent(venueOrderID, kind, { deps, since });
    if (walked !== undefined && 'outcome' in walked) return walked;
    const cause = walked === undefined ? undefined : causeOf(walked);
    if (cause === undefined) continue;
    state.orders.resolve(venueOrderID, cause, clock.monotonic());
    return done([{ type: 'CheckFills', reason: 'NoFillYet', venueOrderID }]);
  }
  if (order !== undefined && isFilled(order)) {
    state.orders.resolve(venueOrderID, 'Filled', clock.monotonic());
    return done();
  }
  // History lags behind trading: nothing is proven yet, but the fills may be there already.
  return {
    outcome: 'Again',
    findings: [{ type: 'CheckFills', reason: 'NoFillYet', venueOrderID }],
    text: `the end of order ${venueOrderID} is not in history yet`,
  };
};

type OrderElement = HistoryElement<HistoryOrderEvent>;

/**
 * An order that executed at once is placed with nothing left, and no other event follows
 * [rest 2.12 history-orders].
 */
const causeOf = ({ name, event }: OrderElement): CloseCause | undefined => {
  const after = event.newOrder ?? event.order;
  const isDone = name === 'OrderPlaced' || name === 'OrderUpdated';
  if (isDone && after !== undefined && isNothing(after.leavesQty)) return 'Filled';
  const meaning = ownValue(HISTORY_EVENTS, name);
  return meaning === 'Open' || meaning === 'NoChange' ? undefined : meaning;
};

const isNothing = (qty: string): boolean => decimal(qty).eq(ZERO);

/** The newest event that says what the order is; newest first, so the first one found is it. */
const lastEvent = async (
  venueOrderID: VenueOrderID,
  kind: 'orders' | 'triggers',
  { deps, since }: { readonly deps: ReadDeps; readonly since: ReturnType<typeof epochMs> },
): Promise<OrderElement | Answer | undefined> => {
  let token: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const next = defined({ continuationToken: token });
    const query = { since, sort: 'desc', ...next } as const;
    const read = await deps.history[kind](query, deps.call);
    if (!read.ok) return failed(`history ${kind}`, read.error);
    const { elements, continuationToken } = read.value.value;
    const event = elements.find((element) => isAbout(element, venueOrderID));
    if (event !== undefined) return event;
    if (continuationToken === undefined) return undefined;
    token = continuationToken;
  }
  return undefined;
};

const isAbout = ({ name, event }: OrderElement, venueOrderID: VenueOrderID): boolean =>
  ownValue(HISTORY_EVENTS, name) !== 'NoChange' &&
  [event.order, event.newOrder, event.oldOrder, event.newTrigger].some(
    (order) => order?.venueOrderID === venueOrderID,
  );
