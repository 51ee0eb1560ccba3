import { join } from 'node:path';
import { expect } from 'chai';
import { makeRolloverScheduler } from '../../src/fix/runtime/scheduler.ts';
import { systemClock, systemTimers } from '../../src/app/system-clock.ts';
import { type SessionOptions } from '../../src/fix/session/model/settings.ts';
import { type Certificate } from '../../src/simulator/certificate.ts';
import { COMPILE_MS_MAX, compilePeer, freePort, QuickfixPeer } from './quickfix/peer.ts';
import { CutProxy } from './support/cut-proxy.ts';
import { type JournaledStore, openJournaledStore, TestFolders } from './support/journaled.ts';
import { makeRsaCertificate } from './support/rsa-certificate.ts';
import { secondsOfDay, timeOfDay } from './support/time-of-day.ts';
import { type Report, Trader } from './support/trader.ts';

const ORDERS = 1_000;

describe('our initiator and a QuickFIX C++ acceptor', function () {
  this.timeout(90_000);
  const folders = new TestFolders();
  let program: string;
  let certificate: Certificate;

  before(async function () {
    this.timeout(COMPILE_MS_MAX);
    program = await compilePeer();
    certificate = await makeRsaCertificate(new Date(systemClock.wall()));
  });

  for (const transport of ['TCP', 'TLS'] as const) {
    describe(`over ${transport}`, () => {
      let peerDir: string;
      let journalDir: string;
      let peerPort: number;
      let peer: QuickfixPeer;
      let proxy: CutProxy;
      let journaled: JournaledStore;
      let trader: Trader;
      /** What a test has started: ended in reverse. */
      const endings: (() => Promise<void>)[] = [];

      const startPeer = async (settings: Readonly<Record<string, string>> = {}): Promise<void> => {
        const started = await QuickfixPeer.start(program, {
          role: 'acceptor',
          port: peerPort,
          certificate: transport === 'TLS' ? certificate : undefined,
          dir: peerDir,
          senderCompID: 'QUICKFIX',
          targetCompID: 'FATHOM',
          settings,
        });
        endings.push(() => started.stop());
        peer = started;
      };

      const openTrader = async (settings: Partial<SessionOptions> = {}): Promise<void> => {
        journaled = await openJournaledStore(journalDir, transport === 'TLS' ? 'disk' : 'process');
        const ca = transport === 'TLS' ? certificate.cert : undefined;
        trader = new Trader({ port: proxy.port, store: journaled.store, ca, settings });
        const opened = { trader, journaled };
        endings.push(async () => {
          await opened.trader.session.stop();
          await opened.journaled.close();
        });
      };

      beforeEach(async () => {
        peerDir = folders.make();
        journalDir = join(folders.make(), 'journal');
        peerPort = await freePort();
        proxy = await CutProxy.listen(peerPort);
        endings.push(() => proxy.close());
      });

      afterEach(async () => {
        for (const end of endings.splice(0).toReversed()) await end();
        folders.remove();
      });

      it('trades 1,000 orders; a cut in the middle loses and doubles nothing', async () => {
        await startPeer();
        await openTrader();
        await trader.start();
        await trader.send(400);
        proxy.lose('to-client');
        await trader.send(50);
        await peer.until('450 orders have arrived', () => peer.count('order') === 450);
        proxy.lose('both');
        await trader.send(50);
        await trader.until('orders are lost', () => proxy.lostToServerBytes > 0);
        proxy.cut();
        // What is sent before its ResendRequest comes is within the range that it asks for, and
        // gap-filled as well.
        const isAsked = (): boolean =>
          trader.notices.some(({ code }) => code === 'RESEND_REQUESTED');
        await trader.until('QuickFIX asks for what it misses', isAsked);
        await trader.send(ORDERS - 500);
        await settled(peer, trader, ORDERS);

        // The 50 that QuickFIX never saw are reported as such, and it never sees them late.
        expect(trader.notReplayed).to.have.ordered.members(trader.sent.slice(450, 500));
        expect(peer.count('resend-request')).to.equal(1);
        expect(trader.possDupReports).to.be.greaterThan(0);
        expect(trader.logons.map(({ reset }) => reset)).to.deep.equal([false, false]);
        expect(proxy.connections).to.equal(2);
      });

      it('replays orders after a cut where that is the policy', async () => {
        await startPeer();
        await openTrader({ resendPolicy: 'full' });
        await trader.start();
        await trader.send(20);
        await peer.until('20 orders have arrived', () => peer.count('order') === 20);
        proxy.lose('both');
        await trader.send(30);
        proxy.cut();
        await trader.until('the cut is seen', () => trader.logouts.length === 1);
        await trader.send(10);
        await settled(peer, trader, 60);
        expect(trader.notReplayed).to.deep.equal([]);
        const duplicates = peer.of('order').filter(({ possDup }) => possDup === true);
        expect(duplicates.map(({ clOrdID }) => clOrdID)).to.deep.equal(trader.sent.slice(20, 50));
      });

      it('continues from the journal after a restart of ours, and of QuickFIX', async () => {
        await startPeer();
        await openTrader();
        await trader.start();
        await trader.send(100);
        proxy.lose('to-client');
        await trader.send(20);
        await peer.until('120 orders have arrived', () => peer.count('order') === 120);
        const before = trader;
        const nextSender = before.session.view().nextSenderMsgSeqNum;
        proxy.cut();
        await before.until('the cut is seen', () => before.logouts.length === 1);
        await before.session.stop();
        await journaled.close();
        await peer.kill();

        const beforePeer = peer;
        await startPeer();
        await openTrader();
        trader.sent.push(...before.sent);
        trader.reports.push(...before.reports);
        expect(trader.session.view().nextSenderMsgSeqNum).to.be.at.least(nextSender);
        await trader.start();
        await trader.send(30);
        peer.events.unshift(...beforePeer.of('order'));
        await settled(peer, trader, 150);
        expect(trader.notReplayed).to.deep.equal([]);
        expect(trader.logons[0]?.reset).to.equal(false);
      });

      it('begins at 1 again on both sides when asked to reset', async () => {
        await startPeer();
        await openTrader();
        await trader.start();
        await trader.send(10);
        await settled(peer, trader, 10);
        trader.session.reset();
        await trader.until('logged on again', () => trader.logons.length === 2);
        expect(trader.logons[1]?.reset).to.equal(true);
        await trader.send(5);
        await settled(peer, trader, 15);
        // Logon, TestRequest after it, five orders; its side: Logon, Heartbeat, ten reports.
        const { nextSenderMsgSeqNum, nextTargetMsgSeqNum } = trader.session.view();
        expect(nextSenderMsgSeqNum).to.equal(8);
        expect(nextTargetMsgSeqNum).to.equal(13);
        expect(peer.count('resend-request')).to.equal(0);
      });

      it('comes back with new numbers after the daily rollover', async () => {
        const rolloverAt = secondsOfDay(systemClock.wall()) + 8;
        const at = timeOfDay(rolloverAt);
        await startPeer({ StartTime: at, EndTime: timeOfDay(rolloverAt - 1) });
        await openTrader();
        const scheduler = makeRolloverScheduler({
          session: trader.session,
          store: journaled.store,
          clock: systemClock,
          timers: systemTimers,
          rollover: {
            atMsOfDay: (rolloverAt % 86_400) * 1_000,
            stopBeforeMs: 2_500,
            logoutBeforeMs: 2_000,
            logonAfterMs: 1_500,
            toleranceMs: 120_000,
          },
        });
        scheduler.start();
        await trader.until('logged on', () => trader.isLoggedOn);
        await trader.send(10);
        await settled(peer, trader, 10);
        await trader.until('logged on again', () => trader.logons.length === 2);
        scheduler.stop();
        expect(trader.logouts.map(({ cause }) => cause)).to.deep.equal(['LogoutByUs']);
        expect(trader.logons[1]?.reset).to.equal(true);
        await trader.send(5);
        await settled(peer, trader, 15);
        expect(trader.session.view().nextSenderMsgSeqNum).to.equal(8);
        expect(peer.count('resend-request')).to.equal(0);
      });

      it('logs out when its owner says so', async () => {
        await startPeer();
        await openTrader();
        await trader.start();
        await trader.session.stop('the day is over');
        await peer.until('QuickFIX has logged out', () => peer.count('logout') === 1);
        expect(peer.of('logout-text').map(({ text }) => text)).to.deep.equal(['the day is over']);
        expect(trader.logouts.map(({ cause }) => cause)).to.deep.equal(['LogoutByUs']);
      });

      it('answers the Logout of QuickFIX', async () => {
        await startPeer();
        await openTrader();
        await trader.start();
        peer.command('logout');
        await trader.until('logged out', () => trader.logouts.length === 1);
        await peer.until('QuickFIX has logged out', () => peer.count('logout') === 1);
        expect(trader.logouts[0]?.cause).to.equal('LogoutByPeer');
      });
    });
  }
});

/**
 * Waits until every order is either answered by its two reports or known to be lost; checks that
 * each was once.
 */
const settled = async (peer: QuickfixPeer, trader: Trader, orders: number): Promise<void> => {
  const isSettled = (): boolean => {
    const arrived = peer.count('order');
    return arrived + trader.notReplayed.length >= orders && trader.reports.length >= 2 * arrived;
  };
  await peer.until(`${orders} orders are settled`, isSettled);
  const arrived = peer.of('order').map(({ clOrdID }) => clOrdID ?? '');
  expect(trader.sent).to.have.lengthOf(orders);
  expect([...arrived, ...trader.notReplayed]).to.have.members(trader.sent);
  const expected = arrived.flatMap((clOrdID): Report[] => [
    { clOrdID, execID: `${clOrdID}-0`, execType: '0' },
    { clOrdID, execID: `${clOrdID}-F`, execType: 'F' },
  ]);
  expect(trader.reports).to.deep.equal(expected);
  expect(peer.count('reject')).to.equal(0);
};
