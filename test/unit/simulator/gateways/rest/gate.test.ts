import { expect } from 'chai';
import { Secret } from '../../../../../src/lib/secret.ts';
import { epochMs, monotonicMs } from '../../../../../src/lib/time.ts';
import { type RestAnswer, success } from '../../../../../src/simulator/gateways/rest/answer.ts';
import {
  type ServedEndpoint,
  isAnswer,
} from '../../../../../src/simulator/gateways/rest/endpoints/endpoint.ts';
import { ENDPOINTS } from '../../../../../src/simulator/gateways/rest/endpoints/catalogue.ts';
import { Fields } from '../../../../../src/simulator/gateways/rest/fields.ts';
import { Gate, sign } from '../../../../../src/simulator/gateways/rest/gate.ts';
import { NonceWindow, type RestKey } from '../../../../../src/simulator/gateways/rest/rest-key.ts';

const AT = epochMs(Date.UTC(2026, 10, 22));
const KEY: RestKey = {
  apiKey: 'key',
  apiSecret: new Secret('c2VjcmV0'),
  account: 'alice',
  permissions: { general: 'FULL_ACCESS', transfer: 'NO_ACCESS' },
};

const endpoint = (id: string): ServedEndpoint => {
  const found = ENDPOINTS.find((each) => each.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};

interface Asked {
  readonly form?: string;
  readonly nonce?: string;
  readonly key?: RestKey;
  readonly authent?: string;
  readonly atMs?: number;
}

/** What the gate answers, or `admitted`. */
const ask = (gate: Gate, id: string, asked: Asked = {}): string => {
  const answer = answerOf(gate, id, asked);
  return answer === undefined ? 'admitted' : textOf(answer);
};

const answerOf = (
  gate: Gate,
  id: string,
  { form = '', nonce, key = KEY, authent, atMs = 0 }: Asked = {},
): RestAnswer | undefined => {
  const path = endpoint(id).paths[0] ?? '';
  const call = { at: AT, fields: new Fields(form), path: {}, algoId: undefined };
  const signed = { postData: form, nonce: nonce ?? '', path };
  const admitted = gate.admit(
    endpoint(id),
    call,
    {
      apiKey: key.apiKey,
      authent: authent ?? sign(key.apiSecret, signed),
      nonce,
      postData: form,
      path,
    },
    monotonicMs(atMs),
  );
  return isAnswer(admitted) ? admitted : undefined;
};

const textOf = ({ status, body, headers }: RestAnswer): string => {
  const word = /"error":"([^"]*)"/.exec(body)?.[1] ?? body;
  return `${status} ${word}${headers === undefined ? '' : ` ${JSON.stringify(headers)}`}`;
};

const ORDER = 'orderType=lmt&symbol=PF_XBTUSD&side=buy&size=1&limitPrice=1';

