import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { expect } from 'chai';
import { makeOperatorKey } from '../../../../src/kraken/funds/approval.ts';
import { faultOfPolicy, type FundsPolicy } from '../../../../src/kraken/funds/funds-policy.ts';
import { digestOf, type MoneyRequest } from '../../../../src/kraken/funds/money-request.ts';
import { openAuditTrail } from '../../../../src/kraken/funds/audit-record.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import {
  closeBenches,
  expectDenied,
  keys,
  LOST,
  makeBench,
  placeOf,
  POLICY,
  propose,
  reason,
  signed,
  voice,
  WITHDRAWAL,
} from './funds-service-support.ts';

const byAnn = { ...WITHDRAWAL, proposedBy: 'ann' };
const [ANN, BOB, CARL] = POLICY.operators;
const DAN = makeOperatorKey();

describe('who proposes money', () => {
  afterEach(closeBenches);

  it('signs the terms with a key of the configuration, or nothing is proposed', async () => {
    const bench = await makeBench();
    const { now, fundsService } = bench;
    const good = signed(WITHDRAWAL, now);
    const { proposal } = good;
    const forged: readonly [object, RegExp][] = [
      [signed(WITHDRAWAL, now, { key: 'eve' }), /signature of the proposal is not carl's/],
      [signed({ ...WITHDRAWAL, proposedBy: 'eve' }, now), /eve is not an operator/],
      [signed({ ...WITHDRAWAL, proposedBy: '__proto__' }, now), /is not an operator/],
      [signed({ ...WITHDRAWAL, proposedBy: 'Carl' }, now), /Carl is not an operator/],
      [{ ...good, amount: '0.6' }, /is not carl's/],
      [{ ...good, currency: 'usd' }, /is not carl's/],
      [{ ...good, proposedBy: 'ann' }, /is not ann's/],
      [{ ...good, proposal: { ...proposal, signedAt: proposal.signedAt + 1 } }, /is not carl's/],
      [{ ...good, proposal: { ...proposal, reference: 'another-one-of-it-x' } }, /is not carl's/],
      [{ ...good, proposal: { ...proposal, reference: 'short' } }, /reference or the time/],
      [
        { ...good, proposal: { ...proposal, signedAt: epochMs(Number.NaN) } },
        /reference or the time/,
      ],
      [{ ...good, proposal: { ...proposal, signature: '' } }, /is not carl's/],
      [{ ...good, proposal: undefined }, /without a signature/],
    ];
    for (const [attempt, why] of forged)
      expectDenied(bench, await fundsService.propose(attempt as typeof good), why);
    expect(fundsService.cases()).to.deep.equal([]);
    expect((await fundsService.propose(good)).ok).to.equal(true);
  });

  it('has every proposal taken once, also after a restart, and only while it is fresh', async () => {
    const bench = await makeBench();
    const good = signed(WITHDRAWAL, bench.now);
    expect((await bench.fundsService.propose(good)).ok).to.equal(true);
    expectDenied(bench, await bench.fundsService.propose(good), /taken before, as M1/);
    await bench.fundsService.cancel('M1', 'carl');
    const next = await bench.reopen();
    expectDenied(next, await next.fundsService.propose(good), /taken before, as M1/);
    for (const apart of [-300_001, 300_001, -86_400_000]) {
      const stale = signed(WITHDRAWAL, next.now + apart);
      expectDenied(next, await next.fundsService.propose(stale), /signed at .* and here it is/);
    }
    for (const apart of [-299_000, 299_000])
      expect((await next.fundsService.propose(signed(WITHDRAWAL, next.now + apart))).ok).to.equal(
        true,
      );
  });

  it('is none of those who approve, however the approval is made', async () => {
    const policy = { ...POLICY, operators: [...POLICY.operators, dan()] };
    const bench = await makeBench(policy);
    const id = await propose(bench, ['bob'], byAnn);
    const own = await bench.fundsService.approve(id, voice(bench, id, 'ann'));
    expectDenied(bench, own, /ann proposed it, and may not approve it as well/);
    const carl = await bench.fundsService.approve(id, voice(bench, id, 'carl'));
    expectDenied(bench, carl, /carl may propose, not approve/);
    expectDenied(bench, await bench.fundsService.send(id, 'ann'), /1 of 2 approvals/);
  });

  it('approves as well where the configuration says so, and no longer when it stops to', async () => {
    const bench = await makeBench({ ...POLICY, proposerMayApprove: true });
    const id = await propose(bench, ['ann', 'bob'], byAnn);
    const strict = await bench.reopen(POLICY);
    expectDenied(strict, await strict.fundsService.send(id, 'ann'), /1 of 2 approvals/);
    const loose = await strict.reopen({ ...POLICY, proposerMayApprove: true });
    expect((await loose.fundsService.send(id, 'ann')).ok).to.equal(true);
  });

  it('is judged again when it comes to sending: not a removed one, nor one with another key', async () => {
    const bench = await makeBench();
    const id = await propose(bench, ['ann', 'bob']);
    const without = { ...POLICY, operators: [ANN!, BOB!, dan()] };
    const removed = await bench.reopen(without);
    expectDenied(removed, await removed.fundsService.send(id, 'ann'), /carl is not an operator/);
    const { publicKeyPem } = keys.eve;
    const renewed = await removed.reopen({
      ...POLICY,
      operators: [ANN!, BOB!, { ...CARL!, publicKeyPem }],
    });
    expectDenied(renewed, await renewed.fundsService.send(id, 'ann'), /is not carl's/);
  });

  it('of a request of an earlier version has signed nothing: it is read, and proposed again', async () => {
    const { path, now } = await makeBench();
    const request = {
      ...WITHDRAWAL,
      ...{ id: 'M1', proposedAt: epochMs(now), expiresAt: epochMs(now + 3_600_000) },
    } as unknown as MoneyRequest;
    const digest = digestOf(request);
    const line = JSON.stringify({
      previous: '0'.repeat(64),
      fact: { at: now, by: 'carl', type: 'Proposed', request },
    });
    appendFileSync(path, `${line}\n`);
    const last = createHash('sha256').update(line).digest('hex');
    const refused = await openAuditTrail(placeOf(path));
    expect(reason(refused)).to.include(`set funds.auditAccepted to "1:${last}" for one start`);
    const opened = await openAuditTrail({ ...placeOf(path), accepted: `1:${last}` });
    if (!opened.ok) throw new Error(opened.error);
    await opened.value.audit.close();
    const bench = await makeBench(POLICY, path, now);
    expect(bench.fundsService.dryRun('M1')?.digest).to.equal(digest);
    expectDenied(bench, await bench.fundsService.send('M1', 'carl'), /without a signature/);
    expect((await bench.fundsService.cancel('M1', 'carl')).ok).to.equal(true);
    await propose(bench, ['ann', 'bob']);
    expect((await bench.fundsService.send('M2', 'carl')).ok).to.equal(true);
  });

  it('needs a policy by which somebody can approve what somebody proposed', () => {
    const two: FundsPolicy = { ...POLICY, operators: [ANN!, BOB!] };
    expect(faultOfPolicy(two)).to.match(/^no request could get its 2 approvals: .*proposerMayAppr/);
    expect(faultOfPolicy({ ...two, proposerMayApprove: true })).to.equal(undefined);
    expect(faultOfPolicy({ ...two, operators: [ANN!, BOB!, dan()] })).to.equal(undefined);
    expect(faultOfPolicy({ ...two, operators: [ANN!, CARL!, BOB!] })).to.equal(undefined);
    expect(faultOfPolicy({ ...two, operators: [ANN!, CARL!] })).to.match(/fewer operators/);
  });

  it('has no key that anybody could sign with', () => {
    const bodies = [`01${'00'.repeat(31)}`, `ec${'ff'.repeat(30)}7f`, '00'.repeat(32)];
    for (const body of bodies) {
      const der = Buffer.from(`302a300506032b6570032100${body}`, 'hex').toString('base64');
      const publicKeyPem = `-----BEGIN PUBLIC KEY-----\n${der}\n-----END PUBLIC KEY-----\n`;
      const policy = { ...POLICY, operators: [ANN!, BOB!, { ...CARL!, publicKeyPem }] };
      expect(faultOfPolicy(policy), body).to.match(/one that anybody can sign with/);
    }
  });
});

describe('a request whose time is over', () => {
  afterEach(closeBenches);

  it('stays over when the clock is set back, in the same run and after a restart', async () => {
    const bench = await makeBench();
    const id = await propose(bench, ['ann', 'bob']);
    bench.now += POLICY.requestAgeMsMax;
    await bench.fundsService.expireOverdue();
    expect(bench.fundsService.cases()[0]?.status).to.equal('Expired');
    bench.now -= POLICY.requestAgeMsMax;
    expectDenied(bench, await bench.fundsService.send(id, 'carl'), /has expired/);
    const next = await bench.reopen();
    expectDenied(next, await next.fundsService.send(id, 'carl'), /has expired/);
    expect(next.audited().filter(({ type }) => type === 'Expired')).to.have.length(1);
  });

  it('ends by the clock that nobody sets, when the other was set back before', async () => {
    const bench = await makeBench();
    const id = await propose(bench, ['ann']);
    bench.now -= 7_200_000;
    bench.monotonic += POLICY.requestAgeMsMax - 1;
    const bob = voice(bench, id, 'bob');
    expect((await bench.fundsService.approve(id, bob)).ok).to.equal(true);
    bench.monotonic += 1;
    expectDenied(bench, await bench.fundsService.send(id, 'carl'), /has expired/);
  });

  it('is not approved, once anything was recorded after its end', async () => {
    const bench = await makeBench();
    const id = await propose(bench, ['ann']);
    bench.now += POLICY.requestAgeMsMax + 1;
    await bench.fundsService.cancel('M9', 'carl');
    bench.now -= POLICY.requestAgeMsMax;
    const next = await bench.reopen();
    expectDenied(next, await next.fundsService.approve(id, voice(next, id, 'bob')), /has expired/);
  });

  it('keeps counting money in doubt against the day, whatever the clock says', async () => {
    const bench = await makeBench();
    const id = await propose(bench, ['ann', 'bob'], { ...WITHDRAWAL, amount: '0.9' });
    bench.answer = () => Promise.resolve(LOST);
    await bench.fundsService.send(id, 'carl');
    bench.now -= 86_400_000 * 3;
    const more = signed({ ...WITHDRAWAL, amount: '0.7' }, bench.now);
    expect(reason(await bench.fundsService.propose(more))).to.match(/daily limit .* 0.9 are gone/);
  });
});

const dan = () => ({ name: 'dan', publicKeyPem: DAN.publicKeyPem, mayApprove: true });
