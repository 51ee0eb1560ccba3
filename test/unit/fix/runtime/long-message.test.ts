import { expect } from 'chai';
import { makeHarness, settle, type Harness } from './host-harness.ts';

const LIMIT = 4_096;
const REPORT = `35=3|45=1|58=${'x'.repeat(2 * LIMIT)}|`;
const SHORT = '35=3|45=1|58=short|';

const talk = async (options: Parameters<typeof makeHarness>[0] = {}): Promise<Harness> => {
  const harness = makeHarness({ ...options, host: { frameBytesMax: LIMIT } });
  await harness.logon();
  return harness;
};

const count = (lines: readonly string[], start: string): number =>
  lines.filter((line) => line.startsWith(start)).length;

const requests = ({ transport }: Harness): readonly string[] =>
  transport.frames().filter((frame) => frame.includes('\u000135=2\u0001'));

/** The connection is lost, and the peer logs on with this number. */
const logOnAgain = async (harness: Harness, msgSeqNum: number): Promise<void> => {
  harness.host.disconnected('lost');
  harness.host.connected(harness.transport);
  await harness.receive(`35=A|34=${msgSeqNum}|98=0|108=30|`);
};

describe('a message beyond the size limit', () => {
  it('is told once with what to do, and what follows waits behind it', async () => {
    const harness = await talk();
    await harness.receive(REPORT);
    await harness.receive(SHORT);
    await harness.receive(SHORT);
    const lines = harness.told.filter((line) => line.startsWith('MESSAGE_TOO_LONG'));
    expect(lines).to.have.lengthOf(1);
    expect(lines[0]).to.match(/message 2, MsgType\(35\) 3, has 8\d\d\d bytes, .* has 4096 /);
    expect(lines[0]).to.contain('session set-next-target 3');
    expect(count(harness.told, 'GARBLED')).to.equal(0);
    expect(count(harness.told, 'message')).to.equal(0);
    expect(requests(harness)).to.deep.equal([]);
    expect(harness.host.view().nextTargetMsgSeqNum).to.equal(2);
  });

  it('lets the later messages through, in order, once the operator gives it up', async () => {
    const harness = await talk();
    await harness.receive(REPORT);
    await harness.receive(SHORT);
    await harness.receive(SHORT);
    harness.host.event({ type: 'SetNextTarget', value: 3 });
    await settle();
    expect(count(harness.told, 'message 3')).to.equal(2);
    expect(harness.host.view().nextTargetMsgSeqNum).to.equal(5);
    await harness.receive(SHORT);
    expect(count(harness.told, 'message 3')).to.equal(3);
    expect(requests(harness)).to.deep.equal([]);
  });

  it('is not asked for again at the next logons; what was sent behind it is', async () => {
    const harness = await talk();
    await harness.receive(REPORT);
    await logOnAgain(harness, 3);
    expect(requests(harness)).to.deep.equal([]);
    await logOnAgain(harness, 6);
    expect(requests(harness)).to.have.lengthOf(1);
    expect(requests(harness)[0]).to.contain('\u00017=3\u000116=0\u0001');
    expect(count(harness.told, 'MESSAGE_TOO_LONG')).to.equal(1);
  });

  it('that a resend brings is told once, and the connection is not given up for it', async () => {
    const harness = await talk({ settings: { resendReaskMs: 1_000, resendReasksMax: 2 } });
    await harness.receive(`34=3|${SHORT}`);
    expect(requests(harness)).to.have.lengthOf(1);
    await harness.receive(`34=2|43=Y|122=<now>|${REPORT}`);
    for (let second = 0; second < 10; second++) {
      await harness.time.advance(1_000);
      harness.host.tick();
    }
    await settle();
    expect(requests(harness)).to.have.lengthOf(1);
    expect(count(harness.told, 'MESSAGE_TOO_LONG')).to.equal(1);
    expect(count(harness.told, 'GAP_STUCK')).to.equal(0);
  });

  it('of a client is refused by Reject(3) with both sizes, and the session goes on', async () => {
    const settings = { role: 'acceptor' as const };
    const harness = await talk({ settings });
    await harness.receive(REPORT);
    await harness.receive(SHORT);
    const rejects = harness.transport.frames().filter((one) => one.includes('\u000135=3\u0001'));
    expect(rejects).to.have.lengthOf(1);
    expect(rejects[0]).to.match(
      /\u000145=2\u0001372=3\u0001373=99\u000158=message of 8\d\d\d bytes, /,
    );
    expect(count(harness.told, 'message 3')).to.equal(1);
    expect(harness.host.view().nextTargetMsgSeqNum).to.equal(4);
    expect(requests(harness)).to.deep.equal([]);
  });

  it('is recognised however its bytes are cut, and a wrong length or sum is not', async () => {
    for (const size of [1, 7, 512, 5_000]) {
      const harness = await talk();
      const bytes = Buffer.concat([harness.frame(REPORT), harness.frame(SHORT)]);
      for (let at = 0; at < bytes.length; at += size) {
        harness.host.received(bytes.subarray(at, at + size));
      }
      await settle();
      expect(count(harness.told, 'MESSAGE_TOO_LONG'), `${size} bytes`).to.equal(1);
      expect(count(harness.told, 'GARBLED'), `${size} bytes`).to.equal(0);
    }
    const harness = await talk();
    const wrongSum = harness.frame(REPORT);
    wrongSum[2_000] = 0x79;
    harness.host.received(wrongSum);
    const longer = harness.frame(SHORT).toString('latin1').replace(/9=\d+/, '9=9000000');
    harness.host.received(Buffer.from(longer, 'latin1'));
    await harness.receive(SHORT);
    expect(count(harness.told, 'MESSAGE_TOO_LONG')).to.equal(0);
    expect(count(harness.told, 'GARBLED BodyLength(9) too large')).to.equal(2);
    expect(requests(harness)).to.have.lengthOf(1);
  });
});
