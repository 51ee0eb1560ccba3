import { expect } from 'chai';
import { FrameDecoder } from '../../../../src/fix/codec/frame-decoder.ts';
import {
  decodeAll,
  decodeOne,
  drain,
  frameOf,
  HEADER,
  kraken,
  rawFrame,
  stock44,
  wire,
} from './support.ts';

const heartbeat = (msgSeqNum: number | string): Buffer =>
  frameOf(`35=0|34=${msgSeqNum}|49=A|52=20261122-12:00:00|56=B|`);

describe('frame decoder: values', () => {
  it('reads fields by tag, in any order of header and body', () => {
    const message = decodeOne(frameOf('35=D|56=B|34=7|11=a=b|58=zürich|'));
    expect(message.msgType).to.equal('D');
    expect(message.msgSeqNum).to.equal(7);
    expect(message.get(11)).to.equal('a=b');
    expect(message.get(58)).to.equal('zürich');
    expect(message.get(99)).to.equal(undefined);
    expect(message.has(56)).to.equal(true);
    expect(message.has(57)).to.equal(false);
    expect(message.bytes(58)?.toString('latin1')).to.equal('zürich');
    expect(message.bytes(99)).to.equal(undefined);
    expect(message.groups(136)).to.deep.equal([]);
  });

  it('keeps an empty value, for the validation to refuse', () => {
    expect(decodeOne(frameOf(`35=0|${HEADER}112=|`)).get(112)).to.equal('');
  });

  it('delivers tags 0 and -1, which FIX wants rejected and not ignored', () => {
    expect(decodeOne(frameOf('35=0|34=1|0=HI|')).get(0)).to.equal('HI');
    expect(decodeOne(frameOf('35=0|34=1|-1=HI|')).get(-1)).to.equal('HI');
  });

  it('has no MsgSeqNum(34) unless it is a plain positive integer below 2^53', () => {
    const numberOf = (text: string): number | undefined => decodeOne(heartbeat(text)).msgSeqNum;
    for (const text of [
      '1x',
      'x1',
      '',
      '-1',
      '+1',
      '1.0',
      '1e3',
      ' 1',
      '0',
      '9007199254740992',
      '99999999999999999999',
    ]) {
      expect(numberOf(text), text).to.equal(undefined);
    }
    expect(decodeOne(frameOf('35=0|49=A|')).msgSeqNum).to.equal(undefined);
    expect(numberOf('1')).to.equal(1);
    expect(numberOf('0012')).to.equal(12);
    expect(numberOf('9007199254740991')).to.equal(9007199254740991);
  });

  it('gives messages that are safe to keep', () => {
    const decoder = new FrameDecoder(kraken);
    const chunk = heartbeat(1);
    decoder.push(chunk);
    const [first] = drain(decoder);
    chunk.fill(0x58);
    for (let msgSeqNum = 2; msgSeqNum < 5_000; msgSeqNum++) decoder.push(heartbeat(msgSeqNum));
    expect(drain(decoder)).to.have.length(4_998);
    expect(first?.type === 'Message' && first.message.raw.equals(heartbeat(1))).to.equal(true);
    expect(first?.type === 'Message' && first.message.get(34)).to.equal('1');
  });
});

