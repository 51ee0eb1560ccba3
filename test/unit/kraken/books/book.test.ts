import { expect } from 'chai';
import { type BookSide } from '../../../../src/domain/book.ts';
import { BookKeeper } from '../../../../src/kraken/books/book-keeper.ts';
import { LiveBook } from '../../../../src/kraken/books/live-book.ts';
import {
  SequencedBook,
  type SequencedUpdate,
} from '../../../../src/kraken/books/sequenced-book.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import { levels, ms, shown, symbolOf, text } from './levels.ts';

const XBT = symbolOf('PF_XBTUSD');
const LIMITS = { crossedMsMax: 1_000, staleAfterMs: 60_000, resyncTimeoutMs: 15_000 };

const update = (seq: number, side: BookSide, price: string, qty: string): SequencedUpdate => ({
  seq,
  side,
  price: text(price),
  qty: text(qty),
});

const snapshot = (seq: number) => ({
  seq,
  bids: levels('100 2, 99 1'),
  offers: levels('101 3, 102 4'),
});

const liveBook = (): SequencedBook => {
  const book = new SequencedBook(XBT, LIMITS);
  book.applySnapshot(snapshot(10), ms(0));
  return book;
};

describe('book fed by sequence numbers [websocket 7.1]', () => {
  it('discards updates before the first snapshot', () => {
    const book = new SequencedBook(XBT, LIMITS);
    expect(book.applyUpdate(update(11, 'Bid', '100', '1'), ms(0))).to.equal('Discarded');
    expect(book.live.health(ms(0))).to.equal('Waiting');
    expect(book.live.best('Bid')).to.equal(undefined);
  });

  it('applies contiguous updates: change, insert, delete', () => {
    const book = liveBook();
    expect(book.applyUpdate(update(11, 'Bid', '100', '5'), ms(1))).to.equal('Applied');
    expect(book.applyUpdate(update(12, 'Bid', '99.5', '1'), ms(2))).to.equal('Applied');
    expect(book.applyUpdate(update(13, 'Offer', '101', '0'), ms(3))).to.equal('Applied');
    expect(shown(book.live.depth('Bid', 5))).to.equal('100 5, 99.5 1, 99 1');
    expect(shown(book.live.depth('Offer', 5))).to.equal('102 4');
    expect(book.live.health(ms(3))).to.equal('Healthy');
  });

  it('ignores what it already contains', () => {
    const book = liveBook();
    expect(book.applyUpdate(update(10, 'Bid', '100', '9'), ms(1))).to.equal('Old');
    expect(book.live.best('Bid')?.qty).to.equal('2');
  });

  it('is void after a gap until the next snapshot, and gives no price', () => {
    const book = liveBook();
    expect(book.applyUpdate(update(12, 'Bid', '100', '9'), ms(1))).to.equal('Gap');
    expect(book.live.health(ms(1))).to.equal('Gap');
    expect(book.live.best('Bid')).to.equal(undefined);
    expect(book.live.sweep('Bid', text('1'), 'linear')).to.equal(undefined);
    expect(book.applyUpdate(update(13, 'Bid', '100', '9'), ms(2))).to.equal('Discarded');
    book.applySnapshot(snapshot(20), ms(3));
    expect(book.live.health(ms(3))).to.equal('Healthy');
  });

  it('accepts a snapshot with a lower number: the engine was restarted', () => {
    const book = liveBook();
    book.applySnapshot(snapshot(3), ms(1));
    expect(book.applyUpdate(update(4, 'Bid', '100', '7'), ms(2))).to.equal('Applied');
  });

  it('leaves levels of quantity 0 out of a snapshot', () => {
    const book = new SequencedBook(XBT, LIMITS);
    const bids = levels('100 0, 99 1');
    book.applySnapshot({ seq: 1, bids, offers: [] }, ms(0));
    expect(shown(book.live.depth('Bid', 5))).to.equal('99 1');
  });

  it('forgives a crossed instant and reports a crossed second', () => {
    const book = liveBook();
    book.applyUpdate(update(11, 'Bid', '101', '1'), ms(1_000));
    expect(book.live.health(ms(2_000))).to.equal('Healthy');
    expect(book.live.health(ms(2_001))).to.equal('Crossed');
    book.applyUpdate(update(12, 'Offer', '101', '0'), ms(2_002));
    expect(book.live.health(ms(9_000))).to.equal('Healthy');
  });

  it('is stale after silence and healthy again with the next update', () => {
    const book = liveBook();
    expect(book.live.health(ms(60_000))).to.equal('Healthy');
    expect(book.live.health(ms(60_001))).to.equal('Stale');
    book.applyUpdate(update(11, 'Bid', '98', '1'), ms(60_002));
    expect(book.live.health(ms(60_003))).to.equal('Healthy');
    expect(book.live.updatedAt()).to.equal(60_002);
  });
});

