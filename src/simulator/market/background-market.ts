import { type EpochMs } from '../../lib/time.ts';
import { type AccountSpec } from '../exchange/model/account.ts';
import { type ExchangeCommand } from '../exchange/model/commands.ts';
import { stepsToText } from '../exchange/model/instruments/grid.ts';
import {
  compileInstrument,
  type Instrument,
  type InstrumentSpec,
} from '../exchange/model/instruments/instrument.ts';
import { makeMulberry32, type Mulberry32 } from '../../lib/prng.ts';
import { opposite, type Side } from '../exchange/model/vocabulary.ts';

export const BACKGROUND_MAKER = 'background-maker';
export const BACKGROUND_TAKER = 'background-taker';

/** Accounts that the background market trades with; give them to the exchange. */
export const BACKGROUND_ACCOUNTS: readonly AccountSpec[] = [
  { uid: BACKGROUND_MAKER, background: true },
  { uid: BACKGROUND_TAKER, background: true },
];

interface BackgroundConfig {
  readonly seed: number;
  readonly instruments: readonly InstrumentSpec[];
  /** Index price at the start, by underlying. */
  readonly indexPrices: Readonly<Record<string, string>>;
  /** Quoted levels per side. */
  readonly levels?: number;
  /** Distance between levels, in basis points of the index. */
  readonly spreadBps?: number;
  /** Standard move of the index per step, in basis points. */
  readonly volatilityBps?: number;
  /** Chance that a market sees a taker in one step. */
  readonly takerChance?: number;
  /** Chance that a quote is renewed in one step although it is still right. */
  readonly renewChance?: number;
  /** USD of one quote, on average. */
  readonly quoteUsd?: number;
  /**
   * Number of markets that move in every step, the first ones of the list. The others take turns.
   */
  readonly busyMarkets?: number;
  /** Number of the other markets that move in one step. */
  readonly marketsInTurn?: number;
}

/**
 * Seeded agents: an index that walks at random, a maker that quotes around it, a taker that hits
 * the quotes. `step` is deterministic: the same seed and the same calls give the same commands. It
 * never looks at the exchange.
 */
export interface BackgroundMarket {
  readonly step: (at: EpochMs) => readonly ExchangeCommand[];
}

const DEFAULTS = {
  levels: 8,
  spreadBps: 1.5,
  volatilityBps: 0.8,
  takerChance: 0.25,
  renewChance: 0.05,
  quoteUsd: 20_000,
  busyMarkets: 16,
  marketsInTurn: 20,
} as const;

type Settings = Required<Omit<BackgroundConfig, 'instruments' | 'indexPrices' | 'seed'>>;

interface Quote {
  readonly cliOrdId: string;
  readonly price: number;
}

interface QuotedMarket {
  readonly instrument: Instrument;
  readonly tick: number;
  readonly lot: number;
  readonly quotes: Record<Side, (Quote | undefined)[]>;
}

export const makeBackgroundMarket = (config: BackgroundConfig): BackgroundMarket => {
  const settings: Settings = { ...DEFAULTS, ...config };
  const prng = makeMulberry32(config.seed);
  const start = new Map(
    config.instruments.map(({ underlying }) => [
      underlying,
      Number(config.indexPrices[underlying] ?? Number.NaN),
    ]),
  );
  const index = new Map(start);
  const nextMarkets = makeTurns(config.instruments.map(quotedMarket), settings);
  let made = 0;
  const nextId = (): string => {
    made += 1;
    return `bg-${made.toString(36)}`;
  };
  return {
    step: () => {
      const commands: ExchangeCommand[] = [];
      const markets = nextMarkets();
      for (const code of new Set(markets.map(({ instrument }) => instrument.spec.underlying))) {
        const price = index.get(code) ?? Number.NaN;
        index.set(code, walk(price, start.get(code) ?? price, { prng, settings }));
      }
      for (const market of markets) {
        const price = index.get(market.instrument.spec.underlying) ?? Number.NaN;
        if (Number.isNaN(price)) continue;
        const agent: Agent = { market, price, settings, prng, nextId };
        commands.push({
          type: 'SetIndex',
          symbol: market.instrument.symbol,
          price: indexText(market, price),
        });
        commands.push(...requote(agent));
        if (prng.chance(settings.takerChance)) commands.push(take(agent));
      }
      return commands;
    },
  };
};

/**
 * Chooses the markets that move in the next step. A venue with hundreds of markets has a few busy
 * ones.
 */
