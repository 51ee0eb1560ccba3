import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  fixLog,
  fixLogCommand,
  type FixLogCommandOptions,
} from '../../../../src/cli/fix-log/index.ts';
import { openFixLog } from '../../../../src/fix/log/log.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import { until } from '../../../support/until.ts';
import { frameOf } from '../../fix/codec/support.ts';
import { header, heartbeat, json, LF, makeIo, run, writeLog } from './fix-log-support.ts';

const QUICKFIX = 'test/fixtures/fix-log/quickfix.messages.log';

describe('fathom fix-log', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-fix-log-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  const logOf = (...lines: readonly (string | Buffer)[]): string => writeLog(dir, lines);

  describe('reads', () => {
    it('the log of a QuickFIX C++ acceptor, in tables', async () => {
      const { code, out, err } = await run(QUICKFIX);
      expect(code).to.equal(0);
      expect(err).to.equal('10 messages, 0 events, 10 of them shown; 0 garbled lines');
      expect(out).to.include('NewOrderSingle(D) #2  FATHOM -> QUICKFIX');
      expect(out).to.match(/^ {6}54 {2}Side +1 {2}Buy$/m);
      expect(out).to.match(/^ {5}150 {2}ExecType +F {2}Trade$/m);
    });

    it('our own log with directions and times', async () => {
      const log = openFixLog({
        dir,
        beginString: 'FIX.4.4',
        senderCompID: 'ME',
        targetCompID: 'YOU',
        direction: 'arrows',
      });
      const at = epochMs(Date.UTC(2026, 10, 22, 12, 0, 0, 7));
      log.message('sent', frameOf(`${heartbeat('ME', 'YOU')}112=T1|`), at);
      log.message('received', frameOf(heartbeat('YOU', 'ME')), at);
      log.close();
      const { out } = await run(join(dir, 'FIX.4.4-ME-YOU.messages.20261122.log'));
      expect(out.split('\n')[0]).to.equal('1: 20261122-12:00:00.007  > Heartbeat(0) #7  ME -> YOU');
      expect(out).to.include('2: 20261122-12:00:00.007  < Heartbeat(0) #7  YOU -> ME');
    });

    it('bare frames with SOH, | or ^A between the fields, whatever stands before', async () => {
      const frame = frameOf(heartbeat('A', 'B')).toString('latin1');
      const entries = await json(
        logOf(
          frame,
          frame.replaceAll('\x01', '|'),
          frame.replaceAll('\x01', '^A'),
          `2026-11-22 12:00:00 INFO <in> ${frame.replaceAll('\x01', '|')}\r`,
          frame.replaceAll('\x01', '|').slice(0, -1),
          '',
        ),
      );
      expect(entries.map(({ type, name, line }) => [type, name, line])).to.deep.equal(
        [1, 2, 3, 4, 5].map((line) => ['message', 'Heartbeat', line]),
      );
      // The time of a bare frame is its SendingTime(52).
      expect(entries[0]?.at).to.equal('20261122-11:59:59.500');
    });

    it('events', async () => {
      const entries = await json(
        logOf(
          '20261122-12:00:00.000 : Received logon request',
          '20261122-12:00:00.001: GARBLED: checksum is wrong: 8=FIX.4.4|9=5|35=0|10=000|',
        ),
      );
      expect(entries.map(({ type, line }) => [type, line])).to.deep.equal([
        ['event', 1],
        ['event', 2],
      ]);
    });
  });

  describe('filters', () => {
    const names = async (options: FixLogCommandOptions): Promise<readonly string[]> =>
      (await json(QUICKFIX, options)).map(({ name }) => name ?? '');

    it('by MsgType(35) or name', async () => {
      expect(await names({ msgType: ['D'] })).to.deep.equal(['NewOrderSingle', 'NewOrderSingle']);
      expect(await names({ msgType: ['Logon,Logout'] })).to.have.lengthOf(4);
    });

    it('by ClOrdID(11), replaced orders too', async () => {
      expect(await names({ clOrdId: 'f2' })).to.deep.equal([
        'NewOrderSingle',
        'ExecutionReport',
        'ExecutionReport',
      ]);
      expect(await names({ clOrdId: 'f' })).to.deep.equal([]);
      const cancel = frameOf(`35=F|${header('A', 'B')}11=c1|41=f9|55=X|54=1|`);
      expect(await json(logOf(cancel), { clOrdId: 'f9' })).to.have.lengthOf(1);
    });

    it('by session, in both directions', async () => {
      for (const session of ['FATHOM', 'QUICKFIX-FATHOM', 'FATHOM-QUICKFIX']) {
        expect(await names({ session }), session).to.have.lengthOf(10);
      }
      expect(await names({ session: 'FATH' })).to.deep.equal([]);
    });

    it('by time, both ends included', async () => {
      const all = (await json(QUICKFIX)).map(({ at }) => at ?? '');
      const from = all[2]!;
      const to = all[5]!;
      const within = all.filter((at) => at >= from && at <= to);
      expect(await names({ from, to })).to.have.lengthOf(within.length);
      expect(await names({ to: '2020-01-01' })).to.deep.equal([]);
      expect(await names({ from: '2020-01-01T00:00:00+01:00' })).to.have.lengthOf(10);
    });

    it('leaves event lines out of a filter by message type, and keeps them within a time', async () => {
      const file = logOf('20261122-12:00:00.000 : Created session');
      expect(await json(file, { msgType: ['D'] })).to.deep.equal([]);
      expect(await json(file, { from: '20261122-12:00:00' })).to.have.lengthOf(1);
    });
  });

  describe('refuses', () => {
    it('a time that is none, a dictionary that is none, a file that is not there', async () => {
      const time = await run(QUICKFIX, { from: 'noon' });
      expect([time.code, time.err]).to.deep.equal([
        2,
        'fix-log: --from noon: give YYYYMMDD-HH:MM:SS or an ISO 8601 time',
      ]);
      const noDay = await run(QUICKFIX, { to: '2026-02-30T10:00:00Z' });
      expect([noDay.code, noDay.err.slice(0, 30)]).to.deep.equal([
        2,
        'fix-log: --to 2026-02-30T10:00',
      ]);
      const dictionary = await run(QUICKFIX, { dictionary: join(dir, 'none.xml') });
      expect(dictionary.code).to.equal(2);
      expect(dictionary.err).to.include('none.xml');
      const file = await run(join(dir, 'none.log'));
      expect(file.code).to.equal(1);
      expect(file.err).to.include('ENOENT');
    });
  });

  describe('follows', () => {
    it('what is written later, half a line waiting for its rest, through a turn of the file', async () => {
      const frame = frameOf(heartbeat('A', 'B'));
      const file = logOf(frame);
      const { io, out, err } = makeIo();
      const stop = new AbortController();
      const running = fixLog(file, { follow: true, json: true }, io, stop.signal);
      await until(() => out.length === 1, 'the first line is shown');
      appendFileSync(file, frame.subarray(0, 20));
      appendFileSync(file, Buffer.concat([frame.subarray(20), LF, frame, LF]));
      await until(() => out.length === 3, 'the later lines are shown');
      renameSync(file, `${file}.1`);
      writeFileSync(file, Buffer.concat([frame, LF]));
      await until(() => out.length === 4, 'the new file is shown');
      stop.abort();
      expect(await running).to.equal(0);
      expect(err).to.deep.equal([
        'fix-log: the file begins anew',
        '4 messages, 0 events, 4 of them shown; 0 garbled lines',
      ]);
    });
  });

  it('ends quietly when its reader has seen enough', () => {
    const command =
      '"$0" --import tsx src/main.ts fix-log "$1" | head -n 1; echo "${PIPESTATUS[0]}"';
    const shell = spawnSync('bash', ['-c', command, process.execPath, QUICKFIX], {
      encoding: 'utf8',
    });
    expect(shell.stderr).to.not.include('EPIPE');
    expect(shell.stdout).to.match(/^1: .*Logon.*\n0\n$/);
  });

  it('is a command with all its options', async () => {
    const { io, out, code } = makeIo();
    const command = fixLogCommand(io);
    await command.parseAsync([QUICKFIX, '-t', 'D', '8', '--cl-ord-id', 'f1', '--json'], {
      from: 'user',
    });
    expect(out).to.have.lengthOf(3);
    expect(code()).to.equal(0);
  });
});
