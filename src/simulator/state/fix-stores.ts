import { makeMemoryStore } from '../../fix/runtime/memory-store.ts';
import { type SessionStore } from '../../fix/session/model/session-types.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type StateKeeper, type StateNote } from './state-record.ts';

interface StoreOptions {
  /** Messages kept for ResendRequests. */
  readonly messagesMax?: number;
  /**
   * Keeps sequence numbers over restarts, but not messages: resends are gap-filled. For market
   * data, which is useless when it is late.
   */
  readonly numbersOnly?: boolean;
}

/** The session stores of every FIX port, in memory; with a keeper they are recorded too. */
export class FixStores {
  readonly #createdAt: EpochMs;
  readonly #keeper: StateKeeper | undefined;
  readonly #messagesMax: number;
  readonly #stores = new Map<string, SessionStore>();

  /** `messagesMax`: of a session whose messages are replayed before anybody asks for its store. */
  constructor(createdAt: EpochMs, keeper: StateKeeper | undefined, messagesMax: number) {
    this.#createdAt = createdAt;
    this.#keeper = keeper;
    this.#messagesMax = messagesMax;
  }

  /** The store of a session. */
  store(session: string, options: StoreOptions = {}): SessionStore {
    const memory = this.#memory(session, options);
    return this.#keeper === undefined ? memory : keep(memory, session, this.#keeper, options);
  }

  /** Applies a recorded note. */
  replay(note: StateNote): void {
    if (!('session' in note)) return;
    const store = this.#memory(note.session);
    switch (note.k) {
      case 'fix-in':
        // Consumed, though the process may have died before it wrote the number.
        store.setNextTargetMsgSeqNum(Math.max(store.nextTargetMsgSeqNum(), note.msgSeqNum + 1));
        break;
      case 'fix-out':
        store.saveOutbound(note.msgSeqNum, Buffer.from(note.frame, 'latin1'));
        break;
      case 'next-sender':
        store.setNextSenderMsgSeqNum(note.value);
        break;
      case 'next-target':
        store.setNextTargetMsgSeqNum(note.value);
        break;
      case 'fix-reset':
        store.reset(note.at);
        break;
    }
  }

  #memory(session: string, options: StoreOptions = {}): SessionStore {
    const { messagesMax = this.#messagesMax } = options;
    let store = this.#stores.get(session);
    if (store === undefined) {
      store = makeMemoryStore({
        createdAt: this.#createdAt,
        messagesMax,
      });
      this.#stores.set(session, store);
    }
    return store;
  }
}

const keep = (
  memory: SessionStore,
  session: string,
  keeper: StateKeeper,
  { numbersOnly = false }: StoreOptions,
): SessionStore => ({
  ...memory,
  saveOutbound: (msgSeqNum, bytes) => {
    memory.saveOutbound(msgSeqNum, bytes);
    keeper.note(
      numbersOnly
        ? { k: 'next-sender', session, value: msgSeqNum + 1 }
        : { k: 'fix-out', session, msgSeqNum, frame: bytes.toString('latin1') },
    );
  },
  setNextSenderMsgSeqNum: (value) => {
    memory.setNextSenderMsgSeqNum(value);
    keeper.note({ k: 'next-sender', session, value });
  },
  setNextTargetMsgSeqNum: (value) => {
    memory.setNextTargetMsgSeqNum(value);
    keeper.note({ k: 'next-target', session, value });
  },
  reset: (at) => {
    memory.reset(at);
    keeper.note({ k: 'fix-reset', session, at });
  },
  commit: () => {
    keeper.flush();
    return memory.commit();
  },
});
