import { readFileSync } from 'node:fs';
import { type Decoded, FrameDecoder } from '../../../../src/fix/codec/frame-decoder.ts';
import { type FixDictionary } from '../../../../src/fix/dictionary/dictionary.ts';
import { type FixMessage } from '../../../../src/fix/codec/fix-message.ts';
import { loadDictionary, loadStockDictionary } from '../../../../src/fix/dictionary/jspurefix.ts';
import { type Result } from '../../../../src/lib/result.ts';

const unwrap = <T>(result: Result<T, unknown>): T => {
  if (!result.ok) throw new Error(String(result.error));
  return result.value;
};

export const KRAKEN_PATH = 'fix-dictionaries/KRAKEN-DRV-FIX44.xml';
export const FATHOM_PATH = 'fix-dictionaries/FATHOM-FIX44.xml';
export const kraken = unwrap(loadDictionary(KRAKEN_PATH));
export const fathom = unwrap(loadDictionary(FATHOM_PATH));
export const stock44 = unwrap(loadStockDictionary('FIX.4.4'));
export const stock42 = unwrap(loadStockDictionary('FIX.4.2'));

export interface ExampleFrame {
  readonly id: string;
  /** With `|` for SOH. */
  readonly frame: string;
  readonly bodyLengthOk: boolean;
  readonly checkSumOk: boolean;
}

interface ExampleFile {
  readonly published: readonly ExampleFrame[];
  readonly constructed: readonly { readonly id: string; readonly frame: string }[];
}

const examples = JSON.parse(
  readFileSync('test/fixtures/fix/kraken-frames.json', 'utf8'),
) as ExampleFile;

export const exampleFrames: readonly ExampleFrame[] = [
  ...examples.published,
  ...examples.constructed.map((frame) => ({ ...frame, bodyLengthOk: true, checkSumOk: true })),
];

/** Bytes of a text with `|` for SOH. */
export const wire = (text: string): Buffer => Buffer.from(text.replaceAll('|', '\x01'), 'latin1');

/** A frame around `35=…|…|`, with right BodyLength(9) and CheckSum(10). */
export const frameOf = (body: string, beginString = 'FIX.4.4'): Buffer =>
  rawFrame(wire(body), beginString);

export const rawFrame = (body: Buffer, beginString = 'FIX.4.4'): Buffer => {
  const head = wire(`8=${beginString}|9=${body.length}|`);
  const bytes = Buffer.concat([head, body]);
  const sum = bytes.reduce((total, byte) => total + byte, 0) % 256;
  return Buffer.concat([bytes, wire(`10=${String(sum).padStart(3, '0')}|`)]);
};

/** All that a decoder has to say. */
export const drain = (decoder: FrameDecoder): readonly Decoded[] => {
  const all: Decoded[] = [];
  for (let one = decoder.next(); one !== undefined; one = decoder.next()) all.push(one);
  return all;
};

export const decodeAll = (
  bytes: Buffer,
  dictionary: FixDictionary = kraken,
): readonly Decoded[] => {
  const decoder = new FrameDecoder(dictionary);
  decoder.push(bytes);
  return drain(decoder);
};

/** The one message that the bytes are. */
export const decodeOne = (bytes: Buffer, dictionary: FixDictionary = kraken): FixMessage => {
  const [decoded, ...rest] = decodeAll(bytes, dictionary);
  if (decoded?.type !== 'Message' || rest.length > 0) {
    throw new Error(`not one message: ${bytes.toString('latin1')} ${JSON.stringify(decoded)}`);
  }
  return decoded.message;
};

export const HEADER = '34=2|49=TW|52=20261122-12:00:00.000|56=ISLD|';
