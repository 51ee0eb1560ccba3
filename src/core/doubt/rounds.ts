import { decimalOf } from '../../domain/decimal-text.ts';
import {
  ABSENCE_VIEWS,
  EVIDENCE_VIEWS,
  type EvidenceView,
  type SeenOrder,
} from '../../domain/evidence.ts';
import { type ClOrdID, type OrderID, type SessionName } from '../../domain/ids.ts';
import { type VenueFill } from '../../domain/venue-report.ts';
import { maxDecimal } from '../../lib/decimal.ts';
import { defined } from '../../lib/defined.ts';
import { epochMs, type EpochMs } from '../../lib/time.ts';
import { applyFills } from '../decide/reports/apply-fill.ts';
import { type Draft } from '../decide/draft.ts';
import { type DoubtCase, type DoubtSettings } from '../facts/doubt-case.ts';
import { isClosedStatus } from '../evolve/lifecycle.ts';
import { routeOfOrder } from '../evolve/order-route.ts';
import { earlierVenueOrder, isAttemptOpen } from '../evolve/venue-orders.ts';
import {
  ORDERS_PER_FACT_MAX,
  type NotedDifference,
  type NotedOrder,
  type RoundBegun,
} from '../fact.ts';
import { type InputBody, type SeenEvidence } from '../input.ts';
import { type PositionKeeper } from '../positions/position-keeper.ts';
import { EXTERNAL, type EngineState, type Order, type Route } from '../state.ts';

export interface RoundDeps {
  readonly settings: DoubtSettings;
  readonly positions: PositionKeeper;
}

/** Difference of clocks and delays: views are read from so long before the first unknown moment. */
const SKEW_MS = 60_000;

export const casesOf = (
  { doubtCases }: Pick<EngineState, 'doubtCases'>,
  session: SessionName,
): readonly DoubtCase[] => [...doubtCases.values()].filter((one) => one.session === session);

/**
 * Begins a round of questions about everything in doubt on an account. Nothing while one is under
 * way, or when there is nothing to ask and nobody to be asked.
 */
export const beginRound = (
  draft: Draft,
  session: SessionName,
  { settings }: Pick<RoundDeps, 'settings'>,
): void => {
  const { state, at } = draft;
  const before = state.doubtRounds.get(session);
  if (before?.isRunning === true || !settings.canAsk(session)) return;
  const orders = casesOf(state, session).flatMap(({ orderID }) => draft.order(orderID) ?? []);
  const watch = state.lateWatches.get(session);
  const isSweepDue = watch !== undefined && at >= watch.until;
  if (orders.length === 0 && !isSweepDue) return;
  const since = sinceOf(orders, isSweepDue ? watch.closedSince : at);
  const round = { at, session, round: (before?.round ?? 0) + 1, since };
  const epoch = state.routes.get(session)?.epoch ?? 0;
  draft.add({ type: 'RoundBegun', ...round, epoch, ...questionsOf(state, orders) });
};

const questionsOf = (
  state: EngineState,
  orders: readonly Order[],
): Pick<RoundBegun, 'views' | 'cancels'> => {
  const cancels = orders.filter((order) => isCancelByRest(state, order));
  const wanted = orders.length === 0 ? SWEEP : EVIDENCE_VIEWS;
  return {
    views: wanted.filter((view) => view !== 'cancelorder' || cancels.length > 0),
    cancels: cancels.map(({ orderID }) => orderID),
  };
};

/** Of late fills alone. */
const SWEEP: readonly EvidenceView[] = ['fills', 'history-executions'];

/** A cancel that was asked, and that FIX does not carry to the venue now. */
const isCancelByRest = (state: EngineState, order: Order): boolean =>
  ((state.routes.get(order.session)?.phase ?? 'Down') === 'Down' ||
    routeOfOrder(order) === 'REST') &&
  !isClosedStatus(order.base) &&
  order.venueOrderID !== undefined &&
  (order.pending.some(({ kind }) => kind === 'cancel') || state.doubts.get(order.orderID) === 'D7');

