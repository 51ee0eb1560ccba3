import { expect } from 'chai';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type KeptReport,
  KeptReports,
  type ReconcileCause,
  reportID,
} from '../../../../src/app/reconciliation/kept-reports.ts';
import { epochMs } from '../../../../src/lib/time.ts';

const NOON = Date.UTC(2026, 10, 30, 12);

describe('the reports of reconciliations', () => {
  let dir: string;
  beforeEach(() => {
    dir = join(mkdtempSync(join(tmpdir(), 'fathom-reports-')), 'reconciliations');
  });
  afterEach(() => {
    rmSync(join(dir, '..'), { recursive: true });
  });

  const reportAt = (
    n: number,
    account = 'main',
    cause: ReconcileCause = 'schedule',
  ): KeptReport => {
    const at = epochMs(NOON + n * 1_000);
    const openOrders = { ours: n, venue: n };
    return {
      ...{ id: reportID(at, cause, account), account, cause, at, agrees: true, openOrders },
      ...{ fills: { venue: 0, accounted: 0 }, positions: { compared: 0 } },
      ...{ differences: [], incomplete: [], balances: { futures: {} } as never },
    };
  };

  it('are files for their owner alone, and come back as they were', async () => {
    const kept = new KeptReports(dir, 10);
    const report = reportAt(1);
    await kept.keep(report);
    expect(report.id).to.equal('20261130T120001000Z-schedule-main');
    expect(await kept.read(report.id)).to.deep.equal(report);
    expect(statSync(join(dir, `${report.id}.json`)).mode & 0o077).to.equal(0);
    expect(statSync(dir).mode & 0o077).to.equal(0);
  });

  it('make room, the oldest first, and never for more than is configured', async () => {
    const kept = new KeptReports(dir, 3);
    for (let n = 0; n < 7; n += 1) await kept.keep(reportAt(n));
    const listed = await kept.list(10);
    expect(listed.map((line) => 'at' in line && line.at - NOON)).to.deep.equal([
      6_000, 5_000, 4_000,
    ]);
    expect(readdirSync(dir)).to.have.length(3);
  });

  it('are listed by account, whose name may have a dash, the newest first', async () => {
    const kept = new KeptReports(dir, 10);
    await kept.keep(reportAt(1, 'main', 'start'));
    await kept.keep(reportAt(2, 'prop-2', 'reconnect'));
    await kept.keep(reportAt(3, 'main', 'operator'));
    const causes = async (account?: string): Promise<readonly unknown[]> =>
      (await kept.list(2, account)).map((line) => 'cause' in line && line.cause);
    expect(await causes()).to.deep.equal(['operator', 'reconnect']);
    expect(await causes('prop-2')).to.deep.equal(['reconnect']);
    expect(await causes('main')).to.deep.equal(['operator', 'start']);
  });

  it('that cannot be read are listed as such, and hide no other', async () => {
    const kept = new KeptReports(dir, 10);
    await kept.keep(reportAt(1));
    const torn = reportID(epochMs(NOON + 5_000), 'start', 'main');
    writeFileSync(join(dir, `${torn}.json`), '{"id":');
    writeFileSync(join(dir, 'notes.txt'), 'mine');
    const [first, second, ...others] = await kept.list(10);
    expect(first).to.include({ id: torn });
    expect(first).to.have.property('problem').that.includes(`${torn}.json`);
    expect(second).to.include({ agrees: true });
    expect(others).to.deep.equal([]);
  });

  it('are found by their id alone: a path is none, and an empty folder has none', async () => {
    const kept = new KeptReports(dir, 10);
    expect(await kept.list(5)).to.deep.equal([]);
    for (const id of ['../../etc/passwd', '', '20261130T120001000Z-schedule-../x', reportAt(1).id])
      expect(await kept.read(id), id).to.equal(undefined);
  });
});
