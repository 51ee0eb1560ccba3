import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type CliIo } from '../../../src/cli/shared/cli-io.ts';
import { sessionCommand } from '../../../src/cli/session.ts';
import { type callControl } from '../../../src/control/control-client.ts';
import { type ControlServer, makeControlServer } from '../../../src/control/control-server.ts';
import { type AdministeredSession, makeSessionVerbs } from '../../../src/control/session-verbs.ts';
import { err, ok } from '../../../src/lib/result.ts';

describe('fathom session', () => {
  let folder: string;
  let path: string;
  let server: ControlServer | undefined;
  let calls: unknown[][];
  let audits: string[];

  const session = (name: string): AdministeredSession => {
    const record =
      (verb: string) =>
      (...args: unknown[]) => {
        calls.push([name, verb, ...args]);
        return ok(undefined);
      };
    return {
      name,
      view: () => ({
        role: 'initiator',
        phase: 'LoggedOn',
        nextSenderMsgSeqNum: 5,
        lastSentAt: 0,
        peer: undefined,
      }),
      logon: record('logon'),
      logout: record('logout'),
      setNextSenderMsgSeqNum: record('setNextSenderMsgSeqNum'),
      setNextTargetMsgSeqNum: record('setNextTargetMsgSeqNum'),
      reset: () => err({ code: 'LOGGED_ON', message: 'log out first' }),
      sendTestRequest: record('sendTestRequest'),
    };
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fathom-session-'));
    path = join(folder, 'run', 'control.sock');
    calls = [];
    audits = [];
    const sessions = [session('trading'), session('desk1')];
    const made = await makeControlServer({
      path,
      handlers: makeSessionVerbs(() => sessions),
      audit: ({ verb, args, outcome }) => audits.push(`${verb} ${JSON.stringify(args)} ${outcome}`),
    });
    if (!made.ok) throw new Error(made.error.message);
    server = made.value;
  });
  afterEach(async () => {
    await server?.close();
    rmSync(folder, { recursive: true });
  });

  const run = async (...args: string[]) => {
    const out: string[] = [];
    const errors: string[] = [];
    let exitCode: number | undefined;
    const io: CliIo = {
      out: (line) => out.push(line),
      err: (line) => errors.push(line),
      env: {},
      setExitCode: (code) => (exitCode = code),
    };
    await sessionCommand(io).parseAsync(args, { from: 'user' });
    return { exitCode, out: out.join('\n'), errors };
  };

  it('lists sessions as a table and as JSON', async () => {
    const { exitCode, out } = await run('list', '--socket', path);
    expect(exitCode).to.equal(0);
    expect(out).to.match(/│ session +│ role +│ phase +│ nextSenderMsgSeqNum │ lastSentAt/);
    expect(out).to.match(/│ desk1 +│ initiator │ LoggedOn │ 5 +│ 19700101-00:00:00\.000 │/);
    const json = JSON.parse((await run('list', '--socket', path, '--json')).out) as unknown[];
    expect(json).to.have.length(2);
    expect(json[0]).to.deep.include({ session: 'trading', nextSenderMsgSeqNum: 5, lastSentAt: 0 });
  });

  it('finds the socket by the configuration, also when the file has other problems and no secret is set', async () => {
    const file = join(folder, 'engine.json');
    writeFileSync(file, JSON.stringify({ engine: { dataDir: folder, ackTimeoutMs: 'soon' } }));
    const { exitCode, out } = await run('state', 'trading', '--config', file);
    expect(exitCode).to.equal(0);
    expect(out).to.match(/│ phase +│ LoggedOn +│/);
    writeFileSync(file, JSON.stringify({ engine: { dataDir: '/x', controlSocket: path } }));
    expect((await run('state', 'desk1', '--config', file)).exitCode).to.equal(0);
  });

  it('carries each verb to the session it names, and the engine audits it', async () => {
    for (const args of [
      ['logon', 'trading'],
      ['logout', 'trading', '--text', 'end of day'],
      ['logout', 'desk1'],
      ['set-next-sender', 'trading', '17'],
      ['set-next-target', 'desk1', '4'],
      ['test-request', 'desk1'],
    ]) {
      const { exitCode, out } = await run(...args, '--socket', path);
      expect(exitCode, args.join(' ')).to.equal(0);
      expect(out).to.equal('done');
    }
    expect(calls).to.deep.equal([
      ['trading', 'logon'],
      ['trading', 'logout', 'end of day'],
      ['desk1', 'logout', 'Logout by the operator'],
      ['trading', 'setNextSenderMsgSeqNum', 17],
      ['desk1', 'setNextTargetMsgSeqNum', 4],
      ['desk1', 'sendTestRequest'],
    ]);
    expect(audits[3]).to.equal('session.set-next-sender {"session":"trading","value":17} ok');
  });

  it('prints the refusal of the engine and exits 1', async () => {
    expect(await run('reset', 'trading', '--socket', path)).to.deep.equal({
      exitCode: 1,
      out: '',
      errors: ['session: log out first (LOGGED_ON)'],
    });
    const unknown = await run('state', 'tradign', '--socket', path);
    expect(unknown.exitCode).to.equal(1);
    expect(unknown.errors[0]).to.equal(
      'session: there is no session "tradign"; this engine has trading, desk1 (UNKNOWN_SESSION)',
    );
    for (const bad of ['0', '-1', '1x', '99999999999999999999']) {
      const { exitCode, errors } = await run(
        'set-next-sender',
        'trading',
        '--socket',
        path,
        '--',
        bad,
      );
      expect(exitCode, bad).to.equal(1);
      expect(errors[0]).to.contain('(BAD_MSG_SEQ_NUM)');
    }
    expect(calls).to.deep.equal([]);
    expect(audits[0]).to.match(/^session\.reset .* refused$/);
  });

  it('says that no engine listens and exits 3', async () => {
    await server?.close();
    server = undefined;
    expect(await run('list', '--socket', path)).to.deep.equal({
      exitCode: 3,
      out: '',
      errors: [`session: no engine listens on ${path} (NO_ENGINE)`],
    });
  });

  it('waits for the end of a session as long as the engine may take to cancel what is open', async () => {
    const file = join(folder, 'engine.json');
    const engine = { dataDir: folder, stopTimeoutMs: 45_000 };
    writeFileSync(file, JSON.stringify({ engine }));
    const env = { FATHOM_ENGINE__STOPTIMEOUTMS: '90000' };
    const waited: unknown[] = [];
    const io: CliIo = { out: () => 0, err: () => 0, env: {}, setExitCode: () => 0 };
    const call = (...[, , , timeoutMs]: Parameters<typeof callControl>) => {
      waited.push(timeoutMs);
      return Promise.resolve(ok(undefined));
    };
    const ask = (args: string, more: Partial<CliIo> = {}) =>
      sessionCommand({ ...io, ...more }, call).parseAsync(args.split(' '), { from: 'user' });
    await ask(`logout trading --config ${file}`);
    await ask(`reset trading --config ${file}`);
    await ask(`logout trading --config ${file}`, { env });
    // Nothing tells what the engine was started with: as long as any engine may take.
    await ask(`logout trading --socket ${path}`);
    await ask(`logout trading --socket ${path} --timeout-ms 500`);
    await ask(`logon trading --config ${file}`);
    expect(waited).to.deep.equal([55_000, 55_000, 100_000, 610_000, 500, 10_000]);
  });

  it('exits 2 when no engine is named, or the file does not name one', async () => {
    expect((await run('list')).errors).to.deep.equal([
      'name the engine by --config FILE or --socket PATH',
    ]);
    const missing = await run('list', '--config', join(folder, 'none.json'));
    expect(missing.exitCode).to.equal(2);
    expect(missing.errors[0]).to.match(
      /^config: .*none\.json: cannot be read: there is no such file or folder \(ENOENT\)$/,
    );
    const file = join(folder, 'empty.json');
    writeFileSync(file, '{}');
    expect((await run('list', '--config', file)).errors).to.deep.equal([
      'config: engine.dataDir: is required (path)',
    ]);
    expect((await run('list', '--socket', path, '--timeout-ms', 'x')).exitCode).to.equal(2);
  });

  it('says in --help that a session that is ended cancels its open orders first', () => {
    for (const verb of ['reset', 'logout']) {
      const command = sessionCommand().commands.find((one) => one.name() === verb);
      expect(command?.helpInformation().replaceAll(/\s+/g, ' '), verb).to.include(
        'first cancels its open orders, unless cancelOrdersOnLogout is false',
      );
    }
  });
});
