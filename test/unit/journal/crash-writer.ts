import { type Durability } from '../../../src/journal/segment-writer.ts';
import { openJournal } from '../../../src/journal/open-journal.ts';

/*
 * A process that crash.test.ts kills: appends turns of 1 to 5 records `turn,index,size,…` for ever
 * and prints the number of each turn once its commit has resolved.
 */
const [dir = '', durability = 'disk'] = process.argv.slice(2);
const result = await openJournal({
  dir,
  durability: durability as Durability,
  segmentBytesMax: 20_000,
});
if (!result.ok) throw new Error(result.error.message);
const { journal, records } = result.value;

let turns = 0;
for (const { payload } of records) turns = Number(payload.toString().split(',', 1)[0]);

for (;;) {
  turns += 1;
  const size = 1 + (turns % 5);
  for (let i = 0; i < size; i += 1) {
    journal.append(1, `${turns},${i},${size},${'x'.repeat((turns * 37) % 600)}`);
  }
  await journal.commit();
  process.stdout.write(`${turns}\n`);
  await new Promise((resume) => setImmediate(resume));
}
