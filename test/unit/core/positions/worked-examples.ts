/**
 * `+10 @ 100 fee 0.5 USD`: bought 10 at 100. `bust 1` and `correct 1 to 5 @ 99` change the first
 * trade.
 */
export interface Example {
  readonly name: string;
  readonly symbol: 'PF_XBTUSD' | 'PI_XBTUSD';
  /** `5 @ 100` or `5 @ ?`: the account held it before. */
  readonly opening?: string;
  readonly steps: readonly string[];
  readonly mark: string;
  /** Entries of the account log that paid funding. */
  readonly funding?: readonly string[];
  readonly expected: {
    readonly qty: string;
    readonly averagePx?: string;
    readonly realizedPnl: string;
    readonly unrealizedPnl?: string;
    readonly fees?: Readonly<Record<string, string>>;
    readonly funding?: Readonly<Record<string, string>>;
  };
}

const LINEAR: readonly Example[] = [
  {
    name: 'a long opened and marked up',
    symbol: 'PF_XBTUSD',
    steps: ['+2 @ 100'],
    mark: '110',
    expected: { qty: '2', averagePx: '100', realizedPnl: '0', unrealizedPnl: '20' },
  },
  {
    name: 'a short opened and marked up loses',
    symbol: 'PF_XBTUSD',
    steps: ['-2 @ 100'],
    mark: '110',
    expected: { qty: '-2', averagePx: '100', realizedPnl: '0', unrealizedPnl: '-20' },
  },
  {
    name: 'adding weighs the average by quantity',
    symbol: 'PF_XBTUSD',
    steps: ['+1 @ 100', '+3 @ 120'],
    mark: '115',
    expected: { qty: '4', averagePx: '115', realizedPnl: '0', unrealizedPnl: '0' },
  },
  {
    name: 'a partial close realises its share and leaves the average',
    symbol: 'PF_XBTUSD',
    steps: ['+4 @ 115', '-1 @ 125'],
    mark: '120',
    expected: { qty: '3', averagePx: '115', realizedPnl: '10', unrealizedPnl: '15' },
  },
  {
    name: 'a close in thirds of an average that does not end leaves nothing behind',
    symbol: 'PF_XBTUSD',
    steps: ['+1 @ 100', '+2 @ 101', '-1 @ 100', '-1 @ 100', '-1 @ 100'],
    mark: '100',
    expected: { qty: '0', realizedPnl: '-2', unrealizedPnl: '0' },
  },
  {
    name: 'a flip through zero opens the other side at its own price',
    symbol: 'PF_XBTUSD',
    steps: ['+2 @ 100', '-5 @ 110'],
    mark: '108',
    expected: { qty: '-3', averagePx: '110', realizedPnl: '20', unrealizedPnl: '6' },
  },
  {
    name: 'two flips, to short and back to long',
    symbol: 'PF_XBTUSD',
    steps: ['-1 @ 50', '+3 @ 40', '-4 @ 45', '+3 @ 46'],
    mark: '46.5',
    expected: { qty: '1', averagePx: '46', realizedPnl: '18', unrealizedPnl: '0.5' },
  },
  {
    name: 'tiny quantities keep every digit',
    symbol: 'PF_XBTUSD',
    steps: ['+0.0001 @ 64123.45', '+0.0003 @ 64000.01', '-0.0002 @ 64100.99'],
    mark: '64050.5',
    expected: {
      qty: '0.0002',
      averagePx: '64030.87',
      realizedPnl: '0.014024',
      unrealizedPnl: '0.003926',
    },
  },
  {
    name: 'fees add up by currency, rebates count negative, and stand beside the profit',
    symbol: 'PF_XBTUSD',
    steps: ['+1 @ 100 fee 0.05 USD', '+1 @ 102 fee -0.01 USD', '-1 @ 103 fee 0.002 EUR'],
    mark: '103',
    expected: {
      qty: '1',
      averagePx: '101',
      realizedPnl: '2',
      unrealizedPnl: '2',
      fees: { USD: '0.04', EUR: '0.002' },
    },
  },
  {
    name: 'a bust of the first trade: as if it had never been, its fee too',
    symbol: 'PF_XBTUSD',
    steps: ['+1 @ 100 fee 0.1 USD', '+1 @ 200 fee 0.2 USD', 'bust 1'],
    mark: '210',
    expected: {
      qty: '1',
      averagePx: '200',
      realizedPnl: '0',
      unrealizedPnl: '10',
      fees: { USD: '0.2' },
    },
  },
  {
    name: 'a bust of the trade that opened turns a close into an opening',
    symbol: 'PF_XBTUSD',
    steps: ['+2 @ 100', '-2 @ 130', 'bust 1'],
    mark: '120',
    expected: { qty: '-2', averagePx: '130', realizedPnl: '0', unrealizedPnl: '20' },
  },
  {
    name: 'a correction changes quantity and price where they stood',
    symbol: 'PF_XBTUSD',
    steps: ['+2 @ 100', '-1 @ 130', 'correct 1 to 3 @ 90'],
    mark: '100',
    expected: { qty: '2', averagePx: '90', realizedPnl: '40', unrealizedPnl: '20' },
  },
  {
    name: 'an opening position is the beginning, at the price that the venue named',
    symbol: 'PF_XBTUSD',
    opening: '5 @ 80',
    steps: ['+5 @ 100', '-4 @ 95'],
    mark: '91',
    expected: { qty: '6', averagePx: '90', realizedPnl: '20', unrealizedPnl: '6' },
  },
  {
    name: 'funding received and paid stands beside the profit',
    symbol: 'PF_XBTUSD',
    steps: ['+1 @ 100'],
    mark: '100',
    funding: ['-0.25 USD', '0.1 USD', '-0.005 USD'],
    expected: {
      qty: '1',
      averagePx: '100',
      realizedPnl: '0',
      unrealizedPnl: '0',
      funding: { USD: '-0.155' },
    },
  },
];

