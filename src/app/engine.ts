import { type ClientCancelReject } from '../core/effect.ts';
import { type PositionView } from '../core/positions/position-view.ts';
import { routePhaseOf } from '../core/route-phase.ts';
import { type EngineState, type Order } from '../core/state.ts';
import { type Refusal } from '../core/refusal.ts';
import { type BookView } from '../domain/book.ts';
import { type ClientOrderID, type TradingSymbol } from '../domain/ids.ts';
import { defined } from '../lib/defined.ts';
import { type Result } from '../lib/result.ts';
import { type ControlError } from '../control/control-message.ts';
import { type SessionView } from '../fix/session/model/session-types.ts';
import { type AccountSnapshot } from './venue-view/account-snapshot.ts';
import { type EngineAccount, type EngineParts } from './compose.ts';
import {
  type Ack,
  faultOfIds,
  faultOfTexts,
  LIBRARY,
  type LibraryCancel,
  type LibraryOrder,
  type LibraryReplace,
  refusedAck,
  type ReplaceAck,
  toAck,
  toAmounts,
  toRefusal,
  toTerms,
} from './library-requests.ts';
import {
  type KillAnswer,
  type KillApproval,
  type KillProposalRow,
  type KillReleased,
  type KillRequest,
  type KillSwitchRow,
  type ReleaseRequest,
} from './operator/kill-switches.ts';
import { type EngineEvents } from './loop/publish.ts';
import { systemTimers } from './system-clock.ts';
import { type LimitsView } from './operator/limit-verbs.ts';
import { untilOpen, type UntilOpenOptions } from './until-open.ts';

