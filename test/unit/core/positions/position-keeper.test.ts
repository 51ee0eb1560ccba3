import { expect } from 'chai';
import fc from 'fast-check';
import { PositionKeeper } from '../../../../src/core/positions/position-keeper.ts';
import { contractTypeByName } from '../../../../src/core/positions/position-view.ts';
import { type Fact } from '../../../../src/core/fact.ts';
import { decimal } from '../../../../src/lib/decimal.ts';
import { PF_XBTUSD, PI_XBTUSD } from '../../../support/bench.ts';
import { temporaryArchive } from '../../../support/archiving.ts';
import { PositionBench } from '../../../support/position-bench.ts';
import { naivePosition, type NaiveTrade } from './naive-position.ts';

/** More runs by FATHOM_PROPERTY_RUNS; fast-check prints the seed of a failure. */
const RUNS = Number(process.env['FATHOM_PROPERTY_RUNS'] ?? '40');
const SEED = Number(process.env['SEED'] ?? '20261130');
const PARAMETERS = { numRuns: RUNS, seed: SEED };

/** How far a quotient that was rounded at 18 decimals may be from the exact one, per trade. */
const ROUNDING = decimal('0.000000000000000001');
const PRICE_ROUNDING = decimal('0.000001');

const isNear = (a: string, b: string, distance: ReturnType<typeof decimal>): boolean =>
  decimal(a).minus(decimal(b)).abs().lte(distance);

const step = fc.record({
  isInverse: fc.boolean(),
  isBuy: fc.boolean(),
  qty: fc.integer({ min: 1, max: 50 }),
  cents: fc.integer({ min: 2_000_000, max: 7_000_000 }),
  then: fc.constantFrom('stands', 'stands', 'stands', 'busted', 'corrected'),
  /** The change comes after so many further trades. */
  after: fc.nat(4),
});
type Step = ReturnType<(typeof step)['generate']>['value'];

const px = (cents: number): string => (cents / 100).toFixed(2);

const play = (
  steps: readonly Step[],
  afterEach: (run: PositionBench, at: number) => void = () => undefined,
) => {
  const run = new PositionBench();
  const standing: (NaiveTrade | undefined)[] = [];
  const change = ({ then, isBuy, qty, cents }: Step, at: number): void => {
    if (then === 'busted') run.bust(at);
    if (then === 'corrected') run.correct(at, String(qty), px(cents + 100));
    const signed = isBuy ? String(qty) : `-${qty}`;
    if (then === 'busted') standing[at] = undefined;
    if (then === 'corrected') standing[at] = { qty: signed, px: px(cents + 100) };
  };
  steps.forEach((one, at) => {
    const symbol = one.isInverse ? PI_XBTUSD : PF_XBTUSD;
    const side = one.isBuy ? 'Buy' : 'Sell';
    run.trade({ symbol, side, qty: String(one.qty), px: px(one.cents) });
    standing.push({ qty: one.isBuy ? String(one.qty) : `-${one.qty}`, px: px(one.cents) });
    steps.slice(0, at + 1).forEach((old, index) => {
      if (index + old.after === at) change(old, index);
    });
    // Positions are looked at between changes, too: what was folded before must not show.
    if (at % 3 === 0) run.views();
    afterEach(run, at);
  });
  steps.forEach((old, at) => {
    if (at + old.after >= steps.length) change(old, at);
  });
  return { run, standing };
};

describe('positions of random histories', function () {
  this.timeout(120_000 + RUNS * 500);

  it('are what an independent model makes of the trades that stand, and equal after a replay', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
        const { run, standing } = play(steps);
        for (const symbol of [PF_XBTUSD, PI_XBTUSD]) {
          const isInverse = symbol === PI_XBTUSD;
          const trades = standing.filter(
            (one, at): one is NaiveTrade => one !== undefined && steps[at]?.isInverse === isInverse,
          );
          const view = run.views().find((one) => one.symbol === symbol);
          const naive = naivePosition(isInverse, trades);
          expect(view?.qty ?? '0').to.equal(naive.qty.text(18));
          expect(view?.executions ?? 0).to.equal(trades.length);
          const allowed = ROUNDING.times(String(trades.length * 2 + 1));
          const realized = [view?.realizedPnl ?? '0', naive.realized.text(18)] as const;
          expect(isNear(...realized, allowed), realized.join(' is not ')).to.equal(true);
          const average = [view?.averagePx ?? '0', naive.average.text(12)] as const;
          expect(isNear(...average, PRICE_ROUNDING), average.join(' is not ')).to.equal(true);
        }
        const again = run.replayed();
        for (const owner of ['account', 'client'] as const) {
          expect(again.keeper.all(again.state, owner)).to.deep.equal(
            run.keeper.all(run.bench.state, owner),
          );
        }
      }),
      PARAMETERS,
    );
  });

  it('lose nothing to rounding: realised profit and cost are the value of all trades, exactly', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
        const linear = steps.map((one) => ({ ...one, isInverse: false, then: 'stands' as const }));
        const { run } = play(linear);
        const [kept] = run.keeper.all(run.bench.state, 'account');
        const paid = linear.reduce(
          (sum, { isBuy, qty, cents }) =>
            sum.plus(decimal(px(cents)).times(String(isBuy ? qty : -qty))),
          decimal('0'),
        );
        expect(kept!.position.cost!.minus(kept!.position.realizedPnl).eq(paid)).to.equal(true);
      }),
      PARAMETERS,
    );
  });
});