describe('sweep price', () => {
  const book = new LiveBook(XBT);
  book.replace(levels('100 2, 99 1'), levels('101 3, 104 1'), ms(0));

  it('averages a linear contract over base units', () => {
    expect(book.sweep('Offer', text('4'), 'linear')).to.deep.equal({
      vwap: '101.75',
      worst: '104',
      qty: '4',
      isComplete: true,
    });
  });

  it('averages an inverse contract harmonically', () => {
    // 3 USD at 101 and 1 USD at 104 buy 3/101 + 1/104 units: 4 / that.
    expect(book.sweep('Offer', text('4'), 'inverse')?.vwap).to.equal('101.733656174334');
  });

  it('says how much there is when the side is not deep enough', () => {
    expect(book.sweep('Bid', text('10'), 'linear')).to.deep.equal({
      vwap: '99.666666666667',
      worst: '99',
      qty: '3',
      isComplete: false,
    });
  });

  it('answers nothing for nothing', () => {
    expect(book.sweep('Bid', text('0'), 'linear')).to.equal(undefined);
    expect(book.sweep('Bid', text('-1'), 'linear')).to.equal(undefined);
    expect(new LiveBook(XBT).sweep('Bid', text('1'), 'linear')).to.equal(undefined);
  });
});

describe('book keeper', () => {
  const keeper = (): BookKeeper => {
    const books = new BookKeeper([XBT], LIMITS);
    books.expectSnapshot(XBT, ms(0));
    books.applySnapshot(XBT, snapshot(10), ms(0));
    return books;
  };

  it('holds every book down until it is subscribed and filled', () => {
    const books = new BookKeeper([XBT], LIMITS);
    expect(books.book(XBT)?.health(ms(0))).to.equal('Down');
    expect(books.check(ms(999_999))).to.deep.equal([]);
    books.expectSnapshot(XBT, ms(0));
    expect(books.book(XBT)?.health(ms(0))).to.equal('Waiting');
    expect(books.symbols()).to.deep.equal([XBT]);
  });

  it('takes numbers that it had already for repeated frames, or for frames older than the snapshot', () => {
    const books = keeper();
    for (const seq of [7, 8, 9, 10])
      expect(books.applyUpdate(XBT, update(seq, 'Bid', '1', '1'), ms(1))).to.equal(undefined);
    for (const seq of [11, 11, 12, 12, 13, 11])
      expect(books.applyUpdate(XBT, update(seq, 'Bid', '1', '1'), ms(2))).to.equal(undefined);
    expect(books.counters()).to.include({ Old: 7, Applied: 3, Gap: 0 });
  });

  it('takes numbers that count on below a snapshot of long ago for an engine that started again', () => {
    const books = keeper();
    expect(books.applyUpdate(XBT, update(1, 'Bid', '1', '1'), ms(2_001))).to.equal(undefined);
    expect(books.applyUpdate(XBT, update(2, 'Bid', '1', '1'), ms(2_002))?.reason).to.equal('Gap');
  });

  it('takes a lower number with a later time of the venue for an engine that started again', () => {
    const books = keeper();
    const timed = (seq: number, at: number) => ({
      ...update(seq, 'Bid', '1', '1'),
      at: epochMs(at),
    });
    expect(books.applyUpdate(XBT, timed(11, 5_000), ms(1))).to.equal(undefined);
    expect(books.applyUpdate(XBT, timed(11, 5_000), ms(2))).to.equal(undefined);
    expect(books.applyUpdate(XBT, timed(4, 5_001), ms(3))?.reason).to.equal('Gap');
  });

  it('takes numbers that count on by themselves, or one far below, for an engine that started again', () => {
    const slow = keeper();
    slow.applyUpdate(XBT, update(11, 'Bid', '1', '1'), ms(1));
    expect(slow.applyUpdate(XBT, update(1, 'Bid', '1', '1'), ms(2))).to.equal(undefined);
    expect(slow.applyUpdate(XBT, update(2, 'Bid', '1', '1'), ms(3))?.reason).to.equal('Gap');
    const far = keeper();
    far.applySnapshot(XBT, snapshot(192_947_217), ms(1));
    expect(far.applyUpdate(XBT, update(1, 'Bid', '1', '1'), ms(2))?.reason).to.equal('Gap');
    expect(far.book(XBT)?.health(ms(2))).to.equal('Gap');
  });

  it('asks for a resync once per gap, and again when no snapshot comes', () => {
    const books = keeper();
    expect(books.applyUpdate(XBT, update(12, 'Bid', '1', '1'), ms(5))).to.deep.equal({
      symbol: XBT,
      reason: 'Gap',
    });
    expect(books.applyUpdate(XBT, update(13, 'Bid', '1', '1'), ms(6))).to.equal(undefined);
    expect(books.check(ms(15_004))).to.deep.equal([]);
    expect(books.check(ms(15_005))).to.deep.equal([{ symbol: XBT, reason: 'Gap' }]);
    books.applySnapshot(XBT, snapshot(20), ms(15_006));
    expect(books.check(ms(15_007))).to.deep.equal([]);
    expect(books.lastSeq(XBT)).to.equal(20);
  });

  it('asks for a resync of a crossed and of a stale book', () => {
    const books = keeper();
    books.applyUpdate(XBT, update(11, 'Bid', '101', '1'), ms(1));
    expect(books.check(ms(1_001))).to.deep.equal([]);
    expect(books.check(ms(1_002))).to.deep.equal([{ symbol: XBT, reason: 'Crossed' }]);
    const silent = keeper();
    expect(silent.check(ms(60_001))).to.deep.equal([{ symbol: XBT, reason: 'Stale' }]);
  });

  it('voids every book when the connection is lost', () => {
    const books = keeper();
    books.voidAll();
    expect(books.book(XBT)?.health(ms(1))).to.equal('Down');
    expect(books.book(XBT)?.best('Offer')).to.equal(undefined);
    expect(books.applyUpdate(XBT, update(11, 'Bid', '1', '1'), ms(1))).to.equal(undefined);
  });

  it('counts what it was given', () => {
    const books = keeper();
    books.applyUpdate(XBT, update(11, 'Bid', '98', '1'), ms(1));
    books.applyUpdate(XBT, update(11, 'Bid', '98', '1'), ms(1));
    books.applyUpdate(symbolOf('PF_OTHER'), update(1, 'Bid', '98', '1'), ms(1));
    books.applyUpdate(XBT, update(15, 'Bid', '98', '1'), ms(1));
    books.applyUpdate(XBT, update(16, 'Bid', '98', '1'), ms(1));
    expect(books.counters()).to.deep.equal({
      Applied: 1,
      Discarded: 1,
      Old: 1,
      Gap: 1,
      Snapshot: 1,
      Unknown: 1,
    });
  });

  it('forgets an instrument that was removed', () => {
    const books = keeper();
    books.remove(XBT);
    expect(books.book(XBT)).to.equal(undefined);
    expect(books.lastSeq(XBT)).to.equal(undefined);
  });
});
