/**
 * Frames of a busy connection: deep snapshots, then contiguous one-level updates near the top, as
 * the live venue writes them.
 */
export interface BookFrames {
  readonly products: readonly string[];
  readonly snapshots: readonly string[];
  readonly updates: readonly string[];
}

const LEVELS = 1_000;

/** Small, seeded, good enough for choosing levels (mulberry32). */
const makeRandom = (seed: number): ((limit: number) => number) => {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
};

/** Prices are whole halves of a dollar, so that their text is known without floats. */
const priceText = (halves: number): string => `${halves >> 1}.${halves % 2 === 0 ? 0 : 5}`;
const qtyText = (tenThousandths: number): string =>
  `${Math.floor(tenThousandths / 10_000)}.${String(tenThousandths % 10_000).padStart(4, '0')}`;

/**
 * `levels` a side, 1,000 by default: the cost of loading all snapshots again depends on their sum.
 */
export const makeBookFrames = (
  productCount: number,
  updateCount: number,
  levels: number = LEVELS,
): BookFrames => {
  const random = makeRandom(20_261_122);
  const books = Array.from({ length: productCount }, (_, at) => ({
    product: `PF_S${at}USD`,
    middle: 100_000 + random(100_000),
    seq: 1_000_000 + random(1_000_000),
  }));
  const snapshots = books.map(({ product, middle, seq }) => {
    const side = (direction: 1 | -1): string =>
      Array.from(
        { length: levels },
        (_, at) =>
          `{"price":${priceText(middle + direction * (at + 1))},"qty":${qtyText(1 + random(90_000))}}`,
      ).join(',');
    return `{"feed":"book_snapshot","product_id":"${product}","timestamp":1791518718655,"seq":${seq},"tickSize":null,"bids":[${side(-1)}],"asks":[${side(1)}]}`;
  });
  const updates = Array.from({ length: updateCount }, () => {
    const book = books[random(productCount)];
    if (book === undefined) throw new Error('no products');
    book.seq++;
    const isBuy = random(2) === 0;
    // Nine of ten changes are among the best 20 prices.
    const distance = 1 + (random(10) === 0 ? random(levels) : random(20));
    const price = priceText(book.middle + (isBuy ? -distance : distance));
    const qty = random(4) === 0 ? '0.0' : qtyText(1 + random(90_000));
    const fields = `"side":"${isBuy ? 'buy' : 'sell'}","seq":${book.seq},"price":${price},"qty":${qty}`;
    return `{"feed":"book","product_id":"${book.product}",${fields},"timestamp":1791518718725}`;
  });
  return { products: books.map(({ product }) => product), snapshots, updates };
};
