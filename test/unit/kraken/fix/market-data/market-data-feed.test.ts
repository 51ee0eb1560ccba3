import { expect } from 'chai';
import { type DecimalText, type TradingSymbol } from '../../../../../src/domain/ids.ts';
import { bookChecksum } from '../../../../../src/kraken/books/checksum.ts';
import { MarketDataBook } from '../../../../../src/kraken/fix/market-data/market-data-book.ts';
import { parseMarketData } from '../../../../../src/kraken/fix/market-data/market-data-parser.ts';
import { monotonicMs } from '../../../../../src/lib/time.ts';
import { levels } from '../../books/levels.ts';
import {
  ETH,
  instrumentList,
  MarketDataTalk,
  message,
  snapshot,
  update,
} from './market-data-frames.ts';

const PRECISION = { priceDecimals: 1, qtyDecimals: 3 };
const checksumOf = (asks: string, bids: string): string =>
  bookChecksum(levels(asks), levels(bids), PRECISION);

/** Logged on, list received, subscribed under R2. */
const subscribed = (): MarketDataTalk => {
  const talk = new MarketDataTalk().give({ type: 'LoggedOn' }).message(instrumentList('R1'));
  talk.take();
  return talk;
};
const live = (): MarketDataTalk => {
  const talk = subscribed().message(snapshot('R2', 'B 100 2', 'O 101 3'));
  talk.take();
  return talk;
};
const requestTypes = (talk: MarketDataTalk): string[] =>
  talk.sent().map((text) => /35=.\|262=\w+\|263=./.exec(text)?.[0] ?? text);

