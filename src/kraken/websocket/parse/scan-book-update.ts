import { readDecimalText } from '../../../domain/decimal-text.ts';
import { type TradingSymbol } from '../../../domain/ids.ts';
import { epochMs } from '../../../lib/time.ts';
import { type BookUpdate } from '../events/public-events.ts';

const HEAD = '{"feed":"book","product_id":"';

/** A JSON number (RFC 8259). */
const NUMBER = String.raw`(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)`;
const WHOLE = String.raw`(0|[1-9]\d{0,14})`;

/**
 * The one spelling that the venue has been seen to use: keys in this order, no blanks, no escapes.
 */
const BOOK_UPDATE = new RegExp(
  `^\\{"feed":"book","product_id":"([A-Za-z0-9_.-]+)","side":"(buy|sell)","seq":${WHOLE},` +
    `"price":${NUMBER},"qty":${NUMBER},"timestamp":${WHOLE}\\}$`,
);

/**
 * A book update in its usual spelling, read without building a JSON tree: these are nearly all
 * frames of a busy connection. `undefined` means "not in this spelling", and the general reader
 * decides; where both read a frame they read the same.
 */
export const scanBookUpdate = (text: string): BookUpdate | undefined => {
  if (!text.startsWith(HEAD)) return undefined;
  const parts = BOOK_UPDATE.exec(text);
  if (parts === null) return undefined;
  const price = readDecimalText(parts[4] ?? '');
  const qty = readDecimalText(parts[5] ?? '');
  if (price === undefined || qty === undefined) return undefined;
  return {
    type: 'BookUpdate',
    symbol: parts[1] as TradingSymbol,
    seq: Number(parts[3]),
    side: parts[2] === 'buy' ? 'Bid' : 'Offer',
    price,
    qty,
    at: epochMs(Number(parts[6])),
  };
};
