import { type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { type FixSession } from '../../fix/session/model/session-types.ts';
import { type Clock, type Timers } from '../../lib/time.ts';
import { type ExchangeCommand } from '../exchange/model/commands.ts';
import { type ExchangeQueries } from '../exchange/reads/exchange-queries.ts';
import { accountNamed } from '../account-uid.ts';
import { type RestOptions } from '../gateways/rest/endpoints/endpoint.ts';
import { type ExchangeClient } from '../gateways/rest/exchange-client.ts';
import { type FaultRegistry } from '../faults/fault-registry.ts';
import { type FaultInjector } from '../faults/fault-injector.ts';
import { readFault, readScenario, runScenario, type Scenario } from '../faults/scenario.ts';
import { seededScenario } from '../faults/seeded-scenario.ts';
import { type Ledger } from '../ledger.ts';
import { type LedgerEntry } from '../ledger-entry.ts';
import { COMMAND_NAMES, readCommand, readRestOptions } from './admin-command.ts';

interface AdminDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly queries: ExchangeQueries;
  readonly ledger: Ledger;
  readonly sessions: () => readonly FixSession[];
  readonly submit: (command: ExchangeCommand) => void;
  /** Sets REST's switches; undefined in a run without REST. */
  readonly setRestOptions: ((options: Partial<RestOptions>) => void) | undefined;
  /** Performs a command and returns its events. */
  readonly exchange: ExchangeClient;
  readonly faults: FaultInjector;
  readonly waitingFaults: FaultRegistry;
  /** Accounts to show: all but those of the background market. */
  readonly accounts: readonly string[];
}

export interface AdminServer {
  readonly listen: (port: number) => Promise<number>;
  readonly close: () => Promise<void>;
}

const HOST = '127.0.0.1';
const BODY_BYTES_MAX = 1_048_576;
/** Lines. */
const LEDGER_PART = 500;
const SEEDED_MS = 60_000;

/**
 * The operators' HTTP server of the simulator: ledger, state, faults, time. It listens on loopback
 * only and asks for no key.
 */
export const makeAdminServer = (deps: AdminDeps): AdminServer => {
  const app = fastify({ bodyLimit: BODY_BYTES_MAX, forceCloseConnections: true });
  refuseStrangers(app);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  addViews(app, deps);
  addFaults(app, deps);
  addCommands(app, deps);
  return {
    listen: async (port) => {
      await app.listen({ host: HOST, port });
      return (app.server.address() as AddressInfo).port;
    },
    close: () => app.close(),
  };
};

/**
 * Refuses web pages. A page open in a browser on this machine could reach the port under a host
 * name of its own, which the Host header shows.
 */
const refuseStrangers = (app: FastifyInstance): void => {
  app.addHook('onRequest', async (request, reply) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    const isLocal = host === HOST || host === 'localhost';
    if (!isLocal || request.headers.origin !== undefined) {
      await reply.code(403).send({ error: 'loopback only' });
    }
  });
};

/** The answer to `GET /`: a list of the endpoints. */
const INDEX = {
  'GET /state': 'accounts, markets, sessions, waiting faults',
  'GET /ledger?account=':
    'the truth about orders, fills, cancels and transfers, JSON lines, the last 100,000 of them (twice memory.rowsMax)',
  'GET /stats?collect=1':
    'memory and processor time of the simulator, lines of the ledger; collect: garbage first, under node --expose-gc',
  'GET /faults': 'faults that wait',
  'POST /fault': 'one fault, see config/scenarios/scenario.schema.json',
  'DELETE /fault, DELETE /fault/:id': 'lifts all faults, or one',
  'POST /scenario, POST /scenario?seed=': 'a scenario in the body, or one drawn by a seed',
  'POST /rollover': 'the daily FIX rollover, now',
  'POST /tick': 'does what time made due',
  'POST /rest-options':
    'executionLayout single or pair, legacyLowerCase true or false, fixOrders all, cancel or none',
  'POST /command': `one of ${COMMAND_NAMES.join(', ')}, see docs/simulator-admin.md`,
};

const addViews = (app: FastifyInstance, deps: AdminDeps): void => {
  app.get('/', () => INDEX);
  app.get('/ledger', (request, reply) => {
    const { account } = request.query as { readonly account?: string };
    const entries =
      account === undefined
        ? deps.ledger.entries()
        : deps.ledger.ofAccount(accountNamed(deps.accounts, account));
    return reply.type('application/x-ndjson').send(Readable.from(textOf([...entries])));
  });
  app.get('/state', () => stateOf(deps));
  app.get('/stats', (request) => ({
    at: deps.clock.wall(),
    ...processStats((request.query as { readonly collect?: string }).collect === '1'),
    ledgerLines: deps.ledger.lines(),
  }));
};

