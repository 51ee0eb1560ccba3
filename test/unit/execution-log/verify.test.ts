import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { type ExecutionRecord } from '../../../src/execution-log/execution-record.ts';
import { encodeTrailerLine } from '../../../src/execution-log/record-line.ts';
import { type ExecutionsVerified, verifyExecutions } from '../../../src/execution-log/verify.ts';
import { filesOf, fill, opened, withDir } from './log-harness.ts';

const JSONL = 'er-20261122-01.jsonl';
const CSV = 'er-20261122-01.csv';
const VENUE_LOG = 'FIX.4.4-ME-KRAKEN_DRV.messages.20261122.log';
const CLIENT_LOG = 'FIX.4.4-FATHOM-DESK1.messages.20261122.log';

/** Three trades of two orders, and records that are no trades. */
const RECORDS: readonly ExecutionRecord[] = [
  fill(1, { execType: 'New', ordStatus: 'New', execId: 'E0', cumQty: '0' }),
  fill(2, { lastQty: '0.1', cumQty: '0.1', execId: 'E1', venueExecId: 'x1' }),
  fill(3, { lastQty: '0.2', cumQty: '0.3', execId: 'E2', venueExecId: 'x2' }),
  fill(4, {
    orderId: 'F2',
    venueOrderId: 'v2',
    lastQty: '5',
    cumQty: '5',
    execId: 'E3',
    venueExecId: 'x3',
  }),
];

const report = (fields: string): string =>
  `20261122-13:00:00.000: 8=FIX.4.4|9=1|35=8|${fields}|10=000|`.replaceAll('|', '\u0001');

const venueReport = (trade: string): string => report(`49=KRAKEN-DRV|56=ME|150=F|${trade}`);
const clientReport = (trade: string): string => report(`49=FATHOM|56=DESK1|150=F|${trade}`);

const VENUE_LINES = [
  report('49=KRAKEN-DRV|56=ME|150=0|37=v1|17=x0|14=0'),
  venueReport('37=v1|17=x1|32=0.1|14=0.1'),
  venueReport('37=v1|17=x2|32=0.20|14=0.30'),
  // A repetition after a resend counts once.
  venueReport('43=Y|37=v1|17=x2|32=0.2|14=0.3'),
  venueReport('37=v2|17=x3|32=5|14=5'),
  '20261122-13:00:00.000: 8=FIX.4.4\u00019=1\u000135=0\u0001',
];
const CLIENT_LINES = [
  clientReport('37=F1|17=E1|32=0.1|14=0.1'),
  clientReport('37=F1|17=E2|32=0.2|14=0.3'),
];

interface Story {
  readonly records?: readonly ExecutionRecord[];
  readonly venue?: readonly string[];
  readonly client?: readonly string[];
  /** Changes the files before they are verified. */
  readonly change?: (dir: string) => void;
  readonly fileBytesMax?: number;
}

const verify = async (story: Story): Promise<ExecutionsVerified> => {
  let verified: ExecutionsVerified | undefined;
  await withDir(async (dir) => {
    const { log } = opened({ dir, fileBytesMax: story.fileBytesMax ?? 1_000_000 });
    for (const record of story.records ?? RECORDS) log.append(record);
    log.close();
    mkdirSync(join(dir, 'fix'));
    const write = (name: string, lines: readonly string[]): void => {
      writeFileSync(join(dir, 'fix', name), lines.map((line) => `${line}\n`).join(''), 'latin1');
    };
    write(VENUE_LOG, story.venue ?? VENUE_LINES);
    write(CLIENT_LOG, story.client ?? CLIENT_LINES);
    story.change?.(dir);
    const result = await verifyExecutions(dir);
    if (!result.ok) throw new Error(result.error);
    verified = result.value;
  });
  if (verified === undefined) throw new Error('not verified');
  return verified;
};

const problemsOf = async (story: Story): Promise<readonly string[]> =>
  (await verify(story)).disagreements;

const edit =
  (name: string, change: (text: string) => string) =>
  (dir: string): void => {
    writeFileSync(join(dir, name), change(readFileSync(join(dir, name), 'utf8')));
  };

describe('executions verify', () => {
  it('finds nothing wrong when the three logs tell the same story, and adds it up', async () => {
    expect(await verify({})).to.deep.equal({
      disagreements: [],
      disagreementCount: 0,
      totals: {
        files: { jsonl: 1, csv: 1, fix: 2 },
        records: 4,
        orders: 2,
        trades: 3,
        lastQty: '5.3',
        venueFixTrades: 3,
        clientFixTrades: 2,
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
    expect((await problemsOf({ venue: wrong }))[0]).to.contain(
      'LastQty 5, CumQty 5; FIX received 1 trades, LastQty 6',
    );
    const changed = [...VENUE_LINES, venueReport('43=Y|37=v1|17=x1|32=0.4|14=0.5')];
    expect(await problemsOf({ venue: changed })).to.deep.equal([
      `${VENUE_LOG}: execution x1: told twice with different values`,
    ]);
    const text = VENUE_LINES.map((line) => line.replace('32=5', '32=five'));
    expect((await problemsOf({ venue: text }))[0]).to.contain('is not a decimal');
  });

  it('does not expect fills of other channels in the FIX log, unless FIX told them too', async () => {
    const records = RECORDS.map((record) =>
      record.orderId === 'F2' ? { ...record, source: 'rest' as const } : record,
    );
    expect(await problemsOf({ records })).to.deep.equal([]);
    const venue = VENUE_LINES.filter((line) => !line.includes('17=x3'));
    expect(await problemsOf({ records, venue })).to.deep.equal([]);
  });

  it('finds a trade that a client was told wrongly, or not told', async () => {
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
    const corrected = [...records, fill(9, { execType: 'TradeCorrect' })];
    expect((await problemsOf({ records: corrected, ...fix })).join()).not.to.contain('add up');
  });

  it('finds rows missing in the CSV and rows that cannot be read', async () => {
    const shorter = edit(CSV, (text) => text.split('\r\n').slice(0, -2).join('\r\n') + '\r\n');
    expect(await problemsOf({ change: shorter })).to.deep.equal([
      'JSON lines hold 4 records, CSV 3',
      'order F2: JSON lines 1 trades, LastQty 5, CumQty 5; CSV 0 trades, LastQty 0, CumQty 0',
    ]);
    const broken = edit(CSV, (text) =>
      text.replace('er/1,seq', 'er/0,seq').replace('er/1,1,', 'er/1,"1,'),
    );
    expect(await problemsOf({ change: broken })).to.deep.equal([
      `${CSV} line 1: not the header of this schema`,
      `${CSV} line 2: quotes do not match`,
    ]);
  });

  it('finds a JSON line that was changed, removed, exchanged or doubled', async () => {
    const lines = (change: (all: string[]) => string[]) =>
      edit(JSONL, (text) => change(text.split('\n').slice(0, -1)).join('\n') + '\n');
    const changed = lines((all) =>
      all.map((line, i) => (i === 0 ? line.replace('64123.5', '64123.6') : line)),
    );
    expect((await problemsOf({ change: changed }))[0]).to.equal(`${JSONL} line 1: hash wrong`);
    const removed = lines((all) => all.filter((_, i) => i !== 1));
    expect((await problemsOf({ change: removed }))[0]).to.equal(
      `${JSONL} line 2: does not follow the line before it`,
    );
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
