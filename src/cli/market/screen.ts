import { decimalTextOf } from '../../domain/decimal-text.ts';
import { type BookHealth, type BookView } from '../../domain/book.ts';
import { type DecimalText } from '../../domain/ids.ts';
import { decimal } from '../../lib/decimal.ts';
import { type MonotonicMs } from '../../lib/time.ts';
import { type Ticker, type Trade } from '../../kraken/websocket/events/public-events.ts';

/** What `fathom market` knows of one instrument. */
export interface MarketState {
  readonly symbol: string;
  readonly book: BookView | undefined;
  readonly health: BookHealth;
  readonly ticker: Ticker | undefined;
  /** Newest first. */
  readonly trades: readonly Trade[];
  /** Why there is nothing to see, or the last thing that happened to the connection. */
  readonly remark: string;
}

const WIDTH = 14;

/** The whole screen as lines, without control characters. */
export const screenOf = (state: MarketState, levels: number, tradesMax: number): string[] => {
  const { symbol, health, ticker, remark, book, trades } = state;
  return [
    `${symbol}  book ${health}${remark === '' ? '' : `  (${remark})`}`,
    ...(ticker === undefined ? [] : [tickerLine(ticker)]),
    '',
    cells(['bid qty', 'bid', 'offer', 'offer qty']),
    ...bookLines(book, levels),
    `spread ${spreadOf(book) ?? '-'}`,
    '',
    cells(['time', 'side', 'price', 'qty']),
    ...trades.slice(0, tradesMax).map(tradeLine),
  ];
};

const bookLines = (book: BookView | undefined, levels: number): string[] => {
  const [bids, offers] = [book?.depth('Bid', levels), book?.depth('Offer', levels)];
  return Array.from({ length: levels }, (_, at) => {
    const [bid, offer] = [bids?.[at], offers?.[at]];
    return cells([bid?.qty, bid?.price, offer?.price, offer?.qty]);
  });
};

const tradeLine = ({ at, side, price, qty }: Trade): string =>
  cells([new Date(at).toISOString().slice(11, 23), side, price, qty]);

/** One line: for logs and pipes. */
export const lineOf = ({ symbol, health, book, trades }: MarketState): string => {
  const [bid, offer] = [book?.best('Bid'), book?.best('Offer')];
  const last = trades[0];
  const side = (level: typeof bid): string =>
    level === undefined ? '-' : `${level.qty} @ ${level.price}`;
  const lastText = last === undefined ? '-' : `${last.side} ${last.qty} @ ${last.price}`;
  return `${symbol} ${health}  bid ${side(bid)}  offer ${side(offer)}  last ${lastText}`;
};

/** The top of the book as a JSON-ready object. Amounts are texts: exact. */
export const topOf = ({ symbol, health, book }: MarketState): object => ({
  type: 'top',
  symbol,
  health,
  bid: book?.best('Bid') ?? null,
  offer: book?.best('Offer') ?? null,
});

export const tradeToJson = ({ symbol, tradeID, side, kind, price, qty, at }: Trade): object => ({
  type: 'trade',
  symbol,
  tradeID,
  side,
  kind,
  price,
  qty,
  at: new Date(at).toISOString(),
});

const cells = (values: readonly (string | undefined)[]): string =>
  values
    .map((value) => (value ?? '').padStart(WIDTH))
    .join('')
    .trimEnd();

const tickerLine = ({ markPx, indexPx, fundingRate, isSuspended, isPostOnly }: Ticker): string => {
  const flags = [isSuspended ? 'SUSPENDED' : '', isPostOnly ? 'POST-ONLY' : ''].filter(Boolean);
  const figures = [`mark ${markPx ?? '-'}`, `index ${indexPx ?? '-'}`];
  if (fundingRate !== undefined) figures.push(`funding ${fundingRate}`);
  return [...figures, ...flags].join('  ');
};

const spreadOf = (book: BookView | undefined): DecimalText | undefined => {
  const [bid, offer] = [book?.best('Bid'), book?.best('Offer')];
  if (bid === undefined || offer === undefined) return undefined;
  return decimalTextOf(decimal(offer.price).minus(decimal(bid.price)));
};

/** The state of the moment, put together from the feed's parts. */
export const marketState = (parts: Omit<MarketState, 'health'>, at: MonotonicMs): MarketState => ({
  ...parts,
  health: parts.book?.health(at) ?? 'Down',
});
