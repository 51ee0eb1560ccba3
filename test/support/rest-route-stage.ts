import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemTimers } from '../../src/app/system-clock.ts';
import { type Books, type Order } from '../../src/core/state.ts';
import { routingOf } from '../../src/core/route-phase.ts';
import { type SessionName } from '../../src/domain/ids.ts';
import { dictionaryPath, loadDictionary } from '../../src/fix/dictionary/jspurefix.ts';
import { type Engine, startEngine } from '../../src/index.ts';
import { Secret } from '../../src/lib/secret.ts';
import { silentLogger } from '../../src/observability/logger.ts';
import { makeLoopbackCertificate } from '../../src/simulator/certificate.ts';
import { type OrderView } from '../../src/simulator/exchange/model/views.ts';
import { fundedAccount, type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { makeKey } from '../integration/simulator-rest/stage.ts';
import { CountingProxy } from './counting-proxy.ts';
import { until } from './until.ts';

const TRADING = 'trading' as SessionName;
const ACCOUNT = 'desk';
const SYMBOLS = ['PF_XBTUSD', 'PF_ETHUSD', 'PF_SOLUSD', 'PF_LTCUSD', 'PF_XRPUSD', 'PF_DOGEUSD'];
const COARSE = { contractType: 'linear', tickSize: '1', qtyStep: '1', qtyMin: '1' };

type Told = { readonly code?: string | undefined; readonly text?: string | undefined };

/** An engine on the real simulator: FIX, private feeds, and REST behind a counter of requests. */
export class RestRouteStage {
  readonly simulator: Simulator;
  readonly engine: Engine;
  readonly calls: CountingProxy;
  readonly alerts: string[] = [];
  readonly refusals = new Map<string, Told & { readonly cxlRejResponseTo: 1 | 2 }>();
  readonly #folder: string;
  #names = 0;

  private constructor(
    parts: Pick<RestRouteStage, 'simulator' | 'engine' | 'calls'>,
    folder: string,
  ) {
    this.simulator = parts.simulator;
    this.engine = parts.engine;
    this.calls = parts.calls;
    this.#folder = folder;
    this.engine.on('alert', ({ code }) => this.alerts.push(code));
    this.engine.on('cancelReject', (report) => this.refusals.set(report.clientOrderID, report));
  }

  static async open(): Promise<RestRouteStage> {
    const folder = mkdtempSync(join(tmpdir(), 'fathom-rest-route-'));
    const certificate = await makeLoopbackCertificate(new Date(systemClock.wall()));
    writeFileSync(join(folder, 'ca.pem'), certificate.cert);
    const restKey = makeKey(ACCOUNT);
    const fixKey = {
      apiKey: new Secret(randomBytes(24).toString('base64')),
      apiSecret: new Secret(randomBytes(48).toString('base64')),
    };
    const dictionary = loadDictionary(dictionaryPath('KRAKEN-DRV-FIX44.xml'));
    if (!dictionary.ok) throw new Error(dictionary.error);
    const simulator = await startSimulator(
      {
        ...{ seed: 11, host: '127.0.0.1', tradingPort: 0, marketIntervalMs: 0, adminPort: 0 },
        clients: [{ compID: 'CLIENT-DRV', account: ACCOUNT, key: fixKey }],
        keys: [restKey],
        accounts: [fundedAccount(ACCOUNT)],
        certificate,
        ...{ rest: { port: 0 }, feeds: { port: 0 } },
      },
      { clock: systemClock, timers: systemTimers, dictionary: dictionary.value },
    );
    const calls = await CountingProxy.listen(simulator.restPort ?? 0);
    const env = {
      FIX_API_KEY: fixKey.apiKey.reveal(),
      FIX_API_SECRET: fixKey.apiSecret.reveal(),
      REST_API_KEY: restKey.apiKey,
      REST_API_SECRET: restKey.apiSecret.reveal(),
    };
    const config = writeConfig(folder, simulator, calls.origin);
    const engine = await startEngine({ config, env, logger: silentLogger });
    const stage = new RestRouteStage({ simulator, engine, calls }, folder);
    const isReady = (): boolean => engine.isOpen && engine.account()?.health.isReady === true;
    await until(isReady, 'engine and feeds up');
    return stage;
  }

  async close(): Promise<void> {
    await this.engine.stop();
    this.calls.close();
    await this.simulator.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** An order of the engine; resolves when its fate is told, or at once when `how` is `sent`. */
  async place(terms: object, how: 'told' | 'sent' = 'told'): Promise<string> {
    this.#names += 1;
    const clientOrderID = `A-${this.#names}`;
    const given = { side: 'Buy', ordType: 'Limit', orderQty: '10', ...terms };
    await this.engine.submit({ clientOrderID, ...given } as never);
    if (how === 'told') {
      await until(
        () => this.order(clientOrderID).base !== 'PendingNew',
        `${clientOrderID} told`,
        30_000,
      );
    }
    return clientOrderID;
  }

  async cancel(clientOrderID: string): Promise<string> {
    const id = `X-${clientOrderID}`;
    await this.engine.cancel({ clientOrderID: id, origClientOrderID: clientOrderID });
    return id;
  }

  async replace(clientOrderID: string, to: object): Promise<string> {
    this.#names += 1;
    const id = `R-${this.#names}`;
    const ids = { clientOrderID: id, origClientOrderID: clientOrderID };
    const ack = await this.engine.replace({ ...ids, ...to });
    if (ack.status === 'refused') throw new Error(ack.text);
    return id;
  }

  /** The books' order, whatever its ClOrdID is by now. */
  order(clientOrderID: string): Order {
    const ids = this.engine.state.orderIDByClientOrderID.get('library' as never);
    const order = this.engine.state.orders.get(ids?.get(clientOrderID as never) as never);
    if (order === undefined) throw new Error(`no order ${clientOrderID}`);
    return order;
  }

  doubtOf(clientOrderID: string): string | undefined {
    return this.engine.state.doubts.get(this.order(clientOrderID).orderID);
  }

  /** Open at the venue, on one market. */
  atVenue(symbol: string): readonly OrderView[] {
    return this.simulator.queries.openOrders(ACCOUNT).filter((order) => order.symbol === symbol);
  }

  /** An order of somebody else, or of the account by another program. */
  submit(account: string, terms: object): void {
    const order = { type: 'PlaceOrder', account, owner: 'test', orderType: 'lmt', ...terms };
    this.simulator.submit(order as never);
  }

  async restOptions(options: object): Promise<void> {
    const url = `http://127.0.0.1:${this.simulator.adminPort}/rest-options`;
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(options) });
    if (!answer.ok) throw new Error(await answer.text());
  }

  /** FIX is lost, and stays away: its next attempt is an hour later. */
  async cutFix(): Promise<void> {
    this.simulator.faults.inject({ kind: 'link-cut', how: 'RST' });
    await until(() => this.#route().phase === 'Down', 'FIX down');
  }

  /** The route is REST, as its own rules would make it. */
  routeByRest(): void {
    const route = this.#route();
    const routing = { ...routingOf(route), phase: 'REST_ACTIVE' as const };
    (this.engine.state as Books).routes.set(TRADING, { ...route, routing });
  }

  #route() {
    const route = this.engine.state.routes.get(TRADING);
    if (route === undefined) throw new Error('no route');
    return route;
  }
}

