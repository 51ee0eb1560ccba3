import { type Big } from 'big.js';
import { type ExchangeEvent } from '../../../../src/simulator/exchange/model/events.ts';
import { INDEX_PRICES } from '../../../../src/simulator/exchange/model/instruments/instrument-catalogue.ts';
import { type InstrumentSpec } from '../../../../src/simulator/exchange/model/instruments/instrument.ts';
import { big } from './naive-exact.ts';

/** Index prices as the exchange told them. */
export class NaivePrices {
  readonly #index = new Map<string, Big>();
  readonly #specs: readonly InstrumentSpec[];

  constructor(specs: readonly InstrumentSpec[]) {
    this.#specs = specs;
    for (const { symbol, underlying } of specs)
      this.#index.set(symbol, big(INDEX_PRICES[underlying] ?? 0));
  }

  read(event: ExchangeEvent): void {
    if (event.type === 'PriceChanged') this.#index.set(event.symbol, big(event.indexPrice));
  }

  index(symbol: string): Big {
    const price = this.#index.get(symbol);
    if (price === undefined) throw new Error(`${symbol} is listed`);
    return price;
  }

  /** USD for one unit of a currency: the index of its first market. */
  ofCurrency(currency: string): Big {
    if (currency === 'USD') return big(1);
    const base = currency === 'XBT' ? 'BTC' : currency;
    const spec = this.#specs.find((each) => each.base === base);
    if (spec === undefined) throw new Error(`${currency} has a market`);
    return this.index(spec.symbol);
  }
}
