import { expect } from 'chai';
import { LogonGuard } from '../../../../../src/fix/runtime/acceptor/logon-guard.ts';
import { VirtualTime } from '../../../../support/virtual-time.ts';

const OWN = '10.1.0.1';

describe('guesses at credentials', () => {
  const makeWorld = () => {
    const time = new VirtualTime();
    const alerts: string[] = [];
    const guard = new LogonGuard(time, ({ text }) => alerts.push(text));
    let guesses = 0;
    /** A Logon of a stranger, or of the right client; whether its credentials were looked at. */
    const tries = (
      address: string,
      credentials = `guess ${(guesses += 1)}`,
      session = 'desk1',
    ): string => {
      const attempt = { address, session, credentials };
      const refusal = guard.refusalOf(attempt);
      if (refusal !== undefined) return refusal.text;
      if (credentials === 'right') guard.onRight(attempt);
      else guard.onWrong(attempt);
      return 'seen';
    };
    /** Guesses that are looked at, with one try every 5 ms. */
    const seenOf = async (address: () => string, forMs: number): Promise<number> => {
      let seen = 0;
      for (let ms = 0; ms < forMs; ms += 5) {
        if (tries(address()) === 'seen') seen += 1;
        await time.advance(5);
      }
      return seen;
    };
    return { time, alerts, tries, seenOf };
  };

  it('are few: 200 a second from one address are some 16 in ten minutes', async () => {
    const { seenOf } = makeWorld();
    expect(await seenOf(() => '10.0.0.7', 600_000)).to.be.within(5, 25);
  });

  for (const [what, address] of [
    ['one after the other', (n: number) => `10.0.0.${n % 50}`],
    ['of one IPv6 network', (n: number) => `2001:db8:1:2::${n.toString(16)}`],
    ['of one IPv6 network, written out', (n: number) => `2001:db8:1:2:3:4:5:${n.toString(16)}`],
  ] as const) {
    it(`are few from many addresses ${what}`, async () => {
      const { seenOf } = makeWorld();
      let n = 0;
      expect(await seenOf(() => address((n += 1)), 60_000)).to.be.lessThan(200);
    });
  }

  it('of one session do not keep the right client of an address without guesses out', async () => {
    const { seenOf, tries } = makeWorld();
    let n = 0;
    await seenOf(() => `10.0.${(n += 1) % 200}.7`, 60_000);
    expect(tries(OWN, 'right')).to.equal('seen');
    expect(tries('10.9.9.9', 'right', 'desk2'), 'nor of another session').to.equal('seen');
  });

  it('do not keep the right client out of its own address for ever', async () => {
    const { time, seenOf, tries } = makeWorld();
    await seenOf(() => OWN, 60_000);
    await time.advance(60_000);
    expect(tries(OWN, 'right'), 'when they have ended').to.equal('seen');
    await seenOf(() => OWN, 60_000);
    await time.advance(1_000);
    expect(tries(OWN, 'right'), 'a second after they have ended, once it is known').to.equal(
      'seen',
    );
  });

  it('are few even from the address of the right client', async () => {
    const { seenOf, tries } = makeWorld();
    expect(tries(OWN, 'right')).to.equal('seen');
    expect(await seenOf(() => OWN, 10_000)).to.be.lessThan(80);
  });

  it('are no guesses when they are the same again: an old password costs its address nothing', async () => {
    const { time, tries } = makeWorld();
    expect(tries(OWN, 'old')).to.equal('seen');
    for (let n = 0; n < 2_000; n += 1) {
      expect(tries(OWN, 'old')).to.equal('invalid credentials');
      await time.advance(5);
    }
    expect(tries(OWN, 'right')).to.equal('seen');
  });

  it('are answered with the time to wait, which grows and is forgotten', async () => {
    const { time, tries } = makeWorld();
    for (let n = 0; n < 5; n += 1) expect(tries('10.0.0.7')).to.equal('seen');
    expect(tries('10.0.0.7')).to.equal('too many wrong Logons: try again in 1 s');
    await time.advance(1_000);
    expect(tries('10.0.0.7')).to.equal('seen');
    expect(tries('10.0.0.7')).to.equal('too many wrong Logons: try again in 2 s');
    await time.advance(16 * 60_000);
    for (let n = 0; n < 5; n += 1) expect(tries('10.0.0.7')).to.equal('seen');
  });

  it('raise an alert at the limit, and each time that they double', async () => {
    const { alerts, seenOf } = makeWorld();
    await seenOf(() => '10.0.0.7', 600_000);
    expect(alerts).to.deep.equal([
      '5 different wrong credentials from 10.0.0.7, the last for session desk1',
      '10 different wrong credentials from 10.0.0.7, the last for session desk1',
    ]);
  });
});
