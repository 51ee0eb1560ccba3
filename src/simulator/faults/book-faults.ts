import { type FixField, type OutboundMessage } from '../../fix/codec/fix-message.ts';
import { decimal, decimalToText } from '../../lib/decimal.ts';
import { type Clock } from '../../lib/time.ts';
import { type FaultRegistry } from './fault-registry.ts';
import { type FaultOf } from './fault.ts';

type How = FaultOf<'book-desync'>['how'];

const CHECKSUM = 5041;
const ACTION = 279;
const DELETE = '2';
const PRICE = 270;
const SIZE = 271;
const ENTRY_TYPE = 269;
const TRADE = '2';
const BID = '0';

const FIELD = { checksum: CHECKSUM, size: SIZE, crossed: PRICE } as const;

/** Faults of book updates: a wrong size or price, or a missing update. */
export class BookFaults {
  readonly #waitingFaults: FaultRegistry;
  readonly #clock: Clock;

  constructor(waitingFaults: FaultRegistry, clock: Clock) {
    this.#waitingFaults = waitingFaults;
    this.#clock = clock;
  }

  /**
   * The MarketDataIncrementalRefresh(X) to send; `undefined` drops it, while the session's sequence
   * numbers go on.
   */
  onIncrement(
    message: OutboundMessage,
    about: { readonly channel: 'l2' | 'l3'; readonly symbol: string },
  ): OutboundMessage | undefined {
    const how = this.#met(
      about.channel,
      about.symbol,
      (each) => each === 'gap' || indexOf(message, FIELD[each]) >= 0,
    );
    switch (how) {
      case undefined:
        return message;
      case 'gap':
        return undefined;
      case 'checksum':
        return change(message, CHECKSUM, (text) => String((Number(text) + 1) % 2 ** 32));
      case 'size':
        return change(message, SIZE, wrongSize);
      case 'crossed':
        return change(message, PRICE, wrongPrice);
    }
  }

  /** The WebSocket `book` frame to send; `undefined` drops it. */
  onBookFrame(text: string, symbol: string): string | undefined {
    const how = this.#met('ws', symbol, (each) => each !== 'checksum');
    switch (how) {
      case undefined:
      case 'checksum':
        return text;
      case 'gap':
        return undefined;
      case 'size':
        return text.replace(/"qty":([0-9.]+)/, (_all, qty: string) => `"qty":${wrongSize(qty)}`);
      case 'crossed': {
        const isBid = text.includes('"side":"buy"');
        return text
          .replace(
            /"price":([0-9.]+)/,
            (_all, price: string) => `"price":${wrongPrice(price, isBid)}`,
          )
          .replace(/"qty":0(\.0)?(?=[,}])/, '"qty":1.0');
      }
    }
  }

  #met(
    channel: 'ws' | 'l2' | 'l3',
    symbol: string,
    isPossible: (how: How) => boolean,
  ): How | undefined {
    if (this.#waitingFaults.isEmpty) return undefined;
    const [met] = this.#waitingFaults.draw(
      (fault): fault is FaultOf<'book-desync'> =>
        fault.kind === 'book-desync' &&
        fault.channel === channel &&
        isPossible(fault.how) &&
        (fault.symbol === undefined || fault.symbol === symbol),
      this.#clock.wall(),
    );
    return met?.how;
  }
}

/** A wrong size: always larger, so that a removed level comes back. */
const wrongSize = (text: string): string => decimalToText(decimal(text).plus('7'));

/** A bid at twice its price, an offer at half: the book is crossed. */
const wrongPrice = (text: string, isBid: boolean): string =>
  decimalToText(isBid ? decimal(text).times('2') : decimal(text).times('0.5'));

/**
 * Changes the field in the first entry about a level or an order. Trades and deletions stay right.
 */
const change = (
  message: OutboundMessage,
  wanted: number,
  make: (text: string, isBid: boolean) => string,
): OutboundMessage => {
  const at = indexOf(message, wanted);
  const isBid = message.fields.slice(0, at).findLast(([tag]) => tag === ENTRY_TYPE)?.[1] === BID;
  const fields = message.fields.map((field, index): FixField =>
    index === at ? [wanted, make(String(field[1]), isBid)] : field,
  );
  return { ...message, fields };
};

/** -1 when there is none. */
const indexOf = ({ fields }: OutboundMessage, wanted: number): number => {
  let isTelling = wanted === CHECKSUM;
  return fields.findIndex(([tag, value]) => {
    if (wanted !== CHECKSUM && tag === ACTION) isTelling = value !== DELETE;
    if (wanted !== CHECKSUM && tag === ENTRY_TYPE) isTelling &&= value !== TRADE;
    return tag === wanted && isTelling;
  });
};
