import { join } from 'node:path';
import { systemClock, systemRandom, systemTimers } from '../../src/app/system-clock.ts';
import { makeAcceptor } from '../../src/fix/runtime/acceptor/acceptor.ts';
import { type FixMessage } from '../../src/fix/codec/fix-message.ts';
import { loadStockDictionary } from '../../src/fix/dictionary/jspurefix.ts';
import { makeMemoryStore } from '../../src/fix/runtime/memory-store.ts';
import { makeInitiator } from '../../src/fix/runtime/initiator-session.ts';
import { type FixSession, type SessionStore } from '../../src/fix/session/model/session-types.ts';
import { JournaledSessionStores } from '../../src/journal/journaled-session-store.ts';
import { openJournal } from '../../src/journal/open-journal.ts';
import { toUtcTimestamp } from '../../src/lib/time.ts';
import { Load } from './load.ts';
import { readConfig, sayListening, sayResult } from './program.ts';

const config = readConfig();
const { certificate, port, plan } = config;

const openStore = async (): Promise<SessionStore> => {
  if (config.store !== 'process' && config.store !== 'disk') return makeMemoryStore();
  const opened = await openJournal({
    dir: join(config.dir, `journal-${config.role}`),
    durability: config.store,
  });
  if (!opened.ok) throw new Error(opened.error.message);
  return new JournaledSessionStores(opened.value.journal).open('S', systemClock.wall());
};

const sendOrder = (session: FixSession, order: number): void => {
  const sent = session.send({
    msgType: 'D',
    fields: [
      [11, `order-${order}`],
      [55, 'X'],
      [54, '1'],
      [60, toUtcTimestamp(systemClock.wall())],
      [38, '1'],
      [40, '2'],
      [44, '100'],
    ],
  });
  if (!sent.ok) throw new Error(sent.error);
};

const sendReport = (session: FixSession | undefined, order: FixMessage): void => {
  const clOrdID = order.get(11) ?? '';
  const sent = session?.send({
    msgType: '8',
    fields: [
      [37, `O-${clOrdID}`],
      [17, `E-${clOrdID}`],
      [150, '0'],
      [39, '0'],
      [11, clOrdID],
      [55, 'X'],
      [54, '1'],
      [38, '1'],
      [151, '1'],
      [14, '0'],
      [6, '0'],
    ],
  });
  if (sent?.ok !== true) throw new Error('no report');
};

const loaded = loadStockDictionary('FIX.4.4');
if (!loaded.ok) throw new Error(loaded.error);
const shared = { dictionary: loaded.value, clock: systemClock, timers: systemTimers };
const ignore = (): void => undefined;
const store = await openStore();

if (config.role === 'server') {
  const acceptor = makeAcceptor({
    ...shared,
    listen: { host: '127.0.0.1', port, ...(certificate !== undefined && { tls: certificate }) },
    sessions: [
      {
        settings: {
          id: 'S',
          beginString: 'FIX.4.4',
          senderCompID: 'SERVER',
          targetCompID: 'CLIENT',
        },
        application: {
          onLoggedOn: ignore,
          onLoggedOut: ignore,
          onMessage: (message) => {
            sendReport(acceptor.session('S'), message);
          },
        },
        store,
      },
    ],
  });
  await acceptor.listen();
  sayListening();
} else {
  const load = new Load(plan, (order) => {
    sendOrder(session, order);
  });
  const session = makeInitiator({
    ...shared,
    settings: {
      id: 'S',
      role: 'initiator',
      beginString: 'FIX.4.4',
      senderCompID: 'CLIENT',
      targetCompID: 'SERVER',
    },
    application: {
      onLoggedOn: ignore,
      onLoggedOut: ({ cause, text }) => {
        throw new Error(`logged out: ${cause} ${text}`);
      },
      onMessage: () => {
        load.onReport();
      },
      onSynchronized: () => {
        void load.run().then(sayResult);
      },
    },
    store,
    random: systemRandom,
    connection: {
      hosts: [{ host: '127.0.0.1', port }],
      connectTimeoutMs: 5_000,
      ...(certificate !== undefined && {
        tls: { ca: certificate.cert, servername: 'localhost' },
      }),
    },
  });
  session.start();
}
