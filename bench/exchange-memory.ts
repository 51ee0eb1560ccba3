import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fathomBook, fathomEngines, packageEngine } from './exchange-engines.ts';

/**
 * One engine, one process, so that nothing another engine left behind is counted: fills it with
 * resting orders over 2,000 prices a side and sends the bytes of heap that they take to its parent.
 * Arguments: name, number of orders.
 */
const [name = '', count = '0'] = process.argv.slice(2);
const ours = [fathomBook, ...fathomEngines].find((engine) => engine.name === name);
const engine = ours ?? (await packageEngine(name));
const orders = Number(count);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const run = engine.make();
collectGarbage();
const before = process.memoryUsage().heapUsed;
for (let i = 0; i < orders; i += 1) {
  const side = i % 2 === 0 ? 'buy' : 'sell';
  const distance = 1 + ((i >> 1) % 2_000);
  run.apply({
    kind: 'limit',
    id: `m${i.toString(36)}`,
    side,
    price: side === 'buy' ? 84_000 - distance : 84_000 + distance,
    lots: 1 + (i % 100),
  });
}
collectGarbage();
const bytes = process.memoryUsage().heapUsed - before;
process.send?.({ bytes, resting: run.tally().resting });
