import { expect } from 'chai';
import fc from 'fast-check';
import { epochMs } from '../../../../../../src/lib/time.ts';
import {
  PagedLog,
  type PageRequest,
} from '../../../../../../src/simulator/gateways/rest/history/paged-log.ts';

const all: PageRequest<number> = {
  since: undefined,
  before: undefined,
  sort: 'desc',
  count: 10,
  token: undefined,
  visibleUntil: Number.POSITIVE_INFINITY,
  isWanted: () => true,
};

const walk = (log: PagedLog<number>, request: PageRequest<number>): number[] => {
  const items: number[] = [];
  let token: string | undefined;
  do {
    const page = log.page({ ...request, token });
    items.push(...page.rows.map(({ item }) => item));
    token = page.token;
  } while (token !== undefined);
  return items;
};

describe('pages of the history service [rest 7]', () => {
  it('walks every wanted row once, in either direction, whatever the page size', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom('asc' as const, 'desc' as const),
        fc.integer({ min: 1, max: 3 }),
        (steps, count, sort, every) => {
          const log = new PagedLog<number>(1_000);
          let at = 1_000;
          for (const [item, step] of steps.entries()) {
            at += step;
            log.add(epochMs(at), item);
          }
          const wanted = [...steps.keys()].filter((item) => item % every === 0);
          const isWanted = (item: number): boolean => item % every === 0;
          const expected = sort === 'asc' ? wanted : wanted.reverse();
          expect(walk(log, { ...all, count, sort, isWanted })).to.deep.equal(expected);
        },
      ),
    );
  });

  it('keeps a walk right while rows are added and the oldest are forgotten', () => {
    const log = new PagedLog<number>(20);
    for (let item = 0; item < 20; item += 1) log.add(epochMs(item), item);
    const first = log.page({ ...all, sort: 'asc', count: 5 });
    expect(first.rows.map(({ item }) => item)).to.deep.equal([0, 1, 2, 3, 4]);
    for (let item = 20; item < 30; item += 1) log.add(epochMs(item), item);
    const { token = '' } = first;
    const second = log.page({ ...all, sort: 'asc', count: 5, token });
    expect(second.rows[0]?.item).to.be.greaterThan(4);
    expect(log.length).to.be.at.most(20);
  });

  it('bounds by time: since is inside, before is outside, and what is too young is not there', () => {
    const log = new PagedLog<number>(100);
    for (let item = 0; item < 10; item += 1) log.add(epochMs(item), item);
    const page = log.page({ ...all, since: 3, before: 8, visibleUntil: 6 });
    expect(page.rows.map(({ item }) => item)).to.deep.equal([6, 5, 4, 3]);
    expect(log.page({ ...all, since: 8, before: 3 }).rows).to.deep.equal([]);
  });

  it('gives tokens that read as time and number, as recorded', () => {
    const log = new PagedLog<number>(100);
    for (let item = 0; item < 3; item += 1) log.add(epochMs(1_790_422_737_270), item);
    const { token = '' } = log.page({ ...all, count: 2 });
    expect(Buffer.from(token, 'base64').toString()).to.equal('1790422737270/2');
  });
});
