import { expect } from 'chai';
import { makeMemoryStore } from '../../../../src/fix/runtime/memory-store.ts';
import { type Harness, makeHarness, ORDER, settle } from './host-harness.ts';

const MESSAGES = 2_000;
const PART_BYTES = 16 * 1024;

/** A session with stored reports 1 to 2,000, logged on. */
const withReports = async (
  options: Parameters<typeof makeHarness>[0] = {},
  messages = MESSAGES,
): Promise<Harness> => {
  const store = makeMemoryStore();
  const { frame } = makeHarness({ settings: { senderCompID: 'VENUE', targetCompID: 'ME' } });
  for (let msgSeqNum = 1; msgSeqNum <= messages; msgSeqNum++) {
    const report = '37=1|58=a report of the length that reports have|';
    store.saveOutbound(msgSeqNum, frame(`35=8|34=${msgSeqNum}|${report}`));
  }
  const harness = makeHarness({ store, host: { replayBytesMax: PART_BYTES }, ...options });
  await harness.logon();
  return harness;
};

/** Numbers of what was replayed, in order. */
const replayed = ({ transport }: Harness): readonly number[] =>
  transport
    .frames()
    .filter((frame) => frame.includes('\x0143=Y\x01') && frame.includes('\x0135=8\x01'))
    .map((frame) => Number(/\x0134=(\d+)/.exec(frame)?.[1]));

const quiet = async ({ transport }: Harness): Promise<void> => {
  for (let before = -1; before !== transport.written.length;) {
    before = transport.written.length;
    await settle();
  }
};

const numbers = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('ResendRequests of a client', () => {
  it('that are ten times the same at once are answered once', async () => {
    const harness = await withReports();
    const asks = Array.from({ length: 10 }, () => harness.frame(`35=2|7=1|16=${MESSAGES}|`));
    harness.host.received(Buffer.concat(asks));
    await quiet(harness);
    expect(replayed(harness)).to.deep.equal(numbers(1, MESSAGES));
  });

  it('that overlap are answered once each number, none is dropped', async () => {
    const harness = await withReports();
    const ranges = ['1|16=900', '500|16=1500', '1400|16=2000', '20|16=30', '1|16=2000'];
    harness.host.received(Buffer.concat(ranges.map((range) => harness.frame(`35=2|7=${range}|`))));
    await quiet(harness);
    expect(replayed(harness)).to.deep.equal(numbers(1, MESSAGES));
  });

  it('that are a hundred different ones are all answered', async () => {
    const harness = await withReports();
    const asked = numbers(1, 100).map((n) => n * 20);
    const asks = asked.map((n) => harness.frame(`35=2|7=${n}|16=${n}|`));
    harness.host.received(Buffer.concat(asks));
    await quiet(harness);
    expect(replayed(harness)).to.include.members(asked);
  });

  it('while another is being answered get what has been sent once more, and the rest once', async () => {
    const harness = await withReports();
    const { transport, host, receive } = harness;
    transport.isReading = false;
    await receive(`35=2|7=1|16=${MESSAGES}|`);
    const sent = replayed(harness).length;
    expect(sent).to.be.greaterThan(1).and.lessThan(MESSAGES);
    for (let n = 0; n < 9; n++) await receive(`35=2|7=1|16=${MESSAGES}|`);
    transport.isReading = true;
    transport.unsent = 0;
    host.drained();
    await quiet(harness);
    expect(replayed(harness)).to.deep.equal([...numbers(1, MESSAGES), ...numbers(1, sent)]);
  });

  it('begin anew with the next connection', async () => {
    const harness = await withReports();
    const { transport, host, receive, logon } = harness;
    transport.isReading = false;
    await receive(`35=2|7=1|16=${MESSAGES}|`);
    host.disconnected('gone');
    transport.isReading = true;
    transport.unsent = 0;
    transport.written = '';
    await logon();
    await receive('35=2|7=1990|16=2000|');
    await quiet(harness);
    expect(replayed(harness)).to.deep.equal(numbers(1_990, 2_000));
  });
});

