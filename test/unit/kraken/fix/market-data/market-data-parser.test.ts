import { expect } from 'chai';
import { parseInstrumentList } from '../../../../../src/kraken/fix/market-data/market-data-instruments.ts';
import {
  instrumentListRequest,
  subscribeRequest,
  unsubscribeRequest,
} from '../../../../../src/kraken/fix/market-data/market-data-messages.ts';
import { parseMarketData } from '../../../../../src/kraken/fix/market-data/market-data-parser.ts';
import { decodeAll, exampleFrames, frameOf, kraken, wire } from '../../../fix/codec/support.ts';
import { validateMessage } from '../../../../../src/fix/validation/validate.ts';
import { ETH, message, shown } from './market-data-frames.ts';

/** Published frames of the reference, their body with length and checksum made right. */
const published = (msgType: string): string[] =>
  exampleFrames
    .map(({ frame }) => frame)
    .filter((frame) => frame.includes(`|35=${msgType}|`) && !frame.includes('...'))
    .map((frame) => frame.replace(/^8=FIX\.4\.4\|9=\d+\|/, '').replace(/\|10=\d+\|.*$/, '|'));

const decodePublished = (body: string) => {
  const [decoded] = decodeAll(frameOf(body));
  if (decoded?.type !== 'Message') throw new Error(`not a message: ${body}`);
  return decoded.message;
};