const INVERSE: readonly Example[] = [
  {
    name: 'an inverse long earns base coin when the price rises',
    symbol: 'PI_XBTUSD',
    steps: ['+10000 @ 50000'],
    mark: '62500',
    expected: { qty: '10000', averagePx: '50000', realizedPnl: '0', unrealizedPnl: '0.04' },
  },
  {
    name: 'an inverse short earns base coin when the price falls',
    symbol: 'PI_XBTUSD',
    steps: ['-10000 @ 50000', '+5000 @ 40000'],
    mark: '40000',
    expected: { qty: '-5000', averagePx: '50000', realizedPnl: '0.025', unrealizedPnl: '0.025' },
  },
  {
    name: 'an inverse average is harmonic',
    symbol: 'PI_XBTUSD',
    steps: ['+1000 @ 20000', '+1000 @ 30000'],
    mark: '24000',
    expected: { qty: '2000', averagePx: '24000', realizedPnl: '0', unrealizedPnl: '0' },
  },
  {
    name: 'an inverse flip closes at the average and opens at the trade',
    symbol: 'PI_XBTUSD',
    steps: ['+1000 @ 20000', '-3000 @ 25000'],
    mark: '20000',
    expected: { qty: '-2000', averagePx: '25000', realizedPnl: '0.01', unrealizedPnl: '0.02' },
  },
  {
    name: 'an inverse bust gives back what it had realised, and its fee in base coin',
    symbol: 'PI_XBTUSD',
    steps: ['+1000 @ 20000 fee 0.000025 XBT', '-1000 @ 25000 fee 0.00002 XBT', 'bust 2'],
    mark: '40000',
    expected: {
      qty: '1000',
      averagePx: '20000',
      realizedPnl: '0',
      unrealizedPnl: '0.025',
      fees: { XBT: '0.000025' },
    },
  },
  {
    name: 'an inverse value that does not end is rounded once, at 18 decimals',
    symbol: 'PI_XBTUSD',
    steps: ['+1 @ 30000', '-1 @ 70000'],
    mark: '30000',
    expected: { qty: '0', realizedPnl: '0.000019047619047619', unrealizedPnl: '0' },
  },
  {
    name: 'inverse funding is base coin, after a position that was there before',
    symbol: 'PI_XBTUSD',
    opening: '-4000 @ 40000',
    steps: ['+2000 @ 32000', '+2000 @ 50000'],
    mark: '45000',
    funding: ['0.00001234 XBT', '-0.00000034 XBT'],
    expected: {
      qty: '0',
      realizedPnl: '0.0025',
      unrealizedPnl: '0',
      funding: { XBT: '0.000012' },
    },
  },
];

export const EXAMPLES: readonly Example[] = [...LINEAR, ...INVERSE];
