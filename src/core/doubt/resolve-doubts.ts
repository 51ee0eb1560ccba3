import { type OrderID, type SessionName } from '../../domain/ids.ts';
import { epochMs, type EpochMs } from '../../lib/time.ts';
import { type Draft } from '../decide/draft.ts';
import {
  type DoubtCase,
  type DoubtRound,
  DOUBT_TIMER,
  type DoubtSettings,
} from '../facts/doubt-case.ts';
import { caseWithout } from '../evolve/evolve-doubts.ts';
import { isClosedStatus } from '../evolve/lifecycle.ts';
import { type InputBody } from '../input.ts';
import { listed } from '../listed.ts';
import { type EngineState, type Order, type Route } from '../state.ts';
import { carryOut, type CarryOutDeps } from './carry-out.ts';
import { beginRound, casesOf, endRound, type RoundDeps } from './rounds.ts';
import { type Judged, verdictOf } from './verdict.ts';

export type ResolveDeps = RoundDeps & CarryOutDeps;

type Body<T extends InputBody['type']> = Extract<InputBody, { type: T }>;

/** A timer of doubts fired: the next round, or an alert that is due. */
export const doubtTimerFired = (draft: Draft, name: string, deps: ResolveDeps): boolean => {
  const [kind, named, level] = partsOf(name);
  if (named === undefined) return false;
  const session = named as SessionName;
  switch (kind) {
    case DOUBT_TIMER.round:
      beginRound(draft, session, deps);
      return true;
    case DOUBT_TIMER.late:
      endLateWatch(draft, session, deps);
      return true;
    default:
      alertDoubts(draft, session, level === 'page' ? 'page' : 'alert', deps);
      return true;
  }
};

const partsOf = (name: string): readonly (string | undefined)[] => {
  for (const kind of Object.values(DOUBT_TIMER)) {
    if (!name.startsWith(kind)) continue;
    const [session, level] = name.slice(kind.length).split('/');
    return [kind, session, level];
  }
  return [];
};

/** Without anybody to ask, late reports are all that can be waited for. */
const endLateWatch = (draft: Draft, session: SessionName, deps: ResolveDeps): void => {
  if (draft.state.lateWatches.get(session) === undefined) return;
  if (deps.settings.canAsk(session)) beginRound(draft, session, deps);
  else draft.add({ type: 'LateWatchEnded', at: draft.at, session });
};

/** Views that came so far, or the whole round, are judged: every doubt that they end, ends. */
export const roundAnswered = (
  draft: Draft,
  body: Body<'RoundAnswered'>,
  deps: ResolveDeps,
): void => {
  const { session } = body;
  const { state } = draft;
  const round = state.doubtRounds.get(session);
  if (round?.round !== body.round || !round.isRunning) return;
  const untraced = new Set(body.isOver ? endRound(draft, body) : []);
  if (body.isOver) sweepLate(draft, round);
  const settled = judgeAll(draft, round, untraced, deps);
  if (!body.isOver) return;
  const isLeft = casesOf(state, session).some(({ orderID }) => !settled.has(orderID));
  if (isLeft) dueAgain(draft, session, round.attempts, deps.settings);
};

/**
 * The private feeds show an order of ours as closed, or as open, and the books lack the report that
 * says so: it is asked about.
 */
export const doubtByView = (draft: Draft, { code, orderID }: Body<'VenueViewAlerted'>): void => {
  const order = orderID === undefined ? undefined : draft.order(orderID);
  if (order === undefined || draft.state.doubts.has(order.orderID)) return;
  const isWrong = isClosedStatus(order.base)
    ? code === 'VENUE_ORDER_OPEN'
    : code === 'VENUE_ORDER_CLOSED';
  if (!isWrong) return;
  const { session } = order;
  // One that was ended here without an answer is new to the books.
  const doubt = order.attempt?.answered === false ? 'D2' : 'D3';
  const orders = [{ orderID: order.orderID, doubt }] as const;
  draft.add({ type: 'OrdersDoubted', at: draft.at, session, orders });
};

/** The waits grow with the rounds since the newest doubt. */
const dueAgain = (
  draft: Draft,
  session: SessionName,
  attempts: number,
  { backOffMs }: DoubtSettings,
): void => {
  const afterMs = backOffMs[Math.min(attempts, backOffMs.length - 1)] ?? 0;
  draft.add({ type: 'DoubtsDue', at: draft.at, session, afterMs });
};

/** Fills were looked at once more, long enough after the link was lost. */
const sweepLate = (draft: Draft, { session, at, answers }: DoubtRound): void => {
  const watch = draft.state.lateWatches.get(session);
  const isWhole = answers.some(
    ({ view, complete }) => (view === 'fills' || view === 'history-executions') && complete,
  );
  if (watch === undefined || at < watch.until) return;
  if (isWhole) draft.add({ type: 'LateWatchEnded', at: draft.at, session });
  else draft.add({ type: 'DoubtsDue', at: draft.at, session, afterMs: 30_000 });
};

