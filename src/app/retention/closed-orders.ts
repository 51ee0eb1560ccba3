import { ORD_REJ, CXL_REJ, clOrdIDInText, refusal } from '../../core/refusal.ts';
import { type InputBody } from '../../core/input.ts';
import { type ArchivedOrder, type EngineState } from '../../core/state.ts';
import {
  type ClientName,
  type ClOrdID,
  type OrderID,
  type VenueOrderID,
} from '../../domain/ids.ts';
import { type VenueReport } from '../../domain/venue-report.ts';
import {
  type ArchiveKey,
  openArchive,
  type Found,
  type RecordArchive,
} from '../../archive/record-archive.ts';
import { ok, type Result } from '../../lib/result.ts';
import { type EpochMs } from '../../lib/time.ts';

export interface ClosedOrdersOptions {
  readonly dir: string;
  /** Waits for the disk before an order leaves memory. */
  readonly isDurable: boolean;
  /** A record that cannot be read; its ids count as used all the same. */
  readonly onTrouble: (text: string) => void;
}

/**
 * Orders that left memory: whole, found by each of their ids, and their clients' ids for ever. What
 * is said about one brings it back before it is decided, so that a late fill, a bust, a cancel or a
 * second order of the same ClOrdID(11) meets the books as if it had never left.
 */
export class ClosedOrders {
  readonly #archive: RecordArchive;
  readonly #onTrouble: (text: string) => void;

  constructor(archive: RecordArchive, onTrouble: (text: string) => void) {
    this.#archive = archive;
    this.#onTrouble = onTrouble;
  }

  /** Times that an order was archived. */
  get records(): number {
    return this.#archive.records;
  }

  add(orders: readonly ArchivedOrder[], at: EpochMs): Promise<void> {
    return this.#archive.add(orders, at);
  }

  /** Forgets what orders of earlier days were, not that their clients' ids were used. */
  removeBefore(at: EpochMs): readonly string[] {
    return this.#archive.removeBefore(at);
  }

  /** Whether an archived order, or a request about one, has this id of a client. */
  isUsed(client: ClientName, id: string): boolean {
    return this.#find(clientKey(client, id)) !== undefined;
  }

  /** Whether an order that left memory has this fill of a feed. */
  hasFill({ venueOrderID, fillID }: { venueOrderID: VenueOrderID; fillID: string }): boolean {
    const found = this.#find(venueKey(venueOrderID))?.value as ArchivedOrder | undefined;
    return found?.executions.some(([, one]) => one.fillID === fillID) === true;
  }

  /**
   * What is decided instead of an input: orders come back first, then it. Nothing, when it is a
   * report that an archived order had before.
   */
  readonly recall = (state: EngineState, body: InputBody): readonly InputBody[] => {
    switch (body.type) {
      case 'RefuseOrder':
        return [...this.#named(state, body.refusal.client, [body.refusal.clientOrderID]), body];
      case 'VenueReported':
        return this.#beforeReport(state, body);
      case 'VenueFillsSeen':
        return this.#beforeFills(state, body);
      case 'ExternalOrdersSeen':
        return [...this.#ofVenue(state, body.orders), body];
      default:
        return 'request' in body ? this.#beforeRequest(state, body) : [body];
    }
  };

  close(): Promise<void> {
    return this.#archive.close();
  }

  #beforeRequest(
    state: EngineState,
    body: Extract<InputBody, { readonly request: unknown }>,
  ): readonly InputBody[] {
    const { client, clientOrderID, ...others } = body.request;
    const origClientOrderID = 'origClientOrderID' in others ? others.origClientOrderID : undefined;
    const orderID = 'orderID' in others ? others.orderID : undefined;
    const isKnown = state.orderIDByClientOrderID.get(client)?.has(clientOrderID) === true;
    // One look into the archive says whether it has the id, and the order behind it.
    const found = isKnown ? undefined : this.#find(clientKey(client, clientOrderID));
    const recalled = [
      ...toRecall(found),
      ...this.#named(state, client, [origClientOrderID]),
      ...(orderID === undefined || state.orders.has(orderID as OrderID)
        ? []
        : this.#toRecall(orderKey(orderID))),
    ];
    const isUsed = found !== undefined && found.value === undefined;
    return [...recalled, isUsed && !('refusal' in body) ? refuseUsed(body) : body];
  }

  #beforeReport(
    state: EngineState,
    body: Extract<InputBody, { readonly type: 'VenueReported' }>,
  ): readonly InputBody[] {
    const { report } = body;
    const execID = report.type === 'ExecutionReport' ? report.execID : undefined;
    if (execID !== undefined && state.seenExecIDs.has(execID)) return [body];
    const keys = keysOfReport(state, report);
    for (const key of keys) {
      const recalled = this.#toRecall(key);
      const [first] = recalled;
      if (first === undefined) continue;
      const wasSeen = execID !== undefined && first.archived.names.venueExecIDs.includes(execID);
      return wasSeen ? [] : [...recalled, body];
    }
    return [body];
  }

  /** A fill that the archived order has with all that is known of it is not told again. */
  #beforeFills(
    state: EngineState,
    body: Extract<InputBody, { readonly type: 'VenueFillsSeen' }>,
  ): readonly InputBody[] {
    const recalled = new Map<OrderID, Recall>();
    const fills = body.fills.filter(({ fill }) => {
      const [found] = state.execIDByFill.has(fill.fillID) ? [] : this.#ofVenue(state, [fill]);
      if (found === undefined) return true;
      const { executions, order } = found.archived;
      const known = executions.find(([, { fillID }]) => fillID === fill.fillID)?.[1];
      if (known !== undefined && (known.fee !== undefined || fill.fee === undefined)) return false;
      recalled.set(order.orderID, found);
      return true;
    });
    return [...recalled.values(), ...(fills.length === 0 ? [] : [{ ...body, fills }])];
  }

