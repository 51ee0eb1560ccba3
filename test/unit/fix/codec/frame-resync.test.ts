import { expect } from 'chai';
import fc from 'fast-check';
import { FrameDecoder } from '../../../../src/fix/codec/frame-decoder.ts';
import { drain, frameOf, kraken, stock44, wire } from './support.ts';

const heartbeat = (msgSeqNum: number): Buffer =>
  frameOf(`35=0|34=${msgSeqNum}|49=A|52=20261122-12:00:00|56=B|`);

/** A frame whose BodyLength(9) says something else. */
const lying = (msgSeqNum: number, bodyLength: number): Buffer =>
  Buffer.from(
    heartbeat(msgSeqNum)
      .toString('latin1')
      .replace(/\x019=\d+\x01/, `\x019=${bodyLength}\x01`),
    'latin1',
  );

const tellIn = (
  chunks: readonly Buffer[],
  dictionary = kraken,
): { told: string[]; decoder: FrameDecoder } => {
  const decoder = new FrameDecoder(dictionary);
  const told = chunks.flatMap((chunk) => {
    decoder.push(chunk);
    return drain(decoder).map((one) =>
      one.type === 'Garbled' ? one.reason : `34=${one.message.get(34) ?? ''}`,
    );
  });
  return { told, decoder };
};

const WRONG = 'wrong BodyLength(9)';

describe('frame decoder: a BodyLength(9) that is far too large', () => {
  it('swallows nothing: the next message that checks is heard as soon as it is there', () => {
    const { told } = tellIn([lying(1, 3_000_000), heartbeat(2), heartbeat(3)]);
    expect(told).to.deep.equal([WRONG, '34=2', '34=3']);
  });

  it('is found in chunks of any size, and with any wrong length', function () {
    this.timeout(120_000);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3_900_000 }),
        fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 12 }),
        (bodyLength, cuts) => {
          const numbers = [2, 3, 4, 5, 6, 7, 8, 9];
          const stream = Buffer.concat([lying(1, bodyLength), ...numbers.map(heartbeat)]);
          const places = [0, ...cuts.sort((a, b) => a - b), stream.length];
          const chunks = places.slice(1).map((to, index) => stream.subarray(places[index], to));
          const { told } = tellIn(chunks);
          const whole = tellIn([stream]).told;
          const heard = told.filter((line) => line !== WRONG && line.startsWith('34='));
          // One more may go along with the bad one when its length reaches into it, and no further.
          expect(heard.slice(-7)).to.deep.equal(numbers.slice(-7).map((n) => `34=${n}`));
          expect(told).to.deep.equal(whole);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is found out behind another one, and behind a frame that was cut off', () => {
    const cutOff = wire('8=FIX.4.4|9=900|35=0|34=7|');
    const stream = [lying(1, 3_000_000), lying(2, 2_000_000), cutOff, heartbeat(3)];
    for (const chunks of [stream, [Buffer.concat(stream)]]) {
      const { told } = tellIn(chunks);
      expect(told.at(-1)).to.equal('34=3');
      expect(told.slice(0, -1).every((line) => line === WRONG)).to.equal(true);
    }
  });

  it('takes no message out of a data field, however it looks and however it arrives', () => {
    const inner = heartbeat(99);
    const raw = Buffer.concat([wire('x|'), inner, inner, wire('|y')]).toString('latin1');
    const news = frameOf(`35=B|34=1|148=h|33=1|58=t|95=${raw.length}|96=${raw}|`);
    const bytes = [...news].map((byte) => Buffer.from([byte]));
    expect(tellIn(bytes, stock44).told).to.deep.equal(['34=1']);
    // Nor where the dictionary lacks the field, and the frame cannot be read.
    expect(tellIn(bytes).told).to.deep.equal(['a field without a tag']);
    const bad = Buffer.from(
      news.toString('latin1').replace(/\x019=\d+\x01/, '\x019=3000000\x01'),
      'latin1',
    );
    expect(tellIn([bad, heartbeat(2)]).told).to.deep.equal([WRONG, '34=2']);
    expect(tellIn([Buffer.concat([bad, heartbeat(2)])]).told).to.deep.equal([WRONG, '34=2']);
    const badSum = Buffer.from(news);
    badSum[badSum.length - 2] = badSum[badSum.length - 2] === 0x30 ? 0x31 : 0x30;
    expect(tellIn([badSum, heartbeat(2)], stock44).told).to.deep.equal([
      'wrong CheckSum(10)',
      '34=2',
    ]);
  });

  it('costs no more than reading when it holds nothing but beginnings of messages', function () {
    this.timeout(120_000);
    const decoder = new FrameDecoder(kraken);
    decoder.push(wire('8=FIX.4.4|9=3900000|35=0|'));
    const began = performance.now();
    const piece = wire('8=FIX.4.4|9=1000000|35=0|10=1|'.repeat(40));
    let messages = 0;
    for (let sent = 0; sent + piece.length < 1_000_000; sent += piece.length) {
      decoder.push(piece);
      messages += drain(decoder).filter((one) => one.type === 'Message').length;
    }
    expect(messages).to.equal(0);
    // Quadratic work on 30,000 beginnings would take minutes.
    expect(performance.now() - began).to.be.lessThan(60_000);
  });
});

describe('frame decoder: other lengths that are none', () => {
  for (const length of ['+60', '-60', '6e1', '', '0x3c', ' 60', '9999999999', '00000000060']) {
    it(`ignores 9=${length} and hears the next message`, () => {
      const text = heartbeat(1)
        .toString('latin1')
        .replace(/\x019=\d+/, `\x019=${length}`);
      expect(tellIn([Buffer.from(text, 'latin1'), heartbeat(2)]).told).to.deep.equal([
        'not a FIX frame',
        '34=2',
      ]);
    });
  }

  it('takes leading zeros, which some peers pad with', () => {
    const body = '35=0|34=1|49=A|52=20261122-12:00:00|56=B|';
    const head = wire(`8=FIX.4.4|9=0000${body.length}|${body}`);
    const sum = head.reduce((total, byte) => total + byte, 0) % 256;
    const frame = Buffer.concat([head, wire(`10=${String(sum).padStart(3, '0')}|`)]);
    expect(tellIn([frame]).told).to.deep.equal(['34=1']);
  });

  it('hears the message behind a head without a length', () => {
    for (const head of ['8=FIX.4.4|', '8=FIX.4.4|35=0|', `8=FIX.4.4${'4'.repeat(50)}`]) {
      expect(tellIn([wire(head), heartbeat(2)]).told.at(-1)).to.equal('34=2');
    }
  });

  it('says that a frame is begun, and of garbage that none is', () => {
    const begun = (bytes: Buffer): boolean => tellIn([bytes]).decoder.isFrameBegun;
    expect(begun(heartbeat(1))).to.equal(false);
    expect(begun(heartbeat(1).subarray(0, 3))).to.equal(true);
    expect(begun(heartbeat(1).subarray(0, 40))).to.equal(true);
    expect(begun(Buffer.concat([heartbeat(1), Buffer.from('\n')]))).to.equal(false);
  });
});
