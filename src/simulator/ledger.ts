import { type EpochMs } from '../lib/time.ts';
import { type ExchangeEvent, type OrderView } from './exchange/events.ts';

/**
 * The truth about every order, fill, cancel and transfer, one flat JSON object per line (issue: "no order exists twice,
 * no fill missing"). Amounts are plain decimal text. Background accounts are left out unless asked for.
 */
export type LedgerEntry = LedgerStamp &
  (
    | (LedgerOrder & {
        readonly kind: 'order';
        readonly event: OrderLedgerEvent;
        readonly reason?: string;
      })
    | (LedgerOrder & {
        readonly kind: 'fill';
        readonly fillId: string;
        readonly tradeId: string;
        readonly role: 'maker' | 'taker';
        readonly fillType: string;
        readonly price: string;
        readonly lastQty: string;
        readonly fee: string;
        readonly feeCurrency: string;
        readonly realizedPnl: string;
        readonly position: string;
      })
    | {
        readonly kind: 'refusal';
        readonly account: string;
        readonly owner?: string;
        readonly cliOrdId?: string;
        readonly orderId?: string;
        readonly request: 'place' | 'edit' | 'cancel';
        readonly reason: string;
      }
    | {
        readonly kind: 'transfer';
        readonly account: string;
        readonly transferId: string;
        readonly transfer: string;
        readonly fromAccount?: string;
        readonly toAccount?: string;
        readonly fromWallet?: string;
        readonly toWallet?: string;
        readonly currency: string;
        readonly amount: string;
      }
    | {
        readonly kind: 'booking';
        readonly account: string;
        readonly info: string;
        readonly wallet: string;
        readonly currency: string;
        readonly oldBalance: string;
        readonly newBalance: string;
        readonly contract?: string;
        readonly fillId?: string;
      }
  );

interface LedgerStamp {
  /** Line number, from 1. */
  readonly line: number;
  readonly at: EpochMs;
  /** Of the exchange event. */
  readonly seq: number;
}

interface LedgerOrder {
  readonly account: string;
  readonly owner: string;
  readonly orderId: string;
  readonly cliOrdId?: string;
  readonly symbol: string;
  readonly side: string;
  readonly orderType: string;
  readonly size: string;
  readonly filled: string;
  readonly remaining: string;
  readonly limitPrice?: string;
}

export type OrderLedgerEvent =
  | 'held'
  | 'accepted'
  | 'booked'
  | 'edited'
  | 'reduced'
  | 'canceled'
  | 'triggered'
  | 'triggerFailed';

export interface Ledger {
  /** Takes in what the exchange said, in order. */
  readonly record: (events: readonly ExchangeEvent[]) => void;
  /** Everything kept, oldest first. */
  readonly entries: () => readonly LedgerEntry[];
  readonly ofAccount: (account: string) => readonly LedgerEntry[];
}

export interface LedgerOptions {
  /** Called with every entry; a file or an endpoint writes it as one JSON line. */
  readonly onEntry?: (entry: LedgerEntry) => void;
  /** Accounts to leave out, e.g. the background market's. */
  readonly without?: readonly string[];
  /** Oldest entries are dropped from memory beyond this; `onEntry` has seen them all. */
  readonly entriesMax?: number;
}

const ENTRIES_MAX = 1_000_000;

export const makeLedger = (options: LedgerOptions = {}): Ledger => {
  const without = new Set(options.without ?? []);
  const entriesMax = options.entriesMax ?? ENTRIES_MAX;
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
      for (const event of events) for (const body of toEntries(event)) add(event, body);
    },
    entries: () => entries,
    ofAccount: (account) => entries.filter((entry) => entry.account === account),
  };
};

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type EntryBody = DistributiveOmit<LedgerEntry, keyof LedgerStamp>;

const orderFields = (order: OrderView): LedgerOrder => ({
  account: order.account,
  owner: order.owner,
  orderId: order.orderId,
  ...(order.cliOrdId === undefined ? {} : { cliOrdId: order.cliOrdId }),
  symbol: order.symbol,
  side: order.side,
  orderType: order.orderType,
  size: order.size,
  filled: order.filled,
  remaining: order.remaining,
  ...(order.limitPrice === undefined ? {} : { limitPrice: order.limitPrice }),
});

const orderEntry = (order: OrderView, event: OrderLedgerEvent, reason?: string): EntryBody => ({
  kind: 'order',
  event,
  ...orderFields(order),
  ...(reason === undefined ? {} : { reason }),
});

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
    default:
      return otherEntries(event);
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

const otherEntries = (event: ExchangeEvent): readonly EntryBody[] => {
  switch (event.type) {
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
  ...(of.owner === undefined ? {} : { owner: of.owner }),
  ...(of.cliOrdId === undefined ? {} : { cliOrdId: of.cliOrdId }),
  ...(of.orderId === undefined ? {} : { orderId: of.orderId }),
});

const transferEntry = (event: Extract<ExchangeEvent, { type: 'Transferred' }>): EntryBody => ({
  kind: 'transfer',
  account: event.fromAccount ?? event.toAccount ?? '',
  transferId: event.transferId,
  transfer: event.kind,
  ...(event.fromAccount === undefined ? {} : { fromAccount: event.fromAccount }),
  ...(event.toAccount === undefined ? {} : { toAccount: event.toAccount }),
  ...(event.fromWallet === undefined ? {} : { fromWallet: event.fromWallet }),
  ...(event.toWallet === undefined ? {} : { toWallet: event.toWallet }),
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
  ...(entry.contract === undefined ? {} : { contract: entry.contract }),
  ...(entry.fillId === undefined ? {} : { fillId: entry.fillId }),
});
