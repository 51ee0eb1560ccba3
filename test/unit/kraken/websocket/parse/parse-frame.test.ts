import { expect } from 'chai';
import {
  isJsonObject,
  JsonNumber,
  parseLosslessJson,
  type JsonValue,
} from '../../../../../src/lib/lossless-json.ts';
import { toDecimalText } from '../../../../../src/lib/decimal-text.ts';
import { parseFrame } from '../../../../../src/kraken/websocket/parse/parse-frame.ts';
import { exampleFrame, SERVER_FRAMES } from '../examples.ts';

/** The fields of the reference that we know and do not take over; everything else has to arrive. */
const LEFT_BEHIND = new Set(['tickSize']);
/** Flags, prices of 0 and times of 0 that mean "none" are not amounts of the event. */
const ZERO_MEANS_NONE = new Set(['limit_price', 'stop_price', 'maturityTime', 'direction']);

interface WrittenNumber {
  readonly key: string;
  readonly text: string;
}

const numbersOf = (value: JsonValue, key = ''): WrittenNumber[] => {
  if (value instanceof JsonNumber) return [{ key, text: value.text }];
  if (Array.isArray(value)) return (value as JsonValue[]).flatMap((item) => numbersOf(item, key));
  if (!isJsonObject(value)) return [];
  return Object.keys(value).flatMap((name) => numbersOf(value[name] ?? null, name));
};

const leavesOf = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(leavesOf);
};

