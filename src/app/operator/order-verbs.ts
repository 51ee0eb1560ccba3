import { type ControlHandler } from '../../control/control-handler.ts';
import { type ControlArgs, type ControlError } from '../../control/control-message.ts';
import { executions, openOrders, orders, type OrderView } from '../../core/views.ts';
import { type EngineState, type Execution, type Order } from '../../core/state.ts';
import { type ClientName } from '../../domain/ids.ts';
import { defined } from '../../lib/defined.ts';
import { utf8Of } from '../../lib/plain-text.ts';
import { err, ok, type Result } from '../../lib/result.ts';

/** More rows than this are not listed in one answer. */
const ROWS_MAX = 1_000;
const ROWS_DEFAULT = 100;

/**
 * A list of the books, the newest rows of those that match, oldest first. Rows are flat: amounts
 * as exact text, `…At` in milliseconds since the epoch.
 */
export interface ListedRows {
  /** Rows that match; more than `rows` holds where the limit cut them. */
  readonly total: number;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/**
 * The verbs `orders.list` and `executions.list`: filters `client`, `symbol`, `account`, `open`,
 * `limit`.
 */
export const makeOrderVerbs = (
  books: () => EngineState,
): Readonly<Record<string, ControlHandler>> => ({
  'orders.list': (args) => {
    const filter = filterOf(args);
    if (!filter.ok) return filter;
    const { open, limit } = filter.value;
    const views = (open ? openOrders(books()) : orders(books())).filter(({ order }) =>
      passes(order, filter.value),
    );
    return ok({ total: views.length, rows: views.slice(-limit).map(orderRow) });
  },
  'executions.list': (args) => {
    const filter = filterOf(args);
    if (!filter.ok) return filter;
    const { open, limit } = filter.value;
    const state = books();
    const found = executions(state).filter(({ orderID }) => {
      const order = state.orders.get(orderID);
      if (order === undefined || !passes(order, filter.value)) return false;
      return !open || state.openOrderIDs.has(orderID);
    });
    const rows = found.slice(-limit).map((execution) => executionRow(state, execution));
    return ok({ total: found.length, rows });
  },
});

interface Filter {
  readonly client: ClientName | undefined;
  readonly symbol: string | undefined;
  /** Account(1), or the trading session. */
  readonly account: string | undefined;
  readonly open: boolean;
  readonly limit: number;
}

const NAMES: ReadonlySet<string> = new Set(['client', 'symbol', 'account', 'open', 'limit']);

const filterOf = (args: ControlArgs): Result<Filter, ControlError> => {
  const { client, symbol, account, open = false, limit = ROWS_DEFAULT } = args;
  const unknown = Object.keys(args).find((name) => !NAMES.has(name));
  if (unknown !== undefined) return refused(`there is no filter ${unknown}`);
  if (!isTextOrNone(client)) return refused('client must be a text');
  if (!isTextOrNone(symbol)) return refused('symbol must be a text');
  if (!isTextOrNone(account)) return refused('account must be a text');
  if (typeof open !== 'boolean') return refused('open must be true or false');
  if (!Number.isSafeInteger(limit) || Number(limit) < 1 || Number(limit) > ROWS_MAX) {
    return refused(`limit must be a whole number from 1 to ${ROWS_MAX}`);
  }
  return ok({
    client: client as ClientName | undefined,
    ...{ symbol, account, open, limit: Number(limit) },
  });
};

const isTextOrNone = (value: unknown): value is string | undefined =>
  value === undefined || typeof value === 'string';

const refused = (message: string): Result<never, ControlError> =>
  err({ code: 'BAD_FILTER', message });

/** A FIX client is named as its session is, `desk1`, or in full, `fix:desk1`. */
const matches = (client: ClientName, wanted: ClientName | undefined): boolean =>
  wanted === undefined || client === wanted || client === `fix:${wanted}`;

/** What a client wrote in UTF-8 is kept byte by byte. */
const shown = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : utf8Of(text);

const passes = (order: Order, { client, symbol, account }: Filter): boolean =>
  matches(order.client, client) &&
  (symbol ?? order.terms.symbol) === order.terms.symbol &&
  (account === undefined || order.account === account || order.session === account);

const orderRow = ({ order, ordStatus, avgPx, isOpen, doubt }: OrderView) => {
  const { terms } = order;
  return defined({
    ...{ updatedAt: order.updatedAt, orderID: order.orderID, client: order.client },
    ...{ clientOrderID: shown(order.clientOrderID), account: shown(order.account) },
    strategy: shown(order.strategy),
    ...{ symbol: terms.symbol, side: terms.side, ordType: terms.ordType },
    ...{ timeInForce: terms.timeInForce, orderQty: terms.orderQty },
    ...{ price: terms.price, stopPx: terms.stopPx, ordStatus, isOpen },
    ...{ cumQty: order.cumQty, leavesQty: order.leavesQty, avgPx },
    ...{ doubt, code: order.code, text: shown(order.text), session: order.session },
    ...{ venueOrderID: order.venueOrderID, venueClOrdID: order.venueClOrdID },
    acceptedAt: order.acceptedAt,
  });
};

const executionRow = (state: EngineState, execution: Execution) => {
  const order = state.orders.get(execution.orderID);
  const { at, execID, orderID, lastQty, lastPx, fee, feeCurrency, liquidity } = execution;
  return defined({
    ...{ executedAt: at, execID, orderID, client: order?.client },
    ...{ clientOrderID: shown(order?.clientOrderID), account: shown(order?.account) },
    session: order?.session,
    ...{ symbol: order?.terms.symbol, side: order?.terms.side, lastQty, lastPx },
    ...{ fee, feeCurrency, liquidity, tradeID: execution.tradeID },
    venueExecID: execution.venueExecID,
    ...{ fillID: execution.fillID, bookedBy: execution.channel ?? 'fix' },
    fixExecID: execution.fixExecID,
    correctedBy: execution.lastExecID,
  });
};
