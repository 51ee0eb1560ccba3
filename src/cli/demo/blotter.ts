import { type FixMessage } from '../../fix/codec/fix-message.ts';

/** One order as the demo's client sees it through execution reports. */
export interface BlotterOrder {
  readonly clOrdID: string;
  readonly symbol: string;
  readonly side: 'Buy' | 'Sell';
  readonly kind: string;
  readonly orderQty: string;
  readonly price: string;
  status:
    'sent' | 'pending' | 'open' | 'partial' | 'filled' | 'canceled' | 'rejected' | 'not delivered';
  cumQty: string;
  avgPx: string;
  text: string;
  acknowledged: boolean;
  /** ClOrdID(11) of the cancel request under way. */
  cancelID: string | undefined;
}

export interface BlotterExecution {
  readonly time: string;
  readonly clOrdID: string;
  readonly execType: string;
  readonly symbol: string;
  readonly lastQty: string;
  readonly lastPx: string;
  readonly text: string;
}

export interface BlotterTotals {
  readonly sent: number;
  readonly acknowledged: number;
  readonly filled: number;
  readonly canceled: number;
  readonly rejected: number;
}

/** CxlRejReason(102). */
const UNKNOWN_ORDER = '1';

const RECENT_EXECUTIONS_MAX = 200;

const STATUS: Readonly<Record<string, BlotterOrder['status']>> = {
  A: 'pending',
  '0': 'open',
  '1': 'partial',
  '2': 'filled',
  '4': 'canceled',
  '8': 'rejected',
  C: 'canceled',
};

/**
 * The client's own book of record: what it sent, and what the reports made of it. Duplicate ExecIDs
 * count once.
 */
export class Blotter {
  readonly orders = new Map<string, BlotterOrder>();
  readonly executions: BlotterExecution[] = [];
  readonly #seenExecIDs = new Set<string>();

  sent(
    order: Pick<BlotterOrder, 'clOrdID' | 'symbol' | 'side' | 'kind' | 'orderQty' | 'price'>,
  ): void {
    this.orders.set(order.clOrdID, {
      ...order,
      status: 'sent',
      cumQty: '0',
      avgPx: '',
      text: '',
      acknowledged: false,
      cancelID: undefined,
    });
  }

  /** ExecutionReport(8). */
  apply(message: FixMessage): void {
    const execID = message.get(17) ?? '';
    if (this.#seenExecIDs.has(execID)) return;
    this.#seenExecIDs.add(execID);
    // A report on a cancel carries the cancel's ClOrdID(11) and the order's in OrigClOrdID(41).
    const clOrdID = message.get(41) ?? message.get(11) ?? '';
    this.#remember(clOrdID, message);
    const order = this.orders.get(clOrdID);
    if (order === undefined) return;
    update(order, message);
  }

  /** The message was lost with a connection and is not repeated: the order does not exist. */
  notDelivered(clOrdID: string): void {
    const order = this.orders.get(clOrdID);
    if (order?.status === 'sent') order.status = 'not delivered';
    // A lost cancel may be asked for again.
    for (const each of this.orders.values())
      if (each.cancelID === clOrdID) each.cancelID = undefined;
  }

  /**
   * OrderCancelReject(9): the cancel failed, and OrdStatus(39) says what the order is. An order
   * that fills while its cancel is under way ends by this message: its last execution report still
   * says Pending Cancel (FIX 4.4 volume 7, order state change matrix B.1.c).
   */
  cancelRejected(message: FixMessage): void {
    this.notDelivered(message.get(11) ?? '');
    const order = this.orders.get(message.get(41) ?? '');
    const status = STATUS[message.get(39) ?? ''];
    // An unknown order is rejected by the standard's rule: that says nothing about ours.
    const isUnknown = message.get(102) === UNKNOWN_ORDER;
    if (order === undefined || status === undefined || isUnknown) return;
    if (order.status === 'open' || order.status === 'partial') order.status = status;
  }

  open(): BlotterOrder[] {
    return [...this.orders.values()].filter(
      ({ status }) => status === 'open' || status === 'partial',
    );
  }

  /** Neither open nor ended: the answer is still on its way. */
  undecided(): BlotterOrder[] {
    return [...this.orders.values()].filter(
      ({ status }) => status === 'sent' || status === 'pending',
    );
  }

  totals(): BlotterTotals {
    const orders = [...this.orders.values()];
    const count = (test: (order: BlotterOrder) => boolean): number => orders.filter(test).length;
    return {
      sent: orders.length,
      acknowledged: count((order) => order.acknowledged),
      filled: count(({ status }) => status === 'filled'),
      canceled: count(({ status }) => status === 'canceled'),
      rejected: count(({ status }) => status === 'rejected'),
    };
  }

  #remember(clOrdID: string, message: FixMessage): void {
    this.executions.push({
      time: (message.get(60) ?? '').slice(9),
      clOrdID,
      execType: message.get(150) ?? '',
      symbol: message.get(55) ?? '',
      lastQty: message.get(32) ?? '',
      lastPx: message.get(31) ?? '',
      text: message.get(58) ?? '',
    });
    if (this.executions.length > RECENT_EXECUTIONS_MAX) this.executions.shift();
  }
}

const update = (order: BlotterOrder, message: FixMessage): void => {
  if (message.get(150) === '0') order.acknowledged = true;
  order.status = STATUS[message.get(39) ?? ''] ?? order.status;
  order.cumQty = message.get(14) ?? order.cumQty;
  order.avgPx = message.get(6) ?? order.avgPx;
  order.text = message.get(58) ?? '';
};
