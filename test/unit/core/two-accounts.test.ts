import { expect } from 'chai';
import { type Account } from '../../../src/core/accounts.ts';
import { type InputBody } from '../../../src/core/input.ts';
import { type ClientOrderID, type SessionName } from '../../../src/domain/ids.ts';
import {
  Bench,
  cancel,
  CLIENT,
  PF_XBTUSD,
  PI_XBTUSD,
  place,
  plain,
  replayed,
} from '../../support/bench.ts';
import { v } from '../../support/given.ts';

const ALPHA = 'alpha' as SessionName;
const BETA = 'beta' as SessionName;
const ACCOUNTS: readonly [Account, Account] = [
  { name: 'fund-1', session: ALPHA, cancelOnDisconnect: false },
  { name: 'fund-2', session: BETA, cancelOnDisconnect: true },
];

const on = (account: string, clientOrderID: string, symbol = PF_XBTUSD): InputBody =>
  place(clientOrderID, { symbol }, { account });

/** Both accounts logged on and in step. */
const bothOpen = (): Bench => {
  const bench = new Bench({ accounts: ACCOUNTS });
  bench.epoch = 1;
  bench.input({ type: 'EngineStarted' });
  for (const session of [ALPHA, BETA]) logOn(bench, session, 1);
  return bench;
};

const logOn = (bench: Bench, session: SessionName, epoch: number): void => {
  bench.input({ type: 'RouteUp', session, epoch, reset: false });
  bench.input({ type: 'RouteSynchronized', session, epoch });
};

const cut = (bench: Bench, session: SessionName): void => {
  bench.input({ type: 'RouteDown', session, epoch: 1, reason: 'cut' });
};

const acknowledge = (bench: Bench, clientOrderID: string): void => {
  const { venueClOrdID, session } = bench.order(clientOrderID);
  bench.report({ clOrdID: venueClOrdID!, venueOrderID: v(clientOrderID) }, { session });
};

const lastRefusal = (bench: Bench) => bench.factsOfType('OrderRefused').at(-1)!;

