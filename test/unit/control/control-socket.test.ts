import {
  chmodSync,
  existsSync,
  mkdtempSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
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

  /** Sends the text as it is; answers with all that comes back until the engine closes. */
  const converse = async (text: string | Buffer) => {
    const socket = connect(path);
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
    socket.on('error', () => undefined);
    socket.write(text);
    await once(socket, 'close');
    return received;
  };

  /** A call as curl sends it; answers with status, code of the refusal and result. */
  const post = async (target: string, body?: string) => {
    const sent = request({ socketPath: path, path: target, method: 'POST' });
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const {
      ok: isOk,
      error,
      result,
    } = (await json(response)) as {
      ok: boolean;
      error?: { code: string };
      result?: unknown;
    };
    return { status: response.statusCode, ok: isOk, code: error?.code, result };
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

  it('refuses a link in its place, and leaves alone what the link names', async () => {
    await open();
    const [live, file] = [path, join(folder, 'run', 'file')];
    writeFileSync(file, 'precious');
    path = join(folder, 'run', 'other.sock');
    for (const target of [live, file, join(folder, 'run', 'nothing')]) {
      symlinkSync(target, path);
      expect(await open(), target).to.have.nested.property('error.code', 'CONTROL_PATH_TAKEN');
      rmSync(path);
    }
    expect(readFileSync(file, 'utf8')).to.equal('precious');
    expect(existsSync(join(folder, 'run', 'nothing'))).to.equal(false);
    expect((await callControl(live, 'echo')).ok).to.equal(true);
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

  it('answers calls of one connection in their order, however they are cut', async () => {
    await open();
    const call = (verb: string, args: string, more = '') =>
      `POST /${verb} HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(args)}\r\n${more}\r\n${args}`;
    const text = call('slow', '') + call('echo', '{"a":"ü"}', 'Connection: close\r\n');
    const socket = connect(path);
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
    for (const byte of Buffer.from(text)) socket.write(Buffer.from([byte]));
    await once(socket, 'close');
    expect(received.split('\n').filter((line) => line.startsWith('{'))).to.deep.equal([
      '{"ok":true,"result":"done"}',
      '{"ok":true,"result":{"a":"ü"}}',
    ]);
    expect(audits.map(({ verb, connection }) => [verb, connection])).to.deep.equal([
      ['slow', 1],
      ['echo', 1],
    ]);
  });

  it('takes a call of curl, and tells by the status what came of it', async () => {
    await open();
    expect(await post('/echo', '{"a":1}')).to.deep.include({ status: 200, result: { a: 1 } });
    expect(await post('/echo')).to.deep.include({ status: 200, result: {} });
    expect(await post('/refuse')).to.deep.include({ status: 409, code: 'NOT_LOGGED_ON' });
    expect(await post('/unknown')).to.deep.include({ status: 404, code: 'UNKNOWN_VERB' });
    expect(await post('/session.fail')).to.deep.include({ status: 500, code: 'INTERNAL' });
  });

  it('answers what is no call with BAD_REQUEST and goes on', async () => {
    await open();
    for (const [target, body] of [
      ['/echo', 'rubbish'],
      ['/echo', '[]'],
      ['/echo', '{"a":{}}'],
      ['/echo', '{"a\\u0007":1}'],
      ['/Echo!', '{}'],
      ['/echo/more', '{}'],
      ['/', '{}'],
    ] as const) {
      const { ok: isOk, code } = await post(target, body);
      expect({ isOk, code }, `${target} ${body}`).to.deep.equal({
        isOk: false,
        code: 'BAD_REQUEST',
      });
    }
    expect(await converse('rubbish\n\n')).to.match(/^HTTP\/1\.1 400 /);
    expect(audits).to.deep.equal([]);
    expect((await callControl(path, 'echo')).ok).to.equal(true);
  });

  it('refuses a call that is too long, and hangs up on one who asks faster than it listens', async () => {
    await open();
    const long = await post('/echo', 'x'.repeat(REQUEST_BYTES_MAX + 1));
    expect(long).to.deep.include({ status: 413, code: 'REQUEST_TOO_LONG' });
    const many = await converse('POST /never HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100));
    expect(many).to.equal('');
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

  it('waits for a call that takes longer than a connection may be idle', async () => {
    await open({
      idleTimeoutMs: 1_000,
      handlers: {
        slower: () => new Promise((resolve) => setTimeout(() => resolve(ok('done')), 1_500)),
      },
    });
    expect(await callControl(path, 'slower')).to.deep.equal(ok('done'));
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

  it('says so when what listens on the path is no engine', async () => {
    mkdirSync(join(folder, 'run'));
    const stranger = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('220 mail.example ready\r\n');
    }).listen(path);
    await once(stranger, 'listening');
    expect(await callControl(path, 'echo')).to.deep.equal(
      err({ code: 'BROKEN', message: 'the answer is not one of Fathom’s control socket' }),
    );
    stranger.close();
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
