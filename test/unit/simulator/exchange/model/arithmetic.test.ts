import { Big } from 'big.js';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  ceilToSteps,
  floorToSteps,
  type Grid,
  makeGrid,
  stepsToMoney,
  stepsToText,
  textToSteps,
} from '../../../../../src/simulator/exchange/model/instruments/grid.ts';
import { makeIdSource } from '../../../../../src/simulator/exchange/model/id-source.ts';
import {
  divideFloor,
  divideHalfEven,
  moneyToText,
  over,
  parseMoney,
  times,
} from '../../../../../src/simulator/exchange/model/money.ts';

const amount = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
const big = (value: bigint): Big => new Big(value.toString());
const HALF_EVEN = 2;

const gridOf = (step: string): Grid => {
  const grid = makeGrid(step);
  if (grid === undefined) throw new Error(`${step} is a step`);
  return grid;
};

describe('exchange money', () => {
  it('is the same after text and back', () => {
    fc.assert(fc.property(amount, (value) => parseMoney(moneyToText(value)) === value));
  });

  it('reads plain decimals of up to 18 places and nothing else', () => {
    expect(parseMoney('0.000000000000000001')).to.equal(1n);
    expect(parseMoney('-1.50')).to.equal(-1_500_000_000_000_000_000n);
    for (const text of [
      '',
      '.',
      '1.',
      '.5',
      '+1',
      '1e3',
      '0x1',
      '1_000',
      ' 1',
      'NaN',
      '--1',
      '0.0000000000000000001',
    ]) {
      expect(parseMoney(text), text).to.equal(undefined);
    }
  });

  it('divides half to even as big.js does', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
        fc.bigInt({ min: 1n, max: 1_000n }),
        (dividend, divisor) => {
          const Exact = Big();
          Exact.DP = 40;
          const exact = new Exact(dividend.toString()).div(divisor.toString()).round(0, HALF_EVEN);
          expect(divideHalfEven(dividend, divisor).toString()).to.equal(exact.toFixed());
          expect(divideHalfEven(-dividend, divisor)).to.equal(-divideHalfEven(dividend, divisor));
          expect(divideHalfEven(dividend, -divisor)).to.equal(-divideHalfEven(dividend, divisor));
        },
      ),
    );
    expect([1n, 3n, 5n, -1n, -3n].map((value) => divideHalfEven(value, 2n))).to.deep.equal([
      0n,
      2n,
      2n,
      0n,
      -2n,
    ]);
  });

  it('floors towards minus infinity', () => {
    expect([7n, -7n].map((value) => divideFloor(value, 2n))).to.deep.equal([3n, -4n]);
    expect(divideFloor(-8n, 2n)).to.equal(-4n);
    expect(divideFloor(7n, -2n)).to.equal(-4n);
  });

  it('multiplies and divides amounts to the last of 18 decimals', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }),
        fc.bigInt({ min: 1n, max: 10n ** 24n }),
        (a, b) => {
          const Exact = Big();
          Exact.DP = 80;
          const [x, y] = [new Exact(big(a)).div('1e18'), new Exact(big(b)).div('1e18')];
          expect(moneyToText(times(a, b))).to.equal(x.times(y).round(18, HALF_EVEN).toFixed());
          expect(moneyToText(over(a, b))).to.equal(x.div(y).round(18, HALF_EVEN).toFixed());
        },
      ),
    );
  });
});

describe('exchange grids', () => {
  const steps = ['1', '0.5', '0.1', '0.05', '0.00001', '0.0000000001', '10', '1000', '0.0001'];

  it('counts in steps and shows text without needless zeros', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...steps),
        fc.integer({ min: 0, max: 100_000_000 }),
        (step, count) => {
          const grid = gridOf(step);
          const text = stepsToText(count, grid);
          expect(text).to.equal(new Big(step).times(count).toFixed());
          expect(textToSteps(text, grid)).to.equal(count);
          expect(moneyToText(stepsToMoney(count, grid))).to.equal(text);
        },
      ),
    );
  });

  it('knows what is off the grid', () => {
    expect(textToSteps('84000.5', gridOf('1'))).to.equal(undefined);
    expect(textToSteps('84000.50', gridOf('0.5'))).to.equal(168_001);
    expect(textToSteps('84000.25', gridOf('0.5'))).to.equal(undefined);
    expect(textToSteps('15', gridOf('10'))).to.equal(undefined);
    expect(textToSteps('-1', gridOf('1'))).to.equal(undefined);
    expect(textToSteps('9007199254740993', gridOf('1'))).to.equal(undefined);
  });

  it('refuses steps that are none', () => {
    for (const text of ['0', '-1', 'x', '0.0000000000000000001'])
      expect(makeGrid(text), text).to.equal(undefined);
  });

  it('floors and ceils amounts of either sign to whole steps', () => {
    const grid = gridOf('0.5');
    const money = (text: string): bigint => parseMoney(text) ?? 0n;
    expect([floorToSteps(money('1.74'), grid), ceilToSteps(money('1.74'), grid)]).to.deep.equal([
      3, 4,
    ]);
    expect([floorToSteps(money('-1.74'), grid), ceilToSteps(money('-1.74'), grid)]).to.deep.equal([
      -4, -3,
    ]);
    expect([floorToSteps(money('2'), grid), ceilToSteps(money('2'), grid)]).to.deep.equal([4, 4]);
  });
});

describe('exchange ids', () => {
  it('are v4 UUIDs, unique, and the same again from the same seed', () => {
    const take = (seed: number, stream: number): readonly string[] => {
      const source = makeIdSource(seed, stream);
      return Array.from({ length: 20_000 }, () => source.next());
    };
    const ids = take(42, 1);
    expect(new Set(ids).size).to.equal(ids.length);
    expect(
      ids.every((id) =>
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id),
      ),
    ).to.equal(true);
    expect(take(42, 1)).to.deep.equal(ids);
    expect(new Set([...ids, ...take(42, 2), ...take(43, 1)]).size).to.equal(3 * ids.length);
  });

  // A kept venue makes its ids again at every start: clients were told them.
  it('are the same in every version', () => {
    const source = makeIdSource(42, 1);
    expect([source.next(), source.next()]).to.deep.equal([
      'b18fd33c-55cf-42c2-991b-1e03c1f9aa8b',
      'a66150de-fdc4-4a92-aef1-a20256198063',
    ]);
    expect(makeIdSource(7, 3).next()).to.equal('a501296c-378f-4fd1-868f-f1059bc11be5');
  });
});
