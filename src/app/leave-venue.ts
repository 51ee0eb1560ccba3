import { type EngineState } from '../core/state.ts';
import { type ClientName, type OrderID } from '../domain/ids.ts';
import { listed } from '../core/listed.ts';
import { type Timers } from '../lib/time.ts';
import { type Logger } from '../observability/logger.ts';
import { type EngineLoop } from './loop/engine-loop.ts';
import { type TradingSession } from './sessions/trading-session.ts';

export interface LeaveParts {
  readonly loop: EngineLoop;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly trading: TradingSession;
  readonly cancelsOnLogout: boolean;
  readonly cancelsOnDisconnect: boolean;
  readonly stopTimeoutMs: number;
}

const POLL_MS = 10;

/**
 * Leaves the venue: cancels what is open where that is the policy, waits for the answers, then logs
 * out. With orders left that the venue was asked to cancel on disconnect, the connection is closed
 * without Logout, which would keep them. Bounded in time.
 */
const leaveVenue = async (
  parts: LeaveParts,
  by: string,
  text: string,
): Promise<'logout' | 'cut'> => {
  const { loop, logger, trading } = parts;
  const isQuiet = await cancelOpenOrders(parts, by);
  const isCut = !isQuiet && parts.cancelsOnDisconnect && (parts.cancelsOnLogout || loop.halted);
  if (!isQuiet) {
    const fate = isCut ? 'left to the venue, cut without Logout' : 'kept at the venue';
    sayOrdersLeft(logger, loop.state, fate);
  }
  if (isCut) await trading.cut(text);
  else await trading.stop(text);
  return isCut ? 'cut' : 'logout';
};

/**
 * Returns whether no order is open after it. False when the policy keeps the orders, when they
 * cannot be cancelled now, or when the time is over.
 */
export const cancelOpenOrders = async (parts: LeaveParts, by: string): Promise<boolean> => {
  const { loop, trading } = parts;
  const isQuiet = (): boolean => openOrderIDs(loop.state).length === 0;
  const canCancel = trading.session.view().phase === 'LoggedOn' && !loop.halted;
  if (isQuiet() || !parts.cancelsOnLogout || !canCancel) return isQuiet();
  loop.submit({ type: 'CancelAll', by: `operator:${by}` as ClientName });
  return waitUntil(isQuiet, parts);
};

const openOrderIDs = (state: EngineState): readonly OrderID[] => [...state.openOrderIDs];

const waitUntil = (
  condition: () => boolean,
  { timers, stopTimeoutMs }: LeaveParts,
): Promise<boolean> =>
  new Promise((resolve) => {
    let waitedMs = 0;
    const look = (): void => {
      if (condition() || waitedMs >= stopTimeoutMs) {
        resolve(condition());
        return;
      }
      waitedMs += POLL_MS;
      timers.set(POLL_MS, look);
    };
    look();
  });

/**
 * After a halt nothing is journaled or sent, so the log names the orders that stay open. Those of
 * the block that could not be written are among the unanswered ones, and never left.
 */
export const sayHalted = (logger: Logger, state: EngineState, cause: Error): void => {
  logger.error('engine halted: it takes no more inputs and sends nothing', {
    cause: cause.message,
  });
  sayOrdersLeft(logger, state, 'open at the venue');
};

/** The venue holds what it has answered; what it has not answered may be there or not. */
const sayOrdersLeft = (logger: Logger, state: EngineState, fate: string): void => {
  const isAnswered = (orderID: OrderID): boolean =>
    state.orders.get(orderID)?.attempt?.answered === true;
  const open = openOrderIDs(state);
  const answered = open.filter(isAnswered);
  const unanswered = open.filter((orderID) => !isAnswered(orderID));
  const ordersUnanswered = unanswered.length;
  const said = { code: 'ORDERS_OPEN_AT_END', ordersOpen: answered.length, ordersUnanswered };
  const parts = [
    ...(answered.length > 0 ? [`${answered.length} orders are ${fate}: ${listed(answered)}`] : []),
    ...(ordersUnanswered > 0
      ? [
          `${ordersUnanswered} orders have no answer of the venue, which may hold them or not; ` +
            `the next start finds out: ${listed(unanswered)}`,
        ]
      : []),
  ];
  if (parts.length > 0) logger.error(parts.join('; '), said);
};

interface StopParts extends LeaveParts {
  readonly stopListening: () => void;
  readonly closeClientSessions: () => Promise<void>;
  readonly stopTimers: () => void;
  readonly closeFiles: () => Promise<void>;
}

/**
 * Stops in order: refuses new client connections, leaves the venue, gives the clients their reports
 * and logs them out, closes logs and journal. Bounded in time: what the venue has not answered by
 * then is settled at the next start. A step that fails does not keep later ones from running.
 */
export const stopEngine = async (parts: StopParts): Promise<void> => {
  const { loop, stopListening, stopTimers, closeClientSessions, closeFiles } = parts;
  const failures: unknown[] = [];
  const attempt = async (step: () => unknown): Promise<void> => {
    try {
      await step();
    } catch (cause) {
      failures.push(cause);
    }
  };
  await attempt(stopListening);
  await attempt(() => leaveVenue(parts, 'shutdown', 'shutting down'));
  await attempt(() => loop.settled());
  await attempt(closeClientSessions);
  await attempt(() => loop.settled());
  await attempt(stopTimers);
  await attempt(closeFiles);
  if (failures.length > 0) throw failures[0];
};
