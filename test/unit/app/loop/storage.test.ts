import { expect } from 'chai';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngineStorage } from '../../../../src/app/loop/storage.ts';
import { systemClock, systemTimers } from '../../../../src/app/system-clock.ts';
import { type Config } from '../../../../src/config/config.ts';
import { openExecutionLog } from '../../../../src/execution-log/execution-log.ts';
import { openJournal } from '../../../../src/journal/open-journal.ts';
import { encodeFact, RECORD_KIND } from '../../../../src/journal/record.ts';
import { makeRedactor } from '../../../../src/lib/redaction/redactor.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import { silentLogger } from '../../../../src/observability/logger.ts';
import { makeMetrics } from '../../../../src/observability/metrics.ts';
import { fill } from '../../execution-log/log-harness.ts';

const FACTS = 5;

describe('the storage of an engine that starts', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'fathom-storage-'));
    const opened = await openJournal({ dir: join(dataDir, 'journal') });
    if (!opened.ok) throw new Error(opened.error.message);
    for (let i = 0; i < FACTS; i += 1) {
      const at = epochMs(i);
      const fact = { type: 'RouteOpened', at, session: 'TRD' as never, epoch: i } as const;
      opened.value.journal.append(RECORD_KIND.fact, encodeFact(at, fact));
    }
    await opened.value.journal.commit();
    await opened.value.journal.close();
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true });
  });

  const config = (): Config =>
    ({
      engine: { dataDir, durability: 'process' },
      journal: { segmentBytesMax: 1_048_576 },
      disk: { reserveFileBytes: 0 },
      executionLog: { dir: join(dataDir, 'execution-log'), fileBytesMax: 1_048_576 },
      fixLog: { dir: join(dataDir, 'fix-log'), enabled: false },
    }) as unknown as Config;

  const open = async ({ isUsed = false } = {}) => {
    const redactor = makeRedactor([]);
    const deps = { clock: systemClock, timers: systemTimers, logger: silentLogger, redactor };
    const opened = await openEngineStorage(config(), {
      ...deps,
      metrics: makeMetrics({ engine: 'test' }),
    });
    if (!opened.ok) return opened.error;
    if (isUsed) opened.value.opened.journal.append(RECORD_KIND.fact, encodeFact(epochMs(0), {}));
    await opened.value.opened.journal.close();
    opened.value.executionLog.close();
    opened.value.fixLogs.close();
    return 'open';
  };

  const logUpTo = (lastSeq: number): void => {
    const opened = openExecutionLog({ dir: join(dataDir, 'execution-log') });
    if (!opened.ok) throw new Error(opened.error);
    for (let seq = 1; seq <= lastSeq; seq += 1) opened.value.log.append(fill(seq));
    opened.value.log.close();
  };
  const fileOf = (folder: string, ending: string): string => {
    const name = readdirSync(join(dataDir, folder)).find((one) => one.endsWith(ending)) ?? '';
    return join(dataDir, folder, name);
  };
  const tear = (): void => {
    appendFileSync(fileOf('journal', '.seg'), Buffer.alloc(100, 7));
  };
  /** Every byte below the data folder, the lock left out. */
  const bytes = (): Record<string, string> =>
    Object.fromEntries(
      ['journal', 'execution-log'].flatMap((folder) =>
        readdirSync(join(dataDir, folder))
          .filter((name) => name !== 'lock')
          .map((name) => [name, readFileSync(join(dataDir, folder, name)).toString('base64')]),
      ),
    );

  it('cuts a torn end of the journal off before its first write, when the log knows no more', async () => {
    logUpTo(FACTS);
    tear();
    const before = bytes();
    expect(await open()).to.equal('open');
    expect(bytes(), 'a start that ends before it wrote').to.deep.equal(before);
    expect(await open({ isUsed: true })).to.equal('open');
    expect(readFileSync(fileOf('journal', '.seg')).includes(Buffer.alloc(100, 7))).to.equal(false);
  });

  it('is refused, and not a byte changed, when the log knows more than a journal with a torn end', async () => {
    logUpTo(FACTS + 2);
    tear();
    appendFileSync(fileOf('execution-log', '.jsonl'), '{"torn');
    const before = bytes();
    const refused = await open();
    expect(refused).to.match(/^execution log: .* holds sequence 7, the journal ends with 5: /);
    expect(refused).to.include('last block cannot be read and was left as it is');
    expect(refused).to.include('Do not start without the log');
    expect(refused).to.not.include('move the log away');
    expect(bytes()).to.deep.equal(before);
    // Nothing is held after a refusal.
    expect(await open()).to.equal(refused);
  });

  it('is refused and unchanged when the log belongs to another engine, or cannot be read', async () => {
    logUpTo(FACTS + 1);
    const ahead = bytes();
    expect(await open()).to.match(/holds sequence 6, the journal ends with 5/);
    expect(bytes()).to.deep.equal(ahead);
    for (const ending of ['.jsonl', '.csv']) {
      rmSync(join(dataDir, 'execution-log'), { recursive: true });
      logUpTo(FACTS);
      tear();
      appendFileSync(fileOf('execution-log', ending), 'no line of ours\r\n');
      const before = bytes();
      expect(await open(), ending).to.match(/^execution log: er-.*last line: /);
      expect(bytes(), ending).to.deep.equal(before);
    }
  });

  it('begins a log that is not there, or empty', async () => {
    tear();
    expect(await open()).to.equal('open');
    rmSync(join(dataDir, 'execution-log'), { recursive: true });
    mkdirSync(join(dataDir, 'execution-log'));
    expect(await open()).to.equal('open');
  });
});
