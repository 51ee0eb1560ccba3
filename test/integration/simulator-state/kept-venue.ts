import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Secret } from '../../../src/lib/secret.ts';
import { type RestKey } from '../../../src/simulator/gateways/rest/rest-key.ts';
import { callJson, FULL, type Params, V3 } from '../simulator-rest/stage.ts';

const MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

export interface Announced {
  readonly rest: string;
  readonly admin: string;
  readonly fix: { readonly trading: { readonly port: number; readonly senderCompID: string } };
  readonly keys: readonly {
    readonly account: string;
    readonly apiKey: string;
    readonly apiSecret: string;
    readonly fixApiKey?: string;
    readonly fixApiSecret?: string;
  }[];
}

/** A simulator in a process of its own that keeps its state in a directory. */
export class KeptVenue {
  readonly run: Announced;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, run: Announced) {
    this.#child = child;
    this.run = run;
  }

  static async start(args: readonly string[]): Promise<KeptVenue> {
    const child = spawn(process.execPath, [MAIN, 'simulate', '--json', '--fix-plain', ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((resolve, reject) => {
      createInterface(child.stdout).once('line', resolve);
      child.once('exit', (code) => {
        reject(new Error(`the simulator ended with ${String(code)}`));
      });
    });
    return new KeptVenue(child, JSON.parse(line) as Announced);
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  key(at: number): RestKey {
    const { account = '', apiKey = '', apiSecret = '' } = this.run.keys[at] ?? {};
    return { account, apiKey, apiSecret: new Secret(apiSecret), permissions: FULL };
  }

  fixKey(at: number) {
    const { fixApiKey = '', fixApiSecret = '' } = this.run.keys[at] ?? {};
    return { apiKey: new Secret(fixApiKey), apiSecret: new Secret(fixApiSecret) };
  }

  get(path: string, at = 0, params: Params = {}): Promise<Record<string, unknown>> {
    return callJson(this.run.rest, { method: 'GET', path, params, key: this.key(at) });
  }

  post(name: string, params: Params, at = 0): Promise<Record<string, unknown>> {
    const path = `${V3}/${name}`;
    return callJson(this.run.rest, { method: 'POST', path, params, key: this.key(at) });
  }

  put(name: string, params: Params): Promise<Record<string, unknown>> {
    const path = `${V3}/${name}`;
    return callJson(this.run.rest, { method: 'PUT', path, params, key: this.key(0) });
  }

  async ledger(): Promise<readonly string[]> {
    const answer = await fetch(`${this.run.admin}/ledger`);
    return (await answer.text()).split('\n').filter((line) => line !== '');
  }

  /** Everything that clients are shown and that time alone does not change. */
  async views(): Promise<Record<string, unknown>> {
    const views: Record<string, unknown> = {};
    for (const at of [0, 1]) {
      for (const path of ACCOUNT_VIEWS) views[`${at} ${path}`] = timeless(await this.get(path, at));
      const accounts = (await this.get(`${V3}/accounts`, at)) as unknown as AccountsAnswer;
      views[`${at} balances`] = Object.entries(accounts.accounts).map(([name, account]) => [
        name,
        account['balances'],
        account['currencies'],
      ]);
      const { openPositions } = (await this.get(
        `${V3}/openpositions`,
        at,
      )) as unknown as PositionsAnswer;
      views[`${at} positions`] = openPositions.map(({ symbol, side, size, price }) => [
        ...[symbol, side, size, price],
      ]);
    }
    for (const path of PUBLIC_VIEWS) views[path] = timeless(await this.get(path));
    views['ledger'] = await this.ledger();
    return views;
  }
}

interface AccountsAnswer {
  readonly accounts: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
interface PositionsAnswer {
  readonly openPositions: readonly Readonly<Record<string, unknown>>[];
}

const HISTORY = '/api/history/v3';
const ACCOUNT_VIEWS = [
  `${V3}/openorders`,
  `${V3}/fills`,
  `${V3}/leveragepreferences`,
  `${V3}/pnlpreferences`,
  `${V3}/self-trade-strategy`,
  `${V3}/rfq-assignment/max-leverage`,
  `${V3}/assignmentprogram/current`,
  `${V3}/assignmentprogram/history`,
  `${HISTORY}/executions`,
  `${HISTORY}/orders`,
  `${HISTORY}/triggers`,
  `${HISTORY}/positions`,
  `${HISTORY}/account-log`,
];
const PUBLIC_VIEWS = [
  `${V3}/orderbook?symbol=PF_XBTUSD`,
  `${V3}/history?symbol=PF_XBTUSD`,
  `${HISTORY}/market/PF_XBTUSD/executions`,
  `${HISTORY}/market/PF_XBTUSD/orders`,
  '/api/charts/v1/trade/PF_XBTUSD/1m?from=0',
];

/** Without the venue's time, and without candles of minutes in which nothing was traded. */
const timeless = (answer: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(answer)
      .filter(([name]) => name !== 'serverTime')
      .map(([name, value]) => [name, name === 'candles' ? traded(value as Candles) : value]),
  );

type Candles = readonly { readonly volume: string }[];
const traded = (candles: Candles): Candles => candles.filter(({ volume }) => Number(volume) > 0);