describe('two accounts in one engine', () => {
  it('send each order over the session of the account that its Account(1) names', () => {
    const bench = bothOpen();
    bench.input(on('fund-1', 'A'));
    bench.input(on('fund-2', 'B'));
    expect(bench.effectsOfType('SendNewOrder').map(({ session }) => session)).to.deep.equal([
      ALPHA,
      BETA,
    ]);
  });

  it('refuse an order for no account of theirs, and send it nowhere', () => {
    const bench = bothOpen();
    bench.input(on('fund-3', 'A'));
    expect(lastRefusal(bench)).to.deep.include({ code: 'UNKNOWN_ACCOUNT', ordRejReason: 15 });
    bench.input(place('B'));
    expect(lastRefusal(bench)).to.deep.include({ code: 'ACCOUNT_REQUIRED', ordRejReason: 15 });
    expect(bench.effectsOfType('SendNewOrder')).to.deep.equal([]);
  });

  it('refuse an id again that was used on the other account', () => {
    const bench = bothOpen();
    bench.input(on('fund-1', 'A'));
    bench.input(on('fund-2', 'A'));
    expect(bench.effectsOfType('SendNewOrder')).to.have.length(1);
    expect(bench.factsOfType('DuplicateAnswered')[0]).to.deep.include({ samePayload: false });
  });

  it('go on trading while the link of the other one is down', () => {
    const bench = bothOpen();
    cut(bench, ALPHA);
    bench.input(on('fund-1', 'A'));
    expect(lastRefusal(bench).text).to.equal('ROUTE_CLOSED: session alpha is down');
    bench.input(on('fund-2', 'B'));
    expect(bench.order('B').base).to.equal('PendingNew');
  });

  it('freeze an instrument by doubt on the account of the doubt alone', () => {
    const bench = bothOpen();
    bench.input(on('fund-1', 'A'));
    cut(bench, ALPHA);
    logOn(bench, ALPHA, 2);
    bench.input(on('fund-1', 'B'));
    expect(lastRefusal(bench).code).to.equal('DOUBT_FREEZE');
    bench.input(on('fund-2', 'C'));
    bench.input(on('fund-1', 'D', PI_XBTUSD));
    expect([bench.order('C').base, bench.order('D').base]).to.deep.equal([
      'PendingNew',
      'PendingNew',
    ]);
  });

  it('class what a lost link leaves by what its own session asked of the venue', () => {
    const bench = bothOpen();
    for (const [account, id] of [
      ['fund-1', 'A'],
      ['fund-2', 'B'],
    ] as const) {
      bench.input(on(account, id));
      acknowledge(bench, id);
    }
    cut(bench, ALPHA);
    expect([...bench.state.doubts.values()]).to.deep.equal(['D3']);
    cut(bench, BETA);
    expect([...bench.state.doubts.values()]).to.deep.equal(['D3', 'D6']);
  });

  it('are cancelled by a mass cancel of one account alone, or both by one request', () => {
    const bench = bothOpen();
    for (const [account, id] of [
      ['fund-1', 'A'],
      ['fund-2', 'B'],
    ] as const) {
      bench.input(on(account, id));
      acknowledge(bench, id);
    }
    const sessions = (): readonly SessionName[] =>
      bench.effectsOfType('SendCancel').map(({ session }) => session);
    bench.input({ type: 'CancelAll', by: CLIENT, account: 'fund-2' });
    expect(sessions()).to.deep.equal([BETA]);
    bench.effects.length = 0;
    bench.input({
      ...({ type: 'CancelAll', by: CLIENT, client: CLIENT } as const),
      question: {
        clientOrderID: 'M' as ClientOrderID,
        massCancelRequestType: '7',
        possResend: false,
      },
    });
    expect(sessions()).to.deep.equal([ALPHA]);
    const answers = bench.effectsOfType('ReportMassCancel');
    expect(answers.map(({ report }) => report.totalAffectedOrders)).to.deep.equal([2]);
  });

  it('do not take the replay of one session for that of the other', () => {
    const bench = bothOpen();
    bench.input(on('fund-2', 'B'));
    acknowledge(bench, 'B');
    cut(bench, BETA);
    bench.input({ type: 'CancelAll', by: CLIENT });
    bench.input({ type: 'RouteUp', session: BETA, epoch: 2, reset: false });
    cut(bench, ALPHA);
    logOn(bench, ALPHA, 2);
    expect(bench.effectsOfType('SendCancel')).to.deep.equal([]);
    bench.input({ type: 'RouteSynchronized', session: BETA, epoch: 2 });
    expect(bench.effectsOfType('SendCancel').map(({ session }) => session)).to.deep.equal([BETA]);
  });

  it('are killed one by one, and the other goes on', () => {
    const bench = bothOpen();
    bench.input(on('fund-1', 'A'));
    acknowledge(bench, 'A');
    bench.input(on('fund-2', 'B'));
    acknowledge(bench, 'B');
    bench.input({
      ...({ type: 'SetKillSwitch', state: 'HALTED', withExternal: false } as const),
      ...{ scope: { type: 'route', session: ALPHA }, by: CLIENT, reason: 'test' },
    });
    expect(bench.effectsOfType('SendCancel').map(({ session }) => session)).to.deep.equal([ALPHA]);
    bench.input(on('fund-1', 'C'));
    expect(lastRefusal(bench).code).to.equal('KILL_SWITCH');
    bench.input(on('fund-2', 'D'));
    expect(bench.order('D').base).to.equal('PendingNew');
  });

  it('have positions of their own', () => {
    const bench = bothOpen();
    for (const [account, id] of [
      ['fund-1', 'A'],
      ['fund-2', 'B'],
    ] as const) {
      bench.input(on(account, id));
      const { venueClOrdID, session } = bench.order(id);
      const trade = { execType: 'Trade', ordStatus: 'PartiallyFilled' } as const;
      const [lastQty, leavesQty] = id === 'A' ? (['3', '7'] as const) : (['4', '6'] as const);
      const texts = { lastQty, cumQty: lastQty, leavesQty, lastPx: '100' };
      bench.report(
        { ...trade, clOrdID: venueClOrdID!, venueOrderID: v(id), ...(texts as object) },
        { session },
      );
    }
    const qtyOf = (session: SessionName): string =>
      bench.deps.positions.qtyOf(bench.state, session, PF_XBTUSD);
    expect([qtyOf(ALPHA), qtyOf(BETA)]).to.deep.equal(['3', '4']);
  });

  it('are the same after a replay of the journal', () => {
    const bench = bothOpen();
    bench.input(on('fund-1', 'A'));
    bench.input(on('fund-2', 'B'));
    bench.input(cancel('C', 'A'));
    cut(bench, BETA);
    bench.input({ type: 'CancelAll', by: CLIENT });
    expect(plain(replayed(bench.journal, bench.manager))).to.deep.equal(plain(bench.state));
  });
});

describe('one account', () => {
  it('leaves Account(1) to the client: any word passes and comes back', () => {
    const bench = Bench.ready();
    bench.input(on('anything', 'A'));
    bench.input(place('B'));
    expect([bench.order('A').account, bench.order('B').account]).to.deep.equal([
      'anything',
      undefined,
    ]);
    expect(bench.effectsOfType('SendNewOrder')).to.have.length(2);
  });
});
