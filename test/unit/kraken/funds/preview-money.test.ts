import { expect } from 'chai';
import { type DecimalText } from '../../../../src/domain/ids.ts';
import { type MoneyRequest } from '../../../../src/kraken/funds/money-request.ts';
import { previewMoney } from '../../../../src/kraken/funds/preview-money.ts';
import { sendMoney } from '../../../../src/kraken/funds/send-money.ts';
import { makeRestFundsGateway } from '../../../../src/kraken/rest/funds/funds-gateway.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import { makeTestClient, startHttpFake } from '../rest/support.ts';

const REQUEST: MoneyRequest = {
  id: 'M1',
  kind: 'Withdrawal',
  account: 'A',
  currency: 'xbt',
  amount: '0.50' as DecimalText,
  from: 'cash',
  to: 'spot',
  proposedBy: 'carl',
  proposedAt: epochMs(1_000),
  expiresAt: epochMs(2_000),
};
const requests: readonly MoneyRequest[] = [
  REQUEST,
  { ...REQUEST, kind: 'WalletTransfer', from: 'cash', to: 'flex', currency: 'usd' },
  { ...REQUEST, kind: 'SubaccountTransfer', from: 'main uid/cash', to: 'sub/f&lex=1' },
];

describe('the preview of a money request', () => {
  for (const request of requests) {
    it(`shows to the letter what sending a ${request.kind} writes, and writes nothing itself`, async () => {
      const venue = await startHttpFake((_request, _body, response) => {
        response.end('{"result":"success"}');
      });
      try {
        const call = await previewMoney(request);
        expect(venue.requests).to.have.length(0);
        const { client, close } = makeTestClient(venue.origin);
        await sendMoney(makeRestFundsGateway(client), request);
        await close();
        expect(
          venue.requests.map(({ method, url, body }) => `${method} ${url} ${body}`),
        ).to.deep.equal([`${call?.method} ${call?.path} ${call?.parameters}`]);
      } finally {
        await venue.close();
      }
    });
  }

  it('is empty when no call can be written', async () => {
    expect(await previewMoney({ ...REQUEST, amount: '1e3' as DecimalText })).to.equal(undefined);
  });
});
