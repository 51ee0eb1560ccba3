import { expect } from 'chai';
import { DoubtAsker } from '../../../../src/app/doubts/doubt-asker.ts';
import { type AskVenue } from '../../../../src/core/effect.ts';
import { type InputBody } from '../../../../src/core/input.ts';
import { emptyState, type EngineState } from '../../../../src/core/state.ts';
import { EVIDENCE_VIEWS } from '../../../../src/domain/evidence.ts';
import { type ViewReaders } from '../../../../src/kraken/account/resolution-reading.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import { SESSION } from '../../../support/bench.ts';
import { until } from '../../../support/until.ts';

const EFFECT: AskVenue = {
  ...{ type: 'AskVenue', session: SESSION, round: 3, since: epochMs(0) },
  views: EVIDENCE_VIEWS.filter((view) => view !== 'cancelorder'),
  ...{ venueOrderIDs: [], clOrdIDs: [], cancels: [] },
};

/** Readers of which each call throws. */
const broken = new Proxy(
  {},
  {
    get: () => () => {
      throw new Error('broken');
    },
  },
) as ViewReaders;
const READERS = { account: broken, orders: broken, history: broken, feeds: () => undefined };

const inDoubt = (): EngineState => ({
  ...emptyState(),
  doubtCases: new Map([['F1', { session: SESSION }]]) as never,
});

const answersOf = async (books: EngineState): Promise<readonly InputBody[]> => {
  const told: InputBody[] = [];
  const asker = new DoubtAsker({
    readers: () => READERS as never,
    books: () => books,
    submit: (body) => told.push(body),
  });
  asker.ask(EFFECT);
  expect(told, 'nothing within the turn that asks').to.be.empty;
  await until(() => told.some((body) => body.type === 'RoundAnswered' && body.isOver), 'the end');
  await asker.stop();
  return told;
};

describe('a round of questions about orders in doubt', () => {
  it('tells every view, also those that cannot be read, and that it is over', async () => {
    const told = await answersOf(inDoubt());
    const views = told.flatMap((body) => (body.type === 'EvidenceSeen' ? [body] : []));
    expect(views.map(({ view }) => view)).to.deep.equal(EFFECT.views);
    expect(views.filter(({ complete }) => complete).map(({ view }) => view)).to.deep.equal([
      // No ids were given, so there was nothing to ask.
      'orders-status',
    ]);
    expect(told.at(-1)).to.deep.include({ type: 'RoundAnswered', round: 3, isOver: true });
  });

  it('spares history when the first views have ended every doubt', async () => {
    const told = await answersOf(emptyState());
    const views = told.flatMap((body) => (body.type === 'EvidenceSeen' ? [body.view] : []));
    expect(views.at(-1)).to.equal('fills');
  });

  it('ends at once when nobody can be asked', async () => {
    const told: InputBody[] = [];
    const deps = { readers: () => undefined, books: emptyState };
    const asker = new DoubtAsker({ ...deps, submit: (body) => told.push(body) });
    asker.ask(EFFECT);
    await until(() => told.length > 0, 'the end');
    expect(told).to.have.length(1);
  });
});
