import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock, systemTimers } from '../../src/app/system-clock.ts';
import {
  type AcceptorOptions,
  type FixAcceptor,
  makeAcceptor,
} from '../../src/fix/runtime/acceptor/acceptor.ts';
import { type OutboundMessage } from '../../src/fix/codec/fix-message.ts';
import { makeMemoryStore } from '../../src/fix/runtime/memory-store.ts';
import { type FixSession, type SessionStore } from '../../src/fix/session/model/session-types.ts';
import { type SessionSettings } from '../../src/fix/session/model/settings.ts';
import { JournaledSessionStores } from '../../src/journal/journaled-session-store.ts';
import { openJournal } from '../../src/journal/open-journal.ts';
import { type Timers } from '../../src/lib/time.ts';
import { stockDictionary } from '../conformance/stage.ts';
import { RawFixClient } from '../support/raw-fix-client.ts';
import { until } from '../support/until.ts';

const COMP_IDS = { sender: 'DESK1', target: 'FATHOM' };

const report = (execID: string, text = ''): OutboundMessage => ({
  msgType: '8',
  fields: [
    [17, execID],
    [37, 'F1'],
    [39, '2'],
    [54, '1'],
    [55, 'PF_XBTUSD'],
    ...(text === '' ? [] : [[58, text] as const]),
    [150, 'F'],
  ],
});