describe('frame decoder: data fields', () => {
  const news = (rawData: Buffer, length = rawData.length): Buffer =>
    rawFrame(
      Buffer.concat([wire(`35=B|${HEADER}148=x|95=${length}|96=`), rawData, wire('|58=y|')]),
    );

  it('reads a data field by its length, SOH, `=` and all', () => {
    const rawData = wire('a|b=1|10=000|');
    const message = decodeOne(news(rawData), stock44);
    expect(message.bytes(96)?.equals(rawData)).to.equal(true);
    expect(message.get(58)).to.equal('y');
  });

  it('reads a whole FIX message within a data field as data', () => {
    const inner = heartbeat(99);
    const decoded = decodeAll(Buffer.concat([news(inner), heartbeat(3)]), stock44);
    expect(decoded.map((one) => one.type === 'Message' && one.message.msgSeqNum)).to.deep.equal([
      2, 3,
    ]);
  });

  it('calls a frame garbled whose data field is not as long as said', () => {
    for (const wrong of [0, 1, 4, 6, 500]) {
      expect(decodeAll(news(wire('12345'), wrong), stock44)[0]?.type, String(wrong)).to.equal(
        'Garbled',
      );
    }
  });

  it('ends a data field at SOH when its length is no number, or does not stand before it', () => {
    expect(decodeOne(frameOf('35=B|34=1|95=x|96=abc|58=y|'), stock44).get(96)).to.equal('abc');
    expect(decodeOne(frameOf('35=B|34=1|95=9|58=y|96=abc|'), stock44).get(96)).to.equal('abc');
  });
});

describe('frame decoder: repeating groups', () => {
  it('gives the entries of a group, and leaves their fields out of the message', () => {
    const message = decodeOne(
      frameOf(
        `35=X|${HEADER}262=1|55=PF_ETHUSD|268=2|279=0|269=0|270=1|279=2|269=1|270=2|5041=77|`,
      ),
    );
    expect(message.groups(268).map((entry) => entry.entries())).to.deep.equal([
      [
        [279, '0'],
        [269, '0'],
        [270, '1'],
      ],
      [
        [279, '2'],
        [269, '1'],
        [270, '2'],
      ],
    ]);
    expect(message.get(269)).to.equal(undefined);
    expect(message.get(5041)).to.equal('77');
    expect(message.get(268)).to.equal('2');
    expect(message.entries().map(([tag]) => tag)).to.deep.equal([
      8, 9, 35, 34, 49, 52, 56, 262, 55, 268, 5041, 10,
    ]);
    const [entry] = message.groups(268);
    expect(entry?.has(279)).to.equal(true);
    expect(entry?.has(5041)).to.equal(false);
    expect(entry?.bytes(270)?.toString()).to.equal('1');
    expect(entry?.bytes(271)).to.equal(undefined);
  });

  it('gives groups within groups', () => {
    const message = decodeOne(
      frameOf(`35=D|${HEADER}453=2|448=a|452=1|802=2|523=x|803=1|523=y|448=b|452=3|11=id|`),
      stock44,
    );
    const [first, second] = message.groups(453);
    expect(first?.groups(802).map((sub) => sub.get(523))).to.deep.equal(['x', 'y']);
    expect(second?.get(448)).to.equal('b');
    expect(second?.groups(802)).to.deep.equal([]);
    expect(message.get(11)).to.equal('id');
  });

  it('gives what is there when the count is wrong, nothing for 0', () => {
    expect(decodeOne(frameOf('35=8|34=1|136=5|137=1|137=2|')).groups(136)).to.have.length(2);
    expect(decodeOne(frameOf('35=8|34=1|136=0|58=x|')).groups(136)).to.deep.equal([]);
  });

  it('understands members in another order, and fields that are new to the dictionary', () => {
    const message = decodeOne(
      frameOf('35=y|34=1|146=2|55=A|5099=q|5022=1|562=2|55=B|562=3|5022=1|58=end|'),
    );
    expect(message.groups(146).map((entry) => [entry.get(55), entry.get(562)])).to.deep.equal([
      ['A', '2'],
      ['B', '3'],
    ]);
    expect(message.get(58)).to.equal('end');
    const odd = decodeOne(frameOf('35=8|34=1|136=2|138=USD|137=1|138=EUR|137=2|'));
    expect(odd.groups(136).map((entry) => entry.get(138))).to.deep.equal(['USD', 'EUR']);
  });

  it('reads a count field as a plain one where the message lacks the group', () => {
    const message = decodeOne(frameOf('35=0|34=1|136=1|137=2|'));
    expect(message.groups(136)).to.deep.equal([]);
    expect(message.get(137)).to.equal('2');
  });
});
