import {
  makeAcceptor,
  type AcceptedSession,
  type FixAcceptor,
} from '../../../../fix/runtime/acceptor/acceptor.ts';
import { type FixDictionary } from '../../../../fix/dictionary/dictionary.ts';
import { type FixMessage, type OutboundMessage } from '../../../../fix/codec/fix-message.ts';
import {
  type DeliveryContext,
  type SessionApplication,
} from '../../../../fix/session/model/session-types.ts';
import { ok } from '../../../../lib/result.ts';
import { type Clock, type EpochMs, type Timers } from '../../../../lib/time.ts';
import { type FixStores } from '../../../state/fix-stores.ts';
import { type ReplayedService } from '../../../state/replay-state.ts';
import { type StateKeeper, type StateNote } from '../../../state/state-record.ts';
import { rowLimitsOf } from '../../../row-limits.ts';
import { type VenueRuntime } from '../../../venue-runtime.ts';
import { DEFAULT_FIX_TOGGLES, type FixToggles } from '../../../settings/fix-toggles.ts';
import { makeFormatCheck } from '../format-check.ts';
import { logonAnswerFields } from '../logon-answer.ts';
import { TradingService } from './trading-service.ts';
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Secret } from '../../../../lib/secret.ts';

export const TRADING_COMP_ID = 'KRAKEN-DRV-TRD';

/** A trading client: a CompID with its key and its own account. */
export interface SimulatorClient {
  readonly compID: string;
  readonly account: string;
  readonly key: FixKey;
}

interface TradingGatewayOptions {
  readonly clients: readonly SimulatorClient[];
  readonly host: string;
  readonly fix?: Partial<FixToggles>;
  /** See RowLimits. */
  readonly rowsMax?: number;
}

interface TradingGatewayDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  /** KRAKEN-DRV-FIX44.xml. */
  readonly dictionary: FixDictionary;
  readonly stores: FixStores;
  readonly keeper: StateKeeper | undefined;
  /** Start of the venue's first run. ExecIDs count from there, so that no run repeats another's. */
  readonly startAt: EpochMs;
}

/**
 * The order entry gateway before it has connections: the messages of previous runs can be replayed
 * into it.
 */
export interface TradingGateway {
  readonly replayed: ReplayedService;
  /**
   * Opens the sessions, once the stores are restored. It does not listen: the FIX proxy accepts its
   * connections.
   */
  readonly open: (disconnect: (compID: string) => void) => FixAcceptor;
}

export const makeTradingGateway = (
  options: TradingGatewayOptions,
  deps: TradingGatewayDeps,
  runtime: VenueRuntime,
): TradingGateway => {
  const { clock, startAt } = deps;
  // The time of the message that is being processed: its record and its effects carry the same
  // time.
  let inboundAt: EpochMs | undefined;
  let cutOff: ((compID: string) => void) | undefined;
  const service = new TradingService({
    submit: (command) => {
      runtime.submit(command);
    },
    now: () => inboundAt ?? clock.wall(),
    toggles: togglesOf(options),
    endedMax: limitsOf(options).fixEndedOfOne,
    disconnect: (compID) => {
      cutOff?.(compID);
    },
    execIDStart: BigInt(Math.floor(startAt)) << 20n,
  });
  runtime.subscribe((event) => {
    service.onEvent(event);
  });
  const said = new Map<string, OutboundMessage[]>();
  const clientSessions = options.clients.map((client) => {
    const clientSession = service.clientSession(client);
    const session = client.compID;
    clientSession.attach({
      send: (message) => {
        said.set(session, [...(said.get(session) ?? []), message]);
        return ok({ msgSeqNum: 0 });
      },
    });
    const receive: Receive = (message, at, context) => {
      inboundAt = at;
      clientSession.application.onMessage(message, context);
      inboundAt = undefined;
    };
    return { client, clientSession, receive };
  });
  const clientSessionOf = (session: string) =>
    clientSessions.find(({ client }) => client.compID === session);
  return {
    replayed: {
      said,
      receive: (session, message, at) => {
        clientSessionOf(session)?.receive(message, at, { ...FIRST_TIME, at });
      },
    },
    open: (disconnect) => {
      cutOff = disconnect;
      const acceptor = makeTradingAcceptor(options, deps, clientSessions);
      for (const { client, clientSession } of clientSessions) {
        const session = acceptor.session(client.compID);
        if (session === undefined) continue;
        clientSession.attach(session);
        // The previous process died after the exchange decided and before these reports had a
        // number.
        for (const message of said.get(client.compID) ?? []) session.send(message);
      }
      said.clear();
      return acceptor;
    },
  };
};