/** Writes the ledger in parts: as one text it could take a hundred megabytes. */
function* textOf(entries: readonly LedgerEntry[]): Generator<string> {
  for (let from = 0; from < entries.length; from += LEDGER_PART) {
    const part = entries.slice(from, from + LEDGER_PART);
    yield part.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  }
}

const stateOf = ({ clock, queries, sessions, accounts, waitingFaults, ledger }: AdminDeps) => ({
  at: clock.wall(),
  ledgerEntries: ledger.entries().length,
  sessions: sessions().map((session) => session.view()),
  faults: waitingFaults.waiting(clock.wall()),
  accounts: Object.fromEntries(
    accounts.map((uid) => [
      uid,
      {
        openOrders: queries.openOrders(uid),
        positions: queries.positions(uid),
        balances: queries.balances(uid),
        fills: queries.fills(uid).length,
      },
    ]),
  ),
  markets: Object.fromEntries(
    queries.instruments().map(({ symbol }) => [symbol, queries.ticker(symbol)]),
  ),
});

const refuse = (reply: FastifyReply, error: string): FastifyReply =>
  reply.code(400).send({ error });

const bodyOf = (body: unknown): string => (typeof body === 'string' ? body : '');

const addFaults = (app: FastifyInstance, deps: AdminDeps): void => {
  const { waitingFaults, clock, faults, queries, timers } = deps;
  app.get('/faults', () => waitingFaults.waiting(clock.wall()));
  app.post('/fault', (request, reply) => {
    const fault = readFault(parseJson(bodyOf(request.body)));
    if (!fault.ok) return refuse(reply, fault.error);
    const asked = faults.ask(fault.value);
    if (!asked.ok) return refuse(reply, asked.error);
    return reply.send(asked.value === undefined ? { done: true } : { id: asked.value });
  });
  app.delete('/fault', (_request, reply) => {
    waitingFaults.lift();
    return reply.send({ done: true });
  });
  app.delete('/fault/:id', (request, reply) => {
    waitingFaults.lift(Number((request.params as { readonly id: string }).id));
    return reply.send({ done: true });
  });
  const symbols = queries.instruments().map(({ symbol }) => symbol);
  const drawn = (seed: number): Scenario => seededScenario(seed, SEEDED_MS, symbols);
  app.post('/scenario', (request, reply) => {
    const { seed } = request.query as { readonly seed?: string };
    const scenario =
      seed === undefined
        ? readScenario(bodyOf(request.body))
        : ({ ok: true, value: drawn(Number(seed) >>> 0) } as const);
    if (!scenario.ok) return refuse(reply, scenario.error);
    runScenario(scenario.value, timers, (fault) => faults.inject(fault));
    const { name, steps } = scenario.value;
    const warnings = steps.flatMap((step, at) => {
      const problem = faults.problemOf(step.fault);
      return problem === undefined ? [] : [`steps[${at}].fault: ${problem}`];
    });
    return reply.send({ name, steps: steps.length, ...(warnings.length > 0 && { warnings }) });
  });
  app.post('/rollover', (_request, reply) => {
    faults.inject({ kind: 'rollover' });
    return reply.send({ done: true });
  });
};

const addCommands = (app: FastifyInstance, deps: AdminDeps): void => {
  app.post('/rest-options', (request, reply) => {
    const given = readRestOptions(parseJson(bodyOf(request.body)));
    if (!given.ok) return refuse(reply, given.error);
    deps.setRestOptions?.(given.value);
    return reply.send({ done: true });
  });
  app.post('/tick', (_request, reply) => {
    deps.submit({ type: 'Tick' });
    return reply.send({ at: deps.clock.wall() });
  });
  app.post('/command', async (request, reply) => {
    const read = readCommand(parseJson(bodyOf(request.body)));
    if (!read.ok) return refuse(reply, read.error);
    const command =
      read.value.type === 'Deposit'
        ? { ...read.value, account: accountNamed(deps.accounts, read.value.account) }
        : read.value;
    const events = (await deps.exchange.ask(command)) ?? [];
    const refused = events.find((event) => event.type === 'CommandRefused');
    return refused === undefined ? reply.send({ done: true }) : refuse(reply, refused.reason);
  });
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * Memory (bytes) and processor time (seconds, all threads) of the process. `isCollected`: garbage
 * was collected first, so `heapUsed` counts live objects only; that needs node --expose-gc.
 */
const processStats = (wantsCollection: boolean) => {
  const isCollected = wantsCollection && globalThis.gc !== undefined;
  if (isCollected) globalThis.gc?.();
  const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return {
    uptimeSeconds: process.uptime(),
    cpuSeconds: (user + system) / 1e6,
    isCollected,
    memory: { rss, heapUsed, heapTotal, external, arrayBuffers },
  };
};
