import { expect } from 'chai';
import { EngineLoop, type EngineLoopDeps } from '../../../../src/app/loop/engine-loop.ts';
import { type Fact } from '../../../../src/core/fact.ts';
import { type InputBody } from '../../../../src/core/input.ts';
import { type EngineState } from '../../../../src/core/state.ts';
import { epochMs, monotonicMs } from '../../../../src/lib/time.ts';

const timer = (name: string): InputBody => ({ type: 'TimerFired', name });
const nameOf = (body: InputBody): string => (body.type === 'TimerFired' ? body.name : body.type);

const factName = ({ fact }: { readonly fact: Fact }): string =>
  (fact as unknown as { readonly name: string }).name;

/**
 * A loop whose only fact is the name of its input; `onEffect` is what the outside does in a turn.
 */
const makeLoop = (
  onEffect: (name: string, loop: EngineLoop) => readonly InputBody[],
  waiting?: NonNullable<EngineLoopDeps['waiting']>,
) => {
  const decided: string[] = [];
  const recorded: string[] = [];
  const halts: string[] = [];
  const durable: string[] = [];
  const unrecorded: string[] = [];
  const journal: { commit: () => Promise<void> } = { commit: () => Promise.resolve() };
  const loop: EngineLoop = new EngineLoop({} as EngineState, {
    decider: {
      decide: (_state, { body }) => {
        decided.push(nameOf(body));
        return [{ name: nameOf(body) } as unknown as Fact];
      },
      evolve: (state) => state,
      effectsOf: (_state, fact) =>
        [fact as unknown as { type: 'StopTimer'; name: string }] as never,
    },
    journal: {
      appendFact: (_at, fact) => recorded.push((fact as unknown as { name: string }).name),
      commit: () => journal.commit(),
      pendingBytes: () => 0,
    },
    clock: { wall: () => epochMs(0), monotonic: () => monotonicMs(0) },
    pendingCommitBytesMax: 1,
    ...(waiting === undefined ? {} : { waiting }),
    runEffect: (effect) => onEffect((effect as unknown as { name: string }).name, loop),
    onDurable: (facts) => durable.push(...facts.map(factName)),
    onUnrecorded: (facts) => unrecorded.push(...facts.map(factName)),
    onHalt: (cause) => halts.push(cause.message),
  });
  return { loop, decided, recorded, halts, durable, unrecorded, journal };
};

describe('engine loop', () => {
  it('decides what a turn answers before what arrived meanwhile, each in its order', () => {
    const { loop, decided } = makeLoop((name, own) => {
      if (name !== 'first') return [];
      own.submit(timer('late 1'));
      own.submit(timer('late 2'));
      return [timer('answer 1'), timer('answer 2')];
    });
    loop.submit(timer('first'));
    expect(decided).to.deep.equal(['first', 'answer 1', 'answer 2', 'late 1', 'late 2']);
  });

  it('has no room for orders when half of what may wait waits, and again when it is worked off', () => {
    const rooms: boolean[] = [];
    const { loop, halts } = makeLoop(
      (name, own) => {
        if (name === 'first')
          for (let i = 0; i < 5; i += 1) {
            rooms.push(own.hasRoom);
            own.submit(timer(`late ${i}`));
          }
        return [];
      },
      { inputsMax: 6, bytesMax: 1_000_000 },
    );
    loop.submit(timer('first'));
    expect(rooms).to.deep.equal([true, true, true, false, false]);
    expect(loop.hasRoom).to.equal(true);
    expect(halts).to.deep.equal([]);
  });

  for (const [what, waiting] of [
    ['number', { inputsMax: 3, bytesMax: 1_000_000 }],
    ['bytes', { inputsMax: 1_000, bytesMax: 700 }],
  ] as const)
    it(`halts by name when an input finds no room by ${what}, and decides nothing more`, () => {
      const { loop, decided, recorded, halts } = makeLoop((name, own) => {
        if (name === 'first')
          for (let i = 0; i < 50; i += 1) own.submit(timer(`late ${i} ${'x'.repeat(50)}`));
        return [];
      }, waiting);
      loop.submit(timer('first'));
      loop.submit(timer('after'));
      expect(halts).to.have.length(1);
      expect(halts[0]).to.match(/^ENGINE_QUEUE_FULL: no room for TimerFired behind \d+ inputs/);
      expect(loop.halted).to.equal(true);
      expect(decided).to.deep.equal(['first']);
      expect(recorded).to.deep.equal(['first']);
    });

  it('decides none of the answers of a turn when they find no room together', () => {
    const { loop, decided, halts } = makeLoop(
      (name) => (name === 'first' ? [1, 2, 3, 4, 5].map((i) => timer(`answer ${i}`)) : []),
      { inputsMax: 3, bytesMax: 1_000_000 },
    );
    loop.submit(timer('first'));
    expect(halts).to.have.length(1);
    expect(decided).to.deep.equal(['first']);
  });

  it('works off as many inputs as may wait in a time that grows with their number only', () => {
    const { loop, decided } = makeLoop((name, own) => {
      if (name === 'first') for (let i = 0; i < 60_000; i += 1) own.submit(timer('late'));
      return [];
    });
    loop.submit(timer('first'));
    expect(decided).to.have.length(60_001);
  });

  it('refuses new orders by name while it has to, and takes them again', () => {
    const { loop } = makeLoop(() => []);
    expect(loop.orderRefusal).to.equal(undefined);
    loop.refuseOrders('the disk is full');
    expect(loop.orderRefusal).to.deep.include({
      ...{ code: 'NOT_DURABLE', reason: 99, text: 'NOT_DURABLE: the disk is full' },
    });
    loop.refuseOrders(undefined);
    expect(loop.orderRefusal).to.equal(undefined);
  });

  it('goes on in memory after its journal is lost, and tells only operators', async () => {
    const { loop, decided, durable, unrecorded, journal, halts } = makeLoop(() => []);
    loop.submit(timer('recorded'));
    await loop.settled();
    journal.commit = () => {
      loop.goUnrecorded('EIO');
      return Promise.reject(new Error('EIO'));
    };
    loop.submit(timer('in the block that failed'));
    await loop.settled();
    loop.submit(timer('after it'));
    await loop.settled();
    loop.refuseOrders(undefined);
    expect(loop.orderRefusal?.code, 'for good').to.equal('NOT_DURABLE');
    expect(decided).to.deep.equal(['recorded', 'in the block that failed', 'after it']);
    expect(durable).to.deep.equal(['recorded']);
    expect(unrecorded).to.deep.equal(['in the block that failed', 'after it']);
    expect(halts).to.deep.equal([]);
  });
});
