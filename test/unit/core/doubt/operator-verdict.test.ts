import { expect } from 'chai';
import { type DoubtRequest } from '../../../../src/core/facts/doubt-case.ts';
import { judgeDoubtRequest } from '../../../../src/core/doubt/operator-verdict.ts';
import { type InputBody } from '../../../../src/core/input.ts';
import { type Bench, c, place, text } from '../../../support/bench.ts';
import {
  cut,
  doubtsOf,
  givenDeps,
  live,
  logOnWithReset,
  synchronize,
  v,
} from '../../../support/given.ts';
import { asked, round, row, verdicts, wait } from '../../../support/doubts.ts';

const on = asked();

type Propose = Extract<DoubtRequest, { kind: 'propose' }>;

const propose = (bench: Bench, more: Partial<Propose> = {}): Propose => ({
  ...{ kind: 'propose', order: bench.order('A').orderID, verdict: 'absent', by: 'alice' },
  ...{ reason: 'the venue says so', evidence: 'ticket 4711' },
  ...more,
});

const ask = (bench: Bench, request: DoubtRequest): readonly unknown[] =>
  bench.input({ type: 'SettleDoubt', asked: request } satisfies InputBody);

const codeOf = (bench: Bench, request: DoubtRequest): string => {
  const settings = on.doubts;
  const judged = judgeDoubtRequest(request, { state: bench.state, at: bench.at, settings });
  return judged.ok ? 'ok' : judged.error.code;
};

const approve = (by: string, proposalID = 'V1'): DoubtRequest => ({
  kind: 'approve',
  proposalID,
  by,
});

/** Sent, never answered, and the numbers began again: two clean rounds have no trace of it. */
const lost = (): Bench =>
  givenDeps(on, place('A'), cut, logOnWithReset, synchronize, round(), wait(91_000)).when(round())
    .bench;

/** Live by our books; nobody has said what became of it. */
const silent = (): Bench => givenDeps(on, live('A'), cut, logOnWithReset).when(synchronize).bench;

