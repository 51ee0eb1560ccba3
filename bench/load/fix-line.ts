import { systemClock, systemRandom, systemTimers } from '../../src/app/system-clock.ts';
import { type FixDictionary } from '../../src/fix/dictionary/dictionary.ts';
import { type FixMessage } from '../../src/fix/codec/fix-message.ts';
import { dictionaryPath, loadDictionary } from '../../src/fix/dictionary/jspurefix.ts';
import { makeMemoryStore } from '../../src/fix/runtime/memory-store.ts';
import { makeInitiator } from '../../src/fix/runtime/initiator-session.ts';
import { type FixSession } from '../../src/fix/session/model/session-types.ts';
import { makeLogonFields } from '../../src/kraken/fix/logon.ts';
import { Secret } from '../../src/lib/secret.ts';
import { type FixService, type VenueKey } from './plan.ts';
import { type Tally } from './tally.ts';

const MESSAGES_MAX = 1_000;
const CONNECT_MS = 20_000;

/**
 * One FIX session to a service of the venue, by our own session layer. It counts everything unusual
 * as an error.
 */
export class FixLine {
  readonly #tally: Tally;
  readonly #dictionary: FixDictionary;
  readonly #sessions: FixSession[] = [];
  #isClosing = false;

  constructor(tally: Tally) {
    const dictionary = loadDictionary(dictionaryPath('KRAKEN-DRV-FIX44.xml'));
    if (!dictionary.ok) throw new Error(dictionary.error);
    this.#tally = tally;
    this.#dictionary = dictionary.value;
  }

  open(
    service: FixService,
    key: VenueKey,
    on: {
      readonly up: (session: FixSession) => void;
      readonly message: (message: FixMessage) => void;
    },
    signed: boolean,
  ): void {
    const { senderCompID = '', fixApiKey = '', fixApiSecret = '' } = key;
    const { host, port, targetCompID } = service;
    const credential = { apiKey: new Secret(fixApiKey), apiSecret: new Secret(fixApiSecret) };
    const startedAt = performance.now();
    const session = makeInitiator({
      settings: {
        ...{ id: `${senderCompID}/${port}`, role: 'initiator', beginString: 'FIX.4.4' },
        ...{ senderCompID, targetCompID, tolerateUnknown: true, requireOrigSendingTime: false },
      },
      application: {
        logonFields: makeLogonFields({
          ...{ senderCompID, targetCompID },
          ...(signed && { credential, cancelOrdersOnDisconnect: true }),
        }),
        onLoggedOn: () => {
          this.#tally.count('logons');
          this.#tally.latency('connect and logon', performance.now() - startedAt);
          on.up(session);
        },
        onLoggedOut: ({ cause, text }) => {
          if (!this.#isClosing) this.#tally.error(`logged out: ${cause} ${text}`);
        },
        onMessage: on.message,
        onEvent: ({ severity, code, text }) => {
          if (severity !== 'info' && !this.#isClosing)
            this.#tally.error(`session ${code}: ${text}`);
        },
      },
      store: makeMemoryStore({ createdAt: systemClock.wall(), messagesMax: MESSAGES_MAX }),
      ...{ dictionary: this.#dictionary, clock: systemClock, timers: systemTimers },
      random: systemRandom,
      connection: {
        hosts: [{ host, port }],
        connectTimeoutMs: CONNECT_MS,
        ...(service.ca !== undefined && { tls: { ca: service.ca, servername: 'localhost' } }),
      },
    });
    this.#sessions.push(session);
    session.start();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all(this.#sessions.map((session) => session.stop('the load is over')));
  }
}
