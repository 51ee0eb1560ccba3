import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type CliIo } from '../../../../src/cli/shared/cli-io.ts';
import { importQuickfixCommand } from '../../../../src/cli/import-quickfix.ts';
import { loadConfig } from '../../../../src/config/load/load-config.ts';
import { importQuickfix } from '../../../../src/config/quickfix/quickfix-import.ts';

const FOLDER = 'test/fixtures/config/quickfix';

const run = (file: string) => {
  const out: string[] = [];
  const errors: string[] = [];
  let exitCode: number | undefined;
  const io: CliIo = {
    out: (line) => out.push(line),
    err: (line) => errors.push(line),
    env: {},
    setExitCode: (code) => (exitCode = code),
  };
  importQuickfixCommand(io).parse([file], { from: 'user' });
  return { exitCode, out: out.join('\n'), errors };
};

describe('import of a QuickFIX .cfg', () => {
  it('takes initiators over as venue sessions and acceptors as client sessions', () => {
    const { exitCode, out } = run(`${FOLDER}/sessions.cfg`);
    expect(exitCode).to.equal(0);
    expect(JSON.parse(out)).to.deep.equal({
      sessions: {
        'kraken-drv-trd': {
          role: 'trading',
          senderCompID: 'CLIENT-DRV',
          targetCompID: 'KRAKEN-DRV-TRD',
          logonTimeoutMs: 20_000,
          logoutTimeoutMs: 5_000,
          sendingTimeToleranceSeconds: 60,
          heartBtIntSeconds: 30,
          reconnect: { firstDelayMs: 5_000, delayMsMax: 30_000 },
          tls: { enabled: true, minVersion: 'TLSv1.2', serverName: 'venue.example' },
          resetSeqNumFlag: 'rollover',
          resend: { chunkSize: 500 },
          hosts: ['primary.example:4003', 'backup.example:4003'],
        },
        'kraken-drv-md': {
          role: 'marketDataL2',
          senderCompID: 'CLIENT-DRV',
          targetCompID: 'KRAKEN-DRV-MD',
          logonTimeoutMs: 20_000,
          logoutTimeoutMs: 5_000,
          sendingTimeToleranceSeconds: 60,
          heartBtIntSeconds: 30,
          hosts: ['primary.example:4002'],
        },
        desk1: {
          role: 'client',
          senderCompID: 'FATHOM',
          targetCompID: 'DESK1',
          logonTimeoutMs: 20_000,
          logoutTimeoutMs: 5_000,
          sendingTimeToleranceSeconds: 0,
          listen: { host: '127.0.0.1', port: 9878 },
          allowedAddresses: ['127.0.0.1', '10.0.0.0/8'],
          schedule: {
            nonStop: false,
            startTime: '08:00:00',
            endTime: '17:00:00',
            timeZone: 'America/New_York',
            weekdays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
          },
          resetPolicy: { onLogout: true },
        },
        'desk1-algo-2': {
          role: 'client',
          senderCompID: 'FATHOM',
          targetCompID: 'DESK1',
          logonTimeoutMs: 20_000,
          logoutTimeoutMs: 5_000,
          sendingTimeToleranceSeconds: 60,
          listen: { port: 9879 },
          schedule: {
            nonStop: false,
            startDay: 'sunday',
            endDay: 'friday',
            startTime: '22:00:00',
            endTime: '21:00:00',
            timeZone: 'UTC',
          },
          resetPolicy: { onLogon: true },
        },
      },
    });
  });

  it('says by line what it leaves out and why, what is to be added, and shows no password', () => {
    const { errors } = run(`${FOLDER}/sessions.cfg`);
    expect(errors).to.include(
      `note: ${FOLDER}/sessions.cfg:5: FileStorePath: left out: sequence numbers and messages are in the journal`,
    );
    expect(errors).to.include(
      `note: ${FOLDER}/sessions.cfg:12: add cancelOrdersOnDisconnect and credentials to this session by hand`,
    );
    expect(errors.filter((line) => line.includes('SocketKeyStorePassword'))).to.have.length(1);
    expect(errors.join('\n')).not.to.contain('changeit');
    for (const line of errors) expect(line).to.match(/^note: /);
  });

  it('gives sessions that the configuration accepts, once what the notes ask for is added', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fathom-quickfix-'));
    try {
      const good = JSON.parse(readFileSync('test/fixtures/config/good.json', 'utf8')) as object;
      const { sessions } = JSON.parse(run(`${FOLDER}/sessions.cfg`).out) as {
        sessions: Record<string, Record<string, unknown>>;
      };
      // Two sessions of one CompID pair differ by SessionQualifier in QuickFIX, which FIX itself
      // does not carry.
      sessions['desk1-algo-2']!['targetCompID'] = 'DESK1-ALGO2';
      Object.assign(sessions['kraken-drv-trd']!, {
        cancelOrdersOnDisconnect: true,
        credentials: { apiKey: { env: 'K' }, apiSecret: { env: 'S' } },
      });
      const path = join(folder, 'config.json');
      writeFileSync(path, JSON.stringify({ ...good, sessions }));
      const loaded = loadConfig({ path, env: { K: 'k', S: 'c2VjcmV0' } });
      expect(loaded.ok ? [] : loaded.error).to.deep.equal([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('reports every unknown key and every value without meaning by name and line, and prints nothing', () => {
    const file = `${FOLDER}/broken.cfg`;
    const { exitCode, out, errors } = run(file);
    expect(exitCode).to.equal(2);
    expect(out).to.equal('');
    expect(errors.filter((line) => !line.startsWith('note: '))).to.deep.equal([
      `import-quickfix: ${file}:1: HeartBtInt: stands before the first section`,
      `import-quickfix: ${file}:3: BeginString: must be FIX.4.4: FIX.4.2`,
      `import-quickfix: ${file}:5: SocketConnectPort: is required beside its other half`,
      `import-quickfix: ${file}:8: SenderCompID: is given on line 7 already`,
      `import-quickfix: ${file}:9: HeartBtInt: must be a whole number: soon`,
      `import-quickfix: ${file}:10: ReconectInterval: is not a known QuickFIX key, did you mean ReconnectInterval?`,
      `import-quickfix: ${file}:11: NoSuchKeyAtAll: is not a known QuickFIX key`,
      `import-quickfix: ${file}:13: is neither a section, key=value, nor a comment`,
      `import-quickfix: ${file}:14: ResetOnLogout: must be N: the venue resets at its rollover`,
      `import-quickfix: ${file}:15: [CLIENT] is neither [DEFAULT] nor [SESSION]`,
    ]);
  });

  it('needs a session, a side, CompIDs and a place to connect to', () => {
    const reasons = (text: string) =>
      importQuickfix(text).problems.map(({ key, reason }) => `${key} ${reason}`.trim());
    expect(reasons('[DEFAULT]\nHeartBtInt=30')).to.deep.equal(['there is no [SESSION]']);
    expect(reasons('[SESSION]\nHeartBtInt=30')).to.deep.equal([
      'ConnectionType must be initiator or acceptor',
    ]);
    expect(reasons('[SESSION]\nConnectionType=initiator')).to.deep.equal([
      'SocketConnectHost is required',
      'SenderCompID is required',
      'TargetCompID is required',
    ]);
    expect(
      reasons('[SESSION]\nConnectionType=acceptor\nSenderCompID=A\nTargetCompID=B'),
    ).to.deep.equal(['SocketAcceptPort is required']);
  });

  describe('with time zones', () => {
    const imported = (...lines: readonly string[]) => {
      const file = importQuickfix(
        [
          ...['[DEFAULT]', 'ConnectionType=acceptor', 'SocketAcceptPort=5001', 'SenderCompID=F'],
          ...['[SESSION]', 'TargetCompID=D', ...lines],
        ].join('\n'),
      );
      const { d } = file.sessions as Record<string, { schedule?: Record<string, unknown> }>;
      return {
        zone: d?.schedule?.['timeZone'],
        problems: file.problems.map(({ line, key, reason }) => `${line} ${key} ${reason}`),
      };
    };
    const refusal = (end: string, start: string): string =>
      `8 EndTime is in ${end} and StartTime in ${start}: a session has one time zone; write both times in the same`;
    const newYork = 'America/New_York';

    it('refuses two zones by line', () => {
      for (const [start, end, general, problem] of [
        ['23:30:00 UTC', `17:30:00 ${newYork}`, '', refusal(newYork, 'UTC')],
        [`08:00:00 ${newYork}`, '17:00:00', '', refusal('UTC', newYork)],
        ['08:00:00', `17:00:00 ${newYork}`, 'Europe/London', refusal(newYork, 'Europe/London')],
        [
          '08:00:00 Asia/Tokyo',
          '17:00:00 Asia/Seoul',
          'Asia/Tokyo',
          refusal('Asia/Seoul', 'Asia/Tokyo'),
        ],
      ] as const) {
        const zone = general === '' ? '# none' : `TimeZone=${general}`;
        const { problems } = imported(`StartTime=${start}`, `EndTime=${end}`, zone);
        expect(problems, `${start}, ${end}, ${general}`).to.deep.equal([problem]);
      }
    });

    it('takes the zone behind the times over that of TimeZone, wherever that stands', () => {
      const times = [`StartTime=08:00:00 ${newYork}`, `EndTime=17:00:00 ${newYork}`];
      const none: readonly string[] = [];
      const wanted = { zone: newYork, problems: none };
      expect(imported(...times, 'TimeZone=Europe/London')).to.deep.equal(wanted);
      expect(imported('TimeZone=Europe/London', ...times)).to.deep.equal(wanted);
      expect(imported(...times)).to.deep.equal(wanted);
      const bare = ['StartTime=08:00:00', 'EndTime=17:00:00'];
      expect(imported(...bare, `TimeZone=${newYork}`)).to.deep.equal(wanted);
      expect(imported(...bare)).to.deep.equal({ zone: undefined, problems: none });
    });

    it('takes a zone that both name in the same words, once by time and once by TimeZone', () =>
      expect(
        imported(`StartTime=08:00:00 ${newYork}`, 'EndTime=17:00:00', `TimeZone=${newYork}`),
      ).to.deep.equal({ zone: newYork, problems: [] }));
  });

  it('exits 2 when the file cannot be read', () => {
    expect(run(`${FOLDER}/none.cfg`)).to.deep.equal({
      exitCode: 2,
      out: '',
      errors: [
        `import-quickfix: ${FOLDER}/none.cfg: cannot be read: there is no such file or folder (ENOENT)`,
      ],
    });
  });
});
