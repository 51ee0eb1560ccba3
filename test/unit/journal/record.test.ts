import { expect } from 'chai';
import fc from 'fast-check';

import {
  RECORD_KIND,
  decodeRecord,
  encodeAudit,
  encodeFact,
  encodeNextNumber,
  encodeOutbound,
  encodeReset,
} from '../../../src/journal/record.ts';
import { InvariantError } from '../../../src/lib/invariant.ts';
import { epochMs } from '../../../src/lib/time.ts';

const decode = (kind: number, payload: Buffer | string): ReturnType<typeof decodeRecord> =>
  decodeRecord({ seq: 1, kind, payload: Buffer.from(payload as string) });

describe('journal records', () => {
  it('carry a fact and its time as JSON', () => {
    const payload = encodeFact(epochMs(5.5), { type: 'OrderAccepted', text: 'ä' });
    expect(payload).to.equal('{"at":5.5,"fact":{"type":"OrderAccepted","text":"ä"}}');
    expect(decode(RECORD_KIND.fact, payload)).to.deep.equal({
      ok: true,
      value: { type: 'Fact', at: 5.5, fact: { type: 'OrderAccepted', text: 'ä' } },
    });
  });

  it('carry an audit entry', () => {
    expect(decode(RECORD_KIND.audit, encodeAudit(epochMs(1), { by: 'ann' }))).to.deep.equal({
      ok: true,
      value: { type: 'Audit', at: 1, audit: { by: 'ann' } },
    });
  });

  it('carry session records of any name, number and bytes', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }),
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        fc.uint8Array({ maxLength: 200 }),
        (session, n, array) => {
          const bytes = Buffer.from(array);
          expect(decode(2, encodeOutbound(session, n, bytes))).to.deep.equal({
            ok: true,
            value: { type: 'SessionOutbound', session, msgSeqNum: n, bytes },
          });
          expect(decode(3, encodeNextNumber(session, n))).to.deep.equal({
            ok: true,
            value: { type: 'SessionNextTarget', session, next: n },
          });
          expect(decode(4, encodeNextNumber(session, n))).to.deep.equal({
            ok: true,
            value: { type: 'SessionNextSender', session, next: n },
          });
          expect(decode(5, encodeReset(session, epochMs(n / 8)))).to.deep.equal({
            ok: true,
            value: { type: 'SessionReset', session, at: n / 8 },
          });
        },
      ),
    );
  });

  it('refuse what cannot be written', () => {
    expect(() => encodeOutbound('', 1, Buffer.alloc(0))).to.throw(InvariantError);
    expect(() => encodeNextNumber('x'.repeat(256), 1)).to.throw(Error);
    expect(() => encodeNextNumber('x', 0)).to.throw(InvariantError);
    expect(() => encodeNextNumber('x', 1.5)).to.throw(InvariantError);
  });

  it('are refused when they cannot be read, with the reason', () => {
    const outbound = encodeOutbound('S', 7, Buffer.from('abc'));
    const next = encodeNextNumber('S', 7);
    const reset = encodeReset('S', epochMs(1));
    const zero = Buffer.from(next);
    zero.fill(0, 2);
    const cases: readonly (readonly [number, Buffer | string, string])[] = [
      [1, 'nonsense', 'fact: not JSON'],
      [1, 'null', 'fact: not an object'],
      [1, '{"fact":{}}', 'fact: no time'],
      [1, '{"at":1}', 'fact: no body'],
      [6, '{"at":"1","audit":1}', 'audit: no time'],
      [2, outbound.subarray(0, 9), 'outbound: too short'],
      [2, Buffer.from([0]), 'outbound: too short'],
      [3, next.subarray(0, 9), 'SessionNextTarget: wrong length'],
      [4, Buffer.concat([next, Buffer.from('x')]), 'SessionNextSender: wrong length'],
      [3, zero, 'SessionNextTarget: number out of range'],
      [5, reset.subarray(1), 'SessionReset: wrong length'],
      [5, Buffer.alloc(0), 'SessionReset: wrong length'],
      [99, 'x', 'unknown record kind 99'],
    ];
    for (const [kind, payload, reason] of cases) {
      expect(decode(kind, payload), reason).to.deep.equal({ ok: false, error: reason });
    }
  });

  it('never throw on any bytes of any kind', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 8 }),
        fc.uint8Array({ maxLength: 40 }),
        (kind, bytes) => {
          expect(decode(kind, Buffer.from(bytes)).ok).to.be.a('boolean');
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
