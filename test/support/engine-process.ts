import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/**
 * Below the range from which the kernel takes the ports of outgoing connections: no connection of a
 * test beside this one can take the port before it is used.
 */
const PORTS = { from: 10_000, to: 32_000 };

/** A port that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    if (await isFree(port)) return port;
  }
};

/** The first of six ports that were free a moment ago: what `fathom simulate --port-base` needs. */
export const freePortBase = async (): Promise<number> => {
  for (;;) {
    const base = await freePort();
    const ports = Array.from({ length: 6 }, (_, offset) => base + offset);
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return base;
  }
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });

export interface EngineFiles {
  readonly dir: string;
  readonly configPath: string;
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The configuration of an engine that trades on a simulator outside of its process. */
export const writeEngineConfig = (options: {
  readonly dir: string;
  readonly venuePort: number;
  readonly clientPort: number;
  readonly ca: string;
  readonly key: { readonly apiKey: string; readonly apiSecret: string };
}): EngineFiles => {
  const { dir } = options;
  const dataDir = join(dir, 'data');
  const caFile = join(dir, 'ca.pem');
  const configPath = join(dir, 'engine.json');
  writeFileSync(caFile, options.ca);
  writeFileSync(configPath, JSON.stringify(configOf(options, { dataDir, caFile }), undefined, 2));
  const env = {
    ...process.env,
    CRASH_FIX_API_KEY: options.key.apiKey,
    CRASH_FIX_API_SECRET: options.key.apiSecret,
  };
  return { dir, configPath, dataDir, env };
};

const configOf = (
  options: { readonly venuePort: number; readonly clientPort: number },
  files: { readonly dataDir: string; readonly caFile: string },
): unknown => ({
  engine: { name: 'crash', dataDir: files.dataDir },
  venue: { kind: 'kraken', environment: 'uat' },
  sessions: {
    trading: {
      role: 'trading',
      senderCompID: 'FATHOM-DRV',
      targetCompID: 'KRAKEN-DRV-TRD',
      hosts: [`localhost:${options.venuePort}`],
      cancelOrdersOnDisconnect: true,
      heartBtIntSeconds: 10,
      tls: { caFile: files.caFile },
      reconnect: { firstDelayMs: 50, delayMsMax: 200 },
      rateBudget: { unitsMax: 100_000 },
      credentials: {
        apiKey: { env: 'CRASH_FIX_API_KEY' },
        apiSecret: { env: 'CRASH_FIX_API_SECRET' },
      },
    },
    desk1: {
      role: 'client',
      senderCompID: 'FATHOM',
      targetCompID: 'DESK1',
      listen: { host: '127.0.0.1', port: options.clientPort },
    },
  },
  instruments: {
    PF_XBTUSD: { contractType: 'linear', tickSize: '1', qtyStep: '0.0001', qtyMin: '0.0001' },
    PF_ETHUSD: { contractType: 'linear', tickSize: '0.1', qtyStep: '0.001', qtyMin: '0.001' },
  },
  risk: { orderQtyMax: '5', notionalMax: '1000000' },
  logging: { format: 'json' },
});

export interface EngineProcess {
  readonly child: ChildProcess;
  /** Resolves with the announcement when the engine listens; rejects when it ended before. */
  readonly ready: Promise<unknown>;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  readonly errors: () => string;
}

/** `fileKiBMax`: no file of the process may grow beyond it. */
export const spawnEngine = (
  files: EngineFiles,
  { fileKiBMax }: { readonly fileKiBMax?: number } = {},
): EngineProcess => {
  const command = [process.execPath, MAIN, 'start', '--config', files.configPath, '--json'];
  const limit = fileKiBMax === undefined ? '' : `ulimit -f ${fileKiBMax};`;
  const child = spawn('bash', ['-c', `${limit} exec "$@"`, 'bash', ...command], {
    env: files.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
  const ready = new Promise<unknown>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => {
      resolve(JSON.parse(line));
    });
    void exited.then(({ code }) => {
      reject(new Error(`engine ended with ${String(code)}: ${errors.slice(-2_000)}`));
    });
  });
  ready.catch(() => undefined);
  return { child, ready, exited, errors: () => errors };
};
