import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemTimers } from '../../../src/app/system-clock.ts';
import { type CliIo } from '../../../src/cli/shared/cli-io.ts';
import { dictionaryPath, loadDictionary } from '../../../src/fix/dictionary/jspurefix.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { makeLoopbackCertificate } from '../../../src/simulator/certificate.ts';
import { fundedAccount, type Simulator, startSimulator } from '../../../src/simulator/simulator.ts';
import { type FrameInterceptor } from '../../../src/simulator/gateways/websocket/connection/feed-socket.ts';
import { type FixToggles } from '../../../src/simulator/settings/fix-toggles.ts';
import { FULL, makeKey, READ_ONLY } from '../simulator-rest/stage.ts';

/**
 * A venue over TLS on loopback, a configuration that points at it, and the environment with its
 * keys.
 */
export interface ConfiguredVenue {
  readonly simulator: Simulator;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Writes a configuration with these sections laid over the working one; the path. */
  readonly writeConfig: (name: string, sections?: Sections) => string;
  readonly stop: () => Promise<void>;
}
export type Sections = Readonly<Record<string, object | undefined>>;

const reference = (name: string) => ({
  apiKey: { env: `${name}_API_KEY` },
  apiSecret: { env: `${name}_API_SECRET` },
});

export const startConfiguredVenue = async ({
  fix,
  ...feeds
}: {
  readonly intercept?: FrameInterceptor;
  readonly fix?: Partial<FixToggles>;
} = {}): Promise<ConfiguredVenue> => {
  const folder = mkdtempSync(join(tmpdir(), 'fathom-venue-'));
  const dictionary = loadDictionary(dictionaryPath('KRAKEN-DRV-FIX44.xml'));
  if (!dictionary.ok) throw new Error(dictionary.error);
  const certificate = await makeLoopbackCertificate(new Date(systemClock.wall()));
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, certificate.cert);
  const restKey = makeKey('desk', { general: 'FULL_ACCESS', transfer: 'NO_ACCESS' });
  const fundsKey = makeKey('desk', FULL);
  const readerKey = makeKey('desk', READ_ONLY);
  const fixKey = {
    apiKey: new Secret(randomBytes(24).toString('base64')),
    apiSecret: new Secret(randomBytes(48).toString('base64')),
  };
  const simulator = await startSimulator(
    {
      seed: 11,
      clients: [{ compID: 'CLIENT-DRV', account: 'desk', key: fixKey }],
      keys: [restKey, fundsKey, readerKey],
      accounts: [fundedAccount('desk')],
      host: '127.0.0.1',
      tradingPort: 0,
      marketIntervalMs: 0,
      certificate,
      rest: { port: 0, certificate },
      feeds: { port: 0, certificate, ...feeds },
      ...(fix !== undefined && { fix }),
    },
    { clock: systemClock, timers: systemTimers, dictionary: dictionary.value },
  );
  const hosts = [`localhost:${simulator.tradingPort}`];
  const working: Sections = {
    venue: { kind: 'kraken', environment: 'uat' },
    sessions: {
      trading: {
        ...{ role: 'trading', senderCompID: 'CLIENT-DRV', targetCompID: 'KRAKEN-DRV-TRD' },
        ...{ hosts, cancelOrdersOnDisconnect: true, credentials: reference('FIX') },
        tls: { caFile, serverName: 'localhost' },
      },
    },
    instruments: {
      PF_XBTUSD: { contractType: 'linear', tickSize: '1', qtyStep: '0.0001', qtyMin: '0.0001' },
    },
    risk: { orderQtyMax: '10', notionalMax: '100000' },
    logging: { format: 'off' },
    rest: {
      origin: `https://127.0.0.1:${simulator.restPort}`,
      caFile,
      credentials: reference('REST'),
    },
    webSocket: { url: `wss://127.0.0.1:${simulator.feedsPort}/ws/v1` },
  };
  return {
    simulator,
    folder,
    env: {
      FIX_API_KEY: fixKey.apiKey.reveal(),
      FIX_API_SECRET: fixKey.apiSecret.reveal(),
      REST_API_KEY: restKey.apiKey,
      REST_API_SECRET: restKey.apiSecret.reveal(),
      FUNDS_API_KEY: fundsKey.apiKey,
      FUNDS_API_SECRET: fundsKey.apiSecret.reveal(),
      READER_API_KEY: readerKey.apiKey,
      READER_API_SECRET: readerKey.apiSecret.reveal(),
    },
    writeConfig: (name, sections = {}) => {
      const path = join(folder, `${name}.json`);
      const engine = { dataDir: join(folder, name) };
      writeFileSync(path, JSON.stringify({ engine, ...working, ...sections }));
      return path;
    },
    stop: async () => {
      await simulator.stop();
      rmSync(folder, { recursive: true });
    },
  };
};

export const fundsKeyReference = reference('FUNDS');
export const readerKeyReference = reference('READER');

/** Runs a command as `fathom` would, and keeps what it printed. */
export const makeFathom = (env: Readonly<Record<string, string>>) => {
  const out: string[] = [];
  const errors: string[] = [];
  let exitCode = 0;
  const io: CliIo = {
    out: (line) => out.push(line),
    err: (line) => errors.push(line),
    env,
    setExitCode: (code) => {
      exitCode = code;
    },
  };
  const taken = () => {
    const result = { out: out.join('\n'), err: errors.join('\n'), exitCode };
    out.length = 0;
    errors.length = 0;
    exitCode = 0;
    return result;
  };
  return { io, taken };
};
