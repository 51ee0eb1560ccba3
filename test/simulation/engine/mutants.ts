import { type Decider } from '../../../src/app/loop/engine-loop.ts';
import { type Effect } from '../../../src/core/effect.ts';
import { type Fact } from '../../../src/core/fact.ts';
import { type Input, type InputBody } from '../../../src/core/input.ts';
import { type EngineState, type Order, type Route } from '../../../src/core/state.ts';
import {
  type ClOrdID,
  type ExecID,
  type OrderID,
  type SessionName,
  type VenueExecID,
} from '../../../src/domain/ids.ts';
import { ZERO_TEXT } from '../../../src/domain/decimal-text.ts';
import { type Changes } from './world/changes.ts';
import { type Scene } from './steps.ts';

/** A deliberate bug, one at a time, that the simulation has to catch. */
export interface Mutant {
  readonly name: string;
  /** The history that shows it, where random ones seldom come to it. */
  readonly scene?: Scene;
  readonly changes: Changes;
}

/** What is decided anew of an input and of what the product decided. */
type Redecide = (facts: readonly Fact[], input: Input, state: EngineState) => readonly Fact[];

const redecided = (redecide: Redecide): Changes => ({
  decider: (decider) => ({
    ...decider,
    decide: (state, input) => redecide(decider.decide(state, input), input, state),
  }),
});

const withEffects = (
  more: (effects: readonly Effect[], fact: Fact, state: EngineState) => readonly Effect[],
): Changes => ({
  decider: (decider) => ({
    ...decider,
    effectsOf: (state, fact) => more(decider.effectsOf(state, fact), fact, state),
  }),
});

/** Decides by a changed view of the books, or of the input. */
const deciding = (
  change: (state: EngineState, input: Input) => { state?: EngineState; body?: InputBody },
): Changes => ({
  decider: (decider: Decider) => ({
    ...decider,
    decide: (state, input) => {
      const changed = change(state, input);
      return decider.decide(changed.state ?? state, {
        at: input.at,
        body: changed.body ?? input.body,
      });
    },
  }),
});

const unanswered = ({ orders, openOrderIDs }: EngineState): readonly Order[] =>
  [...openOrderIDs].flatMap((orderID) => {
    const order = orders.get(orderID);
    return order?.attempt?.answered === false && order.attempt.sentAs !== undefined ? [order] : [];
  });

let made = 0;
const madeID = (): string => {
  made += 1;
  return `MUTANT-${made}`;
};

const rejected = (order: Order, at: Input['at'], code: string): Fact => ({
  ...{ type: 'OrderRejected', at, orderID: order.orderID, execID: madeID() as ExecID },
  ...{ ordStatus: 'Rejected', leavesQty: ZERO_TEXT, code, ordRejReason: 99, text: code },
});

const isRecovering = ({ routes }: EngineState): boolean =>
  [...routes.values()].some(({ phase }) => phase !== 'Active');

const reportOf = ({ body }: Input) =>
  body.type === 'VenueReported' && body.report.type === 'ExecutionReport' ? body : undefined;

const TIMES: readonly Mutant[] = [
  {
    name: 'a time-out counts as a reject',
    changes: redecided((facts, { at, body }, state) => {
      if (body.type !== 'TimerFired') return facts;
      const late = unanswered(state).find(
        ({ attempt }) => body.name === `ack:${attempt?.clOrdID ?? ''}`,
      );
      return late === undefined ? facts : [...facts, rejected(late, at, 'TIMEOUT')];
    }),
  },
  {
    name: 'a lost link rejects what has no answer',
    changes: redecided((facts, { at, body }, state) =>
      body.type === 'RouteDown'
        ? [...facts, ...unanswered(state).map((order) => rejected(order, at, 'LINK_LOST'))]
        : facts,
    ),
  },
];

const REPORTS: readonly Mutant[] = [
  {
    name: 'a repeated execution is not recognised by its ExecID',
    changes: deciding((_, input) => {
      const reported = reportOf(input);
      const isRepeated = reported?.source.possDup === true || reported?.source.possResend === true;
      if (reported === undefined || !isRepeated || reported.report.type !== 'ExecutionReport')
        return {};
      const execID = `${reported.report.execID}~${reported.source.msgSeqNum ?? 0}` as VenueExecID;
      return { body: { ...reported, report: { ...reported.report, execID } } };
    }),
  },
  {
    name: 'what comes with PossDupFlag(43)=Y is thrown away',
    changes: redecided((facts, input) => (reportOf(input)?.source.possDup === true ? [] : facts)),
  },
  {
    name: 'reports are not heard while the route recovers',
    changes: redecided((facts, input, state) =>
      reportOf(input) !== undefined && isRecovering(state) ? [] : facts,
    ),
  },
  {
    name: 'fills of orders in doubt are left out',
    changes: redecided((facts, _, state) =>
      facts.filter((fact) => fact.type !== 'OrderFilled' || !state.doubts.has(fact.orderID)),
    ),
  },
];

