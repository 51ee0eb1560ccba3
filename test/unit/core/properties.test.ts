import { expect } from 'chai';
import fc from 'fast-check';
import { type VenueExecID } from '../../../src/domain/ids.ts';
import { type VenueExecutionReport } from '../../../src/domain/venue-report.ts';
import {
  Bench,
  c,
  executionReport,
  place,
  plain,
  replayed,
  SOURCE,
  text,
} from '../../support/bench.ts';
import { v } from '../../support/given.ts';
import { temporaryArchive } from '../../support/archiving.ts';
import { World } from '../../support/world.ts';

/** More runs by FATHOM_PROPERTY_RUNS; fast-check prints the seed of a failure. */
const RUNS = Number(process.env['FATHOM_PROPERTY_RUNS'] ?? '150');
const SEED = Number(process.env['SEED'] ?? '20261122');
const PARAMETERS = { numRuns: RUNS, seed: SEED };
const TIMEOUT_MS = 240_000 + RUNS * 200;

/** Executions of one order as the venue saw them, some busted or corrected later. */
interface Story {
  readonly reports: readonly VenueExecutionReport[];
  readonly cumQty: number;
  readonly trades: number;
}

const storyOf = (
  steps: readonly (readonly [number, 'stays' | 'busted' | 'corrected'])[],
): Story => {
  const ids = { venueOrderID: v('A'), clOrdID: c(1) };
  const reports = [executionReport({ ...ids, execID: 'N' as VenueExecID })];
  let cumQty = 0;
  const say = (execID: string, more: Partial<VenueExecutionReport>): void => {
    const sums = {
      cumQty: text(String(cumQty)),
      leavesQty: text(String(Math.max(0, 1_000 - cumQty))),
    };
    reports.push(executionReport({ ...ids, ...sums, execID: execID as VenueExecID, ...more }));
  };
  steps.forEach(([qty, fate], at) => {
    cumQty += qty;
    const trade = { lastQty: text(String(qty)), lastPx: text('100') };
    say(`T${at}`, { execType: 'Trade', ordStatus: 'PartiallyFilled', ...trade });
    const reference = { execRefID: `T${at}` as VenueExecID };
    if (fate === 'busted') {
      cumQty -= qty;
      say(`H${at}`, { execType: 'TradeCancel', ordStatus: 'New', ...reference });
    }
    if (fate === 'corrected') {
      cumQty += 1;
      const corrected = { lastQty: text(String(qty + 1)), lastPx: text('101') };
      say(`G${at}`, {
        execType: 'TradeCorrect',
        ordStatus: 'PartiallyFilled',
        ...reference,
        ...corrected,
      });
    }
  });
  return { reports, cumQty, trades: steps.length };
};

const fates = fc.constantFrom('stays' as const, 'busted' as const, 'corrected' as const);
const stories = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 100 }), fates), { maxLength: 8 })
  .map(storyOf);

describe('properties of the order core', function () {
  this.timeout(TIMEOUT_MS);

  it('no fill is lost or doubled when reports come twice and in any order', () => {
    const deliveries = stories.chain((story) =>
      fc.record({
        story: fc.constant(story),
        order: fc.shuffledSubarray([...story.reports.keys(), ...story.reports.keys()], {
          minLength: story.reports.length * 2,
        }),
      }),
    );
    fc.assert(
      fc.property(deliveries, ({ story, order }) => {
        const bench = Bench.ready();
        bench.input(place('A', { orderQty: text('1000') }));
        for (const at of order) {
          bench.input({ type: 'VenueReported', report: story.reports[at]!, source: SOURCE });
        }
        expect(bench.order('A').cumQty).to.equal(String(story.cumQty));
        expect(bench.state.quarantine.size).to.equal(0);
        const published = bench
          .effectsOfType('ReportExecution')
          .map(({ report }) => report.execType);
        expect(published.filter((execType) => execType === 'Trade')).to.have.length(story.trades);
        expect(plain(replayed(bench.journal, bench.manager))).to.deep.equal(plain(bench.state));
      }),
      PARAMETERS,
    );
  });

  it('the average is the sum of quantity times price over the sum of quantities', () => {
    const trades = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 400 })),
      {
        minLength: 1,
        maxLength: 10,
      },
    );
    fc.assert(
      fc.property(trades, (fills) => {
        const bench = Bench.ready();
        bench.input(place('A', { orderQty: text('1000') }));
        let qty = 0;
        let notional = 0;
        for (const [lastQty, halfTicks] of fills) {
          qty += lastQty;
          notional += lastQty * halfTicks;
          bench.report({
            venueOrderID: v('A'),
            clOrdID: c(1),
            execType: 'Trade',
            ordStatus: 'PartiallyFilled',
            lastQty: text(String(lastQty)),
            lastPx: text(String(halfTicks / 2)),
            cumQty: text(String(qty)),
          });
        }
        const { executedQty, executedNotional, cumQty } = bench.order('A');
        expect([executedQty, executedNotional, cumQty]).to.deep.equal([
          String(qty),
          String(notional / 2),
          String(qty),
        ]);
      }),
      PARAMETERS,
    );
  });

  it('whatever breaks, the books end as the venue, and no order is sent twice', () => {
    const actions = fc.array(fc.tuple(fc.nat(99), fc.nat(1_000_000)), {
      minLength: 1,
      maxLength: 120,
    });
    fc.assert(
      fc.property(actions, (script) => {
        const world = new World(script.map(([, random]) => random));
        for (const [action] of script) {
          world.act(action);
          world.checkAlways();
        }
        world.settle();
        world.checkEnd();
      }),
      PARAMETERS,
    );
  });

  it('orders that leave memory and come back end as those that stay', async () => {
    const actions = fc.array(fc.tuple(fc.nat(99), fc.nat(1_000_000), fc.boolean()), {
      minLength: 1,
      maxLength: 120,
    });
    await fc.assert(
      fc.asyncProperty(actions, async (script) => {
        const { archive, remove } = temporaryArchive();
        const world = new World(script.map(([, random]) => random));
        for (const [action, , isArchived] of script) {
          world.act(action);
          world.checkAlways();
          if (isArchived) world.archiveClosed(archive);
        }
        world.settle();
        world.recallAll(archive);
        world.checkEnd();
        await remove();
      }),
      PARAMETERS,
    );
  });
});