/** Before this, everything about the orders is known. */
const sinceOf = (orders: readonly Order[], latest: EpochMs): EpochMs => {
  const oldest = orders.reduce<number>(
    (least, order) => Math.min(least, isAttemptOpen(order) ? order.acceptedAt : order.updatedAt),
    latest,
  );
  return epochMs(oldest - SKEW_MS);
};

/** Notes what a view says of orders in doubt, and books the fills that it brings. */
export const noteEvidence = (draft: Draft, seen: SeenEvidence, deps: RoundDeps): void => {
  const { state, at } = draft;
  const round = state.doubtRounds.get(seen.session);
  if (round?.round !== seen.round || !round.isRunning) return;
  const { session, view, channel, complete, asOf, why, hash } = seen;
  bookFills(draft, seen);
  const orders = notedOrders(draft, seen);
  const compared = comparePositions(state, seen, deps);
  const head = {
    ...({ type: 'EvidenceNoted', at, session, round: seen.round, view, channel } as const),
    epoch: state.routes.get(session)?.epoch ?? 0,
    complete: complete && compared.why === undefined,
    ...defined({ asOf, hash, why: why ?? compared.why, positions: compared.differences }),
  };
  for (let from = 0; from === 0 || from < orders.length; from += ORDERS_PER_FACT_MAX) {
    draft.add({ ...head, orders: orders.slice(from, from + ORDERS_PER_FACT_MAX) });
  }
};

/** Rows of orders in doubt. A row without our ids is kept where it could be one of them. */
const notedOrders = (draft: Draft, { session, orders }: SeenEvidence): readonly NotedOrder[] => {
  const unanswered = casesOf(draft.state, session).flatMap(({ orderID }) => {
    const order = draft.order(orderID);
    return order !== undefined && isAttemptOpen(order) ? [order] : [];
  });
  return orders.flatMap((row): readonly NotedOrder[] => {
    const order = orderOf(draft, row);
    if (order !== undefined) {
      if (!draft.state.doubtCases.has(order.orderID)) return [];
      // A replace has ended that venue order; what it says is not about the client's order now.
      if (earlierVenueOrder(order, row.venueOrderID) !== undefined) return [];
      return [{ ...row, orderID: order.orderID }];
    }
    if (row.clOrdID !== undefined) return [];
    return unanswered
      .filter((one) => couldBe(one, row))
      .map(({ orderID }) => ({ ...row, orderID, isGuess: true as const }));
  });
};

const orderOf = (
  draft: Draft,
  row: Pick<SeenOrder, 'venueOrderID' | 'clOrdID'>,
): Order | undefined => {
  const { state } = draft;
  const byVenueID = state.orderIDByVenueOrderID.get(row.venueOrderID);
  if (byVenueID !== undefined) {
    const order = draft.order(byVenueID);
    return order?.client === EXTERNAL ? undefined : order;
  }
  const request =
    row.clOrdID === undefined ? undefined : state.requests.get(row.clOrdID as ClOrdID);
  return request !== undefined && 'orderID' in request ? draft.order(request.orderID) : undefined;
};

const couldBe = ({ terms, acceptedAt }: Order, row: SeenOrder): boolean => {
  if (row.symbol !== terms.symbol || (row.side ?? terms.side) !== terms.side) return false;
  if (row.at !== undefined && row.at < acceptedAt - SKEW_MS) return false;
  const { cumQty, leavesQty } = row;
  if (cumQty === undefined || leavesQty === undefined) return true;
  return decimalOf(cumQty).plus(decimalOf(leavesQty)).eq(decimalOf(terms.orderQty));
};

/**
 * Fills of orders in doubt, and of orders that were closed shortly before the link was lost. FIX
 * has the first word while its replay is under way.
 */
