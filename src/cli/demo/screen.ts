import { type SessionView } from '../../fix/session/model/session-types.ts';
import { escapeHidden } from '../../lib/plain-text.ts';
import { fitLine, type ScreenSize, type Style, styled } from '../shared/terminal.ts';
import { type Blotter, type BlotterExecution, type BlotterOrder } from './blotter.ts';

export interface ScreenState {
  readonly title: string;
  readonly sessions: readonly (SessionView & { readonly label: string })[];
  readonly blotter: Blotter;
  readonly inDoubt: number;
  readonly elapsedSeconds: number;
  readonly totalSeconds: number | undefined;
}

export interface ScreenLook extends ScreenSize {
  readonly isColored: boolean;
}

/** Where nothing has to fit: a file, a pipe. */
export const PAGE: ScreenLook = { columns: 140, rows: 40, isColored: false };

const ORDERS_SHARE = 0.6;
const EXECUTIONS_MAX = 40;

/**
 * The whole screen: sessions, the newest orders, the newest executions, totals. Never wider than
 * the look's columns, never higher than its rows less one; what does not fit is the oldest, and the
 * columns that say least.
 */
export const renderScreen = (state: ScreenState, look: ScreenLook): readonly string[] => {
  const { columns, rows, isColored } = look;
  const of = state.totalSeconds === undefined ? '' : ` of ${state.totalSeconds}`;
  const title = `${state.title}   ${state.elapsedSeconds}${of} s   Ctrl-C ends it cleanly`;
  const orders = [...state.blotter.orders.values()];
  const fixed = 2 + state.sessions.length + 2 + 1;
  const room = Math.max(0, rows - 1 - fixed);
  const { executions } = state.blotter;
  const executionsShown = Math.min(
    executions.length,
    EXECUTIONS_MAX,
    Math.max(room - orders.length, Math.floor(room * (1 - ORDERS_SHARE))),
  );
  const ordersShown = Math.max(0, room - executionsShown);
  const lines = [
    styled(fitLine(escapeHidden(title), columns), 'bold', isColored),
    ...table(SESSION_COLUMNS, state.sessions, look),
    ...table(ORDER_COLUMNS, lastOf(orders, ordersShown), look),
    ...table(EXECUTION_COLUMNS, lastOf(executions, executionsShown), look),
    styled(fitLine(totalsLine(state.blotter, state.inDoubt), columns), 'bold', isColored),
  ];
  return lines;
};

const lastOf = <T>(items: readonly T[], count: number): readonly T[] =>
  count === 0 ? [] : items.slice(-count);

/** `sent N, acknowledged N, filled N, canceled N, rejected N, in doubt N` */
export const totalsLine = (blotter: Blotter, inDoubt: number): string => {
  const { sent, acknowledged, filled, canceled, rejected } = blotter.totals();
  return `sent ${sent}, acknowledged ${acknowledged}, filled ${filled}, canceled ${canceled}, rejected ${rejected}, in doubt ${inDoubt}`;
};

/** One line for consoles that can't redraw. */
export const renderLine = ({ elapsedSeconds, blotter, inDoubt }: ScreenState): string =>
  `${elapsedSeconds} s: ${totalsLine(blotter, inDoubt)}`;

interface Column<T> {
  readonly head: string;
  readonly text: (row: T) => string;
  readonly style?: (row: T) => Style;
  /** The highest goes first when the columns do not fit; without it stays. */
  readonly drop?: number;
  /** Takes what is left of the width, cut with an ellipsis. */
  readonly isLast?: true;
}

const SESSION_COLUMNS: readonly Column<ScreenState['sessions'][number]>[] = [
  { head: 'session', text: ({ label }) => label },
  { head: 'role', text: ({ role }) => role, drop: 2 },
  {
    head: 'state',
    text: ({ phase }) => phase,
    style: ({ phase }) => (phase === 'LoggedOn' ? 'green' : 'yellow'),
  },
  { head: 'next out', text: (view) => String(view.nextSenderMsgSeqNum) },
  { head: 'next in', text: (view) => String(view.nextTargetMsgSeqNum) },
  { head: 'peer', text: ({ peer, reason }) => peer ?? reason ?? '', isLast: true },
];

