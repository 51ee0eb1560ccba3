import { appendFileSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { openExecutionLog } from '../../../src/execution-log/execution-log.ts';
import { InvariantError } from '../../../src/lib/invariant.ts';
import { makeRedactor } from '../../../src/lib/redaction/redactor.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { type Timers } from '../../../src/lib/time.ts';
import { filesOf, fill, jsonOf, opened, withDir } from './log-harness.ts';

const JSONL = 'er-20261122-01.jsonl';
const CSV = 'er-20261122-01.csv';

const seqs = (dir: string, name: string): unknown[] => jsonOf(dir, name).map((line) => line['seq']);

describe('execution log, limits and failures', () => {
  it('refuses to go on behind a complete line that cannot be read', () =>
    withDir((dir) => {
      const { log } = opened({ dir });
      log.append(fill(1));
      log.close();
      appendFileSync(join(dir, JSONL), '{"schema":"er/1","seq":"2"}\n');
      const result = openExecutionLog({ dir });
      expect(result).to.deep.equal({ ok: false, error: `${JSONL}: last line: no hash` });
    }));

  it('reports the first write that fails, once, writes nothing after it, and is whole after a restart', () =>
    withDir((dir) => {
      const failures: string[] = [];
      let calls = 0;
      const write = (fd: number, bytes: Buffer): number => {
        calls += 1;
        if (calls > 1) throw new Error('ENOSPC');
        return writeSync(fd, bytes, 0, 100);
      };
      const { log } = opened({ dir, write, onFailure: (cause) => failures.push(cause.message) });
      log.append(fill(1));
      log.flush();
      log.append(fill(2));
      log.flush();
      log.close();
      expect(failures).to.deep.equal(['ENOSPC']);
      expect(log.failed?.message).to.equal('ENOSPC');
      const again = opened({ dir });
      expect(again.notices[0]).to.contain('torn end, 100 bytes cut off');
      expect(again.log.lastSeq()).to.equal(0);
      for (const seq of [1, 2]) again.log.append(fill(seq));
      again.log.close();
      expect(seqs(dir, JSONL)).to.deep.equal(['1', '2']);
    }));

  it('refuses to go on with the log of another journal', () =>
    withDir((dir) => {
      const { log } = opened({ dir });
      log.append(fill(7));
      log.close();
      const result = openExecutionLog({ dir, journalLastSeq: 6 });
      expect(result.ok ? '' : result.error).to.contain('holds sequence 7, the journal ends with 6');
      expect(openExecutionLog({ dir, journalLastSeq: 7 }).ok).to.equal(true);
    }));

  it('reports a directory that cannot be made', () => {
    const result = openExecutionLog({ dir: '/dev/null/here' });
    expect(result.ok).to.equal(false);
  });

  it('writes by itself after a short time, by the timers it is given', () =>
    withDir((dir) => {
      const fires: (() => void)[] = [];
      const timers: Timers = {
        set: (_afterMs, fire) => {
          fires.push(fire);
          return { cancel: () => undefined };
        },
      };
      const { log } = opened({ dir, timers });
      log.append(fill(1));
      log.append(fill(2));
      expect(fires).to.have.length(1);
      expect(filesOf(dir)).to.deep.equal([]);
      fires[0]?.();
      expect(seqs(dir, JSONL)).to.deep.equal(['1', '2']);
      log.append(fill(3));
      log.close();
      fires[1]?.();
      expect(seqs(dir, JSONL)).to.deep.equal(['1', '2', '3']);
    }));

  it('writes no secret, even when the venue sends one back', () =>
    withDir((dir) => {
      // The third is a word of the format itself: only values are redacted, never the names of
      // fields.
      const secrets = ['s3cr3t-value/+=', 'ab', 'venueOrderId'].map((value) => new Secret(value));
      const redact = makeRedactor(secrets).text;
      const { log } = opened({ dir, redact });
      log.append(fill(1, { text: 'bad signature s3cr3t-value/+= for ab' }));
      log.close();
      for (const name of [JSONL, CSV]) {
        const text = readFileSync(join(dir, name), 'utf8');
        expect(text).to.contain('bad signature <redacted> for ab');
        expect(text).not.to.contain('s3cr3t');
      }
      expect(opened({ dir }).log.lastSeq()).to.equal(1);
    }));

  it('takes records of one fact only, and none after close', () =>
    withDir((dir) => {
      const { log } = opened({ dir });
      expect(() => {
        log.append([fill(1), fill(2)]);
      }).to.throw(InvariantError);
      expect(() => {
        log.append(fill(1, { tJournal: 'now' }));
      }).to.throw(InvariantError);
      log.append([]);
      log.close();
      expect(() => {
        log.append(fill(1));
      }).to.throw(InvariantError);
      expect(filesOf(dir)).to.deep.equal([]);
    }));
});