const bookFills = (draft: Draft, seen: SeenEvidence): void => {
  const { state } = draft;
  const { session, channel, fills } = seen;
  const route = state.routes.get(session);
  const watch = state.lateWatches.get(session);
  const wanted = fills.filter((fill) => {
    const order = orderOf(draft, fill);
    if (order === undefined) return false;
    const isLate = watch !== undefined && order.updatedAt >= watch.closedSince;
    return state.doubtCases.has(order.orderID) || (isLate && isClosedStatus(order.base));
  });
  if (wanted.length === 0) return;
  const source = {
    ...{ channel, session, epoch: route?.epoch ?? 0, possDup: false, possResend: false },
  };
  const told = wanted.map((fill) => ({
    fill: withSum(draft, fill),
    isLasting: isMissed(route, fill, draft.at),
  }));
  applyFills(draft, told, source);
};

/** A report of it over the connection that is up may be under way for so long. */
const REPORT_MS = 2_000;

/** FIX will not tell it any more: it is of a time before this connection, or long ago. */
const isMissed = (route: Route | undefined, fill: VenueFill, at: EpochMs): boolean => {
  if (route?.phase === 'Recovering') return false;
  return route?.phase !== 'Active' || fill.at < route.since || at - fill.at > REPORT_MS;
};

/** What the round's other views count of the order, when that is more than the fills show. */
const withSum = (draft: Draft, fill: VenueFill): VenueFill => {
  const orderID = orderOf(draft, fill)?.orderID;
  const seen = orderID === undefined ? undefined : draft.state.doubtCases.get(orderID)?.seen;
  const sums = [fill.venueCumQty, ...(seen ?? []).map(({ cumQty }) => cumQty)];
  const [first, ...others] = sums.flatMap((sum) => (sum === undefined ? [] : [sum]));
  if (first === undefined) return fill;
  const venueCumQty = others.reduce(
    (most, sum) => (maxDecimal(decimalOf(most), decimalOf(sum)).eq(decimalOf(most)) ? most : sum),
    first,
  );
  return { ...fill, venueCumQty };
};

interface Compared {
  readonly differences?: readonly NotedDifference[];
  /** Why nothing can be said. */
  readonly why?: string;
}

/** The venue's positions in the instruments of doubts, held against the sum of our executions. */
const comparePositions = (
  state: EngineState,
  { session, positions, complete }: SeenEvidence,
  { positions: keeper }: RoundDeps,
): Compared => {
  if (positions === undefined || !complete) return {};
  if (!state.openings.has(session)) return { why: 'what the account held before is not noted yet' };
  const symbols = new Set(
    casesOf(state, session).flatMap(({ orderID }) => state.orders.get(orderID)?.terms.symbol ?? []),
  );
  const differences = [...symbols].flatMap((symbol): readonly NotedDifference[] => {
    const ours = keeper.qtyOf(state, session, symbol);
    const venue = positions.find((one) => one.symbol === symbol)?.qty ?? ZERO_QTY;
    return decimalOf(ours).eq(decimalOf(venue)) ? [] : [{ symbol, ours, venue }];
  });
  return { differences };
};

const ZERO_QTY = '0' as NotedDifference['ours'];

/** The round is over: orders without a trace in a complete round are named. */
export const endRound = (
  draft: Draft,
  { session, round: number }: Extract<InputBody, { type: 'RoundAnswered' }>,
): readonly OrderID[] => {
  const { state, at } = draft;
  const round = state.doubtRounds.get(session);
  if (round?.round !== number || !round.isRunning) return [];
  const isWhole = (view: EvidenceView): boolean =>
    round.answers.some((answer) => answer.view === view && answer.complete);
  const complete = ABSENCE_VIEWS.every(isWhole);
  const untraced = complete
    ? casesOf(state, session)
        .filter(
          ({ barrier, seen }) =>
            barrier <= round.at && seen.every((row) => row.round !== round.round),
        )
        .map(({ orderID }) => orderID)
    : [];
  draft.add({ type: 'RoundEnded', at, session, round: number, complete, untraced });
  return untraced;
};
