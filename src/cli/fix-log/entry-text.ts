import { type DescribedField } from '../../fix/log/describe-message.ts';
import { type LogEntry, type MessageEntry } from '../../fix/log/log-entry.ts';
import { toUtcTimestamp } from '../../lib/time.ts';

const ARROW = { received: '<', sent: '>' } as const;

/** An entry as a table: a line of its own for the message, one for each field, groups indented. */
export const entryToText = (entry: LogEntry): string => {
  const head = headOf(entry);
  switch (entry.type) {
    case 'Message':
      return [`${head}${titleOf(entry)}`, ...rowsToText(entry.fields), ''].join('\n');
    case 'Event':
      return `${head}${entry.text}\n`;
    case 'Garbled':
      return `${head}garbled, ${entry.reason}: ${entry.text}\n`;
  }
};

/** The same as one line of JSON; `raw` values are text, never numbers. */
export const entryToJson = (entry: LogEntry): string => {
  const { line, direction } = entry;
  const place = {
    line,
    ...(entry.at !== undefined && { at: toUtcTimestamp(entry.at) }),
    ...(direction !== undefined && { direction }),
  };
  switch (entry.type) {
    case 'Message':
      return JSON.stringify({
        ...place,
        type: 'message',
        msgType: entry.message.msgType,
        name: entry.name,
        msgSeqNum: entry.message.msgSeqNum,
        senderCompID: entry.senderCompID,
        targetCompID: entry.targetCompID,
        fields: entry.fields,
      });
    case 'Event':
      return JSON.stringify({ ...place, type: 'event', text: entry.text });
    case 'Garbled':
      return JSON.stringify({ ...place, type: 'garbled', reason: entry.reason, text: entry.text });
  }
};

const headOf = ({ line, at, direction }: LogEntry): string => {
  const time = at === undefined ? '' : `${toUtcTimestamp(at)}  `;
  return `${line}: ${time}${direction === undefined ? '' : `${ARROW[direction]} `}`;
};

const titleOf = ({ name, message, senderCompID, targetCompID }: MessageEntry): string => {
  const duplicate = message.get(43) === 'Y' ? ' PossDup' : '';
  return `${name}(${message.msgType}) #${message.msgSeqNum ?? '?'}${duplicate}  ${senderCompID} -> ${targetCompID}`;
};

interface Row {
  readonly depth: number;
  readonly tag: string;
  readonly name: string;
  readonly value: string;
}

const rowsToText = (fields: readonly DescribedField[]): readonly string[] => {
  const rows = fields.flatMap((field) => rowsOf(field, 0));
  const width = Math.max(...rows.map(({ depth, name }) => 2 * depth + name.length), 0);
  return rows.map(({ depth, tag, name, value }) =>
    `  ${tag.padStart(6)}  ${`${'  '.repeat(depth)}${name}`.padEnd(width)}  ${value}`.trimEnd(),
  );
};

const rowsOf = (field: DescribedField, depth: number): readonly Row[] => {
  const { tag, name = '?', value, meaning, entries = [] } = field;
  const row: Row = {
    depth,
    tag: String(tag),
    name,
    value: meaning === undefined ? value : `${value}  ${meaning}`,
  };
  const below = entries.flatMap((entry, index): readonly Row[] => [
    { depth: depth + 1, tag: '', name: `[${index + 1}]`, value: '' },
    ...entry.flatMap((member) => rowsOf(member, depth + 1)),
  ]);
  return [row, ...below];
};
