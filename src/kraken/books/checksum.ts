import { type BookLevel } from '../../domain/book.ts';

/**
 * Decimals of an instrument as the instrument list gives them: PricePrecision(2349) and
 * QtyPrecision(5010).
 */
export interface BookPrecision {
  readonly priceDecimals: number;
  readonly qtyDecimals: number;
}

/** The checksum covers the best 10 prices of each side at any subscribed depth. */
export const CHECKSUM_LEVELS = 10;

/**
 * ChecksumOrderBook(5041) of [fix 4.9]: CRC-32 (IEEE) over asks then bids, best first, each price
 * and quantity without point and leading zeros. Unsigned decimal text. The caller gives the best
 * CHECKSUM_LEVELS prices of each side.
 */
export const bookChecksum = (
  offers: readonly BookLevel[],
  bids: readonly BookLevel[],
  precision: BookPrecision,
): string => String(crc32(checksumText(offers, precision) + checksumText(bids, precision)));

/** One side of the checksum's input, levels best first. */
export const checksumText = (levels: readonly BookLevel[], precision: BookPrecision): string => {
  let text = '';
  for (const { price, qty } of levels)
    text += toDigits(price, precision.priceDecimals) + toDigits(qty, precision.qtyDecimals);
  return text;
};

/** '0.67373926' with 8 decimals is '67373926'. */
const toDigits = (text: string, decimals: number): string => {
  const [whole = '', fraction = ''] = text.split('.');
  return (whole + fraction.padEnd(decimals, '0').slice(0, decimals)).replace(/^0+/, '');
};

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++)
    value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 as in zlib, of ASCII text. */
const crc32 = (text: string): number => {
  let crc = 0xffffffff;
  for (let at = 0; at < text.length; at++)
    crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ text.charCodeAt(at)) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
};
