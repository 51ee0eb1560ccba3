import { expect } from 'chai';
import { type LimitRequest } from '../../../../../src/core/limit.ts';
import { judgeChange } from '../../../../../src/core/risk/limits/limit-changes.ts';
import { limitRows } from '../../../../../src/core/risk/limits/limit-usage.ts';
import { epochMs } from '../../../../../src/lib/time.ts';
import { Bench, limitsOf, place, plain, replayed, text } from '../../../../support/bench.ts';

const HOUR_MS = 3_600_000;

const open = (): Bench =>
  Bench.ready({
    limits: limitsOf({
      engine: { orderQtyMax: '10' },
      'instrument:PI_XBTUSD': { orderQtyMax: '100' },
      'client:DESK1': { allowedSymbols: 'PF_XBTUSD,PI_XBTUSD' },
    }),
  });

/** What the operator is told: the code of a refusal, or the fact. */
const asked = (bench: Bench, change: LimitRequest): string => {
  const at = epochMs(bench.at + 1);
  const judged = judgeChange(change, { state: bench.state, at, book: bench.deps.limits });
  const before = bench.journal.length;
  bench.input({ type: 'ChangeLimit', change });
  const facts = bench.journal.slice(before).map(({ type }) => type);
  expect(facts, 'the core does what was answered').to.deep.equal(
    judged.ok ? [judged.value.type] : [],
  );
  return judged.ok ? judged.value.type : judged.error.code;
};

const by = { by: 'ann', reason: 'test' };
const set = (limit: string, value: string, scope = 'engine'): LimitRequest => ({
  ...{ kind: 'set', scope, limit, value, ...by },
});
const propose = (limit: string, value: string, scope = 'engine', holdsMs = HOUR_MS) =>
  ({ kind: 'propose', scope, limit, value, holdsMs, ...by }) as const;
const approve = (proposalID: string, name = 'bob'): LimitRequest => ({
  ...{ kind: 'approve', proposalID, by: name },
});

const valueOf = (bench: Bench, limit: string, scope = 'engine'): string =>
  limitRows({ state: bench.state, at: bench.at, marks: {} }, bench.deps, { scope, all: true }).find(
    (row) => row.limit === limit,
  )!.value;

const isTaken = (bench: Bench, id: string, qty: string): boolean => {
  bench.input(place(id, { orderQty: text(qty) }));
  return bench.order(id).code === undefined;
};

