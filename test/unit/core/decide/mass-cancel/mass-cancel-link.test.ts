import { expect } from 'chai';
import { type Fact } from '../../../../../src/core/fact.ts';
import { type InputBody } from '../../../../../src/core/input.ts';
import { evolve } from '../../../../../src/core/evolve/books.ts';
import { emptyState } from '../../../../../src/core/state.ts';
import { type TradingSymbol } from '../../../../../src/domain/ids.ts';
import { epochMs } from '../../../../../src/lib/time.ts';
import {
  c,
  CLIENT,
  place,
  PF_XBTUSD,
  PI_XBTUSD,
  SESSION,
  START_MS,
} from '../../../../support/bench.ts';
import {
  acked,
  canceledUnasked,
  cancelRejected,
  given,
  givenDeps,
  live,
} from '../../../../support/given.ts';
import {
  asked,
  cancelled,
  expectSameAfterReplay,
  later,
  lives,
  lookAgain,
  ofAll,
  ofClient,
  otherClients,
  question,
  reconnect,
  replies,
  roomFor,
} from '../../../../support/mass-cancels.ts';

describe('a mass cancel and the link', () => {
  it('is remembered while the link is down, and carried out when it is up', () => {
    const { bench } = given(live('A1'), live('A2'), (at) => at.cut()).when(asked('Q'));
    expect(cancelled(bench)).to.be.empty;
    expect(bench.alerts()).to.deep.equal(['ROUTE_CLOSED']);
    expect(replies(bench)[0]!.report).to.include({
      massCancelResponse: '7',
      totalAffectedOrders: 2,
    });
    expect(replies(bench)[0]!.report.text).to.include('remembered');
    bench.logOn();
    expect(cancelled(bench), 'most may be closed: the replay first').to.be.empty;
    bench.synchronize();
    expect(cancelled(bench)).to.deep.equal([c(1), c(2)]);
    expectSameAfterReplay(bench);
  });

  it('is carried out although the route stays in recovering', () => {
    const { bench } = given(
      live('A1'),
      (at) => at.cut(),
      ofClient,
      (at) => {
        at.logOn();
      },
    ).when(lookAgain, later(5_000), lookAgain);
    expect(cancelled(bench)).to.deep.equal([c(1)]);
  });

  it('survives kill -9: a new run goes on with what its journal says', () => {
    const { bench: before } = givenDeps(roomFor(1), ...lives(3), otherClients).when(asked('Q'));
    expect(cancelled(before)).to.have.length(1);
    const bench = before.restarted();
    expect(bench.effectsOfType('SetTimer').map(({ name }) => name)).to.include('mass-cancel:M1');
    bench.logOn();
    bench.synchronize();
    expect(new Set(cancelled(bench))).to.deep.equal(new Set([c(1), c(2), c(3)]));
    expectSameAfterReplay(bench);
  });

  it('cancels an order that comes to life after a doubt, if it was in its scope', () => {
    // Written, never answered; the numbers are reset, so nothing proves that it is absent.
    const { bench } = given(
      place('A1'),
      (at) => at.cut(),
      (at) => {
        at.logOn(true);
      },
      (at) => at.synchronize(),
      ofClient,
      cancelRejected('A1'),
    ).when(live('B'), acked('A1'), later(10_000), lookAgain);
    expect(cancelled(bench)).to.deep.equal([c(1)]);
  });

  it('after a lost link cancels what the venue’s own mass cancel left', () => {
    const { bench } = given(...lives(3), ofAll).when(reconnect);
    expect(cancelled(bench)).to.deep.equal([c(1), c(2), c(3)]);
  });

  it('asked again is one, not two', () => {
    const { bench } = given(live('A1'), live('A2'), (at) => at.cut(), asked('Q1')).when(
      asked('Q2'),
    );
    expect(bench.state.activeMassCancels.size).to.equal(1);
    expect(replies(bench)[0]!.report).to.include({ clientOrderID: 'Q2', totalAffectedOrders: 2 });
  });

  it('of an older journal, which knew the venue’s request alone, is finished as well', () => {
    const { bench } = given(live('A1'), live('A2'));
    const clOrdID = c(3);
    const old: readonly Fact[] = [
      { type: 'MassCancelIntended', at: START_MS, clOrdID, session: SESSION, by: CLIENT },
      {
        type: 'RequestSent',
        ...{ at: START_MS, clOrdID, session: SESSION, epoch: 1, sequenceEpoch: 0, msgSeqNum: 9 },
      },
    ];
    for (const fact of old) bench.apply(fact);
    const restarted = bench.restarted();
    restarted.logOn();
    restarted.synchronize();
    expect(cancelled(restarted)).to.deep.equal([c(1), c(2)]);
    expectSameAfterReplay(restarted);
  });
});

const onSymbol = (
  id: string,
  symbol: TradingSymbol,
  rest: Parameters<typeof question>[1] = {},
): InputBody => ({
  ...ofClient,
  symbol,
  question: question(id, { massCancelRequestType: '1', ...rest }),
});

