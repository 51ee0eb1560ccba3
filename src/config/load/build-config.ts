import { join } from 'node:path';
import { type SessionName, type TradingSymbol } from '../../domain/ids.ts';
import { invariant } from '../../lib/invariant.ts';
import { type Secret } from '../../lib/secret.ts';
import {
  type Config,
  type FundsConfig,
  type KeyPair,
  type RestConfig,
  type ConfiguredSession,
} from '../config.ts';
import { parseHostPort, type HostPort } from '../schema/kinds.ts';
import { type RawConfig, type RawSession } from '../schema/schema.ts';
import { type ResolvedSecrets } from '../secrets.ts';

type SecretByPath = ResolvedSecrets['byPath'];

/** The typed configuration of values that every check has passed. */
export const buildConfig = (raw: RawConfig, secretByPath: SecretByPath): Config => {
  const symbols = Object.keys(raw.instruments) as TradingSymbol[];
  const general = keyPairOf(secretByPath, 'rest.credentials');
  const placed = placesOf(raw);
  return {
    engine: { ...raw.engine, controlSocket: placed['engine.controlSocket'] },
    venue: raw.venue,
    sessions: Object.entries(raw.sessions).map(([name, session]) =>
      toSession(name as SessionName, session, { secretByPath, symbols, general }),
    ),
    instruments: Object.entries(raw.instruments).map(([symbol, values]) => ({
      symbol: symbol as TradingSymbol,
      ...values,
    })),
    risk: {
      ...raw.risk,
      allowedSymbols: raw.risk.allowedSymbols ?? symbols,
      symbols: new Map(
        Object.entries(raw.risk.symbols).map(([symbol, limits]) => [
          symbol as TradingSymbol,
          limits,
        ]),
      ),
      accounts: new Map(Object.entries(raw.risk.accounts)),
      clients: new Map(Object.entries(raw.risk.clients)),
      strategies: new Map(Object.entries(raw.risk.strategies)),
    },
    journal: raw.journal,
    closedOrders: raw.closedOrders,
    executionLog: { ...raw.executionLog, dir: placed['executionLog.dir'] },
    fixLog: { ...raw.fixLog, dir: placed['fixLog.dir'] },
    logging: { ...raw.logging, dir: placed['logging.dir'] },
    disk: raw.disk,
    doubts: raw.doubts,
    rest: toRest(raw, general),
    webSocket: raw.webSocket,
    reconciliation: { ...raw.reconciliation, dir: placed['reconciliation.dir'] },
    funds: toFunds(raw, keyPairOf(secretByPath, 'funds.credentials')),
    endOfLife: raw.endOfLife,
  };
};

/** Places that follow from `engine.dataDir` unless the file names them, by key path. */
export const placesOf = ({ engine, executionLog, fixLog, logging, reconciliation }: RawConfig) => ({
  'engine.controlSocket': engine.controlSocket ?? controlSocketBelow(engine.dataDir),
  'executionLog.dir': executionLog.dir ?? join(engine.dataDir, 'execution-log'),
  'fixLog.dir': fixLog.dir ?? join(engine.dataDir, 'fix-log'),
  'logging.dir': logging.dir ?? join(engine.dataDir, 'log'),
  'reconciliation.dir': reconciliation.dir ?? join(engine.dataDir, 'reconciliations'),
});

/** In a folder of its own, which the control server makes for the owner only. */
export const controlSocketBelow = (dataDir: string): string => join(dataDir, 'run', 'control.sock');

const keyPairOf = (secretByPath: SecretByPath, path: string): KeyPair | undefined => {
  const apiKey = secretByPath.get(`${path}.apiKey`)?.secret;
  const apiSecret = secretByPath.get(`${path}.apiSecret`)?.secret;
  return apiKey && apiSecret ? { apiKey, apiSecret } : undefined;
};

const toRest = ({ rest }: RawConfig, credentials: KeyPair | undefined): RestConfig | undefined =>
  rest.origin === undefined
    ? undefined
    : { ...rest, origin: new URL(rest.origin).origin, credentials };

const toFunds = ({ funds }: RawConfig, credentials: KeyPair | undefined): FundsConfig => ({
  ...funds,
  credentials,
  operators: Object.entries(funds.operators).map(([name, one]) => ({ name, ...one })),
  destinations: Object.entries(funds.destinations).map(([name, one]) => ({ name, ...one })),
  limits: Object.entries(funds.limits).map(([currency, one]) => ({ currency, ...one })),
});

const toSession = (
  name: SessionName,
  session: RawSession,
  {
    secretByPath,
    symbols,
    general,
  }: {
    readonly secretByPath: SecretByPath;
    readonly symbols: readonly TradingSymbol[];
    /** `rest.credentials`, which the checks leave to a single account only. */
    readonly general: KeyPair | undefined;
  },
): ConfiguredSession => {
  const secret = (key: string): Secret | undefined =>
    secretByPath.get(`sessions.${name}.credentials.${key}`)?.secret;
  switch (session.role) {
    case 'trading': {
      const path = `sessions.${name}`;
      return {
        ...session,
        name,
        account: session.account ?? name,
        hosts: session.hosts.map(toHostPort),
        credentials: keyPairOf(secretByPath, `${path}.credentials`),
        restCredentials: keyPairOf(secretByPath, `${path}.restCredentials`) ?? general,
      };
    }
    case 'client': {
      const [username, password] = [secret('username'), secret('password')];
      return {
        ...session,
        name,
        credentials: username && password ? { username, password } : undefined,
      };
    }
    default:
      return {
        ...session,
        name,
        hosts: session.hosts.map(toHostPort),
        symbols: session.symbols ?? symbols,
      };
  }
};

const toHostPort = (text: string): HostPort => {
  const parsed = parseHostPort(text);
  invariant(parsed !== undefined, 'hosts were checked when the file was');
  return parsed;
};
