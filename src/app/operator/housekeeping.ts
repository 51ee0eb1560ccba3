import { type Config } from '../../config/config.ts';
import { type EngineLoop } from '../loop/engine-loop.ts';
import { type EngineStorage } from '../loop/storage.ts';
import { type Setup } from '../sessions/open-sessions.ts';
import { watchDisks } from './disk-watch.ts';
import { JournalKeeper } from '../retention/journal-keeper.ts';
import { prefixed } from '../retention/snapshot-state.ts';
import { type Core } from '../loop/decider.ts';
import { type RecoveredEngine } from '../loop/recovery.ts';
import { keepClosedOrders } from '../retention/order-keeper.ts';
import { keepLogs } from './log-keeper.ts';

interface Kept {
  readonly loop: EngineLoop;
  readonly core: Pick<Core, 'kept'>;
  readonly recovered: RecoveredEngine;
}

/**
 * Free space, old logs, closed orders and the journal's snapshots, looked after for as long as the
 * engine runs.
 */
export const startHousekeeping = (
  setup: Setup,
  stored: EngineStorage,
  kept: Kept,
): { readonly stop: () => Promise<void> } => {
  const { config, deps, metrics } = setup;
  const { fixLogs, closedOrders, reserve } = stored;
  const { loop } = kept;
  const { clock, timers, logger } = deps;
  const { checkSeconds, warnFreeBytes, reserveBytes } = config.disk;
  const disks = watchDisks({
    folders: foldersOf(config),
    ...{ journal: 'dataDir', checkMs: checkSeconds * 1_000, warnFreeBytes, reserveBytes, timers },
    onFree: (folder, bytes) => {
      metrics.diskFree(folder, bytes);
      if (folder === 'dataDir') void reserve.make(bytes);
    },
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
  const journal = keepJournal(setup, stored, kept);
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
      await Promise.all([keeper.stop(), orders.stop(), journal.stop()]);
    },
  };
};

const keepJournal = (
  { config, deps }: Setup,
  { opened: { journal }, executionLog }: EngineStorage,
  { loop, core, recovered: { stores, factCount } }: Kept,
): JournalKeeper => {
  const { snapshotRecords, compress, keepDays, keepBytes } = config.journal;
  const { clock, timers, logger } = deps;
  const clients = config.sessions.filter(({ role }) => role === 'client').map(({ name }) => name);
  return new JournalKeeper({
    ...{ clock, timers, files: journal.files },
    policy: { snapshotRecords, isCompressed: compress, keepDays, keepBytes },
    nextSeq: () => journal.nextSeq,
    state: () => ({
      ...core.kept.state(loop.state),
      ...prefixed('sessions', { states: stores.state() }),
    }),
    facts: () => {
      const { lastSeq, publishedSeq } = loop;
      return { lastSeq, publishedSeq, count: factCount + loop.factCount };
    },
    syncJournal: async () => {
      await journal.commit();
      await journal.sync();
    },
    syncLog: () => executionLog.sync(),
    neededFrom: () => stores.neededFrom(clients),
    onInfo: (code, text) => {
      logger.info(text, { code });
    },
    onTrouble: (code, text) => {
      logger.warn(text, { code });
    },
  });
};

const foldersOf = ({ engine, executionLog, fixLog, logging }: Config) => ({
  dataDir: engine.dataDir,
  executionLog: executionLog.dir,
  ...(fixLog.enabled && { fixLog: fixLog.dir }),
  logging: logging.dir,
});
