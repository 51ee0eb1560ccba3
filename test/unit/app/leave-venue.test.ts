import { expect } from 'chai';
import { sayHalted } from '../../../src/app/leave-venue.ts';
import { type Logger, silentLogger } from '../../../src/observability/logger.ts';
import { place } from '../../support/bench.ts';
import { given, live, type Step } from '../../support/given.ts';

describe('the log of an engine that halted', () => {
  const saidAfter = (...steps: readonly Step[]): readonly unknown[] => {
    const said: unknown[] = [];
    const error = (text: string, fields: object): unknown => said.push({ text, ...fields });
    const logger = { ...silentLogger, error } as unknown as Logger;
    sayHalted(logger, given(...steps).bench.state, new Error('no space left on device'));
    return said.slice(1);
  };

  it('tells orders that the venue has from those that it never answered', () => {
    const said = saidAfter(live('A'), place('B'), live('C'));
    expect(said).to.have.length(1);
    const [line] = said as { text: string }[];
    expect(line).to.include({ code: 'ORDERS_OPEN_AT_END', ordersOpen: 2, ordersUnanswered: 1 });
    const [open, unanswered] = line?.text.split('; ', 2) ?? [];
    expect(open).to.match(/^2 orders are open at the venue: \S+ \S+$/);
    expect(unanswered).to.match(/^1 orders have no answer of the venue/);
  });

  it('claims nothing open at the venue when it answered no order', () => {
    const [line] = saidAfter(place('A')) as { text: string }[];
    expect(line?.text).to.match(/^1 orders have no answer of the venue/);
  });

  it('says nothing about orders when none is open', () => {
    expect(saidAfter()).to.deep.equal([]);
  });
});
