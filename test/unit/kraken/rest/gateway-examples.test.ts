import { expect } from 'chai';
import { type Endpoint } from '../../../../src/kraken/rest/endpoint.ts';
import { endpoints } from '../../../../src/kraken/rest/endpoints.ts';
import { toDecimalText } from '../../../../src/lib/decimal-text.ts';
import {
  isJsonObject,
  JsonNumber,
  type JsonValue,
  parseLosslessJson,
} from '../../../../src/lib/lossless-json.ts';
import { domainCalls, examples, makeGateways, toReply } from './gateways-support.ts';

/**
 * Fields that are read elsewhere, are of no use, or become a time; their numbers are not looked
 * for.
 */
const NOT_KEPT = new Set([
  'serverTime',
  'tradeable',
  'minimumTradeSize',
  'len',
  'accountId',
  'timestamp',
  'lastUpdateTimestamp',
  'time',
  'fillTime',
  'fundingRealizationTime',
  'triggerTime',
]);

/** Every number of a payload, in canonical notation. */
const amountsOf = (value: JsonValue | undefined, key = ''): readonly string[] => {
  if (value === undefined || NOT_KEPT.has(key)) return [];
  if (value instanceof JsonNumber) return [toDecimalText(value.text) ?? value.text];
  if (Array.isArray(value)) return (value as JsonValue[]).flatMap((item) => amountsOf(item, key));
  if (!isJsonObject(value)) return [];
  return Object.keys(value).flatMap((name) => amountsOf(value[name], name));
};

/** Every text and number of a result, canonical where it is a number. */
const textsOf = (value: unknown, into = new Set<string>()): Set<string> => {
  if (typeof value === 'string' || typeof value === 'number')
    into.add(toDecimalText(String(value)) ?? String(value));
  else if (value instanceof JsonNumber) into.add(toDecimalText(value.text) ?? value.text);
  else if (typeof value === 'object' && value !== null)
    for (const part of Object.values(value)) textsOf(part, into);
  return into;
};

interface Judged {
  readonly ok?: boolean;
  readonly type?: string;
  readonly value?: { readonly isComplete?: boolean; readonly oddities?: readonly object[] };
  readonly outcome?: { readonly type: string };
  readonly isComplete?: boolean;
  readonly oddities?: readonly object[];
}

const oddityText = (judged: Judged): string =>
  JSON.stringify(judged.value?.oddities ?? judged.oddities ?? []);

describe('gateways on the payloads of the reference', () => {
  it('have a domain function for every live call', () => {
    const ids = Object.values<Endpoint>(endpoints).map(({ id }) => id);
    expect(Object.keys(domainCalls).sort()).to.deep.equal(ids.sort());
  });

  for (const { id, title, body, kind } of examples.filter(
    (example) => example.kind === 'example',
  )) {
    const call = domainCalls[id];
    if (call === undefined) continue;
    it(`${id} reads the ${kind} "${title}" whole, to the last digit`, async () => {
      const isBatch = id === 'batchorder';
      const gateways = makeGateways(() => toReply(body));
      const result = await call(gateways);
      const judged: readonly Judged[] = isBatch ? (result as Judged[]) : [result as Judged];
      for (const one of judged) {
        if (one.ok !== undefined) expect(one.ok, JSON.stringify(one)).to.equal(true);
        const complete = one.value?.isComplete ?? one.isComplete ?? true;
        expect(complete, oddityText(one)).to.equal(true);
        expect(oddityText(one)).to.equal('[]');
      }
      const json = parseLosslessJson(body);
      const wanted = json.ok ? amountsOf(json.value) : ['unparsable'];
      const texts = textsOf(result);
      if (isBatch && !judged.every(({ outcome }) => outcome?.type !== 'Unknown')) return;
      for (const amount of wanted) expect([...texts], `amount ${amount}`).to.include(amount);
    });
  }

  it('never take an error payload for an answer', async () => {
    for (const { id, title, body, http } of examples.filter(({ kind }) => kind === 'error')) {
      const call = domainCalls[id];
      if (call === undefined) continue;
      const result = (await call(makeGateways(() => toReply(body, http)))) as Judged;
      const isRefused =
        result.ok === false ||
        (result.outcome !== undefined && result.outcome.type !== 'Confirmed');
      expect(isRefused, `${id} ${title}`).to.equal(true);
    }
  });

  it('never take a foreign body for an answer', async () => {
    for (const body of ['', '<html>', '{}', '[', '{"result":"success"', '7', 'null'])
      for (const [id, call] of Object.entries(domainCalls)) {
        const result = (await call(makeGateways(() => toReply(body, 502)))) as Judged | Judged[];
        const judged = Array.isArray(result) ? result[0]! : result;
        const type = judged.outcome?.type ?? judged.type ?? (judged.ok === true ? 'ok' : 'err');
        expect(type, `${id} on ${body}`).to.be.oneOf(['Unknown', 'err']);
      }
  });
});