describe('positions of orders that leave memory', () => {
  it('keep quantity, number, and realised profit minus cost, whatever leaves when', async () => {
    const steps = fc.array(fc.tuple(step, fc.boolean()), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const { archive, remove } = temporaryArchive();
        const [stays, leaves] = [false, true].map((isLeaving) =>
          play(
            script.map(([one]) => one),
            (run, at) => {
              if (isLeaving && script[at]?.[1] === true) run.archiveClosed(archive);
            },
          ),
        );
        const sums = ({ run }: NonNullable<typeof stays>) =>
          run.keeper.all(run.bench.state, 'account').map(({ symbol, position, executions }) => ({
            ...{ symbol, executions, qty: position.qty.toFixed() },
            sum: position.realizedPnl
              .minus(position.cost ?? '0')
              .round(12)
              .toFixed(),
          }));
        expect(sums(leaves!)).to.deep.equal(sums(stays!));
        await remove();
      }),
      PARAMETERS,
    );
  });
});

describe('positions', () => {
  const buy = (qty: string, price: string) =>
    ({ symbol: PF_XBTUSD, side: 'Buy', qty, px: price }) as const;

  it('of a client and its Account(1) are its own orders’, netted apart from the account’s', () => {
    const run = new PositionBench();
    run.trade(buy('2', '100'), { account: 'A' });
    run.trade({ ...buy('1', '110'), side: 'Sell' }, { account: 'B' });
    run.trade(buy('1', '120'));
    expect(run.views().map(({ qty, realizedPnl }) => [qty, realizedPnl])).to.deep.equal([
      ['2', '10'],
    ]);
    const kept = run.keeper.all(run.bench.state, 'client');
    expect(
      kept.map(({ owner, position }) => [
        owner.type === 'client' ? owner.clientAccount : 'account',
        position.qty.toFixed(),
      ]),
    ).to.deep.equal([
      ['A', '2'],
      ['B', '-1'],
      [undefined, '1'],
    ]);
  });

  it('say what they cannot know, field by field, and never 0 for it', () => {
    const run = new PositionBench();
    run.trade(buy('2', '100'));
    const view = run.view(PF_XBTUSD);
    expect(view).to.not.have.property('unrealizedPnl');
    expect(view).to.not.have.property('markPx');
    expect(view).to.not.have.property('funding');
    expect(view.incomplete.map(({ field }) => field)).to.deep.equal([
      'qty',
      'unrealizedPnl',
      'fees',
      'funding',
    ]);
    const reasons = view.incomplete.map(({ reason }) => reason).join('\n');
    expect(reasons).to.include('what the account held before');
    expect(reasons).to.include('no mark price');
    expect(reasons).to.include('1 executions came without a fee');
  });

  it('opened at an unknown price have no average, and their close no profit, until they turn', () => {
    const run = new PositionBench();
    run.opened(PF_XBTUSD, '3');
    run.trade(buy('1', '100'));
    let view = run.view(PF_XBTUSD);
    expect(view.qty).to.equal('4');
    expect(view).to.not.have.property('averagePx');
    expect(view.incomplete.map(({ field }) => field)).to.include('averagePx');
    run.trade({ ...buy('5', '120'), side: 'Sell' });
    view = run.view(PF_XBTUSD);
    expect(view).to.deep.include({ qty: '-1', averagePx: '120', realizedPnl: '0' });
    expect(view.incomplete.map(({ field }) => field)).to.include('realizedPnl');
  });

  it('begin once: a second look at the account changes no beginning', () => {
    const run = new PositionBench();
    run.opened(PF_XBTUSD, '3', '90');
    run.opened(PF_XBTUSD, '7', '10');
    run.trade(buy('1', '110'));
    const view = run.view(PF_XBTUSD);
    expect(view).to.deep.include({ qty: '4', averagePx: '95' });
    expect(view.opening).to.deep.include({ qty: '3', entryPx: '90' });
  });

  it('show the venue’s quantity and the difference, and are not changed by it', () => {
    const run = new PositionBench();
    run.trade(buy('2', '100'));
    const view = run.view(PF_XBTUSD, { venueQtyOf: () => '1.5' as never });
    expect(view).to.deep.include({ qty: '2', venueQty: '1.5', difference: '-0.5' });
  });

  it('of an instrument whose kind is unknown have a quantity and no profit', () => {
    const run = new PositionBench();
    run.trade(buy('2', '100'));
    const keeper = new PositionKeeper(() => undefined);
    const journal: readonly Fact[] = run.bench.journal;
    for (const fact of journal) keeper.note(run.bench.state, fact);
    const [kept] = keeper.all(run.bench.state, 'account');
    expect(kept?.position.qty.toFixed()).to.equal('2');
    expect(kept?.position.cost).to.equal(undefined);
  });

  it('of a dated contract that left the configuration are known by its name', () => {
    for (const [symbol, type] of [
      ['PF_XBTUSD', 'linear'],
      ['FF_XBTUSD_261225', 'linear'],
      ['PI_XBTUSD', 'inverse'],
      ['FI_XBTUSD_261225', 'inverse'],
      ['OF_XBTUSD_261225_120000_C', undefined],
    ] as const) {
      expect(contractTypeByName(symbol as never), symbol).to.equal(type);
    }
  });
});