const RESENDS: readonly Mutant[] = [
  {
    name: 'what has no answer is sent again once the link is back',
    changes: withEffects((effects, fact, state) =>
      fact.type === 'RouteOpened'
        ? [...effects, ...unanswered(state).flatMap((order) => sendAgain(order))]
        : effects,
    ),
  },
  {
    name: 'an order in doubt is tried again under a new ClOrdID',
    changes: redecided((facts, { at, body }, state) =>
      body.type === 'RouteSynchronized'
        ? [
            ...facts,
            ...unanswered(state).flatMap(({ orderID, session }): readonly Fact[] =>
              facts.some((fact) => 'orderID' in fact && fact.orderID === orderID)
                ? []
                : [{ type: 'AttemptIntended', at, orderID, session, clOrdID: laterID(state) }],
            ),
          ]
        : facts,
    ),
  },
  {
    name: 'a cancel is repeated under the same ClOrdID',
    changes: redecided((facts) =>
      facts.map((fact) =>
        fact.type === 'CancelIntended' && fact.repeats !== undefined
          ? { ...fact, clOrdID: fact.repeats }
          : fact,
      ),
    ),
  },
];

const sendAgain = ({ attempt, terms, session }: Order): readonly Effect[] =>
  attempt === undefined
    ? []
    : [{ type: 'SendNewOrder', clOrdID: attempt.clOrdID, terms, session, route: 'FIX' }];

/** Follows the last one by a millisecond. */
const laterID = ({ lastClOrdID = '' as ClOrdID }: EngineState): ClOrdID => {
  const units = Number.parseInt(lastClOrdID.slice(0, 8) + lastClOrdID.slice(9, 13), 16) + 100;
  const time = units.toString(16).padStart(12, '0');
  made += 1;
  return `${time.slice(0, 8)}-${time.slice(8)}-4aaa-8aaa-${made.toString(16).padStart(12, '0')}` as ClOrdID;
};

/**
 * The acknowledgement of the first order is lost, a second one on another instrument is answered,
 * then the venue asks for both again, although it has executed them.
 */
const ROLLED_BACK: Scene = {
  ...{ seed: 1, cancelOnDisconnect: false, amend: false, lateTrades: false, losesReports: true },
  syncMs: 0,
  steps: [
    { at: 400, kind: 'slow', line: 'toEngine', delayMs: 900, forMs: 150 },
    {
      ...{ at: 450, kind: 'place', id: 'C1', symbol: 'PF_XBTUSD', side: 'Buy', lots: 3 },
      ...{ ticks: -10, type: 'Limit' },
    },
    {
      ...{ at: 520, kind: 'cut', losesToVenue: false, losesToEngine: true, tells: 'both' },
      downMs: 0,
    },
    {
      ...{ at: 3_000, kind: 'place', id: 'C2', symbol: 'PF_ETHUSD', side: 'Buy', lots: 3 },
      ...{ ticks: -10, type: 'Limit' },
    },
    { at: 3_500, kind: 'rollback', by: 7 },
  ],
};

const believeProofs = ({ routes }: EngineState): void => {
  for (const [session, route] of routes) {
    const resendProofs = route.resendProofs.map((proof) => ({ ...proof, isVoid: false }));
    (routes as Map<SessionName, Route>).set(session, { ...route, resendProofs });
  }
};

