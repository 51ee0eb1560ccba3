import { expect } from 'chai';
import fc from 'fast-check';
import {
  type EncodeError,
  FrameEncoder,
  type FrameHeader,
} from '../../../../src/fix/codec/frame-encoder.ts';
import { type FixField } from '../../../../src/fix/codec/fix-message.ts';
import { decodeOne, stock44, wire } from './support.ts';

const HEADER: FrameHeader = {
  beginString: 'FIX.4.4',
  msgType: 'D',
  msgSeqNum: 2,
  senderCompID: 'CLIENT-DRV',
  targetCompID: 'KRAKEN-DRV-TRD',
  sendingTime: '20260407-14:32:05.000',
};

const encoder = new FrameEncoder();
const textOf = (fields: readonly FixField[], header: Partial<FrameHeader> = {}): string => {
  const encoded = encoder.encode({ ...HEADER, ...header }, fields);
  if (!encoded.ok) throw new Error(`${encoded.error.type} ${encoded.error.tag}`);
  return encoded.value.toString('latin1').replaceAll('\x01', '|');
};
const errorOf = (
  fields: readonly FixField[],
  header: Partial<FrameHeader> = {},
): EncodeError | undefined => {
  const encoded = encoder.encode({ ...HEADER, ...header }, fields);
  return encoded.ok ? undefined : encoded.error;
};

