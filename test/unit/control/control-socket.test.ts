import {
  chmodSync,
  existsSync,
  mkdtempSync,
  mkdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { until } from '../../support/until.ts';
import { err, ok } from '../../../src/lib/result.ts';
import { callControl } from '../../../src/control/control-client.ts';
import { type ControlAudit, type ControlHandler } from '../../../src/control/control-handler.ts';
import { REQUEST_BYTES_MAX } from '../../../src/control/control-message.ts';
import {
  type ControlServer,
  type ControlServerOptions,
  makeControlServer,
} from '../../../src/control/control-server.ts';

const HANDLERS: Readonly<Record<string, ControlHandler>> = {
  echo: (args) => ok(args),
  refuse: () => err({ code: 'NOT_LOGGED_ON', message: 'session trading is logged off' }),
  'session.fail': () => {
    throw new Error('a bug of the handler');
  },
  slow: () =>
    new Promise((resolve) =>
      setTimeout(() => {
        resolve(ok('done'));
      }, 50),
    ),
  never: () => new Promise(() => undefined),
  large: () => ok('x'.repeat(300_000)),
};

describe('control socket', () => {
  let folder: string;
  let path: string;
  let audits: ControlAudit[];
  let servers: ControlServer[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fathom-control-'));
    path = join(folder, 'run', 'control.sock');
    audits = [];
    servers = [];
  });
  afterEach(async () => {
    for (const server of servers) await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (options: Partial<ControlServerOptions> = {}) => {
    const made = await makeControlServer({
      path,
      handlers: HANDLERS,
      audit: (call) => audits.push(call),
      ...options,
    });
    if (made.ok) servers.push(made.value);
    return made;
  };

  /**
   * Writes raw text and collects what comes back until the engine closes, or `until` is satisfied.
   */
  const converse = async (text: string | Buffer, until: (received: string) => boolean) => {
    const socket = connect(path);
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString();
      if (until(received)) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.write(text);
    await once(socket, 'close');
    return received;
  };

  it('answers a call and audits who asked for what', async () => {
    expect((await open()).ok).to.equal(true);
    expect(await callControl(path, 'echo', { session: 'trading', value: 7 })).to.deep.equal(
      ok({ session: 'trading', value: 7 }),
    );
    expect(audits).to.deep.equal([
      {
        uid: process.getuid?.(),
        connection: 1,
        verb: 'echo',
        args: { session: 'trading', value: 7 },
        outcome: 'ok',
      },
    ]);
  });

  it('can be opened by its owner only', async () => {
    await open();
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(statSync(join(folder, 'run')).mode & 0o777).to.equal(0o700);
  });

  it('hands on the refusal of a handler and audits it', async () => {
    await open();
    const error = { code: 'NOT_LOGGED_ON', message: 'session trading is logged off' };
    expect(await callControl(path, 'refuse')).to.deep.equal(err(error));
    expect(audits[0]).to.deep.include({ verb: 'refuse', outcome: 'refused', error });
  });

  it('survives a handler that throws, and an unknown verb, also one of Object.prototype', async () => {
    await open();
    expect(await callControl(path, 'session.fail')).to.deep.equal(
      err({ code: 'INTERNAL', message: 'a bug of the handler' }),
    );
    for (const verb of ['unknown', 'constructor']) {
      const answer = await callControl(path, verb);
      expect(answer).to.have.nested.property('error.code', 'UNKNOWN_VERB');
    }
    expect(audits.map(({ outcome }) => outcome)).to.deep.equal(['refused', 'refused', 'refused']);
    expect((await callControl(path, 'echo')).ok).to.equal(true);
  });

  it('says clearly that no engine listens: no file, a dead socket, or no socket at all', async () => {
    const missing = await callControl(path, 'echo');
    expect(missing).to.deep.equal(
      err({ code: 'NO_ENGINE', message: `no engine listens on ${path}` }),
    );
    mkdirSync(join(folder, 'run'));
    writeFileSync(path, '');
    expect(await callControl(path, 'echo')).to.have.nested.property('error.code', 'NO_ENGINE');
  });

  it('replaces the socket file of an engine that was killed', async () => {
    mkdirSync(join(folder, 'run'), { mode: 0o700 });
    const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`;
    const dead = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(dead.stdout, 'data');
    dead.kill('SIGKILL');
    await once(dead, 'exit');
    expect(existsSync(path)).to.equal(true);
    expect(await callControl(path, 'echo')).to.have.nested.property('error.code', 'NO_ENGINE');
    expect((await open()).ok).to.equal(true);
    expect((await callControl(path, 'echo')).ok).to.equal(true);
  });

  it('refuses a place where another engine listens, and leaves that engine alone', async () => {
    await open();
    expect(await open()).to.deep.equal(
      err({ code: 'CONTROL_SOCKET_LIVE', message: `another engine listens on ${path}` }),
    );
    expect((await callControl(path, 'echo')).ok).to.equal(true);
  });

  it('refuses a folder that others can write, a path that is a file, and one that is too long', async () => {
    mkdirSync(join(folder, 'run'));
    writeFileSync(path, 'precious');
    expect(await open()).to.have.nested.property('error.code', 'CONTROL_PATH_TAKEN');
    chmodSync(join(folder, 'run'), 0o777);
    expect(await open()).to.have.nested.property('error.code', 'CONTROL_FOLDER_OPEN');
    path = join(folder, 'x'.repeat(100));
    expect(await open()).to.have.nested.property('error.code', 'CONTROL_PATH_TOO_LONG');
  });

  it('refuses a place whose folder cannot be made', async () => {
    writeFileSync(join(folder, 'run'), '');
    expect(await open()).to.have.nested.property('error.code', 'CONTROL_FOLDER_MISSING');
  });

  it('removes its file when it closes, also with a client connected', async () => {
    await open();
    const socket = connect(path);
    await once(socket, 'connect');
    await servers.pop()?.close();
    expect(existsSync(path)).to.equal(false);
    socket.destroy();
  });

  it('answers requests of one connection in their order, however they are cut', async () => {
    await open();
    const text = '{"id":1,"verb":"slow"}\n{"id":2,"verb":"echo","args":{"a":"ü"}}\n';
    const bytes = Buffer.from(text);
    const socket = connect(path);
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
    for (const byte of bytes) socket.write(Buffer.from([byte]));
    socket.end();
    await once(socket, 'close');
    expect(received).to.equal(
      '{"id":1,"ok":true,"result":"done"}\n{"id":2,"ok":true,"result":{"a":"ü"}}\n',
    );
  });

  it('answers what is no request with BAD_REQUEST and goes on', async () => {
    await open();
    const bad = [
      'rubbish',
      '[]',
      '{"verb":"echo"}',
      '{"id":-1,"verb":"echo"}',
      '{"id":1,"verb":"Echo!"}',
      '{"id":1,"verb":"echo","args":{"a":{}}}',
    ];
    const received = await converse(
      [...bad, '{"id":9,"verb":"echo"}', ''].join('\n'),
      (text) => text.split('\n').length > bad.length + 1,
    );
    const answers = received
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { ok: boolean; error?: { code: string } });
    expect(answers.slice(0, -1).map((answer) => answer.error?.code)).to.deep.equal(
      bad.map(() => 'BAD_REQUEST'),
    );
    expect(answers.at(-1)).to.include({ id: 9, ok: true });
  });

  it('ends a connection whose request is too long, or that asks faster than it listens', async () => {
    await open();
    const long = await converse('x'.repeat(REQUEST_BYTES_MAX + 1), () => false);
    expect(long).to.contain('REQUEST_TOO_LONG');
    const many = await converse('{"id":1,"verb":"never"}\n'.repeat(100), () => false);
    expect(many).to.contain('TOO_MANY_REQUESTS');
    expect((await callControl(path, 'echo')).ok).to.equal(true);
  });

  it('closes a connection that says nothing, and takes no more than its limit', async () => {
    await open({ idleTimeoutMs: 20, connectionsMax: 1 });
    const silent = connect(path);
    await once(silent, 'connect');
    const second = connect(path);
    second.on('error', () => undefined);
    await Promise.all([once(second, 'close'), once(silent, 'close')]);
    // A busy machine may let the idle time of this call pass as well.
    await until(async () => (await callControl(path, 'echo')).ok, 'a call is taken again');
  });

  it('carries large answers, and gives up waiting with TIMEOUT', async () => {
    await open();
    const large = await callControl(path, 'large');
    expect(large.ok && (large.value as string).length).to.equal(300_000);
    expect(await callControl(path, 'never', {}, 30)).to.have.nested.property(
      'error.code',
      'TIMEOUT',
    );
  });

  it('tells an engine that hangs up from one that refuses', async () => {
    await open({
      handlers: {
        ...HANDLERS,
        die: () =>
          servers
            .pop()!
            .close()
            .then(() => ok(1)),
      },
    });
    expect(await callControl(path, 'die')).to.have.nested.property('error.code', 'BROKEN');
  });
});