const STATUS_STYLE: Readonly<Partial<Record<BlotterOrder['status'], Style>>> = {
  filled: 'green',
  partial: 'green',
  rejected: 'red',
  'not delivered': 'red',
  canceled: 'dim',
};

const ORDER_COLUMNS: readonly Column<BlotterOrder>[] = [
  { head: 'ClOrdID', text: ({ clOrdID }) => clOrdID },
  { head: 'symbol', text: ({ symbol }) => symbol },
  { head: 'side', text: ({ side }) => side },
  { head: 'kind', text: ({ kind }) => kind, drop: 2 },
  { head: 'OrderQty', text: ({ orderQty }) => orderQty },
  { head: 'price', text: ({ price }) => price },
  {
    head: 'status',
    text: ({ status }) => status,
    style: ({ status }) => STATUS_STYLE[status] ?? 'plain',
  },
  { head: 'CumQty', text: ({ cumQty }) => cumQty, drop: 1 },
  { head: 'AvgPx', text: ({ avgPx }) => avgPx, drop: 3 },
  { head: 'text', text: ({ text }) => text, isLast: true },
];

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

const EXECUTION_COLUMNS: readonly Column<BlotterExecution>[] = [
  { head: 'time', text: ({ time }) => time },
  { head: 'ClOrdID', text: ({ clOrdID }) => clOrdID },
  {
    head: 'ExecType',
    text: ({ execType }) => EXEC_TYPE[execType] ?? execType,
    style: ({ execType }) => (execType === 'F' ? 'green' : execType === '8' ? 'red' : 'plain'),
  },
  { head: 'symbol', text: ({ symbol }) => symbol },
  { head: 'LastQty', text: ({ lastQty }) => lastQty },
  { head: 'LastPx', text: ({ lastPx }) => lastPx },
];

const GAP = 2;
/** A last column that is narrower says nothing. */
const LAST_WIDTH_MIN = 10;

/** Head and rows, at most as wide as the look; columns are dropped until the rest fits. */
const table = <T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  { columns: width, isColored }: ScreenLook,
): readonly string[] => {
  const measured = columns.map((column) => {
    const texts = rows.map((row) => escapeHidden(column.text(row)));
    return { column, texts, width: Math.max(column.head.length, ...texts.map((t) => t.length)) };
  });
  const needed = (): number =>
    measured.reduce((sum, { column, width: own }) => {
      return sum + GAP + (column.isLast === true ? Math.min(own, LAST_WIDTH_MIN) : own);
    }, -GAP);
  while (needed() > width) {
    const candidates = measured.filter(({ column }) => column.drop !== undefined);
    const next = candidates.sort((a, b) => (b.column.drop ?? 0) - (a.column.drop ?? 0))[0];
    if (next === undefined) break;
    measured.splice(measured.indexOf(next), 1);
  }
  const line = (cells: readonly { readonly text: string; readonly style: Style }[]): string => {
    let left = width;
    const drawn: string[] = [];
    for (const [at, { text, style }] of cells.entries()) {
      if (left <= 0) break;
      const own = measured[at]?.width ?? 0;
      const isEnd = at === cells.length - 1;
      const cut = fitLine(text, Math.min(left, isEnd ? left : own));
      const gap = isEnd ? '' : ' '.repeat(Math.max(0, Math.min(left, own + GAP) - cut.length));
      drawn.push(styled(cut, style, isColored) + gap);
      left -= cut.length + gap.length;
    }
    return drawn.join('');
  };
  return [
    line(measured.map(({ column }) => ({ text: column.head, style: 'dim' as const }))),
    ...rows.map((row, at) =>
      line(
        measured.map(({ column, texts }) => ({
          text: texts[at] ?? '',
          style: column.style?.(row) ?? ('plain' as const),
        })),
      ),
    ),
  ];
};