describe('FIX market data feed', () => {
  it('asks for the instrument list on logon and subscribes when it came', () => {
    const talk = new MarketDataTalk();
    expect(talk.health()).to.equal('Down');
    expect(talk.give({ type: 'LoggedOn' }).sent()).to.deep.equal([
      '35=x|320=R1|263=1|559=1|167=FUT|',
    ]);
    talk.message(instrumentList('R1'));
    expect(requestTypes(talk)).to.deep.equal(['35=V|262=R2|263=1']);
    expect(talk.health()).to.equal('Waiting');
    talk.message(snapshot('R2', 'B 100.0 2', 'O 101 3.50'));
    expect(talk.health()).to.equal('Healthy');
    expect([talk.depth('Bid'), talk.depth('Offer')]).to.deep.equal(['100 2', '101 3.5']);
  });

  it('waits for the last fragment of the list', () => {
    const talk = new MarketDataTalk({ symbols: [ETH, 'PF_XBTUSD' as TradingSymbol] });
    talk.give({ type: 'LoggedOn' }).take();
    talk.message(instrumentList('R1', '393=2|893=N|'));
    expect(talk.sent()).to.deep.equal([]);
    talk.message(instrumentList('R1', '393=2|893=Y|'));
    expect(requestTypes(talk)).to.deep.equal(['35=V|262=R2|263=1']);
    expect(requestTypes(talk.pass(50))).to.deep.equal(['35=V|262=R3|263=1']);
  });

  it('asks for a plain list when updates are refused, and subscribes without a list in the end', () => {
    const talk = new MarketDataTalk().give({ type: 'LoggedOn' });
    talk.take();
    talk.message(message('y', '320=R1|322=X|560=1|146=0|'));
    expect(talk.sent()).to.deep.equal(['35=x|320=R2|263=0|559=1|167=FUT|']);
    talk.pass(10_000);
    expect(talk.sent()).to.deep.equal(['35=x|320=R3|263=0|559=1|167=FUT|']);
    const outputs = talk.pass(10_000).take();
    const codes = outputs.flatMap((output) => (output.type === 'Notice' ? [output.code] : []));
    expect(codes).to.deep.equal(['NO_INSTRUMENT_LIST']);
    expect(outputs.at(-1)?.type).to.equal('Send');
    talk.message(snapshot('R4', 'B 1 1')).message(update('R4', ['0 B 2 1'], '1'));
    expect(talk.health()).to.equal('Healthy');
    expect(talk.feed.counters().unchecked).to.equal(1);
  });

  it('applies the entries of an update in order and checks the sum after all of them', () => {
    const talk = live();
    const checksum = checksumOf('101 3', '100 5, 99.5 1');
    talk.message(update('R2', ['0 B 99 7', '1 B 100 5', '0 B 99.5 1', '2 B 99 7'], checksum));
    expect(talk.depth('Bid')).to.equal('100 5, 99.5 1');
    expect(talk.health()).to.equal('Healthy');
    expect(talk.feed.counters().mismatches).to.equal(0);
    expect(talk.take()).to.deep.equal([{ type: 'BookChanged', symbol: ETH }]);
  });

  it('subscribes anew under another id when the checksum disagrees, and takes no price meanwhile', () => {
    const talk = live()
      .pass(50)
      .message(update('R2', ['1 B 100 5'], '12345'));
    const outputs = talk.take();
    expect(outputs.filter(({ type }) => type === 'Notice').length).to.equal(1);
    talk.outputs = outputs;
    expect(requestTypes(talk)).to.deep.equal(['35=V|262=R2|263=2', '35=V|262=R3|263=1']);
    expect(talk.health()).to.equal('Waiting');
    expect(talk.depth('Bid')).to.equal('');
    // Late updates of the old subscription are foreign.
    talk.message(update('R2', ['0 B 100 9'], '1'));
    expect(talk.feed.counters().foreign).to.equal(1);
    talk.message(snapshot('R3', 'B 100 5', 'O 101 3'));
    expect(talk.health()).to.equal('Healthy');
    talk.message(update('R3', ['2 O 101 3'], checksumOf('', '100 5')));
    expect(talk.health()).to.equal('Healthy');
  });

  it('subscribes anew at most five times a minute', () => {
    const talk = live();
    let id = 2;
    for (; id < 6; id++) {
      talk.message(update(`R${id}`, ['1 B 100 5'], '1')).pass(100);
      talk.message(snapshot(`R${id + 1}`, 'B 100 5'));
    }
    talk.take();
    talk.message(update(`R${id}`, ['1 B 100 5'], '1')).pass(1_000);
    expect(requestTypes(talk)).to.deep.equal(['35=V|262=R6|263=2']);
    expect(talk.health()).to.equal('Mismatch');
    expect(requestTypes(talk.pass(60_000))).to.deep.equal(['35=V|262=R7|263=1']);
  });

  it('ignores updates before the snapshot', () => {
    const talk = subscribed().message(update('R2', ['0 B 100 1'], '1'));
    expect(talk.health()).to.equal('Waiting');
    expect(talk.feed.counters().mismatches).to.equal(0);
  });

  it('asks again when no snapshot comes', () => {
    const talk = subscribed().pass(9_999);
    expect(talk.sent()).to.deep.equal([]);
    talk.pass(50);
    expect(requestTypes(talk)).to.deep.equal(['35=V|262=R2|263=2', '35=V|262=R3|263=1']);
  });

  it('subscribes a crossed or silent book anew', () => {
    const crossed = live().message(
      update('R2', ['0 B 102 1'], checksumOf('101 3', '102 1, 100 2')),
    );
    expect(crossed.pass(900).codes()).to.deep.equal([]);
    expect(crossed.pass(200).codes()).to.deep.equal(['CROSSED']);
    expect(live().pass(60_100).codes()).to.deep.equal(['STALE']);
  });

  it('does not use a message with an entry that it cannot read', () => {
    const talk = live()
      .pass(50)
      .message(
        message('X', '55=PF_ETHUSD|262=R2|268=1|279=0|269=0|278=B1|270=?|271=1|273=14:13:24.859|'),
      );
    expect(talk.codes()).to.deep.equal(['UNREADABLE']);
    expect(talk.health()).to.equal('Waiting');
  });

  it('gives up a refused symbol until the next logon, but retries a duplicate id', () => {
    const talk = subscribed().message(message('Y', '262=R2|281=0|58=Unknown symbol: PF_ETHUSD|'));
    expect(talk.codes()).to.deep.equal(['SYMBOL_REFUSED']);
    expect(talk.pass(100_000).sent()).to.deep.equal([]);
    expect(talk.health()).to.equal('Down');
    talk.give({ type: 'LoggedOut' }).give({ type: 'LoggedOn' });
    expect(requestTypes(talk).length).to.equal(2);
    const duplicate = subscribed()
      .message(message('Y', '262=R2|281=1|58=Duplicate MDReqID|'))
      .pass(50);
    expect(requestTypes(duplicate)).to.deep.equal(['35=V|262=R3|263=1']);
  });

  it('takes a BusinessMessageReject(j) of its request for a refusal', () => {
    const talk = subscribed().message(message('j', '45=0|372=V|379=R2|380=4|58=no|'));
    expect(talk.codes()).to.deep.equal(['SYMBOL_REFUSED']);
    talk.message(message('j', '45=0|372=V|379=OTHER|380=4|58=no|'));
    expect(talk.codes()).to.deep.equal([]);
  });

  it('holds every book down while logged off and starts again after a logon', () => {
    const talk = live().give({ type: 'LoggedOut' });
    expect(talk.health()).to.equal('Down');
    expect(talk.feed.nextWakeAt()).to.equal(undefined);
    talk.give({ type: 'LoggedOn' });
    // The decimals are known from the first list: nothing has to wait.
    expect(requestTypes(talk)).to.deep.equal([
      '35=x|320=R3|263=1|559=1|167=FUT|',
      '35=V|262=R4|263=1',
    ]);
  });

  it('subscribes and unsubscribes at run time', () => {
    const talk = live();
    expect(requestTypes(talk.give({ type: 'Unsubscribe', symbol: ETH }))).to.deep.equal([
      '35=V|262=R2|263=2',
    ]);
    expect(talk.feed.book(ETH)).to.equal(undefined);
    talk.pass(100).give({ type: 'Subscribe', symbol: ETH });
    expect(requestTypes(talk)).to.deep.equal(['35=V|262=R3|263=1']);
  });

  it('paces the subscriptions of many instruments', () => {
    const symbols = Array.from({ length: 10 }, (_, at) => `PF_S${at}USD` as TradingSymbol);
    const precisions = Object.fromEntries(symbols.map((symbol) => [symbol, PRECISION]));
    const talk = new MarketDataTalk({ symbols, precisions }).give({ type: 'LoggedOn' });
    expect(talk.sent().length).to.equal(2);
    expect(talk.pass(449).sent().length).to.equal(8);
    expect(talk.pass(1).sent().length).to.equal(1);
  });

  it('passes trades on', () => {
    const talk = live().message(
      message(
        'X',
        '55=PF_ETHUSD|262=R2|268=1|279=0|269=2|278=T1|270=100|271=1|273=14:13:24.859|40=1|2446=1|',
      ),
    );
    expect(talk.take().map(({ type }) => type)).to.deep.equal(['Traded']);
  });

  it('does not check a subscription of fewer than ten prices', () => {
    const talk = new MarketDataTalk({ depth: 1 }).give({ type: 'LoggedOn' });
    talk.message(instrumentList('R1')).message(snapshot('R2', 'B 100 2', 'O 101 3'));
    talk.message(update('R2', ['1 B 100 5'], '12345'));
    expect(talk.health()).to.equal('Healthy');
    expect(talk.feed.counters().unchecked).to.equal(1);
  });
});

