import { expect } from 'chai';
import { type EngineState } from '../../src/core/state.ts';
import { plain } from '../support/bench.ts';
import {
  isAnswerOfOurs,
  MatrixOverFix,
  MatrixStage,
  ordStatusCode,
} from '../support/matrix-over-fix.ts';
import { MATRICES, type MatrixStep } from '../support/order-matrix.ts';

const isCrossing = ({ t }: MatrixStep): boolean => t.endsWith('b');

/**
 * The FIX 4.4 order state change matrices through an engine with FIX bytes on both sides: a client
 * session in front, a scripted venue behind.
 */
describe('order state change matrices over FIX', function () {
  this.timeout(180_000);
  let stage: MatrixStage;
  let runs = 0;
  const next = (): MatrixOverFix => {
    runs += 1;
    return new MatrixOverFix(stage, runs);
  };

  before(async () => {
    stage = await MatrixStage.open();
  });
  after(async () => {
    await stage.close();
  });

  const expectTold = async (run: MatrixOverFix, step: MatrixStep): Promise<void> => {
    const { fields, expected } = step;
    const told = await run.told(step);
    const about = `t=${step.t} ${step.in}`;
    if (step.msgType === '9') {
      expect(told.get('35'), about).to.equal('9');
      expect(told.get('39'), about).to.equal(fields['OrdStatus']);
      expect(told.get('434'), about).to.equal(fields['CxlRejResponseTo'] ?? '1');
      if (fields['CxlRejReason'] !== undefined) {
        expect(told.get('102'), about).to.equal(fields['CxlRejReason']);
      }
      return;
    }
    const isRefusedDuplicate = step.effect === 'duplicateRejected';
    expect(told.get('150'), about).to.equal(fields['ExecType']);
    expect(told.get('39'), about).to.equal(ordStatusCode(expected?.state ?? ''));
    expect(told.get('38'), about).to.equal(expected?.orderQty);
    expect(told.get('14'), about).to.equal(expected?.cumQty);
    expect(told.get('151'), about).to.equal(expected?.leavesQty);
    expect(told.get('378'), about).to.equal(fields['ExecRestatementReason']);
    if (isRefusedDuplicate) expect(told.get('103'), about).to.equal('6');
  };

  /** Without the alerts about doubts that last: real time raises them meanwhile. */
  const untimed = (state: EngineState): unknown => {
    const doubtCases = new Map(
      [...state.doubtCases].map(([id, one]) => [id, { ...one, alerted: 'page' as const }]),
    );
    return plain({ ...state, doubtCases });
  };

  /** Replay and repetition: neither changes the books, and the client hears nothing twice. */
  const expectLasting = async (run: MatrixOverFix): Promise<void> => {
    const books = plain(stage.engine.state);
    expect(plain(stage.replay()), 'the journal, replayed').to.deep.equal(books);
    const before = untimed(stage.engine.state);
    const reports = stage.reports().length;
    await run.tellAgain();
    expect(untimed(stage.engine.state), 'told again').to.deep.equal(before);
    expect(stage.reports()).to.have.length(reports);
  };

  for (const { id, title, steps } of MATRICES) {
    it(`${id}: ${title}`, async () => {
      const run = next();
      for (const step of steps) {
        await run.step(step);
        if (step.dir === 'none') continue;
        expect(run.books(), `t=${step.t} ${step.in}`).to.deep.equal(step.expected);
        if (step.dir === 'in') await expectTold(run, step);
      }
      await expectLasting(run);
    });
  }

  for (const { id, steps } of MATRICES.filter(({ steps: all }) => all.some(isCrossing))) {
    it(`${id}: ends the same when the crossing messages come in the other order`, async () => {
      const at = steps.findIndex(isCrossing);
      const swapped = [...steps];
      [swapped[at - 1], swapped[at]] = [steps[at]!, steps[at - 1]!];
      const run = next();
      for (const step of swapped) await run.step(step);
      expect(run.books()).to.deep.equal(steps.at(-1)?.expected);
      await expectLasting(run);
    });
  }

  const say = (execType: string, ordStatus: string, more: Record<string, string> = {}) => ({
    ...{ t: '1', dir: 'in', in: execType, msgType: '8', effect: 'applied', expected: null },
    fields: {
      ...{ ClOrdID: 'X', ExecType: execType, OrdStatus: ordStatus, OrderQty: '10' },
      ...{ CumQty: '0', LeavesQty: '10', ...more },
    },
  });
  const rests = async (run: MatrixOverFix): Promise<void> => {
    const order = { ...say('', '', {}), dir: 'out', in: 'order', msgType: 'D' } as const;
    await run.step(order);
    await run.step(say('0', '0') as MatrixStep);
  };
  const hears = async (
    run: MatrixOverFix,
    step: ReturnType<typeof say>,
  ): Promise<ReadonlyMap<string, string>> => {
    await run.step(step as MatrixStep);
    return run.told(step as MatrixStep);
  };

  it('J.1: corrections and a bust name the report before them in the chain', async () => {
    const run = next();
    await rests(run);
    const fill = { CumQty: '4', LeavesQty: '6', LastQty: '4' };
    const first = await hears(run, say('F', '1', fill));
    const smaller = { CumQty: '3', LeavesQty: '7', LastQty: '3', ExecRefID: 'E2' };
    const second = await hears(run, say('G', '1', smaller));
    expect(second.get('19')).to.equal(first.get('17'));
    const third = await hears(
      run,
      say('G', '1', { ...smaller, CumQty: '2', LastQty: '2', ExecRefID: 'E3' }),
    );
    expect(third.get('19')).to.equal(second.get('17'));
    expect(third.get('14')).to.equal('2');
    const bust = await hears(run, say('H', '0', { ExecRefID: 'E4' }));
    expect(bust.get('19')).to.equal(third.get('17'));
    expect([bust.get('39'), bust.get('14'), bust.get('151')]).to.deep.equal(['0', '0', '10']);
    await expectLasting(run);
  });

  it('E.1: a cancel that nobody asked for says the venue’s reason', async () => {
    const run = next();
    await rests(run);
    const reason = { LeavesQty: '0', Text: 'market halted', ExecRestatementReason: '6' };
    const told = await hears(run, say('4', '4', reason));
    expect([told.get('150'), told.get('39'), told.get('151')]).to.deep.equal(['4', '4', '0']);
    expect([told.get('58'), told.get('378')]).to.deep.equal(['market halted', '6']);
    expect(told.has('41'), 'OrigClOrdID(41)').to.equal(false);
    await expectLasting(run);
  });

  it('E.1: suspended, resumed by a restatement without a reason, triggered and filled', async () => {
    const run = next();
    await rests(run);
    const suspended = await hears(run, say('9', '9'));
    expect([suspended.get('150'), suspended.get('39'), suspended.get('151')]) //
      .to.deep.equal(['9', '9', '10']);
    const restated = await hears(run, say('D', '0'));
    expect([restated.get('39'), restated.get('378')]).to.deep.equal(['0', '99']);
    const triggered = await hears(run, say('L', '0'));
    expect([triggered.get('150'), triggered.get('39')]).to.deep.equal(['D', '0']);
    expect([triggered.get('378'), triggered.get('636')]).to.deep.equal(['99', 'Y']);
    const filled = await hears(run, say('F', '2', { CumQty: '10', LeavesQty: '0', LastQty: '10' }));
    expect([filled.get('39'), filled.get('151')]).to.deep.equal(['2', '0']);
    await expectLasting(run);
  });

  it('an acknowledgement of receipt that was overtaken changes nothing', async () => {
    const run = next();
    await rests(run);
    await run.step(say('F', '1', { CumQty: '4', LeavesQty: '6', LastQty: '4' }) as MatrixStep);
    const late = await hears(run, say('A', 'A'));
    expect([late.get('150'), late.get('39'), late.get('14')]).to.deep.equal(['A', '1', '4']);
    await expectLasting(run);
  });

  it('are all there, 52 of them', () => {
    expect(MATRICES).to.have.length(52);
    expect(MATRICES.flatMap(({ steps }) => steps.filter(isAnswerOfOurs))).not.to.be.empty;
  });
});
