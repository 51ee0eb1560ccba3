import { expect } from 'chai';
import { makeID, numberOfID } from '../../../src/core/made-id.ts';
import { Bench, place, replayed, SESSION } from '../../support/bench.ts';

const runOf = (idPrefix: string | undefined): Bench => {
  const bench = new Bench();
  bench.input({ type: 'EngineStarted', ...(idPrefix !== undefined && { idPrefix }) });
  bench.logOn();
  bench.input({ type: 'RouteSynchronized', session: SESSION, epoch: bench.epoch });
  return bench;
};

/** OrderIDs(37) and ExecIDs(17) that a run gave away. */
const idsOf = (bench: Bench): readonly string[] =>
  bench.journal.flatMap((fact) => [
    ...('execID' in fact ? [String(fact.execID)] : []),
    ...(fact.type === 'OrderAccepted' ? [fact.orderID] : []),
  ]);

describe('ids that we make', () => {
  it('do not begin again in a new data folder', () => {
    const [first, second] = [runOf('MIKX8Q3P'), runOf('MIKX8Q4A')];
    for (const bench of [first, second]) for (const id of ['A', 'B']) bench.input(place(id));
    const both = [...idsOf(first), ...idsOf(second)];
    expect(both).to.include.members(['FMIKX8Q3P-1', 'FMIKX8Q4A-1', 'FMIKX8Q3P-2']);
    expect(new Set(both).size).to.equal(both.length);
  });

  it('go on where they were after a restart, under the prefix of the first start', () => {
    const first = runOf('MIKX8Q3P');
    first.input(place('A'));
    const again = new Bench();
    again.state = replayed(first.journal, first.manager);
    again.input({ type: 'EngineStarted', idPrefix: 'OTHER' });
    again.input(place('B'));
    expect([...again.state.orders.keys()]).to.deep.equal(['FMIKX8Q3P-1', 'FMIKX8Q3P-2']);
  });

  it('go on without a prefix in a journal of an earlier version', () => {
    const old = runOf(undefined);
    old.input(place('A'));
    const again = new Bench();
    again.state = replayed(old.journal, old.manager);
    again.input({ type: 'EngineStarted', idPrefix: 'MIKX8Q3P' });
    again.input(place('B'));
    expect([...again.state.orders.keys()]).to.deep.equal(['F1', 'F2']);
  });

  it('are counted with and without a prefix, also one that ends in digits', () => {
    expect(numberOfID(makeID('F', '', 12))).to.equal(12);
    expect(numberOfID(makeID('E', 'MIKX8Q39', 7))).to.equal(7);
    expect(numberOfID(makeID('M', 'A', 1_000_000))).to.equal(1_000_000);
  });

  it('mean the same orders in a mass cancel as before', () => {
    const bench = runOf('MIKX8Q3P');
    for (const id of ['A', 'B', 'C']) bench.input(place(id));
    bench.input({ type: 'CancelAll', by: 'library' as never });
    const asked = bench.journal.find(({ type }) => type === 'MassCancelRequested');
    expect(asked).to.include({ ordersMade: 3, affected: 3, massCancelID: 'MMIKX8Q3P-1' });
  });
});
