import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LinesFromEnd } from '../../../src/execution-log/lines-from-end.ts';
import { withDir } from './log-harness.ts';

describe('the lines of a file, looked at from its end', () => {
  const looked = async <T>(
    text: string,
    format: { readonly newline: string; readonly headerLines: number },
    look: (lines: LinesFromEnd) => T,
  ): Promise<T> => {
    let result: T | undefined;
    await withDir((dir) => {
      const path = join(dir, 'file');
      writeFileSync(path, text);
      const lines = new LinesFromEnd(path, format);
      try {
        result = look(lines);
      } finally {
        lines.close();
      }
    });
    return result as T;
  };
  const JSONL = { newline: '\n', headerLines: 0 };
  const CSV = { newline: '\r\n', headerLines: 1 };

  it('are what a reader of the whole file finds, wherever pieces of the file begin', async () => {
    const lengths = [1, 10, 65_530, 65_533, 65_534, 65_535, 65_536, 65_537, 200_000];
    for (const format of [JSONL, CSV]) {
      for (const length of lengths) {
        for (const torn of ['', 'torn', '\r', 'x'.repeat(70_000)]) {
          const all = ['first', 'y'.repeat(length), 'ü', 'z'.repeat(length), 'last'];
          const text = all.map((line) => line + format.newline).join('') + torn;
          const found = await looked(text, format, (lines) => {
            const first = lines.first();
            const texts: (string | undefined)[] = [];
            for (;;) {
              const last = lines.last();
              if (last === undefined) break;
              texts.unshift(last);
              lines.dropLast(1);
            }
            return { first, texts };
          });
          const expected = all.slice(format.headerLines);
          const what = `${format.newline.length} ${length} ${torn.length}`;
          expect(found.texts, what).to.deep.equal(expected);
          expect(found.first, what).to.equal(expected[0]);
        }
      }
    }
  });

  it('are none in a file without a whole line, or with its header alone', async () => {
    for (const [text, end] of [
      ['', 0],
      ['head', 0],
      ['head\r\n', 6],
      ['head\r\nto', 6],
    ] as const) {
      const found = await looked(text, CSV, (lines) => [lines.last(), lines.first(), lines.end]);
      expect(found, text).to.deep.equal([undefined, undefined, end]);
    }
  });
});
