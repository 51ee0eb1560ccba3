import { isClosedStatus } from '../../../../src/core/evolve/lifecycle.ts';
import { type EngineState, type Execution, type Order } from '../../../../src/core/state.ts';
import { type OrderID } from '../../../../src/domain/ids.ts';
import { recoverEngine } from '../../../../src/app/loop/recovery.ts';
import { openJournal } from '../../../../src/journal/open-journal.ts';
import { makeCore } from '../../../../src/app/loop/decider.ts';
import { plain } from '../../../support/bench.ts';
import { type EngineLife, tradingOf } from '../world/engine-life.ts';
import { configOf } from '../world/sim-config.ts';
import { lotsOf, type TrueFill, type TrueOrder } from './venue-truth.ts';
import { framesIn } from './wire-log.ts';
import { type World } from '../world/world.ts';

/** Doubts that are still open after all faults ended. */
export interface Residual {
  readonly orderID: string;
  readonly doubt: string;
}

/** Whether nothing is under way any more: the link is up, and nobody waits for an answer. */
export const isQuiet = ({ life, venue }: World): boolean => {
  if (life === undefined || life.loop.halted) return false;
  const { state } = life.loop;
  const [route] = state.routes.values();
  const isUp = route?.phase === 'Active' && venue.session.view().phase === 'LoggedOn';
  return isUp && waitingOrders(state).length === 0;
};

/** Orders without a doubt that wait for an answer of the venue. */
export const waitingOrders = (state: EngineState): readonly OrderID[] => {
  const meant = [...state.massCancelOrders.values()].flatMap((orders) => [...orders]);
  const waiting = [...state.openOrderIDs].filter((orderID) => {
    const order = state.orders.get(orderID);
    return order !== undefined && (order.pending.length > 0 || order.attempt?.answered === false);
  });
  return [...meant, ...waiting].filter((orderID) => !state.doubts.has(orderID));
};

export const residualsOf = ({ life }: World): readonly Residual[] =>
  life === undefined
    ? []
    : [...life.loop.state.doubts].map(([orderID, doubt]) => ({ orderID, doubt }));

/** What must be true once the faults have ended and everything has come through. */
export const checkEnd = async (world: World): Promise<void> => {
  const { oracle, life } = world;
  if (life === undefined) {
    oracle.breach('liveness: the engine is not up');
    return;
  }
  const { state } = life.loop;
  checkOrders(world, state);
  checkFills(world, state);
  checkClient(world, life);
  for (const [key] of state.quarantine) oracle.breach(`a report stays in quarantine: ${key}`);
  await checkFold(world, life);
};

const checkOrders = (world: World, state: EngineState): void => {
  const { oracle, truth } = world;
  const atVenue = new Map<string, TrueOrder[]>();
  for (const order of truth.orders.values()) {
    const parent = oracle.parentOf(order.clOrdIDs[0] ?? '') ?? '';
    atVenue.set(parent, [...(atVenue.get(parent) ?? []), order]);
  }
  for (const order of state.orders.values()) {
    const venueOrders = atVenue.get(order.orderID) ?? [];
    checkPlaced(world, order, venueOrders);
    if (world.scene.losesReports) continue;
    checkSums(world, order, venueOrders);
    if (!state.doubts.has(order.orderID)) checkStatus(world, order, venueOrders);
  }
  for (const parent of atVenue.keys()) {
    if (!state.orders.has(parent as OrderID)) oracle.breach(`books: no order for ${parent}`);
  }
};

const checkPlaced = ({ oracle }: World, order: Order, atVenue: readonly TrueOrder[]): void => {
  if (order.base === 'Rejected' && atVenue.length > 0)
    oracle.breach(`I4 ${order.orderID} counts as never placed, and the venue has it`);
};

const checkSums = ({ oracle }: World, order: Order, atVenue: readonly TrueOrder[]): void => {
  const { orderID, cumQty, executedQty, terms } = order;
  const filled = atVenue.reduce((sum, one) => sum + one.filled, 0);
  const booked = lotsOf(terms.symbol, cumQty);
  if (executedQty !== cumQty)
    oracle.breach(`I5 ${orderID}: CumQty ${cumQty}, executions ${executedQty}`);
  if (booked !== filled)
    oracle.breach(`I6 ${orderID} has ${booked} lots filled, at the venue ${filled}`);
};

const checkStatus = ({ oracle }: World, order: Order, atVenue: readonly TrueOrder[]): void => {
  const { orderID, base, leavesQty, terms } = order;
  const open = atVenue.find(({ isOpen }) => isOpen);
  if ((open !== undefined) === isClosedStatus(base))
    oracle.breach(`books: ${orderID} is ${base}, at the venue ${open ? 'open' : 'closed'}`);
  if (open === undefined) return;
  const leaves = lotsOf(terms.symbol, leavesQty);
  if (leaves !== open.remaining)
    oracle.breach(`books: ${orderID} has ${leaves} lots open, at the venue ${open.remaining}`);
};

