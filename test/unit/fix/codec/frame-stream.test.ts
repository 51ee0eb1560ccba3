import { expect } from 'chai';
import fc from 'fast-check';
import { FrameDecoder, GARBLED_BYTES_MAX } from '../../../../src/fix/codec/frame-decoder.ts';
import { decodeAll, decodeOne, drain, frameOf, kraken, wire } from './support.ts';

const heartbeat = (msgSeqNum: number | string): Buffer =>
  frameOf(`35=0|34=${msgSeqNum}|49=A|52=20261122-12:00:00|56=B|`);

const reasons = (bytes: Buffer): string[] =>
  decodeAll(bytes).map((one) =>
    one.type === 'Garbled' ? one.reason : `34=${one.message.get(34) ?? ''}`,
  );

describe('frame decoder: chunks', () => {
  const stream = Buffer.concat([
    heartbeat(1),
    wire('noise'),
    heartbeat(2),
    wire('8=FIX.4.4|9=5|35=0|'),
    wire('34=9|10=000|'),
    heartbeat(3),
    frameOf('35=X|34=4|268=1|279=0|'),
    heartbeat(5),
  ]);
  const told = (chunks: readonly Buffer[]): { numbers: unknown[]; garbled: Buffer } => {
    const decoder = new FrameDecoder(kraken);
    const decoded = chunks.flatMap((chunk) => {
      decoder.push(chunk);
      return drain(decoder);
    });
    return {
      numbers: decoded.flatMap((one) => (one.type === 'Message' ? [one.message.msgSeqNum] : [])),
      garbled: Buffer.concat(decoded.flatMap((one) => (one.type === 'Garbled' ? [one.bytes] : []))),
    };
  };
  const whole = told([stream]);

  it('has the messages between the noise', () => {
    expect(whole.numbers).to.deep.equal([1, 2, 3, 4, 5]);
    expect(whole.garbled.toString('latin1')).to.equal(
      'noise' + wire('8=FIX.4.4|9=5|35=0|34=9|10=000|').toString(),
    );
  });

  it('reads the same from one byte at a time', () => {
    expect(told([...stream].map((byte) => Buffer.from([byte])))).to.deep.equal(whole);
  });

  it('reads the same from any cuts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 20 }),
        (cuts) => {
          const places = [0, ...cuts.sort((a, b) => a - b), stream.length];
          const chunks = places.slice(1).map((to, index) => stream.subarray(places[index], to));
          expect(told(chunks)).to.deep.equal(whole);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('forgets a partial frame on reset', () => {
    const decoder = new FrameDecoder(kraken);
    decoder.push(heartbeat(1).subarray(0, 30));
    expect(decoder.next()).to.equal(undefined);
    expect(decoder.pendingBytes).to.equal(30);
    decoder.reset();
    decoder.push(heartbeat(2));
    expect(drain(decoder).map((one) => one.type)).to.deep.equal(['Message']);
    expect(decoder.pendingBytes).to.equal(0);
  });
});

describe('frame decoder: garbled frames', () => {
  it('names what is wrong, and goes on with the next frame', () => {
    const next = heartbeat(2);
    const told = (bad: Buffer | string): string[] =>
      reasons(Buffer.concat([typeof bad === 'string' ? wire(bad) : bad, next]));
    const badSum = Buffer.from(heartbeat(1));
    badSum[badSum.length - 2] = badSum[badSum.length - 2] === 0x30 ? 0x31 : 0x30;
    expect(told(badSum)).to.deep.equal(['wrong CheckSum(10)', '34=2']);
    expect(told('8=FIX.4.4|9=5|35=0|34=1|10=000|')).to.deep.equal(['wrong BodyLength(9)', '34=2']);
    expect(told('8=FIX.4.4|9=10|35=0|34=1|10=0|')).to.deep.equal(['wrong BodyLength(9)', '34=2']);
    expect(told('8=FIX.4.4|9=-1|35=0|10=000|')).to.deep.equal(['not a FIX frame', '34=2']);
    expect(told('8=FIX.4.4|9=abc|35=0|10=000|')).to.deep.equal(['not a FIX frame', '34=2']);
    expect(told('8=FIX.4.4|9=|35=0|10=000|')).to.deep.equal(['not a FIX frame', '34=2']);
    expect(told('8=FIX.4.4|9=500000000|35=0|10=000|')).to.deep.equal([
      'BodyLength(9) too large',
      '34=2',
    ]);
    expect(told('8=FIX.4.4|9=99999999999999|35=0|10=000|')).to.deep.equal([
      'not a FIX frame',
      '34=2',
    ]);
    expect(told('8=FIX.4.4|35=0|9=5|34=1|10=000|')).to.deep.equal(['not a FIX frame', '34=2']);
    expect(told('35=0|8=FIX.4.4|9=5|34=1|10=000|')).to.deep.equal([
      'not a FIX frame',
      'wrong CheckSum(10)',
      '34=2',
    ]);
    expect(told(frameOf('34=1|35=0|'))).to.deep.equal([
      '8, 9 and 35 are not the first three fields',
      '34=2',
    ]);
    expect(told(frameOf('35=|34=1|'))).to.deep.equal(['empty MsgType(35)', '34=2']);
    expect(told(frameOf('35=0|34=1|garbled|'))).to.deep.equal(['a field without a tag', '34=2']);
    expect(told(frameOf('35=0|34=1|=x|'))).to.deep.equal(['a field without a tag', '34=2']);
    expect(told(frameOf('35=0|34=1||'))).to.deep.equal(['a field without a tag', '34=2']);
    expect(told(frameOf('35=0|34=1|4x=9|'))).to.deep.equal(['a field without a tag', '34=2']);
    expect(told(frameOf('35=0|034=1|'))).to.deep.equal(['a tag with zeros', '34=2']);
    expect(told(frameOf('35=0|34=1|99999999999=x|'))).to.deep.equal([
      'a field without a tag',
      '34=2',
    ]);
    expect(told(frameOf(''))).to.deep.equal(['8, 9 and 35 are not the first three fields', '34=2']);
  });

  it('ignores the next frame too when BodyLength(9) reaches into it, and no further', () => {
    const long = wire('8=FIX.4.4|9=20|35=0|34=1|10=000|');
    expect(reasons(Buffer.concat([long, heartbeat(2), heartbeat(3)]))).to.deep.equal([
      'wrong BodyLength(9)',
      '34=3',
    ]);
  });

  it('takes a CheckSum(10) of exactly three digits', () => {
    const text = heartbeat(1).toString('latin1');
    for (const changed of [
      text.replace(/10=(\d+)/, '10=0$1'),
      text.replace(/10=(\d)/, '10='),
      text.replace('10=', '010='),
    ]) {
      const decoded = reasons(
        Buffer.concat([Buffer.from(changed, 'latin1'), heartbeat(2), heartbeat(3)]),
      );
      expect(decoded).to.not.include('34=1');
      expect(decoded.at(-1)).to.equal('34=3');
    }
  });
});

describe('frame decoder: limits', () => {
  it('holds a few kilobytes of 20 MB without SOH', () => {
    for (const start of ['', '8=FIX', '8=FIX.4.4|9=', '8=FIX.4.4|9=12|35=']) {
      const decoder = new FrameDecoder(kraken);
      decoder.push(wire(start));
      const chunk = Buffer.alloc(65_536, 0x41);
      let messages = 0;
      for (let sent = 0; sent < 20 * 1024 * 1024; sent += chunk.length) {
        decoder.push(chunk);
        messages += drain(decoder).filter((one) => one.type === 'Message').length;
        expect(decoder.pendingBytes).to.be.lessThan(3 * GARBLED_BYTES_MAX);
      }
      expect(messages).to.equal(0);
      decoder.push(heartbeat(1));
      expect(drain(decoder).at(-1)?.type).to.equal('Message');
    }
  });

  it('calls 5,000 fields without a group garbled, and takes them in a group', () => {
    const flat = `35=0|34=1|${Array.from({ length: 5_000 }, (_, index) => `${6_000 + index}=1|`).join('')}`;
    expect(reasons(Buffer.concat([frameOf(flat), heartbeat(2)]))).to.deep.equal([
      'too many fields',
      '34=2',
    ]);
    const book = `35=W|34=1|262=1|55=A|268=1000|${'269=0|278=B1|270=1|271=1|273=12:00:00|'.repeat(1_000)}`;
    expect(decodeOne(frameOf(book)).groups(268)).to.have.length(1_000);
  });

  it('keeps to the limits it is given', () => {
    const decoder = new FrameDecoder(kraken, { frameBytesMax: 100, fieldsMax: 12 });
    decoder.push(frameOf(`35=0|34=1|112=${'x'.repeat(100)}|`));
    expect(drain(decoder).map((one) => one.type)).to.deep.equal(['Garbled']);
    decoder.push(frameOf(`35=X|34=1|268=9|${'279=0|'.repeat(9)}`));
    expect(drain(decoder).map((one) => one.type)).to.deep.equal(['Garbled']);
    decoder.push(heartbeat(3));
    expect(drain(decoder).map((one) => one.type)).to.deep.equal(['Message']);
  });

  it('takes a frame of megabytes in small pieces in a moment', () => {
    const book = `35=W|34=1|262=1|55=A|268=20000|${'269=0|278=B1|270=1|271=1|273=12:00:00|'.repeat(20_000)}`;
    const frame = frameOf(book);
    const decoder = new FrameDecoder(kraken);
    const decoded = [];
    for (let at = 0; at < frame.length; at += 100) {
      decoder.push(frame.subarray(at, at + 100));
      decoded.push(...drain(decoder));
    }
    expect(decoded).to.have.length(1);
    expect(decoded[0]?.type === 'Message' && decoded[0].message.groups(268).length).to.equal(
      20_000,
    );
  });
});
