import { setMaxListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Pool } from 'undici';
import { signRequest } from '../../src/kraken/rest/layers/sign-layer.ts';
import { Secret } from '../../src/lib/secret.ts';
import { stepsToText } from '../../src/simulator/exchange/model/instruments/grid.ts';
import { makeMulberry32, type Mulberry32 } from '../../src/lib/prng.ts';
import { MarketView, pick, type SeenMarket, type Wanted, wantOrder } from './market-view.ts';
import { type ClientJob, tradingKeys, type VenueKey } from './plan.ts';
import { type Tally } from './tally.ts';

const V3 = '/derivatives/api/v3';
const TIMEOUT_MS = 20_000;
/** With more open orders a client cancels before it sends another. */
const OPEN_MAX = 30;

/** Refusals that an order may meet that was valid when it was sent: prices move, orders fill. */
const EXPECTED = new Set([
  'placed',
  'cancelled',
  'edited',
  'filled',
  'partiallyFilled',
  'notFound',
  'orderForEditNotFound',
  'postWouldExecute',
  'iocWouldNotExecute',
  'selfFill',
]);

/** REST clients: each signs and sends one request at a time, and pauses after the answer. */
export const runRestClients = async (
  { plan, venue }: ClientJob,
  tally: Tally,
  until: Promise<void>,
): Promise<void> => {
  const view = new MarketView(venue.rest, tally);
  await view.start();
  const pool = new Pool(venue.rest, {
    connections: plan.rest,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  });
  const clients = tradingKeys(venue)
    .slice(0, plan.rest)
    .map((key, i) => new RestClient({ key, pool, view, tally }, makeMulberry32(plan.seed + i)));
  const end = new AbortController();
  setMaxListeners(0, end.signal);
  void until.then(() => {
    end.abort();
  });
  await Promise.all(clients.map((client) => client.live(1_000 / plan.restRate, end.signal)));
  view.stop();
  await pool.close();
};

interface RestDeps {
  readonly key: VenueKey;
  readonly pool: Pool;
  readonly view: MarketView;
  readonly tally: Tally;
}

interface Answer {
  readonly result?: string;
  readonly error?: string;
  readonly errors?: unknown;
  readonly sendStatus?: { readonly status: string; readonly order_id?: string };
  readonly cancelStatus?: { readonly status: string };
  readonly editStatus?: { readonly status: string };
  readonly batchStatus?: readonly { readonly status: string; readonly order_id?: string }[];
  readonly elements?: unknown;
}

interface OpenOrder extends Wanted {
  readonly id: string;
}

class RestClient {
  readonly #deps: RestDeps;
  readonly #secret: Secret;
  readonly #prng: Mulberry32;
  readonly #markets: readonly SeenMarket[];
  /** Ids of orders that were placed and not cancelled by us: some have filled since. */
  readonly #open: OpenOrder[] = [];

  constructor(deps: RestDeps, prng: Mulberry32) {
    this.#deps = deps;
    this.#prng = prng;
    this.#markets = deps.view.some(prng);
    this.#secret = new Secret(deps.key.apiSecret);
  }

  /** Pauses and acts in turn until the end, then cancels everything. */
  async live(meanMs: number, end: AbortSignal): Promise<void> {
    const isOver = (): boolean => end.aborted;
    while (!isOver()) {
      const pauseMs = meanMs * (0.5 + this.#prng.next());
      await setTimeout(pauseMs, undefined, { signal: end }).catch(() => undefined);
      if (!isOver()) await this.#act();
    }
    await this.#call('POST', `${V3}/cancelallorders`, {});
  }

  async #act(): Promise<void> {
    const dice = this.#prng.next();
    if (this.#open.length > OPEN_MAX || dice < 0.2) await this.#cancel();
    else if (dice < 0.5) await this.#send();
    else if (dice < 0.57) await this.#edit();
    else if (dice < 0.6) await this.#batch();
    else await this.#read();
  }

  async #send(): Promise<void> {
    const wanted = wantOrder(this.#market(), this.#prng);
    this.#deps.tally.count('orders');
    const answer = await this.#call('POST', `${V3}/sendorder`, { ...wanted.order });
    const { status, order_id: id } = answer?.sendStatus ?? {};
    this.#judge('sendorder', status);
    const rests = status === 'placed' && wanted.order.orderType !== 'ioc';
    if (rests && id !== undefined) this.#open.push({ ...wanted, id });
  }

  async #cancel(): Promise<void> {
    const order = this.#take();
    if (order === undefined) return this.#send();
    const answer = await this.#call('POST', `${V3}/cancelorder`, { order_id: order.id });
    this.#judge('cancelorder', answer?.cancelStatus?.status);
    return undefined;
  }

