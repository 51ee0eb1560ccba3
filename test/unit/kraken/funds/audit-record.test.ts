import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'chai';
import { type DecimalText } from '../../../../src/domain/ids.ts';
import { makeAuditSeal } from '../../../../src/kraken/funds/audit-head.ts';
import { type AuditPlace, openAuditTrail } from '../../../../src/kraken/funds/audit-record.ts';
import { type MoneyFact } from '../../../../src/kraken/funds/money-fact.ts';
import { Secret } from '../../../../src/lib/secret.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import {
  type Bench,
  closeBenches,
  headPathOf,
  placeOf,
  makeBench,
  propose,
  reason,
} from './funds-service-support.ts';

const linesOf = ({ path }: Bench): readonly string[] =>
  readFileSync(path, 'utf8').split('\n').slice(0, -1);

const keep = ({ path }: Bench, lines: readonly string[]): void => {
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
};

/** Opens as a start of the engine does, and says why it cannot. */
const refusal = async ({ path }: Bench, change: Partial<AuditPlace> = {}): Promise<string> => {
  const opened = await openAuditTrail({ ...placeOf(path), ...change });
  if (opened.ok) await opened.value.audit.close();
  return reason(opened);
};

describe('head of the audit record', () => {
  afterEach(closeBenches);

  const sentBench = async (): Promise<Bench> => {
    const bench = await makeBench();
    await bench.fundsService.send(await propose(bench, ['ann', 'bob']), 'carl');
    return bench;
  };

  it('refuses a record whose last lines are missing, however many', async () => {
    const bench = await sentBench();
    const lines = linesOf(bench);
    for (let kept = 0; kept < lines.length; kept += 1) {
      keep(bench, lines.slice(0, kept));
      const missing = lines.length - kept;
      expect(await refusal(bench)).to.include(`the last ${missing} of ${lines.length} lines are`);
    }
    writeFileSync(bench.path, `${lines.slice(0, -1).join('\n')}\n${lines.at(-1)!.slice(0, 9)}`);
    expect(await refusal(bench), 'torn').to.include('the last 1 of 5 lines are missing');
    rmSync(bench.path);
    expect(await refusal(bench), 'no file').to.include('the last 5 of 5 lines are missing');
    keep(bench, lines);
    const next = await bench.reopen();
    expect(next.fundsService.cases()[0]?.status).to.equal('Done');
  });

  it('is refused where others can write: the record, its head or their folder', async () => {
    const bench = await sentBench();
    for (const path of [dirname(bench.path), bench.path, headPathOf(bench.path)]) {
      const { mode } = statSync(path);
      chmodSync(path, 0o722);
      expect(await refusal(bench), path).to.match(/can be written by others .*: chmod go-w /);
      chmodSync(path, mode);
    }
    expect(await refusal(bench)).to.equal('(allowed)');
  });

  it('opens after a crash between the line and its head, and counts that line from then on', async () => {
    const bench = await makeBench();
    await propose(bench, ['ann']);
    const before = readFileSync(headPathOf(bench.path));
    await propose(bench);
    writeFileSync(headPathOf(bench.path), before);
    const next = await bench.reopen();
    expect(next.fundsService.cases()).to.have.length(2);
    keep(bench, linesOf(bench).slice(0, -1));
    expect(await refusal(bench)).to.include('the last 1 of 3 lines are missing');
  });

  it('opens after a crash between the very first line and its head', async () => {
    const bench = await makeBench();
    await propose(bench);
    rmSync(headPathOf(bench.path));
    expect((await bench.reopen()).fundsService.cases()).to.have.length(1);
  });

  it('refuses a head that is gone, unreadable, without a seal, or sealed by another key', async () => {
    const bench = await sentBench();
    const head = headPathOf(bench.path);
    const whole = readFileSync(head, 'utf8');
    const { count, last } = JSON.parse(whole) as { count: number; last: string };
    writeFileSync(head, JSON.stringify({ count, last }));
    expect(await refusal(bench)).to.match(/its head is of an earlier version, without a seal/);
    writeFileSync(head, '{"count":');
    expect(await refusal(bench)).to.match(/its head cannot be read/);
    writeFileSync(head, whole);
    const seal = makeAuditSeal(new Secret('another secret'));
    expect(await refusal(bench, { seal })).to.match(/not sealed with the secret of funds.cred/);
    rmSync(head);
    expect(await refusal(bench)).to.match(/5 lines and does not end where its head says, after 0/);
  });

  it('notices a chain that was computed anew, with its head, by who has not the key', async () => {
    const bench = await sentBench();
    const head = headPathOf(bench.path);
    const facts = bench.audited();
    const whole = readFileSync(head, 'utf8');
    const sealed = JSON.parse(whole) as object;
    const forgeries: Readonly<Record<string, readonly MoneyFact[]>> = {
      'the sending that counts against the day left out': facts.slice(0, 3),
      'a larger amount': facts.map((fact) =>
        fact.type === 'Proposed'
          ? { ...fact, request: { ...fact.request, amount: '0.9' as DecimalText } }
          : fact,
      ),
      'sent a day earlier': facts.map((fact) => ({ ...fact, at: epochMs(fact.at - 86_400_000) })),
      'one line more': [
        ...facts,
        { at: facts[0]!.at, by: 'x', type: 'NotDone', id: 'M1', evidence: '' },
      ],
    };
    for (const [name, forged] of Object.entries(forgeries)) {
      const { lines, last } = chainOf(forged);
      keep(bench, lines);
      for (const own of [{}, sealed]) {
        writeFileSync(head, JSON.stringify({ ...own, count: lines.length, last }));
        expect(await refusal(bench), name).to.match(/without a seal|not sealed with/);
      }
      writeFileSync(head, whole);
      expect(await refusal(bench), `${name}, head untouched`).to.not.equal('(allowed)');
    }
  });

  it('opens again when people who know that the record is whole accept its end, once', async () => {
    const bench = await sentBench();
    rmSync(headPathOf(bench.path));
    const keyHeadPath = `${bench.path}.key`;
    const accepted = /set funds.auditAccepted to "(\d+:\w{64})" for one start$/.exec(
      await refusal(bench),
    )?.[1];
    expect(await refusal(bench, { accepted: `5:${'0'.repeat(64)}` })).to.include('auditAccepted');
    expect(await refusal(bench, { accepted: accepted!, keyHeadPath })).to.equal('(allowed)');
    expect(bench.audited().at(-1)).to.deep.include({ type: 'RecordAccepted', count: 5 });
    expect(await refusal(bench, { keyHeadPath })).to.equal('(allowed)');
    // Left in the configuration, it does not bring an earlier end back.
    keep(bench, linesOf(bench).slice(0, 5));
    const again = await refusal(bench, { accepted: accepted!, keyHeadPath });
    expect(again).to.include('this end was accepted once already');
  });

  it('misses a record that went back to an older copy with its head, by the head of the key', async () => {
    const bench = await makeBench();
    const keyHeadPath = `${bench.path}.key`;
    await propose(bench, ['ann']);
    expect(await refusal(bench, { keyHeadPath })).to.equal('(allowed)');
    const copy = [bench.path, headPathOf(bench.path)].map((path) => [path, readFileSync(path)]);
    const opened = await openAuditTrail({ ...placeOf(bench.path), keyHeadPath });
    if (!opened.ok) throw new Error(opened.error);
    await opened.value.audit.append({ at: epochMs(0), by: 'x', type: 'Withdrawn', id: 'M1' });
    await opened.value.audit.close();
    for (const [path, bytes] of copy) writeFileSync(path as string, bytes as Buffer);
    expect(await refusal(bench), 'not by its own head').to.equal('(allowed)');
    expect(await refusal(bench, { keyHeadPath })).to.match(/the last 1 of 3 lines are missing/);
  });

  it('refuses a record that begins anew in another data folder, and says where the other is', async () => {
    const [first, second] = [await makeBench(), await makeBench()];
    const keyHeadPath = `${first.path}.key`;
    await propose(first, ['ann', 'bob']);
    expect(await refusal(first, { keyHeadPath })).to.equal('(allowed)');
    expect(await refusal(second, { keyHeadPath })).to.include(
      `The key was last used with ${first.path}. Bring the whole record back`,
    );
    await propose(second, ['ann', 'bob']);
    expect(await refusal(second, { keyHeadPath })).to.include(`last used with ${first.path}`);
    // Moved as a whole it is the same record.
    keep(second, linesOf(first));
    writeFileSync(headPathOf(second.path), readFileSync(headPathOf(first.path)));
    expect(await refusal(second, { keyHeadPath })).to.equal('(allowed)');
  });
});

/** Lines as somebody writes them who knows the format and not the key. */
const chainOf = (facts: readonly MoneyFact[]) => {
  let last = '0'.repeat(64);
  const lines = facts.map((fact) => {
    const line = JSON.stringify({ previous: last, fact, seal: 'f'.repeat(64) });
    last = createHash('sha256').update(line).digest('hex');
    return line;
  });
  return { lines, last };
};