describe('FIX L3 book', () => {
  const book = (): MarketDataBook =>
    new MarketDataBook(ETH, 'L3', { crossedMsMax: 1_000, staleAfterMs: 60_000 });
  const entries = (...list: string[]) => {
    const parsed = parseMarketData(update('1', list));
    return parsed?.type === 'Update' ? parsed.entries : [];
  };
  const at = monotonicMs(0);

  it('adds orders of one price up and follows them by id', () => {
    const l3 = book();
    l3.applySnapshot(entries('0 B 100 0.1 a', '0 B 100 0.2 B', '0 B 99 1 c', '0 O 101 1 d'), at);
    expect(l3.live.best('Bid')).to.deep.equal({ price: '100', qty: '0.3' });
    l3.applyUpdate(entries('1 B 99 0.2 b', '2 B 100 0.1 A'), at);
    expect(l3.live.depth('Bid', 5)).to.deep.equal([{ price: '99', qty: '1.2' }]);
    const [first] = l3.ordersAt('Bid', '99' as DecimalText);
    expect(first).to.include({ entryID: 'c', qty: '1' });
    l3.void('Mismatch');
    expect(l3.ordersAt('Bid', '99' as DecimalText)).to.deep.equal([]);
  });

  it('finds out whether the checksum runs over prices or over orders, and stays with it', () => {
    const l3 = book();
    l3.applySnapshot(entries('0 B 100 0.1 a', '0 B 100 0.2 b', '0 O 101 1 d'), at);
    const overLevels = checksumOf('101 1', '100 0.3');
    const overOrders = checksumOf('101 1', '100 0.1, 100 0.2');
    expect(l3.agrees('7', PRECISION)).to.equal(false);
    expect(l3.agrees(overOrders, PRECISION)).to.equal(true);
    expect(l3.agrees(overLevels, PRECISION)).to.equal(false);
  });
});
