import { expect } from 'chai';
import { type EngineState } from '../../../src/core/state.ts';
import { plain, replayed } from '../../support/bench.ts';
import {
  EXEC_TYPES,
  MATRICES,
  MatrixRun,
  ORD_STATUSES,
  seen,
  type MatrixStep,
} from '../../support/order-matrix.ts';

/**
 * The FIX 4.4 order state change matrices (volume 4, appendix D), 52 sequences as data; origin in
 * the fixture's README. Groups A, B, C, F and H are in the data. Nothing of it is left out:
 * - OrderCancelReplaceRequest(G) goes to the venue as such, which is the policy `amend`;
 * - OrderCancelReject(9) is never sent by the venue on derivatives: it arrives as
 *   BusinessMessageReject(j);
 * - TimeInForce Day does not exist: the orders are GTC, which changes no row;
 * - group F is the client's side of the wire: the rejects are our answers to the client, so they
 *   are compared with what we report, and fed in as venue reports as well, where they must change
 *   nothing.
 */
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
