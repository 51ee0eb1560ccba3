import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket } from 'node:net';
import { systemClock, systemRandom, systemTimers } from '../../../../src/app/system-clock.ts';
import {
  type AcceptorOptions,
  type FixAcceptor,
  makeAcceptor,
} from '../../../../src/fix/runtime/acceptor/acceptor.ts';
import { type ConnectionSettings } from '../../../../src/fix/runtime/connector.ts';
import { makeMemoryStore } from '../../../../src/fix/runtime/memory-store.ts';
import { type FixSession } from '../../../../src/fix/session/model/session-types.ts';
import { type SessionSettings } from '../../../../src/fix/session/model/settings.ts';
import { makeInitiator } from '../../../../src/fix/runtime/initiator-session.ts';
import { stockDictionary } from '../../../conformance/stage.ts';

const deps = { clock: systemClock, timers: systemTimers, dictionary: stockDictionary('FIX.4.4') };

/** Everything a session tells its owner, as text. */
const makeTold = (): {
  readonly told: string[];
  readonly application: AcceptorOptions['sessions'][number]['application'];
  readonly has: (text: string) => boolean;
  readonly count: (text: string) => number;
} => {
  const told: string[] = [];
  return {
    told,
    has: (text) => told.some((line) => line.startsWith(text)),
    count: (text) => told.filter((line) => line.startsWith(text)).length,
    application: {
      onLoggedOn: (info) => told.push(`logged on ${info.epoch}${info.reset ? ' reset' : ''}`),
      onLoggedOut: (info) => told.push(`logged out ${info.cause} ${info.text}`),
      onMessage: (message) => told.push(`message ${message.msgType}`),
      onEvent: (event) => told.push(`${event.code} ${event.text}`),
      onSynchronized: () => told.push('synchronized'),
    },
  };
};

export const RECONNECT = {
  intervalsMs: [20],
  jitterRatio: 0,
  refusedFirstMs: 60_000,
  refusedStepMs: 0,
  refusedMaxMs: 60_000,
};

export const cleanups: (() => Promise<unknown>)[] = [];

/** For afterEach. */
export const cleanUp = async (): Promise<void> => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
};

/** An acceptor for the named clients, on a free port. */
export const listen = async (
  options: Partial<AcceptorOptions> = {},
  names: readonly string[] = ['C'],
  settings: Partial<SessionSettings> = {},
): Promise<{
  readonly acceptor: FixAcceptor;
  readonly port: number;
  readonly told: ReturnType<typeof makeTold>;
}> => {
  const told = makeTold();
  const acceptor = makeAcceptor({
    ...deps,
    listen: { host: '127.0.0.1', port: 0 },
    sessions: names.map((name) => ({
      settings: {
        id: name,
        beginString: 'FIX.4.4',
        senderCompID: 'V',
        targetCompID: name,
        ...settings,
      },
      application: told.application,
      store: makeMemoryStore(),
    })),
    ...options,
  });
  const { port } = await acceptor.listen();
  cleanups.push(() => acceptor.close());
  return { acceptor, port, told };
};

/** A started initiator. */
export const dial = (
  port: number,
  options: {
    readonly connection?: Partial<ConnectionSettings>;
    readonly settings?: Partial<SessionSettings>;
    readonly name?: string;
  } = {},
): { readonly session: FixSession; readonly told: ReturnType<typeof makeTold> } => {
  const told = makeTold();
  const session = makeInitiator({
    ...deps,
    random: systemRandom,
    settings: {
      id: 'i',
      role: 'initiator',
      beginString: 'FIX.4.4',
      senderCompID: options.name ?? 'C',
      targetCompID: 'V',
      reconnect: RECONNECT,
      ...options.settings,
    },
    application: told.application,
    store: makeMemoryStore(),
    connection: {
      hosts: [{ host: '127.0.0.1', port }],
      connectTimeoutMs: 30_000,
      ...options.connection,
    },
  });
  cleanups.push(() => session.stop());
  session.start();
  return { session, told };
};

/** A bare server. */
export const listenRaw = async (server: Server): Promise<number> => {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    const closed = once(server, 'close');
    server.close();
    return closed;
  });
  return (server.address() as AddressInfo).port;
};
