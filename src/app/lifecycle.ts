import { type EngineState } from '../core/state.ts';
import { type ClientName } from '../domain/ids.ts';
import { type Timers } from '../lib/time.ts';
import { type Logger } from '../observability/logger.ts';
import { type EngineLoop } from './engine-loop.ts';
import { type TradingRoute } from './trading-route.ts';

export interface StopParts {
  readonly loop: EngineLoop;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly trading: TradingRoute;
  readonly cancelsOnLogout: boolean;
  readonly stopTimeoutMs: number;
  readonly stopListening: () => void;
  readonly closeDoors: () => Promise<void>;
  readonly stopTimers: () => void;
  readonly closeFiles: () => Promise<void>;
}

const POLL_MS = 10;
const ENGINE = 'operator:shutdown' as ClientName;

/**
 * The ordered stop: let no client in any more, cancel what is open and wait for the venue's answers, log out of the venue, let the clients have their reports and log
 * them out, close logs and journal. Bounded in time: what the venue has not answered by then is settled at the next start.
 */
export const stopEngine = async (parts: StopParts): Promise<void> => {
  const { loop, logger, trading } = parts;
  parts.stopListening();
  if (parts.cancelsOnLogout && trading.session.view().phase === 'LoggedOn' && !loop.halted) {
    loop.submit({ type: 'CancelAll', by: ENGINE });
    const isQuiet = await waitUntil(() => openOrders(loop.state) === 0, parts);
    if (!isQuiet) logger.warn('orders are still open at logout', { open: openOrders(loop.state) });
  }
  await trading.stop('shutting down');
  await loop.settled();
  await parts.closeDoors();
  await loop.settled();
  parts.stopTimers();
  await parts.closeFiles();
};

const openOrders = (state: EngineState): number => state.openOrderIDs.size;

const waitUntil = (
  condition: () => boolean,
  { timers, stopTimeoutMs }: StopParts,
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
