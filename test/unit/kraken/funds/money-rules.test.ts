import { expect } from 'chai';
import { type RestLogEntry } from '../../../../src/kraken/rest/history/history-readers.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import {
  type Bench,
  closeBenches,
  CONFIRMED,
  LOST,
  makeBench,
  propose,
  reason,
  voice,
} from './funds-service-support.ts';

const entry = (id: string, at: number): RestLogEntry =>
  ({
    id,
    at: epochMs(at),
    info: 'cross-exchange transfer',
    asset: 'xbt',
    oldBalance: '10',
    newBalance: '9.5',
  }) as RestLogEntry;

const sendOne = async (bench: Bench, answer: typeof LOST): Promise<string> => {
  const id = await propose(bench, ['ann', 'bob']);
  bench.answer = () => Promise.resolve(answer);
  await bench.fundsService.send(id, 'carl');
  return id;
};

const statuses = ({ fundsService }: Bench): readonly string[] =>
  fundsService.cases().map(({ status }) => status);

describe('a row of the account log as evidence', () => {
  afterEach(closeBenches);

  it('settles no doubt while an equal movement that was confirmed could have written it', async () => {
    const bench = await makeBench();
    const doubted = await sendOne(bench, LOST);
    bench.now += 600_000;
    await sendOne(bench, CONFIRMED);
    bench.log = [entry('17', bench.now + 500)];
    const finding = reason(await bench.fundsService.investigate(doubted, 'carl'));
    expect(finding).to.equal('account log entry 17 may be of M2 (Done) as well: no proof');
    expect(statuses(bench)).to.deep.equal(['InDoubt', 'Done']);
    expect(bench.audited().at(-1)).to.include({ type: 'Denied', verb: 'investigate', id: 'M1' });
  });

  it('settles no doubt while an equal one is open, and one of them once people settled the other', async () => {
    const bench = await makeBench();
    const first = await sendOne(bench, LOST);
    const second = await sendOne(bench, LOST);
    bench.log = [entry('17', bench.now + 500)];
    expect(reason(await bench.fundsService.investigate(first, 'carl'))).to.match(
      /may be of M2 \(InDoubt\)/,
    );
    expect(reason(await bench.fundsService.investigate(second, 'carl'))).to.match(
      /of M1 \(InDoubt\)/,
    );
    for (const operator of ['ann', 'bob'])
      await bench.fundsService.resolve(
        second,
        voice(bench, second, operator, { verdict: 'ResolveNotDone' }),
      );
    expect((await bench.fundsService.investigate(first, 'carl')).ok).to.equal(true);
    expect(statuses(bench)).to.deep.equal(['Done', 'NotDone']);
  });

  it('is evidence once: a row that settled one doubt settles no other, over restarts too', async () => {
    const bench = await makeBench();
    const first = await sendOne(bench, LOST);
    bench.log = [entry('17', bench.now + 500)];
    expect((await bench.fundsService.investigate(first, 'carl')).ok).to.equal(true);
    const second = await sendOne(bench, LOST);
    expect(reason(await bench.fundsService.investigate(second, 'carl'))).to.match(
      /no such movement/,
    );
    const next = await bench.reopen();
    next.log = bench.log;
    expect(reason(await next.fundsService.investigate(second, 'carl'))).to.match(
      /no such movement/,
    );
    // The first has its row, so the next row can only be the second's.
    next.log = [...bench.log, entry('18', bench.now + 900)];
    const settled = await next.fundsService.investigate(second, 'carl');
    expect(settled.ok && settled.value.evidence).to.equal('account log entry 18');
  });

  it('is not of a movement that was sent later, nor of one that was sent more than a day before', async () => {
    const bench = await makeBench();
    await sendOne(bench, CONFIRMED);
    bench.now += 86_400_001;
    const doubted = await sendOne(bench, LOST);
    bench.log = [entry('17', bench.now + 500)];
    bench.now += 60_000;
    await sendOne(bench, CONFIRMED);
    const settled = await bench.fundsService.investigate(doubted, 'carl');
    expect(settled.ok && settled.value.evidence).to.equal('account log entry 17');
  });
});