describe('the answer to a client’s mass cancel', () => {
  it('names the orders that are meant by number, at once and once', () => {
    const { bench } = given(...lives(2), otherClients).when(asked('Q'));
    expect(replies(bench)).to.have.length(1);
    expect(replies(bench)[0]!).to.deep.include({ client: CLIENT });
    expect(replies(bench)[0]!.report).to.include({
      clientOrderID: 'Q',
      massCancelID: 'M1',
      massCancelRequestType: '7',
      massCancelResponse: '7',
      totalAffectedOrders: 2,
    });
  });

  it('comes when nothing is open, too', () => {
    const { bench } = given().when(asked('Q'));
    expect(replies(bench)[0]!.report).to.include({ totalAffectedOrders: 0 });
    expect(bench.factsOfType('MassCancelCompleted')).to.have.length(1);
  });

  it('refuses a symbol that is no instrument, and cancels nothing', () => {
    const { bench } = given(live('A1')).when({
      ...ofClient,
      symbol: 'NOPE' as TradingSymbol,
      question: question('Q', { massCancelRequestType: '1' }),
    });
    expect(replies(bench)[0]!.report).to.include({
      massCancelResponse: '0',
      massCancelRejectReason: 1,
      code: 'UNKNOWN_SYMBOL',
      symbol: 'NOPE',
    });
    expect(cancelled(bench)).to.be.empty;
    expectSameAfterReplay(bench);
  });

  it('to a possible resend is the same again, and reaches no newer order', () => {
    const { bench } = given(live('A1'), asked('Q'), canceledUnasked('A1'), live('A2')).when(
      asked('Q', { possResend: true }),
    );
    expect(cancelled(bench)).to.be.empty;
    expect(replies(bench)[0]!.report).to.include({ massCancelID: 'M1', totalAffectedOrders: 1 });
    expectSameAfterReplay(bench);
  });

  it('to a possible resend names the symbol again', () => {
    const one = onSymbol('Q', PF_XBTUSD, { possResend: true });
    const { bench } = given(live('A1'), onSymbol('Q', PF_XBTUSD)).when(one);
    expect(replies(bench)[0]!.report).to.include({ massCancelID: 'M1', symbol: PF_XBTUSD });
    expectSameAfterReplay(bench);
  });

  it('never says that another scope under the same ClOrdID was cancelled when it was not', () => {
    const inOne = onSymbol('Q', PI_XBTUSD);
    for (const wider of [
      onSymbol('Q', PF_XBTUSD, { possResend: true }),
      asked('Q', { possResend: true }),
    ]) {
      const { bench } = given(live('A1'), inOne).when(wider);
      expect(cancelled(bench)).to.deep.equal([c(1)]);
      expect(replies(bench)[0]!.report).to.include({ massCancelID: 'M2', totalAffectedOrders: 1 });
      expectSameAfterReplay(bench);
    }
  });

  it('is forgotten once the request is too old to be accepted again', () => {
    const { bench } = given(asked('Q'), later(90_000_001)).when(asked('R'));
    expect([...bench.state.massCancelAnswers.get(CLIENT)!.keys()]).to.deep.equal(['R']);
    expectSameAfterReplay(bench);
  });

  it('takes bounded memory, and what is forgotten for that is refused to a possible resend', () => {
    const many = Array.from({ length: 10_002 }, (_, n) => asked(`Q${n + 1}`));
    const { bench } = given(...many, live('A1')).when();
    expect(bench.state.massCancelAnswers.get(CLIENT)!.size).to.equal(10_000);
    bench.input(asked('Q1', { possResend: true }));
    expect(replies(bench).at(-1)!.report).to.deep.include({
      massCancelResponse: '0',
      massCancelRejectReason: 99,
    });
    expect(replies(bench).at(-1)!.report.text).to.match(/^DUPLICATE_CLORDID: whether Q1 /);
    bench.input(asked('Q10002', { possResend: true }));
    expect(replies(bench).at(-1)!.report).to.include({ massCancelResponse: '7' });
    expect(cancelled(bench), 'A1 is not meant').to.be.empty;
    bench.input(asked('Q1'));
    expect(cancelled(bench), 'a new request is carried out').to.deep.equal([c(1)]);
    // Nothing is forgotten that is not too old by now.
    bench.at = epochMs(bench.at + 90_000_001);
    bench.input(asked('NEVER SEEN', { possResend: true }));
    expect(replies(bench).at(-1)!.report).to.include({ massCancelResponse: '7' });
    expectSameAfterReplay(bench);
  });

  it('leaves no more ClOrdIDs of requests that are over than late reports may name', () => {
    let state = emptyState();
    const at = epochMs(0);
    for (let n = 1; n <= 10_001; n += 1) {
      const of = { clOrdID: c(n), session: SESSION, by: CLIENT, massCancelID: 'M1' as never };
      state = evolve(state, { type: 'VenueMassCancelIntended', at, ...of });
      state = evolve(state, { type: 'MassCancelSettled', at, clOrdID: c(n), reason: 'DONE' });
    }
    expect(state.requests.size).to.equal(10_000);
    expect(state.requests.has(c(1))).to.equal(false);
    expect(state.lastClOrdID).to.equal(c(10_001));
  });
});
