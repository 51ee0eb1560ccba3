import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Config, type KeyPair } from '../config/config.ts';
import { type ConnectionSettings } from '../fix/runtime/connector.ts';
import { dictionaryPath, loadDictionary } from '../fix/dictionary/jspurefix.ts';
import { invariant } from '../lib/invariant.ts';
import { Secret } from '../lib/secret.ts';
import { toUtcTimestamp } from '../lib/time.ts';
import { makeLoopbackCertificate } from '../simulator/certificate.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { tradingSessionsOf, type VenueAccess } from './sessions/venue-access.ts';
import { systemClock, systemTimers } from './system-clock.ts';

const HOST = '127.0.0.1';
const CONNECT_TIMEOUT_MS = 5_000;

/** The simulator inside the engine's process, and how the engine gets in. */
export interface EmbeddedVenue {
  readonly simulator: Simulator;
  readonly access: VenueAccess;
  /**
   * The configuration with its data in a folder of this run: the simulator forgets everything, so
   * the engine begins anew too.
   */
  readonly config: Config;
}

export const startEmbeddedVenue = async (loaded: Config): Promise<EmbeddedVenue> => {
  const config = inRunFolder(loaded);
  const dictionary = loadDictionary(dictionaryPath('KRAKEN-DRV-FIX44.xml'));
  invariant(dictionary.ok, 'the dictionary that ships with Fathom can be read');
  const { seed, marketIntervalMs, tls } = config.venue.simulator;
  const certificate = tls ? await makeLoopbackCertificate(new Date(systemClock.wall())) : undefined;
  const accounts = tradingSessionsOf(config).map((session) => ({ session, key: newKey() }));
  const simulator = await startSimulator(
    {
      seed,
      symbols: config.instruments.map(({ symbol }) => symbol),
      clients: accounts.map(({ session, key }) => ({
        compID: session.senderCompID,
        account: accounts.length === 1 ? 'demo' : session.account,
        key,
      })),
      host: HOST,
      tradingPort: 0,
      marketData: { l2Port: 0, l3Port: 0 },
      marketIntervalMs,
      ...(certificate && { certificate }),
    },
    { clock: systemClock, timers: systemTimers, dictionary: dictionary.value },
  );
  const connectionTo = (port: number): ConnectionSettings => ({
    hosts: [{ host: HOST, port }],
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    ...(certificate && { tls: { ca: certificate.cert, servername: 'localhost' } }),
  });
  return {
    simulator,
    config,
    access: {
      trading: new Map(
        accounts.map(({ session, key: credential }) => [
          session.name,
          { credential, connection: connectionTo(simulator.tradingPort) },
        ]),
      ),
      marketData: {
        marketDataL2: connectionTo(simulator.marketData?.l2Port ?? 0),
        marketDataL3: connectionTo(simulator.marketData?.l3Port ?? 0),
      },
    },
  };
};

const newKey = (): KeyPair => ({
  apiKey: new Secret(randomBytes(24).toString('base64')),
  apiSecret: new Secret(randomBytes(48).toString('base64')),
});

/** `<dataDir>/20261122-143205`, and everything that lay below the data folder with it. */
const inRunFolder = (config: Config): Config => {
  const { dataDir } = config.engine;
  const run = join(dataDir, toUtcTimestamp(systemClock.wall()).slice(0, 17).replaceAll(':', ''));
  const moved = (path: string): string =>
    path.startsWith(`${dataDir}/`) ? join(run, path.slice(dataDir.length + 1)) : path;
  return {
    ...config,
    engine: { ...config.engine, dataDir: run },
    executionLog: { ...config.executionLog, dir: moved(config.executionLog.dir) },
    fixLog: { ...config.fixLog, dir: moved(config.fixLog.dir) },
    logging: { ...config.logging, dir: moved(config.logging.dir) },
  };
};
