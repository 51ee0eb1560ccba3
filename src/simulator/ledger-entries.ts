import { type ExchangeEvent, type OrderView } from './exchange/model/events.ts';
import { type EntryBody, type LedgerOrder, type OrderLedgerEvent } from './ledger-entry.ts';

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

/** What the ledger says of an event; nothing of most. */
export const toEntries = (event: ExchangeEvent): readonly EntryBody[] => {
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
