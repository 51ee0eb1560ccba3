import { expect } from 'chai';
import fc from 'fast-check';
import { makeAddressList } from '../../../src/lib/address-list.ts';

describe('address list', () => {
  it('knows single addresses and ranges of both versions', () => {
    const isIn = makeAddressList(['127.0.0.1', '::1', '10.1.0.0/16', '2001:db8::/32']);
    for (const inside of [
      '127.0.0.1',
      '::1',
      '10.1.0.0',
      '10.1.255.255',
      '2001:db8:1::5',
      '::ffff:10.1.2.3',
    ]) {
      expect(isIn(inside), inside).to.equal(true);
    }
    for (const outside of [
      '127.0.0.2',
      '::2',
      '10.2.0.0',
      '2001:db9::1',
      '::ffff:10.2.0.1',
      '',
      'localhost',
      '10.1',
    ]) {
      expect(isIn(outside), outside).to.equal(false);
    }
  });

  it('holds no address when it is empty', () => {
    expect(makeAddressList([])('127.0.0.1')).to.equal(false);
  });

  it('agrees with arithmetic on every IPv4 range', () => {
    const word = fc.integer({ min: 0, max: 0xffff_ffff });
    const toText = (address: number) =>
      [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
    fc.assert(
      fc.property(word, word, fc.integer({ min: 1, max: 32 }), (network, address, prefix) => {
        const mask = (0xffff_ffff << (32 - prefix)) >>> 0;
        const near = ((network & mask) | (address & ~mask)) >>> 0;
        const isIn = makeAddressList([`${toText(network)}/${prefix}`]);
        expect(isIn(toText(near))).to.equal(true);
        expect(isIn(toText(address))).to.equal((network & mask) === (address & mask));
      }),
    );
  });
});
