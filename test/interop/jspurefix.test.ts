import { join } from 'node:path';
import { expect } from 'chai';
import { JspurefixPeer } from './jspurefix/peer.ts';
import { freePort } from './quickfix/peer.ts';
import { type JournaledStore, openJournaledStore, TestFolders } from './support/journaled.ts';
import { Trader } from './support/trader.ts';
import { Venue } from './support/venue.ts';

// jspurefix loses what a cut leaves under way (it cannot replay), so only whole connections are
// compared, each from number 1.
const ORDERS = 100;

describe("jspurefix's own session and ours", function () {
  this.timeout(120_000);
  const folders = new TestFolders();
  const endings: (() => Promise<void>)[] = [];
  let journaled: JournaledStore;

  beforeEach(async () => {
    journaled = await openJournaledStore(join(folders.make(), 'journal'));
    endings.push(() => journaled.close());
  });

  afterEach(async () => {
    for (const end of endings.splice(0).toReversed()) await end();
    folders.remove();
  });

  it('trade, our initiator with its acceptor, and log out', async () => {
    const port = await freePort();
    const peer = await JspurefixPeer.start({
      role: 'acceptor',
      port,
      dir: folders.make(),
      senderCompID: 'JSPUREFIX',
      targetCompID: 'FATHOM',
      resetSeqNumFlag: true,
    });
    endings.push(() => peer.stop());
    const settings = { targetCompID: 'JSPUREFIX', resetSeqNumFlag: 'on-logon' } as const;
    const trader = new Trader({ port, store: journaled.store, settings });
    endings.push(() => trader.session.stop());
    await trader.start();
    await trader.send(ORDERS);
    await trader.until('all is reported', () => trader.reports.length >= 2 * ORDERS);
    expect(peer.of('order').map(({ clOrdID }) => clOrdID)).to.deep.equal(trader.sent);
    expect(trader.reports.map(({ execID }) => execID)).to.deep.equal(
      trader.sent.flatMap((clOrdID) => [`${clOrdID}-0`, `${clOrdID}-F`]),
    );
    await trader.session.stop();
    expect(trader.logouts.map(({ cause }) => cause)).to.deep.equal(['LogoutByUs']);
    await peer.until('jspurefix has logged out', () => peer.of('logout').length === 1);
  });

  it('trade, its initiator with our acceptor, and log out', async () => {
    const settings = { targetCompID: 'JSPUREFIX' };
    const venue = new Venue({ store: journaled.store, settings });
    endings.push(() => venue.acceptor.close());
    const { port } = await venue.acceptor.listen();
    const peer = await JspurefixPeer.start({
      role: 'initiator',
      port,
      dir: folders.make(),
      senderCompID: 'JSPUREFIX',
      targetCompID: 'FATHOM',
      resetSeqNumFlag: true,
    });
    endings.push(() => peer.stop());
    await peer.until('logged on', () => peer.of('logon').length === 1);
    peer.command(`send ${ORDERS}`);
    await peer.until('all is reported', () => peer.of('report').length >= 2 * ORDERS);
    const sent = Array.from({ length: ORDERS }, (_, index) => `j${index + 1}`);
    expect(venue.orders).to.deep.equal(sent);
    expect(peer.of('report').map(({ execID }) => execID)).to.deep.equal(
      sent.flatMap((clOrdID) => [`${clOrdID}-0`, `${clOrdID}-F`]),
    );
    peer.command('logout');
    await venue.until('logged out', () => venue.logouts.length === 1);
    expect(venue.logouts[0]?.cause).to.equal('LogoutByPeer');
  });
});
