import { expect } from 'chai';
import { type FixSession } from '../../../../../src/fix/session/model/session-types.ts';
import { rollDaily } from '../../../../../src/simulator/gateways/fix/rollover.ts';
import { VirtualTime } from '../../../../support/virtual-time.ts';

const HOUR_MS = 3_600_000;
const AT_22 = 22 * HOUR_MS;

describe('the daily rollover of the simulator’s FIX gateways [fix 1.5]', () => {
  const scene = (startAt: number) => {
    const time = new VirtualTime(startAt);
    const resets: string[] = [];
    const reset = (): void => {
      resets.push(new Date(time.wall()).toISOString());
    };
    const session = { reset } as unknown as FixSession;
    const rolling = rollDaily(AT_22, () => [session], { clock: time, timers: time });
    return { time, resets, rolling };
  };

  it('begins every session anew at its moment of each day, and at no other', async () => {
    const { time, resets, rolling } = scene(Date.UTC(2026, 10, 22, 12));
    await time.advance(10 * HOUR_MS - 1);
    expect(resets).to.deep.equal([]);
    await time.advance(48 * HOUR_MS);
    expect(resets).to.deep.equal(['2026-11-22T22:00:00.000Z', '2026-11-23T22:00:00.000Z']);
    rolling.cancel();
    await time.advance(48 * HOUR_MS);
    expect(resets).to.have.length(2);
    expect(time.pending).to.equal(0);
  });

  it('happens once, a minute late at most, when the clock jumps over its moment', async () => {
    const { time, resets } = scene(Date.UTC(2026, 10, 22, 21));
    time.jumpWall(2 * HOUR_MS);
    await time.advance(60_000);
    expect(resets).to.have.length(1);
    time.jumpWall(-2 * HOUR_MS);
    await time.advance(2 * HOUR_MS);
    expect(resets).to.have.length(1);
  });
});
