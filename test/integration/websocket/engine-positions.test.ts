import { expect } from 'chai';
import { type Engine, type PositionView, startEngine } from '../../../src/index.ts';
import { type KeptReport } from '../../../src/app/reconciliation/kept-reports.ts';
import { type ReconcileReport } from '../../../src/app/reconciliation/reconcile.ts';
import { positionsCommand } from '../../../src/cli/positions.ts';
import { reconcileCommand } from '../../../src/cli/reconcile.ts';
import { decimal } from '../../../src/lib/decimal.ts';
import { toDecimalText } from '../../../src/lib/decimal-text.ts';
import { silentLogger } from '../../../src/observability/logger.ts';
import { until } from '../../support/until.ts';
import {
  type ConfiguredVenue,
  makeFathom,
  startConfiguredVenue,
} from '../rest/venue-with-config.ts';

const SYMBOL = 'PF_XBTUSD';
const ACCOUNT = 'desk';
const OTHER = 'background-maker';
const WAIT_MS = 60_000;

/** The engine on real sockets; the simulator is the truth about positions. */
describe('positions of a running engine against the simulator', function () {
  this.timeout(240_000);
  let venue: ConfiguredVenue;
  let engine: Engine;
  let config: string;
  let made = 0;

  const start = async (): Promise<void> => {
    engine = await startEngine({ config, env: venue.env, logger: silentLogger });
    await until(
      () => engine.isOpen && engine.account()?.health.isReady === true,
      'engine and feeds up',
      WAIT_MS,
    );
  };

  before(async () => {
    venue = await startConfiguredVenue();
    // A position from before the engine's books.
    foreignTrade('buy', '0.5', '84000');
    config = venue.writeConfig('positions', {
      engine: { dataDir: `${venue.folder}/positions`, stopTimeoutMs: 500 },
      webSocket: {
        url: `wss://127.0.0.1:${venue.simulator.feedsPort}/ws/v1`,
        account: { pollIntervalMs: 400, settleMs: 3_000, alertAfterMs: 400 },
      },
    });
    await start();
  });

  after(async () => {
    await engine.stop();
    await venue.stop();
  });

  const submit = (account: string, terms: object): void => {
    venue.simulator.submit({
      type: 'PlaceOrder',
      account,
      owner: 'test',
      symbol: SYMBOL,
      orderType: 'lmt',
      ...(terms as { side: 'buy' | 'sell'; size: string; limitPrice: string }),
    });
  };
  const foreignTrade = (side: 'buy' | 'sell', size: string, limitPrice: string): void => {
    submit(ACCOUNT, { side, size, limitPrice });
    submit(OTHER, { side: side === 'buy' ? 'sell' : 'buy', size, limitPrice });
  };
  const trade = async (side: 'Buy' | 'Sell', orderQty: string, price: string): Promise<void> => {
    made += 1;
    const before = engine.state.executions.size;
    submit(OTHER, { side: side === 'Buy' ? 'sell' : 'buy', size: orderQty, limitPrice: price });
    const clientOrderID = `P-${made}`;
    const order = { clientOrderID, symbol: SYMBOL, side, orderQty, price } as const;
    const ack = await engine.submit({ ...order, ordType: 'Limit' });
    expect(ack.status, ack.text).to.equal('accepted');
    await until(() => engine.state.executions.size > before, `${clientOrderID} trades`, WAIT_MS);
  };
  const position = (): PositionView | undefined =>
    engine.positions().find(({ symbol }) => symbol === SYMBOL);
  const truth = () => venue.simulator.queries.positions(ACCOUNT).find((p) => p.symbol === SYMBOL)!;
  const untilNoted = (): Promise<void> =>
    until(() => position()?.opening !== undefined, 'the opening position', WAIT_MS);
  const isAtOne = (): boolean => position()?.difference === '0';

  it('begin with what the account held, named, and with no invented execution', async () => {
    await untilNoted();
    const { size, entryPrice } = truth();
    expect(position()?.opening).to.deep.include({
      qty: toDecimalText(size),
      entryPx: toDecimalText(entryPrice),
    });
    expect(position()).to.deep.include({ qty: toDecimalText(size), executions: 0 });
    expect(engine.state.executions.size).to.equal(0);
  });

  it('follow every execution: quantity, average, fees and mark price are the venue’s', async () => {
    await trade('Buy', '0.25', '84300');
    await trade('Sell', '0.1', '84150');
    await until(isAtOne, 'the venue’s view to follow', WAIT_MS);
    const view = position();
    const { size, entryPrice } = truth();
    expect(view?.qty).to.equal(toDecimalText(size));
    expect(decimal(view!.averagePx!).round(10).toFixed()).to.equal(toDecimalText(entryPrice));
    const fills = venue.simulator.queries.fills(ACCOUNT).slice(-2);
    const sum = (name: 'fee' | 'realizedPnl'): string =>
      fills.reduce((total, { fill }) => total.plus(fill[name]), decimal('0')).toFixed();
    expect(view?.fees['USD']).to.equal(sum('fee'));
    expect(view?.realizedPnl).to.equal(sum('realizedPnl'));
    await until(() => position()?.unrealizedPnl !== undefined, 'a mark price', WAIT_MS);
    const { markPx, averagePx, qty, unrealizedPnl } = position()!;
    const byHand = decimal(markPx!).minus(averagePx!).times(qty).round(8);
    expect(decimal(unrealizedPnl!).round(8).eq(byHand)).to.equal(true);
  });

  it('are shown by the command, as a table and as JSON, account and client apart', async () => {
    const { io, taken } = makeFathom(venue.env);
    const way = ['--socket', `${venue.folder}/positions/run/control.sock`];
    await positionsCommand(io).parseAsync(way, { from: 'user' });
    const shown = taken();
    expect(shown.out).to.include(SYMBOL).and.to.include('were there before');
    await positionsCommand(io).parseAsync([...way, '--json', '--by', 'client'], { from: 'user' });
    const { positions } = JSON.parse(taken().out) as { positions: readonly PositionView[] };
    expect(positions.map(({ client, qty }) => [client, qty])).to.deep.equal([['library', '0.15']]);
    await positionsCommand(io).parseAsync([...way, '--watch', '1s', '--for', '100ms'], {
      from: 'user',
    });
    expect(taken().out).to.include(SYMBOL);
    await positionsCommand(io).parseAsync(['--socket', `${venue.folder}/none.sock`], {
      from: 'user',
    });
    expect(taken().exitCode).to.equal(3);
  });

  it('are reconciled with the venue, orders and fills too: fathom reconcile ends with 0', async () => {
    await until(isAtOne, 'the venue’s view to follow', WAIT_MS);
    const { io, taken } = makeFathom(venue.env);
    const way = ['--socket', `${venue.folder}/positions/run/control.sock`];
    await reconcileCommand(io).parseAsync([...way, '--json'], { from: 'user' });
    const shown = taken();
    const report = JSON.parse(shown.out) as ReconcileReport;
    expect(report.differences, shown.out).to.deep.equal([]);
    expect(report.incomplete, shown.out).to.deep.equal([]);
    expect(report.fills.venue).to.equal(report.fills.accounted).and.to.be.greaterThan(1);
    expect(report.positions.compared).to.be.greaterThan(0);
    expect(shown.exitCode).to.equal(0);
    await reconcileCommand(io).parseAsync(way, { from: 'user' });
    expect(taken().out).to.include('engine and venue agree');
  });

  it('were reconciled once the route was open, by itself, and every report is kept', async () => {
    const { io, taken } = makeFathom(venue.env);
    const way = ['--socket', `${venue.folder}/positions/run/control.sock`];
    await reconcileCommand(io).parseAsync(['list', ...way, '--json'], { from: 'user' });
    const { reports } = JSON.parse(taken().out) as { reports: readonly KeptReport[] };
    expect(reports.map(({ cause }) => cause)).to.deep.equal(['operator', 'operator', 'start']);
    for (const { account, agrees } of reports)
      expect([account, agrees]).to.deep.equal(['trading', true]);
    const { id } = reports[2]!;
    await reconcileCommand(io).parseAsync(['show', id, ...way], { from: 'user' });
    const shown = taken();
    expect(shown.out).to.include(`cause start, kept as ${id}`);
    expect(shown.exitCode).to.equal(0);
    await reconcileCommand(io).parseAsync(['show', '../x', ...way], { from: 'user' });
    expect(taken()).to.deep.include({
      exitCode: 1,
      err: 'UNKNOWN_REPORT: no report ../x is kept',
    });
    await reconcileCommand(io).parseAsync(['list', ...way, '--account', 'nobody'], {
      from: 'user',
    });
    expect(taken().err).to.include('UNKNOWN_ACCOUNT: nobody');
    expect(await engine.metrics()).to.match(
      /fathom_reconciliations_total\{account="trading",outcome="agrees".*\} 3/,
    );
  });

  it('are equal after a restart from the journal, and take in what was traded elsewhere meanwhile', async () => {
    const { qty, averagePx, realizedPnl, fees, opening } = position()!;
    await engine.stop();
    await start();
    expect(position()).to.deep.include({ qty, averagePx, realizedPnl, fees, opening });
    await engine.stop();
    foreignTrade('sell', '0.05', '84000');
    await start();
    const moved = decimal(qty).minus('0.05').toFixed();
    await until(() => position()?.qty === moved && isAtOne(), 'the foreign trade', WAIT_MS);
    const owners = engine.positions('client').map(({ client }) => client);
    expect(owners).to.have.members(['library', 'EXTERNAL']);
  });
});
