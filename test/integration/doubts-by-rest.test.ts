import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type Engine, startEngine } from '../../src/index.ts';
import { doubtsCommand } from '../../src/cli/doubts.ts';
import { callControl } from '../../src/control/control-client.ts';
import { type DoubtsView } from '../../src/app/operator/doubt-verbs.ts';
import { type Order } from '../../src/core/state.ts';
import { type ClientName, type ClientOrderID, type SessionName } from '../../src/domain/ids.ts';
import { type Fault } from '../../src/simulator/faults/fault.ts';
import { silentLogger } from '../../src/observability/logger.ts';
import { until } from '../support/until.ts';
import {
  type ConfiguredVenue,
  makeFathom,
  startConfiguredVenue,
} from './rest/venue-with-config.ts';

const SYMBOL = 'PF_XBTUSD';
const ACCOUNT = 'desk';
const OTHER = 'background-maker';
const SESSION = 'trading' as SessionName;
const WAIT_MS = 120_000;
/** Short, so that the test need not wait: what is tested is the order of things. */
const DOUBTS = {
  roundMs: 200,
  proofMs: 300,
  absentFull: { auto: false, settleMs: 500, roundsGapMs: 300 },
  lateFillsMs: 500,
  alertAfterMs: 60_000,
  pageAfterMs: 120_000,
};

