import { EventEmitter } from 'node:events';
import {
  type ClientCancelReject,
  type ClientExecutionReport,
  type Effect,
} from '../../core/effect.ts';
import { type EngineState } from '../../core/state.ts';
import { type SessionName } from '../../domain/ids.ts';
import { type ExecutionLog } from '../../execution-log/execution-log.ts';
import { type Logger } from '../../observability/logger.ts';
import { type Metrics } from '../../observability/metrics.ts';
import { sayHalted } from '../leave-venue.ts';
import { releaseByRest, type RestRoute } from '../rest-route/rest-routes.ts';
import { type EngineLoopDeps, type RecordedFact } from './engine-loop.ts';
import { executionRecordsOf, type RecordContext } from './execution-records.ts';
import { type OperatorLog } from './operator-log.ts';

/** Events of a running engine to its host process, each after it is durable. */
export interface EngineEvents {
  readonly execution: [report: ClientExecutionReport, seq: number];
  readonly cancelReject: [report: ClientCancelReject, seq: number];
  readonly alert: [alert: Extract<Effect, { type: 'Alert' }>, seq: number];
  /**
   * Whether new orders of an account pass from here on: its trading session came up, paused for the
   * rollover, went down.
   */
  readonly trading: [isOpen: boolean, account: string];
  /** The private WebSocket feeds: true once their snapshots came, false when they are lost. */
  readonly accountFeed: [isUp: boolean, account: string];
  /** The engine has stopped deciding and sending: a lock is lost, or no room for an input. */
  readonly halt: [cause: Error];
  /** The journal is lost: orders are refused, and cancels pass, until the process is stopped. */
  readonly notDurable: [cause: Error];
}

export class EngineEmitter extends EventEmitter<EngineEvents> {}

export interface Readers {
  readonly executionLog: ExecutionLog;
  /** The account of a trading session; `undefined` when the configuration has it no more. */
  readonly accountOf: (session: SessionName) => string | undefined;
  readonly records: RecordContext;
  readonly emitter: EngineEmitter;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Who is told of facts that are durable, of those that are not, and of the end. */
export const readersOfFacts = (
  readers: Readers,
  operatorLog: OperatorLog,
  parts: {
    readonly logger: Logger;
    readonly restRoutes: () => ReadonlyMap<SessionName, RestRoute>;
    readonly state: () => EngineState;
    readonly onDurable: (facts: readonly RecordedFact[]) => void;
  },
): Pick<EngineLoopDeps, 'onDurable' | 'onUnrecorded' | 'onHalt'> => ({
  onDurable: (facts) => {
    releaseByRest(facts, parts.restRoutes());
    publishFacts(facts, parts.state(), readers);
    operatorLog.onFacts(facts, parts.state());
    parts.onDurable(facts);
  },
  onUnrecorded: (facts) => {
    releaseByRest(cancelsIn(facts), parts.restRoutes());
    publishUnrecorded(facts, readers);
    operatorLog.onFacts(facts, parts.state());
  },
  onHalt: (cause) => {
    sayHalted(parts.logger, parts.state(), cause);
    readers.emitter.emit('halt', cause);
  },
});

/** Hands durable facts to the execution log, the library's events and the metrics. */
export const publishFacts = (
  facts: readonly RecordedFact[],
  state: EngineState,
  readers: Readers,
): void => {
  for (const recorded of facts) {
    readers.executionLog.append(executionRecordsOf(recorded, readers.records));
    readers.metrics.order(recorded.fact.type);
    const refused = refusalCodeOf(recorded.fact);
    if (refused !== undefined) readers.metrics.riskReject(refused);
    emit(recorded, readers);
    emitTrading(recorded, readers);
  }
  readers.metrics.ordersOpen(state.openOrderIDs.size);
};

/**
 * Of facts that no journal has, operators get the alerts, and the library learns of cancels that
 * were refused. Nobody is told of executions: their ids would come a second time.
 */
const publishUnrecorded = (facts: readonly RecordedFact[], readers: Readers): void => {
  for (const recorded of facts) {
    emitCancelRejects(recorded, readers);
    emitAlerts(recorded, readers);
  }
};

/** The same facts without what must not leave unrecorded: of requests, only cancels may. */
const cancelsIn = (facts: readonly RecordedFact[]): readonly RecordedFact[] =>
  facts.map((recorded) => ({
    ...recorded,
    effects: recorded.effects.filter(
      ({ type }) => type === 'SendCancel' || type === 'SendMassCancel',
    ),
  }));

/** The reason code of an order or a cancel that is refused before it is sent. */
const refusalCodeOf = (fact: RecordedFact['fact']): string | undefined => {
  switch (fact.type) {
    case 'OrderRefused':
    case 'UnreadableOrderRefused':
      return fact.code;
    case 'CancelRefused':
      return fact.code === 'MAX_CANCEL_RATE' ? fact.code : undefined;
    case 'DuplicateAnswered':
      // The library answers the same order with its state.
      return fact.samePayload && (fact.possResend || fact.client === 'library')
        ? undefined
        : 'DUPLICATE_CLORDID';
    default:
      return undefined;
  }
};

const emit = (recorded: RecordedFact, readers: Readers): void => {
  const { seq, effects } = recorded;
  for (const effect of effects) {
    if (effect.type === 'ReportExecution') readers.emitter.emit('execution', effect.report, seq);
  }
  emitCancelRejects(recorded, readers);
  emitAlerts(recorded, readers);
};

const emitCancelRejects = ({ seq, effects }: RecordedFact, { emitter }: Readers): void => {
  for (const effect of effects) {
    if (effect.type === 'RejectCancel') emitter.emit('cancelReject', effect.report, seq);
  }
};

const emitAlerts = (
  { seq, effects }: RecordedFact,
  { emitter, metrics, logger }: Readers,
): void => {
  for (const effect of effects) {
    if (effect.type !== 'Alert') continue;
    metrics.alert(effect.code);
    logger[effect.severity === 'warning' ? 'warn' : 'error'](withoutCode(effect), {
      code: effect.code,
    });
    emitter.emit('alert', effect, seq);
  }
};

/** The text of an alert begins with its code, which a log line has as a field. */
const withoutCode = ({ code, text }: Extract<Effect, { type: 'Alert' }>): string =>
  text.startsWith(`${code}: `) ? text.slice(code.length + 2) : text;

/** Whether new orders pass after a fact about a route; `undefined`: it says nothing of that. */
const isOpenAfter = (fact: RecordedFact['fact']): boolean | undefined => {
  switch (fact.type) {
    case 'RouteLost':
    case 'RouteOpened':
    case 'RoutePhaseChanged': {
      const { phase = fact.type === 'RouteOpened' ? 'FIX_ACTIVE' : 'DOWN_FENCED' } = fact;
      return phase === 'FIX_ACTIVE' || phase === 'REST_ACTIVE';
    }
    case 'RoutePaused':
    case 'RouteSuspected':
      return false;
    case 'RouteTrusted':
      return true;
    default:
      return undefined;
  }
};

const emitTrading = ({ fact }: RecordedFact, { emitter, accountOf }: Readers): void => {
  const isOpen = isOpenAfter(fact);
  if (isOpen === undefined || !('session' in fact)) return;
  const account = accountOf(fact.session);
  if (account !== undefined) emitter.emit('trading', isOpen, account);
};
