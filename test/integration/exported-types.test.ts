import { expect } from 'chai';
import { unnamedTypes } from '../support/exported-types.ts';

/** Helpers whose result a caller sees, and never the helper. */
const HELPERS = ['Brand', 'Decided', 'Session', 'Setting', 'ValuesOf'];

describe('the library’s public face', () => {
  it('exports every type that its signatures name, over every level', function () {
    this.timeout(120_000);
    const unnamed = unnamedTypes('src/index.ts').filter(({ name }) => !HELPERS.includes(name));
    expect(unnamed).to.deep.equal([]);
  });

  it('is looked at: a module that exports an interface alone lacks what that names', function () {
    this.timeout(120_000);
    const names = unnamedTypes('src/app/venue-view/account-snapshot.ts').map(({ name }) => name);
    expect(names).to.include.members(['Balances', 'Fill', 'EpochMs', 'AccountDifference']);
  });
});
