import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { systemClock } from '../../../src/app/system-clock.ts';
import { parseLosslessJson } from '../../../src/lib/lossless-json.ts';
import { type ServedEndpoint } from '../../../src/simulator/gateways/rest/endpoints/endpoint.ts';
import { ENDPOINTS } from '../../../src/simulator/gateways/rest/endpoints/catalogue.ts';
import { Fields } from '../../../src/simulator/gateways/rest/fields.ts';
import { listItem, notesOf } from '../../support/markdown-list.ts';
import { FIDELITY } from './fidelity.ts';
import { lacks } from './shape.ts';
import { call, openStage, type Call, type Params, type Reply, type Stage, V3 } from './stage.ts';

interface CatalogueRow {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly auth: string;
  readonly status: string;
  readonly cost: number | string;
}
interface Example {
  readonly id: string;
  readonly kind: 'example' | 'error';
  readonly title: string;
  readonly body: string;
}

const fixture = (name: string): string[] =>
  readFileSync(new URL(`../../fixtures/rest/${name}`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '');

const CATALOGUE = fixture('catalogue.jsonl').map((line) => JSON.parse(line) as CatalogueRow);
const WANTED = CATALOGUE.filter(({ status }) => !/pre-prod|legacy/i.test(status));
/** The body keeps its digits: it is cut out of the line, not parsed. */
const EXAMPLES = fixture('examples.jsonl').map((line): Example => {
  const { id, kind, title } = JSON.parse(line) as Example;
  return { id, kind, title, body: line.slice(line.indexOf('"body":') + '"body":'.length, -1) };
});

const DOCS = new URL('../../../docs/simulator-rest.md', import.meta.url);

const HEAD = `# REST of the simulator

Every call of the venue's catalogue that is neither pre-production nor legacy, with its points and its
fidelity:

- \`exact\`: as the reference says, and where it says nothing, as noted;
- \`simplified\`: less than the venue does, and how.

The list is written by \`test/integration/simulator-rest/endpoints.test.ts\` (\`FATHOM_WRITE_DOCS=1\`),
which calls every endpoint and compares the answer with the payload of the reference.

`;

const pageText = (): string =>
  HEAD +
  WANTED.map(({ id, method, path, cost }) => {
    const { grade, how } = FIDELITY[id] ?? { grade: 'missing', how: '' };
    return listItem(`**${id}**, \`${method} ${path}\`: ${grade}`, [
      `points: ${cost}`,
      ...notesOf(how),
    ]);
  }).join('');

const SYMBOL = 'PF_XBTUSD';
const SYMBOLS = [SYMBOL, 'PF_ETHUSD', 'PI_XBTUSD', 'FF_XBTUSD_261225', 'FI_XBTUSD_261225'];
const SECONDS = Math.floor(Date.now() / 1_000);
const lmt = { orderType: 'lmt', symbol: SYMBOL, side: 'buy', size: '0.01', limitPrice: '83000' };

const stop = { ...lmt, orderType: 'stp', stopPrice: '85000' };

const batch = (...batchOrder: readonly Readonly<Record<string, string>>[]): Params => ({
  json: JSON.stringify({ batchOrder }),
});

/** Parameters of one good request per call; a call that is not named needs none. */
const PARAMS: Readonly<Record<string, Call['params']>> = {
  sendorder: lmt,
  editorder: { cliOrdId: 'edit-me', size: '0.02', limitPrice: '82900' },
  cancelorder: { cliOrdId: 'cancel-me' },
  cancelallorders: { symbol: 'PF_ETHUSD' },
  cancelallordersafter: { timeout: 60 },
  batchorder: batch({ order: 'send', order_tag: '1', cliOrdId: 'batch', ...lmt }),
  'orders-status': { cliOrdIds: 'edit-me' },
  orderbook: { symbol: SYMBOL },
  history: { symbol: SYMBOL },
  'historicalfundingrates-v4': { symbol: SYMBOL },
  'historical-funding-rates': { symbol: SYMBOL },
  'leveragepreferences-put': { symbol: SYMBOL, maxLeverage: 10 },
  'pnlpreferences-put': { symbol: SYMBOL, pnlPreference: 'BTC' },
  'self-trade-strategy-put': { strategy: 'CANCEL_MAKER_SELF' },
  'rfq-assignment-max-leverage-put': { maxLeverage: '5.25' },
  'subaccount-trading-enabled-put': { tradingEnabled: true },
  transfer: { fromAccount: 'cash', toAccount: 'flex', unit: 'usd', amount: '10' },
  'transfer-subaccount': {
    fromUser: 'alice',
    toUser: 'alice-sub',
    fromAccount: 'cash',
    toAccount: 'cash',
    unit: 'usd',
    amount: '10',
  },
  withdrawal: { currency: 'usd', amount: '5' },
  'assignmentprogram-add': {
    contractType: 'flex',
    contract: SYMBOL,
    maxSize: '10',
    maxPosition: '50',
    acceptLong: true,
    acceptShort: false,
    timeFrame: 'WEEKDAYS',
    enabled: true,
  },
  'assignmentprogram-delete': { id: 1 },
  'charts-liquidity-pool': { since: SECONDS - 600, interval: 60 },
  'charts-analytics': { since: SECONDS - 600, interval: 60 },
};

const PATH_PARAMS: Readonly<Record<string, string>> = {
  symbol: SYMBOL,
  tradeable: SYMBOL,
  subaccountUid: 'alice-sub',
  tick_type: 'trade',
  resolution: '1m',
  analytics_type: 'cvd',
};

/** Examples that need a request of their own, by call and title. */
const BY_TITLE: readonly (readonly [RegExp, Call['params']])[] = [
  [/: market order, one fill/, { ...lmt, orderType: 'mkt', limitPrice: '' }],
  [/: limit with cliOrdId/, { ...lmt, cliOrdId: 'mycustomid' }],
  [/: take_profit with limit/, { ...lmt, orderType: 'take_profit', stopPrice: '82000' }],
  [/: IOC refused/, { ...lmt, orderType: 'ioc' }],
  [/: refusal without order id/, { ...lmt, size: '1200', limitPrice: '84000' }],
  [/: order gone/, { orderId: 'fc589be9-5095-48f0-b6f1-a2dfad6d9677', size: '1' }],
  [/^cancelorder: documentation/, { cliOrdId: 'cancel-me-too' }],
  [/^assignmentprogram-delete: /, { id: 2 }],
  [/: nothing to cancel/, { cliOrdId: 'nobody' }],
  [/: disarmed/, { timeout: 0 }],
  [
    /: recorded 2023-04-04 \(answer to the/,
    batch(
      { order: 'send', order_tag: '1', ...lmt, size: '1200', limitPrice: '84000' },
      { order: 'send', order_tag: '2', ...lmt, orderType: 'stp', stopPrice: '85000' },
    ),
  ],
  [
    /: same recording, answers to two cancels/,
    batch(
      { order: 'cancel', order_id: 'e35d61dd-8a30-4d5f-a574-b5593ef0c050' },
      { order: 'cancel', cliOrdId: 'my_client_id' },
    ),
  ],
  [/: arguments missing/, batch({ order: 'send' }, { order: 'send', order_tag: '2' })],
  [
    /: documentation: sent, edited, cancelled/,
    batch(
      { order: 'send', order_tag: '1', ...lmt },
      { order: 'edit', cliOrdId: 'batch-edit', size: '0.03' },
    ),
  ],
];

/**
 * Members that ours cannot have: the example is of the older layout, of one page of many, or holds
 * what no account here has.
 */
const DIFFERS: Readonly<Record<string, RegExp>> = {
  // Text in the specification, numbers in a recording of 2023 [rest 9 row 22].
  accounts: /balances\[0\] is string, not number|accounts\[1\]\.balances is missing/,
  'history-executions': /makerOrder|takerOrder|continuationToken/,
  'history-triggers': /continuationToken|trailingStopOptions/,
  'market-executions': /continuationToken/,
};

describe('REST endpoints beside the examples of the reference (docs/simulator-rest.md)', () => {
  let stage: Stage;

  const post = (path: string, params: Call['params'], key = stage.alice) =>
    call(stage.url, { method: 'POST', path: `${V3}/${path}`, params: params ?? {}, key });

  const put = (path: string, params: Params) =>
    call(stage.url, { method: 'PUT', path: `${V3}/${path}`, params, key: stage.alice });

  before(async () => {
    stage = await openStage({ symbols: SYMBOLS });
    await post('sendorder', { ...lmt, side: 'sell', limitPrice: '84100' }, stage.bob);
    await post('sendorder', { ...lmt, side: 'sell', size: '0.5', limitPrice: '84200' }, stage.bob);
    await post('sendorder', { ...lmt, orderType: 'mkt', limitPrice: '' });
    await post('sendorder', { ...lmt, cliOrdId: 'batch-edit' });
    await post('sendorder', { ...stop, cliOrdId: 'market-stop', limitPrice: '' });
    await post('sendorder', { ...lmt, cliOrdId: 'edit-me' });
    await post('sendorder', { ...lmt, cliOrdId: 'cancel-me' });
    await post('sendorder', { ...lmt, cliOrdId: 'cancel-me-too' });
    await post('sendorder', { ...lmt, symbol: 'PF_ETHUSD', size: '0.1', limitPrice: '1900' });
    await post('sendorder', { ...stop, limitPrice: '85100' });
    await post('assignmentprogram/add', PARAMS['assignmentprogram-add']);
    await post('assignmentprogram/add', PARAMS['assignmentprogram-add']);
    await put('leveragepreferences', { symbol: SYMBOL, maxLeverage: 5 });
    await put('pnlpreferences', { symbol: SYMBOL, pnlPreference: 'BTC' });
    stage.simulator.notices.post({
      type: 'general',
      priority: 'high',
      note: 'Market in post only mode until 4pm.',
      effectiveTime: systemClock.wall(),
    });
  });
  after(() => stage.stop());

  const urlOf = (path: string): string =>
    path.replace(/:(\w+)/g, (_all, name: string) => PATH_PARAMS[name] ?? '');

  it('answers every call that is neither pre-production nor legacy, and no other', () => {
    expect([...new Set(ENDPOINTS.map(({ id }) => id))].sort()).to.deep.equal(
      WANTED.map(({ id }) => id).sort(),
    );
  });

  for (const row of WANTED) {
    it(`${row.id}: path, access and cost of the catalogue`, () => {
      const endpoint = ENDPOINTS.find(({ id }) => id === row.id);
      expect(endpoint?.method).to.equal(row.method);
      expect(endpoint?.paths[0]).to.equal(row.path.replace(/\{(\w+)\}/g, ':$1'));
      expect(endpoint?.access).to.equal(row.auth);
      if (typeof row.cost === 'number') expect(endpoint?.cost(new Fields())).to.equal(row.cost);
    });
  }

  const ask = (endpoint: ServedEndpoint, params: Call['params']): Promise<Reply> =>
    call(stage.url, {
      method: endpoint.method,
      path: urlOf(endpoint.paths[0] ?? ''),
      params: params ?? PARAMS[endpoint.id] ?? {},
      ...(endpoint.access === 'public' ? {} : { key: stage.alice }),
    });

  for (const endpoint of ENDPOINTS) {
    const name = `${endpoint.method} ${endpoint.id}`;
    it(`${name} answers a good request`, async () => {
      const reply = await ask(endpoint, undefined);
      expect(reply.status, reply.text).to.equal(200);
      expect(reply.text).to.not.match(/"result":"error"/);
      if (endpoint.id === 'history-accountlogcsv') expect(reply.text).to.match(/^uid,dateTime,/);
      else expect(parseLosslessJson(reply.text).ok, reply.text).to.equal(true);
    });

    for (const { id, kind, title, body } of EXAMPLES) {
      if (id !== endpoint.id || kind !== 'example') continue;
      it(`${name} has every member of the example "${title}"`, async () => {
        const own = BY_TITLE.find(([pattern]) => pattern.test(`${id}: ${title}`));
        const reply = await ask(endpoint, own?.[1]);
        const ours = parseLosslessJson(reply.text);
        const example = parseLosslessJson(body);
        if (!ours.ok || !example.ok) throw new Error(reply.text);
        const missing = lacks(example.value, ours.value).filter(
          (line) => !(DIFFERS[endpoint.id]?.test(line) ?? false),
        );
        expect(missing, reply.text.slice(0, 2_000)).to.deep.equal([]);
      });
    }
  }

  it('docs/simulator-rest.md lists every call with its fidelity', () => {
    expect(Object.keys(FIDELITY).sort()).to.deep.equal(WANTED.map(({ id }) => id).sort());
    if (process.env['FATHOM_WRITE_DOCS'] === '1') writeFileSync(DOCS, pageText());
    expect(readFileSync(DOCS, 'utf8')).to.equal(pageText());
  });
});
