import { defined } from '../../../../lib/defined.ts';
import {
  type AcceptedSession,
  type FixAcceptor,
  makeAcceptor,
} from '../../../../fix/runtime/acceptor/acceptor.ts';
import { type FixDictionary } from '../../../../fix/dictionary/dictionary.ts';
import { type Clock, type Timers } from '../../../../lib/time.ts';
import { type ExchangeQueries } from '../../../exchange/reads/exchange-queries.ts';
import { type BookFaults } from '../../../faults/book-faults.ts';
import { type FixStores } from '../../../state/fix-stores.ts';
import { type VenueRuntime } from '../../../venue-runtime.ts';
import { makeFormatCheck } from '../format-check.ts';
import { type FixToggles } from '../../../settings/fix-toggles.ts';
import { logonAnswerFields } from '../logon-answer.ts';
import { MarketDataService } from './market-data-service.ts';
import { type DepthLevel } from './market-data-request.ts';

/** TargetCompID(56) of both market data services [fix 1.2]. */
export const MARKET_DATA_COMP_ID = 'KRAKEN-DRV-MD';

interface MarketDataGatewayOptions {
  readonly level: DepthLevel;
  /** The same CompIDs as on the trading service; no credentials. */
  readonly compIDs: readonly string[];
  /**
   * A session without a subscription is dropped after this long; 0 keeps it. One minute when left
   * out.
   */
  readonly idleDropMs?: number;
  /** Entries of one InstrumentList(y); all in one message up to 1,000 when left out. */
  readonly listFragmentMax?: number;
  readonly secondLogon?: FixToggles['secondLogon'];
  /** Of one session, kept for its ResendRequests; 10,000 at most. */
  readonly messagesMax?: number;
}

const IDLE_DROP_MS = 60_000;
const MESSAGES_MAX = 10_000;
const LIST_FRAGMENT_MAX = 1_000;

/**
 * A market data service with its own sessions and sequence numbers [fix 1.2, 1.4, 11]. It does not
 * listen: the FIX proxy accepts its connections.
 */
export const makeMarketDataAcceptor = (
  options: MarketDataGatewayOptions,
  { clock, timers, dictionary }: { clock: Clock; timers: Timers; dictionary: FixDictionary },
  {
    runtime,
    queries,
    stores,
    bookFaults,
  }: {
    readonly runtime: VenueRuntime;
    readonly queries: ExchangeQueries;
    readonly stores: FixStores;
    readonly bookFaults?: BookFaults;
  },
): FixAcceptor => {
  const { level, idleDropMs = IDLE_DROP_MS } = options;
  const service = new MarketDataService({
    level,
    queries,
    now: clock.wall,
    timers,
    idleDropMs: idleDropMs === 0 ? undefined : idleDropMs,
    ...defined({ bookFaults }),
    listFragmentMax: options.listFragmentMax ?? LIST_FRAGMENT_MAX,
  });
  runtime.subscribeBatch((events) => {
    service.onBatch(events);
  });
  const subscribers = options.compIDs.map((compID) => ({
    compID,
    subscriber: service.subscriber(),
  }));
  const acceptor = makeAcceptor({
    listen: { host: '127.0.0.1', port: 0 },
    sessions: subscribers.map(({ compID, subscriber }): AcceptedSession => ({
      settings: {
        id: `${compID}/${level}`,
        beginString: 'FIX.4.4',
        senderCompID: MARKET_DATA_COMP_ID,
        targetCompID: compID,
      },
      application: { ...subscriber.application, logonFields: logonAnswerFields },
      validate: makeFormatCheck(dictionary),
      store: stores.store(`${compID}/${level}`, {
        messagesMax: Math.min(MESSAGES_MAX, options.messagesMax ?? MESSAGES_MAX),
        numbersOnly: true,
      }),
    })),
    dictionary,
    clock,
    timers,
    onSecondConnection: options.secondLogon ?? 'evict-old',
  });
  for (const { compID, subscriber } of subscribers) {
    const session = acceptor.session(`${compID}/${level}`);
    if (session !== undefined) subscriber.attach(session);
  }
  return acceptor;
};
