import { expect } from 'chai';
import { FrameEncoder, type FrameHeader } from '../../../../src/fix/codec/frame-encoder.ts';
import { validateMessage } from '../../../../src/fix/validation/validate.ts';
import { type FixField, type FixMessage } from '../../../../src/fix/codec/fix-message.ts';
import { decodeAll, decodeOne, exampleFrames, frameOf, kraken, wire } from './support.ts';

/** What the encoder writes by itself, in its order. */
const HEADER_ORDER = [8, 9, 35, 34, 49, 56, 52];

const isSound = (frame: (typeof exampleFrames)[number]): boolean =>
  frame.bodyLengthOk && frame.checkSumOk;

const headerOf = (message: FixMessage): FrameHeader => ({
  beginString: message.get(8) ?? '',
  msgType: message.msgType,
  msgSeqNum: message.msgSeqNum ?? 0,
  senderCompID: message.get(49) ?? '',
  targetCompID: message.get(56) ?? '',
  sendingTime: message.get(52) ?? '',
});

/** Every field of the frame behind the header, groups flattened, as the text has them. */
const fieldsOf = (text: string): FixField[] =>
  text
    .split('|')
    .filter((field) => field !== '')
    .map((field): FixField => [
      Number(field.slice(0, field.indexOf('='))),
      field.slice(field.indexOf('=') + 1),
    ]);

describe('example frames of the venue reference', () => {
  const sound = exampleFrames.filter(isSound);
  const unsound = exampleFrames.filter((frame) => !isSound(frame));

  it('are 58 published and 13 constructed ones, 12 of them wrong', () => {
    expect(exampleFrames).to.have.length(71);
    expect(unsound).to.have.length(12);
  });

  for (const { id, frame } of sound) {
    it(`decodes ${id}, every field as it stands`, () => {
      const message = decodeOne(wire(frame));
      expect(message.raw.equals(wire(frame))).to.equal(true);
      for (const [tag, value] of message.entries()) {
        expect(`|${frame}`).to.include(`|${tag}=${value}|`);
      }
      const flat = (level: Pick<FixMessage, 'entries' | 'groups'>): string[] =>
        level
          .entries()
          .flatMap(([tag, value]) => [`${tag}=${value}`, ...level.groups(tag).flatMap(flat)]);
      expect(`${flat(message).join('|')}|`).to.equal(frame);
    });

    it(`encodes ${id} byte for byte${isHeaderInOurOrder(frame) ? '' : ' but for the header order'}`, () => {
      const message = decodeOne(wire(frame));
      const body = fieldsOf(frame).filter(([tag]) => !HEADER_ORDER.includes(tag) && tag !== 10);
      if (message.get(52) === undefined) {
        // OrderStatusRequest is printed without SendingTime, which our header always has.
        expect(id).to.equal('doc-h-status-request');
        return;
      }
      const encoded = new FrameEncoder().encode(headerOf(message), body);
      expect(encoded.ok).to.equal(true);
      if (!encoded.ok) return;
      const text = encoded.value.toString('latin1').replaceAll('\x01', '|');
      if (isHeaderInOurOrder(frame)) expect(text).to.equal(frame);
      // The sum of the bytes does not depend on their order, so 9 and 10 are the same in any case.
      expect(text.split('|').sort()).to.deep.equal(frame.split('|').sort());
    });
  }

  for (const { id, frame, bodyLengthOk } of unsound) {
    it(`refuses ${id}: wrong ${bodyLengthOk ? 'CheckSum(10)' : 'BodyLength(9)'}`, () => {
      const after = [3, 4].map((msgSeqNum) => frameOf(`35=0|34=${msgSeqNum}|`));
      const decoded = decodeAll(Buffer.concat([wire(frame), ...after]));
      expect(decoded[0]?.type).to.equal('Garbled');
      const numbers = decoded
        .slice(1)
        .map((one) => one.type === 'Message' && one.message.msgSeqNum);
      // A length that is too long takes the next frame with it.
      expect(numbers).to.deep.equal(numbers.length === 1 ? [4] : [3, 4]);
    });
  }

  it('passes the dictionary where it is meant for derivatives', () => {
    for (const { id, frame } of sound.filter(({ frame: text }) => text.includes('KRAKEN-DRV'))) {
      expect(validateMessage(kraken, decodeOne(wire(frame))), id).to.equal(undefined);
    }
  });
});

function isHeaderInOurOrder(frame: string): boolean {
  const tags = fieldsOf(frame).map(([tag]) => tag);
  return HEADER_ORDER.every((tag, index) => tags[index] === tag);
}
