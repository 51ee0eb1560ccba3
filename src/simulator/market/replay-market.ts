import { err, ok, type Result } from '../../lib/result.ts';
import { type EpochMs } from '../../lib/time.ts';
import { BACKGROUND_MAKER, BACKGROUND_TAKER, type BackgroundMarket } from './background-market.ts';
import { type ExchangeCommand, type PlaceOrder } from '../exchange/model/commands.ts';
import { opposite, type Side } from '../exchange/model/vocabulary.ts';

/**
 * One line of a recording, JSON. `at` is in milliseconds; only differences matter. index: the index
 * price of a market. trade: `side` is the taker's. level: the new absolute size at a price; '0'
 * removes it.
 */
type ReplayRecord =
  | { readonly kind: 'index'; readonly at: number; readonly symbol: string; readonly price: string }
  | (ReplayRow & { readonly kind: 'trade' })
  | (ReplayRow & { readonly kind: 'level' });

interface ReplayRow {
  readonly at: number;
  readonly symbol: string;
  readonly side: Side;
  readonly price: string;
  readonly size: string;
}

const AMOUNT = /^\d+(?:\.\d+)?$/;
const RECORDS_MAX = 5_000_000;

/**
 * Reads a recording; the error names the line. Times may not go back, and only `symbols`, when
 * given, may be in it.
 */
export const parseReplay = (
  text: string,
  symbols?: ReadonlySet<string>,
): Result<readonly ReplayRecord[], string> => {
  const records: ReplayRecord[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const record = parseLine(line);
    if (record === undefined) return err(`line ${i + 1}: no index, trade or level record`);
    if (symbols?.has(record.symbol) === false) {
      return err(`line ${i + 1}: ${record.symbol} is not listed`);
    }
    if (record.at < last) return err(`line ${i + 1}: time goes back`);
    if (records.length === RECORDS_MAX)
      return err(`line ${i + 1}: more than ${RECORDS_MAX} records`);
    last = record.at;
    records.push(record);
  }
  return ok(records);
};

const parseLine = (line: string): ReplayRecord | undefined => {
  const fields = parseObject(line);
  if (fields === undefined) return undefined;
  const { kind, at, symbol, price } = fields;
  if (typeof at !== 'number' || typeof symbol !== 'string' || !isAmount(price)) return undefined;
  if (kind === 'index') return { kind, at, symbol, price };
  const { side, size } = fields;
  if ((side !== 'buy' && side !== 'sell') || !isAmount(size)) return undefined;
  return kind === 'trade' || kind === 'level' ? { kind, at, symbol, side, price, size } : undefined;
};

const isAmount = (value: unknown): value is string =>
  typeof value === 'string' && AMOUNT.test(value);

type Fields = Readonly<
  Partial<Record<'kind' | 'at' | 'symbol' | 'side' | 'price' | 'size', unknown>>
>;

const parseObject = (line: string): Fields | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};

/**
 * A background market that repeats a recording, as an alternative to the seeded agents. The first
 * `step` is its start; each step gives what is due by then. A market with level records has the
 * recorded book, and its trades hit that book; in a market with trades only, the maker offers each
 * trade's quantity at its price just before the taker takes it. `speed` 2 plays twice as fast. Of a
 * pause between two steps, `pauseMsMax` count: a venue that was away goes on where it was.
 */
export const makeReplayMarket = (
  records: readonly ReplayRecord[],
  speed = 1,
  pauseMsMax = Number.POSITIVE_INFINITY,
): BackgroundMarket => {
  const withLevels = new Set(
    records.filter(({ kind }) => kind === 'level').map(({ symbol }) => symbol),
  );
  const idByLevel = new Map<string, string>();
  const origin = records[0]?.at ?? 0;
  let lastAt: EpochMs | undefined;
  let elapsed = 0;
  let next = 0;
  let made = 0;
  const nextId = (): string => {
    made += 1;
    return `replay-${made.toString(36)}`;
  };
  const play = (record: ReplayRecord): readonly ExchangeCommand[] => {
    if (record.kind === 'index') {
      return [{ type: 'SetIndex', symbol: record.symbol, price: record.price }];
    }
    if (record.kind === 'level') return setLevel(record, { idByLevel, nextId });
    const take = order(record, { account: BACKGROUND_TAKER, side: record.side, orderType: 'ioc' });
    if (withLevels.has(record.symbol)) return [take];
    const offer = order(record, {
      account: BACKGROUND_MAKER,
      side: opposite(record.side),
      orderType: 'lmt',
    });
    return [offer, take];
  };
  return {
    step: (at) => {
      elapsed += Math.min(at - (lastAt ?? at), pauseMsMax) * speed;
      lastAt = at;
      const commands: ExchangeCommand[] = [];
      for (;;) {
        const record = records[next];
        if (record === undefined || record.at - origin > elapsed) return commands;
        commands.push(...play(record));
        next += 1;
      }
    },
  };
};

/** Replaces the maker's one order at this level by an order of the new size. */
const setLevel = (
  row: ReplayRow,
  book: { readonly idByLevel: Map<string, string>; readonly nextId: () => string },
): readonly ExchangeCommand[] => {
  const commands: ExchangeCommand[] = [];
  const key = `${row.symbol} ${row.side} ${row.price}`;
  const known = book.idByLevel.get(key);
  if (known !== undefined) {
    commands.push({ type: 'CancelOrder', account: BACKGROUND_MAKER, cliOrdId: known });
    book.idByLevel.delete(key);
  }
  if (Number(row.size) === 0) return commands;
  const cliOrdId = book.nextId();
  book.idByLevel.set(key, cliOrdId);
  const put = order(row, { account: BACKGROUND_MAKER, side: row.side, orderType: 'post' });
  return [...commands, { ...put, cliOrdId }];
};

const order = (
  row: ReplayRow,
  terms: Pick<PlaceOrder, 'account' | 'side' | 'orderType'>,
): PlaceOrder => ({
  type: 'PlaceOrder',
  owner: 'background',
  symbol: row.symbol,
  size: row.size,
  limitPrice: row.price,
  ...terms,
});
