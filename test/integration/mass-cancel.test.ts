import { expect } from 'chai';
import { systemClock } from '../../src/app/system-clock.ts';
import { callControl } from '../../src/control/control-client.ts';
import { toUtcTimestamp } from '../../src/lib/time.ts';
import { type RawFixClient } from '../support/raw-fix-client.ts';
import { startTradingProcess, type TradingProcess } from '../support/trading-process.ts';
import { until } from '../support/until.ts';

/** 40 cancels in two seconds, so that a mass cancel of more takes several turns. */
const SLOW = {
  rateBudget: {
    ...{ unitsMax: 500, periodMs: 2_000, orderUnits: 1, cancelUnits: 10, massCancelUnits: 25 },
    reservedForCancelsUnits: 100,
  },
};
const WAIT_MS = 60_000;

describe('a client’s mass cancel over FIX', function () {
  this.timeout(180_000);
  let run: TradingProcess;
  let client: RawFixClient;
  let ids = 0;

  beforeEach(async () => {
    run = await startTradingProcess({
      // Orders outlive the link, and the link comes back slowly.
      trading: {
        ...SLOW,
        cancelOrdersOnDisconnect: false,
        reconnect: { firstDelayMs: 2_000, delayMsMax: 2_000 },
      },
      desk1: { cancelOrdersOnDisconnect: true },
    });
    await run.start();
    client = run.client('DESK1');
    await client.logon();
    await untilOpen(client);
  });

  afterEach(() => run.close());

  const order = (of: RawFixClient, price = 100): string => {
    ids += 1;
    const id = `O${ids}`;
    const now = toUtcTimestamp(systemClock.wall());
    of.send('D', `11=${id}|55=PF_XBTUSD|54=1|38=0.001|40=2|44=${price}|59=1|60=${now}`);
    return id;
  };
  /** The first order that the venue takes shows that the route is open. */
  const untilOpen = async (of: RawFixClient): Promise<void> => {
    const before = run.venueOpen();
    await until(
      async () => {
        const id = order(of);
        const answer = await of.expect(
          ({ get }) => get(11) === id && ['0', '8'].includes(get(150) ?? ''),
          'answer to an order',
        );
        return answer.get('150') === '0';
      },
      'route open',
      WAIT_MS,
    );
    expect(run.venueOpen()).to.equal(before + 1);
  };
  const place = async (of: RawFixClient, count: number): Promise<void> => {
    const before = run.venueOpen();
    for (let n = 0; n < count; n += 1) order(of);
    await until(() => run.venueOpen() === before + count, `${count} orders open`, WAIT_MS);
  };
  const massCancel = (body: string): Promise<ReadonlyMap<string, string>> => {
    ids += 1;
    const id = `Q${ids}`;
    client.send('q', `11=${id}|60=${toUtcTimestamp(systemClock.wall())}|${body}`);
    return client.expect(({ type, get }) => type === 'r' && get(11) === id, `answer to ${body}`);
  };
  const cancelReports = (of: RawFixClient) =>
    of.received.filter((m) => m.get('35') === '8' && m.get('150') === '4').length;

  it('of 72 orders is answered, and each is cancelled and reported, within the rate budget', async () => {
    await place(client, 71);
    const report = await massCancel('530=7');
    expect(report.get('531')).to.equal('7');
    expect(report.get('533')).to.equal('72');
    expect(report.get('37')).to.match(/^M\w+-1$/);
    await until(() => run.venueOpen() === 0, 'nothing open', WAIT_MS);
    await until(() => cancelReports(client) === 72, 'a report for each', WAIT_MS);
  });

  it('of 300 orders leaves the orders of another client, although it takes several turns', async () => {
    const other = run.client('DESK2');
    await other.logon();
    await untilOpen(other);
    await place(client, 299);
    const report = await massCancel('530=1|55=PF_XBTUSD');
    expect(report.get('533')).to.equal('300');
    await until(() => run.venueOpen() === 1, 'one order left', WAIT_MS);
    await until(() => cancelReports(client) === 300, 'a report for each', WAIT_MS);
    expect(cancelReports(other)).to.equal(0);
  });

  it('is refused when it cannot be narrowed as it says, and cancels nothing', async () => {
    for (const [body, reason, word] of [
      ['530=7|54=5', '0', 'Side(54)'],
      ['530=3', '0', 'product'],
      ['530=6', '0', 'trading session'],
      ['530=1', '1', 'Symbol(55)'],
      ['530=1|55=PF_NOPE', '1', 'PF_NOPE'],
      ['530=7|55=PF_XBTUSD', '99', 'all orders'],
    ] as const) {
      const report = await massCancel(body);
      expect(report.get('531'), body).to.equal('0');
      expect(report.get('532'), body).to.equal(reason);
      expect(report.get('58'), body).to.include(word);
    }
    expect(run.venueOpen()).to.equal(1);
  });

  it('goes on after the link was cut and the process was killed in its middle', async () => {
    const other = run.client('DESK2');
    await other.logon();
    await untilOpen(other);
    await place(client, 149);
    await massCancel('530=7');
    await until(() => run.venueOpen() < 130, 'some cancelled', WAIT_MS);
    run.engine().child.kill('SIGKILL');
    await run.engine().exited;
    await run.start();
    client = run.client('DESK1');
    client.send('A', '98=0|108=30|141=Y');
    await until(() => run.venueOpen() <= 1, 'nothing of the client open', WAIT_MS);
    await until(async () => (await activeMassCancels(run)) === 0, 'the engine knows it', WAIT_MS);
  });

  it('is remembered while the link is down', async () => {
    run.fault({ kind: 'link-cut', how: 'RST' });
    await until(async () => (await tradingPhase(run)) !== 'LoggedOn', 'link down', WAIT_MS);
    const report = await massCancel('530=7');
    expect(report.get('531')).to.equal('7');
    expect(report.get('58')).to.include('remembered');
    await until(() => run.venueOpen() === 0, 'nothing open', WAIT_MS);
  });

  it('follows a client that is lost, over the rate budget', async () => {
    const other = run.client('DESK2');
    await other.logon();
    await untilOpen(other);
    await place(client, 99);
    client.close();
    await until(() => run.venueOpen() === 1, 'only the other client’s order', WAIT_MS);
  });
});

const control = async (run: TradingProcess): Promise<Record<string, unknown>> => {
  const socket = `${run.files.dataDir}/run/control.sock`;
  const state = await callControl(socket, 'session.state', { session: 'trading' });
  return state.ok ? (state.value as Record<string, unknown>) : {};
};
const activeMassCancels = async (run: TradingProcess) => (await control(run))['massCancels'];
const tradingPhase = async (run: TradingProcess) => (await control(run))['phase'];
