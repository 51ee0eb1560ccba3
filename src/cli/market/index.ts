import { Command, InvalidArgumentError } from 'commander';
import { escapeHidden } from '../../lib/plain-text.ts';
import { systemClock, systemRandom, systemTimers } from '../../app/system-clock.ts';
import { type TradingSymbol } from '../../domain/ids.ts';
import { FeedDriver, socketOptionsOf } from '../../kraken/websocket/connection/feed-driver.ts';
import { type FeedOutput } from '../../kraken/websocket/connection/feed-types.ts';
import { MarketFeed } from '../../kraken/websocket/feeds/market-feed.ts';
import { type Ticker, type Trade } from '../../kraken/websocket/events/public-events.ts';
import { type CliIo, EXIT, processIo, parseDuration, withoutSecrets } from '../shared/cli-io.ts';
import { lineOf, marketState, screenOf, topOf, tradeToJson, type MarketState } from './screen.ts';
import {
  sayEndOfLife,
  openConfig,
  secretsOfFile,
  type VenueOptions,
  withProxy,
  withConfig,
  withWebSocket,
} from '../shared/venue-options.ts';
import { canRedraw, drawScreen, fitLine, screenSize } from '../shared/terminal.ts';
import { untilSignal } from '../shared/until-signal.ts';
import { webSocketOf, type WebSocketPlace } from '../shared/venue-place.ts';

interface Options extends VenueOptions {
  readonly depth: number;
  readonly json?: boolean;
  readonly for?: number;
}

/**
 * How often the screen or the top line is written; what happens in between is drained, not shown.
 */
const REFRESH_MS = 100;
const TRADES_SHOWN = 10;

/** `fathom market SYMBOL`: live top of book and trades. */
export const marketCommand = (io: CliIo = processIo): Command =>
  withProxy(withWebSocket(withConfig(new Command('market'))))
    .description('watch the top of the book and the trades of one contract')
    .argument('<symbol>', 'e.g. PF_XBTUSD')
    .option('--depth <levels>', 'prices shown per side', parseDepth, 5)
    .option('--for <duration>', 'end after this time, e.g. 10m', parseDuration)
    .option('--json', 'print one JSON object a line: top, trade, notice')
    .action(async (symbol: string, options: Options) => {
      io.setExitCode(await watchMarket(symbol, options, io));
    });

/** Runs until a signal, the time, or the venue's refusal of the symbol. The exit code. */
const watchMarket = async (
  symbolText: string,
  options: Options,
  plainIo: CliIo,
): Promise<number> => {
  const symbol = symbolText.toUpperCase() as TradingSymbol;
  const opened = openPlace(options, plainIo);
  if (opened === undefined) return EXIT.badConfiguration;
  const { place, io } = opened;
  const watch = new MarketWatch({ symbol, place }, options, io);
  const cause = await Promise.race([untilSignal(undefined, io.readerGone), watch.run()]);
  watch.stop();
  const isInVain = cause === 'time' && !watch.hasSeen;
  if (cause === 'refused') io.err(watch.refusal);
  if (isInVain) io.err(`${place.url}: nothing came in this time (${watch.remark})`);
  return cause === 'refused' || isInVain ? EXIT.failed : EXIT.ok;
};

interface Opened {
  readonly place: WebSocketPlace;
  /** For what the venue and the network say: it masks every secret of the configuration. */
  readonly io: MaskingIo;
}

type MaskingIo = ReturnType<typeof withoutSecrets>;

/** Where the feeds are; `undefined` once the problem has been printed. */
const openPlace = (options: Options, io: CliIo): Opened | undefined => {
  const file = openConfig(options.config, io.env);
  if (!file.ok) {
    for (const line of file.error) io.err(line);
    return undefined;
  }
  sayEndOfLife(file.value?.config.endOfLife, io);
  const place = webSocketOf(options, file.value, io.env);
  if (place.ok) return { place: place.value, io: withoutSecrets(io, secretsOfFile(file.value)) };
  io.err(place.error);
  return undefined;
};

interface Watched {
  readonly symbol: TradingSymbol;
  readonly place: WebSocketPlace;
}

class MarketWatch {
  readonly #symbol: TradingSymbol;
  readonly #place: WebSocketPlace;
  readonly #options: Options;
  readonly #io: MaskingIo;
  readonly #feed: MarketFeed;
  #driver: FeedDriver | undefined;
  #refresh: { readonly cancel: () => void } | undefined;
  #end: { readonly cancel: () => void } | undefined;
  #ticker: Ticker | undefined;
  #trades: Trade[] = [];
  #remark = 'connecting';
  #refusal: string | undefined;
  #lastLine = '';
  #hasSeen = false;

