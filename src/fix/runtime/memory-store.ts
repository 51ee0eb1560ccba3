import { epochMs, type EpochMs } from '../../lib/time.ts';
import { type SessionStore } from '../session/model/session-types.ts';

/**
 * Numbers and messages in memory: for tools, tests and simulations. They live as long as the
 * process. Keeps the newest `messagesMax` messages; older ones are gap-filled when asked for. As
 * text: a frame is a slice of a slab of the allocator's, which it would keep whole.
 */
export const makeMemoryStore = (
  options: { readonly createdAt?: EpochMs; readonly messagesMax?: number } = {},
): SessionStore => {
  const { messagesMax = 1_000_000 } = options;
  let createdAt = options.createdAt ?? epochMs(0);
  let nextSender = 1;
  let nextTarget = 1;
  let confirmed = 0;
  const messages = new Map<number, string>();
  const done = Promise.resolve();

  return {
    nextSenderMsgSeqNum: () => nextSender,
    nextTargetMsgSeqNum: () => nextTarget,
    saveOutbound: (msgSeqNum, bytes) => {
      messages.set(msgSeqNum, bytes.toString('latin1'));
      nextSender = msgSeqNum + 1;
      if (messages.size <= messagesMax) return;
      for (const oldest of messages.keys()) {
        messages.delete(oldest);
        break;
      }
    },
    setNextSenderMsgSeqNum: (value) => {
      nextSender = value;
      confirmed = Math.min(confirmed, value - 1);
    },
    setNextTargetMsgSeqNum: (value) => {
      nextTarget = value;
    },
    reset: (at) => {
      messages.clear();
      nextSender = 1;
      nextTarget = 1;
      confirmed = 0;
      createdAt = at;
    },
    confirmedMsgSeqNum: () => confirmed,
    confirm: (msgSeqNum) => {
      confirmed = msgSeqNum;
    },
    createdAt: () => createdAt,
    outbound: function* (from, to) {
      for (let msgSeqNum = from; msgSeqNum <= to; msgSeqNum++) {
        const text = messages.get(msgSeqNum);
        if (text !== undefined) yield { msgSeqNum, bytes: Buffer.from(text, 'latin1') };
      }
    },
    commit: () => done,
  };
};
