import { type FixSession } from '../../../../fix/session/model/session-types.ts';
import { type Requester } from './trading-requests.ts';
import { type FixOrder } from './trading-reports.ts';
import { type EpochMs } from '../../../../lib/time.ts';

/** One CompID's seat: its session, its orders, and what its last Logon asked for. */
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

/**
 * What a FIX session's reports are made from: every living order, and the latest of everything
 * else.
 */
export class SessionMemory {
  readonly #orders = new Map<string, FixOrder>();
  /** Living no more; the oldest are forgotten. */
  readonly #ended = new Set<string>();
  readonly #cancelRequests = new Set<string>();
  /** ClOrdID(11) of every request, whatever its type. */
  readonly #clOrdIDs = new Set<string>();
  readonly #execIDs = new Map<string, string>();
  readonly #amendRequests = new Map<string, FixOrder>();
  /**
   * A trigger that fired lives on under another id of the exchange; FIX goes on with its
   * OrderID(37).
   */
  readonly #bornIds = new Map<string, string>();
  readonly #rowsMax: number;

  /** `rowsMax`: of each kind; for late fills, busts and duplicate ids. */
  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
  }

  order(clOrdID: string): FixOrder | undefined {
    return this.#orders.get(clOrdID);
  }

  keep(order: FixOrder): void {
    this.#orders.set(order.clOrdID, order);
  }

  /** The order is filled, canceled or refused: it is kept for a while only. */
  end(clOrdID: string): void {
    this.#ended.add(clOrdID);
    trim(this.#ended, this.#rowsMax, (oldest) => this.#orders.delete(oldest));
  }

  /**
   * Takes a ClOrdID(11); false when the session has used it. The oldest are forgotten: as a rule
   * they are stale by then [fix 5.1].
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

  /** OrderCancelReplaceRequest(G), with the order as it was. */
  askAmend(requestId: string, order: FixOrder): void {
    this.#amendRequests.set(requestId, order);
  }

  /** Answered. */
  takeAmend(requestId = ''): FixOrder | undefined {
    const order = this.#amendRequests.get(requestId);
    this.#amendRequests.delete(requestId);
    return order;
  }

  triggered(orderID: string, bornId: string): void {
    this.#bornIds.set(orderID, bornId);
    trim(this.#bornIds, this.#rowsMax);
  }

  /** The id that the exchange has now for an OrderID(37). */
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

/** How often something happened within the period that ends now. */
export class RecentCount {
  readonly #periodMs: number;
  #times: EpochMs[] = [];

  constructor(periodMs: number) {
    this.#periodMs = periodMs;
  }

  /**
   * Counts one more, unless there were `max` of them already: then it counts nothing and says
   * false.
   */
  take(at: EpochMs, max: number): boolean {
    this.#times = this.#times.filter((time) => time > at - this.#periodMs);
    if (this.#times.length >= max) return false;
    this.#times.push(at);
    return true;
  }
}
