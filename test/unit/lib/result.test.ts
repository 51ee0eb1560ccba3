import { expect } from 'chai';
import { InvariantError, invariant } from '../../../src/lib/invariant.ts';
import { err, ok } from '../../../src/lib/result.ts';

describe('results and invariants', () => {
  it('a result is either a value or an error', () => {
    expect(ok(1)).to.deep.equal({ ok: true, value: 1 });
    expect(err('why')).to.deep.equal({ ok: false, error: 'why' });
  });

  it('a broken invariant throws with a code, an unbroken one is silent', () => {
    invariant(true, 'fine');
    expect(() => {
      invariant(false, 'CumQty(14) never exceeds OrderQty(38)');
    })
      .to.throw(InvariantError, 'CumQty(14) never exceeds OrderQty(38)')
      .with.property('code', 'FATHOM_INVARIANT');
  });
});
