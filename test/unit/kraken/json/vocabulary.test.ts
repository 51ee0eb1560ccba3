import { expect } from 'chai';
import {
  ORDER_KIND_WORDS,
  orderKindOf,
  TRIGGER_SIGNAL_WORDS,
  triggerSignalOf,
} from '../../../../src/kraken/json/vocabulary.ts';

/** Words that every object of JavaScript has by inheritance. */
const INHERITED = ['constructor', 'toString', '__proto__', 'hasOwnProperty'];

describe("the venue's words", () => {
  it('mean what the tables say', () => {
    for (const word of ORDER_KIND_WORDS) expect(orderKindOf(word)).to.not.equal('Unknown');
    for (const word of TRIGGER_SIGNAL_WORDS) expect(triggerSignalOf(word)).to.be.a('string');
    expect(orderKindOf('take_profit')).to.equal('TakeProfit');
    expect(triggerSignalOf('spot')).to.equal('Index');
  });

  for (const word of INHERITED)
    it(`are unknown when they are no word of the venue: ${word}`, () => {
      expect(orderKindOf(word)).to.equal('Unknown');
      expect(triggerSignalOf(word)).to.equal(undefined);
    });
});
