import { defined } from '../../lib/defined.ts';
import { decimal, decimalToText } from '../../lib/decimal.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type Clock, type Timers } from '../../lib/time.ts';
import { type ExchangeCommand, type TradeCommand } from '../exchange/model/commands.ts';
import { type EventOf, type ExchangeEvent } from '../exchange/model/events.ts';
import { type ExchangeQueries, type FillRecord } from '../exchange/reads/exchange-queries.ts';
import { type FaultRegistry } from './fault-registry.ts';
import { type FaultOf } from './fault.ts';

export interface TradeFaultsDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly waitingFaults: FaultRegistry;
  readonly queries: ExchangeQueries;
  readonly submit: (command: ExchangeCommand) => void;
  readonly accounts: readonly string[];
  /** The account that a late fill trades with. */
  readonly counterparty: string;
}

const LATE_AFTER_MS = 100;
const DONE = ok(undefined);

/** Faults of trades: busts, corrections, and fills after a cancel. */
export class TradeFaults {
  readonly #deps: TradeFaultsDeps;
  readonly #refusals = new Map<string, string>();
  #asked = 0;

  constructor(deps: TradeFaultsDeps) {
    this.#deps = deps;
  }

  inject(fault: FaultOf<'trade-bust' | 'trade-correction'>): Result<undefined, string> {
    const found = this.#find(fault);
    if (found === undefined) return err(`no trade matches ${namesOf(fault)}`);
    const { tradeId } = found.trade;
    const requestId = this.#nextId();
    if (fault.kind === 'trade-bust') return this.#ask({ type: 'BustTrade', tradeId, requestId });
    const { size } = fault;
    const price = fault.price ?? this.#moved(found.trade, fault.priceTicks);
    const terms = defined({ price, size });
    return this.#ask({ type: 'CorrectTrade', tradeId, requestId, ...terms });
  }

  /** Takes every event of the exchange. */
  onEvent(event: ExchangeEvent): void {
    if (event.type === 'OrderCanceled') this.#onCanceled(event);
    if (event.type === 'CommandRefused' && event.requestId?.startsWith(REQUESTS) === true)
      this.#refusals.set(event.requestId, event.reason);
  }

  /** Fills by a command of its own, so the client gets the answer to its cancel first. */
  #onCanceled({ order, reason }: EventOf<'OrderCanceled'>): void {
    const { waitingFaults, clock, timers, submit, counterparty, accounts } = this.#deps;
    if (waitingFaults.isEmpty || reason !== 'CANCELLED_BY_USER' || order.trigger !== undefined)
      return;
    if (!accounts.includes(order.account)) return;
    const [fault] = waitingFaults.draw(
      (each): each is FaultOf<'late-fill'> =>
        each.kind === 'late-fill' &&
        (each.account === undefined || each.account === order.account) &&
        (each.symbol === undefined || each.symbol === order.symbol),
      clock.wall(),
    );
    if (fault === undefined) return;
    const { orderId } = order;
    const size = defined({ size: fault.size });
    timers.set(fault.afterMs ?? LATE_AFTER_MS, () => {
      submit({ type: 'FillLate', orderId, counterparty, ...size });
    });
  }

  #ask(command: TradeCommand & { readonly requestId: string }): Result<undefined, string> {
    this.#deps.submit(command);
    const refusal = this.#refusals.get(command.requestId);
    this.#refusals.delete(command.requestId);
    if (refusal === undefined) return DONE;
    return err(
      refusal === 'notFound'
        ? 'the trade is too old, or was taken back'
        : `the exchange refuses it (${refusal}): price and size on the grid, the size not above what was traded, something changed, no forced or settled trade`,
    );
  }

  #nextId(): string {
    this.#asked += 1;
    return `${REQUESTS}${this.#asked}`;
  }

  #moved({ symbol, price }: FillRecord['trade'], ticks: number | undefined): string | undefined {
    const { tickSize } =
      this.#deps.queries.instruments().find((spec) => spec.symbol === symbol) ?? {};
    if (ticks === undefined || tickSize === undefined) return undefined;
    return decimalToText(decimal(price).plus(decimal(tickSize).times(decimal(String(ticks)))));
  }

  /** The latest that matches. */
  #find(fault: FaultOf<'trade-bust' | 'trade-correction'>): FillRecord | undefined {
    const { queries, accounts } = this.#deps;
    const asked = fault.account === undefined ? accounts : [fault.account];
    const found = asked
      .filter((account) => queries.hasAccount(account))
      .map((account) => queries.fills(account).findLast((record) => isMeant(fault, record)))
      .filter((record) => record !== undefined);
    return found.sort((a, b) => b.trade.at - a.trade.at)[0];
  }
}

const REQUESTS = 'fault-';

const isMeant = (
  { symbol, tradeId, fillId }: FaultOf<'trade-bust' | 'trade-correction'>,
  { trade, fill }: FillRecord,
): boolean =>
  (symbol === undefined || trade.symbol === symbol) &&
  (tradeId === undefined || trade.tradeId === tradeId) &&
  (fillId === undefined || fill.fillId === fillId);

const namesOf = (fault: FaultOf<'trade-bust' | 'trade-correction'>): string => {
  const given = (['account', 'symbol', 'tradeId', 'fillId'] as const).filter(
    (name) => fault[name] !== undefined,
  );
  return given.length === 0
    ? 'any account: there was no trade yet'
    : given.map((name) => `${name} ${fault[name] ?? ''}`).join(', ');
};
