import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parquetReadObjects } from 'hyparquet';
import {
  type Downloaded,
  downloadHistory,
  type DownloadDeps,
  type DownloadError,
} from '../../../../src/kraken/history/download.ts';
import { type HistoryRequest } from '../../../../src/kraken/history/history-request.ts';
import { type Result } from '../../../../src/lib/result.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import { makeTestClient, realTimers } from '../rest/support.ts';
import {
  type FakeHistory,
  makeExecutions,
  SINCE,
  startFakeHistory,
  UNTIL,
} from './fake-history.ts';

const REQUEST: HistoryRequest = {
  kind: 'executions',
  account: 'A',
  since: epochMs(SINCE),
  until: epochMs(UNTIL),
  format: 'jsonl',
};
const ROWS = makeExecutions(1_000);
const WHOLE = ROWS.map(({ text }) => `${text}\n`).join('');

describe('history download', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fathom-history-'));
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    // A server that a failed test left open would keep the process alive.
    await Promise.all(fakes.splice(0).map((fake) => fake.close()));
  });
  const fakes: FakeHistory[] = [];
  const open: typeof startFakeHistory = async (...args) => {
    const fake = await startFakeHistory(...args);
    fakes.push(fake);
    return fake;
  };

  const download = async (
    fake: FakeHistory,
    request: Partial<HistoryRequest> = {},
    deps: Partial<DownloadDeps> = {},
  ): Promise<Result<Downloaded, DownloadError>> => {
    const { client, close } = makeTestClient(fake.origin);
    const result = await downloadHistory({ ...REQUEST, ...request }, join(folder, 'out'), {
      client,
      timers: realTimers,
      pagePauseMs: 1,
      ...deps,
    });
    await close();
    return result;
  };
  const output = (): string => readFileSync(join(folder, 'out'), 'utf8');

  for (const format of ['jsonl', 'csv', 'parquet'] as const)
    it(`writes through no link that lies beside a ${format} file`, async () => {
      const victim = join(folder, 'of-somebody-else');
      writeFileSync(victim, 'untouched');
      const fake = await open(ROWS.slice(0, 50), 70);
      for (const name of ['out.part', 'out.tmp', 'out.state.json.tmp', 'out.state.json'])
        symlinkSync(victim, join(folder, name));
      const result = await download(fake, { format });
      expect(result.ok, JSON.stringify(result)).to.equal(true);
      expect(readFileSync(victim, 'utf8')).to.equal('untouched');
      expect(readdirSync(folder).sort()).to.deep.equal(['of-somebody-else', 'out']);
    });

  it('goes on with no part that was replaced by a link', async () => {
    const fake = await open(ROWS, 70);
    let pages = 0;
    await download(fake, {}, { isStopped: () => (pages += 1) > 4 });
    const part = join(folder, 'out.part');
    const victim = join(folder, 'of-somebody-else');
    renameSync(part, victim);
    const before = readFileSync(victim, 'utf8');
    symlinkSync(victim, part);
    const failure = await download(fake).then(
      () => '(written)',
      (error: unknown) => String(error),
    );
    expect(failure).to.match(/ELOOP/);
    expect(readFileSync(victim, 'utf8')).to.equal(before);
  });

  it('writes every row once, as it came, and leaves nothing else behind', async () => {
    const fake = await open(ROWS, 70);
    const shares: number[] = [];
    const result = await download(fake, {}, { onProgress: ({ share }) => shares.push(share) });
    expect(result).to.deep.equal({
      ok: true,
      value: { rows: 1_000, pages: 15, isResumed: false, findings: [] },
    });
    expect(output()).to.equal(WHOLE);
    expect(readdirSync(folder)).to.deep.equal(['out']);
    expect([...shares].sort((a, b) => a - b)).to.deep.equal(shares);
    expect(shares.at(-1)).to.equal(1);
  });

  it('goes on after an interruption at any page, and gives the same file', async () => {
    for (const stopAfter of [1, 2, 7, 14]) {
      const fake = await open(ROWS, 70);
      let pages = 0;
      const stopped = await download(
        fake,
        {},
        { onProgress: () => (pages += 1), isStopped: () => pages >= stopAfter },
      );
      expect(!stopped.ok && stopped.error.type).to.equal('Stopped');
      expect(existsSync(join(folder, 'out'))).to.equal(false);
      const result = await download(fake);
      expect(result.ok && result.value).to.include({ rows: 1_000, isResumed: true });
      expect(fake.rowsServed(), 'no page is fetched twice').to.equal(1_000);
      expect(output()).to.equal(WHOLE);
      rmSync(join(folder, 'out'));
    }
  });

  it('cuts off rows that no state counts, and begins again when counted rows are gone', async () => {
    for (const spoil of ['append', 'cut', 'remove'] as const) {
      const fake = await open(ROWS, 100);
      let pages = 0;
      await download(fake, {}, { onProgress: () => (pages += 1), isStopped: () => pages >= 4 });
      const part = join(folder, 'out.part');
      if (spoil === 'append') await appendFile(part, ROWS[400]!.text.slice(0, 99));
      else if (spoil === 'cut') truncateSync(part, 1_000);
      else rmSync(part);
      const result = await download(fake);
      expect(result.ok, spoil).to.equal(true);
      expect(output(), spoil).to.equal(WHOLE);
      rmSync(join(folder, 'out'));
    }
  });

  it('survives 503s, 502s, resets, cut pages and HTML without a gap or a double', async () => {
    const fake = await open(ROWS, 70, {
      spoil: (response, count) => {
        if (count % 2 === 0) return false;
        switch (count % 5) {
          case 0:
            response.writeHead(503).end('<html>');
            return true;
          case 1:
            response.destroy();
            return true;
          case 2:
            response.writeHead(502).end();
            return true;
          default:
            response.end('{"elements":[{"uid"');
            return true;
        }
      },
    });
    const result = await download(fake);
    expect(result.ok && result.value).to.include({ rows: 1_000 });
    expect(output()).to.equal(WHOLE);
  });

  it('keeps what it has when the venue refuses, and says why', async () => {
    let isRefusing = false;
    const fake = await open(ROWS, 100, {
      spoil: (response, count) => {
        isRefusing = count === 4;
        if (isRefusing)
          response.writeHead(401).end('{"status":"unauthorized","reason":"not authorized"}');
        return isRefusing;
      },
    });
    const refused = await download(fake);
    expect(!refused.ok && refused.error).to.include({
      type: 'Venue',
      message: 'unauthorized',
    });
    const result = await download(fake);
    expect(result.ok && result.value).to.include({ rows: 1_000, isResumed: true });
    expect(output()).to.equal(WHOLE);
  });

  it('does not mix two downloads in one file', async () => {
    const fake = await open(ROWS, 100);
    await download(fake, {}, { isStopped: () => existsSync(join(folder, 'out.state.json')) });
    const other = await download(fake, { account: 'B' });
    expect(!other.ok && other.error.type).to.equal('OtherDownload');
  });

  it('lets one at a time write a file, and the first one is not disturbed', async () => {
    const fake = await open(ROWS, 100);
    const [first, second] = await Promise.all([download(fake), download(fake)]);
    expect(first.ok).to.equal(true);
    expect(!second.ok && second.error.message).to.match(/out is being written: .* held by process/);
    expect(output()).to.equal(WHOLE);
    expect(readdirSync(folder)).to.deep.equal(['out']);
  });

  it('leaves out rows at and after --until', async () => {
    const fake = await open(ROWS, 100);
    await download(fake, { until: epochMs(SINCE + 2_000) });
    expect(output().trim().split('\n')).to.have.length(6);
  });

  it('reports pages cut short, rows sent twice, disorder', async () => {
    const spoilt = [...ROWS.slice(0, 10), ROWS[9]!, ROWS[4]!];
    const fake = await open(spoilt, 100);
    const result = await download(fake);
    const findings = result.ok ? result.value.findings.map(({ type }) => type) : [];
    expect(findings).to.deep.equal(['RowTwice', 'RowTwice']);
    const late = await open([...ROWS.slice(5, 9), ROWS[0]!], 100);
    const disorder = await download(late);
    expect(disorder.ok && disorder.value.findings.map(({ type }) => type)).to.deep.equal([
      'OutOfOrder',
    ]);
  });

  it('writes CSV and Parquet with the same cells, every digit kept', async () => {
    const fake = await open(ROWS.slice(0, 50), 20);
    await download(fake, { format: 'csv' });
    const [head = '', ...lines] = output().trim().split('\n');
    const names = head.split(',');
    expect(names.slice(0, 6)).to.deep.equal([
      'uid',
      'timestamp',
      'execution_uid',
      'tradeable',
      'direction',
      'order_uid',
    ]);
    expect(lines).to.have.length(50);
    expect(lines[7]).to.match(/^e-7,\d+,x-7,PF_XBTUSD,Buy,o-7,/);
    expect(lines[7]).to.include(',0.10000000000000007,50007.50,');
    rmSync(join(folder, 'out'));
    await download(fake, { format: 'parquet' });
    const bytes = readFileSync(join(folder, 'out'));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const rows = await parquetReadObjects({ file: file });
    expect(rows).to.have.length(50);
    expect(Object.keys(rows[0]!)).to.deep.equal(names);
    expect(rows[7]).to.include({
      uid: 'e-7',
      quantity: '0.10000000000000007',
      price: '50007.50',
      fee: '-0.00000001',
      payload: ROWS[7]!.text,
    });
    expect(rows[7]?.['mark_price'] ?? null).to.equal(null);
  });

  it('writes no cell that a spreadsheet would run', async () => {
    const spoilt = ROWS.slice(0, 1).map(({ at, text }) => ({
      at,
      text: text.replace('"clientId":""', '"clientId":"-2+3+cmd"').replace('"Buy"', '"=1+1"'),
    }));
    await download(await open(spoilt, 20), { format: 'csv' });
    const [, line = ''] = output().trim().split('\n');
    expect(line).to.match(/^e-0,\d+,x-0,PF_XBTUSD,'=1\+1,o-0,'-2\+3\+cmd,/);
    expect(line).to.contain(',-0.00000001,');
  });

  it('says what is wrong with a request before it asks anything', async () => {
    const fake = await open(ROWS, 10);
    for (const wrong of [
      { since: epochMs(UNTIL) },
      { kind: 'candles' as const },
      { kind: 'candles' as const, symbol: 'PF_XBTUSD', resolution: '7m' },
      { kind: 'analytics' as const, symbol: 'PF_XBTUSD' },
      { kind: 'account-log-csv' as const },
    ]) {
      const result = await download(fake, wrong);
      expect(!result.ok && result.error.type, JSON.stringify(wrong)).to.equal('BadRequest');
    }
    expect(fake.requests).to.have.length(0);
  });
});
