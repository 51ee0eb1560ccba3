import { CrashingStore } from './crashing-store.ts';
import { type Faults, LATENCY_MS_MAX, LossyTransport, NO_FAULTS } from './lossy-transport.ts';
import { makeRandom } from './random.ts';
import { type FixDictionary } from '../../src/fix/dictionary/dictionary.ts';
import { type SessionApplication } from '../../src/fix/session/model/session-types.ts';
import { makeSettings, type SessionSettings } from '../../src/fix/session/model/settings.ts';
import { SessionHost } from '../../src/fix/runtime/session-host.ts';
import { SessionTicker } from '../../src/fix/runtime/ticker.ts';
import { makeValidate } from '../../src/fix/session/session-validate.ts';
import { VirtualTime } from '../support/virtual-time.ts';

const RECONNECT_MS = 1_000;
const RESTART_MS = 500;

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
      onStepped: () => ticker.arm(host.deadline),
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

  /** The process is killed: nothing is closed or flushed. */
  crash(): void {
    this.#ticker?.arm(undefined);
    this.host = undefined;
    this.lives++;
    this.store.crash();
  }
}

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
    this.time.set(RESTART_MS, () => side.boot());
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
  // A resend of several ranges lets the sockets be read between its parts.
  await new Promise((resolve) => setImmediate(resolve));
};
