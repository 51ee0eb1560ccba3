import { type FixField, type FixMessage } from '../../fix/codec/fix-message.ts';
import { type FixSession, type SessionApplication } from '../../fix/session/model/session-types.ts';
import { type Clock, toUtcTimestamp } from '../../lib/time.ts';
import { Blotter, type BlotterOrder } from './blotter.ts';
import { type Step } from './flow.ts';

/**
 * A small order routing process as an institution might have one: FIX 4.4 over a socket, its own
 * ClOrdIDs, its own blotter. It knows nothing of Fathom but the rules of engagement.
 */
export class RoutingClient {
  readonly blotter = new Blotter();
  readonly #clock: Clock;
  readonly #run: string;
  #session: FixSession | undefined;
  #made = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#run = Math.floor(clock.wall() / 1_000)
      .toString(36)
      .toUpperCase();
  }

  readonly application: SessionApplication = {
    onLoggedOn: () => undefined,
    onLoggedOut: () => undefined,
    onMessage: (message: FixMessage) => {
      if (message.msgType === '8') this.blotter.apply(message);
      if (message.msgType === '9') this.blotter.cancelRejected(message);
    },
    onNotReplayed: ({ message }) => {
      this.blotter.notDelivered(message.get(11) ?? '');
    },
  };

  attach(session: FixSession): void {
    this.#session = session;
  }

  get isLoggedOn(): boolean {
    return this.#session?.view().phase === 'LoggedOn';
  }

  perform(step: Step): void {
    if (step.type === 'order') this.#order(step);
    else this.#cancelOldest();
  }

  cancelAll(): void {
    for (const order of this.blotter.open()) if (order.cancelID === undefined) this.#cancel(order);
  }

  #order(step: Extract<Step, { type: 'order' }>): void {
    const clOrdID = this.#nextClOrdID();
    const fields: FixField[] = [
      [11, clOrdID],
      [55, step.symbol],
      [54, step.side === 'Buy' ? '1' : '2'],
      [60, toUtcTimestamp(this.#clock.wall())],
      [38, step.orderQty],
      [40, step.price === undefined ? '1' : '2'],
    ];
    if (step.price !== undefined) fields.push([44, step.price]);
    fields.push([59, step.kind === 'ioc' ? '3' : '1']);
    if (step.kind === 'post-only') fields.push([18, 'P']);
    if (this.#session?.send({ msgType: 'D', fields }).ok !== true) return;
    const { symbol, side, kind, orderQty } = step;
    this.blotter.sent({ clOrdID, symbol, side, kind, orderQty, price: step.price ?? 'market' });
  }

  #cancelOldest(): void {
    const order = this.blotter.open().find(({ cancelID }) => cancelID === undefined);
    if (order !== undefined) this.#cancel(order);
  }

  #cancel(order: BlotterOrder): void {
    const cancelID = this.#nextClOrdID();
    const sent = this.#session?.send({
      msgType: 'F',
      fields: [
        [11, cancelID],
        [41, order.clOrdID],
        [55, order.symbol],
        [54, order.side === 'Buy' ? '1' : '2'],
        [60, toUtcTimestamp(this.#clock.wall())],
      ],
    });
    if (sent?.ok === true) order.cancelID = cancelID;
  }

  #nextClOrdID(): string {
    this.#made += 1;
    return `${this.#run}-${this.#made}`;
  }
}
