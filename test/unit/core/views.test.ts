import { expect } from 'chai';
import { type ClientName } from '../../../src/domain/ids.ts';
import { parseFact } from '../../../src/core/fact.ts';
import { InvariantError } from '../../../src/lib/invariant.ts';
import {
  doubts,
  executions,
  openOrders,
  orders,
  quarantined,
  routes,
} from '../../../src/core/views.ts';
import { cancel, CLIENT, place, SESSION, text } from '../../support/bench.ts';
import { cut, execID, given, live, traded, v } from '../../support/given.ts';

describe('views of the books', () => {
  const { bench } = given(
    live('A'),
    traded('A', '4', '100', { execID: execID('T1') }),
    live('B'),
    traded('B', '10', '101'),
    cancel('C', 'A'),
    place('D', {}, { client: 'fix:DESK2' as ClientName }),
    (at) => at.report({ venueOrderID: v('unknown') }),
  );
  const { state } = bench;

  it('show orders with requests under way counted in', () => {
    expect(orders(state).map(({ ordStatus, isOpen }) => [ordStatus, isOpen])).to.deep.equal([
      ['PendingCancel', true],
      ['Filled', false],
      ['PendingNew', true],
    ]);
    expect(orders(state, CLIENT)).to.have.length(2);
    expect(openOrders(state).map(({ avgPx }) => avgPx)).to.deep.equal(['100', '0']);
  });

  it('show executions as they stand', () => {
    expect(executions(state)).to.have.length(2);
    const bust = { execType: 'TradeCancel', ordStatus: 'New', execRefID: execID('T1') } as const;
    const busted = given(live('A'), traded('A', '4', '100', { execID: execID('T1') }), (at) =>
      at.report({ ...bust, venueOrderID: v('A'), cumQty: text('0') }),
    ).bench;
    expect(executions(busted.state)).to.be.empty;
  });

  it('show routes, doubts and quarantine', () => {
    expect(routes(state).map(({ session, phase }) => [session, phase])).to.deep.equal([
      [SESSION, 'Active'],
    ]);
    expect(quarantined(state)).to.have.length(1);
    const doubted = given(place('A'), live('B'), cut).bench.state;
    expect(
      doubts(doubted).map(({ doubt, freezesInstrument }) => [doubt, freezesInstrument]),
    ).to.deep.equal([
      ['D2', true],
      ['D3', false],
    ]);
  });
});

describe('facts of the journal', () => {
  it('are read back as they were written', () => {
    const { bench } = given(live('A'));
    for (const fact of bench.journal) {
      expect(parseFact(JSON.parse(JSON.stringify(fact)))).to.deep.equal(fact);
    }
  });

  it('of a newer version stop the program', () => {
    for (const json of [
      null,
      1,
      'x',
      {},
      { type: 'NoSuchFact', at: 1 },
      { type: 'toString', at: 1 },
      { type: 'OrderAccepted' },
    ]) {
      expect(() => parseFact(json), JSON.stringify(json)).to.throw(InvariantError);
    }
  });
});
