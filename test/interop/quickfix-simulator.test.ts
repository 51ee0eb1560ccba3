import { createHash, createHmac, randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { expect } from 'chai';
import { systemClock, systemTimers } from '../../src/app/system-clock.ts';
import { loadDictionary } from '../../src/fix/dictionary/jspurefix.ts';
import { Secret } from '../../src/lib/secret.ts';
import { type Certificate } from '../../src/simulator/certificate.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { TRADING_COMP_ID } from '../../src/simulator/gateways/fix/trading/trading-gateway.ts';
import { COMPILE_MS_MAX, compilePeer, QuickfixPeer } from './quickfix/peer.ts';
import { TestFolders } from './support/journaled.ts';
import { makeRsaCertificate } from './support/rsa-certificate.ts';

const DICTIONARY = resolve('fix-dictionaries/KRAKEN-DRV-FIX44.xml');
const COMP_ID = 'QF1';
const API_KEY = 'quickfix-key';
const API_SECRET = Buffer.from('a secret of the interop suite').toString('base64');

describe('a QuickFIX C++ initiator and the venue simulator', function () {
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
      let simulator: Simulator;
      let peer: QuickfixPeer;

      const startPeer = async (logonFields: string): Promise<void> => {
        peer = await QuickfixPeer.start(program, {
          role: 'initiator',
          port: simulator.tradingPort,
          certificate: transport === 'TLS' ? certificate : undefined,
          dir: folders.make(),
          senderCompID: COMP_ID,
          targetCompID: TRADING_COMP_ID,
          settings: { DataDictionary: DICTIONARY },
          logonFields,
        });
      };

      beforeEach(async () => {
        const dictionary = loadDictionary(DICTIONARY);
        if (!dictionary.ok) throw new Error(dictionary.error);
        simulator = await startSimulator(
          {
            seed: 7,
            symbols: ['PF_XBTUSD'],
            clients: [
              {
                compID: COMP_ID,
                account: 'quickfix',
                key: { apiKey: new Secret(API_KEY), apiSecret: new Secret(API_SECRET) },
              },
            ],
            host: '127.0.0.1',
            tradingPort: 0,
            marketIntervalMs: 20,
            ...(transport === 'TLS' && { certificate }),
          },
          { clock: systemClock, timers: systemTimers, dictionary: dictionary.value },
        );
      });

      afterEach(async () => {
        await peer.stop();
        await simulator.stop();
        folders.remove();
      });

      it('logs on with a signature and trades an order', async () => {
        await startPeer(signedLogonFields(API_SECRET));
        await peer.until('logged on', () => peer.count('logon') === 1);
        const clOrdID = combUuid();
        peer.command(`order 11=${clOrdID}|55=PF_XBTUSD|54=1|40=1|38=0.01|59=3|18=s|60=${utcNow()}`);
        await peer.until('the order is filled', () =>
          peer.of('report').some(({ execType }) => execType === 'F'),
        );
        const reports = peer.of('report');
        expect(reports.map((report) => report.clOrdID)).to.deep.equal(reports.map(() => clOrdID));
        expect(reports[0]?.execType).to.equal('0');
        expect(new Set(reports.map(({ execID }) => execID)).size).to.equal(reports.length);
        expect(peer.count('reject')).to.equal(0);
        expect(peer.count('resend-request')).to.equal(0);
      });

      it('is refused with a signature of another secret', async () => {
        const otherSecret = Buffer.from('some other secret').toString('base64');
        await startPeer(signedLogonFields(otherSecret));
        await peer.until('refused', () => peer.count('logout-text') >= 1);
        expect(peer.of('logout-text')[0]?.text).to.equal('Logon failed: invalid credentials');
        expect(peer.count('logon')).to.equal(0);
        expect(simulator.acceptor.session(COMP_ID)?.view().phase).to.not.equal('LoggedOn');
      });
    });
  }
});

/**
 * By Kraken's guide, apart from the code of either side: 554 signs the first Logon, MsgSeqNum(34)
 * = 1.
 */
const signedLogonFields = (secret: string): string => {
  const nonce = String(Math.floor(systemClock.wall()));
  const signed = `35=A\x0134=1\x0149=${COMP_ID}\x0156=${TRADING_COMP_ID}\x01553=${API_KEY}\x01${nonce}`;
  const digest = createHash('sha256').update(signed, 'latin1').digest();
  const password = createHmac('sha512', Buffer.from(secret, 'base64'))
    .update(digest)
    .digest('base64');
  return `553=${API_KEY}|554=${password}|5025=${nonce}|8674=1`;
};

/** A UUID whose first 48 bits are the time in units of 10 microseconds. */
const combUuid = (): string => {
  const units = Math.floor(systemClock.wall() * 100)
    .toString(16)
    .padStart(12, '0');
  const random = randomBytes(8).toString('hex');
  return `${units.slice(0, 8)}-${units.slice(8)}-4${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(4, 16)}`;
};

const utcNow = (): string =>
  new Date(systemClock.wall()).toISOString().slice(0, 23).replaceAll('-', '').replace('T', '-');
