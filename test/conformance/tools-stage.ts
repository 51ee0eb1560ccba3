import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Peer, type Role, type Stage } from './stage.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** How long we wait to be sure that nothing comes. */
const SETTLE_MS = 20;
/** The programs reconnect after a second, after any failure. */
const WAIT_MS_MAX = 14_000;
const LONG_WAIT_MS = 1_500;

/** Plays on the conformance programs, over TCP and in real time. */
export const makeToolStage = async (
  role: Role,
  options: ReadonlyMap<string, string>,
): Promise<Stage> => {
  const played = role === 'acceptor' ? await startAcceptor() : await startInitiator(options);
  return {
    beginString: 'FIX.4.4',
    peerCompID: role === 'acceptor' ? 'TW' : 'VENUE',
    ownCompID: role === 'acceptor' ? 'ISLD' : 'ME',
    now: () => Date.now(),
    settle: () => sleep(SETTLE_MS),
    wait: (ms) => sleep(ms > WAIT_MS_MAX ? LONG_WAIT_MS : ms),
    isReal: true,
    told: [],
    ...played,
  };
};

const start = (program: string, args: readonly string[]): ChildProcess =>
  spawn(
    process.execPath,
    ['--import', 'tsx', join('src', 'cli', 'conformance', program), ...args],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
};

const startAcceptor = async (
  args: readonly string[] = ['--reset-on-logon'],
): Promise<Pick<Stage, 'connect' | 'close'>> => {
  const standard = ['--port', '0', '--begin-string', 'FIX.4.4', '--sender-comp-id', 'ISLD'];
  const child = start('fix-acceptor.ts', [
    ...standard,
    '--target-comp-id',
    'TW',
    '--echo',
    ...args,
  ]);
  let text = '';
  const port = await new Promise<number>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const match = /listening on (\d+)/.exec(text);
      if (match !== null) resolve(Number(match[1]));
    });
  });
  return {
    connect: async () => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      return peerOn(socket);
    },
    close: () => stop(child),
  };
};

const startInitiator = async (
  options: ReadonlyMap<string, string>,
): Promise<Pick<Stage, 'connect' | 'close'>> => {
  const arrivals: Socket[] = [];
  const server = createServer((socket) => {
    arrivals.push(socket);
    server.emit('arrival');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const args = ['--port', String(port), '--heart-bt-int', options.get('heartBtIntSeconds') ?? '30'];
  if (options.get('allowUserDefined') === 'false') args.push('--no-user-defined');
  const child = start('fix-initiator.ts', args);
  child.stdout?.resume();
  return {
    connect: async () => {
      if (arrivals.length === 0) await once(server, 'arrival');
      const socket = arrivals.shift();
      if (socket === undefined) throw new Error('no client has connected');
      return peerOn(socket);
    },
    close: async () => {
      await stop(child);
      for (const socket of arrivals) socket.destroy();
      server.close();
    },
  };
};

const peerOn = (socket: Socket): Peer => {
  let received = '';
  let isClosed = false;
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  for (const event of ['end', 'close']) {
    socket.once(event, () => {
      isClosed = true;
    });
  }
  return {
    send: (bytes) => {
      if (!socket.destroyed) socket.write(bytes);
    },
    received: () => received,
    isClosed: () => isClosed,
    drop: () => socket.destroy(),
  };
};
