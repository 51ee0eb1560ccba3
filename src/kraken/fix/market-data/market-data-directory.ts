import { type FixMessage } from '../../../fix/codec/fix-message.ts';
import { type MonotonicMs } from '../../../lib/time.ts';
import { type BookPrecision } from '../../books/checksum.ts';
import { parseInstrumentList, type InstrumentList } from './market-data-instruments.ts';
import { instrumentListRequest } from './market-data-messages.ts';
import {
  type MarketDataLimits,
  marketDataNotice,
  type MarketDataOutput,
} from './market-data-types.ts';

const VALID = '0';
const UNSUPPORTED = '1';

/**
 * The instrument list of a session, requested on every logon, with updates if the venue supports
 * them.
 */
export class InstrumentDirectory {
  readonly #precisions = new Map<string, BookPrecision>();
  readonly #limits: MarketDataLimits;
  readonly #nextID: () => string;
  #open:
    | { readonly id: string; readonly askedAt: MonotonicMs; readonly withUpdates: boolean }
    | undefined;
  #tries = 0;

  constructor(
    precisions: Readonly<Record<string, BookPrecision>>,
    limits: MarketDataLimits,
    nextID: () => string,
  ) {
    this.#limits = limits;
    this.#nextID = nextID;
    for (const [symbol, precision] of Object.entries(precisions))
      this.#precisions.set(symbol, precision);
  }

  precision(symbol: string): BookPrecision | undefined {
    return this.#precisions.get(symbol);
  }

  /** A request is open, and at least one of `symbols` is unknown. */
  isAwaited(symbols: readonly string[]): boolean {
    return this.#open !== undefined && symbols.some((symbol) => !this.#precisions.has(symbol));
  }

  loggedOn(at: MonotonicMs): readonly MarketDataOutput[] {
    this.#tries = 0;
    return this.#ask(true, at);
  }

  loggedOut(): void {
    this.#open = undefined;
  }

  onTick(at: MonotonicMs): readonly MarketDataOutput[] {
    if (this.#open === undefined || at - this.#open.askedAt < this.#limits.answerTimeoutMs)
      return [];
    const text = `no instrument list after ${this.#tries} requests`;
    if (this.#tries < this.#limits.listTriesMax)
      return [marketDataNotice('warn', 'NO_INSTRUMENT_LIST', text), ...this.#ask(false, at)];
    this.#open = undefined;
    const consequence = `${text}: checksums of unknown instruments stay unchecked`;
    return [marketDataNotice('error', 'NO_INSTRUMENT_LIST', consequence)];
  }

  /** InstrumentList(y): the answer, a fragment of it, or a later update. */
  onMessage(message: FixMessage, at: MonotonicMs): readonly MarketDataOutput[] {
    const list = parseInstrumentList(message);
    if (list === undefined) return [];
    if (list.result !== VALID && list.instruments.length === 0) return this.#onRefusal(list, at);
    if (this.#isAnswer(list) && list.isLast) this.#open = undefined;
    for (const instrument of list.instruments) this.#precisions.set(instrument.symbol, instrument);
    const { instruments } = list;
    const outputs: MarketDataOutput[] = [{ type: 'InstrumentsListed', instruments }];
    if (!list.isComplete)
      outputs.push(marketDataNotice('warn', 'INSTRUMENT_UNREADABLE', 'an entry was left out'));
    return outputs;
  }

  #isAnswer(list: InstrumentList): boolean {
    return this.#open?.id === list.securityReqID;
  }

  #onRefusal(list: InstrumentList, at: MonotonicMs): readonly MarketDataOutput[] {
    if (!this.#isAnswer(list)) return [];
    if (list.result === UNSUPPORTED && this.#open?.withUpdates === true)
      return this.#ask(false, at);
    // Temporarily unavailable, for example. The time-out repeats the request.
    return [marketDataNotice('warn', 'INSTRUMENT_LIST_REFUSED', `result ${list.result}`)];
  }

  #ask(withUpdates: boolean, at: MonotonicMs): readonly MarketDataOutput[] {
    this.#tries++;
    const id = this.#nextID();
    this.#open = { id, askedAt: at, withUpdates };
    return [{ type: 'Send', message: instrumentListRequest(id, withUpdates) }];
  }
}
