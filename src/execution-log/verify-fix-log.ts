import { basename } from 'node:path';

import { parseFixLogLine } from '../fix/log-line.ts';
import { readLines } from './read-lines.ts';
import { type Tally, type Trade } from './tally.ts';

const SOH = '\u0001';

/** `<BeginString>-<Sender>-<Target>[-<Qualifier>].messages.<date or "current">.log`; Sender is this program. */
const NAME = /^[^-]+-([^-]+)-([^-]+)(?:-[^-]+)?\.messages\.\w+\.log$/;

export const isFixMessageLog = (path: string): boolean => NAME.test(basename(path));

/**
 * Adds the trades of a FIX message log: ExecutionReport(8) with ExecType(150) F. Received ones come from the
 * venue, sent ones go to a client; repetitions (PossDup, resend) count once by ExecID(17).
 */
export const tallyFixLog = async (
  path: string,
  tallies: { readonly venue: Tally; readonly client: Tally },
): Promise<readonly string[]> => {
  const sender = NAME.exec(basename(path))?.[1];
  const problems: string[] = [];
  for await (const line of readLines(path, 'latin1')) {
    if (!line.includes(`${SOH}35=8${SOH}`)) continue;
    const fields = fieldsOf(parseFixLogLine(line).body);
    if (fields.get('150') !== 'F') continue;
    const isSent = fileText(fields.get('49') ?? '') === sender;
    const problem = (isSent ? tallies.client : tallies.venue).add(toTrade(fields));
    if (problem !== undefined) problems.push(`${basename(path)}: ${problem}`);
  }
  return problems;
};

/** First value of each tag; enough for the fields of an ExecutionReport that stand outside groups. */
const fieldsOf = (message: string): ReadonlyMap<string, string> => {
  const values = new Map<string, string>();
  for (const field of message.split(SOH)) {
    const equals = field.indexOf('=');
    const tag = field.slice(0, equals);
    if (equals > 0 && !values.has(tag)) values.set(tag, field.slice(equals + 1));
  }
  return values;
};

const toTrade = (fields: ReadonlyMap<string, string>): Trade => ({
  orderID: fields.get('37') ?? '',
  execID: fields.get('17') ?? '',
  lastQty: fields.get('32') ?? '',
  cumQty: fields.get('14') ?? '',
});

/** As the log's writer makes file names from CompIDs. */
const fileText = (compID: string): string => compID.replaceAll(/[^A-Za-z0-9._]/g, '_');
