import { expect } from 'chai';
import { makeMemoryStore } from '../../../../src/fix/runtime/memory-store.ts';
import { SessionTicker } from '../../../../src/fix/runtime/ticker.ts';
import { makeHarness, MemoryTransport, ORDER, settle } from './host-harness.ts';

describe('a long resend', () => {
  const MESSAGES = 100_000;
  const REPLAY_BYTES_MAX = 64 * 1024;

  it('8-I: waits for the peer to read, and answers everything', async () => {
    const store = makeMemoryStore();
    const bytes = makeHarness().frame('35=8|37=1|');
    for (let msgSeqNum = 1; msgSeqNum <= MESSAGES; msgSeqNum++)
      store.saveOutbound(msgSeqNum, bytes);
    const { host, transport, receive, logon } = makeHarness({
      store,
      host: { replayBytesMax: REPLAY_BYTES_MAX },
    });
    await logon();
    const logonBytes = transport.written.length;
    transport.isReading = false;
    await receive(`35=2|7=1|16=${MESSAGES}|`);
    expect(transport.unsent).to.be.lessThan(2 * REPLAY_BYTES_MAX);
    transport.isReading = true;
    transport.unsent = 0;
    host.drained();
    for (let before = -1; before !== transport.written.length;) {
      before = transport.written.length;
      await settle();
    }
    host.send(ORDER);
    await settle();
    const frames = transport.frames();
    expect(transport.written.length).to.be.greaterThan(logonBytes + MESSAGES * bytes.length);
    expect(frames).to.have.lengthOf(MESSAGES + 2);
    expect(frames.at(-1)).to.contain('35=D');
    expect(frames[1]).to.contain('\x0143=Y\x01122=');
  });
});

describe('bytes in pieces', () => {
  const conversation = (frame: (fields: string) => Buffer): Buffer =>
    Buffer.concat([
      frame('35=A|98=0|108=30|'),
      frame('35=1|112=A|'),
      frame('35=8|37=1|'),
      frame('35=1|112=B|'),
    ]);

  for (const size of [1, 2, 3, 7, 64, 170, 1_000]) {
    it(`2-X: ${size} at a time mean the same as whole messages`, async () => {
      const { host, transport, frame, told } = makeHarness();
      host.connected(transport);
      const bytes = conversation(frame);
      for (let at = 0; at < bytes.length; at += size) host.received(bytes.subarray(at, at + size));
      await settle();
      expect(told.slice(-2)).to.deep.equal(['logged on', 'message 8']);
      expect(transport.frames()).to.have.lengthOf(3);
    });
  }

  it('2-X: half a message is forgotten with its connection', async () => {
    const { host, frame, told, transport } = makeHarness();
    host.connected(transport);
    host.received(frame('35=A|98=0|108=30|'));
    host.received(frame('35=8|37=1|').subarray(0, 40));
    host.disconnected('cut');
    host.connected(new MemoryTransport());
    host.received(frame('35=A|34=2|98=0|108=30|'));
    await settle();
    expect(told.filter((text) => text === 'logged on')).to.have.lengthOf(2);
    expect(told.join()).not.to.contain('GARBLED');
  });
});

describe('time', () => {
  for (const hours of [1, -1]) {
    it(`6-C: a wall clock that jumps by ${hours} h while idle ends nothing`, async () => {
      const { host, time, transport, logon } = makeHarness();
      await logon();
      time.jumpWall(hours * 3_600_000);
      await time.advance(20_000);
      host.tick();
      await settle();
      expect(host.view().phase).to.equal('LoggedOn');
      expect(transport.frames()).to.have.lengthOf(1);
    });
  }

  it('6-D: after a stall the sockets are read before the silence is judged', async () => {
    const harness = makeHarness();
    const { host, time, frame, logon } = harness;
    const ticker = new SessionTicker({ clock: time, timers: time }, () => {
      host.tick();
      ticker.arm(host.deadline);
    });
    await logon();
    ticker.arm(host.deadline);
    time.stall(3 * 30_000);
    // What the peer has sent meanwhile is read in the turn after the late timer.
    time.set(0, () => host.received(frame('35=0|')));
    await time.advance(10);
    expect(host.view().phase).to.equal('LoggedOn');
    expect(harness.transport.isClosed).to.equal(false);
  });

  it('6-D: a peer that stayed silent through the stall is cut', async () => {
    const { host, time, logon, told } = makeHarness();
    const ticker = new SessionTicker({ clock: time, timers: time }, () => {
      host.tick();
      ticker.arm(host.deadline);
    });
    await logon();
    ticker.arm(host.deadline);
    time.stall(3 * 30_000);
    await time.advance(10);
    await settle();
    expect(told.join()).to.contain('HEARTBEAT_TIMEOUT');
  });
});
