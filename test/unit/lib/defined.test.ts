import { expect } from 'chai';
import { defined } from '../../../src/lib/defined.ts';

interface Cancel {
  readonly type: 'Cancel';
  readonly clOrdID: string;
  readonly venueOrderID?: string;
  readonly tags?: readonly string[];
}

describe('optional fields', () => {
  it('are absent keys, not keys of value undefined', () => {
    const fields: { readonly price: string | undefined; readonly text?: string } = {
      price: undefined,
    };
    expect(Object.keys(defined(fields))).to.deep.equal([]);
    expect(Object.keys(defined({ a: undefined, b: 1, c: undefined }))).to.deep.equal(['b']);
  });

  it('stay when they are empty, zero, false or null', () => {
    expect(defined({ a: '', b: 0, c: false, d: null, e: undefined })).to.deep.equal({
      a: '',
      b: 0,
      c: false,
      d: null,
    });
  });

  it('keep their order, so that what is written from them is the same text', () => {
    const text = JSON.stringify(defined({ b: 1, z: undefined, a: 2, c: undefined, d: 3 }));
    expect(text).to.equal('{"b":1,"a":2,"d":3}');
  });

  it('fit a type that forbids undefined, and keep the literals of a union', () => {
    const cancelOf = (venueOrderID: string | undefined, tags?: readonly string[]): Cancel =>
      defined({ type: 'Cancel', clOrdID: 'A', venueOrderID, tags });
    expect(cancelOf(undefined)).to.deep.equal({ type: 'Cancel', clOrdID: 'A' });
    expect(cancelOf('V', ['x'])).to.deep.equal({
      type: 'Cancel',
      clOrdID: 'A',
      venueOrderID: 'V',
      tags: ['x'],
    });
    const spread: Cancel = { type: 'Cancel', clOrdID: 'A', ...defined({ venueOrderID: 'V' }) };
    expect(spread.venueOrderID).to.equal('V');
  });

  it('do not hide a field that is required', () => {
    const partial = (clOrdID: string | undefined): unknown => {
      // @ts-expect-error -- clOrdID is required, and may be missing here.
      const cancel: Cancel = defined({ type: 'Cancel', clOrdID });
      return cancel;
    };
    expect(partial(undefined)).to.deep.equal({ type: 'Cancel' });
  });
});
