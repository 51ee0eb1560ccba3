import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock, systemTimers } from '../../src/app/system-clock.ts';
import { makeCalendarScheduler } from '../../src/fix/runtime/scheduler.ts';
import { type Certificate } from '../../src/simulator/certificate.ts';
import { COMPILE_MS_MAX, compilePeer, QuickfixPeer } from './quickfix/peer.ts';
import { CutProxy } from './support/cut-proxy.ts';
import { type JournaledStore, openJournaledStore, TestFolders } from './support/journaled.ts';
import { makeRsaCertificate } from './support/rsa-certificate.ts';
import { secondsOfDay, timeOfDay } from './support/time-of-day.ts';
import { Venue } from './support/venue.ts';

describe('a QuickFIX C++ initiator and our acceptor', function () {
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
      let peer: QuickfixPeer;
      let proxy: CutProxy;
      let journaled: JournaledStore;
      let venue: Venue;
      /** What a test has started: ended in reverse. */
      const endings: (() => Promise<void>)[] = [];
      const tls = (): Certificate | undefined => (transport === 'TLS' ? certificate : undefined);

      const openVenue = async (port = 0): Promise<number> => {
        journaled = await openJournaledStore(journalDir, transport === 'TLS' ? 'disk' : 'process');
        venue = new Venue({ store: journaled.store, certificate: tls(), port });
        const listening = await venue.acceptor.listen();
        const opened = { venue, journaled };
        endings.push(async () => {
          await opened.venue.acceptor.close();
          await opened.journaled.close();
        });
        return listening.port;
      };

      const startPeer = async (settings: Readonly<Record<string, string>> = {}): Promise<void> => {
        const started = await QuickfixPeer.start(program, {
          role: 'initiator',
          port: proxy.port,
          certificate: tls(),
          dir: peerDir,
          senderCompID: 'QUICKFIX',
          targetCompID: 'FATHOM',
          settings,
        });
        endings.push(() => started.stop());
        peer = started;
        await peer.until('logged on', () => peer.count('logon') > 0);
      };

      beforeEach(async () => {
        peerDir = folders.make();
        journalDir = join(folders.make(), 'journal');
        proxy = await CutProxy.listen(await openVenue());
        endings.push(() => proxy.close());
      });

      afterEach(async () => {
        for (const end of endings.splice(0).toReversed()) await end();
        folders.remove();
      });

      it('trades 1,000 orders; a cut in the middle loses and doubles nothing', async () => {
        await startPeer();
        peer.command('send 400');
        await venue.until('400 orders have arrived', () => venue.orders.length === 400);
        proxy.lose('to-client');
        peer.command('send 50');
        await venue.until('450 orders have arrived', () => venue.orders.length === 450);
        proxy.lose('both');
        peer.command('send 50');
        await peer.until('500 are sent', () => peer.count('sent') === 3);
        await venue.until('orders are lost', () => proxy.lostToServerBytes > 0);
        proxy.cut();
        // QuickFIX keeps what is sent without a connection, and resends it when asked.
        peer.command('send 100');
        await peer.until('logged on again', () => peer.count('logon') === 2);
        peer.command('send 400');
        await settled(peer, venue, 1_000);

        expect(venue.possDupOrders).to.be.at.least(50);
        expect(venue.logons.map(({ reset }) => reset)).to.deep.equal([false, false]);
        expect(venue.notices.filter(({ code }) => code === 'GAP')).to.have.lengthOf(1);
        // QuickFIX may be back before our side has heard of the cut, or give up a connection before
        // its Logon: those count as turned away, and no other does.
        for (const why of venue.turnedAway) {
          expect(why).to.match(
            /^(session S is connected already|closed before the first message)$/,
          );
        }
        expect(proxy.connections - venue.turnedAway.length).to.equal(2);
      });

      it('keeps reports for a QuickFIX that is away', async () => {
        await startPeer();
        peer.command('send 10');
        await settled(peer, venue, 10);
        proxy.lose('to-client');
        peer.command('send 40');
        await venue.until('50 orders have arrived', () => venue.orders.length === 50);
        const before = peer;
        await peer.kill();
        await venue.until('the kill is seen', () => venue.logouts.length === 1);
        proxy.cut();
        await startPeer();
        peer.events.unshift(...before.of('report'));
        await settled(peer, venue, 50);
        expect(peer.count('resend-request')).to.equal(0);
      });

      it('continues from the journal after a restart of ours', async () => {
        await startPeer();
        peer.command('send 100');
        await venue.until('100 orders have arrived', () => venue.orders.length === 100);
        const port = proxy.targetPort;
        const before = venue;
        proxy.cut();
        await before.acceptor.close();
        await journaled.close();
        peer.command('send 20');
        await openVenue(port);
        venue.orders.push(...before.orders);
        await peer.until('logged on again', () => peer.count('logon') === 2);
        peer.command('send 30');
        await settled(peer, venue, 150);
        expect(venue.logons.map(({ reset }) => reset)).to.deep.equal([false]);
      });

      it('begins at 1 again on both sides when QuickFIX resets', async () => {
        await startPeer();
        peer.command('send 10');
        await settled(peer, venue, 10);
        await peer.stop();
        await startPeer({ ResetOnLogon: 'Y' });
        await venue.until('logged on again', () => venue.logons.length === 2);
        expect(venue.logons[1]?.reset).to.equal(true);
        peer.command('send 5');
        await venue.until('15 orders have arrived', () => venue.orders.length === 15);
        await peer.until('its reports have arrived', () => peer.count('report') === 10);
        // Its Logon and five orders; our Logon and ten reports.
        const { nextSenderMsgSeqNum, nextTargetMsgSeqNum } = venue.session.view();
        expect(nextTargetMsgSeqNum).to.equal(7);
        expect(nextSenderMsgSeqNum).to.equal(12);
      });

      it('comes back with new numbers after the daily rollover', async () => {
        const rolloverAt = secondsOfDay(systemClock.wall()) + 8;
        const at = timeOfDay(rolloverAt);
        const scheduler = makeCalendarScheduler({
          session: venue.session,
          store: journaled.store,
          clock: systemClock,
          timers: systemTimers,
          calendar: { startTime: at, endTime: timeOfDay(rolloverAt - 1), timeZone: 'UTC' },
          reset: 'at-open',
        });
        scheduler.start();
        await startPeer({ StartTime: at, EndTime: timeOfDay(rolloverAt - 1) });
        peer.command('send 10');
        await settled(peer, venue, 10);
        await peer.until('logged on again', () => peer.count('logon') === 2);
        scheduler.stop();
        peer.command('send 5');
        await settled(peer, venue, 15);
        const { nextSenderMsgSeqNum, nextTargetMsgSeqNum } = venue.session.view();
        expect(nextTargetMsgSeqNum).to.equal(7);
        expect(nextSenderMsgSeqNum).to.equal(12);
      });

      it('logs out when its owner says so', async () => {
        await startPeer();
        await venue.session.stop('the day is over');
        // It counts its vain attempts to come back as well.
        await peer.until('QuickFIX has logged out', () => peer.count('logout') >= 1);
        expect(peer.of('logout-text').map(({ text }) => text)).to.deep.equal(['the day is over']);
        expect(venue.logouts.map(({ cause }) => cause)).to.deep.equal(['LogoutByUs']);
      });

      it('answers the Logout of QuickFIX', async () => {
        await startPeer();
        peer.command('logout');
        await venue.until('logged out', () => venue.logouts.length === 1);
        await peer.until('QuickFIX has logged out', () => peer.count('logout') === 1);
        expect(venue.logouts[0]?.cause).to.equal('LogoutByPeer');
      });
    });
  }
});

/** Waits until every order has both its reports; checks that each arrived once and in order. */
const settled = async (peer: QuickfixPeer, venue: Venue, orders: number): Promise<void> => {
  await peer.until(`${orders} orders are settled`, () => peer.count('report') >= 2 * orders);
  const sent = Array.from({ length: orders }, (_, index) => `q${index + 1}`);
  expect(venue.orders).to.deep.equal(sent);
  const reports = peer.of('report').map(({ execID }) => execID);
  expect(reports).to.deep.equal(sent.flatMap((clOrdID) => [`${clOrdID}-0`, `${clOrdID}-F`]));
  expect(peer.count('reject')).to.equal(0);
};
