import { expect } from 'chai';
import { accountCommand } from '../../../../src/cli/account/index.ts';
import { type JsonObject, toJsonText } from '../../../../src/lib/lossless-json.ts';
import { venueCase } from '../../../support/venue-case.ts';
import { startHttpFake } from '../../kraken/rest/support.ts';

const ENVELOPE = '"result":"success","serverTime":"2026-11-20T10:00:00.000Z"';
const ENV = {
  FATHOM_REST_T_API_KEY: 'key',
  FATHOM_REST_T_API_SECRET: Buffer.from('secret').toString('base64'),
};

/** `fathom account` at a venue that answers with these bodies, by the end of the path. */
const show = async (bodies: Readonly<Record<string, string>>, ...args: readonly string[]) => {
  const venue = await startHttpFake(({ url = '' }, _body, response) => {
    const name = url.split('?')[0]?.split('/').at(-1) ?? '';
    response.setHeader('content-type', 'application/json');
    response.end(bodies[name] ?? `{${ENVELOPE},"openPositions":[],"openOrders":[]}`);
  });
  const out: string[] = [];
  let exitCode = -1;
  const command = accountCommand({
    out: (line) => out.push(line),
    err: () => undefined,
    env: ENV,
    setExitCode: (code) => (exitCode = code),
  });
  await command.parseAsync(['--origin', venue.origin, '--account', 't', ...args], { from: 'user' });
  await venue.close();
  return { text: out.join('\n'), exitCode };
};

describe('fathom account', () => {
  const wallets = venueCase('exponent-in-a-breakdown');
  const bodies = {
    accounts: toJsonText(wallets),
    openpositions: `{${ENVELOPE},"openPositions":[]}`,
    openorders: `{${ENVELOPE},"openOrders":[]}`,
  };

  it('writes no exponent into JSON, whatever the venue writes', async () => {
    const { text, exitCode } = await show(bodies, '--json');
    const shown = JSON.parse(text) as { wallets: { flex: { portfolioMarginBreakdown: object } } };
    expect(shown.wallets.flex.portfolioMarginBreakdown).to.deep.equal({
      initialMargin: '0.10',
      maintenance: '-0.0000001',
    });
    expect(exitCode).to.equal(0);
    const unknown = { type: 'newWallet', deep: { a: [1e-9, '2'] } };
    const odd = { accounts: `{${ENVELOPE},"accounts":{"w":${JSON.stringify(unknown)}}}` };
    const other = await show({ ...bodies, ...odd }, '--json');
    expect(other.text).to.include('0.000000001').and.to.not.include('1e-9');
  });

  it('counts an order that it cannot read, names the word, and does not end with 0', async () => {
    const listed = venueCase('trigger-without-remainder');
    const [first, stop] = listed['openOrders'] as readonly JsonObject[];
    const spoilt = { ...listed, openOrders: [first!, { ...stop, side: 'flat' }] };
    const { text, exitCode } = await show({ ...bodies, openorders: toJsonText(spoilt) });
    expect(text).to.include('open orders: 2').and.to.include('UNREADABLE');
    expect(text).to.include('INCOMPLETE open orders').and.to.include('"flat"');
    expect(exitCode).to.equal(1);
    const whole = await show({ ...bodies, openorders: toJsonText(listed) });
    expect(whole.exitCode, 'a stop without a remainder is no gap').to.equal(0);
  });
});