describe('a limit of a running engine', () => {
  it('is tightened by one person at once, and not loosened', () => {
    const bench = open();
    expect(asked(bench, set('orderQtyMax', '5'))).to.equal('LimitTightened');
    expect(isTaken(bench, 'A', '6')).to.equal(false);
    expect(isTaken(bench, 'B', '5')).to.equal(true);
    expect(asked(bench, set('orderQtyMax', '6'))).to.equal('SECOND_PERSON_NEEDED');
    expect(asked(bench, set('orderQtyMax', 'off'))).to.equal('SECOND_PERSON_NEEDED');
    expect(asked(bench, set('orderQtyMax', '5.0'))).to.equal('UNCHANGED');
  });

  it('is loosened by a second person, and only until its time is over', () => {
    const bench = open();
    expect(asked(bench, propose('orderQtyMax', '50'))).to.equal('LimitChangeProposed');
    expect(isTaken(bench, 'A', '11')).to.equal(false);
    for (const name of ['ann', 'Ann', ' a n n', 'ANN.']) {
      expect(asked(bench, approve('L1', name)), name).to.equal('SAME_PERSON');
    }
    expect(asked(bench, approve('L1'))).to.equal('LimitChangeApproved');
    const approvedAt = bench.at;
    expect(isTaken(bench, 'B', '50')).to.equal(true);
    bench.at = epochMs(approvedAt + HOUR_MS - 2);
    expect(isTaken(bench, 'C', '50'), 'a millisecond before').to.equal(true);
    expect(isTaken(bench, 'D', '50'), 'its time is over').to.equal(false);
    bench.input({ type: 'TimerFired', name: 'limit:L1' });
    expect(bench.alerts()).to.include('LIMIT_OVERRIDE_ENDED');
    expect(bench.state.limitChanges.size).to.equal(0);
  });

  it('that was loosened is tightened for the rest of its time, or for good', () => {
    const bench = open();
    asked(bench, propose('orderQtyMax', '50'));
    asked(bench, approve('L1'));
    const { until } = bench.state.limitChanges.get('engine orderQtyMax')!.loosened!;
    expect(asked(bench, set('orderQtyMax', '30'))).to.equal('LimitTightened');
    expect(valueOf(bench, 'orderQtyMax')).to.equal('30');
    expect(asked(bench, set('orderQtyMax', '5'))).to.equal('LimitTightened');
    expect(valueOf(bench, 'orderQtyMax')).to.equal('5');
    bench.at = until;
    expect(valueOf(bench, 'orderQtyMax'), 'no expiry makes it looser').to.equal('5');
  });

  it('goes back to the configuration by two people, for good', () => {
    const bench = open();
    expect(asked(bench, propose('orderQtyMax', 'configured'))).to.equal('UNCHANGED');
    asked(bench, set('orderQtyMax', '5'));
    expect(asked(bench, propose('orderQtyMax', 'configured'))).to.equal('LimitChangeProposed');
    asked(bench, approve('L1'));
    expect(valueOf(bench, 'orderQtyMax')).to.equal('10');
  });

  it('of an instrument without one of its own is held against the general one', () => {
    const bench = open();
    expect(asked(bench, set('orderQtyMax', '11', 'instrument:PF_XBTUSD'))).to.equal(
      'SECOND_PERSON_NEEDED',
    );
    expect(asked(bench, set('orderQtyMax', '9', 'instrument:PF_XBTUSD'))).to.equal(
      'LimitTightened',
    );
  });

  it('that is tightened for the engine holds where an instrument has its own', () => {
    const bench = open();
    const order = { symbol: 'PI_XBTUSD' as never, orderQty: text('100') };
    bench.input(place('A', order));
    expect(bench.order('A').code).to.equal(undefined);
    asked(bench, set('orderQtyMax', '1'));
    bench.input(place('B', order));
    expect(bench.order('B').code).to.equal('MAX_QUANTITY');
  });

  it('that is a list is tightened by taking names off it', () => {
    const bench = open();
    const scope = 'client:DESK1';
    expect(asked(bench, set('allowedSymbols', 'PF_XBTUSD,PF_ETHUSD', scope))).to.equal(
      'SECOND_PERSON_NEEDED',
    );
    expect(asked(bench, set('allowedSymbols', 'PF_XBTUSD', scope))).to.equal('LimitTightened');
    bench.input(place('A', { symbol: 'PI_XBTUSD' as never }));
    expect(bench.order('A').code).to.equal('SYMBOL_NOT_ALLOWED');
  });

  it('is refused with the field that is wrong', () => {
    const bench = open();
    const refusals: readonly (readonly [LimitRequest, string])[] = [
      [set('orderQtyMaximum', '5'), 'UNKNOWN_LIMIT'],
      [set('orderQtyMax', '5', 'client:nobody'), 'UNKNOWN_SCOPE'],
      [set('allowedSymbols', 'PF_XBTUSD', 'instrument:PF_XBTUSD'), 'BAD_SCOPE'],
      [set('orderQtyMax', '5e1'), 'BAD_VALUE'],
      [set('orderQtyMax', '-1'), 'BAD_VALUE'],
      [set('openOrdersMax', '1.5'), 'BAD_VALUE'],
      [set('selfMatch', 'maybe'), 'BAD_VALUE'],
      [{ ...set('orderQtyMax', '5'), by: ' ' }, 'PERSON_MISSING'],
      [{ ...set('orderQtyMax', '5'), by: 'аnn' }, 'PERSON_MISSING'],
      [{ ...set('orderQtyMax', '5'), reason: '' } as LimitRequest, 'REASON_MISSING'],
      [propose('orderQtyMax', '5'), 'TIGHTER'],
      [propose('orderQtyMax', '50', 'engine', 86_400_001), 'BAD_TIME'],
      [approve('L7'), 'UNKNOWN_PROPOSAL'],
      [{ kind: 'enable', scope: 'engine', ...by }, 'UNCHANGED'],
    ];
    for (const [change, code] of refusals) {
      expect(asked(bench, change), JSON.stringify(change)).to.equal(code);
    }
  });

  it('names its operators where the configuration lists them', () => {
    const changes = { holdMsMax: HOUR_MS, proposalMsMax: HOUR_MS, operators: new Set(['bob']) };
    const bench = Bench.ready({ limits: limitsOf({ changes }) });
    expect(asked(bench, set('orderQtyMax', '5'))).to.equal('NOT_AN_OPERATOR');
  });

  it('has a proposal that is void when nobody approves it in time', () => {
    const bench = open();
    asked(bench, propose('orderQtyMax', '50'));
    bench.at = epochMs(bench.at + HOUR_MS);
    expect(asked(bench, approve('L1'))).to.equal('PROPOSAL_EXPIRED');
    bench.input({ type: 'EngineStarted' });
    expect(bench.state.limitProposals.size).to.equal(0);
    asked(bench, propose('orderQtyMax', '60'));
    expect(bench.state.limitProposals.has('L2'), 'no id comes twice').to.equal(true);
  });

  it('is the same after a replay of the journal', () => {
    const bench = open();
    asked(bench, set('orderQtyMax', '5'));
    asked(bench, propose('openOrdersMax', '20000'));
    asked(bench, approve('L1'));
    asked(bench, propose('openOrdersMax', '30000'));
    expect(plain(replayed(bench.journal, bench.manager))).to.deep.equal(plain(bench.state));
  });
});
