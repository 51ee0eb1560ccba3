import { type Engine } from '../../src/app/engine.ts';
import { type EngineLoop } from '../../src/app/loop/engine-loop.ts';
import { type InputBody, type MarketView } from '../../src/core/input.ts';
import { type LimitKey } from '../../src/core/limit.ts';
import { type ClientName, type TradingSymbol, type VenueExecID } from '../../src/domain/ids.ts';
import { type OrderTerms } from '../../src/domain/order.ts';
import { epochMs, toUtcTimestamp } from '../../src/lib/time.ts';
import { SESSION, SOURCE, TERMS, text } from './bench.ts';
import { type Act, type LimitCase } from './limit-cases.ts';
import { RawFixClient } from './raw-fix-client.ts';
import { type Channel, makeLimitEngine } from './limit-engine.ts';

/** What became of the last act. */
export interface Answer {
  /** Reason code; `undefined` when it was accepted. */
  readonly code: string | undefined;
  readonly text: string | undefined;
  /** OrdRejReason(103) or CxlRejReason(102). */
  readonly reason: string | undefined;
}

type OrderAct = Extract<Act, { act: 'order' }>;

/**
 * Core, loop, client sessions and library of an engine, without files and without a venue: time,
 * market and the venue's answers are the test's. A FIX client speaks to it in bytes.
 */
export class LimitStage {
  readonly engine: Engine;
  readonly #channel: Channel;
  readonly #loop: EngineLoop;
  readonly #close: () => Promise<void>;
  readonly #client: RawFixClient | undefined;
  readonly #time: { at: number };
  #market: MarketView = {};
  #mid: string | undefined;
  #ids = 0;
  #epoch = 1;
  #lastID = '';

  private constructor(
    made: ReturnType<typeof makeLimitEngine>,
    channel: Channel,
    client: RawFixClient | undefined,
  ) {
    this.engine = made.engine;
    this.#loop = made.loop;
    this.#time = made.time;
    this.#close = made.close;
    this.#client = client;
    this.#channel = channel;
    made.view.market = () => this.#market;
    made.view.mid = () => this.#mid;
  }

  static async open(
    channel: Channel,
    limit: LimitKey | undefined,
    one: LimitCase,
  ): Promise<LimitStage> {
    const made = makeLimitEngine(channel, limit, one);
    const ports = await made.listen();
    const client =
      channel === 'FIX'
        ? new RawFixClient(ports.get('desk1') ?? 0, { sender: 'DESK1', target: 'FATHOM' })
        : undefined;
    await client?.logon();
    const stage = new LimitStage(made, channel, client);
    stage.#submit({ type: 'EngineStarted' });
    stage.#upAgain();
    return stage;
  }

  async close(): Promise<void> {
    this.#client?.close();
    await this.#close();
  }

  /** Every act in its turn; the answer is the last one's. */
  async play(acts: readonly Act[]): Promise<Answer> {
    let answer: Answer = { code: undefined, text: undefined, reason: undefined };
    for (const act of acts) answer = await this.#do(act);
    return answer;
  }

  /** Value of fathom_risk_rejects_total{code}. */
  async rejects(code: string): Promise<number> {
    const found = new RegExp(
      `^fathom_risk_rejects_total\\{[^}]*code="${code}"[^}]*\\} (\\d+)`,
      'm',
    );
    return Number(found.exec(await this.engine.metrics())?.[1]);
  }

