import { expect } from 'chai';
import { type TradingSymbol } from '../../../../../../src/domain/ids.ts';
import { MarketDataFeed } from '../../../../../../src/kraken/fix/market-data/market-data-feed.ts';
import { type MarketDataInput } from '../../../../../../src/kraken/fix/market-data/market-data-types.ts';
import { monotonicMs } from '../../../../../../src/lib/time.ts';
import { checksumOf } from '../../../../../../src/simulator/gateways/fix/market-data/market-data-messages.ts';
import { message } from '../../../../kraken/fix/market-data/market-data-frames.ts';
import { ETH, L3, makeScene, request, textOf } from './market-data-scene.ts';
import { levels } from '../../../../kraken/books/levels.ts';
import { SimRandom } from '../../../../kraken/websocket/sim-random.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_122);
/** The published vector [fix 4.9]: the only ten levels a side that its digits can mean. */
const PUBLISHED_ASKS =
  '28013 0.00096506, 28039.8 0.001, 28066.5 0.001, 28093.3 0.001, 28120 0.001, 28146.7 0.001, 28173.5 0.001, 28200.2 0.001, 28227 0.001, 28253.7 0.001';
const PUBLISHED_BIDS =
  '28003 0.001, 27999.9 0.00096375, 27969.9 0.73860423, 27700.1 0.0035, 27573.2 0.0032, 27137.4 0.01, 27091.3 0.004, 26729.4 0.001, 26702.6 0.001, 26675.9 0.001';
const side = (text: string) =>
  levels(text).map(({ price, qty }) => ({ price, size: qty, orders: 1 }));

