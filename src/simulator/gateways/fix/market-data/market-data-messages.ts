import { crc32 } from 'node:zlib';
import { type FixField, type OutboundMessage } from '../../../../fix/codec/fix-message.ts';
import { type EpochMs, toUtcTimestamp } from '../../../../lib/time.ts';
import { type BookView, type LevelView } from '../../../exchange/reads/exchange-queries.ts';
import { type InstrumentSpec } from '../../../exchange/model/instruments/instrument.ts';
import { type TickerView } from '../../../exchange/reads/ticker.ts';
import { type TradeView } from '../../../exchange/model/views.ts';
import { type OrderType } from '../../../exchange/model/vocabulary.ts';
import { type MarketDataRejection, type RefusedRequest } from './market-data-request.ts';
import { type BookChange, type BookEntry, isoNanos } from './market-data-window.ts';

const REASON: Readonly<Record<MarketDataRejection, readonly [code: string, text: string]>> = {
  UnknownSymbol: ['0', 'Unknown symbol: '],
  DuplicateMDReqID: ['1', 'Duplicate MDReqID'],
  UnsupportedSubscriptionRequestType: ['4', 'Unsupported subscription request type: '],
  UnsupportedMarketDepth: ['5', 'Unsupported market depth: '],
  UnsupportedMDUpdateType: ['6', 'Unsupported MD update type: '],
  UnsupportedMDEntryType: ['8', 'Unsupported MD entry type: '],
  UnsupportedScope: ['A', 'Unsupported scope'],
  Level3NotAvailable: ['B', 'Level 3 not available'],
  TradeNotAvailable: ['C', 'Trade not available on this request'],
};

/** MarketDataRequestReject(Y) [fix 4.9]. */
export const requestReject = ({ mdReqID, reason, detail }: RefusedRequest): OutboundMessage => {
  const [code, text] = REASON[reason];
  return {
    msgType: 'Y',
    fields: [
      [262, mdReqID],
      [281, code],
      [58, text.endsWith(': ') ? text + detail : text],
    ],
  };
};

/**
 * The end of a subscription that does not exist: no MDReqRejReason fits, so it is a business reject
 * (assumed).
 */
export const unknownSubscription = (mdReqID: string): OutboundMessage => ({
  msgType: 'j',
  fields: [
    [45, '0'],
    [372, 'V'],
    [379, mdReqID],
    [380, '1'],
    [58, 'Unknown MDReqID'],
  ],
});

interface Subject {
  readonly mdReqID: string;
  readonly symbol: string;
  readonly at: EpochMs;
}

const SIDE_CODE = { bid: '0', offer: '1' } as const;
const ACTION_CODE = { new: '0', update: '1', delete: '2' } as const;
const TRADE = '2';

/** `15:25:09.883` */
const timeOf = (at: EpochMs): string => toUtcTimestamp(at).slice(9);

const entryFields = (entry: BookEntry, at: EpochMs): readonly FixField[] => [
  [269, SIDE_CODE[entry.side]],
  [278, entry.id],
  [270, entry.price],
  [271, entry.size],
  [273, timeOf(at)],
  ...queueFields(entry, at),
];

/** L3 only. */
const queueFields = ({ queuedAt }: BookEntry, at: EpochMs): readonly FixField[] =>
  queuedAt === undefined
    ? []
    : [
        [5060, isoNanos(Math.floor(at), 0)],
        [5273, queuedAt],
      ];

/** MarketDataSnapshotFullRefresh(W). */
export const snapshot = (subject: Subject, entries: readonly BookEntry[]): OutboundMessage => ({
  msgType: 'W',
  fields: [
    [55, subject.symbol],
    [262, subject.mdReqID],
    [268, String(entries.length)],
    ...entries.flatMap((entry) => entryFields(entry, entry.at ?? subject.at)),
  ],
});

export interface PrintedTrade {
  readonly trade: TradeView;
  readonly takerOrderType: OrderType;
}

