import { expect } from 'chai';
import { type DiskAlert, watchDisks } from '../../../../src/app/operator/disk-watch.ts';

const MiB = 1_048_576;

/** Steps through looks at a disk whose free space the test sets. */
const stageOf = (free: Record<string, number | Error>) => {
  const alerts: DiskAlert[] = [];
  const lines: string[] = [];
  const gauges: [string, number][] = [];
  const fixLogs: boolean[] = [];
  let fire: (() => void) | undefined;
  const { stop } = watchDisks({
    folders: { dataDir: '/data', fixLog: '/logs' },
    journal: 'dataDir',
    checkMs: 10_000,
    warnFreeBytes: 1_000 * MiB,
    reserveBytes: 100 * MiB,
    timers: {
      set: (afterMs, run) => {
        expect(afterMs).to.equal(10_000);
        fire = run;
        return { cancel: () => (fire = undefined) };
      },
    },
    freeBytes: (dir) => {
      const value = free[dir] ?? 0;
      return value instanceof Error ? Promise.reject(value) : Promise.resolve(value);
    },
    onFree: (folder, bytes) => gauges.push([folder, bytes]),
    onAlert: (alert) => alerts.push(alert),
    onInfo: (text) => lines.push(text),
    setFixLogs: (isWriting) => fixLogs.push(isWriting),
  });
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  const look = async (): Promise<void> => {
    await settled();
    fire?.();
    await settled();
  };
  return {
    alerts,
    lines,
    gauges,
    fixLogs,
    look,
    settled,
    stop,
    isWaiting: () => fire !== undefined,
  };
};

const codes = (alerts: readonly DiskAlert[]): readonly string[] => alerts.map(({ code }) => code);

describe('the watch on free space', () => {
  it('says nothing while there is room, and keeps the metric', async () => {
    const stage = stageOf({ '/data': 5_000 * MiB, '/logs': 5_000 * MiB });
    await stage.look();
    expect(stage.alerts).to.deep.equal([]);
    expect(stage.gauges[0]).to.deep.equal(['dataDir', 5_000 * MiB]);
    expect(stage.gauges.map(([folder]) => folder)).to.include('fixLog');
  });

  it('warns before the disk is full, once, and says when there is room again', async () => {
    const free = { '/data': 900 * MiB, '/logs': 5_000 * MiB };
    const stage = stageOf(free);
    await stage.look();
    await stage.look();
    expect(codes(stage.alerts)).to.deep.equal(['DISK_LOW']);
    expect(stage.alerts[0]?.text).to.include('900 MiB are free for dataDir (/data)');
    // A little more is not room again: it would flutter.
    free['/data'] = 1_100 * MiB;
    await stage.look();
    expect(stage.lines).to.deep.equal([]);
    free['/data'] = 2_000 * MiB;
    await stage.look();
    expect(stage.lines[0]).to.include('room again');
    free['/data'] = 10 * MiB;
    await stage.look();
    expect(codes(stage.alerts)).to.deep.equal(['DISK_LOW', 'DISK_RESERVE']);
  });

  it('stops FIX logs when only the reserve of the journal’s disk is left, and goes on after', async () => {
    const free = { '/data': 50 * MiB, '/logs': 5_000 * MiB };
    const stage = stageOf(free);
    await stage.settled();
    expect(stage.fixLogs).to.deep.equal([false]);
    expect(stage.alerts[0]).to.include({ code: 'DISK_RESERVE', severity: 'critical' });
    expect(stage.alerts[0]?.text).to.include('FIX logs stop').and.include(': make room now');
    free['/data'] = 110 * MiB;
    await stage.look();
    expect(stage.fixLogs, 'not yet').to.deep.equal([false]);
    free['/data'] = 500 * MiB;
    await stage.look();
    expect(stage.fixLogs.at(-1)).to.equal(true);
  });

  it('does not stop FIX logs for another disk that is full', async () => {
    const stage = stageOf({ '/data': 5_000 * MiB, '/logs': 0 });
    await stage.settled();
    expect(codes(stage.alerts)).to.deep.equal(['DISK_RESERVE']);
    expect(stage.fixLogs).to.deep.equal([]);
  });

  it('says once that a disk cannot be read, never counts it as full, and ends when stopped', async () => {
    const gone = Object.assign(new Error('no such folder'), { code: 'ENOENT' });
    const stage = stageOf({ '/data': new Error('EIO: i/o error'), '/logs': gone });
    await stage.look();
    await stage.look();
    expect(stage.lines).to.have.length(1);
    expect(stage.lines[0]).to.include('EIO');
    expect(stage.alerts).to.deep.equal([]);
    stage.stop();
    expect(stage.isWaiting()).to.equal(false);
  });
});