const makeTurns = (
  markets: readonly QuotedMarket[],
  { busyMarkets, marketsInTurn }: Settings,
): (() => readonly QuotedMarket[]) => {
  const busy = markets.slice(0, busyMarkets);
  const others = markets.slice(busyMarkets);
  let at = 0;
  return () => {
    const turn = [...others.slice(at), ...others.slice(0, at)].slice(0, marketsInTurn);
    at = others.length === 0 ? 0 : (at + turn.length) % others.length;
    return [...busy, ...turn];
  };
};

interface Agent {
  readonly market: QuotedMarket;
  readonly price: number;
  readonly settings: Settings;
  readonly prng: Mulberry32;
  readonly nextId: () => string;
}

const quotedMarket = (spec: InstrumentSpec): QuotedMarket => {
  const instrument = compileInstrument(spec);
  const { priceGrid, sizeGrid } = instrument;
  return {
    instrument,
    tick: priceGrid.units / 10 ** priceGrid.decimals,
    lot: sizeGrid.units / 10 ** sizeGrid.decimals,
    quotes: { buy: [], sell: [] },
  };
};

/**
 * A step of a random walk that is pulled back to its start, so that prices stay plausible for days.
 */
const walk = (
  price: number,
  start: number,
  by: { readonly prng: Mulberry32; readonly settings: Settings },
): number => {
  const noise = by.prng.next() + by.prng.next() + by.prng.next() - 1.5;
  const pull = (start - price) / start / 2_000;
  return price * (1 + noise * 2 * by.settings.volatilityBps * 1e-4 + pull);
};

/** An index is finer than the tick: a tenth of it. */
const indexText = (market: QuotedMarket, price: number): string =>
  price.toFixed(Math.min(18, market.instrument.priceGrid.decimals + 1));

const requote = (agent: Agent): readonly ExchangeCommand[] => {
  const { market, settings, prng } = agent;
  const cancels: ExchangeCommand[] = [];
  const places: ExchangeCommand[] = [];
  for (const side of ['buy', 'sell'] as const) {
    for (let i = 0; i < settings.levels; i += 1) {
      const quote = market.quotes[side][i];
      if (
        quote !== undefined &&
        isGood(agent, side, quote, i) &&
        !prng.chance(settings.renewChance)
      )
        continue;
      if (quote !== undefined) {
        cancels.push({ type: 'CancelOrder', account: BACKGROUND_MAKER, cliOrdId: quote.cliOrdId });
      }
      places.push(placeQuote(agent, side, i));
    }
  }
  return [...cancels, ...places];
};

const target = (agent: Agent, side: Side, i: number): number => {
  const distance = ((i + 0.5) * agent.settings.spreadBps * agent.price) / 10_000;
  return (
    agent.price + (side === 'buy' ? -1 : 1) * Math.max(distance, (i + 0.5) * agent.market.tick)
  );
};

const isGood = (agent: Agent, side: Side, quote: Quote, i: number): boolean => {
  const width = Math.max((agent.price * agent.settings.spreadBps) / 10_000, agent.market.tick);
  return Math.abs(quote.price - target(agent, side, i)) <= width;
};

const placeQuote = (agent: Agent, side: Side, i: number): ExchangeCommand => {
  const { market, prng } = agent;
  const raw = target(agent, side, i) / market.tick;
  const ticks = Math.max(1, side === 'buy' ? Math.floor(raw) : Math.ceil(raw));
  const cliOrdId = agent.nextId();
  market.quotes[side][i] = { cliOrdId, price: ticks * market.tick };
  return {
    type: 'PlaceOrder',
    account: BACKGROUND_MAKER,
    owner: 'background',
    cliOrdId,
    symbol: market.instrument.symbol,
    side,
    orderType: 'post',
    size: sizeText(agent, 0.25 + 1.5 * prng.next()),
    limitPrice: stepsToText(ticks, market.instrument.priceGrid),
  };
};

const take = (agent: Agent): ExchangeCommand => {
  const side: Side = agent.prng.chance(0.5) ? 'buy' : opposite('buy');
  return {
    type: 'PlaceOrder',
    account: BACKGROUND_TAKER,
    owner: 'background',
    symbol: agent.market.instrument.symbol,
    side,
    orderType: 'mkt',
    size: sizeText(agent, 0.05 + 1.2 * agent.prng.next()),
  };
};

/** Inverse contracts are counted in USD, linear ones in the base. */
const sizeText = (agent: Agent, share: number): string => {
  const { instrument, lot } = agent.market;
  const usd = agent.settings.quoteUsd * share;
  const units = instrument.inverse ? usd : usd / agent.price;
  return stepsToText(Math.max(1, Math.round(units / lot)), instrument.sizeGrid);
};
