// The measured process: an engine whose functions report where they stand, or the REST order
// gateway alone. Arguments: the instrumented dist, `engine` or `rest`, a JSON text of settings.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { recordAction, watchSockets } from './probe.ts';

const [dist = '', mode = '', settings = '{}'] = process.argv.slice(2);

type Module = Record<string, unknown>;

const tell = (message: unknown): void => {
  process.send?.(message);
};

const load = async (file: string): Promise<Module> =>
  (await import(pathToFileURL(join(dist, file)).href)) as Module;

const runEngine = async (): Promise<void> => {
  const { config } = JSON.parse(settings) as { config: string };
  watchSockets((name, path) => {
    tell({ name, path });
  });
  const { startEngine } = (await load('index.js')) as {
    startEngine: (options: { config: string }) => Promise<{ stop: () => Promise<void> }>;
  };
  const engine = await startEngine({ config });
  tell({ isReady: true });
  process.once('message', () => {
    void engine.stop().finally(() => {
      process.disconnect();
    });
  });
  // Without the process that asked, nobody would end it.
  process.once('disconnect', () => {
    process.exit();
  });
};

interface RestSettings {
  readonly origin: string;
  readonly key: { readonly apiKey: string; readonly apiSecret: string };
  /** Module by export, below dist. */
  readonly modules: Readonly<Record<string, string>>;
  readonly orders: number;
}

type SendOrder = (order: unknown) => Promise<{ outcome: { type: string } }>;

const runRest = async (): Promise<void> => {
  const { origin, key, modules, orders } = JSON.parse(settings) as RestSettings;
  const parts: Module = {};
  for (const [name, file] of Object.entries(modules)) parts[name] = (await load(file))[name];
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- modules by name
  const call = <T>(name: string, ...args: readonly unknown[]): T =>
    (parts[name] as (...args: readonly unknown[]) => T)(...args);
  const SecretClass = parts['Secret'] as new (text: string) => unknown;
  const { systemClock: clock, systemTimers: timers } = parts;
  const { client, close } = call<{ client: unknown; close: () => Promise<void> }>(
    'makeRawClient',
    {
      origin,
      credential: {
        apiKey: new SecretClass(key.apiKey),
        apiSecret: new SecretClass(key.apiSecret),
      },
    },
    { clock, timers, random: () => 0.5, budgets: call('makeAccountBudgets') },
  );
  const gateway = call<{ sendOrder: SendOrder; openOrders: () => Promise<unknown> }>(
    'makeRestOrderCalls',
    {
      client,
      venueClock: call('makeVenueClock', clock),
    },
  );
  // The first answer brings the venue's time, without which no order has a deadline.
  await gateway.openOrders();
  for (let n = 0; n < orders; n += 1) {
    let answer: Awaited<ReturnType<SendOrder>> | undefined;
    const path = await recordAction(async () => {
      answer = await gateway.sendOrder({
        clOrdID: `TRIP-${n}`,
        terms: {
          ...{ symbol: 'PF_XBTUSD', side: 'Buy', ordType: 'Limit' },
          ...{ orderQty: '0.001', price: '50000', timeInForce: 'GoodTillCancel' },
        },
      });
    });
    tell({ name: 'rest order', path, answer });
  }
  await close();
  process.disconnect();
};

await (mode === 'engine' ? runEngine() : runRest());
