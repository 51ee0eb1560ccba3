import { expect } from 'chai';
import fc from 'fast-check';
import {
  JSON_DEPTH_MAX,
  parseLosslessJsonInSlices,
  JsonNumber,
  isJsonObject,
  parseLosslessJson,
  toJsonText,
  toPlainJson,
  type JsonValue,
} from '../../../src/lib/lossless-json.ts';

describe('a long JSON text read in slices', () => {
  const row = '{"id":"a","amount":0.10,"list":[1,2,{"x":null}],"__proto__":{"y":1e5}}';
  const rows = Array.from({ length: 20_000 }, () => row).join(', ');

  it('gives what reading it at once gives, and pauses on its way', async () => {
    const texts = [
      `{"orders":[${rows}],"more":{"deep":[${rows}]}}`,
      `[${rows}]`,
      `{"a":{"b":{"c":[${rows}]}}}`,
      ` ["${'x'.repeat(1_000_000)}", [], {}] `,
    ];
    for (const text of texts) {
      let pauses = 0;
      const inSlices = await parseLosslessJsonInSlices(text, {}, () => {
        pauses += 1;
        return Promise.resolve();
      });
      const whole = parseLosslessJson(text);
      expect(inSlices.ok && toJsonText(inSlices.value)).to.equal(
        whole.ok && toJsonText(whole.value),
      );
      if (text.startsWith(' ')) continue;
      expect(pauses).to.be.greaterThan(Math.floor(text.length / 70_000) - 2);
    }
  });

  it('refuses what reading it at once refuses, at the same place', async () => {
    const texts = [
      `[${rows}`,
      `[${rows},]`,
      `{"a":[${rows}],"a":1}`,
      `[${rows}] x`,
      `${'['.repeat(70)}${']'.repeat(70)}`,
      '',
    ];
    for (const text of texts) {
      const options = { hasUniqueKeys: true };
      const inSlices = await parseLosslessJsonInSlices(text, options, () => Promise.resolve());
      expect(inSlices.ok).to.equal(false);
      expect(inSlices).to.deep.equal(parseLosslessJson(text, options));
    }
  });

  it('lets others have their turn', async () => {
    let turns = 0;
    let isRead = false;
    const count = (): void => {
      turns += 1;
      if (!isRead) setImmediate(count);
    };
    setImmediate(count);
    await parseLosslessJsonInSlices(`[${rows}]`, {}, () => new Promise((go) => setImmediate(go)));
    isRead = true;
    expect(turns).to.be.greaterThan(10);
  });
});

const read = (text: string): JsonValue => {
  const result = parseLosslessJson(text);
  if (!result.ok) throw new Error(`${result.error.message} at ${result.error.at}`);
  return result.value;
};

const isAccepted = (text: string): boolean => parseLosslessJson(text).ok;
const isAcceptedByNative = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const SEED = Number(process.env['SEED'] ?? 20_261_122);
const RUNS = Number(process.env['JSON_RUNS'] ?? 1_000);

describe('lossless JSON', () => {
  it('keeps the digits of a number as they were written', () => {
    for (const text of ['1.0', '0.0', '-0.0', '9.67535E-4', '5.2e-9', '0.8600000000000001', '1e+5'])
      expect(read(text)).to.deep.equal(new JsonNumber(text));
    const many = '12345678901234567890.12345678901234567890';
    expect(toJsonText(read(many))).to.equal(many);
    expect(String(new JsonNumber(many))).to.equal(many);
  });

  it('tells a number from a text with the same characters', () => {
    const value = read('{"a":1.50,"b":"1.50"}');
    expect(isJsonObject(value) && value['a']).to.be.instanceOf(JsonNumber);
    expect(isJsonObject(value) && value['b']).to.equal('1.50');
  });

  it('reads every value that JSON.parse reads, to the same thing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(toPlainJson(read(text))).to.deep.equal(JSON.parse(text));
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it('writes back the text that it read', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        // JSON objects with integer-like keys are reordered by every JavaScript engine.
        expect(toJsonText(read(text))).to.equal(JSON.stringify(JSON.parse(text)));
      }),
      { seed: SEED, numRuns: RUNS },
    );
    expect(toJsonText(read(' [ 1.0 , -0.0, 1E5 ] '))).to.equal('[1.0,-0.0,1E5]');
  });

  it('accepts and refuses exactly the texts that JSON.parse accepts and refuses, also when damaged', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.nat(),
        fc.constantFrom('', '"', '\\', ',', '}', ']', '0', '-', '.', 'e', '\n', '\u0001', ' ', 'u'),
        fc.nat(2),
        (value, position, insert, remove) => {
          const text = JSON.stringify(value);
          const at = position % (text.length + 1);
          const damaged = text.slice(0, at) + insert + text.slice(at + remove);
          expect(isAccepted(damaged), damaged).to.equal(isAcceptedByNative(damaged));
        },
      ),
      { seed: SEED, numRuns: RUNS },
    );
  });

  for (const text of [
    '',
    ' ',
    '01',
    '-',
    '1.',
    '.5',
    '+1',
    '1e',
    '1e+',
    'tru',
    'nul',
    'NaN',
    '[1,]',
    '[1 2]',
    '{"a":1,}',
    '{"a" 1}',
    '{a:1}',
    '{,}',
    '"a',
    '"\\',
    '"\\x"',
    '"\\u12g4"',
    '"\u0009"',
    '"a\\n\u0009"',
    '1 1',
    '[',
    '{',
    '{"a"',
    '{"a":',
    '\u00a01',
  ])
    it(`refuses ${JSON.stringify(text)} as JSON.parse does`, () => {
      expect(isAcceptedByNative(text)).to.equal(false);
      expect(isAccepted(text)).to.equal(false);
    });

  it('reads escapes, surrogates and characters beyond latin1', () => {
    const text = String.raw`"\"\\\/\b\f\n\r\t\u20ac\ud83d\ude00 ü€😀"`;
    expect(read(text)).to.equal(JSON.parse(text));
  });

  it('gives __proto__ as an own key and changes no prototype', () => {
    const value = read('{"__proto__":{"polluted":true},"a":1}');
    expect(Object.keys(value as object)).to.deep.equal(['__proto__', 'a']);
    expect(Object.getPrototypeOf(value)).to.equal(Object.prototype);
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
  });

  it('lets the last of doubled keys win', () => {
    expect(toJsonText(read('{"a":1,"a":2.0}'))).to.equal('{"a":2.0}');
  });

  it('refuses doubled keys where it is asked to, at any depth', () => {
    const isUnique = (text: string): boolean => parseLosslessJson(text, { hasUniqueKeys: true }).ok;
    expect(isUnique('{"a":1,"b":[{"a":1}]}')).to.equal(true);
    expect(isUnique('{"a":1,"b":[{"a":1,"\\u0061":2}]}')).to.equal(false);
    expect(isUnique('{"__proto__":1,"__proto__":2}')).to.equal(false);
    expect(isUnique('{"toString":1}')).to.equal(true);
  });

  it('refuses nesting beyond the limit and reads up to it', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(isAccepted(nested(JSON_DEPTH_MAX))).to.equal(true);
    expect(isAccepted(nested(JSON_DEPTH_MAX + 1))).to.equal(false);
    expect(isAccepted('['.repeat(1_000_000))).to.equal(false);
    expect(isAccepted('{"a":'.repeat(100_000))).to.equal(false);
  });

  it('says where the first offence is', () => {
    const result = parseLosslessJson('{"a":01}');
    expect(result).to.deep.equal({ ok: false, error: { at: 5, message: 'leading zero' } });
  });
});
