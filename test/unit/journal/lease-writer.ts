import { openJournal } from '../../../src/journal/open-journal.ts';

/*
 * A process that lease.test.ts freezes and kills: appends one record after the other, prints
 * `committed N`, and ends with 3 and the reason when its journal fails.
 */
const [dir = '', times = '{}'] = process.argv.slice(2);
const result = await openJournal({
  dir,
  durability: 'process',
  lock: {
    ...(JSON.parse(times) as object),
    onNotice: (text) => process.stdout.write(`notice ${text}\n`),
  },
});
if (!result.ok) {
  process.stdout.write(`refused ${result.error.code} ${result.error.message}\n`);
  process.exit(2);
}
const { journal } = result.value;
process.stdout.write('open\n');

try {
  for (let count = 1; ; count += 1) {
    journal.append(1, `${process.pid},${count}`);
    await journal.commit();
    process.stdout.write(`committed ${count}\n`);
    // A holder that is frozen between its look at the lock and its write cannot be kept from the
    // write. So the writer mostly rests.
    await new Promise((resume) => setTimeout(resume, 100));
  }
} catch (cause) {
  process.stdout.write(`failed ${cause instanceof Error ? cause.message : ''}\n`);
  await journal.close().catch(() => undefined);
  process.exit(3);
}
