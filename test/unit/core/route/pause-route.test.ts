import { expect } from 'chai';
import { cancel, place, SESSION } from '../../../support/bench.ts';
import { cut, given, live, logOn, synchronize } from '../../../support/given.ts';

const pause = {
  type: 'PauseRoute',
  session: SESSION,
  reason: 'the daily rollover is near',
} as const;

describe('a paused route', () => {
  it('refuses new orders with the reason, and sends nothing', () => {
    const { bench } = given(pause).when(place('A'));
    const [refused] = bench.factsOfType('OrderRefused');
    expect(refused?.code).to.equal('ROUTE_CLOSED');
    expect(refused?.text).to.include('paused: the daily rollover is near');
    expect(bench.effectsOfType('SendNewOrder')).to.be.empty;
  });

  it('lets cancels pass', () => {
    const { bench } = given(live('A'), pause).when(cancel('C', 'A'));
    expect(bench.effectsOfType('SendCancel')).to.have.length(1);
  });

  it('is said once', () => {
    given(pause).when(pause).then();
  });

  it('opens again with the next logon', () => {
    const { bench } = given(pause, cut, logOn, synchronize).when(place('A'));
    expect(bench.effectsOfType('SendNewOrder')).to.have.length(1);
  });
});

describe('the end of a link that is no accident', () => {
  const end = (orders?: 'kept' | 'left-to-venue'): string[] => {
    const { bench } = given(live('A1'), live('A2')).when((at) =>
      at.input({
        type: 'RouteDown',
        ...{ session: SESSION, epoch: at.epoch, reason: 'LogoutByUs: bye' },
        ...(orders === undefined ? {} : { orders }),
      }),
    );
    return bench.effectsOfType('Alert').map(({ text }) => text);
  };

  it('says which orders it keeps at the venue, by number and name', () => {
    expect(end('kept')).to.have.length(1);
    expect(end('kept')[0]).to.match(/^ORDERS_KEPT: .* 2 orders stay open at the venue: F1 F2$/);
  });

  it('tells orders that the venue keeps from those that it has not answered', () => {
    const { bench } = given(live('A1'), place('A2'), live('A3')).when((at) =>
      at.input({
        type: 'RouteDown',
        ...{ session: SESSION, epoch: at.epoch, reason: 'LogoutByUs: bye', orders: 'kept' },
      }),
    );
    expect(bench.effectsOfType('Alert')[0]!.text).to.equal(
      'ORDERS_KEPT: after TRD ended (LogoutByUs: bye) 2 orders stay open at the venue: F1 F3; ' +
        '1 orders are unanswered, and the venue may hold them or not: F2',
    );
  });

  it('says which orders the venue is to cancel', () => {
    expect(end('left-to-venue')[0]).to.match(/^ORDERS_LEFT_TO_VENUE: .* 2 orders.*: F1 F2$/);
  });

  it('raises no such alert after an accident', () => {
    expect(end()).to.deep.equal([]);
  });
});
