import { expect } from 'chai';
import {
  addressList,
  amount,
  bytes,
  choice,
  choices,
  compID,
  flag,
  hostPortList,
  listenAddress,
  listenPort,
  parseHostPort,
  path,
  secretReference,
  seconds,
  symbolList,
  text,
  timeOfDay,
  timeZone,
} from '../../../../src/config/schema/kinds.ts';
import { type Setting } from '../../../../src/config/schema/setting.ts';

/** Kind, values that are of it, values that are not. */
const KINDS: readonly (readonly [
  string,
  Setting<unknown>,
  readonly unknown[],
  readonly unknown[],
])[] = [
  [
    'text',
    text('d').required(),
    ['a', 'Grüße', 'x'.repeat(256)],
    ['', 'a\nb', '\u0001', 'x'.repeat(257), 5, null, {}],
  ],
  [
    'CompID',
    compID('d').required(),
    ['A', 'CLIENT-DRV', '~!'],
    ['', 'A B', 'Ä', 'A\u0001', 'x'.repeat(65), 7],
  ],
  [
    'symbols',
    symbolList('d').required(),
    [[], ['PF_XBTUSD']],
    ['PF_XBTUSD', ['pf_xbtusd'], ['A', 'A'], [5], [['A']]],
  ],
  ['path', path('d').required(), ['var', '/a b'], ['', 'a\0b', 1]],
  ['flag', flag('d').required(), [true, false], ['true', 0, 1, null, 'Y']],
  [
    'whole number',
    seconds('d').between(0, 10).required(),
    [0, 10],
    [-1, 11, 1.5, '5', Number.NaN, Infinity, true, [5]],
  ],
  ['size', bytes('d').between(1, 2).required(), [1, 2], [0, 3]],
  ['port', listenPort('d').required(), [0, 65_535], [-1, 65_536, '80']],
  [
    'amount',
    amount('d').required(),
    ['1', '0.0001', '.5'],
    ['0', '-1', '1e3', '', ' 1', '1,5', 1, 0.5, null],
  ],
  ['choice of texts', choice('d').of('a', 'b').required(), ['a', 'b'], ['A', '', 'c', 0, null]],
  ['choice of numbers', choice('d').of(0, 10).required(), [0, 10], ['0', 1, false]],
  [
    'choices',
    choices('d').of('a', 'b').required(),
    [[], ['a'], ['b', 'a']],
    ['a', ['c'], ['a', 'a'], [1]],
  ],
  [
    'time of day',
    timeOfDay('d').required(),
    ['00:00', '23:59:59'],
    ['24:00', '9:00', '22:60', '22', '22:00:60', 2200],
  ],
  [
    'time zone',
    timeZone('d').required(),
    ['UTC', 'Europe/London'],
    ['', 'Mars/Base', '+01:00', 5, null],
  ],
  [
    'hosts',
    hostPortList('d').required(),
    [[], ['a.example:1', '[::1]:2', '10.0.0.1:65535']],
    ['a:1', ['a'], ['a:0'], ['a:65536'], ['a:1', 'a:1'], ['[x]:1'], ['a:1x'], [':1']],
  ],
  [
    'listen address',
    listenAddress('d').required(),
    ['127.0.0.1', '::'],
    ['localhost', '', '127.0.0.1:1', 1],
  ],
  [
    'addresses',
    addressList('d').required(),
    [[], ['127.0.0.1', '::1', '10.0.0.0/8', '2001:db8::/32']],
    [
      '127.0.0.1',
      ['10.0.0.0/33'],
      ['10.0.0/8'],
      ['::/129'],
      ['a'],
      ['10.0.0.0/8/8'],
      ['10.0.0.0/'],
    ],
  ],
  [
    'secret in the environment',
    secretReference('s').env,
    ['KRAKEN_API_KEY', '_X9'],
    ['', 'lower', 'A B', 'a+b/c==', '9A'],
  ],
  [
    'secret in a file',
    secretReference('s').file,
    ['/run/secret', './s', '../s'],
    ['secret', '', '/', 'c2VjcmV0', '/a\nb'],
  ],
];

const isRefused = (setting: Setting<unknown>, value: unknown): boolean => {
  try {
    setting.format(value);
    return false;
  } catch {
    return true;
  }
};

describe('kinds of values', () => {
  for (const [name, setting, good, bad] of KINDS) {
    it(`${name}: takes what it should and refuses the rest`, () => {
      for (const value of good)
        expect(isRefused(setting, value), JSON.stringify(value)).to.equal(false);
      for (const value of bad)
        expect(isRefused(setting, value), JSON.stringify(value)).to.equal(true);
    });
  }

  it('read texts of the environment as their kind, and leave what means nothing to be refused', () => {
    const read = (setting: Setting<unknown>, value: string) => setting.fromText(value);
    expect(read(flag('d').required(), 'true')).to.equal(true);
    expect(read(flag('d').required(), 'yes')).to.equal('yes');
    expect(read(seconds('d').between(0, 9).required(), '7')).to.equal(7);
    expect(read(seconds('d').between(0, 9).required(), '7s')).to.equal('7s');
    expect(read(choice('d').of(0, 10).required(), '10')).to.equal(10);
    expect(read(choices('d').of('a', 'b').required(), 'a, b')).to.deep.equal(['a', 'b']);
    expect(read(symbolList('d').required(), '')).to.deep.equal([]);
    expect(read(amount('d').required(), '0.10')).to.equal('0.10');
  });

  it('read host and port, an IPv6 address in brackets', () => {
    expect(parseHostPort('fix.example:4003')).to.deep.equal({ host: 'fix.example', port: 4003 });
    expect(parseHostPort('[2001:db8::1]:4003')).to.deep.equal({ host: '2001:db8::1', port: 4003 });
    expect(parseHostPort('2001:db8::1:4003')).to.equal(undefined);
  });
});
