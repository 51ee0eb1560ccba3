import Table from 'cli-table3';
import { type SessionView } from '../../fix/session/model/session-types.ts';
import { type Blotter, type BlotterExecution, type BlotterOrder } from './blotter.ts';

export interface ScreenState {
  readonly title: string;
  readonly sessions: readonly (SessionView & { readonly label: string })[];
  readonly blotter: Blotter;
  readonly inDoubt: number;
  readonly elapsedSeconds: number;
  readonly totalSeconds: number | undefined;
}

const ORDERS_SHOWN = 12;
const EXECUTIONS_SHOWN = 8;

/** The whole screen as text: sessions, the newest orders, the newest executions, totals. */
export const renderScreen = (state: ScreenState): string => {
  const of = state.totalSeconds === undefined ? '' : ` of ${state.totalSeconds}`;
  return [
    `${state.title}   ${state.elapsedSeconds}${of} s   Ctrl-C ends it cleanly`,
    renderSessions(state.sessions),
    renderOrders([...state.blotter.orders.values()].slice(-ORDERS_SHOWN)),
    renderExecutions(state.blotter.executions.slice(-EXECUTIONS_SHOWN)),
    totalsLine(state.blotter, state.inDoubt),
  ].join('\n');
};

/** `sent N, acknowledged N, filled N, canceled N, rejected N, in doubt N` */
export const totalsLine = (blotter: Blotter, inDoubt: number): string => {
  const { sent, acknowledged, filled, canceled, rejected } = blotter.totals();
  return `sent ${sent}, acknowledged ${acknowledged}, filled ${filled}, canceled ${canceled}, rejected ${rejected}, in doubt ${inDoubt}`;
};

/** One line for consoles that can't redraw. */
export const renderLine = ({ elapsedSeconds, blotter, inDoubt }: ScreenState): string =>
  `${elapsedSeconds} s: ${totalsLine(blotter, inDoubt)}`;

const renderSessions = (sessions: ScreenState['sessions']): string =>
  table(
    ['session', 'role', 'state', 'next out', 'next in', 'peer'],
    sessions.map((view) => [
      view.label,
      view.role,
      view.phase,
      String(view.nextSenderMsgSeqNum),
      String(view.nextTargetMsgSeqNum),
      view.peer ?? '',
    ]),
  );

const renderOrders = (orders: readonly BlotterOrder[]): string =>
  table(
    ['ClOrdID', 'symbol', 'side', 'kind', 'OrderQty', 'price', 'status', 'CumQty', 'AvgPx', 'text'],
    orders.map((order) => [
      order.clOrdID,
      order.symbol,
      order.side,
      order.kind,
      order.orderQty,
      order.price,
      order.status,
      order.cumQty,
      order.avgPx,
      shorten(order.text, 44),
    ]),
  );

const renderExecutions = (executions: readonly BlotterExecution[]): string =>
  table(
    ['time', 'ClOrdID', 'ExecType', 'symbol', 'LastQty', 'LastPx'],
    executions.map((execution) => [
      execution.time,
      execution.clOrdID,
      EXEC_TYPE[execution.execType] ?? execution.execType,
      execution.symbol,
      execution.lastQty,
      execution.lastPx,
    ]),
  );

const EXEC_TYPE: Readonly<Record<string, string>> = {
  '0': 'New',
  '4': 'Canceled',
  '6': 'PendingCancel',
  '8': 'Rejected',
  A: 'PendingNew',
  C: 'Expired',
  D: 'Restated',
  F: 'Trade',
};

const table = (head: string[], rows: string[][]): string => {
  const drawn = new Table({ head, style: { head: [], border: [], compact: true } });
  drawn.push(...rows);
  return drawn.toString();
};

const shorten = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;