  constructor({ symbol, place }: Watched, options: Options, io: MaskingIo) {
    this.#symbol = symbol;
    this.#place = place;
    this.#options = options;
    this.#io = io;
    const subscriptions = ['book', 'trade', 'ticker'].map((feed) => ({ feed, products: [symbol] }));
    this.#feed = new MarketFeed({
      subscriptions: [{ feed: 'heartbeat', products: [] }, ...subscriptions],
      random: systemRandom,
    });
  }

  /** Resolves when the time is over or the venue does not know the symbol. */
  run(): Promise<'time' | 'refused'> {
    const { url, socket } = this.#place;
    return new Promise((resolve) => {
      this.#driver = new FeedDriver(this.#feed, {
        url,
        clock: systemClock,
        timers: systemTimers,
        socketOptions: socketOptionsOf(socket),
        onOutput: (output) => {
          if (this.#take(output)) resolve('refused');
        },
      });
      this.#driver.start();
      this.#show();
      if (this.#options.for === undefined) return;
      this.#end = systemTimers.set(this.#options.for, () => {
        resolve('time');
      });
    });
  }

  stop(): void {
    this.#refresh?.cancel();
    this.#end?.cancel();
    this.#driver?.stop();
  }

  /** Whether the venue ever sent what was asked for. */
  get hasSeen(): boolean {
    return this.#hasSeen;
  }

  /** The first subscription that the venue refused. */
  get refusal(): string {
    return this.#refusal ?? '';
  }

  /** What hinders it, in the venue's or the network's words. */
  get remark(): string {
    return this.#remark;
  }

  /** True when the venue refused the symbol. */
  #take(output: FeedOutput): boolean {
    if (output.type === 'Event') this.#onEvent(output);
    if (output.type === 'Notice' && output.severity !== 'info') this.#onNotice(output);
    if (output.type !== 'SubscriptionChanged') return false;
    if (output.state === 'Live') {
      this.#remark = '';
      this.#hasSeen ||= output.product !== '';
    }
    if (output.state !== 'Refused') return false;
    this.#refusal ??= `${output.feed} ${output.product} was refused by the venue`;
    return true;
  }

  #onNotice({ severity, code, text }: Extract<FeedOutput, { type: 'Notice' }>): void {
    // Masked before a screen cuts it off, or JSON escapes its quotes.
    const shown = this.#io.text(text);
    this.#remark = shown;
    if (this.#options.json === true)
      this.#io.out(JSON.stringify({ type: 'notice', severity, code, text: shown }));
    else if (!process.stdout.isTTY) this.#io.err(`${code}: ${shown}`);
  }

  #onEvent({ event }: Extract<FeedOutput, { type: 'Event' }>): void {
    if (event.type === 'Ticker') this.#ticker = event;
    if (event.type === 'TradeSnapshot') this.#trades = event.trades.slice(0, TRADES_SHOWN);
    if (event.type !== 'Trade') return;
    this.#trades = [event, ...this.#trades].slice(0, TRADES_SHOWN);
    if (this.#options.json === true) this.#io.out(JSON.stringify(tradeToJson(event)));
  }

  #state(): MarketState {
    const parts = {
      symbol: this.#symbol,
      book: this.#feed.books.book(this.#symbol),
      ticker: this.#ticker,
      trades: this.#trades,
      remark: this.#remark,
    };
    return marketState(parts, systemClock.monotonic());
  }

  #show(): void {
    this.#refresh = systemTimers.set(REFRESH_MS, () => {
      this.#show();
    });
    const state = this.#state();
    if (this.#options.json !== true && canRedraw(process.stdout, this.#io.env)) {
      const { columns, rows } = screenSize(process.stdout);
      const levels = Math.max(1, Math.min(this.#options.depth, rows - ROWS_AROUND_LEVELS));
      const lines = screenOf(state, levels, TRADES_SHOWN);
      drawScreen(
        process.stdout,
        lines.map((line) => fitLine(escapeHidden(line), columns)),
      );
      return;
    }
    const line = this.#options.json === true ? JSON.stringify(topOf(state)) : lineOf(state);
    if (line === this.#lastLine) return;
    this.#lastLine = line;
    this.#io.out(line);
  }
}

/** Title, ticker, heads, spread, a few trades, and the row of the cursor. */
const ROWS_AROUND_LEVELS = 12;

const parseDepth = (text: string): number => {
  const depth = Number(text);
  if (!Number.isInteger(depth) || depth < 1 || depth > 50)
    throw new InvalidArgumentError('give a whole number from 1 to 50');
  return depth;
};
