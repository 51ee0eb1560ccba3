import { expect } from 'chai';
import { type Engine, startEngine } from '../../../src/index.ts';
import { accountCommand } from '../../../src/cli/account/index.ts';
import { callControl } from '../../../src/control/control-client.ts';
import { type VenueOrderID } from '../../../src/domain/ids.ts';
import { toDecimalText } from '../../../src/lib/decimal-text.ts';
import { type Logger, silentLogger } from '../../../src/observability/logger.ts';
import { type FrameInterceptor } from '../../../src/simulator/gateways/websocket/connection/feed-socket.ts';
import { until } from '../../support/until.ts';
import {
  type ConfiguredVenue,
  makeFathom,
  startConfiguredVenue,
} from '../rest/venue-with-config.ts';

const SYMBOL = 'PF_XBTUSD';
const ACCOUNT = 'desk';
const OTHER = 'background-maker';

/** The engine on real sockets, its private feeds held against the simulator's truth. */
describe('the engine’s private feeds against the simulator', () => {
  let venue: ConfiguredVenue;
  let engine: Engine;
  let drop: (feed: string, connection: string) => boolean = () => false;
  const alerts: string[] = [];
  const codes: string[] = [];
  let made = 0;

  const logger: Logger = {
    ...silentLogger,
    info: (_text, fields) => codes.push(String(fields?.['code'])),
    warn: (_text, fields) => codes.push(String(fields?.['code'])),
    error: (_text, fields) => codes.push(String(fields?.['code'])),
    child: () => logger,
  };

  before(async () => {
    const intercept: FrameInterceptor = ({ feed, connection }, pass) => {
      if (!drop(feed, connection)) pass();
    };
    venue = await startConfiguredVenue({ intercept });
    const config = venue.writeConfig('feeds', {
      engine: { dataDir: `${venue.folder}/feeds`, stopTimeoutMs: 500 },
      webSocket: {
        url: `wss://127.0.0.1:${venue.simulator.feedsPort}/ws/v1`,
        account: { pollIntervalMs: 400, settleMs: 3_000, alertAfterMs: 400 },
      },
    });
    engine = await startEngine({ config, env: venue.env, logger });
    // The feeds are closed while the comparison of the start is under way, which says so.
    engine.on('alert', ({ code }) => {
      if (code !== 'RECONCILIATION_INCOMPLETE') alerts.push(code);
    });
    await until(() => engine.isOpen && isReady(), 'engine and feeds up');
  });

  after(async () => {
    await engine.stop();
    await venue.stop();
  });

  afterEach(() => {
    drop = () => false;
  });

  const isReady = (): boolean => engine.account()?.health.isReady === true;
  const count = (code: string): number => alerts.filter((one) => one === code).length;
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
  const rest = async (price: string, side: 'Buy' | 'Sell' = 'Buy'): Promise<VenueOrderID> => {
    made += 1;
    const ack = await engine.submit({
      clientOrderID: `W-${made}`,
      symbol: SYMBOL,
      side,
      ordType: 'Limit',
      orderQty: '0.01',
      price,
    });
    expect(ack.status, ack.text).to.equal('accepted');
    const id = (): VenueOrderID | undefined =>
      [...engine.state.orders.values()].find((order) => order.clientOrderID === `W-${made}`)
        ?.venueOrderID;
    await until(() => id() !== undefined, `W-${made} has the venue's id`);
    return id() as VenueOrderID;
  };
  /** Equal to what the simulator knows, or the first difference. */
  const difference = (): string | undefined => {
    const { queries } = venue.simulator;
    const view = engine.account();
    const ours = {
      orders: view?.openOrders.map(({ venueOrderID, cumQty }) => `${venueOrderID} ${cumQty}`),
      positions: view?.positions.map(({ symbol, qty }) => `${symbol} ${qty}`),
      fills: view?.fillsKnown,
    };
    const theirs = {
      orders: queries
        .openOrders(ACCOUNT)
        .map(({ orderId, filled }) => `${orderId} ${toDecimalText(filled) ?? ''}`),
      positions: queries
        .positions(ACCOUNT)
        .filter(({ size }) => Number(size) !== 0)
        .map(({ symbol, size }) => `${symbol} ${toDecimalText(size) ?? ''}`),
      fills: queries.fills(ACCOUNT).length,
    };
    const text = (side: typeof ours): string =>
      JSON.stringify({ ...side, orders: [...(side.orders ?? [])].sort() });
    return text(ours) === text(theirs) ? undefined : `${text(ours)} is not ${text(theirs)}`;
  };
  const agrees = async (what: string): Promise<void> => {
    try {
      await until(() => isReady() && difference() === undefined, what);
    } catch (cause) {
      throw new Error(`${String(cause)}: ${difference() ?? 'not ready'}; ${codes.join(' ')}`);
    }
  };
  const passes = (ms: number): Promise<void> => {
    const end = performance.now() + ms;
    return until(() => performance.now() > end, 'time to pass', ms + 60_000);
  };

  it('shows orders, fills, positions and balances, also over the control socket', async () => {
    await rest('50000');
    await rest('49000');
    submit(OTHER, { side: 'sell', size: '0.01', limitPrice: '50000' });
    await agrees('one order left, one fill');
    const view = engine.account();
    expect(view?.fillsKnown).to.equal(1);
    expect(view?.health).to.deep.include({ phase: 'Ready', downFeeds: [], restFailures: 0 });
    expect(view?.balances.flex?.figures).to.have.property('availableMargin');
    const shown = await callControl(`${venue.folder}/feeds/run/control.sock`, 'account.view');
    if (!shown.ok) throw new Error(shown.error.message);
    expect(shown.value).to.deep.include({ fillsKnown: 1 });
    const { io, taken } = makeFathom(venue.env);
    const way = ['--socket', `${venue.folder}/feeds/run/control.sock`];
    const show = async () => {
      await accountCommand(io).parseAsync(way, { from: 'user' });
      return taken();
    };
    // A poll under way, or a report that FIX brings a moment later, is shown as well.
    let said = await show();
    await until(async () => {
      said = await show();
      return /: current\n\ndifferences with our books: none\n/.test(said.out);
    }, 'the view to be current and at one with the books');
    expect(said, said.err).to.include({ exitCode: 0, err: '' });
    for (const text of ['49000', '0.01', 'PF_XBTUSD', 'multi-collateral'])
      expect(said.out).to.include(text);
    expect(await engine.metrics()).to.match(/fathom_feed_up\{feed="private".*\} 1/);
  });

  it('counts as down when the venue closes the connection, and is equal again after it', async () => {
    const health: boolean[] = [];
    engine.on('accountFeed', (isUp) => health.push(isUp));
    for (const how of ['FIN', 'RST'] as const) {
      const [epoch = 0] = [engine.account()?.health.epoch];
      for (const socket of venue.simulator.feeds?.connections() ?? []) socket.cut(how);
      await until(() => !isReady(), 'the feed counts as down');
      submit(OTHER, { side: 'sell', size: '0.004', limitPrice: '49000' });
      await rest('48000');
      await agrees(`after ${how}`);
      expect(engine.account()?.health.epoch).to.be.greaterThan(epoch);
    }
    expect(health).to.deep.equal([false, true, false, true]);
    expect(codes).to.include('LOST');
  });

  it('finds by REST a fill whose frame was lost', async () => {
    let dropped = 0;
    drop = (feed) => feed === 'fills' && dropped++ === 0;
    submit(OTHER, { side: 'sell', size: '0.001', limitPrice: '49000' });
    await until(() => dropped === 1, 'a frame to be lost');
    submit(OTHER, { side: 'sell', size: '0.001', limitPrice: '49000' });
    await agrees('the lost fill');
  });

  it('keeps what the feeds say while REST shows the past', async () => {
    venue.simulator.faults.inject({ kind: 'stale-views', forMs: 2_500 });
    const id = await rest('47000');
    submit(OTHER, { side: 'sell', size: '0.01', limitPrice: '48000' });
    await agrees('the news of the feeds');
    const end = performance.now() + 1_800;
    await until(
      () => {
        expect(difference()).to.equal(undefined);
        return performance.now() > end;
      },
      'several polls of the past',
      20_000,
    );
    expect(engine.account()?.openOrders.some(({ venueOrderID }) => venueOrderID === id)).to.equal(
      true,
    );
  });

  it('lives through REST that fails, and says once that it fails and that it is back', async () => {
    venue.simulator.faults.inject({
      kind: 'http-error',
      status: 502,
      when: 'before',
      body: 'html',
      forMs: 2_000,
    });
    await until(() => (engine.account()?.health.restFailures ?? 0) > 0, 'REST to fail');
    const id = await rest('46000');
    await until(
      () => engine.account()?.openOrders.some((order) => order.venueOrderID === id) === true,
      'the feed goes on',
    );
    await until(() => engine.account()?.health.restFailures === 0, 'REST to be back');
    expect(codes.filter((code) => code === 'REST_FAILING')).to.have.length(1);
    expect(codes.filter((code) => code === 'REST_BACK')).to.have.length(1);
  });

  it('raised no alert while books and venue agree', async () => {
    await passes(1_000);
    expect(alerts).to.deep.equal([]);
  });

  it('alerts once about an order that it did not send', async () => {
    submit(ACCOUNT, { side: 'buy', size: '0.02', limitPrice: '40000' });
    await until(() => count('VENUE_ORDER_UNKNOWN') > 0, 'an alert');
    await passes(1_000);
    expect(count('VENUE_ORDER_UNKNOWN')).to.equal(1);
    expect(alerts).to.have.length(1);
  });

  it('books the fills of an order that it did not send, as executions of EXTERNAL', async () => {
    submit(OTHER, { side: 'sell', size: '0.003', limitPrice: '44000' });
    await agrees('the sale rests or trades');
    submit(ACCOUNT, { side: 'buy', size: '0.5', limitPrice: '60000' });
    submit(OTHER, { side: 'sell', size: '0.5', limitPrice: '60000' });
    const isBooked = (): boolean =>
      [...engine.state.orders.values()].some(
        ({ client, executedQty }) => client === 'EXTERNAL' && executedQty === '0.5',
      );
    await until(isBooked, 'its fills');
    await until(
      () => engine.positions().every(({ difference = '0' }) => difference === '0'),
      'positions to agree',
    );
    await agrees('the foreign order');
  });

  it('alerts once about a fill and once about an end that FIX did not bring', async () => {
    venue.simulator.faults.inject({ kind: 'link-cut', how: 'silent' });
    const [best] = [...(engine.account()?.openOrders ?? [])]
      .filter(({ clOrdID }) => clOrdID !== undefined)
      .sort((a, b) => Number(b.body?.limitPx) - Number(a.body?.limitPx));
    submit(OTHER, { side: 'sell', size: '0.001', limitPrice: best?.body?.limitPx ?? '' });
    await until(() => count('VENUE_FILL_MISSING') > 0, 'the fill');
    venue.simulator.submit({
      type: 'CancelOrder',
      account: ACCOUNT,
      orderId: best?.venueOrderID ?? '',
    });
    await until(() => count('VENUE_ORDER_CLOSED') > 0, 'the end');
    await passes(1_000);
    expect(count('VENUE_FILL_MISSING')).to.equal(1);
    expect(count('VENUE_ORDER_CLOSED')).to.equal(1);
    await agrees('the view is right all the same');
    const kinds = [...new Set(alerts.filter((code) => /^VENUE_(?!POSITION)/.test(code)))].sort();
    expect(kinds).to.deep.equal([
      'VENUE_FILL_MISSING',
      'VENUE_ORDER_CLOSED',
      'VENUE_ORDER_UNKNOWN',
    ]);
  });
});
