import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import {
  type ClOrdID,
  type ClientOrderID,
  type VenueExecID,
  type VenueOrderID,
} from '../../../src/domain/ids.ts';
import { type ExecType, type OrdStatus } from '../../../src/domain/order.ts';
import { isClosed, ordStatusOf } from '../../../src/core/order-status.ts';
import { type EngineState, type Order } from '../../../src/core/state.ts';
import {
  Bench,
  c,
  cancel,
  CLIENT,
  plain,
  place,
  replayed,
  SOURCE,
  text,
} from '../../support/bench.ts';

/**
 * The FIX 4.4 order state change matrices (volume 4, appendix D), 52 sequences as data; origin in the fixture's README.
 * Groups A, B, C, F and H are in the data. Nothing of it is left out:
 * - OrderCancelReplaceRequest(G) has no input yet (the dialect has none in production), so the tests put the fact
 *   ReplaceIntended into the books and the venue's answers are reports like any other;
 * - OrderCancelReject(9) is never sent by the venue on derivatives: it arrives as BusinessMessageReject(j);
 * - TimeInForce Day does not exist: the orders are GTC, which changes no row;
 * - group F is the client's side of the wire: the rejects are our answers to the client, so they are compared with
 *   what we report, and fed in as venue reports as well, where they must change nothing.
 */
interface MatrixStep {
  readonly t: string;
  readonly dir: 'in' | 'out' | 'none';
  readonly in: string;
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

interface Matrix {
  readonly id: string;
  readonly title: string;
  readonly steps: readonly MatrixStep[];
}

const MATRICES = JSON.parse(
  readFileSync(
    new URL('../../fixtures/order-state/fix44-order-state-matrices.json', import.meta.url),
    'utf8',
  ),
) as readonly Matrix[];

const EXEC_TYPES: Readonly<Record<string, ExecType>> = {
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

const ORD_STATUSES: Readonly<Record<string, OrdStatus>> = {
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
class MatrixRun {
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
      case 'replace': {
        const order = this.order()!;
        const clOrdID = c(900);
        this.#clOrdIDs.set(id, clOrdID);
        this.bench.apply({
          type: 'ReplaceIntended',
          at: this.bench.at,
          orderID: order.orderID,
          clOrdID,
          origClOrdID: order.clOrdID!,
          session: order.session,
          by: CLIENT,
          clientOrderID: id as ClientOrderID,
          terms: { ...order.terms, orderQty: text(fields['OrderQty']!) },
        });
        return;
      }
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

const seen = (run: MatrixRun): MatrixStep['expected'] => {
  const order = run.order();
  if (order === undefined) return null;
  return {
    state: toState(ordStatusOf(order)),
    baseState: toState(order.base),
    orderQty: order.terms.orderQty,
    cumQty: order.cumQty,
    leavesQty: order.leavesQty,
    clOrdID: run.name(order.clOrdID)!,
    pending: order.pending.map(({ clOrdID, kind, ackedByVenue }) => ({
      clOrdID: run.name(clOrdID)!,
      kind,
      ackedByVenue,
    })),
    closed: isClosed(order),
  };
};

const finalState = (steps: readonly MatrixStep[]): unknown => {
  const run = new MatrixRun();
  for (const step of steps) run.step(step);
  return seen(run);
};

const isCrossing = ({ t }: MatrixStep): boolean => t.endsWith('b');

describe('order state change matrices (FIX 4.4 vol. 4, appendix D)', () => {
  it('are 52 sequences, and all of them run', () => {
    expect(MATRICES).to.have.length(52);
  });

  for (const { id, title, steps } of MATRICES) {
    it(`${id}: ${title}`, () => {
      const run = new MatrixRun();
      for (const step of steps) {
        run.step(step);
        if (step.dir === 'none') continue;
        expect(seen(run), `t=${step.t} ${step.in}`).to.deep.equal(step.expected);
      }
      const replay: EngineState = replayed(run.bench.journal, run.bench.manager);
      expect(plain(replay), 'the replay').to.deep.equal(plain(run.bench.state));
      expect(run.bench.alerts().filter((code) => code === 'REPORT_DOUBTED')).to.be.empty;
    });
  }

  const crossing = MATRICES.filter(({ steps }) => steps.some(isCrossing));

  it('have 12 sequences with crossing messages', () => {
    expect(crossing).to.have.length(12);
  });

  for (const { id, steps } of crossing) {
    it(`${id}: ends the same when the crossing messages come in the other order`, () => {
      const at = steps.findIndex(isCrossing);
      const swapped = [...steps];
      [swapped[at - 1], swapped[at]] = [steps[at]!, steps[at - 1]!];
      expect(finalState(swapped)).to.deep.equal(finalState(steps));
    });
  }
});

describe('a cancel of an unknown order (matrix B.1.f)', () => {
  it('is answered with OrderCancelReject(9), CxlRejReason(102)=1, and is not sent', () => {
    const run = new MatrixRun();
    run.step(MATRICES.find(({ id }) => id === 'B.1.f')!.steps[0]!);
    expect(run.bench.effects).to.have.length(1);
    expect(run.bench.effectsOfType('RejectCancel')[0]!.report).to.deep.include({
      clientOrderID: 'Y',
      origClientOrderID: 'X',
      ordStatus: 'Rejected',
      cxlRejResponseTo: 1,
      cxlRejReason: 1,
    });
  });
});

describe('duplicate ClOrdIDs towards the client (matrices F.1.a and F.1.b)', () => {
  for (const id of ['F.1.a', 'F.1.b']) {
    it(`${id}: answers with the state of the first order and sends nothing`, () => {
      const run = new MatrixRun();
      const { steps } = MATRICES.find((matrix) => matrix.id === id)!;
      let answers = 0;
      steps.forEach((step, at) => {
        const isDuplicate = step.effect === 'duplicateSent';
        run.bench.effects.length = 0;
        run.step(step);
        if (!isDuplicate) return;
        const answer = steps[at + 1]!;
        const { fields } = answer;
        expect(run.bench.effects.map(({ type }) => type)).to.deep.equal(['ReportExecution']);
        expect(run.bench.effectsOfType('ReportExecution')[0]!.report).to.deep.include({
          clientOrderID: fields['ClOrdID'],
          execType: EXEC_TYPES[fields['ExecType']!],
          ordStatus: ORD_STATUSES[fields['OrdStatus']!],
          cumQty: fields['CumQty'],
          leavesQty: fields['LeavesQty'],
        });
        answers += 1;
      });
      expect(answers).to.be.greaterThan(0);
    });
  }
});
