import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type ClOrdID, type VenueExecID, type VenueOrderID } from '../../src/domain/ids.ts';
import { type ExecType, type OrdStatus } from '../../src/domain/order.ts';
import { isClosed, ordStatusOf } from '../../src/core/evolve/order-status.ts';
import { type Order } from '../../src/core/state.ts';
import { Bench, cancel, place, replace, SOURCE, text } from './bench.ts';

export interface MatrixStep {
  readonly t: string;
  readonly dir: 'in' | 'out' | 'none';
  readonly in: string;
  readonly msgType?: string;
  readonly effect: string;
  readonly fields: Readonly<Record<string, string>>;
  /** null: there is no order of ours. */
  readonly expected: null | {
    readonly state?: string;
    readonly baseState?: string;
    readonly orderQty?: string;
    readonly cumQty?: string;
    readonly leavesQty?: string;
    readonly clOrdID?: string;
    readonly pending: readonly { clOrdID: string; kind: string; ackedByVenue: boolean }[];
    readonly closed: boolean;
  };
}

export interface Matrix {
  readonly id: string;
  readonly title: string;
  readonly steps: readonly MatrixStep[];
}

export const MATRICES = JSON.parse(
  readFileSync(
    new URL('../fixtures/order-state/fix44-order-state-matrices.json', import.meta.url),
    'utf8',
  ),
) as readonly Matrix[];

export const EXEC_TYPES: Readonly<Record<string, ExecType>> = {
  '0': 'New',
  '3': 'DoneForDay',
  '4': 'Canceled',
  '5': 'Replaced',
  '6': 'PendingCancel',
  '8': 'Rejected',
  D: 'Restated',
  E: 'PendingReplace',
  F: 'Trade',
  I: 'OrderStatus',
};

export const ORD_STATUSES: Readonly<Record<string, OrdStatus>> = {
  '0': 'New',
  '1': 'PartiallyFilled',
  '2': 'Filled',
  '3': 'DoneForDay',
  '4': 'Canceled',
  '5': 'Replaced',
  '6': 'PendingCancel',
  '8': 'Rejected',
  E: 'PendingReplace',
};

const toState = (status: OrdStatus): string =>
  status.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();

/** Runs one matrix; the client's names X and Y become our ClOrdIDs. */
export class MatrixRun {
  readonly bench = Bench.ready();
  readonly #clOrdIDs = new Map<string, ClOrdID>();
  #execIDs = 0;
  /** Prices are no part of the matrices; any will do. */
  readonly #price = text('100');

  step(step: MatrixStep): void {
    if (step.dir === 'out') this.#send(step);
    if (step.dir === 'in') this.#receive(step);
  }

  order(): Order | undefined {
    return [...this.bench.state.orders.values()].at(-1);
  }

  /** The client's name of one of our ClOrdIDs. */
  name(id: ClOrdID | undefined): string | undefined {
    return [...this.#clOrdIDs].find(([, clOrdID]) => clOrdID === id)?.[0];
  }

  #send({ in: what, fields }: MatrixStep): void {
    const id = fields['ClOrdID']!;
    const { state } = this.bench;
    switch (what) {
      case 'order':
        this.bench.input(
          place(
            id,
            { orderQty: text(fields['OrderQty']!) },
            { possResend: fields['PossResend'] === 'Y' },
          ),
        );
        if (!this.#clOrdIDs.has(id)) this.#clOrdIDs.set(id, state.lastClOrdID!);
        return;
      case 'cancel':
        this.bench.input(cancel(id, fields['OrigClOrdID']!));
        if (state.lastClOrdID !== undefined) this.#clOrdIDs.set(id, state.lastClOrdID);
        return;
      case 'replace':
        this.bench.input(
          replace(
            id,
            fields['OrigClOrdID']!,
            { orderQty: text(fields['OrderQty']!) },
            { policy: 'amend' },
          ),
        );
        if (!this.#clOrdIDs.has(id)) this.#clOrdIDs.set(id, this.bench.state.lastClOrdID!);
        return;
      default:
        expect.fail(`no such message of ours: ${what}`);
    }
  }

  #receive(step: MatrixStep): void {
    const { fields } = step;
    const clOrdID = this.#clOrdIDs.get(fields['ClOrdID']!)!;
    if (step.in === 'cancelReject') {
      const isReplace = fields['CxlRejResponseTo'] === '2';
      const refused = { refMsgType: isReplace ? 'G' : 'F', refID: clOrdID, reason: 101 };
      const report = { type: 'BusinessReject' as const, ...refused, text: 'EOrder:Unknown order' };
      this.bench.input({ type: 'VenueReported', report, source: SOURCE });
      return;
    }
    this.#execIDs += 1;
    const origClOrdID = this.#clOrdIDs.get(fields['OrigClOrdID'] ?? '');
    const lastQty = fields['LastQty'];
    const reason = fields['ExecRestatementReason'];
    this.bench.report({
      execID: `M${this.#execIDs}` as VenueExecID,
      venueOrderID: `V${this.bench.state.orders.size}` as VenueOrderID,
      clOrdID,
      ...(origClOrdID === undefined ? {} : { origClOrdID }),
      execType: EXEC_TYPES[fields['ExecType']!]!,
      ordStatus: ORD_STATUSES[fields['OrdStatus']!]!,
      orderQty: text(fields['OrderQty']!),
      cumQty: text(fields['CumQty']!),
      leavesQty: text(fields['LeavesQty']!),
      ...(lastQty === undefined ? {} : { lastQty: text(lastQty), lastPx: this.#price }),
      ...(reason === undefined ? {} : { execRestatementReason: Number(reason) }),
    });
  }
}

/** Our books in the words of the data. */
export const seen = (run: MatrixRun): MatrixStep['expected'] =>
  inWords(run.order(), (id) => run.name(id));

/** `name` gives the client's name of one of our ClOrdIDs. */
export const inWords = (
  order: Order | undefined,
  name: (id: ClOrdID | undefined) => string | undefined,
): MatrixStep['expected'] => {
  if (order === undefined) return null;
  return {
    state: toState(ordStatusOf(order)),
    baseState: toState(order.base),
    orderQty: order.terms.orderQty,
    cumQty: order.cumQty,
    leavesQty: order.leavesQty,
    clOrdID: name(order.venueClOrdID)!,
    pending: order.pending.map(({ clOrdID, kind, ackedByVenue }) => ({
      clOrdID: name(clOrdID)!,
      kind,
      ackedByVenue,
    })),
    closed: isClosed(order),
  };
};
