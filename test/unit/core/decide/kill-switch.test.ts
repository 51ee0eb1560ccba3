import { expect } from 'chai';
import { type InputBody } from '../../../../src/core/input.ts';
import { type KillScope } from '../../../../src/core/kill-scope.ts';
import { type ClientName, type OrderID } from '../../../../src/domain/ids.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import {
  Bench,
  c,
  cancel,
  CLIENT,
  PF_XBTUSD,
  PI_XBTUSD,
  place,
  SESSION,
  text,
} from '../../../support/bench.ts';
import { canceled, given, live, type Step, traded } from '../../../support/given.ts';
import {
  cancelled,
  expectSameAfterReplay,
  lookAgain,
  reconnect,
  roomFor,
} from '../../../support/mass-cancels.ts';

const ANN = 'operator:ann' as ClientName;
const OTHER = 'fix:DESK2' as ClientName;
const ENGINE: KillScope = { type: 'engine' };

type Settable = Extract<InputBody, { type: 'SetKillSwitch' }>;

const kill = (scope: KillScope, more: Partial<Settable> = {}): InputBody => ({
  ...{ type: 'SetKillSwitch', scope, state: 'HALTED', by: ANN, reason: 'wrong prices' },
  withExternal: false,
  ...more,
});
const approve = (proposalID: string): InputBody => ({
  ...{ type: 'ApproveKillRelease', proposalID, by: 'operator:bob' as ClientName },
});
const release = (scope: KillScope, state: 'ACTIVE' | 'REDUCING' = 'ACTIVE'): InputBody => ({
  ...{ type: 'ReleaseKillSwitch', scope, state, by: ANN, reason: 'prices are right' },
});
const run = (bench: Bench, step: Step): void => {
  if (typeof step === 'function') step(bench);
  else bench.input(step);
};
const codeOf = (bench: Bench, id: string): string | undefined => bench.order(id).code;
const TEXT = 'KILL_SWITCH: engine is HALTED by operator:ann: wrong prices';