const judgeAll = (
  draft: Draft,
  round: DoubtRound,
  untraced: ReadonlySet<OrderID>,
  deps: ResolveDeps,
): ReadonlySet<OrderID> => {
  const { state } = draft;
  const settled = new Set<OrderID>();
  // FIX has the first word while its replay is under way.
  if (state.routes.get(round.session)?.phase === 'Recovering') return settled;
  const notCanceled: OrderID[] = [];
  for (const known of casesOf(state, round.session)) {
    const order = draft.order(known.orderID);
    if (order === undefined) continue;
    const doubt = untraced.has(known.orderID) ? caseWithout(known, round) : known;
    const judged = judgedOf(state, { order, doubt, at: draft.at }, deps.settings);
    const judgement = verdictOf(judged);
    if (judgement.verdict === 'STILL IN DOUBT') continue;
    if (doubt.doubt === 'D6' && judgement.verdict === 'LIVE') notCanceled.push(order.orderID);
    carryOut(draft, order, { ...judgement, doubt, channel: 'rest' }, deps);
    settled.add(order.orderID);
  }
  if (notCanceled.length > 0) {
    const detail = `${round.session} asked the venue to cancel its orders when the link breaks, and ${notCanceled.length} are open: ${listed(notCanceled)}`;
    draft.alert('critical', 'COD_NOT_HONOURED', detail);
  }
  return settled;
};

/** What is known about one doubt, put together for the verdict; `fathom doubts` shows the same. */
export const judgedOf = (
  state: EngineState,
  { order, doubt, at }: { readonly order: Order; readonly doubt: DoubtCase; readonly at: EpochMs },
  settings: DoubtSettings,
): Judged => {
  const round = state.doubtRounds.get(doubt.session);
  const route = state.routes.get(doubt.session);
  const lostAt = route?.phase === 'Down' ? route.since : 0;
  const deadSince = deadSinceOf(order, route, { at, codMaxMs: settings.codMaxMs(doubt.session) });
  return {
    order,
    doubt: { ...doubt, barrier: epochMs(Math.max(doubt.barrier, lostAt)) },
    round: round?.round ?? 0,
    roundAt: round?.at ?? epochMs(0),
    answers: round?.answers ?? [],
    at,
    positions: positionsOf(round, order),
    ...(deadSince === undefined ? {} : { deadSince }),
    settings,
  };
};

const positionsOf = (round: DoubtRound | undefined, { terms }: Order): Judged['positions'] => {
  const isKnown = round?.answers.some(({ view, complete }) => view === 'openpositions' && complete);
  if (isKnown !== true) return 'unknown';
  return round?.differences.some(({ symbol }) => symbol === terms.symbol) === true
    ? 'differ'
    : 'agree';
};

/**
 * Since when nothing that was sent on the order's connection can act any more: a later connection
 * was accepted, or the venue has had the longest time to notice the end of this one.
 */
const deadSinceOf = (
  { attempt, pending }: Order,
  route: Route | undefined,
  { at, codMaxMs }: { readonly at: EpochMs; readonly codMaxMs: number },
): EpochMs | undefined => {
  if (route === undefined) return undefined;
  if (route.phase === 'Down') {
    const dead = epochMs(route.since + codMaxMs);
    return at >= dead ? dead : undefined;
  }
  const sent = [attempt, ...pending].flatMap((one) =>
    one?.answered === false && one.sentAs !== undefined ? [one.sentAs.epoch] : [],
  );
  return sent.every((epoch) => epoch < route.epoch) ? route.since : undefined;
};

/** Tells an operator of doubts that last: an alert first, a page later. */
const alertDoubts = (
  draft: Draft,
  session: SessionName,
  level: 'alert' | 'page',
  { settings }: ResolveDeps,
): void => {
  const ageMs = level === 'page' ? settings.pageAfterMs : settings.alertAfterMs;
  const due = casesOf(draft.state, session).filter(
    ({ since, alerted }) =>
      draft.at - since >= ageMs &&
      alerted !== 'page' &&
      (level === 'page' || alerted === undefined),
  );
  if (due.length === 0) return;
  const orderIDs = due.map(({ orderID }) => orderID);
  const what = `${due.length} orders on ${session} are in doubt for ${ageMs / 1_000} s: ${listed(orderIDs)}; see fathom doubts`;
  if (level === 'page') draft.alert('critical', 'IN_DOUBT_PAGE', what);
  else draft.alert('error', 'IN_DOUBT', what);
  draft.add({ type: 'DoubtsAlerted', at: draft.at, session, level, orderIDs });
};
