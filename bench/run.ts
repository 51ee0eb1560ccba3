import { cpus } from 'node:os';
import { benchBooks, benchEngineBooks } from './books.ts';
import { benchCodec } from './codec.ts';
import { benchCore } from './core.ts';
import { benchExchange } from './exchange.ts';
import { type Measured } from './measure.ts';
import { runFloods } from './floods.ts';
import { runSession } from './session.ts';

/** npm run bench -- codec|session|books|exchange|core|floods [--json] [--rounds 5] */
const ROUNDS_DEFAULT = 5;

const table = (title: string, rows: readonly Measured[]): string => {
  const width = Math.max(...rows.map(({ name }) => name.length), title.length);
  const line = (name: string, ns: string, ops: string, ratio: string): string =>
    `${name.padEnd(width)}  ${ns.padStart(9)}  ${ops.padStart(12)}  ${ratio.padStart(7)}`;
  return [
    line(title, 'ns/op', 'ops/s', 'ratio'),
    ...rows.map(({ name, nsPerOp, opsPerSecond, ratio }) =>
      line(
        name,
        nsPerOp.toFixed(0),
        Math.round(opsPerSecond).toLocaleString('en'),
        `${ratio.toFixed(2)}x`,
      ),
    ),
  ].join('\n');
};

const runCodec = async (rounds: number, isJson: boolean): Promise<void> => {
  const { decode, encode } = await benchCodec(rounds);
  if (isJson) {
    console.log(
      JSON.stringify({ node: process.version, cpu: cpus()[0]?.model, rounds, decode, encode }),
    );
    return;
  }
  console.log(
    `${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, medians of ${rounds} rounds, interleaved, processor time\n`,
  );
  console.log(table('decode: ExecutionReport of 30 fields', decode));
  console.log();
  console.log(table('encode: NewOrderSingle', encode));
  const [, ours] = decode;
  const theirs = decode.find(({ name }) => name.startsWith('jspurefix MsgView'));
  const [ourEncode] = encode;
  const theirEncode = encode.find(({ name }) => name === 'jspurefix');
  if (
    ours === undefined ||
    theirs === undefined ||
    ourEncode === undefined ||
    theirEncode === undefined
  )
    return;
  console.log(
    `\nagainst jspurefix: decode ${(theirs.nsPerOp / ours.nsPerOp).toFixed(1)} times as fast, ` +
      `encode ${(theirEncode.nsPerOp / ourEncode.nsPerOp).toFixed(1)} times as fast`,
  );
};

const runBooks = async (rounds: number, isJson: boolean): Promise<void> => {
  const rows = await benchBooks(rounds);
  const engine = benchEngineBooks(rounds);
  if (isJson) {
    console.log(JSON.stringify({ rounds, rows, engine }));
    return;
  }
  console.log(table('book update: JSON to book', rows));
  console.log(table('book update: socket text to book, notices and health', engine));
};

const runExchange = async (rounds: number, isJson: boolean): Promise<void> => {
  const result = await benchExchange(rounds, {
    onProgress: (text) => {
      console.error(text);
    },
  });
  if (isJson) {
    console.log(JSON.stringify({ rounds, ...result }));
    return;
  }
  console.log(table(`exchange: ${result.ops} operations, matched`, result.matching));
  console.log('\nmemory of resting orders');
  for (const { name, orders, bytesPerOrder, megabytes } of result.memory) {
    const size = `${megabytes} MB`.padStart(9);
    const times = `${(megabytes / (result.memory[0]?.megabytes ?? Number.NaN)).toFixed(2)}x`;
    console.log(
      `${name.padEnd(44)}${orders.toLocaleString('en').padStart(10)}${size}${String(bytesPerOrder).padStart(6)} bytes each${times.padStart(8)}`,
    );
  }
};

const runCore = async (rounds: number, isJson: boolean): Promise<void> => {
  const measured = await benchCore(rounds);
  if (isJson) {
    console.log(
      JSON.stringify({ node: process.version, cpu: cpus()[0]?.model, rounds, ...measured }),
    );
    return;
  }
  const { nsPerOrder, parts, ordersPerSecond, openOrders, openOrdersMB } = measured;
  const line = (name: string, value: number, unit: string): void => {
    console.log(`${name.padEnd(48)}${Math.round(value).toLocaleString('en').padStart(10)} ${unit}`);
  };
  line('an order: placed, sent, acknowledged, filled', nsPerOrder, 'ns');
  for (const part of parts) line(`  ${part.name}`, part.nsPerOrder, 'ns');
  line('orders sustained, journal (process)', ordersPerSecond, 'a second');
  line(`heap of ${openOrders.toLocaleString('en')} open orders`, openOrdersMB, 'MB');
  line('replay, without a snapshot', measured.replayFactsPerSecond, 'facts a second');
};

type Bench = (rounds: number, isJson: boolean) => Promise<void>;

const BENCHES: ReadonlyMap<string, Bench> = new Map([
  ['codec', runCodec],
  ['session', runSession],
  ['books', runBooks],
  ['exchange', runExchange],
  ['core', runCore],
  ['floods', (_rounds, isJson) => runFloods(isJson)],
]);

const main = async (args: readonly string[]): Promise<number> => {
  const [name = ''] = args.filter((argument) => !argument.startsWith('--'));
  const roundsAt = args.indexOf('--rounds');
  const rounds = roundsAt === -1 ? ROUNDS_DEFAULT : Number(args[roundsAt + 1]);
  const run = BENCHES.get(name);
  if (run === undefined || !Number.isInteger(rounds) || rounds < 1) {
    const names = [...BENCHES.keys()].join('|');
    console.error(`usage: npm run bench -- ${names} [--json] [--rounds ${ROUNDS_DEFAULT}]`);
    return 2;
  }
  await run(rounds, args.includes('--json'));
  return 0;
};

process.exitCode = await main(process.argv.slice(2));
