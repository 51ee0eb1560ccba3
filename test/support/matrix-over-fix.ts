import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/app/system-clock.ts';
import { evolve } from '../../src/core/evolve/books.ts';
import { parseFact } from '../../src/core/fact.ts';
import { type EngineState, emptyState, type Order } from '../../src/core/state.ts';
import { ordStatusToCode } from '../../src/domain/fix-codes.ts';
import { type ClientName, type ClientOrderID, type ClOrdID } from '../../src/domain/ids.ts';
import { type OrdStatus } from '../../src/domain/order.ts';
import { type Engine, startEngine } from '../../src/index.ts';
import { toUtcTimestamp } from '../../src/lib/time.ts';
import { silentLogger } from '../../src/observability/logger.ts';
import { inWords, type MatrixStep } from './order-matrix.ts';
import { RawFixClient } from './raw-fix-client.ts';
import { readJournal } from './read-journal.ts';
import { ScriptedVenue } from './scripted-venue.ts';
import { until } from './until.ts';

const SYMBOL = 'PF_XBTUSD';
const INSTRUMENT = { contractType: 'linear', tickSize: '1', qtyStep: '1', qtyMin: '1' };

/** An engine between a client and a scripted venue, FIX bytes on both sides. */
export class MatrixStage {
  readonly venue: ScriptedVenue;
  readonly engine: Engine;
  readonly client: RawFixClient;
  readonly #dir: string;
  #probes = 0;

  private constructor(parts: Pick<MatrixStage, 'venue' | 'engine' | 'client'>, dir: string) {
    this.venue = parts.venue;
    this.engine = parts.engine;
    this.client = parts.client;
    this.#dir = dir;
  }

  static async open(): Promise<MatrixStage> {
    const dir = mkdtempSync(join(tmpdir(), 'fathom-matrix-'));
    const venue = await ScriptedVenue.listen();
    const config = writeConfig(dir, venue);
    const env = { MATRIX_KEY: 'a2V5', MATRIX_SECRET: 'c2VjcmV0' };
    const engine = await startEngine({ config, env, logger: silentLogger });
    await until(() => engine.isOpen, 'engine open');
    const client = await logOn(engine, 'DESK1');
    return new MatrixStage({ venue, engine, client }, dir);
  }

  /** A second client of the same engine. */
  other(): Promise<RawFixClient> {
    return logOn(this.engine, 'DESK2');
  }

