import { ok } from '../../src/lib/result.ts';
import {
  makeEchoApplication,
  ECHOED_MSG_TYPES,
} from '../../src/cli/conformance/echo-application.ts';
import {
  makeOrderApplication,
  ORDER_MSG_TYPES,
} from '../../src/cli/conformance/order-application.ts';
import { makeAcceptor } from '../../src/fix/runtime/acceptor/acceptor.ts';
import { type FixDictionary } from '../../src/fix/dictionary/dictionary.ts';
import { loadDictionary, stockDictionaryPath } from '../../src/fix/dictionary/jspurefix.ts';
import { makeMemoryStore } from '../../src/fix/runtime/memory-store.ts';
import { makeInitiator } from '../../src/fix/runtime/initiator-session.ts';
import {
  type FixSession,
  type SessionApplication,
} from '../../src/fix/session/model/session-types.ts';
import { FakeSocket } from '../support/fake-socket.ts';
import { VirtualTime } from '../support/virtual-time.ts';

export type Role = 'acceptor' | 'initiator';

export interface Peer {
  readonly send: (bytes: Buffer) => void;
  /** Everything we have sent on this connection since it was opened. */
  readonly received: () => string;
  readonly isClosed: () => boolean;
  readonly drop: () => void;
}

/** Where a dialogue is played. */
export interface Stage {
  readonly beginString: string;
  /** The peer's CompID, and ours. */
  readonly peerCompID: string;
  readonly ownCompID: string;
  readonly now: () => number;
  /** The peer connects, or takes the next connection of our initiator. */
  readonly connect: () => Promise<Peer>;
  /** Lets what is under way happen. */
  readonly settle: () => Promise<void>;
  readonly wait: (ms: number) => Promise<void>;
  /**
   * Real time and real sockets: an expected frame may take a while, and no test observes the
   * application.
   */
  readonly isReal: boolean;
  /** What our application was told, oldest first. */
  readonly told: readonly string[];
  readonly close: () => Promise<void>;
}

const dictionaries = new Map<string, FixDictionary>();
export const stockDictionary = (beginString: string): FixDictionary => {
  const known = dictionaries.get(beginString);
  if (known !== undefined) return known;
  const version = beginString === 'FIX.4.2' ? 'FIX.4.2' : 'FIX.4.4';
  const loaded = loadDictionary(stockDictionaryPath(version));
  if (!loaded.ok) throw new Error(loaded.error);
  dictionaries.set(beginString, loaded.value);
  return loaded.value;
};

const SETTLE_TURNS = 6;
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < SETTLE_TURNS; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
};

/**
 * The session, its driver and the conformance application on a virtual clock and a connection in
 * memory.
 */
export const makeStage = (role: Role, options: ReadonlyMap<string, string>): Stage => {
  const time = new VirtualTime();
  const told: string[] = [];
  const settings = parseSettings(options);
  const beginString = options.get('beginString') ?? 'FIX.4.4';
  const context = { time, told, settings, beginString, dictionary: stockDictionary(beginString) };
  const played = role === 'acceptor' ? playAcceptor(context) : playInitiator(context);
  return {
    beginString,
    peerCompID: role === 'acceptor' ? 'TW' : 'VENUE',
    ownCompID: role === 'acceptor' ? 'ISLD' : 'ME',
    now: time.wall,
    settle,
    isReal: false,
    wait: async (ms) => {
      await time.advance(ms, settle);
      await settle();
    },
    told,
    ...played,
  };
};

interface Context {
  readonly time: VirtualTime;
  readonly told: string[];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly beginString: string;
  readonly dictionary: FixDictionary;
}

const NOT_SETTINGS: readonly string[] = ['beginString', 'clientCompIDs'];