describe('a message that is sent during a long resend', () => {
  const orderAt = ({ transport }: Harness): number =>
    transport.frames().findIndex((frame) => frame.includes('\x0135=D\x01'));

  it('does not wait for its end', async () => {
    const harness = await withReports();
    await Promise.all([
      harness.receive(`35=2|7=1|16=${MESSAGES}|`),
      Promise.resolve().then(() => harness.host.send(ORDER)),
    ]);
    await quiet(harness);
    expect(orderAt(harness))
      .to.be.greaterThan(1)
      .and.lessThan(MESSAGES / 2);
    expect(replayed(harness)).to.deep.equal(numbers(1, MESSAGES));
  });

  it('does not wait for a client that reads no resend', async () => {
    const harness = await withReports();
    harness.transport.isReading = false;
    await harness.receive(`35=2|7=1|16=${MESSAGES}|`);
    expect(orderAt(harness)).to.equal(-1);
    harness.host.send(ORDER);
    await settle();
    expect(orderAt(harness)).to.equal(harness.transport.frames().length - 1);
  });

  it('keeps its order among the others', async () => {
    const harness = await withReports();
    const done = harness.receive(`35=2|7=1|16=${MESSAGES}|`);
    for (let n = 0; n < 50; n++) {
      harness.host.send(ORDER);
      await Promise.resolve();
    }
    await done;
    await quiet(harness);
    const sent = harness.transport
      .frames()
      .filter((frame) => frame.includes('\x0135=D\x01'))
      .map((frame) => Number(/\x0134=(\d+)/.exec(frame)?.[1]));
    expect(sent).to.deep.equal(numbers(MESSAGES + 2, MESSAGES + 51));
  });

  it('stays behind it when it is a Logout', async () => {
    const harness = await withReports();
    const done = harness.receive(`35=2|7=1|16=${MESSAGES}|`);
    harness.host.event({ type: 'LogoutAsked', text: 'bye' });
    await done;
    await quiet(harness);
    expect(harness.transport.frames().at(-1)).to.contain('\x0135=5\x01');
    expect(replayed(harness)).to.deep.equal(numbers(1, MESSAGES));
  });

  it('proves nothing about the reports in the resend when it is a TestRequest', async () => {
    const harness = await withReports({
      host: { replayBytesMax: PART_BYTES, redeliver: ['8'] },
    });
    const { store, receive, host, transport } = harness;
    transport.isReading = false;
    await receive(`35=2|7=1|16=${MESSAGES}|`);
    host.event({ type: 'TestRequestAsked' });
    await receive('35=0|112=TEST-1-1|');
    expect(store.confirmedMsgSeqNum()).to.equal(0);
    transport.isReading = true;
    transport.unsent = 0;
    host.drained();
    await quiet(harness);
    host.event({ type: 'TestRequestAsked' });
    await receive('35=0|112=TEST-1-2|');
    expect(store.confirmedMsgSeqNum()).to.be.greaterThan(MESSAGES);
  });
});

describe('a long resend of gap-filled messages', () => {
  const MANY = 10_000;

  for (const [what, neverReplay] of [
    ['reports', ['8']],
    ['reports among others', ['8', '9', 'j', 'r']],
  ] as const) {
    it(`is made in parts, so nobody else waits: ${what}`, async () => {
      const told: number[] = [];
      const harness = await withReports(
        {
          settings: { resendPolicy: 'gap-fill-orders', neverReplay },
          application: { onNotReplayed: ({ msgSeqNum }) => told.push(msgSeqNum) },
        },
        MANY,
      );
      const { host, frame, transport } = harness;
      host.received(frame(`35=2|7=1|16=${MANY}|`));
      let most = 0;
      for (let before = 0; told.length < MANY; before = told.length) {
        await new Promise((resolve) => setImmediate(resolve));
        most = Math.max(most, told.length - before);
      }
      await settle();
      expect(most).to.be.lessThan(1_000);
      expect(transport.frames()).to.have.lengthOf(2);
      expect(transport.frames()[1]).to.contain(`\x0136=${MANY + 1}\x01`);
    }).timeout(60_000);
  }

  it('of long messages reads no more than a few of them at a time', async () => {
    const store = makeMemoryStore();
    const long = makeHarness().frame(`35=8|37=1|58=${'x'.repeat(400_000)}|`);
    let read = 0;
    for (let msgSeqNum = 1; msgSeqNum <= 40; msgSeqNum++) store.saveOutbound(msgSeqNum, long);
    const { transport, logon, receive } = makeHarness({
      store: {
        ...store,
        outbound: function* (from, to) {
          for (const sent of store.outbound(from, to)) {
            read += 1;
            yield sent;
          }
        },
      },
    });
    await logon();
    transport.isReading = false;
    await receive('35=2|7=1|16=40|');
    expect(read).to.be.within(1, 6);
  });
});
