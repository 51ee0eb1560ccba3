import { type TradingSessionConfig } from '../config/config.ts';
import { type EngineState, type Order } from '../core/state.ts';
import { type ClientName, type OrderID, type SessionName } from '../domain/ids.ts';
import { listed } from '../core/listed.ts';
import { type Timers } from '../lib/time.ts';
import { type Logger } from '../observability/logger.ts';
import { type EngineLoop } from './loop/engine-loop.ts';
import { type TradingSession } from './sessions/trading-session.ts';

export interface LeaveParts {
  readonly loop: EngineLoop;
  readonly timers: Timers;
  readonly logger: Logger;
  /** One for each account. */
  readonly accounts: readonly LeavingAccount[];
  readonly stopTimeoutMs: number;
}

/** A trading session, and what becomes of its orders when it ends. */
export interface LeavingAccount {
  readonly session: SessionName;
  readonly trading: TradingSession;
  readonly cancelsOnLogout: boolean;
  readonly cancelsOnDisconnect: boolean;
}

export const leavingAccountsOf = (
  tradingSessions: readonly TradingSessionConfig[],
  routes: ReadonlyMap<SessionName, TradingSession>,
): readonly LeavingAccount[] =>
  tradingSessions.flatMap(({ name, cancelOrdersOnLogout, cancelOrdersOnDisconnect }) => {
    const trading = routes.get(name);
    if (trading === undefined) return [];
    return [
      {
        ...{ session: name, trading },
        cancelsOnLogout: cancelOrdersOnLogout,
        cancelsOnDisconnect: cancelOrdersOnDisconnect,
      },
    ];
  });

const POLL_MS = 10;

/**
 * Leaves the venue: cancels what is open where that is the policy, waits for the answers, then logs
 * out. With orders left that the venue was asked to cancel on disconnect, the connection is closed
 * without Logout, which would keep them. Bounded in time.
 */
const leaveVenue = async (
  parts: LeaveParts,
  account: LeavingAccount,
  by: string,
  text: string,
): Promise<void> => {
  const { loop, logger } = parts;
  const { trading, session, cancelsOnDisconnect, cancelsOnLogout } = account;
  const isQuiet = await cancelOpenOrders(parts, account, by);
  const isCut = !isQuiet && cancelsOnDisconnect && (cancelsOnLogout || loop.halted);
  if (!isQuiet) {
    const fate = isCut ? 'left to the venue, cut without Logout' : 'kept at the venue';
    sayOrdersLeft(logger, openOrdersOf(loop.state, session), fate);
  }
  if (isCut) await trading.cut(text);
  else await trading.stop(text);
};

/**
 * Returns whether no order of the account is open after it. False when the policy keeps the orders,
 * when they cannot be cancelled now, or when the time is over.
 */
export const cancelOpenOrders = async (
  parts: LeaveParts,
  { session, trading, cancelsOnLogout }: LeavingAccount,
  by: string,
): Promise<boolean> => {
  const { loop } = parts;
  const isQuiet = (): boolean => openOrdersOf(loop.state, session).length === 0;
  const canCancel = trading.session.view().phase === 'LoggedOn' && !loop.halted;
  if (isQuiet() || !cancelsOnLogout || !canCancel) return isQuiet();
  loop.submit({ type: 'CancelAll', by: `operator:${by}` as ClientName, session });
  return waitUntil(isQuiet, parts);
};

/** Open orders of one session, or of all. */
const openOrdersOf = (
  { openOrderIDs, orders }: EngineState,
  session?: SessionName,
): readonly Order[] => {
  const found: Order[] = [];
  for (const orderID of openOrderIDs) {
    const order = orders.get(orderID);
    if (order !== undefined && (session ?? order.session) === order.session) found.push(order);
  }
  return found;
};

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
  sayOrdersLeft(logger, openOrdersOf(state), 'open at the venue');
};

/** The venue holds what it has answered; what it has not answered may be there or not. */
const sayOrdersLeft = (logger: Logger, open: readonly Order[], fate: string): void => {
  const idsOf = (isAnswered: boolean): readonly OrderID[] =>
    open
      .filter(({ attempt }) => (attempt?.answered === true) === isAnswered)
      .map(({ orderID }) => orderID);
  const [answered, unanswered] = [idsOf(true), idsOf(false)];
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
  // Side by side: an account that waits for its venue session keeps no other one open.
  const left = parts.accounts.map((account) =>
    attempt(() => leaveVenue(parts, account, 'shutdown', 'shutting down')),
  );
  await Promise.all(left);
  await attempt(() => loop.settled());
  await attempt(closeClientSessions);
  await attempt(() => loop.settled());
  await attempt(stopTimers);
  await attempt(closeFiles);
  if (failures.length > 0) throw failures[0];
};