describe('FIX market data of the simulator [fix 4.9]', () => {
  it('computes the published checksum', () => {
    const book = { asks: side(PUBLISHED_ASKS), bids: side(PUBLISHED_BIDS) };
    expect(checksumOf(book, { price: 1, qty: 8 })).to.equal('3341325816');
    const swapped = { asks: book.bids, bids: book.asks };
    expect(checksumOf(swapped, { price: 1, qty: 8 })).not.to.equal('3341325816');
  });

  it('answers with a snapshot, offers first, then bids', () => {
    const { world, say } = makeScene('L2');
    world.place('A', { symbol: ETH, side: 'buy', size: '2', limitPrice: '2490.5' });
    world.place('A', { symbol: ETH, side: 'sell', size: '3', limitPrice: '2510.5' });
    expect(say('V', request())).to.deep.equal([
      '35=W|55=PF_ETHUSD|262=1|268=2|269=1|278=O2510.5|270=2510.5|271=3|273=12:00:00.000|' +
        '269=0|278=B2490.5|270=2490.5|271=2|273=12:00:00.000',
    ]);
  });

  it('reports a level that is added, changed and deleted, each with the checksum of the book after it', () => {
    const { world, say, tell } = makeScene('L2');
    world.place('A', { symbol: ETH, side: 'sell', size: '3', limitPrice: '2510.5' });
    say('V', request());
    const price = { symbol: ETH, side: 'buy', limitPrice: '2490.5' } as const;
    const checksum = (): string => {
      const book = world.exchange.queries.book(ETH);
      return checksumOf(book ?? { asks: [], bids: [] }, { price: 1, qty: 3 });
    };
    const head = '35=X|55=PF_ETHUSD|262=1|268=1|';
    const level = '269=0|278=B2490.5|270=2490.5|';
    expect(tell(world.place('A', { ...price, size: '2', cliOrdId: 'x' }))).to.deep.equal([
      `${head}279=0|${level}271=2|273=12:00:00.000|5041=${checksum()}`,
    ]);
    expect(tell(world.place('A', { ...price, size: '1', cliOrdId: 'y' }))).to.deep.equal([
      `${head}279=1|${level}271=3|273=12:00:00.000|5041=${checksum()}`,
    ]);
    const gone = world.send({ type: 'CancelOrders', account: 'A', symbol: ETH });
    expect(tell(gone)[0]).to.contain('279=2').and.to.contain(`${level}271=0`);
  });

  it('reports a trade before its changes of the book', () => {
    const { world, say, tell } = makeScene('L2');
    world.place('A', { symbol: ETH, side: 'sell', size: '3', limitPrice: '2510.5' });
    say('V', request());
    const [x = ''] = tell(
      world.place('B', { symbol: ETH, side: 'buy', size: '1', orderType: 'mkt' }),
    );
    expect(x).to.match(
      /268=2\|279=0\|269=2\|278=[-0-9a-f]{36}\|270=2510.5\|271=1\|273=12:00:00.000\|40=1\|2446=1\|279=1\|269=1/,
    );
  });

  it('shows a depth as a window: what falls out of it is deleted with the size it still has', () => {
    const { world, say, tell } = makeScene('L2');
    for (const limitPrice of ['2490', '2489'])
      world.place('A', { symbol: ETH, side: 'buy', size: '2', limitPrice });
    expect(say('V', request({ depth: '1' }))[0]).to.contain('268=1|269=0|278=B2490|');
    const [x] = tell(world.place('A', { symbol: ETH, side: 'buy', size: '5', limitPrice: '2491' }));
    expect(x)
      .to.contain('268=2|279=2|269=0|278=B2490|270=2490|271=2|')
      .and.to.contain('279=0|269=0|278=B2491|');
  });

  it('shows orders on L3, with queue times that order those of one price', () => {
    const { world, say, tell } = makeScene('L3');
    const bid = { symbol: ETH, side: 'buy', limitPrice: '2490' } as const;
    tell(world.place('A', { ...bid, size: '2' }));
    tell(world.place('B', { ...bid, size: '1' }));
    const [w = ''] = say('V', request(L3));
    const ids = world.exchange.queries.bookOrders(ETH).map(({ orderId }) => orderId);
    expect([...w.matchAll(/278=([^|]+)/g)].map(([, id]) => id)).to.deep.equal(ids);
    const queue = [...w.matchAll(/5273=([^|]+)/g)].map(([, text]) => text ?? '');
    expect(queue).to.deep.equal([
      '2026-11-22T12:00:00.000000000Z',
      '2026-11-22T12:00:00.000000001Z',
    ]);
    const [x] = tell(
      world.place('C', { symbol: ETH, side: 'sell', size: '0.5', orderType: 'mkt' }),
    );
    expect(x).to.contain(`268=1|279=1|269=0|278=${ids[0] ?? ''}|270=2490|271=1.5|`);
  });

  it('counts prices, not orders, as the depth of L3: the checksum over ten of them can be computed', () => {
    const { world, say, tell } = makeScene('L3');
    const bid = { symbol: ETH, side: 'buy', size: '1' } as const;
    for (const limitPrice of ['2490', '2490', '2490'])
      tell(world.place('A', { ...bid, limitPrice }));
    for (let step = 1; step <= 10; step += 1)
      tell(world.place('B', { ...bid, limitPrice: `${2_490 - step}` }));
    const [w = ''] = say('V', request({ ...L3, depth: '10' }));
    expect([...w.matchAll(/270=([^|]+)/g)].map(([, price]) => price)).to.deep.equal([
      ...['2490', '2490', '2490', '2489', '2488', '2487'],
      ...['2486', '2485', '2484', '2483', '2482', '2481'],
    ]);
  });

  it('says in a snapshot when each entry last changed', () => {
    for (const level of ['L2', 'L3'] as const) {
      const { world, say, tell } = makeScene(level);
      const bid = { symbol: ETH, side: 'buy', size: '1' } as const;
      tell(world.place('A', { ...bid, limitPrice: '2490' }));
      tell(world.wait(1_000));
      tell(world.place('A', { ...bid, limitPrice: '2489' }));
      tell(world.wait(1_000));
      const [w = ''] = say('V', level === 'L2' ? request() : request(L3));
      expect([...w.matchAll(/\|273=([^|]+)/g)].map(([, time]) => time)).to.deep.equal([
        '12:00:00.000',
        '12:00:01.000',
      ]);
    }
  });

  it('refuses with every reason', () => {
    const refusals: readonly (readonly ['L2' | 'L3', string, string])[] = [
      ['L2', request({ symbol: 'FOO/BAR' }), '281=0|58=Unknown symbol: FOO/BAR'],
      ['L2', request({ kind: '0' }), '281=4|58=Unsupported subscription request type: 0'],
      ['L2', request({ depth: '7' }), '281=5|58=Unsupported market depth: 7'],
      ['L3', request({ ...L3, depth: '25' }), '281=5|58=Unsupported market depth: 25'],
      ['L2', request().replace('265=1', '265=0'), '281=6|58=Unsupported MD update type: 0'],
      ['L2', request({ types: '267=1|269=0|' }), '281=8|58=Unsupported MD entry type: 0'],
      ['L2', request({ types: '267=1|269=4|' }), '281=8|58=Unsupported MD entry type: 4'],
      ['L3', request({ types: L3.types }), '281=A|58=Unsupported scope'],
      ['L2', request(L3), '281=B|58=Level 3 not available'],
      ['L3', request({ extra: '266=N|' }), '281=C|58=Trade not available on this request'],
    ];
    for (const [level, body, answer] of refusals)
      expect(makeScene(level).say('V', body), body).to.deep.equal([`35=Y|262=1|${answer}`]);
    const twice = makeScene('L2');
    twice.say('V', request());
    expect(twice.say('V', request())).to.deep.equal(['35=Y|262=1|281=1|58=Duplicate MDReqID']);
  });

  it('ends a subscription by its MDReqID, and says when there is none', () => {
    const { world, say, tell } = makeScene('L2');
    say('V', request());
    expect(say('V', request({ kind: '2' }))).to.deep.equal([]);
    expect(
      tell(world.place('A', { symbol: ETH, side: 'buy', size: '2', limitPrice: '2490' })),
    ).to.deep.equal([]);
    expect(say('V', request({ kind: '2' }))).to.deep.equal([
      '35=j|45=0|372=V|379=1|380=1|58=Unknown MDReqID',
    ]);
  });

  it('drops a session that subscribes to nothing, and only such a one', async () => {
    const [idle, busy] = [makeScene('L2'), makeScene('L2')];
    busy.say('V', request());
    await idle.time.advance(60_000);
    await busy.time.advance(600_000);
    expect([idle.logouts.length, busy.logouts.length]).to.deep.equal([1, 0]);
  });

  it('lists instruments by type, by symbol, and all; in parts when they are many', () => {
    const { say } = makeScene('L2');
    const [all = ''] = say('x', '263=0|320=S1|559=4|');
    const entry =
      '55=PF_ETHUSD|562=0.001|5010=3|5011=0.001|5012=15000|2349=1|5052=1|5022=0.1|5032=1';
    expect(all)
      .to.match(/^35=y\|320=S1\|322=S1-1\|560=0\|146=13\|/)
      .and.to.contain(entry.split('|5012')[0]);
    expect(say('x', '263=0|320=S2|559=1|167=FUT|')[0]).to.contain('146=13|');
    expect(say('x', '263=0|320=S3|559=0|55=PF_ETHUSD|')[0]).to.contain('560=0|146=1|55=PF_ETHUSD|');
    expect(say('x', '263=0|320=S4|559=0|55=NOPE|')[0]).to.contain('560=2|146=0');
    expect(say('x', '263=0|320=S5|559=1|167=CASH|')[0]).to.contain('560=2|146=0');
    expect(say('x', '263=0|320=S6|559=9|')[0]).to.contain('560=1|146=0');
    const parts = makeScene('L2', 5).say('x', '263=0|320=S1|559=4|');
    expect(parts.map((part) => /393=13\|893=(.)\|146=(\d+)/.exec(part)?.slice(1))).to.deep.equal([
      ['N', '5'],
      ['N', '5'],
      ['Y', '3'],
    ]);
  });

  it('sends a further list when a market’s state changes, to those who asked for updates', () => {
    const { world, say, tell } = makeScene('L2');
    say('x', '263=1|320=S1|559=1|167=FUT|');
    const [y] = tell(world.send({ type: 'SetMarketState', symbol: ETH, postOnly: true }));
    expect(y).to.contain('146=1|55=PF_ETHUSD|').and.to.contain('5032=4');
    say('x', '263=2|320=S1|559=1|167=FUT|');
    expect(
      tell(world.send({ type: 'SetMarketState', symbol: ETH, postOnly: false })),
    ).to.deep.equal([]);
  });

  for (const level of ['L2', 'L3'] as const)
    it(`keeps our feed’s ${level} book equal to the exchange’s through a wild history`, () => {
      const { world, say, tell } = makeScene(level);
      const feed = new MarketDataFeed({
        ...{ symbols: [ETH as TradingSymbol], level, depth: level === 'L2' ? 10 : 0 },
        ...{ requestPrefix: 'R', bookLimits: { crossedMsMax: 1e9, staleAfterMs: 1e9 } },
      });
      const give = (input: MarketDataInput): void => {
        for (const output of feed.step(input, monotonicMs(1_000_000))) {
          expect(output.type, JSON.stringify(output)).not.to.equal('Notice');
          if (output.type !== 'Send') continue;
          const body = textOf(output.message).replace(/^35=.\|/, '');
          for (const answer of say(output.message.msgType, `${body}|`)) receive(answer);
        }
      };
      const receive = (text: string): void => {
        give({ type: 'Message', message: message(text.slice(3, 4), `${text.slice(5)}|`) });
      };
      give({ type: 'LoggedOn' });
      const random = new SimRandom(SEED);
      for (let i = 0; i < 600; i++) {
        const uid = (['A', 'B', 'C'] as const)[random.below(3)] ?? 'A';
        const side = random.below(2) === 0 ? 'buy' : 'sell';
        const limitPrice = String(2_500 + random.below(21) - 10);
        const size = String(1 + random.below(5));
        const kind = random.below(4);
        const events =
          kind === 0
            ? world.send({ type: 'CancelOrders', account: uid, symbol: ETH })
            : world.place(uid, { symbol: ETH, side, size, limitPrice });
        for (const text of tell(events)) receive(text);
        const book = world.exchange.queries.book(ETH, level === 'L2' ? 10 : 1_000);
        const held = feed.book(ETH as TradingSymbol);
        const heldLevels = (which: 'Bid' | 'Offer'): unknown =>
          held?.depth(which, 1_000).map(({ price, qty }) => [price, qty]);
        const told = `seed ${SEED}, step ${i}`;
        expect(heldLevels('Bid'), told).to.deep.equal(book?.bids.map((l) => [l.price, l.size]));
        expect(heldLevels('Offer'), told).to.deep.equal(book?.asks.map((l) => [l.price, l.size]));
      }
      const { updates, mismatches, unchecked } = feed.counters();
      expect(updates).to.be.greaterThan(300);
      expect({ mismatches, unchecked }).to.deep.equal({ mismatches: 0, unchecked: 0 });
    });
});
