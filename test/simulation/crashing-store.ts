import { makeMemoryStore } from '../../src/fix/runtime/memory-store.ts';
import { type SessionStore } from '../../src/fix/session/model/session-types.ts';
import { type VirtualTime } from '../support/virtual-time.ts';

const COMMIT_MS_MAX = 8;

interface Facts {
  readonly sent: string[];
  readonly delivered: string[];
}

type Change = (store: SessionStore, facts: Facts) => void;

/**
 * A store that forgets what was not committed, as a process that is killed does; the owner's facts
 * are in it as well.
 */
export class CrashingStore implements SessionStore {
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

  /**
   * One record of the journal; `joins`: part of the record before, as a fact and its number are.
   */
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
  confirmedMsgSeqNum = (): number => this.#current.confirmedMsgSeqNum();
  confirm = (msgSeqNum: number): void => {
    this.#write((store) => store.confirm(msgSeqNum));
  };
  saveOutbound = (msgSeqNum: number, bytes: Buffer): void => {
    this.#write((store) => store.saveOutbound(msgSeqNum, bytes));
  };
  setNextSenderMsgSeqNum = (value: number): void => {
    this.#write((store) => store.setNextSenderMsgSeqNum(value));
  };
  setNextTargetMsgSeqNum = (value: number): void => {
    const joins = this.#isDelivering;
    this.#isDelivering = false;
    this.#write((store) => store.setNextTargetMsgSeqNum(value), joins);
  };
  reset: SessionStore['reset'] = (at) => {
    this.#write((store) => store.reset(at));
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
