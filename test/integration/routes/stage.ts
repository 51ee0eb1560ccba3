import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemTimers } from '../../../src/app/system-clock.ts';
import { callControl } from '../../../src/control/control-client.ts';
import { type RouteRow } from '../../../src/app/routes/account-routes.ts';
import { dictionaryPath, loadDictionary } from '../../../src/fix/dictionary/jspurefix.ts';
import { type Ack, type Engine, startEngine } from '../../../src/index.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { silentLogger } from '../../../src/observability/logger.ts';
import { makeLoopbackCertificate } from '../../../src/simulator/certificate.ts';
import { fundedAccount, type Simulator, startSimulator } from '../../../src/simulator/simulator.ts';
import { until } from '../../support/until.ts';
import { makeKey } from '../simulator-rest/stage.ts';

const SYMBOL = 'PF_XBTUSD';
const WAIT_MS = 60_000;

/** One engine and one simulator with FIX, REST and feeds, on real sockets in this process. */
export class RouteStage {
  readonly folder = mkdtempSync(join(tmpdir(), 'fathom-routes-'));
  readonly alerts: string[] = [];
  simulator!: Simulator;
  engine!: Engine;
  #made = 0;

  /** `routing` of the trading session. */
  async start(routing: object, { heartBtIntSeconds = 10 } = {}): Promise<void> {
    const dictionary = loadDictionary(dictionaryPath('KRAKEN-DRV-FIX44.xml'));
    if (!dictionary.ok) throw new Error(dictionary.error);
    const certificate = await makeLoopbackCertificate(new Date());
    const caFile = join(this.folder, 'ca.pem');
    writeFileSync(caFile, certificate.cert);
    const fixKey = {
      apiKey: new Secret(randomBytes(24).toString('base64')),
      apiSecret: new Secret(randomBytes(48).toString('base64')),
    };
    const restKey = makeKey('main');
    this.simulator = await startSimulator(
      {
        ...{ seed: 5, host: '127.0.0.1', tradingPort: 0, marketIntervalMs: 0, certificate },
        clients: [{ compID: 'CLIENT', account: 'main', key: fixKey }],
        keys: [restKey],
        accounts: [fundedAccount('main')],
        rest: { port: 0, certificate },
        feeds: { port: 0, certificate },
      },
      { clock: systemClock, timers: systemTimers, dictionary: dictionary.value },
    );
    const config = {
      engine: { name: 'routes', dataDir: join(this.folder, 'data'), stopTimeoutMs: 1_000 },
      venue: { kind: 'kraken', environment: 'uat' },
      sessions: {
        trading: {
          ...{
            role: 'trading',
            account: 'main',
            hosts: [`localhost:${this.simulator.tradingPort}`],
          },
          ...{ senderCompID: 'CLIENT', targetCompID: 'KRAKEN-DRV-TRD', heartBtIntSeconds },
          ...{ cancelOrdersOnDisconnect: false, cancelOrdersOnLogout: false },
          ...{ tls: { caFile }, reconnect: { firstDelayMs: 50, delayMsMax: 200 } },
          ...{ rateBudget: { unitsMax: 100_000 }, rollover: { enabled: false }, routing },
          credentials: { apiKey: { env: 'FIX_KEY' }, apiSecret: { env: 'FIX_SECRET' } },
        },
      },
      instruments: {
        [SYMBOL]: { contractType: 'linear', tickSize: '1', qtyStep: '0.0001', qtyMin: '0.0001' },
      },
      risk: { orderQtyMax: '10', notionalMax: '1000000', openOrdersMax: 100_000 },
      rest: {
        ...{ origin: `https://localhost:${this.simulator.restPort}`, caFile },
        credentials: { apiKey: { env: 'REST_KEY' }, apiSecret: { env: 'REST_SECRET' } },
      },
      webSocket: {
        url: `wss://localhost:${this.simulator.feedsPort}/ws/v1`,
        account: { pollIntervalMs: 400, settleMs: 1_000, alertAfterMs: 600 },
      },
      logging: { format: 'off' },
    };
    const env = {
      ...{ FIX_KEY: fixKey.apiKey.reveal(), FIX_SECRET: fixKey.apiSecret.reveal() },
      ...{ REST_KEY: restKey.apiKey, REST_SECRET: restKey.apiSecret.reveal() },
    };
    this.engine = await startEngine({ config, env, logger: silentLogger });
    this.engine.on('alert', ({ code }) => this.alerts.push(code));
    await this.engine.untilOpen({ timeoutMs: WAIT_MS });
  }

  async stop(): Promise<void> {
    await this.engine.stop();
    await this.simulator.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get controlSocket(): string {
    return join(this.folder, 'data', 'run', 'control.sock');
  }

  submit(price = '50000'): Promise<Ack> {
    this.#made += 1;
    const clientOrderID = `L-${this.#made}`;
    const order = { clientOrderID, symbol: SYMBOL, side: 'Buy', orderQty: '0.01', price } as const;
    return this.engine.submit({ ...order, ordType: 'Limit' });
  }

  async route(): Promise<RouteRow> {
    const answer = await callControl(this.controlSocket, 'route.list');
    if (!answer.ok) throw new Error(answer.error.message);
    const { routes } = answer.value as { readonly routes: readonly RouteRow[] };
    return routes[0]!;
  }

  untilPhase(...phases: readonly string[]): Promise<void> {
    return this.until(({ phase }) => phases.includes(phase), phases.join(' or '));
  }

  /** Waits, and says how the route is when it does not come. */
  async until(condition: (row: RouteRow) => boolean, what = 'the condition'): Promise<void> {
    let row = await this.route();
    await until(
      async () => {
        row = await this.route();
        return condition(row);
      },
      () => `${what}, not ${JSON.stringify(row)}`,
      WAIT_MS,
    );
  }
}
