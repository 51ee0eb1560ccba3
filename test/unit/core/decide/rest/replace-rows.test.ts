import { expect } from 'chai';
import { type VenueExecID, type VenueOrderID } from '../../../../../src/domain/ids.ts';
import { cancel, place, plain, replace, replayed, text } from '../../../../support/bench.ts';
import {
  EXEC_TYPES,
  inWords,
  MATRICES,
  type Matrix,
  type MatrixStep,
  ORD_STATUSES,
} from '../../../../support/order-matrix.ts';
import { accepted, answered, refusedBy, restReady } from '../../../../support/rest-orders.ts';

const ROWS = MATRICES.filter(({ steps }) => steps.some((step) => step.in === 'replace'));
/** REST edits no order that is filled: the client hears that it is too late. */
const OF_FILLED = ROWS.filter(({ id }) => id.startsWith('C.1.c'));

/** The rows of the FIX 4.4 matrices that replace, with the replace by editorder. */
class RestRow {
  readonly bench = restReady();
  #execIDs = 0;

  step(step: MatrixStep): void {
    if (step.dir === 'out') this.#send(step);
    if (step.dir === 'in') this.#receive(step);
  }

  get order() {
    return [...this.bench.state.orders.values()].at(-1);
  }

  #send({ in: what, fields }: MatrixStep): void {
    const id = fields['ClOrdID']!;
    const orderQty = text(fields['OrderQty']!);
    const orig = fields['OrigClOrdID']!;
    if (what === 'order') this.bench.input(place(id, { orderQty }));
    else if (what === 'cancel') this.bench.input(cancel(id, orig));
    else this.bench.input(replace(id, orig, { orderQty }, { policy: 'editOrder' }));
  }

  #receive(step: MatrixStep): void {
    const { fields } = step;
    const request = this.order?.pending.find(({ replace: asked }) => asked?.step === 'asked');
    switch (step.in) {
      case 'pendingReplaceAck':
        // REST says nothing before its answer.
        return;
      case 'replaced':
        answered(this.bench, request!.clOrdID, accepted({ text: 'edited' }));
        return;
      case 'cancelReject':
        answered(this.bench, request!.clOrdID, refusedBy('INVALID_QUANTITY'));
        return;
      default:
        this.#report(fields);
    }
  }

  /** FIX knows the order by its first ClOrdID(11) for good. */
  #report(fields: MatrixStep['fields']): void {
    this.#execIDs += 1;
    const lastQty = fields['LastQty'] ?? '0';
    const reason = fields['ExecRestatementReason'];
    this.bench.report({
      ...{ execID: `M${this.#execIDs}` as VenueExecID, venueOrderID: 'V1' as VenueOrderID },
      clOrdID: this.order!.venueClOrdID!,
      execType: EXEC_TYPES[fields['ExecType']!]!,
      ordStatus: ORD_STATUSES[fields['OrdStatus']!]!,
      orderQty: text(fields['OrderQty']!),
      cumQty: text(fields['CumQty']!),
      leavesQty: text(fields['LeavesQty']!),
      ...(lastQty === '0' ? {} : { lastQty: text(lastQty), lastPx: text('100') }),
      ...(reason === undefined ? {} : { execRestatementReason: Number(reason) }),
    });
  }
}

/** Without what REST has not: an id of its own for the changed order, and an early answer. */
const shown = (expected: MatrixStep['expected']) => {
  if (expected === null) return null;
  const { state, baseState, orderQty, cumQty, leavesQty, closed, pending } = expected;
  return { state, baseState, orderQty, cumQty, leavesQty, closed, pending: pending.length };
};

const play = ({ steps }: Matrix): void => {
  const row = new RestRow();
  for (const step of steps) {
    row.step(step);
    if (step.dir === 'none') continue;
    const about = `t=${step.t} ${step.in}`;
    expect(shown(inWords(row.order, () => '')), about).to.deep.equal(shown(step.expected));
  }
  const { journal, manager, state } = row.bench;
  expect(plain(replayed(journal, manager))).to.deep.equal(plain(state));
};

describe('order state change matrices, replaced by editorder', () => {
  it('there are rows to play', () => {
    expect(ROWS.length - OF_FILLED.length).to.be.greaterThan(10);
    expect(OF_FILLED.length).to.be.greaterThan(0);
  });

  for (const row of ROWS.filter((one) => !OF_FILLED.includes(one))) {
    it(`${row.id}: ${row.title}`, () => {
      play(row);
    });
  }

  for (const row of OF_FILLED) {
    it(`${row.id}: it is too late for a filled order`, () => {
      const at = row.steps.findIndex((step) => step.in === 'replace');
      const run = new RestRow();
      for (const step of row.steps.slice(0, at + 1)) run.step(step);
      expect(run.order?.base).to.equal('Filled');
      expect(run.bench.effectsOfType('RejectCancel').at(-1)?.report).to.deep.include({
        ...{ code: 'TOO_LATE', cxlRejResponseTo: 2, cxlRejReason: 0 },
      });
    });
  }
});
