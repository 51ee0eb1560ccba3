import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock, systemTimers } from '../src/app/system-clock.ts';
import { loadDictionary, stockDictionaryPath } from '../src/fix/dictionary/jspurefix.ts';
import { makeAcceptor } from '../src/fix/runtime/acceptor/acceptor.ts';
import { makeMemoryStore } from '../src/fix/runtime/memory-store.ts';

/** A right client logs on again and again, from 127.0.0.1, while a flood goes on: so long each. */
const FLOOD_MS = 10_000;
const SLOW_READERS = 16;
const STORED = 10_000;

const soh = (text: string): string => text.replaceAll('|', '\x01');

const frame = (sender: string, type: string, seqNum: number, body: string): Buffer => {
  const now = new Date().toISOString().replaceAll('-', '').replace('T', '-').slice(0, 21);
  const text = soh(`35=${type}|34=${seqNum}|49=${sender}|56=FATHOM|52=${now}|${body}|`);
  const head = soh(`8=FIX.4.4|9=${text.length}|`);
  let sum = 0;
  for (const byte of Buffer.from(head + text, 'latin1')) sum += byte;
  return Buffer.from(head + text + soh(`10=${String(sum % 256).padStart(3, '0')}|`), 'latin1');
};

const logonOf = (sender: string, password: string): Buffer =>
  frame(sender, 'A', 1, `98=0|108=30|141=Y|553=desk|554=${password}`);

const dial = (port: number, localAddress: string): Socket => {
  const socket = connect({ host: '127.0.0.1', port, localAddress });
  socket.on('error', () => undefined);
  return socket;
};

/** Role of a child: the listener. Tells its parent the port. */
const serve = async (): Promise<void> => {
  const dictionary = loadDictionary(stockDictionaryPath('FIX.4.4'));
  if (!dictionary.ok) throw new Error('the dictionary cannot be read');
  const names = ['DESK1', 'ASKER', ...Array.from({ length: SLOW_READERS }, (_, n) => `SLOW${n}`)];
  const acceptor = makeAcceptor({
    listen: { host: '127.0.0.1', port: 0 },
    sessions: names.map((name) => ({
      settings: {
        ...{ id: name, beginString: 'FIX.4.4', senderCompID: 'FATHOM', targetCompID: name },
        resendPolicy: 'full' as const,
      },
      application: {
        onLoggedOn: () => {
          const texts = name === 'DESK1' ? 0 : STORED;
          const session = acceptor.session(name);
          for (let n = 0; n < texts; n += 1) {
            session?.send({ msgType: 'B', fields: [[148, `headline ${n} ${'x'.repeat(400)}`]] });
          }
        },
        onLoggedOut: () => undefined,
        onMessage: () => undefined,
      },
      authenticate: (message) => (message.get(554) === 'right' ? undefined : 'invalid credentials'),
      store: makeMemoryStore(),
    })),
    dictionary: dictionary.value,
    ...{ clock: systemClock, timers: systemTimers },
  });
  process.send?.((await acceptor.listen()).port);
};

type Flood = (port: number, until: number) => Promise<void>;

const FLOODS: Readonly<Record<string, Flood>> = {
  'no flood': async (_port, until) => {
    await sleep(until - Date.now());
  },
  '5,000 silent connections': async (port, until) => {
    const sockets: Socket[] = [];
    for (let n = 0; Date.now() < until; n += 1) {
      sockets.push(dial(port, '127.0.0.2'));
      if (n % 50 === 49) await sleep(100);
      if (n >= 5_000) break;
    }
    await sleep(Math.max(until - Date.now(), 0));
    for (const socket of sockets) socket.destroy();
  },
  '200 wrong Logons a second': async (port, until) => {
    for (let n = 0; Date.now() < until; n += 1) {
      const socket = dial(port, '127.0.0.2');
      socket.resume();
      socket.write(logonOf('DESK1', `guess ${n}`));
      socket.setTimeout(2_000, () => socket.destroy());
      await sleep(5);
    }
  },
  '16 slow readers': async (port, until) => {
    const sockets = Array.from({ length: SLOW_READERS }, (_, n) => {
      const socket = dial(port, '127.0.0.2');
      socket.pause();
      socket.write(logonOf(`SLOW${n}`, 'right'));
      return socket;
    });
    await sleep(until - Date.now());
    for (const socket of sockets) socket.destroy();
  },
  '1,000 ResendRequests': async (port, until) => {
    const socket = dial(port, '127.0.0.2');
    socket.resume();
    socket.write(logonOf('ASKER', 'right'));
    await sleep(500);
    for (let n = 0; n < 1_000; n += 1) socket.write(frame('ASKER', '2', n + 2, '7=1|16=0'));
    await sleep(until - Date.now());
    socket.destroy();
  },
};

/** Time from the first packet to the Logon(A) that answers, in milliseconds. */
const logOnOnce = async (port: number): Promise<number> => {
  const startedAt = performance.now();
  const socket = dial(port, '127.0.0.1');
  socket.write(logonOf('DESK1', 'right'));
  const isIn = await new Promise<boolean>((resolve) => {
    socket.once('data', (chunk: Buffer) => resolve(chunk.includes('\x0135=A\x01')));
    socket.once('close', () => resolve(false));
    socket.setTimeout(30_000, () => resolve(false));
  });
  const tookMs = isIn ? performance.now() - startedAt : Number.POSITIVE_INFINITY;
  socket.destroy();
  return tookMs;
};

const rssMb = ({ pid = 0 }: ChildProcess): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1_024;

const start = (role: string, ...args: readonly string[]): ChildProcess =>
  fork(fileURLToPath(import.meta.url), [role, ...args], { execArgv: ['--import', 'tsx'] });

/** One flood in a process of its own, a listener in another; the right client is here. */
const measure = async (name: string) => {
  const listener = start('serve');
  const [port] = (await once(listener, 'message')) as [number];
  for (let n = 0; n < 20; n += 1) await logOnOnce(port);
  const before = rssMb(listener);
  const flood = start('flood', name, String(port));
  await once(flood, 'message');
  const times: number[] = [];
  let most = 0;
  const until = Date.now() + FLOOD_MS;
  while (Date.now() < until) {
    times.push(await logOnOnce(port));
    most = Math.max(most, rssMb(listener));
    await sleep(20);
  }
  for (const child of [flood, listener]) child.kill('SIGKILL');
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? 0;
  return { name, logons: times.length, p50: at(0.5), p99: at(0.99), before, most };
};

/** `npm run bench -- floods`: Linux only, for the addresses of loopback and /proc. */
export const runFloods = async (isJson: boolean): Promise<void> => {
  const rows = [];
  for (const name of Object.keys(FLOODS)) rows.push(await measure(name));
  if (isJson) {
    console.log(JSON.stringify({ node: process.version, cpu: cpus()[0]?.model, rows }));
    return;
  }
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}\n`);
  const line = (cells: readonly string[]): string =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(28) : cell.padStart(10))).join('');
  console.log(
    line(['a right client logs on', 'logons', 'p50 ms', 'p99 ms', 'MB before', 'MB most']),
  );
  for (const { name, logons, p50, p99, before, most } of rows) {
    const numbers = [p50, p99, before, most].map((value) => value.toFixed(0));
    console.log(line([name, String(logons), ...numbers]));
  }
};

const [, script = '', role, name = '', port = ''] = process.argv;
if (script === fileURLToPath(import.meta.url)) {
  if (role === 'serve') await serve();
  else {
    process.send?.('begun');
    await FLOODS[name]?.(Number(port), Date.now() + FLOOD_MS);
  }
}
