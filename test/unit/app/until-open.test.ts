import { expect } from 'chai';
import { EngineEmitter } from '../../../src/app/loop/publish.ts';
import { NotOpenError, untilOpen, type UntilOpenOptions } from '../../../src/app/until-open.ts';
import { VirtualTime } from '../../support/virtual-time.ts';

describe('waiting until new orders pass', () => {
  const start = (options?: UntilOpenOptions) => {
    const time = new VirtualTime();
    const emitter = new EngineEmitter();
    const stopping = new AbortController();
    const engine = { isOpen: false, isHalted: false };
    const begin = () =>
      untilOpen(
        {
          isOpen: () => engine.isOpen,
          whyNot: () => 'session trading is Connecting',
          ...{ emitter, timers: time, stopped: stopping.signal },
          halted: () => engine.isHalted,
        },
        options,
      );
    return { time, emitter, stopping, engine, begin };
  };

  const faultOf = async (waiting: Promise<void>): Promise<string> => {
    const fault: unknown = await waiting.catch((cause: unknown) => cause);
    if (!(fault instanceof NotOpenError)) throw new Error('it did not end with a NotOpenError');
    return fault.message;
  };

  it('is over at once when they pass already', async () => {
    const { engine, begin, emitter } = start();
    engine.isOpen = true;
    await begin();
    expect(emitter.listenerCount('trading')).to.equal(0);
  });

  it('is over when the session opens, not when it closes again', async () => {
    const { engine, begin, emitter } = start();
    let isOver = false;
    const waiting = begin().then(() => (isOver = true));
    emitter.emit('trading', false, 'main');
    await Promise.resolve();
    expect(isOver).to.equal(false);
    engine.isOpen = true;
    emitter.emit('trading', true, 'main');
    await waiting;
    expect(emitter.listenerCount('trading') + emitter.listenerCount('halt')).to.equal(0);
  });

  it('fails after the time, with what the session is doing', async () => {
    const { time, begin } = start({ timeoutMs: 2_000 });
    const waiting = faultOf(begin());
    await time.advance(2_000);
    expect(await waiting).to.equal('no order passes after 2000 ms: session trading is Connecting');
  });

  it('fails as soon as the engine is stopped or halted', async () => {
    const stopped = start();
    const first = faultOf(stopped.begin());
    stopped.stopping.abort();
    expect(await first).to.equal('the engine was stopped');
    const halted = start();
    const second = faultOf(halted.begin());
    halted.engine.isHalted = true;
    halted.emitter.emit('halt', new Error('disk'));
    expect(await second).to.include('halted');
  });
});
