import { type Config } from '../../config/config.ts';
import { type EngineLoop } from '../loop/engine-loop.ts';
import { type EngineStorage } from '../loop/storage.ts';
import { type Setup } from '../sessions/open-sessions.ts';
import { watchDisks } from './disk-watch.ts';
import { keepClosedOrders } from '../retention/order-keeper.ts';
import { keepLogs } from './log-keeper.ts';

/** Free space, old logs and closed orders, looked after for as long as the engine runs. */
export const startHousekeeping = (
  { config, deps, metrics }: Setup,
  { fixLogs, closedOrders }: EngineStorage,
  loop: EngineLoop,
): { readonly stop: () => Promise<void> } => {
  const { clock, timers, logger } = deps;
  const { checkSeconds, warnFreeBytes, reserveBytes } = config.disk;
  const disks = watchDisks({
    folders: foldersOf(config),
    ...{ journal: 'dataDir', checkMs: checkSeconds * 1_000, warnFreeBytes, reserveBytes, timers },
    onFree: metrics.diskFree,
    onAlert: (alert) => {
      loop.submit({ type: 'VenueViewAlerted', ...alert });
    },
    onInfo: (text) => {
      logger.info(text, { code: 'DISK' });
    },
    setFixLogs: (isWriting) => {
      fixLogs.setWriting(isWriting);
    },
  });
  const { fixLog, logging } = config;
  const keeper = keepLogs({
    folders: [fixLog, logging],
    ...{ clock, timers },
    onDone: (text) => {
      logger.info(text, { code: 'LOG_KEPT' });
    },
    onTrouble: (text) => {
      logger.warn(`an old log could not be compressed or removed: ${text}`, { code: 'LOG_KEPT' });
    },
  });
  const { keepSeconds, countMax, archiveDays } = config.closedOrders;
  const orders = keepClosedOrders({
    ...{ closedOrders, clock, timers, keepMs: keepSeconds * 1_000, countMax, archiveDays },
    books: () => loop.state,
    submit: (body) => {
      loop.submit(body);
    },
    onInfo: (text) => {
      logger.info(text, { code: 'CLOSED_ORDERS' });
    },
  });
  return {
    stop: async () => {
      disks.stop();
      await Promise.all([keeper.stop(), orders.stop()]);
    },
  };
};

const foldersOf = ({ engine, executionLog, fixLog, logging }: Config) => ({
  dataDir: engine.dataDir,
  executionLog: executionLog.dir,
  ...(fixLog.enabled && { fixLog: fixLog.dir }),
  logging: logging.dir,
});
