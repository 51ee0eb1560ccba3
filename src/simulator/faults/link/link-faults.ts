import { defined } from '../../../lib/defined.ts';
import { type FixSession } from '../../../fix/session/model/session-types.ts';
import { type Clock, toUtcTimestamp } from '../../../lib/time.ts';
import { type FixRoute } from '../../gateways/fix/fix-route.ts';
import { type RestService } from '../../gateways/rest/rest-service.ts';
import { type FeedServer } from '../../gateways/websocket/connection/feed-server.ts';
import { type FaultRegistry } from '../fault-registry.ts';
import { type FaultOf } from '../fault.ts';
import { type FixField } from '../../../fix/codec/fix-message.ts';

export interface LinkFaultsDeps {
  readonly clock: Clock;
  readonly waitingFaults: FaultRegistry;
  readonly routes: readonly FixRoute[];
  readonly feeds: FeedServer | undefined;
  readonly rest: RestService | undefined;
}

export type LinkFault = FaultOf<
  'link-cut' | 'link-delay' | 'fix-sequence' | 'sequence-reset' | 'rollover'
>;

const CUT_KINDS = { FIN: 'FIN', RST: 'RST', silent: 'Silent', 'half-open': 'HalfOpen' } as const;

/** Faults of connections and of FIX sequence numbers. */
export class LinkFaults {
  readonly #deps: LinkFaultsDeps;

  constructor(deps: LinkFaultsDeps) {
    this.#deps = deps;
  }

  /** Returns the number of the fault when it stays for a while. */
  inject(fault: LinkFault): number | undefined {
    switch (fault.kind) {
      case 'link-cut':
        this.#cut(fault);
        return undefined;
      case 'link-delay':
        return this.#delay(fault);
      case 'fix-sequence':
        for (const { session } of this.#sessions(fault)) {
          const next = session.view().nextSenderMsgSeqNum;
          session.setNextSenderMsgSeqNum(fault.nextSenderMsgSeqNum ?? next + (fault.skip ?? 1));
        }
        return undefined;
      case 'sequence-reset':
        this.#resetSequence(fault);
        return undefined;
      case 'rollover':
        for (const { session } of this.#sessions(fault)) session.reset();
        return undefined;
    }
  }

  #cut({ how, channel = 'trading', session, account }: FaultOf<'link-cut'>): void {
    if (channel === 'rest') this.#deps.rest?.server.cut(how);
    else if (channel === 'ws')
      for (const socket of this.#deps.feeds?.connections(account) ?? []) socket.cut(CUT_KINDS[how]);
    else this.#route(channel)?.proxy.cut(how, { session, account });
  }

  /** Slows REST and WebSocket for every connection, FIX for the present ones. */
  #delay(fault: FaultOf<'link-delay'>): number | undefined {
    const { channel = 'trading', session, account, delayMs, forMs } = fault;
    const { waitingFaults, clock } = this.#deps;
    const at = clock.wall();
    const shared = { delayMs, forMs, ...defined({ account }) };
    if (channel === 'rest') {
      waitingFaults.put({ kind: 'delay', when: 'before', ...shared }, at);
      return waitingFaults.put({ kind: 'delay', when: 'after', ...shared }, at);
    }
    if (channel === 'ws') return waitingFaults.put({ kind: 'frame-delay', channel, ...shared }, at);
    this.#route(channel)?.proxy.slow(delayMs, forMs, { session, account });
    return undefined;
  }

  /**
   * Sends SequenceReset(4) with the next number. No messages exist for the numbers that it skips.
   */
  #resetSequence(fault: FaultOf<'sequence-reset'>): void {
    const { mode = 'reset', skip = 1 } = fault;
    for (const { session, route, compID } of this.#sessions(fault)) {
      const { nextSenderMsgSeqNum: next, phase } = session.view();
      session.setNextSenderMsgSeqNum(next + skip);
      if (phase !== 'LoggedOn') continue;
      const frame = fixFrame([
        [35, '4'],
        [34, String(next)],
        [49, route.compID],
        [52, toUtcTimestamp(this.#deps.clock.wall())],
        [56, compID],
        [123, mode === 'reset' ? 'N' : 'Y'],
        [36, String(next + skip)],
      ]);
      route.proxy.write(compID, frame);
    }
  }

  #route(channel: FixRoute['channel']): FixRoute | undefined {
    return this.#deps.routes.find((route) => route.channel === channel);
  }

  #sessions(of: { readonly channel?: FixRoute['channel']; readonly session?: string }): readonly {
    readonly session: FixSession;
    readonly route: FixRoute;
    readonly compID: string;
  }[] {
    const route = this.#route(of.channel ?? 'trading');
    if (route === undefined) return [];
    return route.acceptor
      .sessions()
      .map((session) => ({ session, route, compID: compIDOf(session) }))
      .filter(({ compID }) => of.session === undefined || compID === of.session);
  }
}

/** Market data sessions are named `COMPID/L2`. */
const compIDOf = (session: FixSession): string => session.view().id.split('/')[0] ?? '';

/**
 * Encodes a FIX.4.4 message without a session. BodyLength(9) and CheckSum(10) are added; the caller
 * gives the other fields.
 */
const fixFrame = (fields: readonly FixField[]): Buffer => {
  const body = fields.map(([tag, value]) => `${tag}=${value.toString()}\x01`).join('');
  const head = `8=FIX.4.4\x019=${body.length}\x01${body}`;
  let sum = 0;
  for (const byte of Buffer.from(head, 'latin1')) sum += byte;
  return Buffer.from(`${head}10=${String(sum % 256).padStart(3, '0')}\x01`, 'latin1');
};
