import { readDecimalText } from '../../../domain/decimal-text.ts';
import { defined, ownValue } from '../../../lib/defined.ts';
import { type BookSide } from '../../../domain/book.ts';
import { type DecimalText, type TradingSymbol } from '../../../domain/ids.ts';
import { sideByCode } from '../../../domain/fix-codes.ts';
import { type Side } from '../../../domain/order.ts';
import { type FixFieldMap, type FixMessage } from '../../../fix/codec/fix-message.ts';
import { epochMs, parseUtcTimestamp, toUtcDate, type EpochMs } from '../../../lib/time.ts';

/** One bid or offer of a snapshot (W) or update (X). */
export interface BookEntry {
  readonly action: 'New' | 'Update' | 'Delete';
  readonly side: BookSide;
  /** L2: side letter and price. L3: the order's id, in lower case. */
  readonly entryID: string;
  readonly price: DecimalText;
  readonly qty: DecimalText;
  /** L3: orders of one price queue by this text. */
  readonly queuedAt?: string;
}

export interface MarketTrade {
  readonly symbol: TradingSymbol;
  readonly tradeID: string;
  readonly price: DecimalText;
  readonly qty: DecimalText;
  /** Side of the taker. */
  readonly aggressor?: Side;
  readonly at?: EpochMs;
}

export interface SnapshotMessage {
  readonly type: 'Snapshot';
  readonly mdReqID: string;
  readonly symbol: TradingSymbol;
  readonly entries: readonly BookEntry[];
  /** False when an entry could not be read: the book must not be used. */
  readonly isComplete: boolean;
}

export interface UpdateMessage {
  readonly type: 'Update';
  readonly mdReqID: string;
  readonly symbol: TradingSymbol;
  /** To be applied in this order. */
  readonly entries: readonly BookEntry[];
  readonly trades: readonly MarketTrade[];
  /** ChecksumOrderBook(5041), unsigned decimal. */
  readonly checksum?: string;
  readonly isComplete: boolean;
}

export interface RequestReject {
  readonly type: 'RequestReject';
  readonly mdReqID: string;
  /** MDReqRejReason(281): 0 unknown symbol, 1 duplicate MDReqID, 5 unsupported depth … */
  readonly reason: string;
  readonly text: string;
}

export type MarketDataMessage = SnapshotMessage | UpdateMessage | RequestReject;

/**
 * Reads W, X and Y [fix 4.9]; `undefined` for other messages and for those without MDReqID(262).
 */
export const parseMarketData = (message: FixMessage): MarketDataMessage | undefined => {
  const mdReqID = message.get(262);
  if (mdReqID === undefined) return undefined;
  if (message.msgType === 'Y')
    return {
      type: 'RequestReject',
      mdReqID,
      reason: message.get(281) ?? '',
      text: message.get(58) ?? '',
    };
  const symbol = message.get(55)?.toUpperCase() as TradingSymbol | undefined;
  if (symbol === undefined || (message.msgType !== 'W' && message.msgType !== 'X'))
    return undefined;
  const groups = message.groups(268);
  const isTrade = (group: FixFieldMap): boolean => group.get(269) === '2';
  const quotes = groups.filter((group) => !isTrade(group));
  const entries = quotes.map(parseEntry).filter((entry) => entry !== undefined);
  const isComplete = entries.length === quotes.length;
  if (message.msgType === 'W') return { type: 'Snapshot', mdReqID, symbol, entries, isComplete };
  const trades = groups
    .filter(isTrade)
    .map((group) => parseTrade(group, symbol, message.get(52)))
    .filter((trade) => trade !== undefined);
  const checksum = message.get(5041);
  const update = { type: 'Update', mdReqID, symbol, entries, trades, isComplete } as const;
  return checksum === undefined
    ? update
    : { ...update, checksum: checksum.replace(/^0+(?=\d)/, '') };
};

const ACTIONS: Readonly<Record<string, BookEntry['action']>> = {
  '0': 'New',
  '1': 'Update',
  '2': 'Delete',
};

const amountOf = (group: FixFieldMap, tag: number): DecimalText | undefined => {
  const text = group.get(tag);
  return text === undefined ? undefined : readDecimalText(text);
};

const sideOf = (entryType: string | undefined): BookSide | undefined => {
  if (entryType === '0') return 'Bid';
  return entryType === '1' ? 'Offer' : undefined;
};

const parseEntry = (group: FixFieldMap): BookEntry | undefined => {
  // A snapshot's entries have no MDUpdateAction(279).
  const action = ownValue(ACTIONS, group.get(279) ?? '0');
  const side = sideOf(group.get(269));
  const [price, qty] = [amountOf(group, 270), amountOf(group, 271)];
  const entryID = group.get(278)?.toLowerCase();
  if (action === undefined || side === undefined || price === undefined) return undefined;
  if (qty === undefined || entryID === undefined) return undefined;
  const queuedAt = group.get(5273) ?? group.get(5060);
  const entry = { action, side, entryID, price, qty };
  return queuedAt === undefined ? entry : { ...entry, queuedAt };
};

const parseTrade = (
  group: FixFieldMap,
  symbol: TradingSymbol,
  sendingTime: string | undefined,
): MarketTrade | undefined => {
  const [price, qty] = [amountOf(group, 270), amountOf(group, 271)];
  if (price === undefined || qty === undefined) return undefined;
  const side = group.get(2446);
  const at = entryTime(group.get(273), sendingTime);
  return {
    symbol,
    tradeID: group.get(278) ?? '',
    price,
    qty,
    ...defined({ aggressor: sideByCode.get(side ?? ''), at }),
  };
};

const DAY_MS = 86_400_000;

/** MDEntryTime(273) is a full timestamp, or a time of the day nearest to SendingTime(52). */
const entryTime = (
  text: string | undefined,
  sendingTime: string | undefined,
): EpochMs | undefined => {
  if (text === undefined) return undefined;
  if (text.includes('-')) return parseUtcTimestamp(text);
  const sentAt = parseUtcTimestamp(sendingTime ?? '');
  if (sentAt === undefined) return undefined;
  const at = parseUtcTimestamp(`${toUtcDate(sentAt)}-${text}`);
  if (at === undefined) return undefined;
  return epochMs(at - Math.round((at - sentAt) / DAY_MS) * DAY_MS);
};
