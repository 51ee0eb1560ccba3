import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { FrameDecoder } from '../../../../src/fix/codec/frame-decoder.ts';
import { maskedText } from '../../../../src/lib/redaction/mask-frame.ts';
import { validateMessage } from '../../../../src/fix/validation/validate.ts';
import { type FixFieldMap } from '../../../../src/fix/codec/fix-message.ts';
import { exampleFrames, frameOf, HEADER, kraken, rawFrame, stock44, wire } from './support.ts';

const FRAMES = Number(process.env['FATHOM_FUZZ_FRAMES'] ?? 200_000);
const SEED = Number(process.env['FATHOM_FUZZ_SEED'] ?? 20_261_122);
const HEAP_GROWTH_BYTES_MAX = 64 * 1024 * 1024;
/** Frames between two looks at the memory. */
const ROUND = 20_000;

/** Bytes that are alive; what nobody has collected yet depends on the version and the machine. */
const heldBytes = (): number => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** Bytes that mean something to a parser, and so find more than random ones. */
const SPICES = [
  '\x01',
  '=',
  '8=FIX',
  '9=',
  '10=',
  '\x0110=',
  '-',
  '0',
  '9',
  '.',
  '999999999',
  '\xff',
  '\x00',
  '35=',
  '96=',
].map((text) => Buffer.from(text, 'latin1'));

const SEEDS: readonly Buffer[] = [
  ...exampleFrames.map(({ frame }) => wire(frame)),
  frameOf(`35=D|${HEADER}453=2|448=a|447=D|452=1|802=2|523=x|803=1|523=y|448=b|452=3|11=id|`),
  rawFrame(wire(`35=B|${HEADER}148=x|95=9|96=a|b=c|10=0|58=y|`)),
];

describe('decoder under fuzz', function () {
  this.timeout(Math.max(60_000, FRAMES * 0.2));

  it(`takes ${FRAMES} mutated frames: throws on none, stays small, recovers (SEED=${SEED})`, () => {
    const random = makeRandom(SEED);
    const decoders = [kraken, stock44].map((dictionary) => ({
      dictionary,
      decoder: new FrameDecoder(dictionary),
    }));
    const counts = { Message: 0, Garbled: 0, invalid: 0 };
    let heapBefore: number | undefined;
    for (let index = 0; index < FRAMES; index++) {
      const { dictionary, decoder } = decoders[index % decoders.length]!;
      const mutated = mutate(SEEDS[random(SEEDS.length)]!, random);
      for (const chunk of cut(mutated, random)) {
        decoder.push(chunk);
        for (let one = decoder.next(); one !== undefined; one = decoder.next()) {
          counts[one.type]++;
          if (one.type === 'Garbled') {
            maskedText(one.bytes);
            continue;
          }
          if (validateMessage(dictionary, one.message) !== undefined) counts.invalid++;
          touch(one.message);
        }
      }
      if (index % ROUND === ROUND - 1) {
        const heap = heldBytes();
        heapBefore ??= heap;
        expect(heap - heapBefore, `memory at frame ${index}, SEED=${SEED}`).to.be.lessThan(
          HEAP_GROWTH_BYTES_MAX,
        );
        for (const { decoder: each } of decoders) {
          expect(each.pendingBytes, `SEED=${SEED}`).to.be.lessThan(5 * 1024 * 1024);
        }
      }
    }
    // The mutations reach both sides of every check.
    expect(counts.Message, `SEED=${SEED}`).to.be.greaterThan(FRAMES / 50);
    expect(counts.Garbled, `SEED=${SEED}`).to.be.greaterThan(FRAMES / 50);
    expect(counts.invalid, `SEED=${SEED}`).to.be.greaterThan(FRAMES / 500);
    for (const { decoder } of decoders) {
      decoder.reset();
      decoder.push(wire(exampleFrames[0]!.frame));
      expect(decoder.next()?.type, `SEED=${SEED}`).to.equal('Message');
    }
  });

  it(`takes random bytes (SEED=${SEED})`, () => {
    const random = makeRandom(SEED + 1);
    const decoder = new FrameDecoder(kraken);
    for (let index = 0; index < FRAMES / 100; index++) {
      decoder.push(Buffer.from(Array.from({ length: random(300) }, () => random(256))));
      for (let one = decoder.next(); one !== undefined; one = decoder.next()) {
        expect(one.type, `SEED=${SEED}`).to.equal('Garbled');
      }
      expect(decoder.pendingBytes, `SEED=${SEED}`).to.be.lessThan(10_000);
    }
  });
});

type Random = (below: number) => number;

const makeRandom = (seed: number): Random => {
  const generator = xoroshiro128plus(seed);
  return (below) => (below === 0 ? 0 : (generator.next() >>> 0) % below);
};

/**
 * Changes a frame here and there; every third one gets right 9 and 10 again, so that it comes
 * through.
 */
const mutate = (frame: Buffer, random: Random): Buffer => {
  let bytes: Buffer = Buffer.from(frame);
  const changes = 1 + random(3);
  for (let change = 0; change < changes; change++) {
    const at = random(bytes.length);
    const spice = SPICES[random(SPICES.length)]!;
    switch (random(6)) {
      case 0:
        bytes[at] = random(256);
        break;
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), spice, bytes.subarray(at)]);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random(8))]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(random(bytes.length))]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), spice, bytes.subarray(at + spice.length)]);
        break;
      default:
        break;
    }
  }
  return random(3) === 0 ? sealed(bytes) : bytes;
};

/** The bytes between BodyLength(9) and CheckSum(10), in a frame whose 9 and 10 are right. */
const sealed = (bytes: Buffer): Buffer => {
  const text = bytes.toString('latin1');
  const from = text.indexOf('35=');
  const to = text.lastIndexOf('\x0110=');
  return from === -1 || to < from ? bytes : rawFrame(bytes.subarray(from, to + 1));
};

const cut = (bytes: Buffer, random: Random): readonly Buffer[] => {
  if (random(4) !== 0) return [bytes];
  const at = random(bytes.length);
  return [bytes.subarray(0, at), bytes.subarray(at)];
};

/** Reads everything there is to read, groups within groups too. */
const touch = (level: FixFieldMap): void => {
  for (const [tag, value] of level.entries()) {
    // No expect() here: it would take most of the time.
    if (typeof value !== 'string' || !level.has(tag)) throw new Error(`tag ${tag} is not there`);
    for (const entry of level.groups(tag)) touch(entry);
  }
};