describe('a kill switch', () => {
  it('cancels what is open in its scope and refuses what comes after', () => {
    const { bench } = given(live('A'), live('B')).when(kill(ENGINE), place('C'));
    expect(cancelled(bench)).to.deep.equal([c(1), c(2)]);
    const refused = bench.effectsOfType('ReportExecution').at(-1)?.report;
    expect(refused).to.include({ execType: 'Rejected', code: 'KILL_SWITCH', ordRejReason: 0 });
    expect(refused?.text).to.equal(TEXT);
    expect(bench.alerts()).to.include('KILL_SWITCH');
    expectSameAfterReplay(bench);
  });

  it('says in Text(58) of each order that it cancels why, and not where the client asked', () => {
    const { bench } = given(live('A'), live('B'), cancel('CA', 'A')).when(
      kill(ENGINE),
      canceled('A', { text: text('User requested') }),
      canceled('B', { text: text('User requested') }),
    );
    const reports = bench
      .effectsOfType('ReportExecution')
      .filter(({ report }) => report.execType === 'Canceled');
    expect(reports.map(({ report }) => [report.code, report.text])).to.deep.equal([
      [undefined, 'User requested'],
      ['KILL_SWITCH', TEXT],
    ]);
  });

  it('reaches the orders of one client, account, instrument or order, and no other', () => {
    const orders = [
      live('A', {}, { account: 'ACC1' }),
      live('B', { symbol: PI_XBTUSD }, { account: 'ACC2' }),
      place('Z', {}, { client: OTHER }),
    ];
    const scopes: readonly (readonly [KillScope, readonly number[]])[] = [
      [{ type: 'client', client: OTHER }, [3]],
      [{ type: 'account', account: 'ACC2' }, [2]],
      [{ type: 'instrument', symbol: PF_XBTUSD }, [1, 3]],
      [{ type: 'order', orderID: 'F1' as OrderID }, [1]],
      [{ type: 'route', session: SESSION }, [1, 2, 3]],
    ];
    for (const [scope, numbers] of scopes) {
      const { bench } = given(...orders).when(kill(scope));
      const sent = bench.effectsOfType('SendMassCancel').length > 0;
      if (sent) expect(scope.type).to.equal('route');
      else expect(cancelled(bench), scope.type).to.deep.equal(numbers.map(c));
    }
  });

  it('lets orders outside its scope pass', () => {
    const { bench } = given().when(
      kill({ type: 'instrument', symbol: PF_XBTUSD }),
      kill({ type: 'account', account: 'ACC1' }),
      place('A', { symbol: PI_XBTUSD }),
      place('B', { symbol: PI_XBTUSD }, { account: 'ACC1' }),
    );
    expect(codeOf(bench, 'A')).to.equal(undefined);
    expect(codeOf(bench, 'B')).to.equal('KILL_SWITCH');
  });

  it('of CANCEL_ONLY leaves what is open, which its client may cancel', () => {
    const { bench } = given(live('A')).when(
      kill(ENGINE, { state: 'CANCEL_ONLY' }),
      place('B'),
      cancel('CA', 'A'),
    );
    expect(cancelled(bench)).to.deep.equal([c(1)]);
    expect(bench.factsOfType('CancelIntended')[0]).to.include({ by: CLIENT });
    expect(codeOf(bench, 'B')).to.equal('KILL_SWITCH');
  });

  it('of REDUCING takes reduce-only orders as far as the position goes, and refuses others', () => {
    const sell = (id: string, orderQty: string, positionQty?: string): InputBody => ({
      ...place(id, { side: 'Sell', reduceOnly: true, orderQty: text(orderQty) }),
      ...(positionQty === undefined ? {} : { positionQty: text(positionQty) }),
    });
    const { bench } = given(live('A'), traded('A', '10')).when(
      kill({ type: 'instrument', symbol: PF_XBTUSD }, { state: 'REDUCING' }),
      sell('B', '6', '10'),
      sell('C', '5', '10'),
      sell('D', '4', '10'),
      place('E', { side: 'Sell' }),
      { ...place('F', { reduceOnly: true }), positionQty: text('10') } as InputBody,
      sell('G', '1'),
    );
    const codes = ['B', 'C', 'D', 'E', 'F', 'G'].map((id) => codeOf(bench, id));
    const no = 'KILL_SWITCH';
    expect(codes).to.deep.equal([undefined, no, undefined, no, no, no]);
    expect(bench.order('C').text).to.include('5 is more than the 4 of position 10');
    expect(bench.order('E').text).to.include('not reduce-only');
    expect(bench.order('G').text).to.include('not known');
  });

  it('lasts over a restart, and ends when it is released', () => {
    const { bench } = given().when(kill(ENGINE));
    const again = bench.restarted();
    again.logOn();
    again.synchronize();
    again.input(place('A'));
    expect(codeOf(again, 'A')).to.equal('KILL_SWITCH');
    again.input(release(ENGINE));
    again.input(approve('K1'));
    again.input(place('B'));
    expect(codeOf(again, 'B')).to.equal(undefined);
    expect(again.alerts()).to.include('KILL_SWITCH_RELEASED');
    expectSameAfterReplay(again);
  });

  it('is remembered while the link is down, and cancels when it is up', () => {
    const { bench } = given(live('A'), (b) => b.cut()).when(kill(ENGINE));
    expect(cancelled(bench)).to.deep.equal([]);
    run(bench, reconnect);
    expect(cancelled(bench)).to.deep.equal([c(1)]);
  });

  it('is carried out while the route is recovering and while an order is in doubt', () => {
    const bench = Bench.ready();
    bench.input(place('A'));
    bench.cut();
    bench.logOn();
    bench.input(kill(ENGINE));
    expect(bench.state.doubts.size).to.equal(1);
    bench.at = epochMs(bench.at + 6_000);
    run(bench, lookAgain);
    expect(cancelled(bench)).to.deep.equal([c(1)]);
  });

  it('goes on until nothing is open, within the rate budget', () => {
    const bench = Bench.ready(roomFor(1));
    bench.input(place('A', {}, { client: OTHER }));
    bench.input(place('B'));
    bench.input(kill({ type: 'client', client: OTHER }));
    bench.input(place('C'));
    bench.input(kill({ type: 'client', client: CLIENT }));
    expect(cancelled(bench)).to.deep.equal([c(1), c(2)]);
    expect(codeOf(bench, 'C')).to.equal(undefined);
    expect(bench.state.activeMassCancels.size).to.equal(2);
  });

  it('only becomes stricter when it is set again; release is what loosens it', () => {
    const { bench } = given(kill(ENGINE)).when(kill(ENGINE, { state: 'REDUCING' }));
    expect(bench.facts).to.deep.equal([]);
    bench.input(release(ENGINE, 'REDUCING'));
    bench.input(approve('K1'));
    expect([...bench.state.killSwitches.values()][0]).to.include({ state: 'REDUCING' });
    bench.input(release(ENGINE, 'REDUCING'));
    bench.input(approve('K2'));
    expect(bench.factsOfType('KillSwitchReleased')).to.have.length(1);
  });

  it('of the strictest scope counts where two cover an order', () => {
    const { bench } = given().when(
      kill(ENGINE, { state: 'REDUCING' }),
      kill({ type: 'instrument', symbol: PF_XBTUSD }, { state: 'CANCEL_ONLY' }),
      place('A'),
    );
    expect(bench.order('A').text).to.include('instrument:PF_XBTUSD is CANCEL_ONLY');
  });

  it('on one order is gone once that order is closed', () => {
    const scope: KillScope = { type: 'order', orderID: 'F1' as OrderID };
    const { bench } = given(live('A')).when(kill(scope));
    expect(bench.state.killSwitches.size).to.equal(1);
    run(bench, canceled('A'));
    expect(bench.state.killSwitches.size).to.equal(0);
    expect(bench.state.activeMassCancels.size).to.equal(0);
    expectSameAfterReplay(bench);
  });
});