describe('FIX market data messages [fix 4.9, 4.10]', () => {
  for (const body of [...published('W'), ...published('X')])
    it(`reads ${body.slice(0, 90)}…`, () => {
      const received = decodePublished(body);
      const parsed = parseMarketData(received);
      if (parsed?.type !== 'Snapshot' && parsed?.type !== 'Update') throw new Error('not read');
      expect(parsed.isComplete).to.equal(true);
      const prices = received.groups(268).map((group) => Number(group.get(270)));
      expect(parsed.entries.map(({ price }) => Number(price))).to.deep.equal(prices);
      expect(parsed.entries.length).to.be.greaterThan(0);
    });

  it('finds published frames of every kind', () => {
    for (const msgType of ['W', 'X', 'Y', 'y'])
      expect(published(msgType).length, msgType).to.be.greaterThan(0);
  });

  for (const body of published('Y'))
    it(`reads the reject ${body.slice(0, 90)}`, () => {
      const parsed = parseMarketData(decodePublished(body));
      expect(parsed?.type).to.equal('RequestReject');
      expect(parsed?.type === 'RequestReject' && parsed.reason).to.match(/^[0158]$/);
    });

  for (const body of published('y'))
    it(`reads the list ${body.slice(0, 80)}…`, () => {
      const list = parseInstrumentList(decodePublished(body));
      expect(list?.isComplete).to.equal(true);
      expect(list?.result).to.equal('0');
      expect(list?.instruments.map(({ status }) => status)).to.include('Online');
    });

  it('reads the published L2 update to the last digit', () => {
    const body = published('X').find((candidate) => candidate.includes('278=B2372.7')) ?? '';
    expect(parseMarketData(decodePublished(body))).to.deep.equal({
      type: 'Update',
      mdReqID: '1',
      symbol: 'PF_ETHUSD',
      isComplete: true,
      checksum: '3254665545',
      trades: [],
      entries: [{ action: 'New', side: 'Bid', entryID: 'b2372.7', price: '2372.7', qty: '0.084' }],
    });
  });

  it('reads a trade with its aggressor, its day taken from SendingTime(52)', () => {
    const body =
      '55=PF_ETHUSD|262=1|268=1|279=0|269=2|278=T7|270=2372.50|271=0.10|273=23:59:59.500|40=2|2446=2|';
    const received = decodePublished(
      `35=X|34=2|49=KRAKEN-DRV-MD|52=20250304-00:00:00.100|56=ME|${body}`,
    );
    const parsed = parseMarketData(received);
    expect(parsed?.type === 'Update' && parsed.trades).to.deep.equal([
      {
        symbol: 'PF_ETHUSD',
        tradeID: 'T7',
        price: '2372.5',
        qty: '0.1',
        aggressor: 'Sell',
        at: Date.parse('2025-03-03T23:59:59.500Z'),
      },
    ]);
  });

  it('accepts a full timestamp in MDEntryTime(273)', () => {
    const time = '20250303-14:13:24.859123';
    const parsed = parseMarketData(
      message(
        'X',
        `55=PF_ETHUSD|262=1|268=1|279=0|269=2|278=T|270=1|271=1|273=${time}|40=2|2446=1|`,
      ),
    );
    const at = parsed?.type === 'Update' ? parsed.trades[0]?.at : undefined;
    expect(Math.floor(at ?? 0)).to.equal(Date.parse('2025-03-03T14:13:24.859Z'));
  });

  it('says when an entry cannot be read and keeps the others', () => {
    const parsed = parseMarketData(
      message(
        'W',
        '55=PF_ETHUSD|262=1|268=2|269=0|278=B1|270=1|271=x|273=14:13:24.859|269=1|278=O2|270=2|271=1|273=14:13:24.859|',
      ),
    );
    expect(parsed?.type === 'Snapshot' && parsed.isComplete).to.equal(false);
    expect(parsed?.type === 'Snapshot' && parsed.entries.length).to.equal(1);
  });

  it('says when an instrument cannot be read and keeps the others', () => {
    const good = '55=A|562=1|5010=0|5011=1|2349=1|5022=0.5|5032=7|';
    const bad = '55=B|562=1|5010=x|5011=1|2349=1|5022=0.5|5032=1|';
    const list = parseInstrumentList(message('y', `320=1|322=1|560=0|146=2|${good}${bad}`));
    expect(list?.isComplete).to.equal(false);
    expect(list?.instruments.map(({ symbol, status }) => `${symbol} ${status}`)).to.deep.equal([
      'A ReduceOnly',
    ]);
  });

  it('ignores messages that are not market data', () => {
    expect(parseMarketData(message('0', '112=x|'))).to.equal(undefined);
    expect(parseInstrumentList(message('0', '112=x|'))).to.equal(undefined);
  });

  it('writes subscriptions for L2 and L3 that the dictionary accepts', () => {
    const base = { mdReqID: '1', symbol: ETH, depth: 0 } as const;
    const requests = [
      subscribeRequest({ ...base, level: 'L2' }),
      subscribeRequest({ ...base, level: 'L3', depth: 1_000 }),
      unsubscribeRequest({ ...base, level: 'L2' }),
      instrumentListRequest('S1', true),
      instrumentListRequest('S2', false),
    ];
    expect(requests.map(shown)).to.deep.equal([
      '35=V|262=1|263=1|264=0|265=1|267=3|269=0|269=1|269=2|146=1|55=PF_ETHUSD|',
      '35=V|262=1|263=1|264=1000|265=1|266=N|267=2|269=0|269=1|146=1|55=PF_ETHUSD|',
      '35=V|262=1|263=2|264=0|265=1|267=3|269=0|269=1|269=2|146=1|55=PF_ETHUSD|',
      '35=x|320=S1|263=1|559=1|167=FUT|',
      '35=x|320=S2|263=0|559=1|167=FUT|',
    ]);
    for (const request of requests) {
      const [type = '', ...body] = shown(request).split('|');
      const header = '34=2|49=ME|52=20250303-14:13:24.905|56=KRAKEN-DRV-MD|';
      const [decoded] = decodeAll(frameOf(`${type}|${header}${body.join('|')}`));
      if (decoded?.type !== 'Message') throw new Error('not a message');
      expect(validateMessage(kraken, decoded.message), shown(request)).to.equal(undefined);
    }
    expect(wire('|').length).to.equal(1);
  });
});
