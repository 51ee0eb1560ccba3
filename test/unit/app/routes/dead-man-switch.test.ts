import { expect } from 'chai';
import { DeadManSwitchKeeper } from '../../../../src/app/routes/dead-man-switch.ts';
import { type InputBody } from '../../../../src/core/input.ts';
import { type RestOrderCalls } from '../../../../src/kraken/rest/orders/order-calls.ts';
import { err, ok } from '../../../../src/lib/result.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import { SESSION } from '../../../support/bench.ts';
import { VirtualTime } from '../../../support/virtual-time.ts';

type Answer = Awaited<ReturnType<RestOrderCalls['cancelAllOrdersAfter']>>;
type Seen = Extract<InputBody, { type: 'DeadManSwitchSeen' }>;

/** A venue whose echo is right unless `answer` says otherwise. */
class Stage {
  readonly time = new VirtualTime();
  readonly calls: number[] = [];
  readonly seen: Seen[] = [];
  answer: (seconds: number) => Answer = (seconds) => this.echo(seconds);
  readonly keeper = new DeadManSwitchKeeper({
    ...{ session: SESSION, clock: this.time, timers: this.time },
    submit: (body) => this.seen.push(body as Seen),
    calls: {
      cancelAllOrdersAfter: (seconds) => {
        this.calls.push(seconds);
        return Promise.resolve(this.answer(seconds));
      },
    },
  });

  echo(seconds: number): Answer {
    const currentTime = this.time.wall();
    const armed = seconds === 0 ? {} : { triggerAt: epochMs(currentTime + seconds * 1_000) };
    const value = { currentTime, ...armed };
    return ok({ value, isComplete: true, hasEveryElement: true, oddities: [] });
  }

  async pass(ms: number): Promise<void> {
    await settle();
    await this.time.advance(ms, settle);
  }

  states(): string[] {
    return this.seen.map(({ state }) => state);
  }
}

const settle = async (): Promise<void> => {
  for (let n = 0; n < 5; n += 1) await Promise.resolve();
};
const LOST = err({ type: 'Unknown', reason: 'Timeout', text: 'no answer' } as never) as Answer;

describe('the dead man’s switch of an account', () => {
  it('is armed with its time-out, and renewed four times within it', async () => {
    const stage = new Stage();
    stage.keeper.set('armed', 60);
    await stage.pass(60_000);
    expect(stage.calls).to.deep.equal([60, 60, 60, 60, 60]);
    expect(new Set(stage.states())).to.deep.equal(new Set(['armed']));
  });

  it('counts as unconfirmed when the venue’s echo is not what was asked for', async () => {
    const stage = new Stage();
    stage.answer = () => stage.echo(0);
    stage.keeper.set('armed', 60);
    await stage.pass(5_000);
    expect(stage.states()).to.deep.equal(['unconfirmed']);
    expect(stage.seen[0]?.detail).to.include('it is not armed');
  });

  it('says by when it has fired once a renewal stays unanswered, and renews no more', async () => {
    const stage = new Stage();
    stage.keeper.set('armed', 60);
    await stage.pass(1_000);
    stage.answer = () => LOST;
    await stage.pass(120_000);
    expect(stage.states().at(-1)).to.equal('unconfirmed');
    const { firesBy = 0 } = stage.seen.at(-1)!;
    // The last call may have arrived: it fires a time-out after it, and not before.
    expect(firesBy - stage.time.wall()).to.be.below(0);
    expect(stage.calls.length).to.be.below(8);
  });

  it('is off by the venue’s word alone, and is asked again when a call is lost', async () => {
    const stage = new Stage();
    stage.keeper.set('armed', 60);
    await stage.pass(1_000);
    let lost = 1;
    stage.answer = (seconds) => (lost-- > 0 ? LOST : stage.echo(seconds));
    stage.keeper.set('off', 60);
    await stage.pass(90_000);
    expect(stage.calls).to.deep.equal([60, 0, 0]);
    expect(stage.states()).to.deep.equal(['armed', 'off']);
  });

  it('is switched off behind a renewal that is under way, never before it', async () => {
    const stage = new Stage();
    stage.keeper.set('armed', 60);
    stage.keeper.set('off', 60);
    await stage.pass(30_000);
    expect(stage.calls).to.deep.equal([60, 0]);
    expect(stage.states()).to.deep.equal(['off']);
  });
});
