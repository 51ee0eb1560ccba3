import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemTimers } from '../../src/app/system-clock.ts';
import { callControl } from '../../src/control/control-client.ts';
import { dictionaryPath, loadDictionary } from '../../src/fix/dictionary/jspurefix.ts';
import { type Ack, type Engine, startEngine } from '../../src/index.ts';
import { Secret } from '../../src/lib/secret.ts';
import { silentLogger } from '../../src/observability/logger.ts';
import { makeLoopbackCertificate } from '../../src/simulator/certificate.ts';
import { fundedAccount, type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { RawFixClient } from '../support/raw-fix-client.ts';
import { until } from '../support/until.ts';
import { makeKey } from './simulator-rest/stage.ts';

const SYMBOL = 'PF_XBTUSD';
const WAIT_MS = 60_000;
type Fund = 'fund-1' | 'fund-2';
const FUNDS: readonly Fund[] = ['fund-1', 'fund-2'];

const fixKey = () => ({
  apiKey: new Secret(randomBytes(24).toString('base64')),
  apiSecret: new Secret(randomBytes(48).toString('base64')),
});

/** One engine, two accounts of the simulator, each with its own FIX session, keys and feeds. */
describe('two accounts in one engine on real sockets', function () {
  this.timeout(240_000);
  const folder = mkdtempSync(join(tmpdir(), 'fathom-accounts-'));
  const fixKeys = { 'fund-1': fixKey(), 'fund-2': fixKey() };
  const restKeys = { 'fund-1': makeKey('fund-1'), 'fund-2': makeKey('fund-2') };
  const clients: RawFixClient[] = [];
  let simulator: Simulator;
  let engine: Engine;
  let config: Readonly<Record<string, unknown>>;
  let made = 0;

  const env = (): Record<string, string> =>
    Object.fromEntries(
      FUNDS.flatMap((fund, nth) => [
        [`FIX_${nth}_KEY`, fixKeys[fund].apiKey.reveal()],
        [`FIX_${nth}_SECRET`, fixKeys[fund].apiSecret.reveal()],
        [`REST_${nth}_KEY`, restKeys[fund].apiKey],
        [`REST_${nth}_SECRET`, restKeys[fund].apiSecret.reveal()],
      ]),
    );
  const reference = (name: string) => ({
    apiKey: { env: `${name}_KEY` },
    apiSecret: { env: `${name}_SECRET` },
  });
  const tradingSession = (account: Fund, caFile: string) => {
    const nth = FUNDS.indexOf(account);
    return {
      ...{ role: 'trading', account, hosts: [`localhost:${simulator.tradingPort}`] },
      ...{ senderCompID: `CLIENT-${nth}`, targetCompID: 'KRAKEN-DRV-TRD' },
      ...{ cancelOrdersOnDisconnect: false, cancelOrdersOnLogout: false, heartBtIntSeconds: 10 },
      ...{ tls: { caFile }, reconnect: { firstDelayMs: 50, delayMsMax: 200 } },
      ...{ credentials: reference(`FIX_${nth}`), restCredentials: reference(`REST_${nth}`) },
    };
  };
  const clientSession = (targetCompID: string, more: object) => ({
    ...{ role: 'client', senderCompID: 'FATHOM', targetCompID },
    ...{ listen: { host: '127.0.0.1', port: 0 }, ...more },
  });

  before(async () => {
    const dictionary = loadDictionary(dictionaryPath('KRAKEN-DRV-FIX44.xml'));
    if (!dictionary.ok) throw new Error(dictionary.error);
    const certificate = await makeLoopbackCertificate(new Date());
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, certificate.cert);
    simulator = await startSimulator(
      {
        ...{ seed: 5, host: '127.0.0.1', tradingPort: 0, marketIntervalMs: 0, certificate },
        clients: FUNDS.map((account, nth) => ({
          ...{ compID: `CLIENT-${nth}`, account, key: fixKeys[account] },
        })),
        keys: [restKeys['fund-1'], restKeys['fund-2']],
        accounts: FUNDS.map((account) => fundedAccount(account)),
        rest: { port: 0, certificate },
        feeds: { port: 0, certificate },
      },
      { clock: systemClock, timers: systemTimers, dictionary: dictionary.value },
    );
    config = {
      engine: { name: 'two-accounts', dataDir: join(folder, 'data'), stopTimeoutMs: 1_000 },
      venue: { kind: 'kraken', environment: 'uat' },
      sessions: {
        'trading-1': tradingSession('fund-1', caFile),
        'trading-2': tradingSession('fund-2', caFile),
        desk1: clientSession('DESK1', { account: 'fund-1' }),
        desk2: clientSession('DESK2', {}),
      },
      instruments: {
        [SYMBOL]: { contractType: 'linear', tickSize: '1', qtyStep: '0.0001', qtyMin: '0.0001' },
      },
      risk: {
        ...{ orderQtyMax: '10', notionalMax: '1000000' },
        clients: { desk1: { allowedAccounts: ['fund-1'] } },
      },
      rest: { origin: `https://localhost:${simulator.restPort}`, caFile },
      webSocket: {
        url: `wss://localhost:${simulator.feedsPort}/ws/v1`,
        account: { pollIntervalMs: 400, settleMs: 1_000, alertAfterMs: 600 },
      },
      logging: { format: 'off' },
    };
    await start();
  });
  after(async () => {
    for (const client of clients) client.close();
    await engine.stop();
    await simulator.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (): Promise<void> => {
    engine = await startEngine({ config, env: env(), logger: silentLogger });
    await engine.untilOpen({ timeoutMs: WAIT_MS });
  };
  const submit = (
    account: string | undefined,
    orderQty = '0.01',
    price = '50000',
  ): Promise<Ack> => {
    made += 1;
    const order = {
      clientOrderID: `L-${made}`,
      symbol: SYMBOL,
      side: 'Buy',
      orderQty,
      price,
    } as const;
    return engine.submit({
      ...order,
      ordType: 'Limit',
      ...(account === undefined ? {} : { account }),
    });
  };
  const openAt = (account: Fund): number => simulator.queries.openOrders(account).length;
  const untilOpenAt = (account: Fund, count: number): Promise<void> =>
    until(() => openAt(account) === count, `${count} orders of ${account}`, WAIT_MS);
  const view = async (account: Fund) => {
    const path = join(folder, 'data', 'run', 'control.sock');
    const answer = await callControl(path, 'account.view', { account });
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.value as { account: string; openOrders: readonly unknown[] };
  };

  it('trade side by side, each order on the account that it names', async () => {
    const acks = [await submit('fund-1'), await submit('fund-2'), await submit('fund-2')];
    expect(acks.map(({ status }) => status)).to.deep.equal(['accepted', 'accepted', 'accepted']);
    await untilOpenAt('fund-1', 1);
    await untilOpenAt('fund-2', 2);
    expect((await submit(undefined)).code).to.equal('ACCOUNT_REQUIRED');
    expect((await submit('fund-3')).code).to.equal('UNKNOWN_ACCOUNT');
  });

  it('have a default for a FIX client, and are shut to one that may not use them', async () => {
    const desk1 = await logOn('desk1', 'DESK1');
    const order = `55=${SYMBOL}|54=1|60=${stamp()}|38=0.01|40=2|44=50000|59=1`;
    desk1.send('D', `11=D1|${order}`);
    const taken = await desk1.expect(({ get }) => get(11) === 'D1' && get(150) === '0', 'New');
    expect(taken.get('1')).to.equal('fund-1');
    desk1.send('D', `11=D2|1=fund-2|${order}`);
    const shut = await desk1.expect(({ get }) => get(11) === 'D2' && get(150) === '8', 'a refusal');
    expect([shut.get('103'), shut.get('20002')]).to.deep.equal(['99', 'ACCOUNT_NOT_ALLOWED']);
    const desk2 = await logOn('desk2', 'DESK2');
    desk2.send('D', `11=E1|1=nobody|${order}`);
    const unknown = await desk2.expect(
      ({ get }) => get(11) === 'E1' && get(150) === '8',
      'unknown',
    );
    expect([unknown.get('103'), unknown.get('20002')]).to.deep.equal(['15', 'UNKNOWN_ACCOUNT']);
    await untilOpenAt('fund-1', 2);
  });

  it('have limits under their own names, which hold each account alone', async () => {
    const limits = async (verb: string, args: Record<string, string>) => {
      const path = join(folder, 'data', 'run', 'control.sock');
      const answer = await callControl(path, verb, args);
      if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
      return (answer.value as { limits: readonly Record<string, unknown>[] }).limits;
    };
    const change = { scope: 'account:fund-2', limit: 'orderQtyMax', value: '0.5' };
    const [set] = await limits('limits.set', { ...change, by: 'ann', reason: 'test' });
    expect(set).to.include({ scope: 'account:fund-2', value: '0.5', source: 'operator' });
    const listed = await limits('limits.list', { scope: 'account:fund-2' });
    expect(listed.map(({ scope, limit }) => [scope, limit])).to.deep.equal([
      ['account:fund-2', 'orderQtyMax'],
    ]);
    expect((await submit('fund-2', '0.6')).code).to.equal('MAX_QUANTITY');
    expect(engine.limits().limits.map(({ scope }) => scope)).not.to.include('account:trading-2');
  });

  it('are each seen by a monitor with the account’s own key', async () => {
    await until(
      () => FUNDS.every((fund) => engine.account(fund)?.health.isReady === true),
      'both feeds',
      WAIT_MS,
    );
    for (const [fund, count] of [
      ['fund-1', 2],
      ['fund-2', 2],
    ] as const) {
      const { account, openOrders } = await view(fund);
      expect([account, openOrders.length]).to.deep.equal([fund, count]);
      expect(engine.account(fund)?.differences).to.deep.equal([]);
    }
  });

  it('have positions of their own, as the venue has them', async () => {
    await until(() => engine.state.openings.size === 2, 'both openings', WAIT_MS);
    for (const [fund, size] of [
      ['fund-1', '0.02'],
      ['fund-2', '0.03'],
    ] as const) {
      simulator.submit({
        ...{ type: 'PlaceOrder', account: 'background-maker', owner: 'test', symbol: SYMBOL },
        ...{ orderType: 'lmt', side: 'sell', size, limitPrice: '84000' },
      });
      expect((await submit(fund, size, '84000')).status).to.equal('accepted');
      await until(() => positionOf(fund)?.qty === size, `a position of ${fund}`, WAIT_MS);
    }
    await until(
      () => FUNDS.every((fund) => positionOf(fund)?.difference === '0'),
      'the venue to agree',
      WAIT_MS,
    );
  });

  it('go on with one while the link of the other is cut', async () => {
    const cuts = engine.state.routes.get('trading-1' as never)?.epoch ?? 0;
    const asked = simulator.faults.ask({
      ...{ kind: 'link-cut', how: 'RST', channel: 'trading', session: 'CLIENT-0' },
    });
    if (!asked.ok) throw new Error(asked.error);
    await until(() => !engine.isOpenFor('fund-1'), 'fund-1 to be shut', WAIT_MS);
    expect(engine.isOpenFor('fund-2')).to.equal(true);
    expect(engine.isOpen).to.equal(false);
    expect((await submit('fund-2')).status).to.equal('accepted');
    await untilOpenAt('fund-2', 3);
    await engine.untilOpen({ account: 'fund-1', timeoutMs: WAIT_MS });
    expect(engine.state.routes.get('trading-1' as never)?.epoch).to.be.greaterThan(cuts);
    expect(openAt('fund-1')).to.equal(2);
  });

  it('are cancelled, killed and logged out one by one', async () => {
    await engine.cancelAll({ account: 'fund-2' });
    await untilOpenAt('fund-2', 0);
    expect(openAt('fund-1')).to.equal(2);
    expect((await submit('fund-2')).status).to.equal('accepted');
    const killed = await engine.kill({ scope: 'account:fund-1', reason: 'test', by: 'ann' });
    expect(killed.ok).to.equal(true);
    await untilOpenAt('fund-1', 0);
    await untilOpenAt('fund-2', 1);
    expect((await submit('fund-1')).code).to.equal('KILL_SWITCH');
    expect((await submit('fund-2')).status).to.equal('accepted');
    await untilOpenAt('fund-2', 2);
  });

  it('are both there again after a restart, which replays one journal', async () => {
    const positions = FUNDS.map((fund) => positionOf(fund)?.qty);
    await engine.stop();
    await start();
    expect(FUNDS.map((fund) => positionOf(fund)?.qty)).to.deep.equal(positions);
    const open = [...engine.state.openOrderIDs].map(
      (orderID) => engine.state.orders.get(orderID)?.account,
    );
    expect(open).to.deep.equal(['fund-2', 'fund-2']);
    await until(() => engine.inDoubt === 0, 'REST has shown what became of them');
    expect((await submit('fund-1')).code).to.equal('KILL_SWITCH');
    await engine.cancelAll();
    await untilOpenAt('fund-2', 0);
  });

  const positionOf = (fund: Fund) =>
    engine.positions().find(({ account, symbol }) => account === fund && symbol === SYMBOL);
  const stamp = (): string =>
    new Date().toISOString().replaceAll('-', '').replace('T', '-').slice(0, -1);
  const logOn = async (session: string, sender: string): Promise<RawFixClient> => {
    const port = engine.clientPorts.get(session) ?? 0;
    const client = new RawFixClient(port, { sender, target: 'FATHOM' });
    clients.push(client);
    await client.logon();
    return client;
  };
});
