import { expect } from 'chai';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { epochMs } from '../../../../src/lib/time.ts';
import { RecordFile } from '../../../../src/simulator/state/record-file.ts';
import { openStateDir } from '../../../../src/simulator/state/state-dir.ts';
import { okValue } from '../../../support/ok-value.ts';

describe('the state directory of a simulator', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-state-dir-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });
  const problem = (): string => {
    const opened = openStateDir(dir);
    if (opened.ok) opened.value.close();
    return opened.ok ? 'none' : opened.error;
  };

  it('gives back what it was made with, and belongs to one at a time', () => {
    const first = okValue(openStateDir<{ seed: number }>(dir));
    expect(first.meta).to.equal(undefined);
    first.create(epochMs(5), { seed: 7 });
    expect(problem()).to.match(/held by process \d+/);
    first.close();
    const again = okValue(openStateDir<{ seed: number }>(dir));
    expect(again.meta?.made).to.deep.equal({ seed: 7 });
    expect(again.meta?.startAt).to.equal(5);
    again.close();
  });

  it('names foreign files, another version, and damage', () => {
    writeFileSync(join(dir, 'letter.txt'), 'dear');
    expect(problem()).to.match(/other files: letter\.txt/);
    const meta = join(dir, 'state.json');
    writeFileSync(meta, '{"kind":"fathom-simulator-state","version":99,"startAt":1,"made":{}}');
    expect(problem()).to.match(/is of version 99; this program keeps version 1/);
    writeFileSync(meta, '{"kind":');
    expect(problem()).to.match(/is damaged/);
  });

  describe('its log', () => {
    const path = (): string => join(dir, 'log.jsonl');
    const write = (values: readonly unknown[]): void => {
      const file = new RecordFile(path());
      [...file.read()].forEach(() => undefined);
      for (const value of values) file.append(value);
      file.close();
    };
    const readAll = (): unknown[] => {
      const file = new RecordFile(path());
      try {
        return [...file.read()];
      } finally {
        file.close();
      }
    };

    it('ends before a last record that was cut at any byte, and goes on from there', () => {
      write([{ a: 1 }, { b: 'zwei ü' }]);
      const whole = readFileSync(path());
      const first = whole.indexOf(10) + 1;
      for (let end = first; end < whole.length; end += 1) {
        writeFileSync(path(), whole.subarray(0, end));
        expect(readAll(), `${end} bytes`).to.deep.equal([{ a: 1 }]);
        write([{ c: 3 }]);
        expect(readAll()).to.deep.equal([{ a: 1 }, { c: 3 }]);
      }
    });

    it('is refused when a record before others is damaged', () => {
      write([{ a: 1 }, { b: 2 }]);
      appendFileSync(path(), 'garbage\n');
      expect(readAll()).to.deep.equal([{ a: 1 }, { b: 2 }]);
      const text = readFileSync(path(), 'utf8');
      writeFileSync(path(), text.replace('"a":1', '"a":2'));
      expect(readAll).to.throw(/line 1 is damaged/);
    });
  });
});
