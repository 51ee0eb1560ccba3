import { expect } from 'chai';
import { makeMemoryStore } from '../../../../src/fix/runtime/memory-store.ts';
import { type SessionStore } from '../../../../src/fix/session/model/session-types.ts';
import { err, ok } from '../../../../src/lib/result.ts';
import { makeHarness, ORDER, settle } from './host-harness.ts';

/** A memory store whose commits are resolved or rejected by hand. */
const makeHeldStore = (): SessionStore & {
  readonly release: () => void;
  readonly fail: () => void;
} => {
  const store = makeMemoryStore();
  let waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const finish = (end: (commit: (typeof waiting)[number]) => void): void => {
    const all = waiting;
    waiting = [];
    all.forEach(end);
  };
  return {
    ...store,
    commit: () =>
      new Promise<void>((resolve, reject) => {
        waiting.push({ resolve, reject });
      }),
    release: () => {
      finish(({ resolve }) => resolve());
    },
    fail: () => {
      finish(({ reject }) => reject(new Error('disk full')));
    },
  };
};

describe('a session and its store', () => {
  it('lets no byte leave before the commit, and sends what one turn made in one write', async () => {
    const store = makeHeldStore();
    const { host, transport } = makeHarness({ store });
    host.connected(transport);
    await settle();
    expect(transport.written).to.equal('');
    store.release();
    await settle();
    expect(transport.frames()).to.have.lengthOf(1);
  });

  it('sends several messages of one turn in one write', async () => {
    const { host, transport, logon } = makeHarness();
    await logon();
    const before = transport.writes;
    for (let n = 0; n < 10; n++) host.send(ORDER);
    await settle();
    expect(transport.writes - before).to.equal(1);
    expect(transport.frames()).to.have.lengthOf(11);
  });

  it('9-C: halts when the store cannot be written, and no byte leaves', async () => {
    const store = makeHeldStore();
    const { host, transport, told } = makeHarness({ store });
    host.connected(transport);
    await settle();
    store.fail();
    await settle();
    host.disconnected('cut by us');
    expect(transport.written).to.equal('');
    expect(transport.isDestroyed).to.equal(true);
    expect(host.view().phase).to.equal('Halted');
    expect(told.filter((text) => text.startsWith('HALTED'))).to.have.lengthOf(1);
    expect(told.at(-1)).to.match(
      /^logged out Halted the store cannot be written: Error: disk full/,
    );
    expect(host.send(ORDER)).to.deep.equal(err('Halted'));
  });

  it('stores the next expected number right after the owner has seen the message', async () => {
    const seen: number[] = [];
    const store = makeMemoryStore();
    const { receive, logon } = makeHarness({
      store,
      application: { onMessage: () => seen.push(store.nextTargetMsgSeqNum()) },
    });
    await logon();
    await receive('35=8|37=1|');
    expect(seen).to.deep.equal([2]);
    expect(store.nextTargetMsgSeqNum()).to.equal(3);
  });

  it('goes on with the numbers that the store has', async () => {
    const store = makeMemoryStore();
    store.setNextSenderMsgSeqNum(17);
    store.setNextTargetMsgSeqNum(23);
    const { host, transport } = makeHarness({ store });
    host.connected(transport);
    await settle();
    expect(transport.frames()[0]).to.contain('\x0134=17\x01');
    expect(host.view()).to.include({ nextSenderMsgSeqNum: 18, nextTargetMsgSeqNum: 23 });
  });
});