/** Values as JSON where they are JSON, as text where they are not. */
const parseSettings = (options: ReadonlyMap<string, string>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    [...options]
      .filter(([key]) => !NOT_SETTINGS.includes(key))
      .map(([key, value]) => [key, /^[\d[{tf]/.test(value) ? JSON.parse(value) : value]),
  );

type Played = Pick<Stage, 'connect' | 'close'>;

const playAcceptor = ({ time, told, settings, beginString, dictionary }: Context): Played => {
  const own: () => FixSession = () => acceptor.session('TW') ?? raise('no session');
  const acceptor = makeAcceptor({
    listen: { host: '127.0.0.1', port: 0 },
    sessions: [
      {
        settings: {
          id: 'TW',
          beginString,
          senderCompID: 'ISLD',
          targetCompID: 'TW',
          resetOnLogon: true,
          allowUserDefined: false,
          supportedMsgTypes: ECHOED_MSG_TYPES,
          ...settings,
        },
        application: tellingTo(
          told,
          makeEchoApplication(dictionary, own, () => undefined),
        ),
        store: makeMemoryStore(),
      },
    ],
    dictionary,
    clock: time,
    timers: time,
    onTurnedAway: (text) => told.push(`turned away ${text}`),
  });
  return {
    connect: () => {
      const [ours, theirs] = FakeSocket.pair();
      acceptor.accept(ours.asSocket());
      return Promise.resolve(peerOn(theirs));
    },
    close: () => own().stop(),
  };
};

const playInitiator = ({ time, told, settings, beginString, dictionary }: Context): Played => {
  const arrivals: FakeSocket[] = [];
  const session: FixSession = makeInitiator({
    settings: {
      id: 'ME',
      role: 'initiator',
      beginString,
      senderCompID: 'ME',
      targetCompID: 'VENUE',
      resendPolicy: 'full',
      invalidApplicationMessage: 'reject',
      supportedMsgTypes: ORDER_MSG_TYPES,
      probeAfterLogon: false,
      onTooLow: 'reconnect',
      reconnect: {
        intervalsMs: [1_000],
        jitterRatio: 0,
        refusedFirstMs: 60_000,
        refusedStepMs: 60_000,
        refusedMaxMs: 900_000,
      },
      ...settings,
    },
    application: tellingTo(
      told,
      makeOrderApplication(
        beginString,
        () => session,
        () => undefined,
      ),
    ),
    store: makeMemoryStore(),
    dictionary,
    clock: time,
    timers: time,
    random: () => 0.5,
    connection: { hosts: [], connectTimeoutMs: 1_000 },
    open: () => {
      const [ours, theirs] = FakeSocket.pair();
      arrivals.push(theirs);
      return Promise.resolve(ok(ours.asSocket()));
    },
  });
  session.start();
  return {
    connect: async () => {
      await settle();
      return peerOn(arrivals.shift() ?? raise('our initiator has not connected'));
    },
    close: () => session.stop(),
  };
};

const peerOn = (socket: FakeSocket): Peer => {
  let received = '';
  let isClosed = false;
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
  });
  socket.once('end', () => {
    isClosed = true;
  });
  return {
    send: (bytes) => socket.write(bytes),
    received: () => received,
    isClosed: () => isClosed,
    drop: () => socket.destroy(),
  };
};

const raise = (text: string): never => {
  throw new Error(text);
};

/** Records the calls to an application. */
const tellingTo = (told: string[], application: SessionApplication): SessionApplication => ({
  ...application,
  onLoggedOn: (info) => {
    told.push(info.reset ? 'logged on, reset' : 'logged on');
    application.onLoggedOn(info);
  },
  onLoggedOut: (info) => {
    told.push(`logged out ${info.cause} ${info.text}`.trim());
    application.onLoggedOut(info);
  },
  onMessage: (message, context) => {
    const duplicate = context.possDup ? ' possdup' : '';
    told.push(`delivered ${message.msgType} ${context.msgSeqNum}${duplicate}`);
    application.onMessage(message, context);
  },
  onNotReplayed: ({ msgSeqNum, message }) => {
    told.push(`not replayed ${message.msgType} ${msgSeqNum} ${message.get(11) ?? ''}`.trim());
  },
  onResendRequested: ({ beginSeqNo, endSeqNo }) => {
    told.push(`resend requested ${beginSeqNo} ${endSeqNo}`);
  },
  onSynchronized: () => told.push('synchronized'),
  onReleased: ({ msgSeqNum, message }) => {
    told.push(`released ${message.msgType} ${msgSeqNum}`);
  },
  onEvent: (event) => {
    told.push(`${event.code} ${event.text}`);
    application.onEvent?.(event);
  },
});