describe('execution reports for a client', function () {
  this.timeout(240_000);
  const acceptors: FixAcceptor[] = [];
  const clients: RawFixClient[] = [];
  const told: string[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    for (const acceptor of acceptors.splice(0)) await acceptor.close();
    told.length = 0;
  });

  /** A client session as the engine has it: reports are stored, and survive a reset. */
  const open = async (
    options: {
      readonly settings?: Partial<SessionSettings>;
      readonly acceptor?: Partial<AcceptorOptions>;
      readonly store?: SessionStore;
    } = {},
  ): Promise<{ readonly port: number; readonly session: FixSession }> => {
    const acceptor = makeAcceptor({
      listen: { host: '127.0.0.1', port: 0 },
      sessions: [
        {
          settings: {
            id: 'desk1',
            beginString: 'FIX.4.4',
            senderCompID: 'FATHOM',
            targetCompID: 'DESK1',
            ...options.settings,
          },
          application: {
            onLoggedOn: () => undefined,
            onLoggedOut: (info) => told.push(`${info.cause} ${info.text}`),
            onMessage: () => undefined,
            onEvent: ({ code }) => told.push(code),
          },
          store: options.store ?? makeMemoryStore(),
          redeliver: ['8', '9', 'r'],
        },
      ],
      dictionary: stockDictionary('FIX.4.4'),
      clock: systemClock,
      timers: systemTimers,
      ...options.acceptor,
    });
    acceptors.push(acceptor);
    const { port } = await acceptor.listen();
    const session = acceptor.session('desk1');
    if (session === undefined) throw new Error('no session');
    return { port, session };
  };

  const logsOn = async (port: number, body = '98=0|108=30'): Promise<RawFixClient> => {
    const client = new RawFixClient(port, COMP_IDS);
    clients.push(client);
    client.send('A', body);
    await client.expect(({ type }) => type === 'A', 'Logon answered');
    return client;
  };

  const reportsOf = (client: RawFixClient): readonly ReadonlyMap<string, string>[] =>
    client.received.filter((message) => message.get('35') === '8');
  const execIDsOf = (client: RawFixClient): readonly (string | undefined)[] =>
    reportsOf(client).map((message) => message.get('17'));

  it('a client that does not read is cut, and gets every report by its ResendRequest', async () => {
    const { port, session } = await open({ acceptor: { unsentBytesMax: 256 * 1024 } });
    const slow = await logsOn(port);
    slow.pause();
    const text = 'x'.repeat(10_000);
    const count = 2_000;
    for (let n = 1; n <= count; n += 1) {
      const sent = session.send(report(`E${n}`, text));
      expect(sent).to.deep.equal({ ok: true, value: { msgSeqNum: n + 1 } });
      if (n % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => session.view().phase === 'Disconnected', 'cut');
    expect(told.filter((line) => line === 'SLOW_CONSUMER')).to.have.lengthOf(1);
    expect(told.at(-2)).to.match(/^Disconnected slow consumer: \d+ bytes unsent$/);
    slow.close();
    const back = new RawFixClient(port, COMP_IDS);
    clients.push(back);
    back.sendRaw(back.frameOf('A', 2, '98=0|108=30'));
    const logon = await back.expect(({ type }) => type === 'A', 'Logon answered');
    expect(logon.get('34')).to.equal(String(count + 2));
    back.sendRaw(back.frameOf('2', 3, '7=2|16=0'));
    await until(() => reportsOf(back).length >= count, 'every report', 30_000);
    const expected = Array.from({ length: count }, (_, n) => `E${n + 1}`);
    expect(execIDsOf(back)).to.deep.equal(expected);
  });

  it('a client that floods us with TestRequests and does not read is cut too', async () => {
    const { port, session } = await open({ acceptor: { unsentBytesMax: 256 * 1024 } });
    const flooder = await logsOn(port);
    flooder.pause();
    const testReqID = 'T'.repeat(50_000);
    const stop = setInterval(() => {
      if (!flooder.isClosed) flooder.send('1', `112=${testReqID}`);
    }, 1);
    await until(() => told.includes('SLOW_CONSUMER'), 'cut', 30_000);
    clearInterval(stop);
    await until(() => session.view().phase === 'Disconnected', 'gone');
    expect(session.send(report('E1')).ok).to.equal(true);
  });

  const resets: readonly [string, Partial<SessionSettings>, string][] = [
    ['a reset at the opening', {}, '98=0|108=30'],
    ['a Logon with ResetSeqNumFlag(141)=Y', {}, '98=0|108=30|141=Y'],
    ['a reset on each Logon', { resetOnLogon: true }, '98=0|108=30'],
    [
      'a reset with a policy that replays no reports',
      { resendPolicy: 'gap-fill-orders', neverReplay: ['8', '9', 'j', 'r'] },
      '98=0|108=30',
    ],
  ];
  for (const [name, settings, logon] of resets) {
    it(`reports of the time a client is away survive ${name}, as possible resends`, async () => {
      const { port, session } = await open({ settings });
      const day = await logsOn(port, logon);
      await session.stop('the session closes');
      day.close();
      session.send(report('E1'));
      session.send(report('E2'));
      if (logon.includes('141') || settings.resetOnLogon !== true) session.reset();
      session.logon();
      const next = await logsOn(port, logon);
      next.send('2', '7=1|16=0');
      await until(() => reportsOf(next).length >= 2, 'both reports');
      expect(execIDsOf(next).slice(0, 2)).to.deep.equal(['E1', 'E2']);
      for (const message of reportsOf(next)) expect(message.get('97')).to.equal('Y');
      expect(told).to.include('REDELIVERED');
    });
  }

  it('a report that the client has proven to have is not sent again', async () => {
    const { port, session } = await open();
    const client = await logsOn(port);
    session.send(report('E1'));
    session.sendTestRequest();
    const asked = await client.expect(({ type }) => type === '1', 'asked');
    client.send('0', `112=${asked.get('112') ?? ''}`);
    await until(() => session.view().nextTargetMsgSeqNum === 3, 'answered');
    session.send(report('E2'));
    await client.expect(({ get }) => get(17) === 'E2', 'sent');
    client.close();
    await until(() => session.view().phase === 'Disconnected', 'gone');
    const next = await logsOn(port, '98=0|108=30|141=Y');
    await until(() => reportsOf(next).length > 0, 'a report');
    next.send('1', '112=sync');
    await next.expect(({ get }) => get(112) === 'sync', 'in step');
    expect(execIDsOf(next)).to.deep.equal(['E2']);
  });

  it('asks after a while whether the reports have arrived', async () => {
    const asks: (() => void)[] = [];
    const timers: Timers = {
      set: (afterMs, run) => {
        if (afterMs === 10_000) asks.push(run);
        return systemTimers.set(afterMs, run);
      },
    };
    const { port, session } = await open({ acceptor: { timers } });
    const client = await logsOn(port);
    asks.length = 0;
    session.send(report('E1'));
    session.send(report('E2'));
    expect(asks, 'one for both').to.have.lengthOf(1);
    asks[0]?.();
    await client.expect(({ type }) => type === '1', 'TestRequest');
  });

  it('remembers after a restart which reports a client has received, and sends it the others', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'fathom-reports-'));
    try {
      const start = async () => {
        const opened = await openJournal({ dir });
        if (!opened.ok) throw new Error(opened.error.message);
        const stores = new JournaledSessionStores(opened.value.journal);
        for (const record of opened.value.records) stores.apply(record);
        const { port, session } = await open({
          store: stores.open('desk1', systemClock.wall()),
        });
        return { port, session, journal: opened.value.journal };
      };
      const first = await start();
      const client = await logsOn(first.port);
      first.session.send(report('E1'));
      first.session.sendTestRequest();
      const asked = await client.expect(({ type }) => type === '1', 'asked');
      client.send('0', `112=${asked.get('112') ?? ''}`);
      await until(() => first.session.view().nextTargetMsgSeqNum === 3, 'answered');
      client.close();
      await until(() => first.session.view().phase === 'Disconnected', 'gone');
      first.session.send(report('E2'));
      await first.journal.close();
      const second = await start();
      const back = await logsOn(second.port, '98=0|108=30|141=Y');
      await back.expect(({ get }) => get(17) === 'E2', 'told');
      expect(execIDsOf(back)).to.deep.equal(['E2']);
      await second.journal.close();
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
