import { type Call } from '../../../../src/kraken/outcome/rest-outcome.ts';
import { type RawClient, type RawClientSettings } from '../../../../src/kraken/rest/raw-client.ts';
import { type Reply } from '../../../../src/kraken/rest/reply.ts';
import { type RawFake } from './support.ts';

export const ORDER = {
  orderType: 'lmt',
  symbol: 'PF_XBTUSD',
  side: 'buy',
  size: '0.001',
  limitPrice: '50000',
  cliOrdId: 'eng-0001',
};

/** Every call that creates or amends an order, moves money or changes a setting. */
export const ONCE_ONLY: readonly [string, Call, (client: RawClient) => Promise<Reply>][] = [
  ['sendorder', 'send', (client) => client.sendorder(ORDER)],
  ['editorder', 'edit', (client) => client.editorder({ cliOrdId: 'x', limitPrice: '1' })],
  ['batchorder', 'batch', (client) => client.batchorder({ json: '{"batchOrder":[]}' })],
  ['withdrawal', 'money', (client) => client.withdrawal({ currency: 'xbt', amount: '1' })],
  [
    'transfer',
    'money',
    (client) =>
      client.transfer({ fromAccount: 'cash', toAccount: 'flex', unit: 'eth', amount: '1' }),
  ],
  [
    'cancelallordersafter',
    'setting',
    (client) => client.cancelallordersafter({ timeout: 60 }, { purpose: 'safety' }),
  ],
  [
    'leveragepreferences',
    'setting',
    (client) => client.leveragepreferencesPut({ symbol: 'PF_XBTUSD', maxLeverage: '5' }),
  ],
];

export const respond = (head: string, body: string): string =>
  `HTTP/1.1 ${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

export const PLACED = '{"result":"success","sendStatus":{"status":"placed"}}';

/** Short deadlines, so that a suite of time-outs ends soon. */
export const FAULT_SETTINGS: Partial<RawClientSettings> = {
  timeoutMs: { order: 120, read: 120, history: 120, money: 120 },
  bodyBytesMax: { order: 4_000_000, read: 4_000_000, history: 4_000_000, money: 1_000_000 },
};

/** Gives a forbidden second attempt the time to show itself: three turns of a fresh connection. */
export const settle = async (fake: RawFake): Promise<void> => {
  const seen = fake.touchedConnections();
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setTimeout(resolve, 2));
  if (fake.touchedConnections() !== seen) throw new Error('a late request came');
};
