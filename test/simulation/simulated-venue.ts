import { epochMs } from '../../src/lib/time.ts';
import {
  BACKGROUND_ACCOUNTS,
  type BackgroundMarket,
  makeBackgroundMarket,
} from '../../src/simulator/market/background-market.ts';
import { type ExchangeCommand } from '../../src/simulator/exchange/model/commands.ts';
import { type Exchange, makeExchange } from '../../src/simulator/exchange/exchange.ts';
import {
  INDEX_PRICES,
  WHOLE_CATALOGUE,
} from '../../src/simulator/exchange/model/instruments/instrument-catalogue.ts';
import { MarketDataService } from '../../src/simulator/gateways/fix/market-data/market-data-service.ts';
import { NoticeStore } from '../../src/simulator/gateways/rest/stores/notice-store.ts';
import { FeedHub } from '../../src/simulator/gateways/websocket/connection/feed-hub.ts';
import { DEFAULT_FEED_SETTINGS } from '../../src/simulator/gateways/websocket/connection/feed-settings.ts';

export const START = Date.UTC(2026, 10, 22, 12);

/**
 * The simulator's exchange with its agents, its WebSocket feeds and its FIX market data, on
 * simulated time and without sockets.
 */
export class SimulatedVenue {
  readonly exchange: Exchange;
  readonly hub: FeedHub;
  readonly service: MarketDataService;
  readonly symbols: readonly string[];
  readonly #markets: readonly BackgroundMarket[];
  #now = START;
  commands = 0;

  constructor(seed: number, count: number) {
    const instruments = WHOLE_CATALOGUE.filter(
      ({ lastTradingTime }) => lastTradingTime === undefined,
    ).slice(0, count);
    this.symbols = instruments.map(({ symbol }) => symbol);
    this.exchange = makeExchange({
      ...{ seed, instruments, indexPrices: INDEX_PRICES, accounts: BACKGROUND_ACCOUNTS },
      startAt: epochMs(START),
    });
    const { queries } = this.exchange;
    const now = (): ReturnType<typeof epochMs> => epochMs(this.#now);
    const settings = DEFAULT_FEED_SETTINGS;
    this.hub = new FeedHub({ queries, settings, notices: new NoticeStore(), now });
    this.service = new MarketDataService({
      ...{ level: 'L2', queries, now, listFragmentMax: 1_000, idleDropMs: undefined },
      timers: { set: () => ({ cancel: () => undefined }) },
    });
    this.#markets = instruments.map((spec, at) =>
      makeBackgroundMarket({
        ...{ seed: seed + at, instruments: [spec], renewChance: 0.1 },
        indexPrices: { [spec.underlying]: INDEX_PRICES[spec.underlying] ?? '100' },
      }),
    );
  }

  get now(): number {
    return this.#now - START;
  }

  passTo(now: number): void {
    this.#now = START + now;
  }

  /** The agents of one market act; every subscriber gets the result. */
  move(at: number): void {
    const symbol = this.symbols[at] ?? '';
    for (const command of this.#markets[at]?.step(epochMs(this.#now)) ?? [])
      this.#submit(withOwnId(command, symbol));
  }

  tick(): void {
    this.#submit({ type: 'Tick' });
  }

  #submit(command: ExchangeCommand): void {
    this.commands += 1;
    const events = this.exchange.handle(command, epochMs(this.#now));
    if (events.length === 0) return;
    this.hub.onBatch(events);
    this.service.onBatch(events);
  }
}

/** The agents of every market count from 1. */
const withOwnId = (command: ExchangeCommand, symbol: string): ExchangeCommand =>
  'cliOrdId' in command ? { ...command, cliOrdId: `${symbol}-${command.cliOrdId}` } : command;