  /** Archived orders that these ids of the venue, or client ids of ours, lead to. */
  #ofVenue(
    state: EngineState,
    named: readonly { readonly venueOrderID: VenueOrderID; readonly clOrdID?: string }[],
  ): readonly Recall[] {
    return named.flatMap(({ venueOrderID, clOrdID }) => {
      const ourID = clOrdID as ClOrdID | undefined;
      if (state.orderIDByVenueOrderID.has(venueOrderID)) return [];
      if (ourID !== undefined && state.requests.has(ourID)) return [];
      const byVenue = this.#toRecall(venueKey(venueOrderID));
      return byVenue.length > 0 || ourID === undefined
        ? byVenue
        : this.#toRecall(requestKey(ourID));
    });
  }

  #named(
    state: EngineState,
    client: ClientName,
    ids: readonly (string | undefined)[],
  ): readonly Recall[] {
    const known: ReadonlyMap<string, OrderID> | undefined =
      state.orderIDByClientOrderID.get(client);
    return ids.flatMap((id) =>
      id === undefined || known?.has(id) === true ? [] : this.#toRecall(clientKey(client, id)),
    );
  }

  #toRecall(key: string): readonly Recall[] {
    return toRecall(this.#find(key));
  }

  #find(key: string): Found | undefined {
    try {
      return this.#archive.find(key);
    } catch (cause) {
      this.#onTrouble(cause instanceof Error ? cause.message : String(cause));
      return {};
    }
  }
}

type Recall = Extract<InputBody, { readonly type: 'RecallOrder' }>;

const toRecall = (found: Found | undefined): readonly Recall[] =>
  found?.value === undefined
    ? []
    : [{ type: 'RecallOrder', archived: found.value as ArchivedOrder }];

export const openClosedOrders = (options: ClosedOrdersOptions): Result<ClosedOrders, string> => {
  const { dir, isDurable, onTrouble } = options;
  const archive = openArchive({
    dir,
    isDurable,
    keysOf: (value) => keysOf(value as ArchivedOrder),
  });
  return archive.ok ? ok(new ClosedOrders(archive.value, onTrouble)) : archive;
};

const keysOf = ({ order, names }: ArchivedOrder): readonly ArchiveKey[] => [
  ...names.clientOrderIDs.map((id) => ({ text: clientKey(order.client, id), isForEver: true })),
  ...[
    orderKey(order.orderID),
    ...names.clOrdIDs.map(requestKey),
    ...names.venueOrderIDs.map(venueKey),
  ].map((text) => ({ text, isForEver: false })),
];

/** No two kinds of ids make one key; a client's own text has no NUL in it. */
const clientKey = (client: ClientName, id: string): string => `c\0${client}\0${id}`;
const orderKey = (id: string): string => `o\0${id}`;
const requestKey = (id: ClOrdID): string => `r\0${id}`;
const venueKey = (id: string): string => `v\0${id}`;

/** Ids in a report that lead to nothing in memory, as long as none of them does. */
const keysOfReport = (state: EngineState, report: VenueReport): readonly string[] => {
  if (report.type === 'SessionReject' || report.type === 'Fill') return [];
  const named =
    report.type === 'BusinessReject'
      ? [report.refID ?? clOrdIDInText(report.text)]
      : [report.clOrdID, report.origClOrdID];
  const clOrdIDs = named.filter((id) => id !== undefined);
  if (clOrdIDs.some((id) => state.requests.has(id))) return [];
  if (report.type === 'BusinessReject') return clOrdIDs.map(requestKey);
  if (state.orderIDByVenueOrderID.has(report.venueOrderID)) return [];
  return [venueKey(report.venueOrderID), ...clOrdIDs.map(requestKey)];
};

/** The order of the id is not kept any more; that the id was used is. */
const refuseUsed = (body: Extract<InputBody, { readonly request: unknown }>): InputBody => {
  const detail = `${body.request.clientOrderID} was used before`;
  return body.type === 'PlaceOrder'
    ? { ...body, refusal: refusal('DUPLICATE_CLORDID', ORD_REJ.duplicateOrder, detail) }
    : { ...body, refusal: refusal('DUPLICATE_CLORDID', CXL_REJ.duplicateClOrdID, detail) };
};