const checkFills = (world: World, state: EngineState): void => {
  const { oracle, truth } = world;
  const booked = new Map<string, number>();
  for (const execution of state.executions.values()) {
    if (execution.canceled) continue;
    const fillID = execution.tradeID ?? execution.fillID ?? '';
    booked.set(fillID, (booked.get(fillID) ?? 0) + 1);
    checkExecution(world, execution, truth.fills.get(fillID));
  }
  for (const fillID of truth.fills.keys()) {
    const count = booked.get(fillID) ?? 0;
    const isLost = world.scene.losesReports && count === 0;
    if (count !== 1 && !isLost) oracle.breach(`I6 fill ${fillID} is booked ${count} times`);
  }
  checkPublished(world, state);
};

const checkPublished = ({ oracle, executions }: World, state: EngineState): void => {
  const published = executions.trades.map(({ venueExecID }) => venueExecID);
  const twice = published.filter((id, at) => published.indexOf(id) !== at);
  for (const id of twice) oracle.breach(`I11 ${id} is published twice`);
  if (new Set(published).size !== state.executions.size)
    oracle.breach(`I11 ${published.length} of ${state.executions.size} executions are published`);
};

const checkExecution = (
  { oracle }: World,
  { venueExecID, orderID, lastQty, lastPx }: Execution,
  fill: TrueFill | undefined,
): void => {
  if (fill === undefined) {
    oracle.breach(`I11 execution ${venueExecID} is no fill`);
    return;
  }
  const { fillID, clOrdID, symbol, lots, price } = fill;
  if (oracle.parentOf(clOrdID) !== orderID)
    oracle.breach(`I11 fill ${fillID} of ${clOrdID} is booked on ${orderID}`);
  if (lotsOf(symbol, lastQty) !== lots || Number(lastPx) !== Number(price))
    oracle.breach(`I6 fill ${fillID} has another quantity or price in the books`);
};

/** What a client is told of one order. */
interface Told {
  status: string;
  cumQty: string;
  trades: number;
}

/** What the client gets, sooner or later, is what the books say. */
const checkClient = (world: World, life: EngineLife): void => {
  const { oracle } = world;
  const told = whatClientGets(world, life);
  const { state } = life.loop;
  const executed = new Map<string, number>();
  for (const { orderID } of state.executions.values())
    executed.set(orderID, (executed.get(orderID) ?? 0) + 1);
  for (const [orderID, { base, cumQty }] of state.orders) {
    const said = told.get(orderID);
    if (said === undefined) {
      oracle.breach(`the client gets nothing about ${orderID}`);
      continue;
    }
    const count = executed.get(orderID) ?? 0;
    if (said.trades !== count)
      oracle.breach(`I11 the client gets ${said.trades} of ${count} fills of ${orderID}`);
    if (Number(said.cumQty) !== Number(cumQty))
      oracle.breach(`the client's last word on ${orderID} has CumQty ${said.cumQty}`);
    if (isClosedStatus(base) !== CLOSED.has(said.status))
      oracle.breach(`the client's last word on ${orderID} is 39=${said.status}, it is ${base}`);
  }
};

const whatClientGets = (
  { oracle }: World,
  { clientStore }: EngineLife,
): ReadonlyMap<string, Told> => {
  const told = new Map<string, Told>();
  const execIDs = new Set<string>();
  const sent = clientStore.outbound(1, clientStore.nextSenderMsgSeqNum() - 1);
  for (const frame of [...sent].flatMap(({ bytes }) => framesIn(bytes))) {
    const text = (tag: number): string => frame.get(tag) ?? '';
    const [orderID, status, execID] = [text(37), text(39), text(17)];
    const before = told.get(orderID);
    // An OrderCancelReject(9) tells the status and no quantity.
    if (frame.msgType === '9' && before !== undefined) before.status = status;
    if (frame.msgType !== '8') continue;
    if (execIDs.has(execID) && execID !== '0')
      oracle.breach(`I11 the client gets ExecID(17) ${execID} twice`);
    execIDs.add(execID);
    const trades = (before?.trades ?? 0) + (frame.get(150) === 'F' ? 1 : 0);
    told.set(orderID, { status, cumQty: text(14), trades });
  }
  return told;
};

/** Filled, Canceled, Rejected, Expired. */
const CLOSED: ReadonlySet<string> = new Set(['2', '4', '8', 'C']);

/** fold(journal) == books. */
const checkFold = async (world: World, life: EngineLife): Promise<void> => {
  const { oracle, scene } = world;
  const disk = life.disk.afterCrash(
    (unsynced) => unsynced,
    false,
    () => undefined,
  );
  const opened = await openJournal({ storage: disk, clock: life.process });
  if (!opened.ok) {
    oracle.breach(`the journal cannot be read: ${opened.error.message}`);
    return;
  }
  const config = configOf(scene);
  const core = makeCore(config, [tradingOf(config)], {
    randomBytes: (count) => new Uint8Array(count),
    cancelRoom: () => ({ cancels: 0, cancelAfterMs: 0, massCancelAfterMs: 0 }),
    hasOrderRoom: () => true,
  });
  const none = { afterSeq: Number.POSITIVE_INFINITY, tell: () => undefined };
  const recovered = await recoverEngine(opened.value, core, none, {
    ...{ clock: life.process, timers: life.process, logger: { info: () => undefined } },
  });
  if (!recovered.ok) oracle.breach(`the journal cannot be folded: ${recovered.error}`);
  else if (JSON.stringify(plain(recovered.value.state)) !== JSON.stringify(plain(life.loop.state)))
    oracle.breach('fold(journal) is not the books');
};
