/** Imports point inwards only: lib <- domain <- core <- adapters <- app <- cli, main. [architecture 3]. */
const layer = (name, allowed) => ({
  name: `${name}-imports-inwards-only`,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: `^src/(${[name, ...allowed].join('|')})/` },
});

/** Sub-rooms of one room, the lowest first: none imports from one that stands after it. `at` is a folder, or a file without its .ts. */
const looksDown = (room, order) =>
  order.slice(0, -1).map((at, index) => ({
    name: `${room.replaceAll('/', '-')}-${at.replaceAll('/', '-')}-looks-down`,
    severity: 'error',
    from: {
      path: `^src/${room}/${at}/`,
      // A room inside a room has a rule of its own.
      pathNot: order
        .filter((other) => other.startsWith(`${at}/`))
        .map((other) => `^src/${room}/${other}/`),
    },
    to: {
      path: `^src/${room}/(${order.slice(index + 1).join('|')})(/|\\.ts$)`,
      pathNot: `^src/${room}/${at}/`,
    },
  }));

const pure = '^src/(lib|domain|core|fix/session|simulator/exchange)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      // Types that name each other are fine: nothing of them is left at run time.
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '(^src/|/)(main|index)\\.ts$' },
      to: {},
    },
    layer('lib', []),
    layer('domain', ['lib']),
    layer('core', ['domain', 'lib']),
    layer('fix', ['domain', 'lib']),
    layer('archive', ['lib']),
    layer('journal', ['fix', 'domain', 'lib']),
    layer('execution-log', ['fix', 'domain', 'lib']),
    layer('kraken', ['fix', 'domain', 'lib']),
    layer('upstream', ['fix', 'core', 'domain', 'lib']),
    layer('simulator', ['fix', 'domain', 'lib']),
    layer('config', ['domain', 'lib']),
    layer('control', ['lib']),
    layer('observability', ['lib']),
    layer('app', ['(?!main|cli)[a-z-]+']),
    {
      name: 'simulator-shares-the-codec-and-the-session-only',
      severity: 'error',
      from: { path: '^src/simulator/' },
      to: { path: '^src/(core|kraken|app|journal|upstream)/' },
    },
    {
      name: 'jspurefix-in-one-file-only',
      severity: 'error',
      from: { path: '^(src|test|bench)/', pathNot: '^src/fix/dictionary/jspurefix\\.ts$' },
      to: { path: 'node_modules/(jspurefix|reflect-metadata)/' },
    },
    {
      name: 'pure-layers-import-no-package',
      severity: 'error',
      from: { path: pure },
      to: {
        dependencyTypes: ['npm'],
        pathNot: 'node_modules/(@types/)?big\\.js/',
      },
    },
    {
      name: 'pure-layers-do-no-io',
      severity: 'error',
      from: { path: '^src/(domain|core|fix/session|simulator/exchange)/' },
      to: { dependencyTypes: ['core'] },
    },
    ...looksDown('core', ['facts', 'evolve', 'effects']),
    ...looksDown('core', ['facts', 'evolve', 'decide', 'doubt', 'route', 'order-manager']),
    ...looksDown('core', ['risk', 'decide', 'effects']),
    ...looksDown('core', ['facts', 'evolve', 'positions']),
    {
      name: 'core-vocabulary-looks-down',
      severity: 'error',
      from: { path: '^src/core/(input|fact|effect|state|refusal|refusal-text|doubt-class)\\.ts$' },
      to: { path: '^src/core/(decide|evolve|effects|risk|route|doubt|positions)/' },
    },
    ...looksDown('fix', [
      'dictionary',
      'codec',
      'validation',
      'session/model',
      'session',
      'runtime',
      'log',
    ]),
    {
      name: 'fix-log-knows-no-session',
      severity: 'error',
      from: { path: '^src/fix/log/' },
      to: { path: '^src/fix/(session|runtime|validation)/' },
    },
    ...looksDown('simulator/exchange', [
      'model',
      'reads',
      'trading',
      'orders',
      'venue-acts',
      'exchange',
    ]),
    ...looksDown('kraken/websocket', ['events', 'parse', 'connection', 'feeds']),
    ...looksDown('kraken/websocket', ['events', 'parse', 'views', 'connection']),
    ...looksDown('config', ['schema', 'check', 'load', 'quickfix']),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
