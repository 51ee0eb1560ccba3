import { expect } from 'chai';
import { SessionMemory } from '../../../../../../src/simulator/gateways/fix/trading/client-session.ts';
import { type FixOrder } from '../../../../../../src/simulator/gateways/fix/trading/trading-reports.ts';

const ENDED = 100;
const order = (clOrdID: string): FixOrder => ({ clOrdID }) as FixOrder;

describe('what a FIX session of the simulator remembers', () => {
  it('forgets orders that ended long ago, never one that lives', () => {
    const memory = new SessionMemory(ENDED);
    memory.keep(order('alive'));
    for (let i = 0; i <= ENDED; i += 1) {
      memory.keep(order(`o${i}`));
      memory.end(`o${i}`);
    }
    expect(memory.order('alive'), 'the living one').to.not.equal(undefined);
    expect(memory.order('o0'), 'the oldest').to.equal(undefined);
    expect(memory.order('o1'), 'the oldest that is kept').to.not.equal(undefined);
  });

  it('keeps the latest cancel requests and ExecIDs', () => {
    const memory = new SessionMemory(ENDED);
    for (let i = 0; i <= ENDED; i += 1) {
      memory.askCancel(`c${i}`);
      memory.reported(`f${i}`, `e${i}`);
    }
    expect(memory.hasAskedCancel('c0')).to.equal(false);
    expect(memory.hasAskedCancel(`c${ENDED}`)).to.equal(true);
    expect(memory.hasAskedCancel(undefined)).to.equal(false);
    expect(memory.execIDOf('f0')).to.equal(undefined);
    expect(memory.execIDOf(`f${ENDED}`)).to.equal(`e${ENDED}`);
  });

  it('takes a ClOrdID once while it remembers it', () => {
    const memory = new SessionMemory(ENDED);
    for (let i = 0; i <= ENDED; i += 1) expect(memory.use(`r${i}`)).to.equal(true);
    expect(memory.use(`r${ENDED}`), 'the latest').to.equal(false);
    expect(memory.use('r0'), 'the oldest, forgotten').to.equal(true);
  });
});