const reference = (name: string) => ({
  apiKey: { env: `${name}_API_KEY` },
  apiSecret: { env: `${name}_API_SECRET` },
});

const writeConfig = (folder: string, simulator: Simulator, origin: string): string => {
  const path = join(folder, 'engine.json');
  const trading = {
    ...{ role: 'trading', senderCompID: 'CLIENT-DRV', targetCompID: 'KRAKEN-DRV-TRD' },
    ...{ hosts: [`localhost:${simulator.tradingPort}`], credentials: reference('FIX') },
    ...{ cancelOrdersOnDisconnect: false, rollover: { enabled: false } },
    ...{ reconnect: { firstDelayMs: 60_000, delayMsMax: 60_000 } },
    tls: { caFile: join(folder, 'ca.pem'), serverName: 'localhost' },
  };
  const config = {
    engine: { dataDir: join(folder, 'data'), stopTimeoutMs: 500, replace: 'editOrder' },
    venue: { kind: 'kraken', environment: 'uat' },
    sessions: { trading },
    instruments: Object.fromEntries(SYMBOLS.map((symbol) => [symbol, COARSE])),
    risk: { orderQtyMax: '1000', notionalMax: '100000000', withoutReferencePrice: 'allow' },
    logging: { format: 'off' },
    rest: { origin, credentials: reference('REST'), timeoutMs: { order: 1_000 } },
    webSocket: {
      url: `ws://127.0.0.1:${simulator.feedsPort}/ws/v1`,
      account: { pollIntervalMs: 1_000, settleMs: 1_000, alertAfterMs: 400 },
    },
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
};
