import { makeAcceptor, type AcceptedSession, type FixAcceptor } from '../../fix/acceptor.ts';
import { type FixDictionary } from '../../fix/dictionary.ts';
import { makeMemoryStore } from '../../fix/message-store.ts';
import { type Clock, type Timers } from '../../lib/time.ts';
import { type VenueRuntime } from '../venue-runtime.ts';
import { type FixKey, makeLogonCheck } from './logon-check.ts';
import { TradingDesk } from './trading-desk.ts';

export const TRADING_COMP_ID = 'KRAKEN-DRV-TRD';

/** Someone who may trade: a CompID with its key, on an account of its own. */
export interface SimulatorClient {
  readonly compID: string;
  readonly account: string;
  readonly key: FixKey;
}

export interface TradingGatewayOptions {
  readonly clients: readonly SimulatorClient[];
  readonly host: string;
  readonly realAvgPx?: boolean;
}

export interface TradingGatewayDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  /** KRAKEN-DRV-FIX44.xml. */
  readonly dictionary: FixDictionary;
}

/** The order entry gateway. It does not listen: a door gives it its connections, so that faults have them in hand. */
export const makeTradingAcceptor = (
  options: TradingGatewayOptions,
  { clock, timers, dictionary }: TradingGatewayDeps,
  runtime: VenueRuntime,
): FixAcceptor => {
  const desk = new TradingDesk({
    submit: (command) => {
      runtime.submit(command);
    },
    now: clock.wall,
    realAvgPx: options.realAvgPx ?? false,
    execIDStart: BigInt(Math.floor(clock.wall())) << 20n,
  });
  runtime.subscribe((event) => {
    desk.onEvent(event);
  });
  const seats = options.clients.map((client) => ({ client, seat: desk.seat(client) }));
  const acceptor = makeAcceptor({
    listen: { host: options.host, port: 0 },
    sessions: seats.map(({ client, seat }): AcceptedSession => ({
      settings: {
        id: client.compID,
        beginString: 'FIX.4.4',
        senderCompID: TRADING_COMP_ID,
        targetCompID: client.compID,
      },
      application: {
        ...seat.application,
        checkLogon: makeLogonCheck(client.key, clock.wall),
      },
      store: makeMemoryStore({ createdAt: clock.wall() }),
    })),
    dictionary,
    clock,
    timers,
    // "One logon per pair, a second evicts the first." (venue reference, FIX 11)
    onSecondConnection: 'evict-old',
  });
  for (const { client, seat } of seats) {
    const session = acceptor.session(client.compID);
    if (session !== undefined) seat.attach(session);
  }
  return acceptor;
};
