import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemTimers } from '../../src/app/system-clock.ts';
import { dictionaryPath, loadDictionary } from '../../src/fix/dictionary/jspurefix.ts';
import { Secret } from '../../src/lib/secret.ts';
import { makeLoopbackCertificate } from '../../src/simulator/certificate.ts';
import { type Fault } from '../../src/simulator/faults/fault.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import {
  type EngineFiles,
  type EngineProcess,
  freePort,
  spawnEngine,
  writeEngineConfig,
} from './engine-process.ts';
import { RawFixClient } from './raw-fix-client.ts';

const SYMBOLS = ['PF_XBTUSD', 'PF_ETHUSD'];

/**
 * A venue in this process, and an engine in another one that can be killed; clients DESK1 and
 * DESK2.
 */
export interface TradingProcess {
  readonly simulator: Simulator;
  readonly files: EngineFiles;
  readonly engine: () => EngineProcess;
  readonly start: () => Promise<void>;
  readonly client: (name: 'DESK1' | 'DESK2') => RawFixClient;
  readonly venueOpen: () => number;
  readonly fault: (fault: Fault) => void;
  readonly close: () => Promise<void>;
}

type Settings = Record<string, unknown>;

export const startTradingProcess = async (
  settings: { readonly trading?: Settings; readonly desk1?: Settings } = {},
): Promise<TradingProcess> => {
  const dir = mkdtempSync(join(tmpdir(), 'fathom-trading-'));
  const certificate = await makeLoopbackCertificate(new Date());
  const key = {
    apiKey: randomBytes(24).toString('base64'),
    apiSecret: randomBytes(48).toString('base64'),
  };
  const simulator = await startVenue(certificate, key);
  const ports = { DESK1: await freePort(), DESK2: await freePort() };
  const files = writeEngineConfig({
    ...{
      dir,
      venuePort: simulator.tradingPort,
      clientPort: ports.DESK1,
      ca: certificate.cert,
      key,
    },
  });
  addSettings(files.configPath, settings, ports.DESK2);
  const clients: RawFixClient[] = [];
  let engine: EngineProcess | undefined;
  return {
    simulator,
    files,
    engine: () => {
      if (engine === undefined) throw new Error('no engine was started');
      return engine;
    },
    start: async () => {
      engine = spawnEngine(files);
      await engine.ready;
    },
    client: (name) => {
      const client = new RawFixClient(ports[name], { sender: name, target: 'FATHOM' });
      clients.push(client);
      return client;
    },
    venueOpen: () => simulator.queries.openOrders('client-1').length,
    fault: (fault) => {
      const asked = simulator.faults.ask(fault);
      if (!asked.ok) throw new Error(asked.error);
    },
    close: async () => {
      engine?.child.kill('SIGKILL');
      for (const client of clients) client.close();
      await simulator.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};

const startVenue = (
  certificate: Awaited<ReturnType<typeof makeLoopbackCertificate>>,
  key: { readonly apiKey: string; readonly apiSecret: string },
): Promise<Simulator> => {
  const dictionary = loadDictionary(dictionaryPath('KRAKEN-DRV-FIX44.xml'));
  if (!dictionary.ok) throw new Error(dictionary.error);
  return startSimulator(
    {
      seed: 7,
      symbols: SYMBOLS,
      clients: [
        {
          compID: 'FATHOM-DRV',
          account: 'client-1',
          key: { apiKey: new Secret(key.apiKey), apiSecret: new Secret(key.apiSecret) },
        },
      ],
      ...{ host: '127.0.0.1', tradingPort: 0, certificate, marketIntervalMs: 1_000 },
    },
    { clock: systemClock, timers: systemTimers, dictionary: dictionary.value },
  );
};

const addSettings = (
  path: string,
  { trading, desk1 }: { readonly trading?: Settings; readonly desk1?: Settings },
  port: number,
): void => {
  const config = JSON.parse(readFileSync(path, 'utf8')) as {
    sessions: { trading: Settings; desk1: Settings; desk2?: Settings };
  };
  const { sessions } = config;
  const listen = { host: '127.0.0.1', port };
  sessions.desk2 = { ...sessions.desk1, targetCompID: 'DESK2', listen };
  Object.assign(sessions.trading, trading);
  Object.assign(sessions.desk1, desk1);
  writeFileSync(path, JSON.stringify(config));
};
