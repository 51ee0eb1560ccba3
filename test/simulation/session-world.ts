import { type FixDictionary } from '../../src/fix/codec.ts';
import { makeMemoryStore } from '../../src/fix/message-store.ts';
import { type SessionApplication, type SessionStore } from '../../src/fix/session/session-types.ts';
import { makeSettings, type SessionSettings } from '../../src/fix/session/settings.ts';
import { SessionHost } from '../../src/fix/session-host.ts';
import { type Transport } from '../../src/fix/session-outbox.ts';
import { SessionTicker } from '../../src/fix/session-ticker.ts';
import { makeValidate } from '../../src/fix/session-validate.ts';
import { VirtualTime } from '../support/virtual-time.ts';

/** Probabilities of one in so many; 0 is never. */
export interface Faults {
  readonly drop: number;
  readonly duplicate: number;
  readonly corrupt: number;
  readonly swap: number;
  readonly cut: number;
  readonly crash: number;
}

export const NO_FAULTS: Faults = { drop: 0, duplicate: 0, corrupt: 0, swap: 0, cut: 0, crash: 0 };

/** mulberry32: small, seeded, the same everywhere. */
export const makeRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const LATENCY_MS_MAX = 40;
const COMMIT_MS_MAX = 8;
const RECONNECT_MS = 1_000;
const RESTART_MS = 500;

interface Facts {
  readonly sent: string[];
  readonly delivered: string[];
}

type Change = (store: SessionStore, facts: Facts) => void;

/** A store that forgets what was not committed, as a process that is killed does; the owner's facts are in it as well. */
class CrashingStore implements SessionStore {
  readonly #time: VirtualTime;
  readonly #random: () => number;
  #durable = makeMemoryStore();
  #current = makeMemoryStore();
  #buffered: Change[] = [];
  #isDelivering = false;
  readonly #durableFacts: Facts = { sent: [], delivered: [] };
  facts: Facts = { sent: [], delivered: [] };
  #life = 0;

  constructor(time: VirtualTime, random: () => number) {
    this.#time = time;
    this.#random = random;
  }

