import { type ClOrdID, type VenueOrderID } from '../../domain/ids.ts';
import { DEFAULT_DOUBTS, DOUBT_TIMER, type DoubtsDep } from '../facts/doubt-case.ts';
import { type Effect } from '../effect.ts';
import {
  type DoubtsDue,
  type LateWatchBegun,
  type OrdersDoubted,
  type RoundBegun,
} from '../fact.ts';
import { type EngineState } from '../state.ts';

/** When doubts begin: the first round of questions, the alert, and the page. */
export const doubtTimers = (
  { session, at }: Pick<OrdersDoubted, 'session' | 'at'>,
  { doubts = DEFAULT_DOUBTS }: DoubtsDep,
): readonly Effect[] => {
  const { alertAfterMs, pageAfterMs } = doubts;
  const [first = 0] = doubts.backOffMs;
  return [
    ...(doubts.canAsk(session) ? [timer(`${DOUBT_TIMER.round}${session}`, first)] : []),
    // Each batch of doubts has its own, so that a later one does not put off an earlier one.
    timer(`${DOUBT_TIMER.alert}${session}/alert/${at}`, alertAfterMs),
    timer(`${DOUBT_TIMER.alert}${session}/page/${at}`, pageAfterMs),
  ];
};

const timer = (name: string, afterMs: number): Effect => ({ type: 'SetTimer', name, afterMs });

/** What a round asks, and when the next one begins. */
export const roundEffects = (
  state: EngineState,
  fact: DoubtsDue | RoundBegun | LateWatchBegun,
  deps: DoubtsDep,
): readonly Effect[] => {
  const { session } = fact;
  switch (fact.type) {
    case 'DoubtsDue': {
      const late = state.lateWatches.get(session);
      return [
        timer(`${DOUBT_TIMER.round}${session}`, fact.afterMs),
        ...(late === undefined ? [] : [lateTimer(late, fact.at)]),
        ...unalertedTimers(state, fact, deps),
      ];
    }
    case 'LateWatchBegun':
      return [lateTimer(fact, fact.at)];
    case 'RoundBegun':
      return [askVenue(state, fact)];
  }
};

const lateTimer = (
  { session, until }: Pick<LateWatchBegun, 'session' | 'until'>,
  at: number,
): Effect => timer(`${DOUBT_TIMER.late}${session}`, Math.max(0, until - at));

/** Batches of doubts whose alerts are set again; the timers of the last run ended with it. */
const BATCHES_MAX = 20;

const unalertedTimers = (
  state: EngineState,
  { session, at }: DoubtsDue,
  { doubts = DEFAULT_DOUBTS }: DoubtsDep,
): readonly Effect[] => {
  const cases = [...state.doubtCases.values()].filter((one) => one.session === session);
  const timersOf = (level: 'alert' | 'page', ageMs: number): readonly Effect[] => {
    const open = cases.filter(({ alerted }) =>
      level === 'page' ? alerted !== 'page' : alerted === undefined,
    );
    const begun = [...new Set(open.map(({ since }) => since))].slice(0, BATCHES_MAX);
    return begun.map((since) =>
      timer(`${DOUBT_TIMER.alert}${session}/${level}/${since}`, Math.max(0, since + ageMs - at)),
    );
  };
  return [...timersOf('alert', doubts.alertAfterMs), ...timersOf('page', doubts.pageAfterMs)];
};

const askVenue = (
  state: EngineState,
  { session, round, views, since, cancels }: RoundBegun,
): Effect => {
  const venueOrderIDs: VenueOrderID[] = [];
  const clOrdIDs: ClOrdID[] = [];
  for (const { orderID, session: of } of state.doubtCases.values()) {
    const order = of === session ? state.orders.get(orderID) : undefined;
    if (order === undefined) continue;
    if (order.venueOrderID !== undefined) venueOrderIDs.push(order.venueOrderID);
    else if (order.venueClOrdID !== undefined) clOrdIDs.push(order.venueClOrdID);
  }
  const asked = cancels.flatMap((orderID) => state.orders.get(orderID)?.venueOrderID ?? []);
  const ids = { venueOrderIDs, clOrdIDs, cancels: asked };
  return { type: 'AskVenue', session, round, views, since, ...ids };
};