type Receive = (message: FixMessage, at: EpochMs, context: DeliveryContext) => void;

const inbound = (
  session: string,
  at: EpochMs,
  { message, context }: { readonly message: FixMessage; readonly context: DeliveryContext },
): StateNote => ({
  k: 'fix-in',
  session,
  at,
  msgSeqNum: context.msgSeqNum,
  frame: message.raw.toString('latin1'),
});

const limitsOf = ({ rowsMax, clients }: TradingGatewayOptions) =>
  rowLimitsOf(rowsMax, clients.length);

const togglesOf = ({ fix }: TradingGatewayOptions): FixToggles => ({
  ...DEFAULT_FIX_TOGGLES,
  ...fix,
});

const FIRST_TIME = { msgSeqNum: 0, possDup: false, possResend: false, epoch: 0 } as const;

const makeTradingAcceptor = (
  options: TradingGatewayOptions,
  { clock, timers, dictionary, stores, keeper }: TradingGatewayDeps,
  clientSessions: readonly {
    readonly client: SimulatorClient;
    readonly clientSession: { readonly application: SessionApplication };
    readonly receive: Receive;
  }[],
): FixAcceptor => {
  const toggles = togglesOf(options);
  return makeAcceptor({
    listen: { host: options.host, port: 0 },
    sessions: clientSessions.map(({ client, clientSession, receive }): AcceptedSession => ({
      settings: {
        id: client.compID,
        beginString: 'FIX.4.4',
        senderCompID: TRADING_COMP_ID,
        targetCompID: client.compID,
        sendWhenLoggedOff: toggles.queueReports ? 'store' : 'refuse',
      },
      application: {
        ...clientSession.application,
        onMessage: (message, context) => {
          const at = clock.wall();
          keeper?.note(inbound(client.compID, at, { message, context }));
          receive(message, at, context);
        },
        logonFields: logonAnswerFields,
        checkLogon: makeLogonCheck(client.key, clock.wall, toggles.refusedLogon),
      },
      validate: makeFormatCheck(dictionary),
      store: stores.store(client.compID, { messagesMax: limitsOf(options).fixMessagesOfOne }),
    })),
    dictionary,
    clock,
    timers,
    // "One logon per pair, a second evicts the first." [fix 11]
    onSecondConnection: toggles.secondLogon,
  });
};

const NONCE_WINDOW_MS = 5_000;
const INVALID = 'Logon failed: invalid credentials';

/** What a client logs on with. */
export interface FixKey {
  readonly apiKey: Secret;
  /** base64 */
  readonly apiSecret: Secret;
}

/**
 * Checks a trading Logon: key, signature over the Logon's own MsgSeqNum(34), nonce within 5 s and
 * rising [fix 2, 11]. Returns the Text(58) of the refusing Logout. Written from the venue's rule,
 * independently of the client's code.
 */
const makeLogonCheck = (
  key: FixKey,
  now: () => EpochMs,
  refused: FixToggles['refusedLogon'] = 'logout',
): ((message: FixMessage) => string | undefined) => {
  // With an empty text the session closes the connection without a Logout.
  const refusal = refused === 'logout' ? INVALID : '';
  let lastNonce = 0;
  return (message) => {
    const apiKey = message.get(553) ?? '';
    const nonceText = message.get(5025) ?? '';
    const nonce = /^\d{13}$/.test(nonceText) ? Number(nonceText) : undefined;
    if (apiKey !== key.apiKey.reveal() || nonce === undefined) return refusal;
    if (!isSignedBy(message, key)) return refusal;
    if (Math.abs(nonce - now()) > NONCE_WINDOW_MS || nonce <= lastNonce) return refusal;
    lastNonce = nonce;
    return undefined;
  };
};

const isSignedBy = (message: FixMessage, key: FixKey): boolean => {
  const hash = createHash('sha256');
  for (const tag of [35, 34, 49, 56, 553])
    hash.update(`${tag}=${message.get(tag) ?? ''}\x01`, 'latin1');
  hash.update(message.get(5025) ?? '', 'latin1');
  const expected = createHmac('sha512', Buffer.from(key.apiSecret.reveal(), 'base64'))
    .update(hash.digest())
    .digest();
  const given = Buffer.from(message.get(554) ?? '', 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
};
