import { renameSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { type ExecutionRecord } from '../../../../src/execution-log/execution-record.ts';
import { encodeTrailerLine } from '../../../../src/execution-log/record-line.ts';
import { verifyExecutions } from '../../../../src/execution-log/verify/verify.ts';
import { filesOf, fill, withDir } from '../log-harness.ts';
import {
  JSONL,
  CSV,
  VENUE_LOG,
  RECORDS,
  venueReport,
  VENUE_LINES,
  CLIENT_LINES,
  verify,
  problemsOf,
  edit,
} from './verify-harness.ts';

describe('executions verify', () => {
  it('finds nothing wrong when the three logs tell the same story, and adds it up', async () => {
    expect(await verify({})).to.deep.equal({
      disagreements: [],
      disagreementCount: 0,
      compared: ['JSON lines', 'CSV', 'FIX logs', 'head'],
      journalFrom: 1,
      isRunning: false,
      verifiedTo: 4,
      totals: {
        files: { jsonl: 1, csv: 1, fix: 2 },
        records: 4,
        orders: 2,
        trades: 3,
        lastQty: '5.3',
        venueFixTrades: 3,
        clientFixTrades: 2,
        isChainWhole: true,
        isChainFromStart: true,
      },
    });
  });

  it('agrees over many files with trailers and a manifest', async () => {
    const verified = await verify({ fileBytesMax: 600 });
    expect(verified.disagreements).to.deep.equal([]);
    expect(verified.totals.files.jsonl).to.be.greaterThan(1);
  });

  it('finds a trade that is missing in the FIX log of the venue, and one too many', async () => {
    expect(await problemsOf({ venue: VENUE_LINES.slice(0, 2) })).to.deep.equal([
      'venue order v1: JSON lines 2 trades, LastQty 0.3, CumQty 0.3; FIX received 1 trades, LastQty 0.1, CumQty 0.1',
      'venue order v2: JSON lines 1 trades, LastQty 5, CumQty 5; FIX received 0 trades, LastQty 0, CumQty 0',
    ]);
    const more = [...VENUE_LINES, venueReport('37=v9|17=x9|32=1|14=1')];
    expect(await problemsOf({ venue: more })).to.deep.equal([
      'venue order v9: JSON lines 0 trades, LastQty 0, CumQty 0; FIX received 1 trades, LastQty 1, CumQty 1',
    ]);
  });

  it('finds a wrong quantity and a repetition that differs', async () => {
    const wrong = VENUE_LINES.map((line) => line.replace('32=5', '32=6'));
    expect((await problemsOf({ venue: wrong })).join('\n')).to.contain(
      'LastQty 5, CumQty 5; FIX received 1 trades, LastQty 6',
    );
    const changed = [...VENUE_LINES, venueReport('43=Y|37=v1|17=x1|32=0.4|14=0.5')];
    expect(await problemsOf({ venue: changed })).to.include(
      `${VENUE_LOG}: execution x1: told twice with different values`,
    );
    const text = VENUE_LINES.map((line) => line.replace('32=5', '32=five'));
    expect((await problemsOf({ venue: text })).join('\n')).to.contain('is not a decimal');
  });

  it('does not expect fills of other channels in the FIX log, unless FIX reported them too', async () => {
    const records = RECORDS.map((record) =>
      record.orderId === 'F2' ? { ...record, source: 'rest' as const } : record,
    );
    expect(await problemsOf({ records })).to.deep.equal([]);
    const venue = VENUE_LINES.filter((line) => !line.includes('17=x3'));
    expect(await problemsOf({ records, venue })).to.deep.equal([]);
  });

  it('finds a trade that was reported to a client wrongly, or not at all', async () => {
    expect(await problemsOf({ client: CLIENT_LINES.slice(0, 1) })).to.deep.equal([
      'order F1: JSON lines 2 trades, LastQty 0.3, CumQty 0.3; FIX sent to the client 1 trades, LastQty 0.1, CumQty 0.1',
    ]);
    const renamed = CLIENT_LINES.map((line) => line.replace('17=E2', '17=E9'));
    expect(await problemsOf({ client: renamed })).to.deep.equal([
      'order F1: execution E9 sent to the client differs',
    ]);
  });

  it('finds LastQty that does not add up to CumQty, except where a trade was corrected', async () => {
    const [, first, second] = RECORDS as [ExecutionRecord, ExecutionRecord, ExecutionRecord];
    const records = [first, { ...second, cumQty: '0.5' }];
    const fix = { venue: VENUE_LINES.slice(0, 2), client: [] };
    const problems = await problemsOf({ records, ...fix });
    expect(problems.at(-1)).to.equal(
      'order F1: LastQty does not add up to CumQty: 2 trades, LastQty 0.3, CumQty 0.5',
    );
    const corrected = [
      ...records,
      fill(9, { execType: 'TradeCorrect', execRefId: 'E2', lastQty: '0.4', cumQty: '0.5' }),
    ];
    expect((await problemsOf({ records: corrected, ...fix })).join()).not.to.contain('add up');
  });

  it('follows a chain of corrections, each of which names the one before it', async () => {
    const [, first, second] = RECORDS as [ExecutionRecord, ExecutionRecord, ExecutionRecord];
    const chain = [
      first,
      second,
      fill(9, {
        execType: 'TradeCorrect',
        execId: 'E9',
        execRefId: second.execId ?? '',
        lastQty: '0.4',
      }),
      fill(10, { execType: 'TradeCorrect', execId: 'E10', execRefId: 'E9', lastQty: '0.5' }),
    ].map((record, at) => ({ ...record, cumQty: ['0.1', '0.3', '0.5', '0.6'][at] ?? '' }));
    const fix = { venue: VENUE_LINES.slice(0, 2), client: [] };
    expect((await problemsOf({ records: chain, ...fix })).join()).not.to.contain('add up');
    const wrong = chain.map((record, at) => (at === 3 ? { ...record, cumQty: '0.7' } : record));
    expect((await problemsOf({ records: wrong, ...fix })).join()).to.contain('add up');
  });

  it('finds rows missing in the CSV and rows that cannot be read', async () => {
    const shorter = edit(CSV, (text) => text.split('\r\n').slice(0, -2).join('\r\n') + '\r\n');
    expect(await problemsOf({ change: shorter })).to.deep.equal([
      'CSV ends after sequence 3: 1 records of the other sources are missing; after a crash the next start writes them',
    ]);
    const broken = edit(CSV, (text) =>
      text.replace('er/1,seq', 'er/0,seq').replace('er/1,1,', 'er/1,"1,'),
    );
    expect(await problemsOf({ change: broken })).to.deep.equal([
      `${CSV} line 1: not the header of this schema`,
      `${CSV} line 2: quotes do not match`,
      `${JSONL} line 1: missing in CSV`,
    ]);
  });

  it('finds a JSON line that was changed, removed, exchanged or doubled', async () => {
    const lines = (change: (all: string[]) => string[]) =>
      edit(JSONL, (text) => change(text.split('\n').slice(0, -1)).join('\n') + '\n');
    const changed = lines((all) =>
      all.map((line, i) => (i === 0 ? line.replace('64123.5', '64123.6') : line)),
    );
    expect(await problemsOf({ change: changed })).to.include(`${JSONL} line 1: hash wrong`);
    const removed = lines((all) => all.filter((_, i) => i !== 1));
    expect(await problemsOf({ change: removed })).to.include.members([
      `${CSV} line 3: missing in JSON lines`,
      `${JSONL} line 2: does not follow the line before it`,
    ]);
    const doubled = lines((all) => all.flatMap((line, i) => (i === 2 ? [line, line] : [line])));
    expect(await problemsOf({ change: doubled })).to.include(`${JSONL} line 4: sequence 3 after 3`);
  });

  it('finds a finished file that differs from the manifest', async () => {
    const problems = await problemsOf({
      fileBytesMax: 600,
      change: (dir) => {
        edit(JSONL, (text) => text + text.split('\n').slice(-2)[0]! + '\n')(dir);
      },
    });
    expect(problems.join('\n')).to.contain(`${JSONL}: SHA-256 differs from the manifest`);
  });

  it('finds a trailer that counts other records', async () => {
    const problems = await problemsOf({
      change: edit(JSONL, (text) => {
        const hash = /"hash":"(\w+)"\}\n$/.exec(text)?.[1] ?? '';
        return `${text}${encodeTrailerLine({ count: 9, firstSeq: 1, lastSeq: 4 }, hash).line}\n`;
      }),
    });
    expect(problems).to.deep.equal([`${JSONL} line 5: the trailer counts other records`]);
  });

  it('takes a chain whose first files were moved away, and says so', async () => {
    const verified = await verify({
      fileBytesMax: 1,
      client: [],
      venue: VENUE_LINES.slice(-2),
      change: (dir) => {
        for (const name of filesOf(dir)) {
          if (/-0[123]\./.test(name)) renameSync(join(dir, name), join(dir, `${name}.away`));
        }
      },
    });
    expect(verified.disagreements).to.deep.equal([]);
    expect(verified.totals).to.deep.include({ isChainFromStart: false, trades: 1 });
  });

  it('says when there is nothing to verify', () =>
    withDir(async (dir) => {
      expect(await verifyExecutions(dir)).to.deep.equal({
        ok: false,
        error: `${dir}: no er-*.jsonl file below it`,
      });
      const absent = await verifyExecutions(join(dir, 'nowhere'));
      expect(absent.ok).to.equal(false);
    }));
});
