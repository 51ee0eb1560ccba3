import { expect } from 'chai';
import { Secret } from '../../../../../src/lib/secret.ts';
import { epochMs, monotonicMs } from '../../../../../src/lib/time.ts';
import { makeExchange } from '../../../../../src/simulator/exchange/exchange.ts';
import {
  INDEX_PRICES,
  INSTRUMENT_CATALOGUE,
} from '../../../../../src/simulator/exchange/model/instruments/instrument-catalogue.ts';
import { FaultRegistry } from '../../../../../src/simulator/faults/fault-registry.ts';
import { ENDPOINTS } from '../../../../../src/simulator/gateways/rest/endpoints/catalogue.ts';
import { isAnswer } from '../../../../../src/simulator/gateways/rest/endpoints/endpoint.ts';
import { Fields } from '../../../../../src/simulator/gateways/rest/fields.ts';
import { Gate, sign } from '../../../../../src/simulator/gateways/rest/gate.ts';
import { NoticeStore } from '../../../../../src/simulator/gateways/rest/stores/notice-store.ts';
import { makeRestService } from '../../../../../src/simulator/gateways/rest/rest-service.ts';
import { VenueRuntime } from '../../../../../src/simulator/venue-runtime.ts';

const AT = epochMs(Date.UTC(2026, 8, 1, 10));
const KEY = {
  apiKey: 'key',
  apiSecret: new Secret('c2VjcmV0'),
  account: 'alice',
  permissions: { general: 'FULL_ACCESS', transfer: 'NO_ACCESS' },
} as const;

/** Counts how often each parameter is looked up. */
class CountedFields extends Fields {
  readonly counts = new Map<string, number>();
  override get(name: string): string | undefined {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    return super.get(name);
  }
}

const makeVenue = () => {
  const clock = { wall: () => AT, monotonic: () => monotonicMs(0) };
  const timers = { set: () => ({ cancel: () => undefined }) };
  const exchange = makeExchange({
    seed: 3,
    startAt: AT,
    instruments: INSTRUMENT_CATALOGUE.filter(({ symbol }) => symbol === 'PF_XBTUSD'),
    accounts: [{ uid: 'alice', balances: { flex: { USD: '1000000' } } }],
    indexPrices: INDEX_PRICES,
  });
  let tickers = 0;
  const ticker: typeof exchange.queries.ticker = (symbol) => {
    tickers += 1;
    return exchange.queries.ticker(symbol);
  };
  const runtime = new VenueRuntime(exchange, clock, timers);
  const rest = makeRestService(
    { seed: 3, keys: [], backgroundAccounts: [] },
    {
      ...{ clock, timers, faults: new FaultRegistry(3), notices: new NoticeStore() },
      queries: { ...exchange.queries, ticker },
      submit: (command) => {
        runtime.submit(command);
      },
    },
  );
  runtime.subscribe(rest.onEvent);
  const ask = async (id: string, form: string) => {
    const endpoint = ENDPOINTS.find((each) => each.id === id);
    if (endpoint === undefined) throw new Error(`no endpoint ${id}`);
    const fields = new CountedFields(form);
    const path = `/api/v3/${id}`;
    const signed = { postData: form, nonce: '1', path };
    const authent = sign(KEY.apiSecret, signed);
    const call = { at: AT, fields, path: {}, algoId: undefined };
    const credentials = { ...signed, apiKey: 'key', authent };
    const admitted = new Gate([KEY]).admit(endpoint, call, credentials, monotonicMs(0));
    const answer = isAnswer(admitted) ? admitted : await endpoint.answer(admitted, rest.venue);
    return { answer: JSON.parse(answer.body) as Record<string, unknown>, counts: fields.counts };
  };
  return { ask, tickers: () => tickers };
};

describe('parameters of a REST order', () => {
  const ORDER = 'orderType=lmt&symbol=pf_xbtusd&side=buy&size=1&limitPrice=100';

  it('are read once for the check before the signature and for the command behind it', async () => {
    const { ask } = makeVenue();
    const sent = await ask('sendorder', ORDER);
    expect(sent.answer).to.have.nested.property('sendStatus.status', 'placed');
    expect(sent.counts.get('size')).to.equal(1);
    expect(sent.counts.get('cliOrdId')).to.equal(1);
    const orderId = (sent.answer['sendStatus'] as Record<string, string>)['order_id'] ?? '';
    const edited = await ask('editorder', `orderId=${orderId}&size=2&limitPrice=101`);
    expect(edited.answer).to.have.nested.property('editStatus.status', 'edited');
    expect(edited.counts.get('size')).to.equal(1);
    const batch = JSON.stringify({
      batchOrder: [{ order: 'cancel', order_id: orderId }],
    });
    const cancelled = await ask('batchorder', `json=${encodeURIComponent(batch)}`);
    expect(cancelled.answer).to.have.nested.property('batchStatus[0].status', 'cancelled');
    // Once to see that it is there, once to be read.
    expect(cancelled.counts.get('json')).to.equal(2);
  });

  it('take no ticker to see whether the symbol is listed', async () => {
    const { ask, tickers } = makeVenue();
    await ask('sendorder', ORDER);
    const unknown = await ask('sendorder', ORDER.replace('xbt', 'xxx'));
    expect(unknown.answer).to.include({ error: 'invalidArgument: symbol' });
    await ask('cancelallorders', 'symbol=PF_XBTUSD');
    expect(tickers()).to.equal(0);
  });

  it('are refused by a status word only behind the signature, by an error before it', async () => {
    const { ask } = makeVenue();
    const strange = await ask('sendorder', ORDER.replace('lmt', 'odd'));
    expect(strange.answer).to.have.nested.property('sendStatus.status', 'invalidOrderType');
    const noSize = await ask('sendorder', ORDER.replace('size=1', 'size=x'));
    expect(noSize.answer).to.include({ error: 'invalidArgument: size' });
  });
});
