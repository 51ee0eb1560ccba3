import { expect } from 'chai';
import { Fields } from '../../../../../src/simulator/gateways/rest/fields.ts';

describe('the parameters of a REST request on the simulator [rest 13 row 2]', () => {
  it('are read from the query and the form body, in that order', () => {
    const fields = new Fields('symbol=PF_XBTUSD&side=buy', 'symbol=PI_XBTUSD&size=1');
    expect(fields.get('symbol')).to.equal('PF_XBTUSD');
    expect(fields.all('symbol')).to.deep.equal(['PF_XBTUSD', 'PI_XBTUSD']);
    expect(fields.get('side')).to.equal('buy');
    expect(fields.get('size')).to.equal('1');
  });

  it('keep every value of a repeated name', () => {
    const fields = new Fields('type=a&type=b', 'type=c');
    expect(fields.all('type')).to.deep.equal(['a', 'b', 'c']);
    expect(fields.all('other')).to.deep.equal([]);
  });

  it('are decoded: percent signs, plus signs, and equals signs in a value', () => {
    const fields = new Fields(
      'at=2026-11-22T10%3A00%3A00.000Z&tag=a+b%2Bc&note=x=y%3Dz&cli%4frd=1',
    );
    expect(fields.get('at')).to.equal('2026-11-22T10:00:00.000Z');
    expect(fields.get('tag')).to.equal('a b+c');
    expect(fields.get('note')).to.equal('x=y=z');
    expect(fields.get('cliOrd')).to.equal('1');
  });

  it('are taken as they stand when they cannot be decoded', () => {
    const fields = new Fields('symbol=%zz&size=%C3');
    expect(fields.get('symbol')).to.equal('%zz');
    expect(fields.get('size')).to.equal('%C3');
  });

  it('count as absent when they are empty, and have no names of their own', () => {
    const fields = new Fields('size=&flag', '&&');
    expect(fields.has('size')).to.equal(false);
    expect(fields.has('flag')).to.equal(false);
    expect(fields.all('flag')).to.deep.equal(['']);
    expect(fields.get('constructor')).to.equal(undefined);
    expect(new Fields('__proto__=1').get('__proto__')).to.equal('1');
  });
});
