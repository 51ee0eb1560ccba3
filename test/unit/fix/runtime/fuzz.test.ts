import { expect } from 'chai';
import { toUtcTimestamp } from '../../../../src/lib/time.ts';
import { makeMemoryStore } from '../../../../src/fix/runtime/memory-store.ts';
import { type SessionTransport } from '../../../../src/fix/runtime/outbox.ts';
import { makeRandom } from '../../../simulation/random.ts';
import { makeHarness } from './host-harness.ts';

const FRAMES = Number(process.env['FATHOM_FUZZ_FRAMES'] ?? '20000');
const SEED = Number(process.env['FATHOM_FUZZ_SEED'] ?? '1');
const QUEUE_MAX = 50;
const TEMPLATES: readonly string[] = [
  '35=A|98=0|108=30|',
  '35=A|34=1|98=0|108=30|141=Y|',
  '35=0|',
  '35=0|112=TEST-1-1|',
  '35=1|112=A|',
  '35=2|7=1|16=0|',
  '35=2|7=3|16=2|',
  '35=3|45=1|373=5|58=x|',
  '35=4|123=Y|36=9|',
  '35=4|123=N|36=5|',
  '35=5|58=bye|',
  '35=8|37=1|17=E|150=0|39=0|55=X|54=1|151=1|14=0|6=0|',
  '35=8|43=Y|122=20261122-12:00:00.000|37=1|17=E|150=0|39=0|55=X|54=1|151=1|14=0|6=0|',
  '35=B|148=x|33=2|58=a|58=b|95=3|96=a=b|',
  '35=W|55=X|268=2|269=0|270=1|271=1|269=1|270=2|271=1|',
];

const REPORT = 11;

class Sink implements SessionTransport {
  readonly peer = 'fuzz';
  isOpen = true;
  bytes = 0;
  write = (bytes: Buffer): void => {
    this.bytes += bytes.length;
  };
  unsentBytes = (): number => 0;
  close = (): void => {
    this.isOpen = false;
  };
  destroy = (): void => {
    this.isOpen = false;
  };
}

describe('a session under mutated frames', () => {
  // eslint-disable-next-line complexity -- one loop, many dice
  it(`throws on none of ${FRAMES}, delivers in order, and bounds its memory`, async () => {
    const random = makeRandom(SEED);
    const pick = (count: number): number => Math.floor(random() * count);
    const said = (frame: number): string => `FATHOM_FUZZ_SEED=${SEED}, frame ${frame}`;
    let lastDelivered = 0;
    let delivered = 0;
    let frame = 0;
    const harness = makeHarness({
      isChecking: true,
      store: makeMemoryStore({ messagesMax: 100 }),
      settings: {
        queueMax: QUEUE_MAX,
        onTooLow: 'reconnect',
        maxLatencyMs: Number.MAX_SAFE_INTEGER,
      },
      application: {
        onLoggedOn: (info) => {
          if (info.reset) lastDelivered = 0;
        },
        onLoggedOut: () => undefined,
        onEvent: () => undefined,
        onMessage: (_, context) => {
          expect(context.msgSeqNum, said(frame)).to.be.greaterThan(lastDelivered);
          lastDelivered = context.msgSeqNum;
          delivered++;
        },
      },
    });
    const { host, time } = harness;
    let sink = new Sink();
    let sendingTime = toUtcTimestamp(time.wall());
    host.connected(sink);
    for (frame = 0; frame < FRAMES; frame++) {
      const isLeaving = host.view().phase === 'LogoutSent' && random() < 0.5;
      if (!sink.isOpen || isLeaving) {
        host.disconnected('closed');
        if (host.view().phase === 'Halted') host.event({ type: 'ResumeAsked' });
        sink = new Sink();
        host.connected(sink);
      }
      const next = host.view().nextTargetMsgSeqNum;
      const isLogon = host.view().phase === 'LogonSent' && random() < 0.9;
      const isReport = random() < 0.5;
      const template = TEMPLATES[isLogon ? 0 : isReport ? REPORT : pick(TEMPLATES.length)] ?? '';
      const offset = isLogon || random() < 0.9 ? 0 : pick(9) - 4;
      const frameBytes = build(template, Math.max(next + offset, 0), sendingTime);
      host.received(mutate(frameBytes, random, isLogon ? 0.02 : 0.3));
      expect(host.state.connection?.queue.size ?? 0, said(frame)).to.be.at.most(QUEUE_MAX);
      if (frame % 64 === 0) {
        await time.advance(pick(3_000));
        sendingTime = toUtcTimestamp(time.wall());
        host.tick();
      }
    }
    const heapMB = Math.round(process.memoryUsage().heapUsed / 1_048_576);
    process.stdout.write(`      ${FRAMES} frames, ${delivered} delivered, heap ${heapMB} MB\n`);
    expect(delivered).to.be.greaterThan(FRAMES / 200);
  }).timeout(3_600_000);
});

/** A frame of the peer's; a template may bring its own number. */
const build = (template: string, msgSeqNum: number, sendingTime: string): Buffer => {
  const [msgType = '', ...rest] = template.split('|');
  const own = rest[0]?.startsWith('34=') === true ? rest.shift() : undefined;
  const number = own ?? `34=${msgSeqNum}`;
  const head = `${msgType}|${number}|49=VENUE|56=ME|52=${sendingTime}|`;
  const body = head + rest.join('|');
  const frame = Buffer.from(`8=FIX.4.4|9=${body.length}|${body}10=000|`, 'latin1');
  for (let at = frame.indexOf('|'); at >= 0; at = frame.indexOf('|', at + 1)) frame[at] = 1;
  return resealed(frame, 0, frame[0] ?? 0);
};

const mutate = (frame: Buffer, random: () => number, share: number): Buffer => {
  if (random() > share) return frame;
  const at = Math.floor(random() * frame.length);
  switch (Math.floor(random() * 6)) {
    case 0: {
      const copy = Buffer.from(frame);
      copy[at] = Math.floor(random() * 256);
      return copy;
    }
    case 1:
      return Buffer.concat([frame.subarray(0, at), frame.subarray(at + Math.floor(random() * 9))]);
    case 2:
      return Buffer.concat([frame.subarray(0, at), Buffer.from('|9=1\x01'), frame.subarray(at)]);
    case 3:
      return Buffer.concat([frame, frame]);
    case 4:
      return resealed(frame, at, Math.floor(random() * 256));
    default:
      return frame.subarray(0, at);
  }
};

/** One byte changed, and the CheckSum(10) put right: damage that only the session can find. */
const resealed = (frame: Buffer, at: number, byte: number): Buffer => {
  const copy = Buffer.from(frame);
  copy[Math.min(at, copy.length - 8)] = byte;
  let sum = 0;
  for (let index = 0; index < copy.length - 7; index++) sum += copy[index] ?? 0;
  copy.write(`10=${String(sum % 256).padStart(3, '0')}\x01`, copy.length - 7, 'latin1');
  return copy;
};
