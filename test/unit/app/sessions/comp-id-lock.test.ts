import { expect } from 'chai';
import { lockCompIDs } from '../../../../src/app/sessions/comp-id-lock.ts';
import { type Config } from '../../../../src/config/config.ts';

const configOf = (kind: string, senderCompID: string): Config =>
  ({
    venue: { kind },
    sessions: [
      {
        role: 'trading',
        name: 'trading',
        senderCompID,
        targetCompID: 'KRAKEN-DRV-TRD',
        hosts: [{ host: 'localhost', port: 4003 }],
      },
      { role: 'client', name: 'desk1', senderCompID: 'FATHOM', targetCompID: 'DESK1' },
    ],
  }) as unknown as Config;

describe('one logon per CompID', () => {
  it('refuses a second engine on the same CompID and venue, until the first has stopped', () => {
    const config = configOf('kraken', `TEST-LOCK-${process.pid}`);
    const first = lockCompIDs(config);
    if (!first.ok) throw new Error(first.error);
    const second = lockCompIDs(config);
    expect(second.ok).to.equal(false);
    if (!second.ok)
      expect(second.error).to.match(/^sessions\.trading: TEST-LOCK-\d+ is logged on by/);
    first.value();
    const third = lockCompIDs(config);
    expect(third.ok).to.equal(true);
    if (third.ok) third.value();
  });

  it('asks for no lock with the embedded simulator, which is the process’s own', () => {
    const config = configOf('simulator-embedded', 'TEST-LOCK-EMBEDDED');
    expect([lockCompIDs(config).ok, lockCompIDs(config).ok]).to.deep.equal([true, true]);
  });
});