/** MarketDataIncrementalRefresh(X): trades first, then the changes of the book. */
export const increment = (
  subject: Subject,
  trades: readonly PrintedTrade[],
  book: { readonly changes: readonly BookChange[]; readonly checksum: string },
): OutboundMessage => ({
  msgType: 'X',
  fields: [
    [55, subject.symbol],
    [262, subject.mdReqID],
    [268, String(trades.length + book.changes.length)],
    ...trades.flatMap(tradeFields),
    ...book.changes.flatMap(({ action, entry }): readonly FixField[] => [
      [279, ACTION_CODE[action]],
      ...entryFields(entry, subject.at),
    ]),
    ...(book.changes.length > 0 ? [[5041, book.checksum] as const] : []),
  ],
});

const tradeFields = ({ trade, takerOrderType }: PrintedTrade): readonly FixField[] => [
  [279, ACTION_CODE.new],
  [269, TRADE],
  [278, trade.tradeId],
  [270, trade.price],
  [271, trade.size],
  [273, timeOf(trade.at)],
  [40, takerOrderType === 'mkt' || takerOrderType === 'liquidation' ? '1' : '2'],
  [2446, trade.takerSide === 'buy' ? '1' : '2'],
];

interface Precision {
  /** PricePrecision(2349). */
  readonly price: number;
  /** QtyPrecision(5010). */
  readonly qty: number;
}

export const precisionOf = (spec: InstrumentSpec): Precision => ({
  price: spec.tickSize.split('.')[1]?.length ?? 0,
  qty: Math.max(0, spec.contractValueTradePrecision),
});

const CHECKSUM_LEVELS = 10;

/**
 * ChecksumOrderBook(5041): CRC-32 over the best ten offers, then bids, written from the published
 * rule apart from the client's code [fix 4.9].
 */
export const checksumOf = (book: Pick<BookView, 'asks' | 'bids'>, precision: Precision): string => {
  const digits = (text: string, decimals: number): string => {
    const [whole = '', fraction = ''] = text.split('.');
    return `${whole}${fraction.padEnd(decimals, '0')}`.replace(/^0+/, '');
  };
  const side = (levels: readonly LevelView[]): string =>
    levels
      .slice(0, CHECKSUM_LEVELS)
      .map(({ price, size }) => digits(price, precision.price) + digits(size, precision.qty))
      .join('');
  return String(crc32(side(book.asks) + side(book.bids)));
};

/** InstrumentList(y), or a part of it [fix 4.10]. */
export const instrumentList = (
  request: { readonly securityReqID: string; readonly responseID: string },
  listed: readonly { readonly spec: InstrumentSpec; readonly ticker: TickerView | undefined }[],
  part?: { readonly total: number; readonly isLast: boolean },
): OutboundMessage => ({
  msgType: 'y',
  fields: [
    [320, request.securityReqID],
    [322, request.responseID],
    [560, '0'],
    ...(part === undefined
      ? []
      : [[393, String(part.total)] as const, [893, part.isLast ? 'Y' : 'N'] as const]),
    [146, String(listed.length)],
    ...listed.flatMap(({ spec, ticker }) => instrumentFields(spec, ticker)),
  ],
});

const instrumentFields = (
  spec: InstrumentSpec,
  ticker: TickerView | undefined,
): readonly FixField[] => {
  const { price, qty } = precisionOf(spec);
  const p = spec.contractValueTradePrecision;
  const step = p > 0 ? `0.${'0'.repeat(p - 1)}1` : `1${'0'.repeat(-p)}`;
  return [
    [55, spec.symbol],
    [562, step],
    [5010, String(qty)],
    [5011, step],
    [5012, spec.maxPositionSize],
    [2349, String(price)],
    [5052, String(price)],
    [5022, spec.tickSize],
    [5032, statusCode(ticker)],
  ];
};

/** AssetPairStatus(5032). */
const statusCode = (ticker: TickerView | undefined): string => {
  if (ticker === undefined || ticker.expired) return '6';
  if (ticker.suspended) return '2';
  if (ticker.cancelOnly) return '3';
  return ticker.postOnly ? '4' : '1';
};

/** InstrumentList(y) without instruments: `1` unsupported request, `2` nothing matches. */
export const emptyList = (
  request: { readonly securityReqID: string; readonly responseID: string },
  result: '1' | '2',
  text: string,
): OutboundMessage => ({
  msgType: 'y',
  fields: [
    [320, request.securityReqID],
    [322, request.responseID],
    [560, result],
    [146, '0'],
    [58, text],
  ],
});
