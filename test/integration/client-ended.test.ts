import { expect } from 'chai';
import { type RawFixClient } from '../support/raw-fix-client.ts';
import { startTradingProcess, type TradingProcess } from '../support/trading-process.ts';
import { until } from '../support/until.ts';

const WAIT_MS = 60_000;
const ORDER = '55=PF_XBTUSD|54=1|38=0.001|40=2|44=100|59=1|60=20261130-00:00:00.000';
const OLD = '20200101-00:00:00.000';

/** How a client breaks a rule that ends its session. */
const VIOLATIONS: readonly [string, (client: RawFixClient) => Buffer][] = [
  ['whose number went back', (client) => client.frameOf('0', 1, '')],
  ['that logs on twice', (client) => client.frameOf('A', client.nextSeqNum, '98=0|108=30')],
  ['whose clock is years behind', (client) => heartbeat(client, /52=[^\x01]+/, `52=${OLD}`)],
  ['that speaks for another', (client) => heartbeat(client, '49=DESK1', '49=OTHER')],
];

/** A Heartbeat whose header is changed. */
const heartbeat = (client: RawFixClient, from: RegExp | string, to: string): Buffer => {
  const right = client.frameOf('0', client.nextSeqNum, '').toString('latin1');
  const body = right.slice(right.indexOf('\x0135=') + 1, right.indexOf('\x0110=') + 1);
  return framed(body.replace(from, to));
};

const framed = (body: string): Buffer => {
  const text = `8=FIX.4.4\x019=${body.length}\x01${body}`;
  const sum = Buffer.from(text, 'latin1').reduce((total, byte) => total + byte, 0) % 256;
  return Buffer.from(`${text}10=${String(sum).padStart(3, '0')}\x01`, 'latin1');
};

describe('the orders of a client whose connection loss cancels them', function () {
  this.timeout(240_000);
  let run: TradingProcess;
  let ids = 0;

  before(async () => {
    run = await startTradingProcess({ desk1: { cancelOrdersOnDisconnect: true } });
    await run.start();
  });
  after(() => run.close());

  /** Logs on with new numbers and opens an order. */
  const trades = async (): Promise<RawFixClient> => {
    const client = run.client('DESK1');
    await client.logon();
    await until(
      () => {
        if (run.venueOpen() > 0) return true;
        ids += 1;
        client.send('D', `11=C${ids}|${ORDER}`);
        return false;
      },
      'an order open',
      WAIT_MS,
    );
    return client;
  };

  for (const [what, violation] of VIOLATIONS) {
    it(`of a client ${what} are cancelled when we log it out`, async () => {
      const client = await trades();
      client.sendRaw(violation(client));
      await client.expect(({ type }) => type === '5', 'Logout');
      client.close();
      await until(() => run.venueOpen() === 0, 'nothing open', WAIT_MS);
    });
  }

  it('stay when it logs out itself', async () => {
    const client = await trades();
    client.send('5', '');
    await client.expect(({ type }) => type === '5', 'Logout');
    client.close();
    // An order that is cancelled all the same is gone by the time another client has traded.
    const other = run.client('DESK2');
    await other.logon();
    const before = run.venueOpen();
    other.send('D', `11=D1|${ORDER}`);
    await until(() => run.venueOpen() === before + 1, 'another order open', WAIT_MS);
    expect(before).to.be.at.least(1);
  });
});