describe('an operator’s verdict on an order in doubt', () => {
  it('is carried out when a second person approves it, and ends the doubt', () => {
    const bench = lost();
    ask(bench, propose(bench));
    expect(doubtsOf(bench), 'one person settles nothing').to.deep.equal(['UNCONFIRMED']);
    ask(bench, approve('bob'));
    expect(verdicts(bench)).to.deep.equal(['ABSENT(full)']);
    expect(bench.order('A')).to.deep.include({ base: 'Rejected', code: 'ABSENT' });
    expect(doubtsOf(bench)).to.be.empty;
    expect(bench.alerts()).to.include('OPERATOR_VERDICT');
    const [resolved] = bench.factsOfType('DoubtResolved');
    expect(resolved?.evidence[0]).to.equal('operators alice and bob, V1: ticket 4711');
  });

  it('cannot be approved by the person who proposed it, under whatever spelling', () => {
    const bench = lost();
    ask(bench, propose(bench));
    expect(codeOf(bench, approve('ALICE'))).to.equal('SAME_PERSON');
    expect(codeOf(bench, approve('a-lice'))).to.equal('SAME_PERSON');
  });

  it('is void when nobody approves it in time, or when it is taken back', () => {
    const bench = lost();
    ask(bench, propose(bench));
    ask(bench, { kind: 'withdraw', proposalID: 'V1', by: 'carol', reason: 'wrong order' });
    expect(codeOf(bench, approve('bob'))).to.equal('UNKNOWN_PROPOSAL');
    ask(bench, propose(bench));
    expect(codeOf(bench, approve('bob', 'V2'))).to.equal('ok');
    givenWait(bench, on.doubts.proposalMsMax);
    expect(codeOf(bench, approve('bob', 'V2'))).to.equal('PROPOSAL_EXPIRED');
  });

  it('is refused with the name of what is wrong', () => {
    const bench = lost();
    expect(codeOf(bench, propose(bench, { by: ' ' }))).to.equal('PERSON_MISSING');
    expect(codeOf(bench, propose(bench, { reason: '' }))).to.equal('REASON_MISSING');
    expect(codeOf(bench, propose(bench, { evidence: '' }))).to.equal('EVIDENCE_MISSING');
    expect(codeOf(bench, propose(bench, { order: 'F999' }))).to.equal('UNKNOWN_ORDER');
    expect(codeOf(bench, propose(bench, { verdict: 'gone' }))).to.equal('BAD_VERDICT');
    expect(codeOf(bench, propose(bench, { verdict: 'filled' }))).to.equal('PRICE_MISSING');
    const bad = { verdict: 'filled', price: 'cheap' };
    expect(codeOf(bench, propose(bench, bad))).to.equal('BAD_PRICE');
    expect(codeOf(bench, propose(bench, { verdict: 'live' }))).to.equal('VENUE_ORDER_MISSING');
  });

  it('“absent” waits for the rounds that the proof needs', () => {
    const { bench } = givenDeps(on, place('A'), cut, logOnWithReset, synchronize).when(round());
    expect(codeOf(bench, propose(bench))).to.equal('NOT_PROVEN_YET');
  });

  it('“absent” is refused when a view had it', () => {
    const { bench } = givenDeps(on, place('A'), cut, logOnWithReset, synchronize).when(
      round({ 'history-orders': { orders: [row('A', { clOrdID: c(1), status: 'known' })] } }),
    );
    expect(codeOf(bench, propose(bench))).to.equal('CONTRADICTS_EVIDENCE');
  });

  it('“absent” is refused of an order that the venue acknowledged', () => {
    const bench = silent();
    expect(codeOf(bench, propose(bench))).to.equal('CONTRADICTS_EVIDENCE');
  });

  it('“canceled” is refused while a view has it open, and while fills are missing', () => {
    const missing = row('A', { cumQty: text('3'), leavesQty: text('7') });
    const open = givenDeps(on, live('A'), cut, logOnWithReset, synchronize).when(
      round({ openorders: { orders: [missing] } }),
    ).bench;
    const verdict = 'canceled';
    expect(codeOf(open, propose(open, { verdict }))).to.equal('CONTRADICTS_EVIDENCE');
    const ended = givenDeps(on, live('A'), cut, logOnWithReset, synchronize).when(
      round({ 'history-orders': { orders: [{ ...missing, status: 'canceled' }] } }),
    ).bench;
    expect(codeOf(ended, propose(ended, { verdict }))).to.equal('CONTRADICTS_EVIDENCE');
  });

  it('“canceled” closes a live order that no view has', () => {
    const bench = silent();
    ask(bench, propose(bench, { verdict: 'canceled' }));
    ask(bench, approve('bob'));
    expect(bench.order('A').base).to.equal('Canceled');
    expect(doubtsOf(bench)).to.be.empty;
  });

  it('“filled” books what was open as one execution at the price that both name', () => {
    const bench = silent();
    ask(bench, propose(bench, { verdict: 'filled', price: '99.5' }));
    ask(bench, approve('bob'));
    expect(bench.order('A')).to.deep.include({ base: 'Filled', cumQty: '10' });
    const [fill] = bench.factsOfType('OrderFilled');
    expect(fill).to.deep.include({ lastQty: '10', lastPx: '99.5' });
    expect(fill?.source?.channel).to.equal('operator');
    expect(doubtsOf(bench)).to.be.empty;
  });

  it('“live” gives an order its id at the venue, so that it can be cancelled', () => {
    const { bench } = givenDeps(on, place('A'), cut, logOnWithReset).when(synchronize);
    ask(bench, propose(bench, { verdict: 'live', venueOrder: v('A') }));
    ask(bench, approve('bob'));
    expect(bench.order('A')).to.deep.include({ base: 'New', venueOrderID: v('A') });
    expect(doubtsOf(bench)).to.be.empty;
  });
});

const givenWait = (bench: Bench, ms: number): void => {
  const step = wait(ms);
  if (typeof step === 'function') step(bench);
};
