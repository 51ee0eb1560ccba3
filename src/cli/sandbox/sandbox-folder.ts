import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Simulator } from '../../simulator/simulator.ts';
import { type Secret } from '../../lib/secret.ts';
import { fileFault } from '../../lib/files/file-fault.ts';
import { makeFolder } from '../../lib/files/make-folder.ts';
import { type PreparedRun } from '../simulate/prepare.ts';
import { StartRefusal } from '../simulate/refusal.ts';

/** What a run of the sandbox writes, so that other commands and clients find their way in. */
export interface SandboxFolder {
  readonly dir: string;
  /** For every command that takes `--config`. */
  readonly config: string;
  /** Certificate of the simulator, and of the client session with `--client-tls`. */
  readonly caFile: string;
  /** A QuickFIX initiator that logs on as the client. */
  readonly quickfixFile: string;
  /** Of this run: the simulator forgets everything, so the engine begins anew with it. */
  readonly dataDir: string;
}

export const CLIENT = { senderCompID: 'DESK1', targetCompID: 'FATHOM' } as const;

/** What `fathom start` uses with `fathom simulate`; ports, keys and folders are put into it. */
const BASE = new URL('../../../config/simulator.json', import.meta.url);

interface BaseConfig {
  engine: Record<string, unknown>;
  sessions: { trading: Record<string, unknown>; desk1: Record<string, unknown> };
  rest: Record<string, unknown>;
  webSocket: Record<string, unknown>;
}

export interface SandboxPlan {
  readonly dir: string;
  /** Names the data folder of the run: `20261130-053000`. */
  readonly run: string;
  readonly clientPort: number;
  readonly clientTls: boolean;
}

export const sandboxFolder = ({ dir: given, run }: SandboxPlan): SandboxFolder => {
  const dir = resolve(given);
  return {
    dir,
    config: join(dir, 'config.json'),
    caFile: join(dir, 'ca.pem'),
    quickfixFile: join(dir, 'quickfix-client.cfg'),
    dataDir: join(dir, run),
  };
};

/** Writes certificate, keys and configuration; secrets are readable by their owner only. */
export const writeSandboxFolder = (
  plan: SandboxPlan,
  folder: SandboxFolder,
  { simulator, prepared }: { readonly simulator: Simulator; readonly prepared: PreparedRun },
): void => {
  const { dir } = folder;
  const { certificate, keys } = prepared;
  const [client] = keys.clients;
  const [rest] = keys.rest;
  if (client === undefined || rest === undefined) throw new StartRefusal('no key was made');
  const secretFile = (name: string, text: string): { readonly file: string } => {
    const file = join(dir, 'keys', name);
    writeFileSync(file, text, { mode: 0o600 });
    return { file };
  };
  const keyPair = (name: string, apiKey: string, apiSecret: Secret) => ({
    apiKey: secretFile(`${name}-api-key`, apiKey),
    apiSecret: secretFile(`${name}-api-secret`, apiSecret.reveal()),
  });
  try {
    makeFolder(join(dir, 'keys'), 0o700);
    writeFileSync(folder.caFile, certificate.cert);
    secretFile('tls-key.pem', certificate.key);
    const config = JSON.parse(readFileSync(BASE, 'utf8')) as BaseConfig;
    Object.assign(config.engine, {
      dataDir: folder.dataDir,
      controlSocket: join(dir, 'run', 'control.sock'),
    });
    Object.assign(config.sessions.trading, {
      hosts: [`localhost:${simulator.tradingPort}`],
      tls: { caFile: folder.caFile },
      credentials: keyPair('fix', client.key.apiKey.reveal(), client.key.apiSecret),
    });
    Object.assign(config.sessions.desk1, {
      listen: { host: '127.0.0.1', port: plan.clientPort },
      ...(plan.clientTls && {
        tls: {
          enabled: true,
          certFile: folder.caFile,
          keyFile: join(dir, 'keys', 'tls-key.pem'),
        },
      }),
    });
    Object.assign(config.rest, {
      origin: `https://localhost:${simulator.restPort ?? 0}`,
      caFile: folder.caFile,
      credentials: keyPair('rest', rest.apiKey, rest.apiSecret),
    });
    Object.assign(config.webSocket, {
      url: `wss://localhost:${simulator.feedsPort ?? 0}/ws/v1`,
      caFile: folder.caFile,
    });
    writeFileSync(folder.config, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
  } catch (cause) {
    throw new StartRefusal(`--dir ${dir}: ${fileFault(cause)}`);
  }
};

/** A client that logs on as it stands: `fathom import-quickfix` and QuickFIX read it. */
export const quickfixClient = ({
  port,
  tls,
  caFile,
}: {
  readonly port: number;
  readonly tls: boolean;
  readonly caFile: string;
}): string =>
  [
    '[DEFAULT]',
    'ConnectionType=initiator',
    'BeginString=FIX.4.4',
    'StartTime=00:00:00',
    'EndTime=00:00:00',
    'HeartBtInt=30',
    'ReconnectInterval=5',
    'UseDataDictionary=Y',
    'DataDictionary=fix-dictionaries/FATHOM-FIX44.xml',
    'FileStorePath=quickfix-store',
    'FileLogPath=quickfix-log',
    ...(tls ? ['SSLProtocol=+TLSv1_3', `SSLCACertificate=${caFile}`] : []),
    '[SESSION]',
    `SenderCompID=${CLIENT.senderCompID}`,
    `TargetCompID=${CLIENT.targetCompID}`,
    'SocketConnectHost=127.0.0.1',
    `SocketConnectPort=${port}`,
    '',
  ].join('\n');
