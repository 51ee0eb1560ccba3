import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  type Call,
  classifyReply,
  classifyStatus,
} from '../../../../src/kraken/outcome/rest-outcome.ts';
import { type Reply } from '../../../../src/kraken/rest/reply.ts';
import {
  isJsonObject,
  type JsonValue,
  parseLosslessJson,
  toJsonText,
} from '../../../../src/lib/lossless-json.ts';
import { answered, classify, envelope, send, verdict } from './outcome-support.ts';
import { BATCH_SEND, EDIT, ERRORS, SEND } from './outcome-tables.ts';

describe('outcome of a REST call [rest 3.5]', () => {
  for (const [status, expected] of Object.entries(SEND))
    it(`reads sendStatus ${status} as ${expected}`, () =>
      expect(verdict(send(status))).to.equal(expected));

  for (const [status, expected] of Object.entries(EDIT))
    it(`reads editStatus ${status} as ${expected}`, () =>
      expect(verdict(classify({ result: 'success', editStatus: { status } }, 'edit'))).to.equal(
        expected,
      ));

  for (const [status, expected] of Object.entries({
    cancelled: '+',
    filled: 'f',
    notFound: 'f',
    surprising: '?!',
  }))
    it(`reads cancelStatus ${status} as ${expected}`, () =>
      expect(verdict(classify({ result: 'success', cancelStatus: { status } }, 'cancel'))).to.equal(
        expected,
      ));

  for (const [status, expected] of Object.entries({ cancelled: '+', noOrdersToCancel: '+' }))
    it(`reads cancelStatus ${status} of cancelallorders as ${expected}`, () =>
      expect(
        verdict(classify({ result: 'success', cancelStatus: { status } }, 'cancelAll')),
      ).to.equal(expected));

  for (const [status, expected] of Object.entries(BATCH_SEND))
    it(`reads batchStatus ${status} of a send as ${expected}`, () =>
      expect(verdict(classifyStatus({ status }, 'send'))).to.equal(expected));

  for (const [error, [order, money, target = order]] of Object.entries(ERRORS))
    it(`reads the error "${error}" as ${order} on an order and ${money} on money`, () => {
      const body = { result: 'error', error, serverTime: '2026-09-25T17:54:01.754Z' };
      for (const call of ['send', 'batch'] as const)
        expect(verdict(classify(body, call)), call).to.equal(order);
      for (const call of ['edit', 'cancel'] as const)
        expect(verdict(classify(body, call)), call).to.equal(target);
      expect(verdict(classify(body, 'money'))).to.equal(money);
    });

  it('gives every refusal word under HTTP 5xx no power to prove anything', () => {
    for (const [status, expected] of Object.entries(SEND)) {
      const body = { result: 'success', sendStatus: { status } };
      const outcome = verdict(classify(body, 'send', 500));
      expect(outcome, status).to.equal(expected === '+' ? '+' : '?');
    }
    const body = {
      status: 'X',
      result: 'error',
      errors: [{ code: 92, message: 'INSUFFICIENT_MARGIN' }],
    };
    expect(verdict(classify(body, 'send', 500))).to.equal('?');
  });

  const codes: readonly [number, number, string][] = [
    [400, 0, '-'],
    [404, 0, '-'],
    [400, 11, '-'],
    [401, 18, '-'],
    [429, 10, '-'],
    [200, 10, '-'],
    [400, 41, '-'],
    [400, 87, '-'],
    [400, 88, '-'],
    [400, 89, '-'],
    [400, 90, '-'],
    [200, 0, '?!'],
    [403, 0, '?!'],
    [503, 0, '?!'],
  ];
  for (const [http, code, expected] of codes)
    it(`reads errors[] code ${code} with HTTP ${http} as ${expected}`, () =>
      expect(verdict(classify(envelope(code, 'text'), 'send', http))).to.equal(expected));

  const foreign: readonly [string, Reply][] = [
    ['an empty 200', answered('')],
    ['a cut 200', answered('{"result":"success","sendStatus":{"sta')],
    ['an HTML 200', answered('<html>hello</html>', 200, 'text/html')],
    ['a list', answered('[]')],
    ['a number', answered('1')],
    ['an HTML 502', answered('<html>502</html>', 502, 'text/html')],
    ['an empty 504', answered('', 504)],
    ['an HTML 520', answered('<html>520</html>', 520, 'text/html')],
    ['a 429 of the edge', answered('slow down', 429, 'text/plain')],
    ['a 408', answered('', 408)],
    ['a 301', answered('{"result":"success","sendStatus":{"status":"placed"}}', 301)],
    ['a 307', answered('', 307)],
    ['a time-out', { type: 'Lost', cause: 'Timeout', message: '' }],
    ['a reset', { type: 'Lost', cause: 'ConnectionLost', message: '' }],
    ['a body too large', { type: 'Lost', cause: 'BodyTooLarge', message: '' }],
    ['bad HTTP', { type: 'Lost', cause: 'BadHttp', message: '' }],
  ];
  for (const [what, reply] of foreign)
    it(`leaves the outcome of ${what} unknown for whatever changes something`, () => {
      for (const call of [
        'send',
        'edit',
        'cancel',
        'cancelAll',
        'batch',
        'money',
        'setting',
      ] as const)
        expect(classifyReply(reply, call).type, call).to.equal('Unknown');
    });

  it('reads success without a status as unknown and novel', () => {
    for (const call of ['send', 'edit', 'cancel', 'cancelAll', 'batch'] as const)
      expect(verdict(classify({ result: 'success' }, call)), call).to.equal('?!');
  });

  it('is not fooled by words that every object inherits', () => {
    for (const word of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      expect(verdict(send(word)), word).to.equal('?!');
      const errors = [{ code: word, message: '' }];
      expect(verdict(classify({ result: 'error', errors }, 'send')), word).to.equal('?!');
    }
  });

  it('never refuses on a text that is not on the allow-list', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom<Call>('send', 'edit', 'batch', 'money'),
        (error, call) => {
          fc.pre(!Object.hasOwn(ERRORS, error) && !error.startsWith('invalidArgument'));
          fc.pre(error !== '');
          expect(classify({ result: 'error', error }, call).type).to.equal('Unknown');
        },
      ),
    );
  });

  it('judges every recorded payload of the reference as its title says', () => {
    const callById: Readonly<Record<string, Call>> = {
      sendorder: 'send',
      editorder: 'edit',
      cancelorder: 'cancel',
      cancelallorders: 'cancelAll',
      batchorder: 'batch',
      withdrawal: 'money',
      transfer: 'money',
      'transfer-subaccount': 'money',
    };
    const lines = readFileSync('test/fixtures/rest/examples.jsonl', 'utf8').trim().split('\n');
    const verdicts = new Map<string, number>();
    for (const line of lines) {
      const fixture = parseLosslessJson(line);
      if (!fixture.ok || !isJsonObject(fixture.value)) throw new Error(line);
      const { id, kind, http, body, title } = fixture.value;
      const reply = answered(toJsonText(body ?? null), Number(textOf(http)));
      const outcome = classifyReply(reply, callById[id as string] ?? 'read');
      const key = `${kind as string} ${outcome.type}`;
      verdicts.set(key, (verdicts.get(key) ?? 0) + 1);
      if (kind === 'example' && outcome.type === 'Refused')
        expect(title).to.match(/refus|gone|nothing|wrong|IOC/i);
    }
    expect([...verdicts.keys()].sort()).to.deep.equal([
      'error Refused',
      'error Unknown',
      'example Confirmed',
      'example Refused',
    ]);
  });
});

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
