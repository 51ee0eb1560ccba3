import { type TradingSessionConfig } from '../../config/config.ts';
import { type CancelRoom } from '../../core/decide/mass-cancel/continue-mass-cancel.ts';
import { type InputBody } from '../../core/input.ts';
import { type EngineState } from '../../core/state.ts';
import { type OrderGateway } from '../../domain/ports.ts';
import { defined } from '../../lib/defined.ts';
import { type FixDictionary } from '../../fix/dictionary/dictionary.ts';
import { type ConnectionSettings } from '../../fix/runtime/connector.ts';
import { type InitiatorOptions, makeInitiator } from '../../fix/runtime/initiator-session.ts';
import { type SessionLog } from '../../fix/runtime/session-host.ts';
import {
  type FixSession,
  type LoggedOut,
  type SessionNotice,
  type SessionStore,
} from '../../fix/session/model/session-types.ts';
import { makeLogonFields } from '../../kraken/fix/logon.ts';
import { makeFixOrderGateway, type TakeBudget } from '../../kraken/fix/trading/order-gateway.ts';
import { makeTradingApplication } from '../../kraken/fix/trading/trading-application.ts';
import { makeSlidingBudget } from '../../kraken/rate-budget.ts';
import { type Secret } from '../../lib/secret.ts';
import { type Clock, type EpochMs, type TimeDeps } from '../../lib/time.ts';
import { SilenceWatch } from '../routes/silence-watch.ts';
import { isPlanned, makeTradingSchedule } from './schedules.ts';
import { tradingSettings } from './settings.ts';

/** Every order is refused, or reports wait: the operator gets an alert, not only a log line. */
const STANDING_ALERTS: ReadonlySet<string> = new Set([
  'RECOVERING_LASTS',
  'PROBE_UNANSWERED',
  'GAP_STUCK',
  'MESSAGE_TOO_LONG',
]);

export interface TradingSessionDeps extends TimeDeps {
  readonly config: TradingSessionConfig;
  readonly credential: { readonly apiKey: Secret; readonly apiSecret: Secret };
  readonly connection: ConnectionSettings;
  /** Opens connections otherwise than by `connection`: in a simulated world. */
  readonly open?: InitiatorOptions['open'];
  readonly dictionary: FixDictionary;
  readonly store: SessionStore;
  readonly log: SessionLog | undefined;
  readonly random: () => number;
  readonly submit: (body: InputBody) => void;
  readonly books: () => EngineState;
  readonly onNotice: (notice: SessionNotice) => void;
  /** Connections that the books know of: epochs go on from there, across restarts. */
  readonly epochsBefore: number;
}

/**
 * One trading session with the venue: its link events and reports become inputs, the core's sends
 * go out through the gateway.
 */
export interface TradingSession {
  readonly session: FixSession;
  /** Connects, and keeps the session to the venue's day. */
  readonly start: () => void;
  /** Logs out, for good. */
  readonly stop: (text: string) => Promise<void>;
  /** Closes the connection without Logout, for good. */
  readonly cut: (text: string) => Promise<void>;
  readonly gateway: OrderGateway;
  /** The venue's clock minus ours; `undefined` before its first message. */
  readonly clockOffsetMs: () => number | undefined;
  /** What the rate budget lets through now. */
  readonly cancelRoom: () => CancelRoom;
  readonly hasOrderRoom: () => boolean;
}

export const makeTradingSession = (deps: TradingSessionDeps): TradingSession => {
  const { config, clock, submit } = deps;
  const { name } = config;
  let epoch = deps.epochsBefore;
  const application = makeTradingApplication(name, logonFieldsOf(deps), {
    onReport: (report, source) =>
      submit({ type: 'VenueReported', report, source: { ...source, epoch } }),
    onUnreadable: (problem, message) => {
      deps.onNotice({
        at: clock.wall(),
        severity: 'error',
        code: 'VENUE_REPORT_UNREADABLE',
        text: `message ${message.msgSeqNum ?? '?'} (35=${message.msgType}): ${problem.text}`,
      });
    },
    onUp: (route) => {
      epoch = deps.epochsBefore + route.epoch;
      sayUnverified(deps, route.at);
      submit({ type: 'RouteUp', session: name, epoch, reset: route.reset });
    },
    onDown: ({ reason: why, cause, at }) => {
      const reason = isPlanned(config, at) ? `planned: ${why}` : why;
      submit({ type: 'RouteDown', session: name, epoch, reason, ...ordersAfter(config, cause) });
    },
    onAskedResend: (beginSeqNo) =>
      submit({ type: 'VenueAskedResend', session: name, epoch, beginSeqNo }),
    onSynchronized: () => submit({ type: 'RouteSynchronized', session: name, epoch }),
    onNotice: (notice) => {
      deps.onNotice(notice);
      const { code, text } = notice;
      if (STANDING_ALERTS.has(code)) {
        const detail = `${name}: ${text}`;
        submit({ type: 'VenueViewAlerted', severity: 'critical', code, text: detail });
      }
    },
  });
  const settings = tradingSettings(config);
  const session = makeInitiator({
    settings,
    application,
    store: deps.store,
    dictionary: deps.dictionary,
    ...{ clock, timers: deps.timers, random: deps.random, connection: deps.connection },
    frameBytesMax: config.messageBytesMax,
    ...(deps.log && { log: deps.log }),
    ...defined({ open: deps.open }),
  });
  const { store, timers } = deps;
  const budget = budgetOf(config, clock);
  const watch = new SilenceWatch({
    ...{ config, session, clock, timers, submit, books: deps.books, epoch: () => epoch },
    testRequestMs: settings.heartBtIntSeconds * 1_000 * settings.testRequestIntervals,
  });
  const day = makeTradingSchedule(config, { session, store, clock, timers, submit });
  return {
    session,
    ...lifeOf(session, [watch, ...(day === undefined ? [] : [day])], day === undefined),
    gateway: makeFixOrderGateway(name, session, {
      takeBudget: budget.take,
      epoch: () => epoch,
      onSent: watch.onSent,
    }),
    clockOffsetMs: () => session.view().peerClockOffsetMs,
    cancelRoom: budget.cancelRoom,
    hasOrderRoom: budget.hasOrderRoom,
  };
};