describe('frame encoder', () => {
  it('writes the header in the order of the venue, the body as given, and right 9 and 10', () => {
    const fields: FixField[] = [
      [11, 'a17d4971-f00d-4f67-94d1-e7d604104ed2'],
      [55, 'PF_XBTUSD'],
      [54, '1'],
      [40, '2'],
      [44, '84000'],
      [38, '0.001'],
      [59, '1'],
      [18, 's'],
      [60, '20260407-14:32:05.000'],
    ];
    expect(textOf(fields)).to.equal(
      '8=FIX.4.4|9=183|35=D|34=2|49=CLIENT-DRV|56=KRAKEN-DRV-TRD|52=20260407-14:32:05.000|' +
        '11=a17d4971-f00d-4f67-94d1-e7d604104ed2|55=PF_XBTUSD|54=1|40=2|44=84000|38=0.001|59=1|18=s|60=20260407-14:32:05.000|10=163|',
    );
  });

  it('writes the flags of a resend, and the caller’s header fields behind them', () => {
    const text = textOf([[58, 'x']], {
      possDup: true,
      possResend: true,
      origSendingTime: '20260407-14:00:00.000',
      extra: [
        [50, 'desk'],
        [57, 'sub'],
      ],
    });
    expect(text).to.match(
      /\|52=[^|]+\|43=Y\|97=Y\|122=20260407-14:00:00\.000\|50=desk\|57=sub\|58=x\|10=\d{3}\|$/,
    );
    expect(textOf([[58, 'x']], { possDup: false, possResend: false })).to.not.match(
      /\|(?:43|97|122)=/,
    );
  });

  it('writes an empty body, large numbers, and latin1', () => {
    expect(textOf([], { msgType: '0', msgSeqNum: 9007199254740991 })).to.include(
      '|35=0|34=9007199254740991|',
    );
    expect(decodeOne(wire(textOf([[58, 'größe ÿ']]))).get(58)).to.equal('größe ÿ');
    expect(decodeOne(wire(textOf([[999999999, 'x']]))).get(999999999)).to.equal('x');
  });

  it('writes data fields, SOH and all, behind their length', () => {
    const data = wire('a|8=FIX.4.4|\xff');
    const encoded = encoder.encode({ ...HEADER, msgType: 'B' }, [
      [148, 'h'],
      [95, String(data.length)],
      [96, data],
      [58, 'y'],
    ]);
    if (!encoded.ok) throw new Error(encoded.error.type);
    const message = decodeOne(encoded.value, stock44);
    expect(message.bytes(96)?.equals(data)).to.equal(true);
    expect(message.get(58)).to.equal('y');
  });

  it('refuses what would break the frame, by type and tag', () => {
    expect(errorOf([[58, 'a\x01b']])).to.deep.equal({ type: 'DelimiterInValue', tag: 58 });
    expect(errorOf([[58, '']])).to.deep.equal({ type: 'EmptyValue', tag: 58 });
    expect(errorOf([[58, '10 €']])).to.deep.equal({ type: 'NotLatin1', tag: 58 });
    for (const tag of [0, -1, 1.5, Number.NaN, 1_000_000_000, Number.POSITIVE_INFINITY]) {
      expect(errorOf([[tag, 'x']]), String(tag)).to.deep.equal({ type: 'InvalidTag', tag });
    }
    for (const tag of [8, 9, 10, 34, 35, 43, 49, 52, 56, 97, 122]) {
      expect(errorOf([[tag, '1']]), String(tag)).to.deep.equal({ type: 'ReservedTag', tag });
      expect(errorOf([], { extra: [[tag, '1']] }), String(tag)).to.deep.equal({
        type: 'ReservedTag',
        tag,
      });
    }
    expect(
      errorOf([
        [95, '3'],
        [96, Buffer.from('ab')],
      ]),
    ).to.deep.equal({ type: 'DataLengthMismatch', tag: 96 });
    expect(errorOf([[96, Buffer.from('ab')]])).to.deep.equal({
      type: 'DataLengthMismatch',
      tag: 96,
    });
    expect(
      errorOf([
        [95, '0'],
        [96, Buffer.alloc(0)],
      ]),
    ).to.deep.equal({ type: 'EmptyValue', tag: 96 });
  });

  it('refuses a header that is none', () => {
    for (const msgSeqNum of [0, -1, 1.5, Number.NaN, 2 ** 53]) {
      expect(errorOf([], { msgSeqNum }), String(msgSeqNum)).to.deep.equal({
        type: 'InvalidMsgSeqNum',
        tag: 34,
      });
    }
    expect(errorOf([], { senderCompID: '' })).to.deep.equal({ type: 'EmptyValue', tag: 49 });
    expect(errorOf([], { targetCompID: 'a\x0158=b' })).to.deep.equal({
      type: 'DelimiterInValue',
      tag: 56,
    });
    expect(errorOf([], { msgType: '' })).to.deep.equal({ type: 'EmptyValue', tag: 35 });
    expect(errorOf([], { beginString: '' })).to.deep.equal({ type: 'EmptyValue', tag: 8 });
    expect(errorOf([], { beginString: 'x'.repeat(17) })).to.deep.equal({ type: 'TooLong', tag: 8 });
    expect(errorOf([], { sendingTime: '\u2026' })).to.deep.equal({ type: 'NotLatin1', tag: 52 });
  });

  it('refuses a frame over its limit, and works on after any refusal', () => {
    const small = new FrameEncoder({ frameBytesMax: 200 });
    const long = small.encode(HEADER, [[58, 'x'.repeat(300)]]);
    expect(long).to.deep.equal({ ok: false, error: { type: 'TooLong', tag: 9 } });
    const next = small.encode(HEADER, [[58, 'x']]);
    expect(next.ok && decodeOne(next.value).get(58)).to.equal('x');
  });

  it('hands out frames that are safe to keep', () => {
    const first = encoder.encode(HEADER, [[58, 'first']]);
    const long = encoder.encode(HEADER, [[58, 'y'.repeat(100_000)]]);
    expect(first.ok && decodeOne(first.value).get(58)).to.equal('first');
    expect(long.ok && decodeOne(long.value).get(58)?.length).to.equal(100_000);
  });

  it('writes what the decoder reads back, for any fields', () => {
    const value = fc.string({
      minLength: 1,
      maxLength: 30,
      unit: fc.integer({ min: 2, max: 255 }).map((code) => String.fromCharCode(code)),
    });
    const tag = fc
      .integer({ min: 123, max: 999_999_999 })
      .filter((one) => stock44.fields.get(one) === undefined);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(tag, value), { maxLength: 40 }),
        fc.nat({ max: 2 ** 31 }),
        (fields, number) => {
          const encoded = encoder.encode({ ...HEADER, msgSeqNum: number + 1 }, fields);
          if (!encoded.ok) throw new Error(encoded.error.type);
          const message = decodeOne(encoded.value, stock44);
          expect(message.msgSeqNum).to.equal(number + 1);
          expect(message.entries().slice(7, -1)).to.deep.equal(fields);
        },
      ),
      { numRuns: 500 },
    );
  });
});
