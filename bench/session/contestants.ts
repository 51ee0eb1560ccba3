import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stockDictionaryPath } from '../../src/fix/dictionary/jspurefix.ts';
import { type Certificate } from '../../src/simulator/certificate.ts';
import { type LoadPlan } from './load.ts';
import { type ProgramConfig } from './program.ts';
import { type Program } from './run-pair.ts';

/** One row of the table: who speaks at both ends, how, and with which store. */
export interface Contestant {
  readonly name: string;
  readonly transport: 'TCP' | 'TLS';
  /** Why it can't take part here. */
  readonly missing?: string;
  readonly program: (run: RunOptions) => Program;
}

interface RunOptions {
  readonly role: 'server' | 'client';
  readonly port: number;
  /** New for each run, shared by both ends. */
  readonly dir: string;
  readonly plan: LoadPlan;
}

const HERE = import.meta.dirname;
const QUICKFIX_HEADER = '/usr/include/quickfix/Session.h';

/** `workDir` holds the compiled program; the certificate serves all TLS rows. */
export const contestants = (workDir: string, certificate: Certificate): readonly Contestant[] => {
  const quickfix = compileQuickfix(workDir);
  return (['TCP', 'TLS'] as const).flatMap((transport): readonly Contestant[] => {
    const tls = transport === 'TLS' ? certificate : undefined;
    const node = (file: string, store: ProgramConfig['store']) => (run: RunOptions) =>
      nodeProgram(file, { ...run, certificate: tls, store });
    return [
      { name: 'raw socket echo', transport, program: node('echo.ts', 'none') },
      { name: 'Fathom, memory', transport, program: node('ours.ts', 'memory') },
      { name: 'Fathom, journal (process)', transport, program: node('ours.ts', 'process') },
      { name: 'Fathom, journal (disk)', transport, program: node('ours.ts', 'disk') },
      ...(['memory', 'file'] as const).map((store): Contestant => ({
        name: `QuickFIX C++, ${store} store`,
        transport,
        ...(quickfix.missing !== undefined && { missing: quickfix.missing }),
        program: (run) => quickfixProgram(quickfix.program, store, { ...run, tls }),
      })),
      ...(['memory', 'file'] as const).map((store): Contestant => ({
        name: `jspurefix, ${store} store`,
        transport,
        ...(tls !== undefined && { missing: 'TLS files relative to its package only' }),
        program: (run) => jspurefixProgram(store, run),
      })),
    ];
  });
};

const writeConfig = (run: RunOptions, name: string, text: string): string => {
  mkdirSync(run.dir, { recursive: true });
  const path = join(run.dir, name);
  writeFileSync(path, text);
  return path;
};

const nodeProgram = (file: string, config: ProgramConfig): Program => ({
  command: process.execPath,
  args: [
    '--import',
    'tsx',
    join(HERE, file),
    writeConfig(config, `${config.role}.json`, JSON.stringify(config)),
  ],
});

const compileQuickfix = (workDir: string): { program: string; missing?: string } => {
  const program = join(workDir, 'quickfix');
  if (!existsSync(QUICKFIX_HEADER)) return { program, missing: 'libquickfix-dev not installed' };
  const source = join(HERE, 'quickfix.cpp');
  const libraries = ['-lquickfix', '-lssl', '-lcrypto', '-lpthread'];
  const flags = ['-std=c++14', '-O2', '-Wno-deprecated', '-o', program, source, ...libraries];
  const compiled = spawnSync('g++', flags, { encoding: 'utf8' });
  return compiled.status === 0 ? { program } : { program, missing: 'g++ failed' };
};

const quickfixProgram = (
  program: string,
  store: 'memory' | 'file',
  { role, port, dir, plan, tls }: RunOptions & { readonly tls: Certificate | undefined },
): Program => {
  const isServer = role === 'server';
  const run = { role, port, dir, plan };
  const cert = tls === undefined ? '' : writeConfig(run, 'cert.pem', tls.cert);
  const key = tls === undefined ? '' : writeConfig(run, 'key.pem', tls.key);
  const own = isServer
    ? [`SocketAcceptPort=${port}`, 'SocketReuseAddress=Y']
    : ['SocketConnectHost=127.0.0.1', `SocketConnectPort=${port}`, 'ReconnectInterval=1'];
  const secure = isServer
    ? [
        `ServerCertificateFile=${cert}`,
        `ServerCertificateKeyFile=${key}`,
        'CertificateVerifyLevel=0',
      ]
    : ['CertificateVerifyLevel=2'];
  const settings = [
    '[DEFAULT]',
    `ConnectionType=${isServer ? 'acceptor' : 'initiator'}`,
    `FileStorePath=${join(dir, role)}`,
    'StartTime=00:00:00',
    'EndTime=00:00:00',
    'HeartBtInt=30',
    'SocketNodelay=Y',
    `DataDictionary=${stockDictionaryPath('FIX.4.4')}`,
    ...own,
    ...(tls === undefined ? [] : ['PeerTls=Y', `CertificationAuthoritiesFile=${cert}`, ...secure]),
    '[SESSION]',
    'BeginString=FIX.4.4',
    `SenderCompID=${isServer ? 'SERVER' : 'CLIENT'}`,
    `TargetCompID=${isServer ? 'CLIENT' : 'SERVER'}`,
  ].join('\n');
  const { warmUpOrders, roundTrips, orders, outstanding } = plan;
  return {
    command: program,
    args: [
      isServer ? 'acceptor' : 'initiator',
      store,
      writeConfig(run, `${role}.cfg`, `${settings}\n`),
      ...[warmUpOrders, roundTrips, orders, outstanding].map(String),
    ],
  };
};

const jspurefixProgram = (store: 'memory' | 'file', run: RunOptions): Program => {
  const isServer = run.role === 'server';
  const config = {
    package: dirname(createRequire(import.meta.url).resolve('jspurefix/package.json')),
    dictionary: stockDictionaryPath('FIX.4.4'),
    role: isServer ? 'acceptor' : 'initiator',
    port: run.port,
    dir: join(run.dir, run.role),
    store,
    senderCompID: isServer ? 'SERVER' : 'CLIENT',
    targetCompID: isServer ? 'CLIENT' : 'SERVER',
    resetSeqNumFlag: true,
    reports: 1,
    plan: run.plan,
    load: pathToFileURL(join(HERE, 'load.ts')).href,
  };
  mkdirSync(config.dir, { recursive: true });
  const program = join(HERE, '../../test/interop/jspurefix/session.cjs');
  return {
    command: process.execPath,
    args: [
      '--import',
      'tsx',
      program,
      writeConfig(run, `${run.role}.json`, JSON.stringify(config)),
    ],
  };
};
