import { defined } from '../../../lib/defined.ts';
import { type FixAcceptor } from '../../../fix/runtime/acceptor/acceptor.ts';
import { type Clock, type Timers } from '../../../lib/time.ts';
import { type Certificate } from '../../certificate.ts';
import { type FaultParts } from '../../faults/fault-parts.ts';
import { FixProxy } from '../../faults/link/fix-proxy.ts';

/** One FIX service with the proxy that accepts its connections. */
export interface FixRoute {
  readonly channel: 'trading' | 'l2' | 'l3';
  readonly proxy: FixProxy;
  readonly acceptor: FixAcceptor;
  /** SenderCompID(49) of the venue on this service. */
  readonly compID: string;
}

interface ProxyOptions {
  readonly channel: FixRoute['channel'];
  readonly host: string;
  readonly port: number;
  readonly certificate?: Certificate;
  readonly clients: readonly { readonly compID: string; readonly account: string }[];
}

/** Accepts the connections of a service, so that faults can act on them. */
export const makeProxy = (
  options: ProxyOptions,
  { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
  { acceptor, faultParts }: { readonly acceptor: FixAcceptor; readonly faultParts: FaultParts },
): FixProxy => {
  const { host, port, channel, certificate } = options;
  const accounts = new Map(options.clients.map(({ compID, account }) => [compID, account]));
  return new FixProxy({
    ...{ host, port, timers },
    accept: (socket, onLoggedOn) => {
      acceptor.accept(socket, onLoggedOn);
    },
    tap: { channel, clock, faults: faultParts.frames, accountOf: (compID) => accounts.get(compID) },
    ...defined({ certificate }),
  });
};
