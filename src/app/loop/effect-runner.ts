import {
  type AskVenue,
  type Effect,
  type SendCancel,
  type SendMassCancel,
  type SendNewOrder,
  type SendReplace,
} from '../../core/effect.ts';
import { type InputBody } from '../../core/input.ts';
import { type ClientName, type SessionName } from '../../domain/ids.ts';
import { type OrderGateway, type RestOrderGateway } from '../../domain/ports.ts';
import { type OutboundMessage } from '../../fix/codec/fix-message.ts';
import { type EpochMs, type Timers } from '../../lib/time.ts';
import { NOT_DURABLE } from './engine-loop.ts';
import {
  executionReport,
  orderCancelReject,
  orderMassCancelReport,
  unreadableOrderReport,
} from '../../upstream/fix/client-reports.ts';

export interface EffectRunnerDeps {
  readonly gateway: (session: SessionName) => OrderGateway | undefined;
  /** `undefined`: the account has no key for REST. */
  readonly restGateway: (session: SessionName) => RestOrderGateway | undefined;
  /** Through the client's session, when it has one; the library's callers have none. */
  readonly tell: (client: ClientName, message: OutboundMessage) => void;
  /** Whether this client gets a PendingNew report once its order is journaled. */
  readonly wantsPendingNew: (client: ClientName) => boolean;
  /** Answered later, by inputs of its own. */
  readonly askVenue: (effect: AskVenue) => void;
  readonly timers: Timers;
  readonly onTimer: (name: string) => void;
}

/** What both routes have: the same requests, with an answer of their own. */
interface Sends<A> {
  readonly sendNewOrder: (message: Parameters<OrderGateway['sendNewOrder']>[0]) => A;
  readonly sendCancel: (message: Parameters<OrderGateway['sendCancel']>[0]) => A;
  readonly sendReplace: (message: Parameters<OrderGateway['sendReplace']>[0]) => A;
  readonly sendMassCancel: (message: Parameters<OrderGateway['sendMassCancel']>[0]) => A;
}

/** Calls the adapters; what they answer at once comes back as inputs. It decides nothing. */
export class EffectRunner {
  readonly #deps: EffectRunnerDeps;
  readonly #timers = new Map<string, { readonly cancel: () => void }>();
  #isUnrecorded = false;

  constructor(deps: EffectRunnerDeps) {
    this.#deps = deps;
  }

  /**
   * The journal is lost: no order leaves from here on, nor a word to a client. Cancels and mass
   * cancels go, since a cancel that is not remembered can do no harm.
   */
  goUnrecorded(): void {
    this.#isUnrecorded = true;
  }

  readonly run = (effect: Effect, at: EpochMs): readonly InputBody[] =>
    this.#isUnrecorded ? this.#runUnrecorded(effect, at) : this.#run(effect, at);

  readonly #runUnrecorded = (effect: Effect, at: EpochMs): readonly InputBody[] => {
    switch (effect.type) {
      case 'SendNewOrder':
      case 'SendReplace':
        return [{ type: 'RequestNotSent', clOrdID: effect.clOrdID, reason: NOT_DURABLE }];
      case 'ReportExecution':
      case 'RefuseUnreadable':
      case 'RejectCancel':
      case 'ReportMassCancel':
        return [];
      default:
        return this.#run(effect, at);
    }
  };

  readonly #run = (effect: Effect, at: EpochMs): readonly InputBody[] => {
    switch (effect.type) {
      case 'SendNewOrder':
        return this.#send(effect, (gateway) => gateway.sendNewOrder({ ...effect, at }));
      case 'SendCancel':
        return this.#send(effect, (gateway) => gateway.sendCancel({ ...effect, at }));
      case 'SendReplace':
        return this.#send(effect, (gateway) => gateway.sendReplace({ ...effect, at }));
      case 'SendMassCancel':
        return this.#send(effect, (gateway) => gateway.sendMassCancel({ ...effect, at }));
      case 'ReportExecution':
        if (effect.report.execType !== 'PendingNew' || this.#deps.wantsPendingNew(effect.client)) {
          this.#deps.tell(effect.client, executionReport(effect.report));
        }
        return [];
      case 'RefuseUnreadable':
        this.#deps.tell(effect.client, unreadableOrderReport(effect.report));
        return [];
      case 'RejectCancel':
        this.#deps.tell(effect.client, orderCancelReject(effect.report));
        return [];
      case 'ReportMassCancel':
        this.#deps.tell(effect.client, orderMassCancelReport(effect.report));
        return [];
      case 'AskVenue':
        this.#deps.askVenue(effect);
        return [];
      case 'SetTimer':
        this.#setTimer(effect.name, effect.afterMs);
        return [];
      case 'CancelTimer':
        this.#cancelTimer(effect.name);
        return [];
      case 'SetDeadManSwitch':
      case 'Alert':
        // Called, and told to the operator, once they are durable.
        return [];
    }
  };

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #send(
    request: SendNewOrder | SendCancel | SendReplace | SendMassCancel,
    send: <A>(gateway: Sends<A>) => A,
  ): readonly InputBody[] {
    const { clOrdID, session, route } = request;
    const notSent = (reason: string): readonly InputBody[] => [
      { type: 'RequestNotSent', clOrdID, reason },
    ];
    if (route === 'REST') {
      const gateway = this.#deps.restGateway(session);
      if (gateway === undefined) return notSent(`session ${session} has no key for REST`);
      const taken = send(gateway);
      return taken.sent
        ? [{ type: 'RequestSent', route, clOrdID, session }]
        : notSent(taken.reason);
    }
    const gateway = this.#deps.gateway(session);
    if (gateway === undefined) return notSent(`no session ${session}`);
    const sent = send(gateway);
    if (!sent.sent) return notSent(sent.reason);
    const { epoch, msgSeqNum } = sent;
    return [{ type: 'RequestSent', clOrdID, session, epoch, msgSeqNum }];
  }

  #setTimer(name: string, afterMs: number): void {
    this.#cancelTimer(name);
    const fire = (): void => {
      this.#timers.delete(name);
      this.#deps.onTimer(name);
    };
    this.#timers.set(name, this.#deps.timers.set(afterMs, fire));
  }

  #cancelTimer(name: string): void {
    this.#timers.get(name)?.cancel();
    this.#timers.delete(name);
  }
}
