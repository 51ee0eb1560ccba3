import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { openAuditTrail } from '../../../../src/kraken/funds/audit-record.ts';
import { type FundsPolicy } from '../../../../src/kraken/funds/funds-policy.ts';
import { makeMoneyVerbs } from '../../../../src/kraken/funds/money-verbs.ts';
import {
  closeBenches,
  expectDenied,
  placeOf,
  keys,
  makeBench,
  POLICY,
  propose,
  reason,
  signed,
  voice,
  WITHDRAWAL,
} from './funds-service-support.ts';

describe('ways to get money out without two approvals', () => {
  afterEach(closeBenches);

  it('1: without any approval', async () => {
    const bench = await makeBench();
    const id = await propose(bench);
    expectDenied(bench, await bench.fundsService.send(id, 'carl'), /0 of 2 approvals/);
  });

  it('2: with one approval', async () => {
    const bench = await makeBench();
    const id = await propose(bench, ['ann']);
    expectDenied(bench, await bench.fundsService.send(id, 'ann'), /1 of 2 approvals/);
  });

  it('3: with one operator who approves twice', async () => {
    const bench = await makeBench();
    const id = await propose(bench, ['ann']);
    const again = await bench.fundsService.approve(id, voice(bench, id, 'ann'));
    expectDenied(bench, again, /ann has approved already/);
    expectDenied(bench, await bench.fundsService.send(id, 'ann'), /1 of 2/);
  });

  it('4: with the name of one operator and the key of another', async () => {
    const bench = await makeBench();
    const id = await propose(bench, ['ann']);
    const forged = await bench.fundsService.approve(id, voice(bench, id, 'bob', { key: 'ann' }));
    expectDenied(bench, forged, /not bob's/);
    expectDenied(bench, await bench.fundsService.send(id, 'ann'), /1 of 2/);
  });

  it('5: with somebody who is no operator', async () => {
    const bench = await makeBench();
    const id = await propose(bench, ['ann']);
    const stranger = await bench.fundsService.approve(id, voice(bench, id, 'eve'));
    expectDenied(bench, stranger, /eve is not an operator/);
  });

  it('6: with approvals of a smaller amount', async () => {
    const bench = await makeBench();
    const small = await propose(bench, [], { ...WITHDRAWAL, amount: '0.001' });
    const large = await propose(bench);
    for (const operator of ['ann', 'bob'])
      expectDenied(
        bench,
        await bench.fundsService.approve(large, voice(bench, small, operator)),
        /for another request/,
      );
    expectDenied(bench, await bench.fundsService.send(large, 'carl'), /0 of 2/);
  });

  it('7: with an approval made for another verdict', async () => {
    const bench = await makeBench();
    const id = await propose(bench, ['ann']);
    const other = voice(bench, id, 'bob', { verdict: 'ResolveDone' });
    expectDenied(bench, await bench.fundsService.approve(id, other), /not an approval/);
    const relabelled = await bench.fundsService.approve(id, { ...other, verdict: 'Approve' });
    expectDenied(bench, relabelled, /not bob's/);
  });

  it('8: after the request has expired', async () => {
    const bench = await makeBench();
    const id = await propose(bench, ['ann', 'bob']);
    bench.now += POLICY.requestAgeMsMax;
    expectDenied(bench, await bench.fundsService.send(id, 'ann'), /expired/);
  });

  it('9: to a place, or of a currency, that is not on the allow-list', async () => {
    const bench = await makeBench();
    for (const change of [
      { to: 'elsewhere' },
      { from: 'flex' },
      { currency: 'XBT' },
      { currency: 'eth' },
      { kind: 'WalletTransfer' as const },
    ])
      expectDenied(
        bench,
        await bench.fundsService.propose(signed({ ...WITHDRAWAL, ...change }, bench.now)),
        /not on the allow-list/,
      );
  });

  it('10: over the limits, or with an amount that is none', async () => {
    const bench = await makeBench();
    const amounts = [
      ...[['1.00000001', /over the limit/] as const],
      ...['0', '-1', '-0.1'].map((amount) => [amount, /not above zero/] as const),
      ...['1e0', '1e-3', 'NaN', '', '0x1'].map((amount) => [amount, /no plain decimal/] as const),
    ];
    for (const [amount, why] of amounts)
      expectDenied(
        bench,
        await bench.fundsService.propose(signed({ ...WITHDRAWAL, amount }, bench.now)),
        why,
      );
  });

  it('11: while it is switched off, or the policy names one person twice', async () => {
    const [ann] = POLICY.operators;
    const twice: FundsPolicy = { ...POLICY, operators: [ann!, { ...ann!, name: 'bob' }] };
    const policies: readonly [FundsPolicy, RegExp][] = [
      [{ ...POLICY, isEnabled: false, operators: [], destinations: [] }, /switched off/],
      [{ ...POLICY, isEnabled: false }, /switched off/],
      [twice, /share one key/],
      [{ ...POLICY, operators: [ann!, { ...POLICY.operators[1]!, name: 'ANN ' }] }, /one name/],
      [{ ...POLICY, approvalsMin: 1 }, /below 2/],
      [{ ...POLICY, operators: [ann!] }, /fewer operators/],
      [{ ...POLICY, operators: [ann!, { ...ann!, name: 'bob', publicKeyPem: 'x' }] }, /no Ed25519/],
    ];
    for (const [policy, why] of policies) {
      const bench = await makeBench(policy);
      expectDenied(bench, await bench.fundsService.propose(signed(WITHDRAWAL, bench.now)), why);
    }
  });

  it('12: by writing approvals into the audit record', async () => {
    const bench = await makeBench();
    const id = await propose(bench, ['ann']);
    const forged = { ...voice(bench, id, 'ann'), operator: 'bob' };
    const lines = readFileSync(bench.path, 'utf8').trim().split('\n');
    const previous = createHash('sha256').update(lines.at(-1)!).digest('hex');
    const fact = { at: bench.now, by: 'bob', type: 'Approved', id, approval: forged };
    const line = JSON.stringify({ previous, fact }).slice(0, -1);
    const seal = placeOf(bench.path).seal(line);
    const untouched = readFileSync(bench.path, 'utf8');
    for (const end of ['}', `,"seal":"${'0'.repeat(64)}"}`]) {
      writeFileSync(bench.path, `${untouched}${line}${end}\n`);
      const opened = await openAuditTrail(placeOf(bench.path));
      expect(reason(opened)).to.include('its last line was not written by the engine');
    }
    // Not even somebody who knows the seal's key: the approval itself is not bob's.
    writeFileSync(bench.path, `${untouched}${line},"seal":"${seal}"}\n`);
    const next = await bench.reopen();
    expectDenied(next, await next.fundsService.send(id, 'ann'), /1 of 2 approvals/);
  });

  it('13: by approvals of an operator who has been removed since', async () => {
    const bench = await makeBench();
    const id = await propose(bench, ['ann', 'bob']);
    const [ann, , carl] = POLICY.operators;
    const eve = { name: 'eve', publicKeyPem: keys.eve.publicKeyPem, mayApprove: true };
    const operators = [ann!, eve, carl!];
    const next = await bench.reopen({ ...POLICY, operators });
    expectDenied(next, await next.fundsService.send(id, 'ann'), /1 of 2 approvals/);
  });

  it('14: by changing, dropping or swapping lines of the audit record', async () => {
    const bench = await makeBench();
    await propose(bench, ['ann']);
    const text = readFileSync(bench.path, 'utf8');
    const lines = text.trim().split('\n');
    const spoilt = [
      text.replace('"amount":"0.5"', '"amount":"0.6"'),
      `${lines[1]!}\n`,
      `${lines[1]!}\n${lines[0]!}\n`,
      `${lines[0]!}\nhello\n${lines[1]!}\n`,
    ];
    for (const record of spoilt) {
      writeFileSync(bench.path, record);
      expect((await openAuditTrail(placeOf(bench.path))).ok, record).to.equal(false);
    }
  });

  it('15: by a limit of its own for another spelling of the currency', async () => {
    const [destination] = POLICY.destinations;
    const policy: FundsPolicy = {
      ...POLICY,
      destinations: [{ ...destination!, currencies: ['xbt', 'XBT'] }],
      limits: [
        { currency: 'xbt', amountMax: '1', amountPerDayMax: '1' },
        { currency: 'XBT', amountMax: '1', amountPerDayMax: '1' },
      ],
    };
    const bench = await makeBench(policy);
    expectDenied(
      bench,
      await bench.fundsService.propose(signed(WITHDRAWAL, bench.now)),
      /a currency has two limits/,
    );
  });

  it('16: by raw arguments on the control socket', async () => {
    const bench = await makeBench();
    const id = await propose(bench, ['ann']);
    const verbs = makeMoneyVerbs(bench.fundsService);
    const { proposedBy: by, account, currency, amount, from, to } = WITHDRAWAL;
    const money = { account, currency, amount, from, to };
    const { digest, signature } = voice(bench, id, 'ann');
    const signed = { id, digest, signature };
    const { signature: bobs } = voice(bench, id, 'bob');
    const attempts: readonly [verb: string, args: Record<string, string | number | boolean>][] = [
      ['withdraw.propose', { kind: 'Donation', by, ...money }],
      ['withdraw.propose', { by }],
      ['withdraw.propose', { kind: 'Withdrawal', by, ...money }],
      [
        'withdraw.propose',
        { kind: 'Withdrawal', by, ...money, reference: '__proto__', signedAt: true },
      ],
      ['withdraw.approve', { ...signed, operator: 'bob', verdict: 'Approve' }],
      ['withdraw.approve', { ...signed, operator: ' ann', verdict: 'Approve' }],
      ['withdraw.approve', { ...signed, operator: 'bob', verdict: 'constructor' }],
      ['withdraw.approve', { id, operator: 'bob', verdict: true }],
      ['withdraw.approve', { id, digest, signature: bobs, operator: 'bob', verdict: 'approve' }],
      ['withdraw.resolve', { ...signed, operator: 'ann', verdict: 'ResolveDone' }],
      ['withdraw.send', { id, by: 'ann', approvalsMin: 0, force: true }],
      ['withdraw.send', { id: '__proto__' }],
    ];
    for (const [verb, args] of attempts) {
      const lines = bench.audited().length;
      const answer = await verbs[verb]!(args);
      expect(answer.ok, JSON.stringify(args)).to.equal(false);
      expect(bench.audited(), `${verb} leaves a line`).to.have.length(lines + 1);
      expect(bench.audited().at(-1)?.type).to.equal('Denied');
    }
    expect(bench.sent).to.have.length(0);
  });

  it('17: from an account that the key is not of, now or by the configuration of later', async () => {
    const bench = await makeBench();
    for (const account of ['OTHER', 'a', ' A', ''])
      expectDenied(
        bench,
        await bench.fundsService.propose(signed({ ...WITHDRAWAL, account }, bench.now)),
        /the key that moves money is of A/,
      );
    const approved = await propose(bench, ['ann', 'bob']);
    const later = await makeBench({ ...POLICY, account: 'B' }, bench.path);
    expectDenied(later, await later.fundsService.send(approved, 'carl'), /is of B, not of A/);
    const nobody = await makeBench({ ...POLICY, account: ' ' });
    expectDenied(
      nobody,
      await nobody.fundsService.propose(signed(WITHDRAWAL, nobody.now)),
      /whose key/,
    );
  });

  it('18: without a name in `by`', async () => {
    const bench = await makeBench();
    for (const proposedBy of ['', ' '])
      expectDenied(
        bench,
        await bench.fundsService.propose(signed({ ...WITHDRAWAL, proposedBy }, bench.now)),
        /who proposes/,
      );
    const approved = await propose(bench, ['ann', 'bob']);
    expectDenied(bench, await bench.fundsService.send(approved, ' '), /who asks/);
    expectDenied(bench, await bench.fundsService.cancel(approved, ''), /who asks/);
  });
});