  /** One record of the journal; `joins`: part of the record before, as a fact and its number are. */
  #write(change: Change, joins = false): void {
    change(this.#current, this.facts);
    const last = joins ? this.#buffered.pop() : undefined;
    this.#buffered.push((store, facts) => {
      last?.(store, facts);
      change(store, facts);
    });
  }

  noteSent(text: string): void {
    this.#write((_, facts) => facts.sent.push(text), true);
  }
  noteDelivered(text: string): void {
    this.#write((_, facts) => facts.delivered.push(text));
    this.#isDelivering = true;
  }
  nextSenderMsgSeqNum = (): number => this.#current.nextSenderMsgSeqNum();
  nextTargetMsgSeqNum = (): number => this.#current.nextTargetMsgSeqNum();
  saveOutbound = (msgSeqNum: number, bytes: Buffer): void => {
    this.#write((store) => {
      store.saveOutbound(msgSeqNum, bytes);
    });
  };
  setNextSenderMsgSeqNum = (value: number): void => {
    this.#write((store) => {
      store.setNextSenderMsgSeqNum(value);
    });
  };
  setNextTargetMsgSeqNum = (value: number): void => {
    const joins = this.#isDelivering;
    this.#isDelivering = false;
    this.#write((store) => {
      store.setNextTargetMsgSeqNum(value);
    }, joins);
  };
  reset: SessionStore['reset'] = (at) => {
    this.#write((store) => {
      store.reset(at);
    });
  };
  createdAt: SessionStore['createdAt'] = () => this.#current.createdAt();
  outbound: SessionStore['outbound'] = (from, to) => this.#current.outbound(from, to);

  commit = (): Promise<void> => {
    const count = this.#buffered.length;
    const life = this.#life;
    return new Promise((resolve) => {
      this.#time.set(this.#random() * COMMIT_MS_MAX, () => {
        // A process that has died never hears of its commit.
        if (life !== this.#life) return;
        this.#persist(Math.min(count, this.#buffered.length));
        resolve();
      });
    });
  };

  #persist(count: number): void {
    for (const change of this.#buffered.splice(0, count)) change(this.#durable, this.#durableFacts);
  }

  /** Killed: some of what was written but not committed may have reached the disk, in order. */
  crash(): void {
    this.#life++;
    this.#persist(Math.floor(this.#random() * (this.#buffered.length + 1)));
    this.#buffered = [];
    const durable = this.#durable;
    const copy = makeMemoryStore();
    for (const { msgSeqNum, bytes } of durable.outbound(1, durable.nextSenderMsgSeqNum() - 1)) {
      copy.saveOutbound(msgSeqNum, bytes);
    }
    copy.setNextSenderMsgSeqNum(durable.nextSenderMsgSeqNum());
    copy.setNextTargetMsgSeqNum(durable.nextTargetMsgSeqNum());
    this.#current = copy;
    this.facts = {
      sent: [...this.#durableFacts.sent],
      delivered: [...this.#durableFacts.delivered],
    };
  }
}

/** One side: a session that is killed and started again on the same store. */
class Side {
  readonly store: CrashingStore;
  readonly #world: SessionWorld;
  readonly #settings: SessionSettings;
  host: SessionHost | undefined;
  transport: LossyTransport | undefined;
  #ticker: SessionTicker | undefined;
  #made = 0;
  lives = 0;

  constructor(world: SessionWorld, settings: SessionSettings) {
    this.#world = world;
    this.#settings = settings;
    this.store = new CrashingStore(world.time, world.random);
    this.boot();
  }

  boot(): void {
    const { time, dictionary } = this.#world;
    this.lives++;
    const life = this.lives;
    const application: SessionApplication = {
      onLoggedOn: () => undefined,
      onLoggedOut: () => undefined,
      onMessage: (message) => {
        if (message.msgType === 'B') this.store.noteDelivered(message.get(148) ?? '');
      },
    };
    const host: SessionHost = new SessionHost({
      settings: this.#settings,
      application,
      store: this.store,
      dictionary,
      clock: time,
      validate: makeValidate(dictionary, this.#settings),
      onStepped: () => {
        ticker.arm(host.deadline);
      },
    });
    const ticker = new SessionTicker({ clock: time, timers: time }, () => {
      if (this.lives === life) host.tick();
    });
    this.host = host;
    this.#ticker = ticker;
  }

  /** Sends a message; counted as sent once the session has taken it. */
  submit(): void {
    const { host } = this;
    if (host === undefined) return;
    const name = `${this.#settings.id}${++this.#made}`;
    const sent = host.send({
      msgType: 'B',
      fields: [
        [148, name],
        [33, '1'],
        [58, 'x'],
      ],
    });
    if (sent.ok) this.store.noteSent(name);
    this.#ticker?.arm(host.deadline);
  }

  /** Killed, without a word to anybody. */
  crash(): void {
    this.#ticker?.arm(undefined);
    this.host = undefined;
    this.lives++;
    this.store.crash();
  }
}

/** One direction of a connection. */
class LossyTransport implements Transport {
  readonly peer = 'simulation';
  readonly #world: SessionWorld;
  readonly #to: () => SessionHost | undefined;
  #arrivesAt = 0;
  isOpen = true;
  onClose: () => void = () => undefined;

  constructor(world: SessionWorld, to: () => SessionHost | undefined) {
    this.#world = world;
    this.#to = to;
  }

  write = (bytes: Buffer): void => {
    const { faults } = this.#world;
    const frames = splitFrames(bytes);
    for (const [index, frame] of frames.entries()) {
      if (this.#world.happens(faults.drop)) continue;
      if (this.#world.happens(faults.cut)) this.onClose();
      if (this.#world.happens(faults.swap)) {
        const next = frames[index + 1];
        if (next !== undefined) [frames[index + 1]] = [frame];
        if (next !== undefined) this.#carry(next);
        else this.#carry(frame);
        continue;
      }
      this.#carry(this.#world.happens(faults.corrupt) ? this.#corrupted(frame) : frame);
      if (this.#world.happens(faults.duplicate)) this.#carry(frame);
    }
  };
  unsentBytes = (): number => 0;
  close = (): void => {
    this.onClose();
  };
  destroy = (): void => {
    this.onClose();
  };

  #corrupted(frame: Buffer): Buffer {
    const copy = Buffer.from(frame);
    const at = Math.floor(this.#world.random() * copy.length);
    copy[at] = ((copy[at] ?? 0) + 1 + Math.floor(this.#world.random() * 254)) & 0xff;
    return copy;
  }

  /** Order is kept, as TCP does; a frame may come in two pieces. */
  #carry(frame: Buffer): void {
    const { time, random } = this.#world;
    const cutAt = random() < 0.2 ? Math.floor(random() * frame.length) : 0;
    for (const piece of [frame.subarray(0, cutAt), frame.subarray(cutAt)]) {
      if (piece.length === 0) continue;
      const at = Math.max(this.#arrivesAt, time.monotonic() + random() * LATENCY_MS_MAX);
      this.#arrivesAt = at;
      time.set(at - time.monotonic(), () => {
        if (this.isOpen) this.#to()?.received(piece);
      });
    }
  }
}

const splitFrames = (bytes: Buffer): Buffer[] => {
  const frames: Buffer[] = [];
  let from = 0;
  for (;;) {
    const trailer = bytes.indexOf('\x0110=', from, 'latin1');
    if (trailer < 0) return frames;
    const to = trailer + 8;
    frames.push(bytes.subarray(from, to));
    from = to;
  }
};

/** Two sessions of ours and the bad line between them. */
export class SessionWorld {
  readonly time = new VirtualTime();
  readonly random: () => number;
  readonly dictionary: FixDictionary;
  faults: Faults = NO_FAULTS;
  readonly initiator: Side;
  readonly acceptor: Side;
  #isConnecting = false;

  constructor(seed: number, dictionary: FixDictionary) {
    this.random = makeRandom(seed);
    this.dictionary = dictionary;
    const common = {
      beginString: 'FIX.4.4',
      heartBtIntSeconds: 5,
      onTooLow: 'reconnect',
      sequenceRefusalsMax: Number.MAX_SAFE_INTEGER,
      resendPolicy: 'full',
      resendReaskMs: 2_000,
      logonTimeoutMs: 3_000,
      resendChunkSize: [0, 3, 10][Math.floor(this.random() * 3)] ?? 0,
      queueMax: [2, 20, 1_000][Math.floor(this.random() * 3)] ?? 20,
      sendWhenLoggedOff: this.random() < 0.5 ? 'store' : 'refuse',
      nextExpectedMsgSeqNum: this.random() < 0.3,
    } as const;
    const toInitiator = { ...common, id: 'i', role: 'initiator' } as const;
    const toAcceptor = { ...common, id: 'a', role: 'acceptor' } as const;
    this.initiator = new Side(
      this,
      makeSettings({ ...toInitiator, senderCompID: 'C', targetCompID: 'V' }),
    );
    this.acceptor = new Side(
      this,
      makeSettings({ ...toAcceptor, senderCompID: 'V', targetCompID: 'C' }),
    );
  }

  happens(oneIn: number): boolean {
    return oneIn > 0 && this.random() * oneIn < 1;
  }

  get isInStep(): boolean {
    const sides = [this.initiator, this.acceptor];
    return (
      sides.every(
        ({ host }) => host?.state.phase === 'LoggedOn' && host.state.connection?.gap === undefined,
      ) &&
      this.initiator.store.nextSenderMsgSeqNum() === this.acceptor.store.nextTargetMsgSeqNum() &&
      this.acceptor.store.nextSenderMsgSeqNum() === this.initiator.store.nextTargetMsgSeqNum()
    );
  }

  /** Lets time pass with both sides sending. */
  async run(options: {
    readonly steps: number;
    readonly stepMs: number;
    readonly faults: Faults;
    readonly isSending: boolean;
    readonly until?: () => boolean;
  }): Promise<void> {
    this.faults = options.faults;
    for (let index = 0; index < options.steps; index++) {
      for (const side of [this.initiator, this.acceptor]) {
        if (options.isSending && this.random() < 0.7) side.submit();
        if (this.happens(options.faults.crash)) this.#crash(side);
      }
      this.#connect();
      await this.time.advance(options.stepMs * this.random() * 2, settle);
      if (options.until?.() === true) return;
    }
  }

  #crash(side: Side): void {
    if (side.host === undefined) return;
    this.#disconnect();
    side.crash();
    this.time.set(RESTART_MS, () => {
      side.boot();
    });
  }

  #connect(): void {
    const isDown = this.initiator.transport === undefined;
    if (!isDown || this.#isConnecting) return;
    if (this.initiator.host === undefined || this.acceptor.host === undefined) return;
    this.#isConnecting = true;
    this.time.set(RECONNECT_MS, () => {
      this.#isConnecting = false;
      const { initiator, acceptor } = this;
      if (initiator.host === undefined || acceptor.host === undefined) return;
      const toAcceptor = new LossyTransport(this, () => acceptor.host);
      const toInitiator = new LossyTransport(this, () => initiator.host);
      for (const transport of [toAcceptor, toInitiator]) {
        transport.onClose = () => {
          // Both ends notice, after what is on its way has come.
          this.time.set(LATENCY_MS_MAX * 2, () => {
            if (initiator.transport === toAcceptor) this.#disconnect();
          });
        };
      }
      initiator.transport = toAcceptor;
      acceptor.transport = toInitiator;
      acceptor.host.connected(toInitiator);
      initiator.host.connected(toAcceptor);
    });
  }

  #disconnect(): void {
    for (const side of [this.initiator, this.acceptor]) {
      const { transport } = side;
      if (transport === undefined) continue;
      transport.isOpen = false;
      side.transport = undefined;
      side.host?.disconnected('the line was cut');
    }
  }
}

const SETTLE_TURNS = 4;
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < SETTLE_TURNS; turn++) await Promise.resolve();
};