describe('WebSocket frames [websocket 3 to 8]', () => {
  it('finds the fixture complete', () => {
    expect(SERVER_FRAMES.length).to.be.greaterThan(120);
  });

  for (const { name, text } of SERVER_FRAMES)
    it(`reads ${name} with no unknown field, value or frame`, () => {
      const { event, oddities } = parseFrame(text);
      expect(oddities).to.deep.equal([]);
      expect(event.type).not.to.be.oneOf(['UnknownFrame', 'UnreadableFrame']);
      if ('isComplete' in event) expect(event.isComplete).to.equal(true);
    });

  for (const { name, text } of SERVER_FRAMES)
    it(`keeps every number of ${name} to the last digit`, () => {
      const json = parseLosslessJson(text);
      if (!json.ok) throw new Error('fixture is not JSON');
      const written = numbersOf(json.value).filter(
        ({ key, text: number }) =>
          !LEFT_BEHIND.has(key) &&
          !(ZERO_MEANS_NONE.has(key) && Number(number) === 0) &&
          key !== 'direction',
      );
      // Levels of quantity 0 stay in the event; the book leaves them out.
      const left = leavesOf(parseFrame(text).event);
      for (const { key, text: number } of written) {
        const at = left.indexOf(toDecimalText(number) ?? '');
        expect(at, `${key} ${number} of ${name}`).not.to.equal(-1);
        left.splice(at, 1);
      }
    });

  it('reads an order update with a body', () => {
    expect(parseFrame(exampleFrame('open_orders.update')).event).to.deep.equal({
      type: 'OrderUpdate',
      venueOrderID: '9f04ea45-da4d-45a1-a40c-8ca38151ab03',
      clOrdID: 'pQAFV5WVrB0AAQAAAAAA',
      isCancel: false,
      change: 'Placed',
      reason: 'new_placed_order_by_user',
      order: {
        symbol: 'PF_SOLUSD',
        venueOrderID: '9f04ea45-da4d-45a1-a40c-8ca38151ab03',
        clOrdID: 'pQAFV5WVrB0AAQAAAAAA',
        side: 'Sell',
        kind: 'Limit',
        leavesQty: '1',
        cumQty: '0',
        limitPx: '174.6',
        isReduceOnly: false,
        placedAt: 1748434591319,
        updatedAt: 1748434591319,
      },
    });
  });

  it('reads an id-only cancel, its client id included', () => {
    const name = 'open_orders.variants.cancelled_by_user_with_client_id[0]';
    expect(parseFrame(exampleFrame(name)).event).to.deep.equal({
      type: 'OrderUpdate',
      venueOrderID: 'f18e006d-c95e-4d89-b470-4402949d5a15',
      clOrdID: 'QAAF6QMAAQAA7DBK5YoQ',
      isCancel: true,
      change: 'Canceled',
      reason: 'cancelled_by_user',
    });
  });

  it('reads a fill with its exponent fee, and BTC as XBT', () => {
    const event = parseFrame(
      exampleFrame('fills.variants.legacy_2021_snapshot_then_delta[1]'),
    ).event;
    expect(event.type === 'FillsUpdate' && event.fills[0]).to.deep.include({
      fee: '0.0000000052',
      feeCurrency: 'XBT',
      liquidity: 'Maker',
      side: 'Buy',
    });
    expect(event.type === 'FillsUpdate' && event.account).to.equal(
      'bdb7a134-386a-45c0-b8e5-76a75537df4c',
    );
  });

  it('reads a funding rate that a perpetual leaves out as zero, and of a dated option as absent', () => {
    const ticker = exampleFrame('ticker.update').replace(/"funding_rate":[^,]+,/, '');
    const event = parseFrame(ticker).event;
    expect(event.type === 'Ticker' && event.fundingRate).to.equal('0');
    const option = parseFrame(exampleFrame('ticker.variants.option[0]')).event;
    expect(option).not.to.have.property('fundingRate');
  });

  it('accepts balance for balance_value in the cross section', () => {
    const event = parseFrame(exampleFrame('balances.update')).event;
    expect(event.type === 'Balances' && event.flex?.cross['balanceValue']).to.equal('0');
  });

  it('accepts log for logs, and dates with stray blanks', () => {
    const frame =
      '{"feed":"account_log_snapshot","log":[{"id":1,"date":"2019-07-11T08: 00:00.000 Z"}]}';
    const { event, oddities } = parseFrame(frame);
    expect(oddities).to.deep.equal([]);
    expect(event.type === 'AccountLogSnapshot' && event.entries).to.deep.equal([
      { id: 1, at: Date.parse('2019-07-11T08:00:00Z'), figures: {} },
    ]);
  });

  it('leaves echoed credentials behind', () => {
    const { event } = parseFrame(
      exampleFrame('open_orders.variants.ack_with_credentials_echoed[0]'),
    );
    expect(event).to.deep.equal({ type: 'Subscribed', feed: 'open_orders', products: [] });
  });

  it('counts unknown fields and words and reads on', () => {
    const frame = exampleFrame('fills.update')
      .replace('"fill_type":"maker"', '"fill_type":"gift"')
      .replace('"seq":3', '"seq":3,"moon_phase":0.5');
    const { event, oddities } = parseFrame(frame);
    expect(oddities).to.deep.equal([
      { kind: 'UnknownValue', path: 'fills.fills.fill_type', value: 'gift' },
      { kind: 'UnknownField', path: 'fills.fills.moon_phase' },
    ]);
    expect(event.type === 'FillsUpdate' && event.fills[0]?.liquidity).to.equal('Forced');
  });

  it('keeps the good elements beside a bad one and says that the frame is incomplete', () => {
    const frame = exampleFrame('open_orders_verbose.snapshot').replace('"qty":1501.0', '"qty":"x"');
    const { event, oddities } = parseFrame(frame);
    expect(event.type === 'OpenOrdersSnapshot' && event.orders.length).to.equal(2);
    expect(event.type === 'OpenOrdersSnapshot' && event.isComplete).to.equal(false);
    expect(oddities.map(({ kind }) => kind)).to.deep.equal(['BadValue']);
    expect(event.type === 'OpenOrdersSnapshot' && event.unread.length).to.equal(1);
  });

  it('keeps the ids of an order update whose body it cannot read', () => {
    const frame = exampleFrame('open_orders.update').replace('"direction":1', '"direction":7');
    const { event } = parseFrame(frame);
    expect(event).to.deep.include({
      type: 'OrderUpdate',
      venueOrderID: '9f04ea45-da4d-45a1-a40c-8ca38151ab03',
      clOrdID: 'pQAFV5WVrB0AAQAAAAAA',
    });
    expect(event).not.to.have.property('order');
  });

  for (const [what, text, type] of [
    ['text that is not JSON', 'Bad gateway', 'UnreadableFrame'],
    ['JSON that is not an object', '[1]', 'UnreadableFrame'],
    ['an object without event and feed', '{"a":1}', 'UnknownFrame'],
    ['an unknown event', '{"event":"party"}', 'UnknownFrame'],
    ['an unknown feed', '{"feed":"liquidations","x":1}', 'UnknownFrame'],
    ['a feed named like a member of every object', '{"feed":"constructor"}', 'UnknownFrame'],
    [
      'a book update without price',
      '{"feed":"book","product_id":"A","side":"buy","seq":1}',
      'UnreadableFrame',
    ],
    [
      'a book update with a float sequence',
      '{"feed":"book","product_id":"A","side":"buy","seq":1.5,"price":1,"qty":1}',
      'UnreadableFrame',
    ],
    ['a fill list that is no list', '{"feed":"fills","fills":{}}', 'FillsUpdate'],
    ['an order update without id', '{"feed":"open_orders","is_cancel":true}', 'UnreadableFrame'],
    [
      'an event with a trailing blank',
      '{"event":"subscribed ","feed":"book","product_ids":["pf_xbtusd"]}',
      'Subscribed',
    ],
    ['a pong event', '{"event":"pong"}', 'Pong'],
  ] as const)
    it(`survives ${what}`, () => expect(parseFrame(text).event.type).to.equal(type));
});
