import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { format } from 'prettier';
import { BASE_PATH, type Endpoint } from '../../src/kraken/rest/endpoint.ts';
import { endpoints } from '../../src/kraken/rest/endpoints.ts';

const REST = 'src/kraken/rest';
const RAW_TEST = 'test/unit/kraken/rest/raw-client.test.ts';
const EXAMPLES_TEST = 'test/unit/kraken/rest/gateway-examples.test.ts';
const SIMULATOR_TEST = 'test/integration/rest/simulator.test.ts';
export const REST_ENDPOINTS_PAGE = 'docs/rest-endpoints.md';

interface DomainFunction {
  readonly file: string;
  readonly name: string;
}

/** Which gateway function calls which raw function, read from the gateways' sources. */
const domainFunctions = (): ReadonlyMap<string, DomainFunction> => {
  const found = new Map<string, DomainFunction>();
  for (const file of readdirSync(REST, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /-(?:gateway|calls)\.ts$/.test(name),
  )) {
    let name = '';
    for (const line of readFileSync(`${REST}/${file}`, 'utf8').split('\n')) {
      // A method of the gateway object stands two blanks in.
      name = /^ {2}(?: {2})?(\w+): async \(/.exec(line)?.[1] ?? name;
      for (const [, raw = ''] of line.matchAll(/client\.(\w+)\(/g))
        if (!found.has(raw)) found.set(raw, { file, name });
    }
  }
  return found;
};

const row = (raw: string, endpoint: Endpoint, domain: DomainFunction | undefined): string => {
  const path = `\`${endpoint.method} ${BASE_PATH[endpoint.service]}${endpoint.path}\``;
  const gateway = domain === undefined ? '–' : `\`${basename(domain.file, '.ts')}\` ${domain.name}`;
  const tests = domain === undefined ? 'raw-client' : 'raw-client, gateway-examples, simulator';
  const cost = endpoint.pool === 'none' ? 'free' : `${endpoint.cost} ${endpoint.pool}`;
  const cells = [
    endpoint.id,
    path,
    endpoint.auth,
    endpoint.kind,
    cost,
    `\`${raw}\``,
    gateway,
    tests,
  ];
  return `| ${cells.join(' | ')} |`;
};

const table = (): string => {
  const domain = domainFunctions();
  const rows = Object.entries<Endpoint>(endpoints).map(([raw, endpoint]) =>
    row(raw, endpoint, domain.get(raw)),
  );
  return [
    '| call | method and path | key | kind | cost | raw function | gateway function | tests |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
};

const page = (): string => `# REST endpoints

Written by \`npx tsx test/support/write-rest-endpoints-page.ts\` from the tables in \`${REST}/endpoints.ts\`; a test fails when it is
out of date. Do not edit.

\`kind\` decides what may be repeated: \`read\` and \`cancel\` may, \`order\`, \`money\` and \`setting\` go out at most once.
\`cost\` is in points of the pool; a name stands for a rule (batch-size: 9 + instructions; fills-paging: 2, or 25 with
\`lastFillTime\`; account-log-count: 1 to 10 by \`count\`).

Tests: \`${RAW_TEST}\` sends each call to a server and checks path, parameters and signature;
\`${EXAMPLES_TEST}\` reads each published payload through the gateway and compares every amount to the last digit;
\`${SIMULATOR_TEST}\` calls each through its gateway on the simulator.

${table()}

Not built: what the venue marks as legacy (recentorders, transfers, initialmargin, maxordersize), and what exists in
pre-production only (portfolio margining, requests for quotation).
`;

/** docs/rest-endpoints.md as it must be, in the format of the project. */
export const formattedRestEndpointsPage = (): Promise<string> =>
  format(page(), { parser: 'markdown', printWidth: 100 });

if (import.meta.filename === process.argv[1]) {
  void formattedRestEndpointsPage().then((text) => {
    writeFileSync(REST_ENDPOINTS_PAGE, text);
  });
}
