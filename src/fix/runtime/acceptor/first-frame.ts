import { type Socket } from 'node:net';
import { err, ok, type Result } from '../../../lib/result.ts';
import { type Timers } from '../../../lib/time.ts';
import { type FixDictionary } from '../../dictionary/dictionary.ts';
import { FrameDecoder } from '../../codec/frame-decoder.ts';
import { type FixMessage } from '../../codec/fix-message.ts';

/** More than any Logon has. */
const FIRST_BYTES_MAX = 64 * 1024;

export interface FirstFrame {
  readonly message: FixMessage;
  /** Everything read so far, from the first byte. */
  readonly bytes: Buffer;
}

/**
 * Reads a new connection until its first message, which names the session. Garbage first, silence,
 * or too many bytes are errors: FIX session test cases 1d and 1e.
 */
export const readFirstFrame = (
  socket: Socket,
  options: {
    readonly dictionary: FixDictionary;
    readonly timers: Timers;
    readonly timeoutMs: number;
  },
  done: (read: Result<FirstFrame, string>) => void,
): void => {
  // Made at the first byte: it is the dearest part of a connection, and strangers are silent.
  let decoder: FrameDecoder | undefined;
  // One buffer that grows: a peer that sends single bytes must not cost an object for each.
  let held = Buffer.alloc(0);
  let bytes = 0;
  const finish = (read: Result<FirstFrame, string>): void => {
    timer.cancel();
    socket.off('data', onData);
    socket.off('close', onClose);
    socket.off('error', onClose);
    done(read);
  };
  const onData = (chunk: Buffer): void => {
    if (bytes + chunk.length > held.length) {
      const grown = Buffer.alloc(2 * (bytes + chunk.length));
      held.copy(grown, 0, 0, bytes);
      held = grown;
    }
    bytes += chunk.copy(held, bytes);
    decoder ??= new FrameDecoder(options.dictionary);
    decoder.push(chunk);
    const decoded = decoder.next();
    if (decoded?.type === 'Garbled') {
      finish(err(`the first message is garbled: ${decoded.reason}`));
    } else if (decoded !== undefined) {
      finish(ok({ message: decoded.message, bytes: held.subarray(0, bytes) }));
    } else if (bytes > FIRST_BYTES_MAX) {
      finish(err(`no message in the first ${FIRST_BYTES_MAX} bytes`));
    }
  };
  const onClose = (): void => finish(err('closed before the first message'));
  const timer = options.timers.set(options.timeoutMs, () => {
    finish(err(`no message within ${options.timeoutMs} ms`));
  });
  socket.on('data', onData);
  socket.once('close', onClose);
  socket.once('error', onClose);
};
