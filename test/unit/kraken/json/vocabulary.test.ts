import { expect } from 'chai';
import { type Oddity, type Reader } from '../../../../src/kraken/json/readers.ts';
import {
  orderKind,
  positionSide,
  side,
  triggerSide,
  triggerSignal,
} from '../../../../src/kraken/json/vocabulary.ts';

/** Words that every object of JavaScript has by inheritance. */
const INHERITED = ['constructor', 'toString', '__proto__', 'hasOwnProperty'];

const read = <T>(reader: Reader<T>, word: string) => {
  const notes: Oddity[] = [];
  return { value: reader(word, 'it', notes), notes: notes.map(({ kind }) => kind) };
};

describe("the venue's words", () => {
  it('mean the same in every spelling', () => {
    for (const word of ['take_profit']) expect(read(orderKind, word).value).to.equal('TakeProfit');
    for (const word of ['spot', 'index', 'spot_price', 'SPOT_PRICE'])
      expect(read(triggerSignal, word)).to.deep.equal({ value: 'Index', notes: [] });
    for (const word of ['trigger_above', 'TRIGGER_ABOVE'])
      expect(read(triggerSide, word)).to.deep.equal({ value: 'Above', notes: [] });
  });

  for (const word of [...INHERITED, '', 'unknown', 'Long'])
    it(`are noted, and mean nothing, when no table holds them: '${word}'`, () => {
      for (const reader of [side, triggerSignal, triggerSide, positionSide] as Reader<unknown>[])
        expect(read(reader, word)).to.deep.equal({ value: undefined, notes: ['UnknownValue'] });
      expect(read(orderKind, word)).to.deep.equal({ value: 'Unknown', notes: ['UnknownValue'] });
    });
});
