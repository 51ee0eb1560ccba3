import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A program of a user: the types of signatures by name, a configuration as an object. */
const EXAMPLE = `
import {
  loadConfig, startEngine, StartError,
  type Ack, type AccountSnapshot, type BookView, type Config, type ConfigObject, type DecimalText,
  type Engine, type EngineState, type LibraryOrder, type Order, type Route, type SessionView,
} from 'fathom';
import { readFileSync } from 'node:fs';

const object = JSON.parse(readFileSync('demo.json', 'utf8')) as ConfigObject;
const bad = loadConfig({ path: { ...object, engine: { dataDir: 5 } }, env: {} });
if (bad.ok) throw new Error('it was taken');
console.log('problem', bad.error.map(({ path }) => path).join(' '));
try {
  await startEngine({ config: { engine: {} }, env: {} });
} catch (cause) {
  console.log('refused', cause instanceof StartError ? cause.code : cause);
}
const loaded = loadConfig({ path: object, env: {} });
if (!loaded.ok) throw new Error('it was refused');
const config: Config = loaded.value.config;
const engine: Engine = await startEngine({ config: object, env: {} });
await engine.untilOpen({ timeoutMs: 60_000 });
const order: LibraryOrder = {
  clientOrderID: 'P-1', symbol: 'PF_XBTUSD', side: 'Buy', ordType: 'Limit', orderQty: '0.01', price: '50000',
};
const ack: Ack = await engine.submit(order);
const state: EngineState = engine.state;
const orders: Order[] = [...state.orders.values()];
const routes: Route[] = [...state.routes.values()];
const book: BookView | undefined = engine.book('PF_XBTUSD');
const qty: DecimalText | undefined = orders[0]?.terms.orderQty;
const sessions: readonly SessionView[] = engine.sessions();
const account: AccountSnapshot | undefined = engine.account();
console.log('order', ack.status, qty, config.engine.name, sessions.length > 1, routes.length, book?.symbol, account);
await engine.stop();
`;

interface Package {
  readonly version?: string;
  readonly overrides?: object;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly packages?: Readonly<Record<string, Package>>;
}

/** Links the packages that npm installs for a user; what development alone needs is missing. */
const linkWhatNpmFetches = (packageDir: string): void => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, { readonly dev?: boolean; readonly optional?: boolean }>>;
  };
  for (const [path, { dev = false, optional = false }] of Object.entries(packages)) {
    if (dev || optional || path.lastIndexOf('node_modules/') !== 0) continue;
    mkdirSync(dirname(join(packageDir, path)), { recursive: true });
    symlinkSync(join(ROOT, path), join(packageDir, path));
  }
};

describe('the package', function () {
  this.timeout(300_000);
  let dir: string;

  const run = (command: string, args: readonly string[], cwd: string): string => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
    expect(status, `${command} ${args.join(' ')}: ${stdout}${stderr}`).to.equal(0);
    return stdout;
  };

  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-package-'));
    // The scripts would build anew while other tests run what is built.
    const env = ['--ignore-scripts', '--silent', '--pack-destination', dir];
    run('npm', ['pack', ...env, '--cache', join(dir, 'npm-cache')], ROOT);
    const tarball = readdirSync(dir).find((name) => name.endsWith('.tgz')) ?? '';
    run('tar', ['-xzf', tarball], dir);
    mkdirSync(join(dir, 'node_modules'));
    renameSync(join(dir, 'package'), join(dir, 'node_modules/fathom'));
    linkWhatNpmFetches(join(dir, 'node_modules/fathom'));
    writeFileSync(join(dir, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(dir, 'example.ts'), EXAMPLE);
    const demo = readFileSync(join(ROOT, 'config/demo.json'), 'utf8').replace('var/demo', 'data');
    writeFileSync(
      join(dir, 'demo.json'),
      JSON.stringify({ ...(JSON.parse(demo) as object), logging: { format: 'off' } }),
    );
  });
  after(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  const compile = (module: string, moduleResolution: string): void => {
    const compilerOptions = {
      ...{ module, moduleResolution, target: 'es2023', strict: true, outDir: module },
      ...{ noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true },
      typeRoots: [join(ROOT, 'node_modules/@types')],
      types: ['node'],
      // TypeScript's default: a declaration of ours whose import has no types is the user's error.
      skipLibCheck: false,
    };
    const project = join(dir, `tsconfig.${module}.json`);
    writeFileSync(project, JSON.stringify({ compilerOptions, files: ['example.ts'] }));
    run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', project], dir);
  };

  it('holds what it needs and nothing of the tests', () => {
    const names = readdirSync(join(dir, 'node_modules/fathom')).sort();
    expect(names).to.include.members(['bin', 'config', 'dist', 'docs', 'fix-dictionaries']);
    expect(names).not.to.include.members(['src']);
    expect(names).not.to.include.members(['test']);
  });

  it('brings to whoever installs it the versions that its own checkout has, without a word about Node', () => {
    const json = (name: string) => JSON.parse(readFileSync(join(ROOT, name), 'utf8')) as Package;
    const { overrides, dependencies = {} } = json('package.json');
    // npm heeds the overrides of a checkout only. What they would hold has to be a dependency.
    expect(overrides).to.equal(undefined);
    const { packages = {} } = json('package-lock.json');
    const held = packages['node_modules/light-my-request'];
    expect(dependencies['light-my-request']).to.equal(held?.version);
    expect(held?.dependencies?.['cookie'], 'later ones need Node 22').to.match(/^\^1\./);
    const copies = Object.keys(packages).filter((path) => path.endsWith('/light-my-request'));
    expect(copies).to.deep.equal(['node_modules/light-my-request']);
  });

  it('can be compiled against under bundler', () => {
    compile('esnext', 'bundler');
  });

  it('can be compiled against under nodenext, and the program runs', () => {
    compile('nodenext', 'nodenext');
    const out = run(process.execPath, ['nodenext/example.js'], dir).trim().split('\n');
    expect(out[0]).to.equal('problem engine.dataDir');
    expect(out[1]).to.equal('refused FATHOM_CONFIG_INVALID');
    expect(out[2]).to.equal('order accepted 0.01 fathom-demo true 1 PF_XBTUSD undefined');
  });

  it('brings a command that runs as it is, without building', () => {
    const version = run(process.execPath, ['node_modules/fathom/bin/fathom.js', '--version'], dir);
    const { version: expected } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(version.trim()).to.equal(expected);
  });
});