/** Starts and ends the session together with its companions, one of which may start it. */
const lifeOf = (
  session: FixSession,
  companions: readonly { readonly start: () => void; readonly stop: () => void }[],
  isStartedByUs: boolean,
): Pick<TradingSession, 'start' | 'stop' | 'cut'> => {
  const stopCompanions = (): void => {
    for (const one of companions) one.stop();
  };
  return {
    start: () => {
      for (const one of companions) one.start();
      if (isStartedByUs) session.start();
    },
    stop: (text) => {
      stopCompanions();
      return session.stop(text);
    },
    cut: (text) => {
      stopCompanions();
      return session.cut(text);
    },
  };
};

/**
 * A completed Logout keeps the orders; a cut by our own hand lets the venue cancel them, where it
 * was asked to. [fix 1.10]
 */
const ordersAfter = (
  { cancelOrdersOnDisconnect }: TradingSessionConfig,
  cause: LoggedOut['cause'],
): { readonly orders?: 'kept' | 'left-to-venue' } => {
  if (cause === 'LogoutByUs' || cause === 'LogoutByPeer') return { orders: 'kept' };
  if (cause !== 'Halted') return {};
  return { orders: cancelOrdersOnDisconnect ? 'left-to-venue' : 'kept' };
};

/** Logs an exception from TLS verification at each connect, with its reason. */
const sayUnverified = ({ config, onNotice }: TradingSessionDeps, at: EpochMs): void => {
  const { enabled, rejectUnauthorized, insecureReason } = config.tls;
  if (!enabled || rejectUnauthorized) return;
  const text = `the venue's certificate is not verified: ${insecureReason ?? 'no reason given'}`;
  onNotice({ at, severity: 'warn', code: 'TLS_NOT_VERIFIED', text });
};

const logonFieldsOf = ({ config, credential }: TradingSessionDeps) =>
  makeLogonFields({
    senderCompID: config.senderCompID,
    targetCompID: config.targetCompID,
    credential,
    cancelOrdersOnDisconnect: config.cancelOrdersOnDisconnect,
    ...defined({ signedTargetCompID: config.signTargetCompID }),
    ...(config.clientID === undefined ? {} : { clientID: Number(config.clientID) }),
  });

/** The CompID's bucket at the venue, counted here; cancels may use what orders must leave. */
const budgetOf = (
  { rateBudget }: TradingSessionConfig,
  clock: Clock,
): { readonly take: TakeBudget } & Pick<TradingSession, 'cancelRoom' | 'hasOrderRoom'> => {
  const budget = makeSlidingBudget({
    pointsMax: rateBudget.unitsMax,
    windowMs: rateBudget.periodMs,
    reservePoints: rateBudget.reservedForCancelsUnits,
  });
  const cost = {
    order: rateBudget.orderUnits,
    cancel: rateBudget.cancelUnits,
    massCancel: rateBudget.massCancelUnits,
  } as const;
  return {
    take: (kind) => {
      const purpose = kind === 'order' ? 'ordinary' : 'safety';
      return budget.take(cost[kind], purpose, clock.monotonic()).type === 'Granted';
    },
    hasOrderRoom: () => budget.peek(cost.order, 'ordinary', clock.monotonic()).type === 'Granted',
    cancelRoom: () => {
      const at = clock.monotonic();
      const waitOf = (points: number): number | undefined => {
        const answer = budget.peek(points, 'safety', at);
        if (answer.type === 'Never') return undefined;
        return answer.type === 'Wait' ? answer.afterMs : 0;
      };
      return {
        cancels: Math.floor(budget.available(at, 'safety') / cost.cancel),
        cancelAfterMs: waitOf(cost.cancel) ?? rateBudget.periodMs,
        massCancelAfterMs: waitOf(cost.massCancel),
      };
    },
  };
};
