import { type FixSession } from '../../../../fix/session/model/session-types.ts';
import { type Requester } from './trading-requests.ts';
import { type FixOrder } from './trading-reports.ts';
import { type EpochMs } from '../../../../lib/time.ts';

/** The trading state of one CompID: its session, its orders, and the options of its last Logon. */
export interface ClientSession {
  readonly who: Requester;
  session: Pick<FixSession, 'send'> | undefined;
  cancelsOnDisconnect: boolean;
  readonly memory: SessionMemory;
  /** In 10 s. */
  readonly requests: RecentCount;
  /** In a second. */
  readonly errors: RecentCount;
}

/** The data of a FIX session's reports: every open order, and the latest of everything else. */
export class SessionMemory {
  readonly #orders = new Map<string, FixOrder>();
  /** Closed orders; the oldest are forgotten. */
  readonly #ended = new Set<string>();
  readonly #cancelRequests = new Set<string>();
  /** ClOrdID(11) of every request, whatever its type. */
  readonly #clOrdIDs = new Set<string>();
  readonly #execIDs = new Map<string, string>();
  readonly #amendRequests = new Map<string, FixOrder>();
  /** The exchange's new ids of fired triggers. FIX keeps the OrderID(37) of the trigger. */
  readonly #bornIds = new Map<string, string>();
  readonly #rowsMax: number;

  /** `rowsMax`: entries of each kind. Late fills, busts and duplicate ids need them. */
  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
  }

  order(clOrdID: string): FixOrder | undefined {
    return this.#orders.get(clOrdID);
  }

  keep(order: FixOrder): void {
    this.#orders.set(order.clOrdID, order);
  }

  /**
   * Marks an order as filled, canceled or refused; it is forgotten once `rowsMax` others have
   * ended.
   */
  end(clOrdID: string): void {
    this.#ended.add(clOrdID);
    trim(this.#ended, this.#rowsMax, (oldest) => this.#orders.delete(oldest));
  }

  /**
   * Records a ClOrdID(11); false when the session has used it before. The oldest are forgotten:
   * they are too old to be accepted anyway [fix 5.1].
   */
  use(clOrdID: string): boolean {
    if (this.#clOrdIDs.has(clOrdID) || this.#orders.has(clOrdID)) return false;
    this.#clOrdIDs.add(clOrdID);
    trim(this.#clOrdIDs, this.#rowsMax);
    return true;
  }

  askCancel(requestId: string): void {
    this.#cancelRequests.add(requestId);
    trim(this.#cancelRequests, this.#rowsMax);
  }

  hasAskedCancel(requestId: string | undefined): boolean {
    return requestId !== undefined && this.#cancelRequests.has(requestId);
  }

  /** Records an OrderCancelReplaceRequest(G), with the order before it. */
  askAmend(requestId: string, order: FixOrder): void {
    this.#amendRequests.set(requestId, order);
  }

  /** Removes and returns the order before the request. */
  takeAmend(requestId = ''): FixOrder | undefined {
    const order = this.#amendRequests.get(requestId);
    this.#amendRequests.delete(requestId);
    return order;
  }

  triggered(orderID: string, bornId: string): void {
    this.#bornIds.set(orderID, bornId);
    trim(this.#bornIds, this.#rowsMax);
  }

  /** The exchange's present id of an OrderID(37). */
  idInExchange(orderID: string): string {
    return this.#bornIds.get(orderID) ?? orderID;
  }

  /** ExecID(17) of the latest report about a fill. */
  execIDOf(fillId: string): string | undefined {
    return this.#execIDs.get(fillId);
  }

  reported(fillId: string, execID: string): void {
    this.#execIDs.set(fillId, execID);
    trim(this.#execIDs, this.#rowsMax);
  }
}

/** Drops the oldest keys beyond `max`. */
const trim = (
  keys: Map<string, unknown> | Set<string>,
  max: number,
  onDropped?: (key: string) => void,
): void => {
  for (const oldest of keys.keys()) {
    if (keys.size <= max) return;
    keys.delete(oldest);
    onDropped?.(oldest);
  }
};

/** Counts events within a sliding period. */
export class RecentCount {
  readonly #periodMs: number;
  #times: EpochMs[] = [];

  constructor(periodMs: number) {
    this.#periodMs = periodMs;
  }

  /** Counts one event; false, and not counted, when the period holds `max` of them already. */
  take(at: EpochMs, max: number): boolean {
    this.#times = this.#times.filter((time) => time > at - this.#periodMs);
    if (this.#times.length >= max) return false;
    this.#times.push(at);
    return true;
  }
}
