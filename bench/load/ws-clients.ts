import { WebSocket } from 'ws';
import { signText } from '../../src/kraken/signature.ts';
import { Secret } from '../../src/lib/secret.ts';
import { makeMulberry32 } from '../../src/lib/prng.ts';
import { pickSome } from './market-view.ts';
import { type ClientJob, tradingKeys, type VenueKey } from './plan.ts';
import { type Tally } from './tally.ts';

const PRODUCTS = 3;
const PUBLIC_FEEDS = ['book', 'trade', 'ticker'] as const;
const PRIVATE_FEEDS = [
  'open_orders',
  'fills',
  'open_positions',
  'balances',
  'account_log',
  'notifications_auth',
] as const;
const PING_MS = 20_000;
/** Clients connect one after the other: a hundred do not come in the same millisecond. */
const ARRIVAL_MS = 20;

/**
 * WebSocket clients: books, trades and tickers of a few markets and every private feed of an
 * account, all checked.
 */
export const runWsClients = async (
  { plan, venue }: ClientJob,
  tally: Tally,
  until: Promise<void>,
): Promise<void> => {
  const clients: WsClient[] = [];
  for (const [i, key] of tradingKeys(venue).slice(0, plan.ws).entries()) {
    const prng = makeMulberry32(plan.seed + 1_000 + i);
    clients.push(
      new WsClient({ url: venue.ws, key, tally }, pickSome(venue.symbols, PRODUCTS, prng)),
    );
    await new Promise((resolve) => setTimeout(resolve, ARRIVAL_MS));
  }
  await until;
  for (const client of clients) client.leave();
};

interface WsDeps {
  readonly url: string;
  readonly key: VenueKey;
  readonly tally: Tally;
}

interface Frame {
  readonly event?: string;
  readonly feed?: string;
  readonly message?: string;
  readonly product_id?: string;
  readonly seq?: number;
  readonly timestamp?: number;
  readonly time?: number;
}

class WsClient {
  readonly #deps: WsDeps;
  readonly #socket: WebSocket;
  readonly #symbols: readonly string[];
  readonly #bookSeqs = new Map<string, number>();
  readonly #asked = new Map<string, number>();
  readonly #ping: NodeJS.Timeout;
  #isLeaving = false;

  constructor(deps: WsDeps, symbols: readonly string[]) {
    this.#deps = deps;
    this.#symbols = symbols;
    this.#socket = new WebSocket(deps.url);
    const { tally } = deps;
    this.#socket.on('open', () => {
      tally.count('connections');
      for (const feed of PUBLIC_FEEDS) this.#ask(feed, { product_ids: this.#symbols });
      this.#say({ event: 'challenge', api_key: deps.key.apiKey });
    });
    this.#socket.on('message', (data) => {
      this.#read((data as Buffer).toString('utf8'));
    });
    this.#socket.on('error', (error) => {
      tally.error(`socket: ${error.message}`);
    });
    this.#socket.on('close', (code) => {
      clearInterval(this.#ping);
      if (!this.#isLeaving) tally.error(`socket closed by the venue: ${code}`);
    });
    this.#ping = setInterval(() => {
      this.#socket.ping();
    }, PING_MS);
  }

  leave(): void {
    this.#isLeaving = true;
    for (const feed of this.#asked.keys()) this.#deps.tally.error(`no answer: subscribe ${feed}`);
    this.#socket.close();
  }

  #say(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }

  #ask(feed: string, fields: object): void {
    this.#asked.set(feed, performance.now());
    this.#say({ event: 'subscribe', feed, ...fields });
  }

  #read(text: string): void {
    const { tally } = this.#deps;
    tally.count('frames');
    tally.count('bytes', text.length);
    const frame = JSON.parse(text) as Frame;
    if (frame.event !== undefined) this.#onEvent(frame);
    else this.#onData(frame);
  }

  #onEvent({ event = '', feed = '', message = '' }: Frame): void {
    const { tally, key } = this.#deps;
    if (event === 'challenge') {
      const signature = signText(message, new Secret(key.apiSecret));
      for (const name of PRIVATE_FEEDS) {
        this.#ask(name, {
          api_key: key.apiKey,
          original_challenge: message,
          signed_challenge: signature,
        });
      }
    } else if (event === 'subscribed') {
      const askedAt = this.#asked.get(feed);
      if (askedAt !== undefined) tally.latency('subscribe', performance.now() - askedAt);
      this.#asked.delete(feed);
    } else if (event !== 'info') tally.error(`${event}: ${message}`);
  }

  #onData(frame: Frame): void {
    const { feed = '', seq = 0, product_id: product = '' } = frame;
    const { tally } = this.#deps;
    tally.count(`frames ${feed}`);
    if (feed === 'book_snapshot') this.#bookSeqs.set(product, seq);
    if (feed === 'book') this.#checkBook(product, seq);
    const at = frame.timestamp ?? frame.time;
    const isTimed = feed === 'book' || feed === 'trade';
    if (isTimed && at !== undefined) tally.latency(`${feed}: venue to client`, Date.now() - at);
  }

  #checkBook(product: string, seq: number): void {
    const last = this.#bookSeqs.get(product);
    if (last === undefined) this.#deps.tally.error('book before its snapshot');
    else if (seq !== last + 1) this.#deps.tally.error('gap in a book');
    this.#bookSeqs.set(product, seq);
  }
}