/** A running engine, in process. Made by `startEngine`. */
export class Engine {
  readonly #parts: EngineParts;
  readonly #stopped = new AbortController();

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when new orders pass: the engine starts before its session with the venue is logged
   * on, and refuses orders until then (ROUTE_CLOSED). Rejects with a NotOpenError when that takes
   * longer than `timeoutMs` (30 s), or when the engine ends. With several accounts it waits for all
   * of them, or for the one that is named.
   */
  untilOpen(options?: UntilOpenOptions): Promise<void> {
    const { loop, emitter } = this.#parts;
    const wanted = this.#accountsNamed(options?.account);
    return untilOpen(
      {
        isOpen: () => this.#closedOf(wanted).length === 0,
        whyNot: () => this.#closedOf(wanted).map(this.#whyClosed, this).join('; '),
        ...{ emitter, timers: systemTimers, stopped: this.#stopped.signal },
        halted: () => loop.halted,
      },
      options,
    );
  }

  /** Resolves when the order, or its refusal, is durable; not when the venue has answered. */
  async submit(order: LibraryOrder): Promise<Ack> {
    const { loop } = this.#parts;
    const unreadable = faultOfIds(order);
    if (unreadable !== undefined) return refusedAck(order, unreadable);
    const before = this.#isUsed(order.clientOrderID);
    const terms = toTerms(order);
    const refused = 'refusal' in terms ? terms.refusal : undefined;
    const closed = before ? undefined : loop.orderRefusal;
    this.#decide(order, terms, closed);
    await loop.settled();
    if (loop.halted) throw new Error('the engine is halted: see its log for the cause');
    // What was not recorded never leaves.
    const lost = this.#unrecorded() ?? refused;
    if (lost !== undefined) return refusedAck(order, lost);
    const after = this.#find(order.clientOrderID);
    if (after === undefined) return refusedAck(order, closed ?? UNKNOWN);
    return toAck(order, after, before && !('refusal' in terms) ? terms : undefined);
  }

  /**
   * Resolves when the request, or its refusal, is durable. A refusal comes as a `cancelReject`
   * event.
   */
  async cancel(cancel: LibraryCancel): Promise<void> {
    const { clientOrderID, origClientOrderID } = cancel;
    const fault = faultOfTexts({ clientOrderID, origClientOrderID });
    if (fault !== undefined) throw new TypeError(fault);
    this.#parts.loop.submit({
      type: 'CancelOrder',
      request: {
        client: LIBRARY,
        clientOrderID: clientOrderID as ClientOrderID,
        origClientOrderID: origClientOrderID as ClientOrderID,
      },
    });
    await this.#parts.loop.settled();
  }

  /**
   * Changes quantity and prices of an order, in the way that `engine.replace` of the configuration
   * says. Resolves when the request, or its refusal, is durable. The outcome is an `execution`
   * event with execType Replaced, or a `cancelReject` event with cxlRejResponseTo 2.
   */
  async replace(replace: LibraryReplace): Promise<ReplaceAck> {
    const { loop, emitter, replacePolicy } = this.#parts;
    const { clientOrderID, origClientOrderID } = replace;
    const refusal = loop.orderRefusal;
    const fault = faultOfTexts({ clientOrderID, origClientOrderID });
    if (fault !== undefined) throw new TypeError(fault);
    const amounts = toAmounts(replace);
    if ('refusal' in amounts) return { status: 'refused', clientOrderID, ...amounts.refusal };
    let refused: ClientCancelReject | undefined;
    const listen = (report: ClientCancelReject): void => {
      if (report.clientOrderID === clientOrderID) refused ??= report;
    };
    emitter.on('cancelReject', listen);
    loop.submit({
      type: 'ReplaceOrder',
      policy: replacePolicy,
      request: {
        client: LIBRARY,
        clientOrderID: clientOrderID as ClientOrderID,
        origClientOrderID: origClientOrderID as ClientOrderID,
        unchanged: {},
        ...amounts.values,
      },
      ...defined({ refusal }),
    });
    await loop.settled();
    emitter.off('cancelReject', listen);
    if (loop.halted) throw new Error('the engine is halted: see its log for the cause');
    const lost = this.#unrecorded();
    if (lost !== undefined) return { status: 'refused', clientOrderID, ...codeAndText(lost) };
    const orderID = this.#find(origClientOrderID)?.orderID;
    if (refused === undefined)
      return { status: 'accepted', clientOrderID, ...defined({ orderID }) };
    const { code, text } = refused;
    return { status: 'refused', clientOrderID, ...defined({ orderID }), code, text };
  }

  /** Cancels every open order: of all clients, on one symbol or all, on one account or all. */
  async cancelAll(
    scope: { readonly symbol?: string; readonly account?: string } = {},
  ): Promise<void> {
    const symbol = scope.symbol as TradingSymbol | undefined;
    const { account } = scope;
    // A name that no account has would cancel nothing, and say so to nobody.
    if (this.#parts.accounts.length > 1) this.#accountsNamed(account);
    this.#parts.loop.submit({
      type: 'CancelAll',
      by: LIBRARY,
      ...defined({ symbol, account }),
    });
    await this.#parts.loop.settled();
  }

  /**
   * Sets a kill switch: new orders in its scope are refused (KILL_SWITCH) from here on, over
   * restarts too, and with HALTED every open order in it is cancelled. The answer lists them; with
   * `dryRun` nothing is done. A refusal is a value with a code.
   */
  kill(request: KillRequest): Promise<Result<KillAnswer, ControlError>> {
    return this.#parts.kill.kill(request);
  }

  /**
   * Proposes to open the scope of a kill switch again, or to hold it less strictly; another person
   * approves it. Where `risk.changes.killRelease` is `onePerson` it is done at once.
   */
  releaseKill(request: ReleaseRequest): Promise<Result<KillReleased, ControlError>> {
    return this.#parts.kill.release(request);
  }

  /** A second person agrees to what was proposed, or somebody takes it back. */
  approveKillRelease(approval: KillApproval): Promise<Result<KillReleased, ControlError>> {
    return this.#parts.kill.approveRelease(approval);
  }

  withdrawKillRelease(
    request: KillApproval & { readonly reason: string },
  ): Promise<Result<KillReleased, ControlError>> {
    return this.#parts.kill.withdrawRelease(request);
  }

  /** Releases of kill switches that wait for a second person. */
  killProposals(): readonly KillProposalRow[] {
    return this.#parts.kill.proposals();
  }

  /** The kill switches that are set. */
  killSwitches(): readonly KillSwitchRow[] {
    return this.#parts.kill.list();
  }

  on<K extends keyof EngineEvents>(name: K, listener: (...args: EngineEvents[K]) => void): this {
    this.#parts.emitter.on(name, listener as never);
    return this;
  }

  off<K extends keyof EngineEvents>(name: K, listener: (...args: EngineEvents[K]) => void): this {
    this.#parts.emitter.off(name, listener as never);
    return this;
  }

  /** The books; read only. */
  get state(): EngineState {
    return this.#parts.loop.state;
  }

  /**
   * Why new orders are refused with NOT_DURABLE: the disk is full, or the journal cannot be
   * written. `undefined` while the disk is sound.
   */
  get notDurable(): string | undefined {
    return this.#parts.loop.notDurable;
  }

  /** Orders whose state at the venue is unknown. */
  get inDoubt(): number {
    return this.state.doubts.size;
  }

  /**
   * True when new orders of every account pass: logged on, in step, gate open, no rollover near.
   */
  get isOpen(): boolean {
    return this.#closedOf(this.#parts.accounts).length === 0;
  }

  /** The same of one account; throws a TypeError when the engine has none of this name. */
  isOpenFor(account: string): boolean {
    return this.#closedOf(this.#accountsNamed(account)).length === 0;
  }

  /** The accounts that the engine trades on, each over a trading session of its own. */
  get accounts(): readonly EngineAccount[] {
    return this.#parts.accounts;
  }

  sessions(): readonly SessionView[] {
    return this.#parts.sessions().map((session) => session.view());
  }

  /**
   * The order book of an instrument, from FIX market data while that is healthy, else from the
   * public feeds; look at its `health` before you use it.
   */
  book(symbol: string): BookView | undefined {
    return this.#parts.book(symbol as TradingSymbol);
  }

  /**
   * An account as the venue sees it, the first one when none is named; `undefined` unless
   * `webSocket.url` and the account's key are configured.
   */
  account(name?: string): AccountSnapshot | undefined {
    return this.#parts.account(name);
  }

  /**
   * Position, average price, PnL, fees and funding by instrument: of the account (the default), or
   * of each client's or strategy's own orders. Look at `incomplete` before you use one.
   */
  positions(of: 'account' | 'client' | 'strategy' = 'account'): readonly PositionView[] {
    return this.#parts.positions(of);
  }

  /**
   * The pre-trade limits in force with what is used of them, proposals that wait for a second
   * person, and what too many executions stopped.
   */
  limits(): LimitsView {
    return this.#parts.limits();
  }

  /** Ports of the client sessions, by name. */
  get clientPorts(): ReadonlyMap<string, number> {
    return this.#parts.clientPorts;
  }

  /**
   * Reads the certificates of the client sessions' listeners again and shows them to new
   * connections; the files are also looked at every five seconds.
   */
  renewCertificates(): void {
    this.#parts.renewCertificates();
  }

  /** Prometheus text of the engine's metrics. */
  metrics(): Promise<string> {
    const { metrics } = this.#parts;
    for (const view of this.sessions()) {
      metrics.sessionUp(view.id, view.phase === 'LoggedOn');
      metrics.sequence(view.id, 'out', view.nextSenderMsgSeqNum);
      metrics.sequence(view.id, 'in', view.nextTargetMsgSeqNum);
    }
    metrics.ordersInDoubt(countsByDoubt(this.state));
    metrics.killSwitches(this.killSwitches());
    metrics.limits(this.limits().limits);
    return metrics.text();
  }

  /** Open orders cancelled, Logout exchanged, logs and journal closed. May be called again. */
  stop(): Promise<void> {
    this.#stopped.abort();
    return this.#parts.stop();
  }

  #accountsNamed(name: string | undefined): readonly EngineAccount[] {
    const { accounts } = this.#parts;
    if (name === undefined) return accounts;
    const found = accounts.filter(({ account }) => account === name);
    if (found.length > 0) return found;
    throw new TypeError(
      `there is no account ${name}; there are ${accounts.map(({ account }) => account).join(', ')}`,
    );
  }

  #closedOf(accounts: readonly EngineAccount[]): readonly EngineAccount[] {
    if (this.notDurable !== undefined) return accounts;
    return accounts.filter(({ session }) => {
      const route = this.state.routes.get(session);
      const phase = routePhaseOf(route);
      return phase !== 'REST_ACTIVE' && (phase !== 'FIX_ACTIVE' || route?.pausedFor !== undefined);
    });
  }

  #whyClosed({ session: name }: EngineAccount): string {
    if (this.notDurable !== undefined) return `NOT_DURABLE: ${this.notDurable}`;
    const paused = this.state.routes.get(name)?.pausedFor;
    const phase = this.sessions().find(({ id }) => id === name)?.phase ?? 'unknown';
    return `session ${name} is ${paused === undefined ? phase : `paused: ${paused}`}; see the engine's log`;
  }

  #decide(
    order: LibraryOrder,
    terms: ReturnType<typeof toTerms>,
    closed: Refusal | undefined,
  ): void {
    const { loop } = this.#parts;
    const refusal = 'refusal' in terms ? terms.refusal : closed;
    if (refusal !== undefined || 'refusal' in terms) {
      loop.submit({ type: 'RefuseOrder', refusal: toRefusal(order, refusal ?? UNKNOWN) });
      return;
    }
    const { account, strategy } = order;
    loop.submit({
      type: 'PlaceOrder',
      request: {
        client: LIBRARY,
        clientOrderID: order.clientOrderID as ClientOrderID,
        terms,
        possResend: false,
        ...defined({ account, strategy }),
      },
    });
  }

  /** Why nothing that was decided just now is in the journal. */
  #unrecorded(): Refusal | undefined {
    const { loop } = this.#parts;
    return loop.isUnrecorded ? loop.orderRefusal : undefined;
  }

  #isUsed(clientOrderID: string): boolean {
    return this.#find(clientOrderID) !== undefined || this.#parts.isUsed(LIBRARY, clientOrderID);
  }

  #find(clientOrderID: string): Order | undefined {
    const { orders, orderIDByClientOrderID } = this.state;
    const orderID = orderIDByClientOrderID.get(LIBRARY)?.get(clientOrderID as ClientOrderID);
    return orderID === undefined ? undefined : orders.get(orderID);
  }
}

const codeAndText = ({ code, text }: Refusal) => ({ code, text });

/** The order is in the books right after it was decided. */
const UNKNOWN = { code: 'ENGINE_BUSY', text: 'ENGINE_BUSY: it was not taken; try again' };

const countsByDoubt = ({ doubts }: EngineState): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const doubt of doubts.values()) counts.set(doubt, (counts.get(doubt) ?? 0) + 1);
  return counts;
};