describe('what an owner sends', () => {
  it('16-A: is refused while disconnected, and uses no number', () => {
    const { host } = makeHarness();
    expect(host.send(ORDER)).to.deep.equal(err('NotLoggedOn'));
    expect(host.view().nextSenderMsgSeqNum).to.equal(1);
  });

  it('16-B: is refused between our Logon and the answer', async () => {
    const { host, transport } = makeHarness();
    host.connected(transport);
    expect(host.send(ORDER)).to.deep.equal(err('NotLoggedOn'));
    await settle();
    expect(transport.frames()).to.have.lengthOf(1);
  });

  it('16-A: is stored for the next logon where the settings say so, and the peer gets it by asking', async () => {
    const { host, transport, receive } = makeHarness({ settings: { sendWhenLoggedOff: 'store' } });
    expect(host.send(ORDER)).to.deep.equal(ok({ msgSeqNum: 1 }));
    host.connected(transport);
    expect(host.send(ORDER)).to.deep.equal(ok({ msgSeqNum: 3 }));
    await receive('35=A|98=0|108=30|');
    expect(transport.frames()).to.have.lengthOf(1);
    await receive('35=2|7=1|16=0|');
    const replayed = transport.frames().slice(1);
    expect(replayed.map((frame) => /35=(\w)\x0134=(\d)/.exec(frame)?.slice(1))).to.deep.equal([
      ['D', '1'],
      ['4', '2'],
      ['D', '3'],
    ]);
  });

  for (const [what, value] of [
    ['a delimiter', 'A\x01B'],
    ['nothing', ''],
    ['a character that latin1 lacks', '\u20ac'],
  ] as const) {
    it(`is refused when a value holds ${what}, and uses no number`, async () => {
      const { host, logon } = makeHarness();
      await logon();
      const bad = { msgType: 'D', fields: [[11, value]] } as const;
      expect(host.send(bad)).to.deep.equal(err('InvalidValue'));
      expect(host.send(ORDER)).to.deep.equal(ok({ msgSeqNum: 2 }));
    });
  }

  it('is refused when a field belongs to the session layer', async () => {
    const { host, logon } = makeHarness();
    await logon();
    expect(host.send({ msgType: 'D', fields: [[34, '9']] })).to.deep.equal(err('InvalidValue'));
  });

  it('is refused while too much is unsent', async () => {
    const { host, transport, logon } = makeHarness({ host: { unsentBytesMax: 100 } });
    await logon();
    transport.unsent = 101;
    expect(host.send(ORDER)).to.deep.equal(err('Backpressure'));
    transport.unsent = 0;
    expect(host.send(ORDER)).to.deep.equal(ok({ msgSeqNum: 2 }));
  });

  it('keeps its order when sent from within calls of the session', async () => {
    const harness = makeHarness({
      application: {
        onLoggedOn: () => harness.host.send(ORDER),
        onMessage: () => harness.host.send(ORDER),
      },
    });
    const { host, transport, receive, frame, logon } = harness;
    await logon();
    host.received(Buffer.concat([frame('35=8|37=1|'), frame('35=1|112=A|'), frame('35=8|37=1|')]));
    await settle();
    // Out of a gap: three at once.
    await receive('35=8|34=8|37=1|');
    await receive('35=4|34=5|43=Y|122=20261122-12:00:00.000|123=Y|36=8|');
    const numbers = transport.frames().map((text) => Number(/\x0134=(\d+)/.exec(text)?.[1]));
    expect(numbers).to.deep.equal(numbers.map((_, index) => index + 1));
    expect(numbers).to.have.lengthOf(7);
  });

  it('is bounded while it waits to be in step, and comes back when the connection ends', async () => {
    const dropped: number[] = [];
    const { host, logon } = makeHarness({
      settings: { probeAfterLogon: true, holdUntilSynchronized: true, heldMax: 2 },
      application: { onHeldDropped: (messages) => dropped.push(messages.length) },
    });
    await logon();
    expect(host.send(ORDER)).to.deep.equal(ok({ msgSeqNum: 0 }));
    expect(host.send({ msgType: 'D', fields: [[11, '']] })).to.deep.equal(err('InvalidValue'));
    expect(host.send(ORDER)).to.deep.equal(ok({ msgSeqNum: 0 }));
    expect(host.send(ORDER)).to.deep.equal(err('Backpressure'));
    host.disconnected('gone');
    expect(dropped).to.deep.equal([2]);
    expect(host.view().nextSenderMsgSeqNum).to.equal(3);
  });
});