  async #edit(): Promise<void> {
    const order = this.#take();
    if (order === undefined) return this.#send();
    // Its size alone: the price belongs to the market that the order is on.
    const answer = await this.#call('POST', `${V3}/editorder`, {
      orderId: order.id,
      size: stepsToText(this.#prng.int(1, 3) * order.lots, order.market.size),
    });
    this.#judge('editorder', answer?.editStatus?.status);
    if (answer?.editStatus?.status === 'edited') this.#open.push(order);
    return undefined;
  }

  async #batch(): Promise<void> {
    const legs = [0, 1].map((tag) => {
      const { order } = wantOrder(this.#market(), this.#prng);
      return { order: 'send', order_tag: String(tag), ...order };
    });
    this.#deps.tally.count('orders', legs.length);
    const old = this.#take();
    const cancel = old === undefined ? [] : [{ order: 'cancel', order_id: old.id }];
    const json = JSON.stringify({ batchOrder: [...legs, ...cancel] });
    const answer = await this.#call('POST', `${V3}/batchorder`, { json });
    for (const leg of answer?.batchStatus ?? []) this.#judge('batchorder', leg.status);
  }

  async #read(): Promise<void> {
    const { symbol } = this.#market();
    const dice = this.#prng.int(0, 99);
    if (dice < 20) await this.#call('GET', `${V3}/openorders`, {});
    else if (dice < 35) await this.#call('GET', `${V3}/accounts`, {});
    else if (dice < 50) await this.#call('GET', `${V3}/openpositions`, {});
    else if (dice < 65) await this.#call('GET', `${V3}/fills`, {});
    else if (dice < 80) await this.#call('GET', `${V3}/orderbook`, { symbol });
    else if (dice < 90) await this.#call('GET', `${V3}/history`, { symbol });
    else if (dice < 97) await this.#call('GET', `${V3}/tickers/${symbol}`, {});
    else await this.#call('GET', '/api/history/v3/executions', { count: '20' });
  }

  #market(): SeenMarket {
    return pick(this.#markets, this.#prng);
  }

  #take(): OpenOrder | undefined {
    return this.#open.splice(this.#prng.int(0, Math.max(0, this.#open.length - 1)), 1)[0];
  }

  #judge(call: string, status: string | undefined): void {
    if (status === undefined) return;
    const { tally } = this.#deps;
    if (EXPECTED.has(status)) tally.count(`status ${status}`);
    else tally.error(`${call} ${status}`);
  }

  /** Makes one signed call, and counts what is wrong with its answer. */
  async #call(
    method: 'GET' | 'POST',
    path: string,
    fields: Readonly<Record<string, string>>,
  ): Promise<Answer | undefined> {
    const { pool, tally, key } = this.#deps;
    const postData = new URLSearchParams(fields).toString();
    const isGet = method === 'GET';
    const name = `${method} ${nameOf(path)}`;
    const since = performance.now();
    try {
      const { statusCode, body } = await pool.request({
        method,
        path: isGet && postData !== '' ? `${path}?${postData}` : path,
        headers: {
          APIKey: key.apiKey,
          Authent: signRequest({ postData, nonce: '', path }, this.#secret),
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: isGet ? null : postData,
      });
      const answer = (await body.json()) as Answer;
      tally.latency(name, performance.now() - since);
      tally.count('requests');
      const isFine = statusCode === 200 && (answer.result ?? 'success') === 'success';
      if (!isFine)
        tally.error(
          `${name}: ${statusCode} ${answer.error ?? JSON.stringify(answer.errors ?? answer).slice(0, 80)}`,
        );
      return answer;
    } catch (error) {
      tally.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }
}

/** What comes after the version, with a name for what differs from call to call. */
const nameOf = (path: string): string => {
  const [, service = '', rest = path] = /^\/(?:api\/)?(\w+).*\/v3\/(.*)$/.exec(path) ?? [];
  const name = rest.replace(/^tickers\/.*/, 'tickers/:symbol');
  return service === 'history' ? `history ${name}` : name;
};
