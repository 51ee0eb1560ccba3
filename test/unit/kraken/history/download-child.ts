// Run by the kill -9 test: downloads and ends with 0, or is killed on the way.
import { downloadHistory } from '../../../../src/kraken/history/download.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import { makeTestClient, realTimers } from '../rest/support.ts';
import { SINCE, UNTIL } from './fake-history.ts';

const [origin = '', out = ''] = process.argv.slice(2);
const { client, close } = makeTestClient(origin);
const result = await downloadHistory(
  {
    kind: 'executions',
    account: 'A',
    since: epochMs(SINCE),
    until: epochMs(UNTIL),
    format: 'jsonl',
  },
  out,
  { client, timers: realTimers, pagePauseMs: 5 },
);
await close();
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exitCode = result.ok ? 0 : 1;
