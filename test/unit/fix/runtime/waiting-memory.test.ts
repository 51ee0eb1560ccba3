import { expect } from 'chai';
import { FrameDecoder } from '../../../../src/fix/codec/frame-decoder.ts';
import { type FixMessage } from '../../../../src/fix/codec/fix-message.ts';
import { drain, frameOf as codecFrame, stock44 } from '../codec/support.ts';
import { makeHarness, ORDER } from './host-harness.ts';

describe('memory of what waits', () => {
  const held = async (settings: Parameters<typeof makeHarness>[0] & object): Promise<string[]> => {
    const { host, logon } = makeHarness(settings);
    await logon();
    return Array.from({ length: 5 }, () => {
      const fields = [...ORDER.fields, [58, 'x'.repeat(1_000)] as const];
      const sent = host.send({ msgType: 'D', fields });
      return sent.ok ? 'held' : sent.error;
    });
  };

  it('bounds by bytes the orders that wait until both sides are in step', async () => {
    const settings = { probeAfterLogon: true, holdUntilSynchronized: true };
    const [all, some, few] = [
      await held({ settings }),
      await held({ settings: { ...settings, heldBytesMax: 3_000 } }),
      await held({ settings: { ...settings, heldMax: 3 } }),
    ];
    const full = 'Backpressure';
    expect(all).to.deep.equal(['held', 'held', 'held', 'held', 'held']);
    expect(some).to.deep.equal(['held', 'held', full, full, full]);
    expect(few).to.deep.equal(['held', 'held', 'held', full, full]);
  });

  it('copies a message out of the bytes that it came in, groups included', () => {
    const frames = [
      '35=0|34=1|49=A|56=B|112=x|',
      '35=3|34=2|49=A|56=B|45=1|58=text|',
      '35=D|34=3|49=A|56=B|453=2|448=P1|452=3|448=P2|452=1|11=o1|',
    ].map((body) => codecFrame(body));
    const decoder = new FrameDecoder(stock44);
    decoder.push(Buffer.concat(frames));
    for (const [index, decoded] of drain(decoder).entries()) {
      if (decoded.type !== 'Message') throw new Error(decoded.reason);
      const copy = decoded.message.copy();
      expect(copy.raw).to.deep.equal(frames[index]);
      expect(copy.raw.buffer.byteLength).to.equal(frames[index]?.length);
      expect(copy.entries()).to.deep.equal(decoded.message.entries());
      expect(copy.msgSeqNum).to.equal(index + 1);
      const parties = (of: FixMessage): unknown =>
        of.groups(453).map((party) => [party.get(448), party.get(452)]);
      expect(parties(copy)).to.deep.equal(parties(decoded.message));
    }
  });
});
