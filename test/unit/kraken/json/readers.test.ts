import { expect } from 'chai';
import { parseLosslessJson } from '../../../../src/lib/lossless-json.ts';
import {
  amount,
  elements,
  field,
  lenient,
  type Oddity,
  type Reader,
  shape,
  text,
} from '../../../../src/kraken/json/readers.ts';
import { liquidityOf, side, symbol } from '../../../../src/kraken/json/vocabulary.ts';

const read = <T>(reader: Reader<T>, json: string) => {
  const parsed = parseLosslessJson(json);
  if (!parsed.ok) throw new Error('no JSON');
  const notes: Oddity[] = [];
  return { value: reader(parsed.value, 'it', notes), notes: notes.map(({ kind }) => kind) };
};

describe('readers of venue JSON', () => {
  const item = shape({
    id: field('id', text()),
    px: lenient('px', amount),
    unit: lenient('unit', text(), 'USD'),
  });

  it('keeps an object whose lenient field cannot be read, and notes it', () =>
    expect(read(item, '{"id":"a","px":{},"unit":[]}')).to.deep.equal({
      value: { id: 'a', unit: 'USD' },
      notes: ['BadValue', 'BadValue'],
    }));

  it('does not keep an object whose required field cannot be read', () =>
    expect(read(item, '{"id":{}}')).to.deep.equal({ value: undefined, notes: ['BadValue'] }));

  it('calls a list incomplete that is absent, no list, or lost an element', () => {
    const page = shape({ items: elements('items', item) });
    const isComplete = (json: string) => read(page, json).value?.items.isComplete;
    expect(isComplete('{"items":[{"id":"a"}]}')).to.equal(true);
    expect(isComplete('{"items":[{"id":"a"},{}]}')).to.equal(false);
    expect(isComplete('{"items":{}}')).to.equal(false);
    expect(isComplete('{}')).to.equal(false);
  });
});

describe('words of the venue', () => {
  it('counts a fill of an unknown type as forced, over REST and history as on the feed', () => {
    expect(liquidityOf('takerAfterEdit')).to.equal('Taker');
    expect(liquidityOf('gift')).to.equal('Forced');
    expect(liquidityOf('constructor')).to.equal('Forced');
  });

  it('reads a side in every spelling', () => {
    for (const word of ['"buy"', '"Buy"', '0']) expect(read(side, word).value).to.equal('Buy');
    for (const word of ['"sell"', '"Sell"', '1']) expect(read(side, word).value).to.equal('Sell');
    expect(read(side, '7')).to.deep.equal({ value: undefined, notes: ['UnknownValue'] });
  });

  it('takes neither a number nor an empty text for a symbol', () => {
    for (const json of ['7', '""'])
      expect(read(symbol, json)).to.deep.equal({ value: undefined, notes: ['BadValue'] });
    expect(read(symbol, '"pf_xbtusd"').value).to.equal('PF_XBTUSD');
  });
});
