import { type Decimal, decimal, ZERO } from '../../../../lib/decimal.ts';
import { type EpochMs } from '../../../../lib/time.ts';
import { type EventOf, type ExchangeEvent } from '../../../exchange/model/events.ts';
import { type MarketSample } from './analytics-sample.ts';

/** One minute of one market: its trades, and the market's state at the minute's first event. */
export interface AnalyticsMinute {
  readonly startSeconds: number;
  readonly sample: MarketSample | undefined;
  buyVolume: Decimal;
  sellVolume: Decimal;
  liquidationVolume: Decimal;
  usdVolume: Decimal;
  trades: number;
  /** Last traded price; `undefined` while nothing traded. */
  close: string | undefined;
}

const MINUTES_MAX = 2_160;

/**
 * Minutes of every market, for `charts/analytics` [rest 2.14]. A market's state is sampled once a
 * minute.
 */
export class AnalyticsStore {
  readonly #minutes = new Map<string, AnalyticsMinute[]>();
  readonly #sample: (symbol: string) => MarketSample | undefined;

  constructor(sample: (symbol: string) => MarketSample | undefined) {
    this.#sample = sample;
  }

  minutes(symbol: string): readonly AnalyticsMinute[] {
    return this.#minutes.get(symbol) ?? [];
  }

  symbols(): readonly string[] {
    return [...this.#minutes.keys()];
  }

  onEvent(event: ExchangeEvent): void {
    if (event.type === 'PriceChanged') this.#minute(event.symbol, event.at);
    if (event.type === 'Trade') this.#trade(event);
  }

  #trade({ at, trade }: EventOf<'Trade'>): void {
    const minute = this.#minute(trade.symbol, at);
    const size = decimal(trade.size);
    if (trade.takerSide === 'buy') minute.buyVolume = minute.buyVolume.plus(size);
    else minute.sellVolume = minute.sellVolume.plus(size);
    if (trade.tradeType === 'liquidation') {
      minute.liquidationVolume = minute.liquidationVolume.plus(size);
    }
    const isInverse = trade.symbol.startsWith('PI_') || trade.symbol.startsWith('FI_');
    minute.usdVolume = minute.usdVolume.plus(isInverse ? size : size.times(decimal(trade.price)));
    minute.trades += 1;
    minute.close = trade.price;
  }

  #minute(symbol: string, at: EpochMs): AnalyticsMinute {
    const startSeconds = Math.floor(at / 60_000) * 60;
    let minutes = this.#minutes.get(symbol);
    if (minutes === undefined) {
      minutes = [];
      this.#minutes.set(symbol, minutes);
    }
    const last = minutes[minutes.length - 1];
    if (last?.startSeconds === startSeconds) return last;
    const minute: AnalyticsMinute = {
      startSeconds,
      sample: this.#sample(symbol),
      buyVolume: ZERO,
      sellVolume: ZERO,
      liquidationVolume: ZERO,
      usdVolume: ZERO,
      trades: 0,
      close: undefined,
    };
    minutes.push(minute);
    if (minutes.length > MINUTES_MAX) minutes.shift();
    return minute;
  }
}