const PROOFS: readonly Mutant[] = [
  {
    name: 'absence is believed without a proof',
    changes: redecided((facts, { at, body }, state) => {
      if (body.type !== 'RouteUp') return facts;
      const { session, epoch } = body;
      const beginSeqNo = (state.routes.get(session)?.answeredSeqMax ?? 0) + 1;
      return [...facts, { type: 'ResendAsked', at, session, epoch, beginSeqNo }];
    }),
  },
  {
    name: 'a sequence proof counts although the venue’s counter went back',
    scene: ROLLED_BACK,
    changes: {
      decider: (decider) => ({
        ...decider,
        evolve: (state, fact) => {
          const after = decider.evolve(state, fact);
          if (fact.type === 'ResendAsked') believeProofs(after);
          return after;
        },
      }),
    },
  },
  {
    name: 'a doubt freezes nothing',
    changes: deciding((state, { body }) =>
      body.type === 'PlaceOrder' ? { state: { ...state, doubts: new Map() } } : {},
    ),
  },
  {
    name: 'the gate opens before the replay',
    changes: redecided((facts, { at, body }) =>
      body.type === 'RouteUp'
        ? [...facts, { type: 'RouteOpened', at, session: body.session, epoch: body.epoch }]
        : facts,
    ),
  },
  {
    name: 'a live order is believed cancelled when its link is lost',
    changes: redecided((facts, { at, body }, state) =>
      body.type === 'RouteDown' ? [...facts, ...openOrders(state).map((o) => gone(o, at))] : facts,
    ),
  },
];

const openOrders = ({ orders, openOrderIDs }: EngineState): readonly Order[] =>
  [...openOrderIDs].flatMap((orderID) => {
    const order = orders.get(orderID);
    return order?.attempt?.answered === true && order.pending.length === 0 ? [order] : [];
  });

const gone = ({ orderID }: Order, at: Input['at']): Fact => ({
  ...{ type: 'OrderCanceled', at, orderID, execID: madeID() as ExecID, unsolicited: true },
  ...{ ordStatus: 'Canceled', leavesQty: ZERO_TEXT },
});

const DISK: readonly Mutant[] = [
  {
    name: 'bytes leave before they are durable',
    changes: { store: (store) => ({ ...store, commit: () => Promise.resolve() }) },
  },
  {
    name: 'a failed fsync is ignored',
    changes: {
      disk: (disk) => ({
        ...opened(disk),
        open: (name) => {
          const file = disk.open(name);
          return { ...file, sync: () => file.sync().catch(() => undefined) };
        },
        create: (name) => {
          const file = disk.create(name);
          return { ...file, sync: () => file.sync().catch(() => undefined) };
        },
      }),
    },
  },
  {
    name: 'doubts are forgotten by a restart',
    changes: redecided((facts, { body }) =>
      body.type === 'EngineStarted' ? facts.filter(({ type }) => type !== 'OrdersDoubted') : facts,
    ),
  },
  {
    name: 'ids are given again after a restart',
    changes: {
      recovered: (found) => ({
        ...found,
        state: { ...found.state, ordersMade: 0, execIDsMade: 0 },
      }),
    },
  },
  {
    name: 'the books change beside the journal',
    changes: {
      decider: (decider) => ({
        ...decider,
        evolve: (state, fact) => {
          const after = decider.evolve(state, fact);
          if (fact.type === 'RouteOpened') (after.doubts as Map<OrderID, unknown>).clear();
          return after;
        },
      }),
    },
  },
];

const opened = (disk: Parameters<NonNullable<Changes['disk']>>[0]) => ({
  location: disk.location,
  lock: () => disk.lock(),
  list: () => disk.list(),
  remove: (name: string) => {
    disk.remove(name);
  },
  rename: (name: string, to: string) => {
    disk.rename(name, to);
  },
  compress: () => disk.compress(),
  syncDirectory: () => disk.syncDirectory(),
});

const CLIENTS: readonly Mutant[] = [
  {
    name: 'an execution is published twice',
    changes: {
      onDurable: (facts, publish) => {
        if (facts.length > 2) publish(facts);
      },
    },
  },
  {
    name: 'a refused cancel is not told to its client',
    changes: withEffects((effects) => effects.filter(({ type }) => type !== 'RejectCancel')),
  },
  {
    name: 'a fill is not told to its client',
    changes: withEffects((effects, fact) =>
      fact.type === 'OrderFilled'
        ? effects.filter(({ type }) => type !== 'ReportExecution')
        : effects,
    ),
  },
  {
    name: 'a mass cancel leaves one order out',
    changes: withEffects((effects, fact) =>
      fact.type === 'CancelIntended' && fact.clientOrderID === undefined ? [] : effects,
    ),
  },
  {
    name: 'an order without an answer counts as nothing in the worst case',
    changes: {
      core: (core) => ({
        ...core,
        usage: { openSums: () => new Map() } as unknown as typeof core.usage,
      }),
    },
  },
];

export const MUTANTS: readonly Mutant[] = [
  ...TIMES,
  ...REPORTS,
  ...RESENDS,
  ...PROOFS,
  ...DISK,
  ...CLIENTS,
];
