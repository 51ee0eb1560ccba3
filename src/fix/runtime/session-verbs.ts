import { type Result } from '../../lib/result.ts';
import { type TimeDeps } from '../../lib/time.ts';
import { type OutboundMessage } from '../codec/fix-message.ts';
import {
  type FixSession,
  type SendRefusal,
  type SessionView,
} from '../session/model/session-types.ts';
import { type HostOptions, SessionHost } from './session-host.ts';
import { SessionTicker } from './ticker.ts';

/**
 * The verbs of `FixSession` over a host, for initiator and acceptor alike. A role says how it comes
 * to a connection, and how its numbers are reset.
 */
export abstract class SessionVerbs implements FixSession {
  protected readonly host: SessionHost;
  readonly #ticker: SessionTicker;
  readonly #stopped: (() => void)[] = [];

  protected constructor(hostOptions: Omit<HostOptions, 'onStepped'>, deps: TimeDeps) {
    this.host = new SessionHost({ ...hostOptions, onStepped: () => this.afterStep() });
    this.#ticker = new SessionTicker(deps, () => this.host.tick());
  }

  abstract start(): void;
  abstract reset(how?: { readonly isCut: boolean }): void;
  /** Connects, or lets the peer connect. */
  protected abstract open(): void;
  protected abstract get isConnected(): boolean;

  send(message: OutboundMessage): Result<{ readonly msgSeqNum: number }, SendRefusal> {
    const sent = this.host.send(message);
    this.afterStep();
    return sent;
  }

  view(): SessionView {
    return this.host.view();
  }

  stalledForMs(): number {
    return this.host.stalledForMs();
  }

  stop(text?: string): Promise<void> {
    this.logout(text);
    if (!this.isConnected) return Promise.resolve();
    return new Promise((resolve) => this.#stopped.push(resolve));
  }

  cut(text: string): Promise<void> {
    this.host.event({ type: 'CutAsked', text });
    return this.stop(text);
  }

  logon(): void {
    this.host.event({ type: 'ResumeAsked' });
    this.open();
  }

  logout(text?: string): void {
    this.host.event({ type: 'LogoutAsked', text });
  }

  setNextSenderMsgSeqNum(value: number): boolean {
    if (!isSeqNum(value)) return false;
    this.host.event({ type: 'SetNextSender', value });
    return true;
  }

  setNextTargetMsgSeqNum(value: number): boolean {
    if (!isSeqNum(value)) return false;
    this.host.event({ type: 'SetNextTarget', value });
    return true;
  }

  sendTestRequest(): void {
    this.host.event({ type: 'TestRequestAsked' });
  }

  /** Deadlines may have moved. */
  protected afterStep(): void {
    this.#ticker.arm(this.host.deadline);
  }

  /** Resolves the promises of `stop`; a role calls it when its connection is gone. */
  protected settleStops(): void {
    for (const resolve of this.#stopped.splice(0)) resolve();
  }
}

const isSeqNum = (value: number): boolean => Number.isSafeInteger(value) && value >= 1;