  async #do(act: Act): Promise<Answer> {
    switch (act.act) {
      case 'wait':
        this.#time.at += act.ms;
        break;
      case 'market':
        this.#market = act.market;
        this.#mid = act.mid;
        break;
      case 'route':
        if (act.is === 'up again') this.#upAgain();
        else
          this.#submit({
            ...{ type: 'RouteDown', session: SESSION, epoch: this.#epoch, reason: 'cut' },
          });
        break;
      case 'kill':
        this.#submit({
          ...{ type: 'SetKillSwitch', state: 'CANCEL_ONLY' },
          scope: { type: 'instrument', symbol: act.symbol as TradingSymbol },
          ...{ by: 'operator:ann', reason: 'test', withExternal: false },
        } as InputBody);
        break;
      case 'order':
        return this.#order(act);
      case 'cancel':
        return this.#cancel();
    }
    return { code: undefined, text: undefined, reason: undefined };
  }

  async #order(act: OrderAct): Promise<Answer> {
    this.#ids += 1;
    const id = act.id ?? `A${this.#ids}`;
    const { price, ...unpriced } = { ...TERMS, ...act.terms };
    const terms = unpriced.ordType === 'Market' ? unpriced : { ...unpriced, price };
    const answer =
      this.#channel === 'FIX'
        ? await this.#overFix(id, terms as OrderTerms, act)
        : await this.#overLibrary(id, terms as OrderTerms, act);
    if (answer.code !== undefined) return answer;
    this.#lastID = id;
    if (act.unanswered !== true) this.#venueTakes(id, act.filled === true);
    await this.#loop.settled();
    return answer;
  }

  async #overLibrary(id: string, terms: OrderTerms, act: OrderAct): Promise<Answer> {
    let reason: string | undefined;
    const listen = (report: { ordRejReason?: number }): void => {
      reason = report.ordRejReason?.toString();
    };
    this.engine.on('execution', listen);
    const { account, strategy } = act;
    const ack = await this.engine.submit({
      clientOrderID: id,
      ...terms,
      ...(account === undefined ? {} : { account }),
      ...(strategy === undefined ? {} : { strategy }),
    });
    this.engine.off('execution', listen);
    return { code: ack.code, text: ack.text, reason };
  }

  async #overFix(id: string, terms: OrderTerms, act: OrderAct): Promise<Answer> {
    const { client } = { client: this.#connected };
    const fields: readonly (readonly [number, string | undefined])[] = [
      ...([
        [11, id],
        [55, terms.symbol],
        [54, terms.side === 'Buy' ? '1' : '2'],
      ] as const),
      ...([
        [60, this.#now()],
        [38, terms.orderQty],
      ] as const),
      ...([
        [40, terms.ordType === 'Market' ? '1' : '2'],
        [44, terms.price],
      ] as const),
      [59, terms.timeInForce === 'IOC' ? '3' : '1'],
      [18, [terms.postOnly && '6', terms.reduceOnly && 'E'].filter(Boolean).join(' ') || undefined],
      ...([
        [1, act.account],
        [583, act.strategy],
      ] as const),
    ];
    const body = fields.flatMap(([tag, value]) => (value === undefined ? [] : [`${tag}=${value}`]));
    const before = client.received.length;
    client.send('D', body.join('|'));
    const report = await client.expect(
      ({ type, get }) => type === '8' && get(11) === id && ['A', '8'].includes(get(150) ?? ''),
      `the answer to ${id}`,
      before,
    );
    return report.get('150') === 'A' ? NO_REASON : answerOf(report, '103');
  }

  async #cancel(): Promise<Answer> {
    this.#ids += 1;
    const id = `C${this.#ids}`;
    if (this.#channel === 'library') {
      let refused: Answer = NO_REASON;
      const listen = (reject: { code: string; text: string; cxlRejReason: number }): void => {
        const { code, text: said, cxlRejReason } = reject;
        refused = { code, text: said, reason: String(cxlRejReason) };
      };
      this.engine.on('cancelReject', listen);
      await this.engine.cancel({ clientOrderID: id, origClientOrderID: this.#lastID });
      this.engine.off('cancelReject', listen);
      return refused;
    }
    const client = this.#connected;
    client.send('F', `11=${id}|41=${this.#lastID}|55=PF_XBTUSD|54=1|60=${this.#now()}`);
    const report = await client.expect(
      ({ type, get }) => ['8', '9'].includes(type) && get(11) === id,
      `the answer to ${id}`,
    );
    return report.get('35') === '8' ? NO_REASON : answerOf(report, '102');
  }

  #venueTakes(id: string, isFilled: boolean): void {
    const { orders, orderIDByClientOrderID } = this.engine.state;
    const client = (this.#channel === 'FIX' ? 'fix:desk1' : 'library') as ClientName;
    const orderID = orderIDByClientOrderID.get(client)?.get(id as never);
    const order = orderID === undefined ? undefined : orders.get(orderID);
    if (order?.venueClOrdID === undefined) throw new Error(`${id} is not at the venue`);
    const { terms, venueClOrdID: clOrdID } = order;
    const report = {
      type: 'ExecutionReport',
      ...{ clOrdID, venueOrderID: `V-${id}`, symbol: terms.symbol, side: terms.side },
    } as const;
    const say = (more: object): void => {
      this.#ids += 1;
      const execID = `X${this.#ids}` as VenueExecID;
      this.#submit({
        type: 'VenueReported',
        report: { ...report, execID, ...more } as never,
        source: { ...SOURCE, epoch: this.#epoch },
      });
    };
    const zero = text('0');
    say({ execType: 'New', ordStatus: 'New', cumQty: zero, leavesQty: terms.orderQty });
    if (!isFilled) return;
    const sums = { cumQty: terms.orderQty, leavesQty: zero };
    const trade = { lastQty: terms.orderQty, lastPx: terms.price };
    say({ execType: 'Trade', ordStatus: 'Filled', ...sums, ...trade });
  }

  #upAgain(): void {
    this.#epoch += 1;
    this.#submit({ type: 'RouteUp', session: SESSION, epoch: this.#epoch, reset: false });
    this.#submit({ type: 'RouteSynchronized', session: SESSION, epoch: this.#epoch });
  }

  #submit(body: InputBody): void {
    this.#loop.submit(body);
  }

  #now(): string {
    return toUtcTimestamp(epochMs(this.#time.at));
  }

  get #connected(): RawFixClient {
    if (this.#client === undefined) throw new Error('no FIX client');
    return this.#client;
  }
}

const NO_REASON: Answer = { code: undefined, text: undefined, reason: undefined };

const answerOf = (report: ReadonlyMap<string, string>, tag: string): Answer => ({
  code: report.get('20002'),
  text: report.get('58'),
  reason: report.get(tag),
});