describe('the order of refusals [rest 3.2, 13]', () => {
  it('misses arguments before it looks at the signature', () => {
    expect(ask(new Gate([KEY]), 'sendorder', { authent: 'no' })).to.equal(
      '200 requiredArgumentMissing',
    );
    expect(ask(new Gate([KEY]), 'sendorder', { form: `${ORDER}x`, authent: 'no' })).to.equal(
      '200 invalidArgument: limitPrice',
    );
    expect(ask(new Gate([KEY]), 'sendorder', { form: ORDER, authent: 'no' })).to.equal(
      '200 authenticationError',
    );
  });

  it('reads the deadline of a batch before it looks at the signature, in either spelling', () => {
    const json = `json=${encodeURIComponent('{"batchOrder":[]}')}`;
    for (const deadline of ['processBefore=soon', 'ProcessBefore=2026-11-22']) {
      const form = `${deadline}&${json}`;
      expect(ask(new Gate([KEY]), 'batchorder', { form, authent: 'no' })).to.equal(
        '200 invalidArgument: processBefore',
      );
    }
    const form = `processBefore=2026-11-22T00:00:00Z&${json}`;
    expect(ask(new Gate([KEY]), 'batchorder', { form })).to.equal('admitted');
  });

  it('takes a count of one row in histories and of none in candles, and nothing below', () => {
    const refusal = (id: string, form: string, path: Record<string, string> = {}) =>
      endpoint(id).check?.({ at: AT, fields: new Fields(form), path });
    const histories = ['executions', 'orders', 'triggers', 'positions', 'account-log'];
    const markets = ['market-executions', 'market-orders', 'market-price'];
    for (const id of [...histories.map((name) => `history-${name}`), ...markets]) {
      expect(refusal(id, 'count=1'), id).to.equal(undefined);
      for (const count of ['0', '-1']) {
        expect(refusal(id, `count=${count}`), id).to.include({
          status: 400,
          body: 'Invalid value for count',
        });
      }
    }
    const candles = { tick_type: 'trade', symbol: 'PF_XBTUSD', resolution: '1m' };
    expect(refusal('charts-candles', 'count=0', candles)).to.equal(undefined);
    expect(refusal('charts-candles', 'count=-1', candles)).to.include({
      status: 400,
      body: 'Invalid count',
    });
  });

  it('answers wrong key, wrong signature and missing permission alike', () => {
    const reader: RestKey = {
      ...KEY,
      permissions: { general: 'READ_ONLY', transfer: 'NO_ACCESS' },
    };
    expect(ask(new Gate([]), 'accounts')).to.equal('200 authenticationError');
    expect(ask(new Gate([reader]), 'sendorder', { form: ORDER, key: reader })).to.equal(
      '200 authenticationError',
    );
    expect(ask(new Gate([reader]), 'accounts', { key: reader })).to.equal('admitted');
    expect(ask(new Gate([KEY]), 'withdrawal', { form: 'currency=usd&amount=1' })).to.equal(
      '200 authenticationError',
    );
  });

  it('says so in the words of each service', () => {
    expect(ask(new Gate([]), 'history-orders')).to.match(/^401 .*unauthorized/);
    expect(ask(new Gate([]), 'api-keys-check')).to.equal('401 unauthorized');
  });

  it('takes 500 points in any ten seconds, and no more', () => {
    const gate = new Gate([KEY]);
    for (let n = 0; n < 50; n += 1) {
      expect(ask(gate, 'sendorder', { form: ORDER, atMs: n * 100 }), String(n)).to.equal(
        'admitted',
      );
    }
    expect(ask(gate, 'orders-status', { atMs: 5_000 })).to.equal('200 apiLimitExceeded');
    expect(ask(gate, 'sendorder', { form: ORDER, atMs: 9_999 })).to.equal('200 apiLimitExceeded');
    expect(ask(gate, 'sendorder', { form: ORDER, atMs: 10_000 })).to.equal('admitted');
    expect(ask(gate, 'sendorder', { form: ORDER, atMs: 10_001 })).to.equal('200 apiLimitExceeded');
  });

  it('counts a batch by its instructions, and the pools of accounts apart', () => {
    const other: RestKey = { ...KEY, apiKey: 'other', account: 'bob' };
    const gate = new Gate([KEY, other]);
    const batchOrder = Array.from({ length: 490 }, () => ({ order: 'cancel', cliOrdId: 'x' }));
    const form = `json=${encodeURIComponent(JSON.stringify({ batchOrder }))}`;
    expect(ask(gate, 'batchorder', { form })).to.equal('admitted');
    expect(ask(gate, 'orders-status', {})).to.equal('admitted');
    expect(ask(gate, 'orders-status', {})).to.equal('200 apiLimitExceeded');
    expect(ask(gate, 'orders-status', { key: other })).to.equal('admitted');
  });

  it('refills history tokens one in six seconds, and says how long to wait', () => {
    const gate = new Gate([KEY]);
    for (let n = 0; n < 100; n += 1) expect(ask(gate, 'history-orders')).to.equal('admitted');
    expect(ask(gate, 'history-orders')).to.equal(
      '429 Rate limit exceeded {"rate-limit-reset":"6"}',
    );
    expect(ask(gate, 'history-orders', { atMs: 6_000 })).to.equal('admitted');
    expect(ask(gate, 'history-accountlogcsv', { atMs: 6_000 })).to.equal(
      '429 Rate limit exceeded {"rate-limit-reset":"36"}',
    );
  });

  it('prices the account log by its count', () => {
    const cost = (count: string): number => endpoint('history-account-log').cost(new Fields(count));
    expect(
      ['count=25', 'count=50', '', 'count=1000', 'count=5000', 'count=5001'].map(cost),
    ).to.deep.equal([1, 2, 3, 3, 6, 10]);
  });

  it('checks a nonce only when there is one, by key', () => {
    const gate = new Gate([KEY]);
    expect(ask(gate, 'accounts', { nonce: '5000' })).to.equal('admitted');
    expect(ask(gate, 'accounts', { nonce: '5000' })).to.equal('200 nonceDuplicate');
    expect(ask(gate, 'accounts', { nonce: '1' })).to.equal('200 nonceBelowThreshold');
    expect(ask(gate, 'accounts')).to.equal('admitted');
  });

  it('refuses a nonce in the failure shape of each service [rest 3.1]', () => {
    const gate = new Gate([KEY]);
    const nonce = '5000';
    expect(ask(gate, 'accounts', { nonce })).to.equal('admitted');
    const again = (id: string) => {
      const answer = answerOf(gate, id, { nonce });
      return [answer?.status, JSON.parse(answer?.body ?? 'null') as unknown];
    };
    const inHistory = { status: 'unauthorized', reason: 'nonceDuplicate' };
    expect(again('history-orders')).to.deep.equal([401, inHistory]);
    expect(again('self-market-share')).to.deep.equal([401, inHistory]);
    expect(again('api-keys-check')).to.deep.equal([
      401,
      { error: 'unauthorized', message: 'nonceDuplicate', suberror: null },
    ]);
  });

  it('says that a key is not known only when it is not [rest 2.15]', () => {
    const suberrorOf = (gate: Gate, asked: Asked): unknown =>
      (
        JSON.parse(answerOf(gate, 'api-keys-check', asked)?.body ?? '{}') as Record<string, unknown>
      )['suberror'];
    expect(suberrorOf(new Gate([]), {})).to.equal('api_key_not_found');
    expect(suberrorOf(new Gate([KEY]), { authent: 'no' })).to.equal(null);
  });

  it('lets slightly late nonces pass, once', () => {
    const window = new NonceWindow();
    expect(window.check('10000')).to.equal(undefined);
    expect(window.check('9500')).to.equal(undefined);
    expect(window.check('9500')).to.equal('nonceDuplicate');
    expect(window.check('8999')).to.equal('nonceBelowThreshold');
    expect(window.check('soon')).to.equal('nonceBelowThreshold');
  });

  it('writes success with the venue’s time', () => {
    expect(success(AT).body).to.equal(
      '{"result":"success","serverTime":"2026-11-22T00:00:00.000Z"}',
    );
  });
});
