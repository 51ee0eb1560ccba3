import { expect } from 'chai';
import fc from 'fast-check';
import {
  type BudgetPurpose,
  DERIVATIVES_BUDGET,
  HISTORY_BUDGET,
  makeSlidingBudget,
  makeTokenBudget,
} from '../../../src/kraken/rate-budget.ts';
import { monotonicMs } from '../../../src/lib/time.ts';

const at = monotonicMs;

describe('sliding budget ([rest 5], pool 1)', () => {
  it('never grants more than the limit in any window, and ordinary calls never touch the reserve', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            afterMs: fc.nat(3_000),
            cost: fc.constantFrom(1, 2, 9, 10, 25, 59, 100, 200),
            purpose: fc.constantFrom<BudgetPurpose>('ordinary', 'safety'),
          }),
          { maxLength: 300 },
        ),
        (calls) => {
          const budget = makeSlidingBudget(DERIVATIVES_BUDGET);
          const granted: { at: number; cost: number }[] = [];
          let now = 0;
          for (const { afterMs, cost, purpose } of calls) {
            now += afterMs;
            const take = budget.take(cost, purpose, at(now));
            if (take.type !== 'Granted') continue;
            granted.push({ at: now, cost });
            const used = granted
              .filter((entry) => entry.at > now - 10_000)
              .reduce((sum, entry) => sum + entry.cost, 0);
            expect(used).to.be.at.most(purpose === 'safety' ? 400 : 340);
          }
        },
      ),
    );
  });

  it('says exactly how long to wait: then it fits, a millisecond earlier it does not', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ afterMs: fc.nat(900), cost: fc.integer({ min: 1, max: 60 }) }), {
          minLength: 30,
          maxLength: 80,
        }),
        (calls) => {
          const budget = makeSlidingBudget(DERIVATIVES_BUDGET);
          let now = 0;
          for (const { afterMs, cost } of calls) {
            now += afterMs;
            const take = budget.take(cost, 'ordinary', at(now));
            if (take.type !== 'Wait') continue;
            const early = budget.take(cost, 'ordinary', at(now + take.afterMs - 1));
            if (take.afterMs > 1) expect(early.type).to.equal('Wait');
            now += take.afterMs;
            expect(budget.take(cost, 'ordinary', at(now)).type).to.equal('Granted');
          }
        },
      ),
    );
  });

  it('keeps 60 points so that kill, switch and look-ups pass when orders used all they may', () => {
    const budget = makeSlidingBudget(DERIVATIVES_BUDGET);
    for (let order = 0; order < 34; order += 1)
      expect(budget.take(10, 'ordinary', at(0)).type).to.equal('Granted');
    expect(budget.take(10, 'ordinary', at(1)).type).to.equal('Wait');
    expect(budget.available(at(1))).to.equal(0);
    for (const cost of [25, 25, 1, 2, 2])
      expect(budget.take(cost, 'safety', at(1)).type).to.equal('Granted');
    expect(budget.take(10, 'safety', at(1)).type).to.equal('Wait');
  });

  it('says never to a batch that can never fit', () => {
    const budget = makeSlidingBudget(DERIVATIVES_BUDGET);
    expect(budget.take(509, 'ordinary', at(0)).type).to.equal('Never');
    expect(budget.take(350, 'ordinary', at(0)).type).to.equal('Never');
    expect(budget.take(350, 'safety', at(0)).type).to.equal('Granted');
  });

  it('stops ordinary calls after a rate-limit answer, and lets safety calls through', () => {
    const budget = makeSlidingBudget(DERIVATIVES_BUDGET);
    budget.penalize(1_000, at(5));
    expect(budget.take(1, 'ordinary', at(6))).to.deep.equal({ type: 'Wait', afterMs: 999 });
    expect(budget.take(25, 'safety', at(6)).type).to.equal('Granted');
    expect(budget.take(1, 'ordinary', at(1_005)).type).to.equal('Granted');
  });
});

describe('token budget ([rest 5], pool 2)', () => {
  it('starts full, keeps its reserve and refills one token each six seconds', () => {
    const budget = makeTokenBudget(HISTORY_BUDGET);
    expect(budget.available(at(0))).to.equal(90);
    for (let page = 0; page < 90; page += 1)
      expect(budget.take(1, 'ordinary', at(0)).type).to.equal('Granted');
    expect(budget.take(1, 'ordinary', at(0))).to.deep.equal({ type: 'Wait', afterMs: 6_000 });
    expect(budget.take(1, 'ordinary', at(5_990)).type).to.equal('Wait');
    expect(budget.take(1, 'ordinary', at(6_000)).type).to.equal('Granted');
    expect(budget.take(10, 'safety', at(6_000)).type).to.equal('Granted');
    expect(budget.take(1, 'safety', at(6_000)).type).to.equal('Wait');
  });

  it('never grants more than the bucket and its refill', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ afterMs: fc.nat(20_000), cost: fc.constantFrom(1, 2, 3, 6, 10) }), {
          maxLength: 300,
        }),
        (calls) => {
          const budget = makeTokenBudget(HISTORY_BUDGET);
          let now = 0;
          let granted = 0;
          for (const { afterMs, cost } of calls) {
            now += afterMs;
            if (budget.take(cost, 'safety', at(now)).type === 'Granted') granted += cost;
            expect(granted).to.be.at.most(100 + now / 6_000 + 1e-6);
          }
        },
      ),
    );
  });

  it('waits as long as the venue says after its 429', () => {
    const budget = makeTokenBudget(HISTORY_BUDGET);
    budget.penalize(36_000, at(0));
    expect(budget.take(1, 'ordinary', at(0))).to.deep.equal({ type: 'Wait', afterMs: 36_000 });
    expect(budget.available(at(1))).to.equal(0);
    expect(budget.take(1, 'ordinary', at(36_000)).type).to.equal('Granted');
  });
});