/** A venue that keeps no reports for a client that is away: only REST can tell. */
describe('orders in doubt, settled by REST against the simulator', function () {
  this.timeout(480_000);
  let venue: ConfiguredVenue;
  let engine: Engine;
  let socket: string;

  before(async () => {
    venue = await startConfiguredVenue({ fix: { queueReports: false } });
    const base = JSON.parse(readFileSync(venue.writeConfig('base'), 'utf8')) as {
      readonly sessions: { readonly trading: object };
    };
    const config = venue.writeConfig('doubts', {
      engine: { dataDir: `${venue.folder}/doubts`, stopTimeoutMs: 500 },
      sessions: {
        trading: {
          ...base.sessions.trading,
          ...{ heartBtIntSeconds: 2, cancelOrdersOnDisconnect: false },
          reconnect: { firstDelayMs: 1_000, delayMsMax: 1_000, refusedDelayMs: 1_000 },
        },
      },
      webSocket: {
        url: `wss://127.0.0.1:${venue.simulator.feedsPort}/ws/v1`,
        account: { alertAfterMs: 500 },
      },
      doubts: DOUBTS,
    });
    socket = `${venue.folder}/doubts/run/control.sock`;
    engine = await startEngine({ config, env: venue.env, logger: silentLogger });
    await untilOpen();
    await until(() => engine.state.openings.has(SESSION), 'the opening positions', WAIT_MS);
  });

  after(async () => {
    await engine.stop();
    await venue.stop();
  });

  const untilOpen = (): Promise<void> => until(() => engine.isOpen, 'the engine is open', WAIT_MS);
  const untilSettled = (): Promise<void> =>
    until(
      () => engine.isOpen && engine.state.doubts.size === 0,
      () => `doubts left: ${JSON.stringify([...engine.state.doubtCases.values()])}`,
      WAIT_MS,
    );
  const order = (clientOrderID: string): Order => {
    const { orders, orderIDByClientOrderID } = engine.state;
    const ids = orderIDByClientOrderID.get('library' as ClientName);
    return orders.get(ids!.get(clientOrderID as ClientOrderID)!)!;
  };
  const send = async (clientOrderID: string, price: string, orderQty = '0.01'): Promise<void> => {
    const terms = { symbol: SYMBOL, side: 'Buy', orderQty, price, ordType: 'Limit' } as const;
    const ack = await engine.submit({ clientOrderID, ...terms });
    expect(ack.status, ack.text).to.equal('accepted');
  };
  const rest = async (clientOrderID: string, price: string): Promise<void> => {
    await send(clientOrderID, price);
    await until(() => order(clientOrderID).base === 'New', `${clientOrderID} rests`, WAIT_MS);
  };
  const fault = (one: Fault): void => {
    venue.simulator.faults.inject(one);
  };
  const cut = async (): Promise<void> => {
    fault({ kind: 'link-cut', how: 'RST' });
    await until(() => !engine.isOpen, 'the link is lost', WAIT_MS);
  };
  const sellTo = (limitPrice: string, size: string): void => {
    venue.simulator.submit({
      ...{ type: 'PlaceOrder', account: OTHER, owner: 'test', symbol: SYMBOL, orderType: 'lmt' },
      ...{ side: 'sell', size, limitPrice },
    });
  };
  const statusOf = (clientOrderID: string): string => order(clientOrderID).base;
  const openAtVenue = (): readonly string[] =>
    venue.simulator.queries.openOrders(ACCOUNT).map(({ orderId }) => orderId);

  it('F07: of orders that were live when the link broke, one is filled, one cancelled, one left, each by evidence', async () => {
    await rest('L1', '84100');
    await rest('L2', '84000');
    await rest('L3', '83900');
    await cut();
    const away = order('L2').venueOrderID!;
    sellTo('84100', '0.01');
    venue.simulator.submit({ type: 'CancelOrder', account: ACCOUNT, orderId: away });
    await untilSettled();
    expect(statusOf('L1')).to.equal('Filled');
    expect(statusOf('L2')).to.equal('Canceled');
    expect(statusOf('L3')).to.equal('New');
    expect(order('L1').cumQty).to.equal('0.01');
    expect(openAtVenue()).to.deep.equal([order('L3').venueOrderID]);
  });

  it('F03, F04: an order that the venue took, and whose answer was lost, is found: there is one, and its fill is booked once', async () => {
    fault({ kind: 'frame-drop', channel: 'trading', msgTypes: ['8'], times: 5, forMs: 2_000 });
    await send('T1', '83800');
    await until(() => openAtVenue().length === 2, 'the venue has it', WAIT_MS);
    await cut();
    sellTo('83800', '0.02');
    await untilSettled();
    expect(statusOf('T1')).to.equal('Filled');
    expect(statusOf('L3'), 'filled by the same trade').to.equal('Filled');
    expect(order('T1').cumQty).to.equal('0.01');
    expect(venue.simulator.queries.fills(ACCOUNT)).to.have.length(engine.state.executions.size);
  });

  it('F16, F17: views that are cut off or show the past close nothing, and hold nothing up for ever', async () => {
    await rest('S1', '83700');
    fault({ kind: 'stale-views', forMs: 3_000 });
    fault({ kind: 'answer-cut', endpoints: ['openorders', 'orders-status'], times: 4 });
    await cut();
    await untilSettled();
    expect(statusOf('S1')).to.equal('New');
    expect(openAtVenue()).to.deep.equal([order('S1').venueOrderID]);
  });

  it('F02, F27: after a reset of the numbers REST settles what was live, and two persons what nobody has', async () => {
    const { epoch } = engine.state.routes.get(SESSION)!;
    fault({ kind: 'link-cut', how: 'silent' });
    await send('G1', '83600');
    // Cancels what is open, in vain, and begins the numbers again.
    const reset = await callControl(socket, 'session.reset', { session: SESSION }, WAIT_MS);
    expect(reset.ok).to.equal(true);
    const isLost = (): boolean =>
      engine.isOpen &&
      engine.state.routes.get(SESSION)!.epoch > epoch &&
      engine.state.doubts.has(order('G1').orderID);
    await until(
      isLost,
      () => JSON.stringify([engine.state.routes.get(SESSION), [...engine.state.doubtCases]]),
      WAIT_MS,
    );
    const view = await doubts();
    expect(view.doubts.map(({ clientOrderID }) => clientOrderID)).to.include('G1');
    await until(
      async () => {
        const [row] = (await doubts()).doubts.filter(({ clientOrderID }) => clientOrderID === 'G1');
        return row?.missing.length === 1 && row.missing[0]!.startsWith('an operator');
      },
      () =>
        `more than two persons is missing: ${JSON.stringify([...engine.state.doubtCases, ...engine.state.doubtRounds])}`,
      WAIT_MS,
    );
    expect(engine.state.doubts.size, 'the live one was settled').to.equal(1);
    const refused = await engine.submit({
      ...{ clientOrderID: 'G2', symbol: SYMBOL, side: 'Buy', orderQty: '0.01', price: '83500' },
      ordType: 'Limit',
    });
    expect(refused.text).to.include('DOUBT_FREEZE');
    const said = ['--reason', 'the venue has none', '--evidence', 'ticket 4711'];
    const of = ['--order', order('G1').orderID];
    const live = await fathom('resolve', ...of, '--verdict', 'live', '--by', 'alice', ...said);
    expect(live.err).to.include('VENUE_ORDER_MISSING');
    const one = await fathom('resolve', ...of, '--verdict', 'absent', '--by', 'alice', ...said);
    expect(one.out).to.include('waits for a second person');
    expect((await fathom('approve', 'V1', '--by', 'Alice')).err).to.include('SAME_PERSON');
    expect((await fathom('approve', 'V1', '--by', 'bob')).out).to.include('carried out');
    expect(order('G1')).to.deep.include({ base: 'Rejected', code: 'ABSENT' });
    await untilSettled();
    expect(statusOf('S1'), 'its cancel was asked again').to.equal('Canceled');
    await rest('G3', '83500');
    expect(openAtVenue()).to.deep.equal([order('G3').venueOrderID]);
  });

  const fathom = async (...args: readonly string[]) => {
    const { io, taken } = makeFathom(venue.env);
    const [verb = ''] = args;
    const rest = args.slice(1);
    const isVerb = verb !== '' && !verb.startsWith('--');
    const line = isVerb ? [verb, ...rest, '--socket', socket] : [...args, '--socket', socket];
    await doubtsCommand(io).parseAsync(line, { from: 'user' });
    return taken();
  };
  const doubts = async (): Promise<DoubtsView> =>
    JSON.parse((await fathom('--json')).out) as DoubtsView;
});
