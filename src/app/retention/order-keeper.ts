import { archivedOrderOf, mayLeaveMemory } from '../../core/evolve/order-memory.ts';
import { type InputBody } from '../../core/input.ts';
import { type ArchivedOrder, type EngineState } from '../../core/state.ts';
import { epochMs, type EpochMs, type TimeDeps, toUtcDate } from '../../lib/time.ts';
import { type ClosedOrders } from './closed-orders.ts';

const DAY_MS = 86_400_000;
const LOOK_MS = 1_000;
/** While more are due, other work gets its turn this long. */
const PAUSE_MS = 10;
const RETRY_MS = 10_000;
const ORDERS_A_LOOK = 200;
/** Orders in doubt stand in front until their doubt ends. */
const SKIPPED_MAX = 2_000;

export interface OrderKeeperDeps extends TimeDeps {
  readonly closedOrders: Pick<ClosedOrders, 'add' | 'removeBefore'>;
  readonly books: () => EngineState;
  readonly submit: (body: InputBody) => void;
  /** Time after its last change that a closed order stays in memory. */
  readonly keepMs: number;
  /** More closed orders than this leave earlier, the oldest first. */
  readonly countMax: number;
  /** Days after which it is forgotten what an archived order was; its clients' ids stay used. */
  readonly archiveDays: number;
  readonly onInfo: (text: string) => void;
}

/**
 * Takes closed orders out of memory: into the archive first, and once they are there, by a fact,
 * out of the books.
 */
export const keepClosedOrders = (deps: OrderKeeperDeps): { readonly stop: () => Promise<void> } => {
  let isStopped = false;
  let isFailing = false;
  let today = '';
  let timer: { readonly cancel: () => void } | undefined;
  let running: Promise<void> = Promise.resolve();
  const after = (ms: number): void => {
    if (!isStopped) timer = deps.timers.set(ms, look);
  };
  const archive = async (orders: readonly ArchivedOrder[], at: EpochMs): Promise<void> => {
    try {
      await deps.closedOrders.add(orders, at);
      isFailing = false;
    } catch (cause) {
      if (!isFailing) deps.submit(failed(cause));
      isFailing = true;
      after(RETRY_MS);
      return;
    }
    deps.submit({ type: 'ArchiveOrders', orders });
    after(orders.length < ORDERS_A_LOOK ? LOOK_MS : PAUSE_MS);
  };
  const look = (): void => {
    const at = deps.clock.wall();
    today = forgetOld(deps, at, today);
    const due = dueOrders(deps, at);
    if (due.length === 0) after(LOOK_MS);
    else running = archive(due, at);
  };
  after(LOOK_MS);
  return {
    stop: () => {
      isStopped = true;
      timer?.cancel();
      return running;
    },
  };
};

const dueOrders = (
  { books, keepMs, countMax }: OrderKeeperDeps,
  at: EpochMs,
): readonly ArchivedOrder[] => {
  const state = books();
  const tooMany = state.closedOrderIDs.size - countMax;
  const due: ArchivedOrder[] = [];
  let seen = 0;
  for (const orderID of state.closedOrderIDs) {
    seen += 1;
    const order = state.orders.get(orderID);
    if (order === undefined) continue;
    if (seen > tooMany && order.updatedAt + keepMs > at) break;
    if (!mayLeaveMemory(state, orderID)) {
      if (seen - due.length > SKIPPED_MAX) break;
      continue;
    }
    const archived = archivedOrderOf(state, orderID);
    if (archived !== undefined) due.push(archived);
    if (due.length === ORDERS_A_LOOK) break;
  }
  return due;
};

/** Once a day of the clock. */
const forgetOld = (
  { closedOrders, archiveDays, onInfo }: OrderKeeperDeps,
  at: EpochMs,
  before: string,
): string => {
  const today = toUtcDate(at);
  if (today === before) return before;
  for (const path of closedOrders.removeBefore(epochMs(at - archiveDays * DAY_MS)))
    onInfo(`${path} was removed: its orders closed more than ${archiveDays} days ago`);
  return today;
};

const failed = (cause: unknown): InputBody => ({
  type: 'VenueViewAlerted',
  severity: 'critical',
  code: 'ORDER_ARCHIVE_FAILED',
  text:
    'ORDER_ARCHIVE_FAILED: closed orders stay in memory, which grows: ' +
    (cause instanceof Error ? cause.message : String(cause)),
});
