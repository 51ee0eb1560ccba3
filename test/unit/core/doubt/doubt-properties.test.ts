import { expect } from 'chai';
import fc from 'fast-check';
import { ABSENCE_VIEWS, type EvidenceView } from '../../../../src/domain/evidence.ts';
import { type Bench, c, place, text } from '../../../support/bench.ts';
import {
  askResend,
  cut,
  givenDeps,
  live,
  logOn,
  logOnWithReset,
  synchronize,
  type Step,
} from '../../../support/given.ts';
import { asked, fillOf, noteOpening, round, row, verdicts, wait } from '../../../support/doubts.ts';

const AUTO = asked({ absentFullAuto: true });
const RUNS = { numRuns: 200 };

const run = (bench: Bench, step: Step): void => {
  if (typeof step === 'function') step(bench);
  else bench.input(step);
};

/** One view of a round that the venue answers badly, or in which it shows the order. */
type Flaw = readonly [EvidenceView, 'incomplete' | 'shows it'];

const flaw: fc.Arbitrary<Flaw> = fc.tuple(
  fc.constantFrom(...ABSENCE_VIEWS),
  fc.constantFrom('incomplete' as const, 'shows it' as const),
);
const waits = fc.integer({ min: 0, max: 200_000 });

describe('whatever the venue answers about orders in doubt', () => {
  it('I3, I4: an order is never absent while each round lacks a view or has a trace, however long it lasts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.array(flaw, { minLength: 1, maxLength: 3 }), waits), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.boolean(),
        (rounds, isReset) => {
          const back = isReset ? [logOnWithReset] : [logOn, askResend(2)];
          const { bench } = givenDeps(AUTO, noteOpening, place('A'), cut, ...back).when(
            synchronize,
          );
          for (const [flaws, ms] of rounds) {
            const known = { orders: [row('A', { clOrdID: c(1), status: 'known' as const })] };
            const said = flaws.map(
              ([view, how]) => [view, how === 'incomplete' ? { complete: false } : known] as const,
            );
            run(bench, wait(ms));
            run(bench, round(Object.fromEntries(said)));
          }
          expect(verdicts(bench)).to.be.empty;
          expect(bench.order('A').base).to.equal('PendingNew');
        },
      ),
      RUNS,
    );
  });

  it('I3: timers alone, in whatever order, end nothing and send nothing', () => {
    const timer = fc.constantFrom(
      'doubts:TRD',
      'doubts-alert:TRD/alert/1',
      'doubts-alert:TRD/page/1',
      'doubts-late:TRD',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(timer, waits), { maxLength: 20 }), (fired) => {
        const { bench } = givenDeps(AUTO, live('A'), place('B'), cut, logOn).when(synchronize);
        for (const [name, ms] of fired) {
          run(bench, wait(ms));
          bench.input({ type: 'TimerFired', name });
        }
        expect(verdicts(bench)).to.be.empty;
        expect(bench.state.doubts.size).to.equal(2);
        expect(bench.effectsOfType('SendNewOrder')).to.be.empty;
      }),
      RUNS,
    );
  });

  it('I5: an order is live or cancelled only when the fills that are booked are those that the venue counts', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 0, max: 9 }),
        fc.boolean(),
        (counted, told, isOpen) => {
          const { bench } = givenDeps(AUTO, live('A'), cut, logOn, synchronize).when((at) => {
            const seen = row('A', {
              status: isOpen ? 'open' : 'canceled',
              cumQty: text(String(counted)),
              leavesQty: text(isOpen ? String(10 - counted) : '0'),
            });
            const fills = told === 0 ? [] : [fillOf('A', String(told))];
            const view = isOpen ? 'openorders' : 'history-orders';
            run(at, round({ [view]: { orders: [seen] }, fills: { fills } }));
          });
          const cumQty = Number(bench.order('A').cumQty);
          expect(cumQty, 'never more than was told').to.be.at.most(told);
          if (verdicts(bench).length > 0) expect(cumQty).to.equal(counted);
          else expect(cumQty === counted, 'agreement ends it').to.equal(false);
        },
      ),
      RUNS,
    );
  });
});
