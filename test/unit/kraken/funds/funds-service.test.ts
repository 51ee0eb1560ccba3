import { appendFileSync } from 'node:fs';
import { expect } from 'chai';
import { openAuditTrail } from '../../../../src/kraken/funds/audit-record.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import {
  closeBenches,
  expectDenied,
  placeOf,
  LOST,
  makeBench,
  propose,
  reason,
  signed,
  voice,
  WITHDRAWAL,
} from './funds-service-support.ts';

describe('funds service', () => {
  afterEach(closeBenches);

  it('sends once when two operators approved, and never again', async () => {
    const bench = await makeBench();
    const id = await propose(bench, ['ann', 'bob']);
    const first = bench.fundsService.send(id, 'carl');
    const second = bench.fundsService.send(id, 'carl');
    expect((await first).ok).to.equal(true);
    expect(reason(await second)).to.match(/has ended: Done/);
    expect(bench.sent).to.deep.equal([{ currency: 'xbt', amount: '0.5', sourceWallet: 'cash' }]);
    const types = bench.audited().map(({ type }) => type);
    expect(types).to.deep.equal([
      'Proposed',
      'Approved',
      'Approved',
      'SendIntended',
      'Done',
      'Denied',
    ]);
  });

  it('takes no request that shows something else than it says', async () => {
    const bench = await makeBench();
    const spoofs = [
      { proposedBy: 'carl\u001b[3A0.001' },
      { proposedBy: `carl${' '.repeat(60)}amount 0.001` },
      { proposedBy: 'c\u200barl' },
      { amount: '0.５' },
      { amount: '00.5' },
      { amount: '.5' },
      { amount: '-0.5' },
      { to: 'spot\u202e' },
    ];
    for (const spoof of spoofs) {
      const answer = await bench.fundsService.propose(
        signed({ ...WITHDRAWAL, ...spoof }, bench.now),
      );
      expect(answer.ok, JSON.stringify(spoof)).to.equal(false);
    }
    expect(bench.fundsService.cases()).to.deep.equal([]);
    for (const { by } of bench.audited()) expect(by).to.match(/^[\x20-\x7e]*$/);
  });

  it('has the intent on the disk before the money leaves', async () => {
    const bench = await makeBench();
    const id = await propose(bench, ['ann', 'bob']);
    let seen = '';
    bench.answer = () => {
      seen = bench.audited().at(-1)?.type ?? '';
      return Promise.resolve(LOST);
    };
    await bench.fundsService.send(id, 'carl');
    expect(seen).to.equal('SendIntended');
  });

  it('never repeats money in doubt, not even after a restart', async () => {
    const bench = await makeBench();
    const id = await propose(bench, ['ann', 'bob']);
    bench.answer = () => Promise.resolve(LOST);
    const answer = await bench.fundsService.send(id, 'carl');
    expect(answer.ok && answer.value.status).to.equal('InDoubt');
    expect(bench.alerts[0]).to.match(/^MONEY_IN_DOUBT M1/);
    expect(reason(await bench.fundsService.send(id, 'carl'))).to.match(/MONEY_IN_DOUBT/);
    expect(bench.sent).to.have.length(1);
    const next = await bench.reopen();
    expectDenied(next, await next.fundsService.send(id, 'carl'), /MONEY_IN_DOUBT/);
  });

  it('treats a sending that the process did not survive as money in doubt', async () => {
    const bench = await makeBench();
    const id = await propose(bench, ['ann', 'bob']);
    bench.answer = () => new Promise(() => undefined);
    void bench.fundsService.send(id, 'carl');
    while (bench.sent.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const next = await bench.reopen();
    expect(next.fundsService.cases()[0]?.status).to.equal('InDoubt');
    expect(next.alerts).to.have.length(1);
    expectDenied(next, await next.fundsService.send(id, 'carl'), /MONEY_IN_DOUBT/);
  });

  it('counts what left, and what is in doubt, against the day, and forgets it after 24 hours', async () => {
    const bench = await makeBench();
    const first = await propose(bench, ['ann', 'bob'], { ...WITHDRAWAL, amount: '0.9' });
    bench.answer = () => Promise.resolve(LOST);
    await bench.fundsService.send(first, 'carl');
    const more = { ...WITHDRAWAL, amount: '0.7' };
    expect(reason(await bench.fundsService.propose(signed(more, bench.now)))).to.match(
      /daily limit of 1.5 xbt: 0.9 are gone/,
    );
    bench.now += 86_400_000;
    expect((await bench.fundsService.propose(signed(more, bench.now))).ok).to.equal(true);
  });

  it('judges the daily limit again when it sends', async () => {
    const bench = await makeBench();
    const ids = [await propose(bench, ['ann', 'bob'], { ...WITHDRAWAL, amount: '0.9' })];
    ids.push(await propose(bench, ['ann', 'bob'], { ...WITHDRAWAL, amount: '0.9' }));
    expect((await bench.fundsService.send(ids[0]!, 'carl')).ok).to.equal(true);
    expect(reason(await bench.fundsService.send(ids[1]!, 'carl'))).to.match(/daily limit/);
    expect(bench.sent).to.have.length(1);
  });

  it('shows in a dry run what would be sent and what is missing, and sends nothing', async () => {
    const bench = await makeBench();
    const id = await propose(bench, ['ann']);
    const before = bench.audited().length;
    expect(bench.fundsService.dryRun(id)).to.deep.include({
      approvals: ['ann'],
      approvalsMin: 2,
      obstacle: '1 of 2 approvals',
    });
    expect(bench.fundsService.dryRun(id)?.text).to.include(
      '"Withdrawal","A","xbt","0.5","cash","spot"',
    );
    await bench.fundsService.approve(id, voice(bench, id, 'bob'));
    expect(bench.fundsService.dryRun(id)).to.not.have.property('obstacle');
    expect(bench.sent).to.have.length(0);
    expect(bench.audited()).to.have.length(before + 1);
  });

  it('settles a doubt by the one movement in the account log, never by its absence', async () => {
    const bench = await makeBench();
    const id = await propose(bench, ['ann', 'bob']);
    bench.answer = () => Promise.resolve(LOST);
    await bench.fundsService.send(id, 'carl');
    expect(reason(await bench.fundsService.investigate(id, 'ann'))).to.match(/no proof/);
    bench.log = undefined;
    expect(reason(await bench.fundsService.investigate(id, 'ann'))).to.match(
      /could not be read whole/,
    );
    const entry = {
      id: '77',
      at: bench.now + 500,
      info: 'cross-exchange transfer',
      asset: 'xbt',
      oldBalance: '2.5',
      newBalance: '2.0',
    };
    const others = [
      { ...entry, id: '70', at: bench.now - 60_000 },
      { ...entry, id: '71', info: 'futures trade' },
      { ...entry, id: '72', newBalance: '1.9' },
      { ...entry, id: '73', asset: 'eth' },
    ];
    bench.log = others as never;
    expect(reason(await bench.fundsService.investigate(id, 'ann'))).to.match(/no proof/);
    bench.log = [...others, entry, { ...entry, id: '78' }] as never;
    expect(reason(await bench.fundsService.investigate(id, 'ann'))).to.match(/2 movements/);
    bench.log = [...others, entry] as never;
    const settled = await bench.fundsService.investigate(id, 'ann');
    expect(settled.ok && settled.value).to.include({
      status: 'Done',
      evidence: 'account log entry 77',
    });
  });

  it('lets two operators settle a doubt by their word, not one', async () => {
    const bench = await makeBench();
    const id = await propose(bench, ['ann', 'bob']);
    bench.answer = () => Promise.resolve(LOST);
    await bench.fundsService.send(id, 'carl');
    const ann = voice(bench, id, 'ann', { verdict: 'ResolveNotDone' });
    const one = await bench.fundsService.resolve(id, ann);
    expect(one.ok && one.value.status).to.equal('InDoubt');
    const again = await bench.fundsService.resolve(id, ann);
    expect(again.ok && again.value.status).to.equal('InDoubt');
    expect(reason(await bench.fundsService.resolve(id, voice(bench, id, 'bob')))).to.match(
      /settles no doubt/,
    );
    const both = await bench.fundsService.resolve(
      id,
      voice(bench, id, 'bob', { verdict: 'ResolveNotDone' }),
    );
    expect(both.ok && both.value.status).to.equal('NotDone');
    expect(reason(await bench.fundsService.send(id, 'carl'))).to.match(/has ended/);
    expect(bench.sent).to.have.length(1);
  });

  it('maps transfers between wallets and to subaccounts', async () => {
    const bench = await makeBench();
    const usd = { ...WITHDRAWAL, currency: 'usd', amount: '10' };
    const wallet = { ...usd, kind: 'WalletTransfer' as const, to: 'flex' };
    const sub = { ...usd, kind: 'SubaccountTransfer' as const, from: 'main/cash', to: 'sub/flex' };
    for (const proposal of [wallet, sub])
      await bench.fundsService.send(await propose(bench, ['ann', 'bob'], proposal), 'carl');
    expect(bench.sent).to.deep.equal([
      { fromWallet: 'cash', toWallet: 'flex', currency: 'usd', amount: '10' },
      {
        fromAccountUid: 'main',
        fromWallet: 'cash',
        toAccountUid: 'sub',
        toWallet: 'flex',
        currency: 'usd',
        amount: '10',
      },
    ]);
  });

  it('keeps its books over a restart, and cuts off a line that was torn by a crash', async () => {
    const bench = await makeBench();
    const id = await propose(bench, ['ann', 'bob']);
    appendFileSync(bench.path, '{"previous":"00');
    const next = await bench.reopen();
    expect((await next.fundsService.send(id, 'carl')).ok).to.equal(true);
    expect(next.audited().at(-1)?.type).to.equal('Done');
    await next.reopen();
  });

  it('writes nothing more after a line that could not be written, so that the record stays whole', async () => {
    const bench = await makeBench();
    await propose(bench);
    const opened = await openAuditTrail(placeOf(bench.path));
    if (!opened.ok) throw new Error(opened.error);
    const { audit } = opened.value;
    // A closed file stands for a full disk.
    await audit.close();
    const fact = { at: epochMs(bench.now), by: 'ann', type: 'Withdrawn', id: 'M1' } as const;
    const failure = (step: Promise<void>): Promise<string> =>
      step.then(
        () => '(written)',
        (error: unknown) => String(error),
      );
    expect(await failure(audit.append(fact))).to.match(/closed|bad file/i);
    expect(await failure(audit.append(fact))).to.match(/restart the engine/);
    expect(bench.audited()).to.have.length(1);
  });
});
