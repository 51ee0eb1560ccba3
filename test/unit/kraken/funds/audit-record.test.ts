import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { openAuditTrail } from '../../../../src/kraken/funds/audit-record.ts';
import {
  type Bench,
  closeBenches,
  headPathOf,
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
const refusal = async ({ path }: Bench): Promise<string> => {
  const opened = await openAuditTrail(path, headPathOf(path));
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

  it('refuses a head that is gone, unreadable, or of another record', async () => {
    const bench = await sentBench();
    const head = headPathOf(bench.path);
    writeFileSync(head, JSON.stringify({ count: 5, last: 'f'.repeat(64) }));
    expect(await refusal(bench)).to.match(/5 lines and does not end where its head says, after 5/);
    writeFileSync(head, '{"count":');
    expect(await refusal(bench)).to.match(/its head cannot be read/);
    rmSync(head);
    expect(await refusal(bench)).to.match(/5 lines and does not end where its head says, after 0/);
  });

  it('opens again when people who know that the record is whole write the head it names', async () => {
    const bench = await sentBench();
    rmSync(headPathOf(bench.path));
    const named = /write (\{.*\}) into the head$/.exec(await refusal(bench))?.[1];
    writeFileSync(headPathOf(bench.path), named!);
    expect(await refusal(bench)).to.equal('(allowed)');
  });
});
