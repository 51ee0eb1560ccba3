import { request } from 'undici';
import {
  type Grid,
  makeGrid,
  stepsToText,
} from '../../src/simulator/exchange/model/instruments/grid.ts';
import { type Mulberry32 } from '../../src/lib/prng.ts';
import { type Tally } from './tally.ts';

/** A market as a client sees it: its steps and its recent price. */
export interface SeenMarket {
  readonly symbol: string;
  readonly price: Grid;
  readonly size: Grid;
  readonly inverse: boolean;
  markPrice: number;
}

export interface Wanted {
  readonly market: SeenMarket;
  readonly lots: number;
  readonly order: WantedOrder;
}

/** Fields of sendorder. */
export interface WantedOrder {
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly orderType: 'lmt' | 'post' | 'ioc';
  readonly size: string;
  readonly limitPrice: string;
}

const POLL_MS = 1_000;
const MARKETS_OF_CLIENT = 8;
const USD_MIN = 200;
const USD_RANGE = 2_000;
const TYPES = ['lmt', 'lmt', 'lmt', 'post', 'ioc'] as const;

/** All markets, read once a second for all the clients of a process. */
export class MarketView {
  readonly #markets = new Map<string, SeenMarket>();
  readonly #rest: string;
  readonly #tally: Tally;
  #timer: NodeJS.Timeout | undefined;

  constructor(rest: string, tally: Tally) {
    this.#rest = `${rest}/derivatives/api/v3`;
    this.#tally = tally;
  }

  async start(): Promise<void> {
    const { instruments } = (await this.#get('instruments')) as {
      readonly instruments: readonly InstrumentRow[];
    };
    for (const row of instruments) this.#add(row);
    await this.#poll();
    this.#timer = setInterval(() => {
      void this.#poll().catch(() => {
        this.#tally.error('tickers could not be read');
      });
    }, POLL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** A few markets for one client: no client trades two hundred. */
  some(prng: Mulberry32): readonly SeenMarket[] {
    const priced = [...this.#markets.values()].filter(({ markPrice }) => markPrice > 0);
    return pickSome(priced, MARKETS_OF_CLIENT, prng);
  }

  #add({ symbol, tickSize, contractValueTradePrecision: p, type }: InstrumentRow): void {
    const price = makeGrid(plain(tickSize));
    const size = makeGrid(plain(10 ** -p));
    if (price === undefined || size === undefined) throw new Error(`${symbol} has steps`);
    const inverse = type === 'futures_inverse';
    this.#markets.set(symbol, { symbol, price, size, inverse, markPrice: 0 });
  }

  async #poll(): Promise<void> {
    const since = performance.now();
    const { tickers } = (await this.#get('tickers')) as { readonly tickers: readonly TickerRow[] };
    this.#tally.latency('GET tickers (all)', performance.now() - since);
    for (const { symbol, markPrice } of tickers) {
      const market = this.#markets.get(symbol);
      if (market !== undefined && markPrice !== undefined) market.markPrice = markPrice;
    }
  }

  async #get(path: string): Promise<unknown> {
    const { body } = await request(`${this.#rest}/${path}`);
    return body.json();
  }
}

interface InstrumentRow {
  readonly symbol: string;
  readonly type: string;
  readonly tickSize: number;
  readonly contractValueTradePrecision: number;
}

interface TickerRow {
  readonly symbol: string;
  readonly markPrice?: number;
}

const DIGITS_MAX = 12;
/** Rounds exactly: steps are powers of ten or halves of them. */
const plain = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toFixed(DIGITS_MAX).replace(/0+$/, '');

/** An order near the market: two of three would rest, the others trade. */
export const wantOrder = (market: SeenMarket, prng: Mulberry32): Wanted => {
  const side = prng.chance(0.5) ? 'buy' : 'sell';
  const orderType = prng.pick(TYPES);
  const away = orderType === 'post' ? 5 : orderType === 'ioc' ? -3 : prng.int(-4, 30);
  const bps = (side === 'buy' ? -1 : 1) * away * 1e-4;
  const tick = market.price.units / 10 ** market.price.decimals;
  const ticks = Math.max(1, Math.round((market.markPrice * (1 + bps)) / tick));
  const lot = market.size.units / 10 ** market.size.decimals;
  const usd = USD_MIN + prng.next() * USD_RANGE;
  const lots = Math.max(1, Math.round(usd / (market.inverse ? 1 : market.markPrice) / lot));
  const size = stepsToText(lots, market.size);
  const limitPrice = stepsToText(ticks, market.price);
  return { market, lots, order: { symbol: market.symbol, side, orderType, size, limitPrice } };
};

/** One element, each with the same probability. */
export const pick = <T>(items: readonly T[], prng: Mulberry32): T => {
  const item = items[prng.int(0, Math.max(0, items.length - 1))];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
};

/** Up to `count` different elements. */
export const pickSome = <T>(items: readonly T[], count: number, prng: Mulberry32): readonly T[] => [
  ...new Set(Array.from({ length: count }, () => pick(items, prng))),
];
