import { defined } from '../lib/defined.ts';
import { type ExchangeEvent } from './exchange/model/events.ts';
import { type OrderView } from './exchange/model/views.ts';
import {
  type EntryBody,
  type LedgerEntry,
  type LedgerOrder,
  type OrderLedgerEvent,
} from './ledger-entry.ts';
import { rowLimitsOf } from './row-limits.ts';

export interface Ledger {
  /** Records events of the exchange, in order. */
  readonly record: (events: readonly ExchangeEvent[]) => void;
  /** Everything kept, oldest first. */
  readonly entries: () => readonly LedgerEntry[];
  /** Number of the last line, dropped lines included. */
  readonly lines: () => number;
  readonly ofAccount: (account: string) => readonly LedgerEntry[];
}

interface LedgerOptions {
  /** Called with every entry; a file or an endpoint writes it as one JSON line. */
  readonly onEntry?: (entry: LedgerEntry) => void;
  /** Accounts to leave out, e.g. the background market's. */
  readonly without?: readonly string[];
  /** Oldest entries are dropped from memory beyond this; `onEntry` has seen them all. */
  readonly entriesMax?: number;
}

export const makeLedger = (options: LedgerOptions = {}): Ledger => {
  const without = new Set(options.without ?? []);
  const entriesMax = options.entriesMax ?? rowLimitsOf().ledgerEntries;
  const entries: LedgerEntry[] = [];
  let lines = 0;
  const add = (event: ExchangeEvent, body: EntryBody): void => {
    if ('account' in body && without.has(body.account)) return;
    lines += 1;
    const entry: LedgerEntry = { line: lines, at: event.at, seq: event.seq, ...body };
    entries.push(entry);
    if (entries.length > entriesMax) entries.splice(0, Math.ceil(entriesMax / 10));
    options.onEntry?.(entry);
  };
  return {
    record: (events) => {
      for (const event of events) {
        if (isOnlyOf(event, without)) continue;
        for (const body of toEntries(event)) add(event, body);
      }
    },
    entries: () => entries,
    lines: () => lines,
    ofAccount: (account) => entries.filter((entry) => entry.account === account),
  };
};

/**
 * Whether the event concerns left-out accounts only. Checked first, since the background market
 * makes most events.
 */
const isOnlyOf = (event: ExchangeEvent, without: ReadonlySet<string>): boolean => {
  if ('order' in event) return event.order !== undefined && without.has(event.order.account);
  return (
    event.type === 'Trade' && without.has(event.maker.account) && without.has(event.taker.account)
  );
};

const orderFields = (order: OrderView): LedgerOrder => ({
  account: order.account,
  owner: order.owner,
  orderId: order.orderId,
  ...defined({ cliOrdId: order.cliOrdId }),
  symbol: order.symbol,
  side: order.side,
  orderType: order.orderType,
  size: order.size,
  filled: order.filled,
  remaining: order.remaining,
  ...defined({ limitPrice: order.limitPrice }),
});

const orderEntry = (order: OrderView, event: OrderLedgerEvent, reason?: string): EntryBody => ({
  kind: 'order',
  event,
  ...orderFields(order),
  ...defined({ reason }),
});

/** The entries of an event; most events have none. */
const toEntries = (event: ExchangeEvent): readonly EntryBody[] => {
  switch (event.type) {
    case 'OrderHeld':
      return [orderEntry(event.order, 'held')];
    case 'OrderAccepted':
      return [orderEntry(event.order, 'accepted')];
    case 'OrderBooked':
      return [orderEntry(event.order, 'booked', event.reason)];
    case 'OrderEdited':
      return [orderEntry(event.order, 'edited')];
    case 'OrderReduced':
      return [orderEntry(event.order, 'reduced')];
    case 'OrderCanceled':
      return [orderEntry(event.order, 'canceled', event.reason)];
    case 'TriggerFired':
      return [orderEntry(event.order, 'triggered', event.orderId)];
    case 'TriggerFailed':
      return [orderEntry(event.order, 'triggerFailed', event.reason)];
    case 'Trade':
      return [fillEntry(event, 'maker'), fillEntry(event, 'taker')];
    case 'TradeBusted':
    case 'TradeCorrected':
      return [changeEntry(event, 'maker'), changeEntry(event, 'taker')];
    case 'OrderRejected':
      return [refusal('place', { ...event, orderId: event.order?.orderId })];
    case 'EditRejected':
      return [refusal('edit', { ...event, owner: event.order?.owner })];
    case 'CancelRejected':
      return [refusal('cancel', { ...event, owner: event.order?.owner })];
    case 'Transferred':
      return [transferEntry(event)];
    case 'AccountLogged':
      return [bookingEntry(event)];
    default:
      return [];
  }
};

const fillEntry = (
  event: Extract<ExchangeEvent, { type: 'Trade' }>,
  role: 'maker' | 'taker',
): EntryBody => {
  const fill = event[role];
  return {
    kind: 'fill',
    ...orderFields(fill.order),
    fillId: fill.fillId,
    tradeId: event.trade.tradeId,
    role,
    fillType: fill.fillType,
    price: event.trade.price,
    lastQty: event.trade.size,
    fee: fill.fee,
    feeCurrency: fill.feeCurrency,
    realizedPnl: fill.realizedPnl,
    position: fill.positionAfter.size,
  };
};

const changeEntry = (
  event: Extract<ExchangeEvent, { type: 'TradeBusted' | 'TradeCorrected' }>,
  role: 'maker' | 'taker',
): EntryBody => {
  const { fill, realizedChange, feeChange } = event[role];
  const { trade } = event;
  const old = event.type === 'TradeBusted' ? trade : event.old;
  return {
    kind: event.type === 'TradeBusted' ? 'bust' : 'correction',
    ...orderFields(fill.order),
    fillId: fill.fillId,
    tradeId: trade.tradeId,
    role,
    price: trade.price,
    lastQty: event.type === 'TradeBusted' ? '0' : trade.size,
    oldPrice: old.price,
    oldQty: old.size,
    feeChange,
    feeCurrency: fill.feeCurrency,
    realizedPnlChange: realizedChange,
    position: fill.positionAfter.size,
  };
};

const refusal = (
  request: 'place' | 'edit' | 'cancel',
  of: {
    readonly account: string;
    readonly reason: string;
    readonly owner?: string | undefined;
    readonly cliOrdId?: string | undefined;
    readonly orderId?: string | undefined;
  },
): EntryBody => ({
  kind: 'refusal',
  request,
  account: of.account,
  reason: of.reason,
  ...defined({ owner: of.owner, cliOrdId: of.cliOrdId, orderId: of.orderId }),
});

const transferEntry = (event: Extract<ExchangeEvent, { type: 'Transferred' }>): EntryBody => ({
  kind: 'transfer',
  account: event.fromAccount ?? event.toAccount ?? '',
  transferId: event.transferId,
  transfer: event.kind,
  ...defined({
    fromAccount: event.fromAccount,
    toAccount: event.toAccount,
    fromWallet: event.fromWallet,
    toWallet: event.toWallet,
  }),
  currency: event.currency,
  amount: event.amount,
});

const bookingEntry = ({ entry }: Extract<ExchangeEvent, { type: 'AccountLogged' }>): EntryBody => ({
  kind: 'booking',
  account: entry.account,
  info: entry.info,
  wallet: entry.wallet,
  currency: entry.asset,
  oldBalance: entry.oldBalance,
  newBalance: entry.newBalance,
  ...defined({ contract: entry.contract, fillId: entry.fillId }),
});
