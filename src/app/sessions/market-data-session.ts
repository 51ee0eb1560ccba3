import { type MarketDataSessionConfig } from '../../config/config.ts';
import { type BookPort } from '../../domain/book.ts';
import { type FixDictionary } from '../../fix/dictionary/dictionary.ts';
import { type ConnectionSettings } from '../../fix/runtime/connector.ts';
import { makeInitiator } from '../../fix/runtime/initiator-session.ts';
import { type SessionLog } from '../../fix/runtime/session-host.ts';
import {
  type FixSession,
  type SessionNotice,
  type SessionStore,
} from '../../fix/session/model/session-types.ts';
import { DEFAULT_BOOK_LIMITS } from '../../kraken/books/live-book.ts';
import { makeLogonFields } from '../../kraken/fix/logon.ts';
import { MarketDataFeed } from '../../kraken/fix/market-data/market-data-feed.ts';
import {
  type MarketDataInput,
  type MarketDataOutput,
} from '../../kraken/fix/market-data/market-data-types.ts';
import { type Clock, type Timers } from '../../lib/time.ts';
import { makeMarketDataSchedule } from './schedules.ts';
import { marketDataSettings } from './settings.ts';

export interface MarketDataSessionDeps {
  readonly config: MarketDataSessionConfig;
  readonly connection: ConnectionSettings;
  readonly dictionary: FixDictionary;
  readonly store: SessionStore;
  readonly log: SessionLog | undefined;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
  readonly onNotice: (notice: SessionNotice) => void;
}

/** One market data session with the venue and the books that it keeps. */
export interface MarketDataSession {
  readonly session: FixSession;
  readonly books: BookPort;
  readonly start: () => void;
  readonly stop: (text: string) => Promise<void>;
}

/** The pure feed on a session: events in, requests and notices out, woken when it wants to be. */
export const makeMarketDataSession = (deps: MarketDataSessionDeps): MarketDataSession => {
  const { config, clock, timers, store } = deps;
  const feed = new MarketDataFeed({
    symbols: config.symbols,
    level: config.role === 'marketDataL3' ? 'L3' : 'L2',
    depth: config.marketDepth,
    requestPrefix: `${Math.floor(clock.wall()).toString(36)}-`,
    bookLimits: DEFAULT_BOOK_LIMITS,
  });
  let timer: { readonly cancel: () => void } | undefined;
  const step = (input: MarketDataInput): void => {
    const at = clock.monotonic();
    for (const output of feed.step(input, at)) perform(output, session, deps);
    timer?.cancel();
    const wakeAt = feed.nextWakeAt();
    timer =
      wakeAt === undefined
        ? undefined
        : timers.set(Math.max(1, wakeAt - at), () => {
            step({ type: 'Woken' });
          });
  };
  const session = makeInitiator({
    settings: marketDataSettings(config),
    application: {
      logonFields: makeLogonFields(logonSettingsOf(config)),
      onLoggedOn: () => {
        step({ type: 'LoggedOn' });
      },
      onLoggedOut: () => {
        step({ type: 'LoggedOut' });
      },
      onMessage: (message) => {
        step({ type: 'Message', message });
      },
      onEvent: deps.onNotice,
    },
    store,
    ...{ dictionary: deps.dictionary, clock, timers, random: deps.random },
    connection: deps.connection,
    frameBytesMax: config.messageBytesMax,
    ...(deps.log && { log: deps.log }),
  });
  const day = makeMarketDataSchedule(config, { session, store, clock, timers });
  return {
    session,
    books: feed,
    start: () => {
      if (day === undefined) session.start();
      else day.start();
    },
    stop: async (text) => {
      day?.stop();
      timer?.cancel();
      await session.stop(text);
    },
  };
};

const logonSettingsOf = ({ senderCompID, targetCompID, clientID }: MarketDataSessionConfig) => ({
  senderCompID,
  targetCompID,
  ...(clientID === undefined ? {} : { clientID: Number(clientID) }),
});

const perform = (
  output: MarketDataOutput,
  session: FixSession,
  { clock, onNotice }: MarketDataSessionDeps,
): void => {
  if (output.type === 'Send') session.send(output.message);
  if (output.type === 'Notice') {
    const { severity, code, text } = output;
    onNotice({ at: clock.wall(), severity, code, text });
  }
};
