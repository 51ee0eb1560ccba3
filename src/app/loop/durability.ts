import { type SessionName } from '../../domain/ids.ts';
import { type InputBody } from '../../core/input.ts';
import { type JournalFailure } from '../../journal/journal-error.ts';
import { type Journal } from '../../journal/journal.ts';
import { type JournaledSessionStores } from '../../journal/journaled-session-store.ts';
import { fileFault } from '../../lib/files/file-fault.ts';
import { type Logger } from '../../observability/logger.ts';
import { type Metrics } from '../../observability/metrics.ts';
import { type TradingSession } from '../sessions/trading-session.ts';
import { type EffectRunner } from './effect-runner.ts';
import { NOT_DURABLE, type EngineLoop } from './engine-loop.ts';
import { type EngineEmitter } from './publish.ts';
import { type ReserveFile } from './reserve-file.ts';

export interface DurabilityDeps {
  readonly journal: Journal;
  readonly reserve: ReserveFile;
  readonly stores: JournaledSessionStores;
  readonly loop: EngineLoop;
  readonly runner: EffectRunner;
  readonly routes: ReadonlyMap<SessionName, TradingSession>;
  readonly clientSessions: { readonly close: () => Promise<void> };
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly emitter: EngineEmitter;
}

/** After these nobody else may write the journal, and what was sent before is not in question. */
const LOST: ReadonlySet<JournalFailure['code']> = new Set([
  'JOURNAL_UNWRITABLE',
  'JOURNAL_BACKLOG',
]);

/**
 * What a disk in trouble changes, in two degrees.
 *
 * A full disk uses the reserve file: everything is recorded as before, and only new orders are
 * refused, until the reserve is whole again.
 *
 * A journal that is lost (a flush failed, or there was no reserve) records nothing more, so no
 * order may leave and no client may be told anything: its ExecIDs would come a second time after
 * the restart. The books go on in memory, for cancels and kill switches of operators and of the
 * library. For a restart the process ended here; what the venue tells meanwhile it tells again.
 */
export const watchDurability = (deps: DurabilityDeps): void => {
  const { journal, reserve, loop, logger, metrics } = deps;
  metrics.durable(true);
  reserve.listen({
    onUsed: (cause) => {
      const why = `${fileFault(cause)}; the journal uses its reserve, new orders are refused, cancels pass`;
      loop.refuseOrders(why);
      metrics.durable(false);
      queueMicrotask(() => {
        // The last write of all may have used it.
        if (journal.failed === undefined) alert(loop.submit.bind(loop), why);
      });
    },
    onWhole: () => {
      if (loop.isUnrecorded) return;
      loop.refuseOrders(undefined);
      metrics.durable(true);
      logger.info('there is room for the journal and its reserve again: new orders pass', {
        code: 'DURABLE_AGAIN',
      });
    },
    onTrouble: (text) => {
      logger.warn(
        `the reserve of the journal cannot be made: ${text}; it is tried again with each look at the disks`,
        { code: 'RESERVE_MISSING' },
      );
    },
  });
  journal.onFailure((cause) => {
    if (LOST.has(cause.code)) goUnrecorded(deps, cause);
    else loop.halt(cause);
  });
};

const alert = (submit: (body: InputBody) => void, text: string): void => {
  submit({ type: 'VenueViewAlerted', severity: 'critical', code: NOT_DURABLE, text });
};

const goUnrecorded = (deps: DurabilityDeps, cause: JournalFailure): void => {
  const { journal, loop, runner, metrics, emitter, clientSessions, routes, logger } = deps;
  const why = `${cause.message}; nothing is recorded any more, new orders are refused, cancels of operators pass`;
  loop.goUnrecorded(why);
  journal.onLockLost((reason) => {
    loop.halt(new Error(reason));
  });
  runner.goUnrecorded();
  metrics.durable(false);
  queueMicrotask(() => {
    alert(loop.submit.bind(loop), why);
    emitter.emit('notDurable', cause);
  });
  void clientSessions.close();
  for (const [name, route] of routes) {
    logOnAgain(deps, name, route).catch((error: unknown) => {
      logger.error(`session ${name}: ${String(error)}`, { code: NOT_DURABLE });
    });
  }
};

/**
 * A new connection: what waited for the flush on the old one never leaves. The venue asks for it by
 * number, and gets gap fills instead of orders.
 */
const logOnAgain = async (
  { stores, loop }: DurabilityDeps,
  name: SessionName,
  { session }: TradingSession,
): Promise<void> => {
  const wasWanted = session.view().phase !== 'Disconnected';
  await session.cut(NOT_DURABLE);
  // Whoever waits for the journal has had its refusal by now.
  await new Promise<void>((resolve) => setImmediate(resolve));
  stores.goUnrecorded(name);
  if (wasWanted && !loop.halted) session.logon();
};

/** The last words of a session whose numbers could not be recorded. */
export const sayNumbers = ({
  loop,
  routes,
  logger,
}: Pick<DurabilityDeps, 'loop' | 'routes' | 'logger'>): void => {
  if (!loop.isUnrecorded) return;
  for (const [name, { session }] of routes) {
    const next = session.view().nextSenderMsgSeqNum;
    logger.error(
      `session ${name}: the next MsgSeqNum(34) is ${next}, which is not recorded; when the venue refuses the next Logon as too low: \`fathom session set-next-sender ${name} ${next}\``,
      { code: NOT_DURABLE },
    );
  }
};
