import { type Clock } from '../../../lib/time.ts';
import { type FaultRegistry } from '../fault-registry.ts';
import { type FaultOf, type WaitingKind } from '../fault.ts';

/** The properties of an outgoing frame that faults select by. */
export interface FrameInTransit {
  readonly channel: 'trading' | 'l2' | 'l3' | 'ws';
  /** CompID of a FIX client. */
  readonly session?: string | undefined;
  readonly account?: string | undefined;
  readonly feed?: string | undefined;
  readonly msgType?: string | undefined;
  readonly symbol?: string | undefined;
}

type FrameFault = FaultOf<'frame-drop' | 'frame-duplicate' | 'frame-corrupt' | 'frame-delay'>;
type Reorder = FaultOf<'reorder'>;
type Met = FrameFault | Reorder;

/** What a frame's faults do to it. */
interface FrameFate {
  readonly copies: 0 | 1 | 2;
  readonly isCorrupt: boolean;
  readonly delayMs: number;
}

const UNHARMED: FrameFate = { copies: 1, isCorrupt: false, delayMs: 0 };
const FRAME_KINDS: ReadonlySet<string> = new Set<FrameFault['kind']>([
  'frame-drop',
  'frame-duplicate',
  'frame-corrupt',
  'frame-delay',
]);
/** MsgType(35) of the session level. */
const ADMIN_TYPES = '012345A';

/** Faults of frames, on every channel but REST. */
export class FrameFaults {
  readonly #waitingFaults: FaultRegistry;
  readonly #clock: Clock;

  constructor(waitingFaults: FaultRegistry, clock: Clock) {
    this.#waitingFaults = waitingFaults;
    this.#clock = clock;
  }

  /** True when no fault waits, so frames need not be parsed. */
  get isIdle(): boolean {
    return this.#waitingFaults.isEmpty;
  }

  fateOf(frame: FrameInTransit): FrameFate {
    if (this.isIdle) return UNHARMED;
    const met = this.#waitingFaults.draw(
      (fault): fault is Met =>
        (isFrameFault(fault) && isAimedAt(fault, frame)) ||
        (fault.kind === 'reorder' && isLate(fault, frame)),
      this.#clock.wall(),
    );
    if (met.length === 0) return UNHARMED;
    const has = (kind: Met['kind']): boolean => met.some((fault) => fault.kind === kind);
    return {
      copies: has('frame-drop') ? 0 : has('frame-duplicate') ? 2 : 1,
      isCorrupt: has('frame-corrupt'),
      delayMs: met.reduce((sum, fault) => sum + ('delayMs' in fault ? fault.delayMs : 0), 0),
    };
  }
}

const isFrameFault = (fault: FaultOf<WaitingKind>): fault is FrameFault =>
  FRAME_KINDS.has(fault.kind);

const isAimedAt = (fault: FrameFault, frame: FrameInTransit): boolean =>
  fault.channel === frame.channel &&
  is(fault.account, frame.account) &&
  is(fault.session, frame.session) &&
  is(fault.symbol, frame.symbol) &&
  (fault.feeds === undefined || fault.feeds.includes(frame.feed ?? '')) &&
  (fault.msgTypes === undefined
    ? isApplication(frame)
    : fault.msgTypes.includes(frame.msgType ?? ''));

const isLate = (fault: Reorder, frame: FrameInTransit): boolean =>
  fault.late === frame.channel && is(fault.account, frame.account) && isApplication(frame);

const is = (wanted: string | undefined, given: string | undefined): boolean =>
  wanted === undefined || wanted === given;

/** WebSocket control frames (`feed` '') match only faults that name them. */
const isApplication = ({ channel, msgType = '', feed }: FrameInTransit): boolean =>
  channel === 'ws' ? feed !== '' : !ADMIN_TYPES.includes(msgType);