  get controlSocket(): string {
    return join(this.#dir, 'data', 'run', 'control.sock');
  }

  /** Resolves when the engine has processed everything that the client sent before. */
  async clientInStep(): Promise<void> {
    this.#probes += 1;
    const probe = `client-${this.#probes}`;
    this.client.send('1', `112=${probe}`);
    await this.client.expect(({ get }) => get(112) === probe, 'the client in step');
  }

  /** The journal on disk, replayed into new books. */
  replay(): EngineState {
    return readJournal(join(this.#dir, 'data', 'journal')).reduce(
      (state, record) => (record.type === 'Fact' ? evolve(state, parseFact(record.fact)) : state),
      emptyState(),
    );
  }

  /** Reports that the client got so far. */
  reports(): readonly ReadonlyMap<string, string>[] {
    return this.client.received.filter((message) => ['8', '9'].includes(message.get('35') ?? ''));
  }

  async close(): Promise<void> {
    this.client.close();
    await this.engine.stop();
    this.venue.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

const logOn = async (engine: Engine, name: string): Promise<RawFixClient> => {
  const port = engine.clientPorts.get(name.toLowerCase()) ?? 0;
  const client = new RawFixClient(port, { sender: name, target: 'FATHOM' });
  await client.logon();
  return client;
};

const writeConfig = (dir: string, venue: ScriptedVenue): string => {
  const caFile = join(dir, 'ca.pem');
  const path = join(dir, 'engine.json');
  writeFileSync(caFile, venue.ca);
  const trading = {
    ...{ role: 'trading', senderCompID: 'FATHOM-DRV', targetCompID: 'KRAKEN-DRV-TRD' },
    ...{ hosts: [`localhost:${venue.port}`], heartBtIntSeconds: 30, tls: { caFile } },
    ...{ cancelOrdersOnDisconnect: true, cancelOrdersOnLogout: false },
    ...{ rollover: { enabled: false }, rateBudget: { unitsMax: 1_000_000 } },
    credentials: { apiKey: { env: 'MATRIX_KEY' }, apiSecret: { env: 'MATRIX_SECRET' } },
  };
  const desk1 = {
    ...{ role: 'client', senderCompID: 'FATHOM', targetCompID: 'DESK1', dayOrders: 'gtc' },
    replace: 'amend',
    listen: { host: '127.0.0.1', port: 0 },
  };
  const config = {
    engine: { name: 'matrix', dataDir: join(dir, 'data'), durability: 'process' },
    venue: { kind: 'kraken', environment: 'uat' },
    sessions: { trading, desk1, desk2: { ...desk1, targetCompID: 'DESK2' } },
    instruments: { [SYMBOL]: INSTRUMENT, PF_ETHUSD: INSTRUMENT },
    risk: { orderQtyMax: '1000000', notionalMax: '1000000000000' },
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
};

const MSG_TYPES: Readonly<Record<string, string>> = { order: 'D', replace: 'G', cancel: 'F' };

/** One sequence: the client's X and Y are made unique, the venue answers by our ClOrdIDs. */
export class MatrixOverFix {
  readonly #stage: MatrixStage;
  readonly #run: string;
  readonly #px: number;
  readonly #clOrdIDs = new Map<string, ClOrdID>();
  readonly #firstSent: number;
  #orderName: string | undefined;
  #execIDs = 0;

  constructor(stage: MatrixStage, run: number) {
    this.#stage = stage;
    this.#run = `R${run}`;
    this.#px = 100 + run;
    this.#firstSent = stage.venue.sent.length;
  }

  async step(step: MatrixStep): Promise<void> {
    if (step.dir === 'out') await this.#send(step);
    if (step.dir === 'in' && !isAnswerOfOurs(step)) await this.#receive(step);
  }

  /** The books in the words of the data. */
  books(): MatrixStep['expected'] {
    return inWords(
      this.#order(),
      (id) => [...this.#clOrdIDs].find(([, clOrdID]) => clOrdID === id)?.[0],
    );
  }

  /** What the client got by `step`: the last report about this sequence. */
  async told(step: MatrixStep): Promise<ReadonlyMap<string, string>> {
    const id = this.#id(step.fields['ClOrdID'] ?? '');
    const last = (): ReadonlyMap<string, string> | undefined =>
      this.#stage.reports().findLast((message) => message.get('11') === id);
    await this.#stage.clientInStep();
    expect(last(), `a report for ${id}`).not.to.equal(undefined);
    return last() as ReadonlyMap<string, string>;
  }

  /** Everything that the venue said is said again: as a resend, and once more as PossResend. */
  async tellAgain(): Promise<void> {
    const { venue } = this.#stage;
    const sent = venue.sent.slice(this.#firstSent);
    for (const message of sent) venue.sayAgain(message);
    await venue.inStep();
    // A refusal has no ExecID(17): the session alone keeps a second one away.
    for (const { msgType, body } of sent) if (msgType === '8') venue.say('8', `97=Y|${body}`);
    await venue.inStep();
    await this.#stage.clientInStep();
  }

  #id(name: string): string {
    return `${this.#run}-${name}`;
  }

  /** Its ClOrdID changes with a replace, its OrderID does not. */
  #order(): Order | undefined {
    if (this.#orderName === undefined) return undefined;
    const { orders, orderIDByClientOrderID } = this.#stage.engine.state;
    const ids = orderIDByClientOrderID.get('fix:desk1' as ClientName);
    const orderID = ids?.get(this.#id(this.#orderName) as ClientOrderID);
    return orderID === undefined ? undefined : orders.get(orderID);
  }

  #body(fields: MatrixStep['fields'], more: string): string {
    const head = `11=${this.#id(fields['ClOrdID']!)}|55=${SYMBOL}|54=1`;
    const now = toUtcTimestamp(systemClock.wall());
    return `${head}|60=${now}|38=${fields['OrderQty']!}|44=${this.#px}|${more}`;
  }

  async #send({ in: what, fields }: MatrixStep): Promise<void> {
    const { client, venue } = this.#stage;
    const name = fields['ClOrdID']!;
    const msgType = MSG_TYPES[what]!;
    const before = venue.count(msgType);
    if (what === 'order') {
      const tif = fields['TimeInForce'] ?? '1';
      const possResend = fields['PossResend'] === undefined ? '' : `97=${fields['PossResend']}|`;
      client.send('D', `${possResend}${this.#body(fields, `40=2|59=${tif}`)}`);
      if (!this.#clOrdIDs.has(name)) this.#orderName = name;
    } else if (what === 'replace') {
      client.send('G', this.#body(fields, `40=2|41=${this.#id(fields['OrigClOrdID']!)}`));
    } else {
      const now = toUtcTimestamp(systemClock.wall());
      const ids = `11=${this.#id(name)}|41=${this.#id(fields['OrigClOrdID']!)}`;
      client.send('F', `${ids}|55=${SYMBOL}|54=1|60=${now}|38=${fields['OrderQty']!}`);
    }
    await this.#stage.clientInStep();
    const isKnown = this.#order() !== undefined && !this.#clOrdIDs.has(name);
    // What came too late is answered by us, and the venue never sees it.
    const isRefused = this.#stage
      .reports()
      .some((told) => told.get('35') === '9' && told.get('11') === this.#id(name));
    if (!isKnown || isRefused) return;
    const got = await venue.receive(msgType, before + 1);
    this.#clOrdIDs.set(name, got.get('11') as ClOrdID);
  }

  async #receive(step: MatrixStep): Promise<void> {
    const { venue } = this.#stage;
    const { fields } = step;
    const clOrdID = this.#clOrdIDs.get(fields['ClOrdID']!);
    if (clOrdID === undefined) return;
    if (step.in === 'cancelReject') {
      const refused = fields['CxlRejResponseTo'] === '2' ? 'G' : 'F';
      venue.say('j', `45=0|372=${refused}|379=${clOrdID}|380=101|58=EOrder:Unknown order`);
    } else {
      venue.say('8', this.#report(step, clOrdID));
    }
    await venue.inStep();
  }

  #report({ fields }: MatrixStep, clOrdID: ClOrdID): string {
    this.#execIDs += 1;
    const orig = this.#clOrdIDs.get(fields['OrigClOrdID'] ?? '');
    const { LastQty: lastQty = '0', ExecRestatementReason: reason } = fields;
    return [
      `11=${clOrdID}`,
      ...(orig === undefined ? [] : [`41=${orig}`]),
      `17=${this.#run}E${this.#execIDs}`,
      `37=${this.#run}V${this.#orderName ?? ''}`,
      `150=${fields['ExecType']!}|39=${fields['OrdStatus']!}|40=2|54=1|55=${SYMBOL}`,
      `38=${fields['OrderQty']!}|44=${this.#px}|14=${fields['CumQty']!}`,
      `151=${fields['LeavesQty']!}|6=0`,
      ...(lastQty === '0' ? [] : [`32=${lastQty}|31=${this.#px}`]),
      ...(reason === undefined ? [] : [`378=${reason}`]),
      ...(fields['ExecRefID'] === undefined ? [] : [`19=${this.#run}${fields['ExecRefID']}`]),
      ...(fields['Text'] === undefined ? [] : [`58=${fields['Text']}`]),
    ].join('|');
  }
}

/** The refusal of a cancel or an order that never went to the venue comes from us. */
export const isAnswerOfOurs = (step: MatrixStep): boolean =>
  ['unknownOrder', 'duplicateRejected', 'noChange'].includes(step.effect);

/** The code of OrdStatus(39) for a state of the data. */
export const ordStatusCode = (state: string): string => {
  const word = state
    .toLowerCase()
    .replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return ordStatusToCode[word as OrdStatus];
};
