import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type ExecutionRecord } from '../../../../src/execution-log/execution-record.ts';
import {
  type ExecutionsVerified,
  verifyExecutions,
} from '../../../../src/execution-log/verify/verify.ts';
import { fill, opened, withDir } from '../log-harness.ts';

export const JSONL = 'er-20261122-01.jsonl';
export const CSV = 'er-20261122-01.csv';
export const VENUE_LOG = 'FIX.4.4-ME-KRAKEN_DRV.messages.20261122.log';
const CLIENT_LOG = 'FIX.4.4-FATHOM-DESK1.messages.20261122.log';

/** Three trades of two orders, and records that are no trades. */
export const RECORDS: readonly ExecutionRecord[] = [
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

const message = (fields: string): string =>
  `20261122-13:00:00.000: 8=FIX.4.4|9=1|${fields}|10=000|`.replaceAll('|', '\u0001');
const report = (fields: string): string => message(`35=8|${fields}`);

/** An order of the client, as its log has it. */
export const clientOrder = (fields: string): string => message(`35=D|49=DESK1|56=FATHOM|${fields}`);

export const venueReport = (trade: string): string => report(`49=KRAKEN-DRV|56=ME|150=F|${trade}`);
const clientReport = (trade: string): string => report(`49=FATHOM|56=DESK1|150=F|${trade}`);

export const VENUE_LINES = [
  report('49=KRAKEN-DRV|56=ME|150=0|37=v1|17=x0|14=0'),
  venueReport('37=v1|17=x1|32=0.1|14=0.1'),
  venueReport('37=v1|17=x2|32=0.20|14=0.30'),
  // A repetition after a resend counts once.
  venueReport('43=Y|37=v1|17=x2|32=0.2|14=0.3'),
  venueReport('37=v2|17=x3|32=5|14=5'),
  '20261122-13:00:00.000: 8=FIX.4.4\u00019=1\u000135=0\u0001',
];
/** What every report of order F1 says. */
const ORDER = '11=c1|198=v1|39=1|55=PF_XBTUSD|54=1|38=10|31=64123.5|151=1';
export const CLIENT_LINES = [
  clientReport(`37=F1|17=E1|32=0.1|14=0.1|527=x1|${ORDER}`),
  clientReport(`37=F1|17=E2|32=0.2|14=0.3|527=x2|${ORDER}`),
];

export interface Story {
  readonly records?: readonly ExecutionRecord[];
  readonly venue?: readonly string[];
  readonly client?: readonly string[];
  /** Changes the files before they are verified. */
  readonly change?: (dir: string) => void;
  readonly fileBytesMax?: number;
  /** The records that the journal gives. */
  readonly journal?: readonly ExecutionRecord[];
  /** Where it begins; what was before was removed. */
  readonly journalFrom?: number;
  readonly isRunning?: boolean;
}

export const verify = async (story: Story): Promise<ExecutionsVerified> => {
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
    const { journal, journalFrom: from = 1, isRunning = false } = story;
    const result = await verifyExecutions(dir, {
      isRunning,
      ...(journal !== undefined && {
        journal: { records: journal.map((record) => [record]), from },
      }),
    });
    if (!result.ok) throw new Error(result.error);
    verified = result.value;
  });
  if (verified === undefined) throw new Error('not verified');
  return verified;
};

export const problemsOf = async (story: Story): Promise<readonly string[]> =>
  (await verify(story)).disagreements;

export const edit =
  (name: string, change: (text: string) => string) =>
  (dir: string): void => {
    writeFileSync(join(dir, name), change(readFileSync(join(dir, name), 'utf8')));
  };
