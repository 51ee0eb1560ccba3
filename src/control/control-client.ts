import { connect } from 'node:net';
import { type Result, err, ok } from '../lib/result.ts';
import {
  type ControlArgs,
  type ControlError,
  RESPONSE_BYTES_MAX,
  parseResponse,
} from './control-message.ts';
import { LineSplitter } from './line-splitter.ts';

const CALL_TIMEOUT_MS = 10_000;

/**
 * One call of a running engine. Errors of the way: NO_ENGINE (nothing listens), NOT_ALLOWED (the
 * socket belongs to somebody else), TIMEOUT (the engine may still do it), BROKEN (it hung up or
 * answered nonsense); everything else is the engine's own answer.
 */
export const callControl = (
  path: string,
  verb: string,
  args: ControlArgs = {},
  timeoutMs = CALL_TIMEOUT_MS,
): Promise<Result<unknown, ControlError>> =>
  new Promise((resolve) => {
    const socket = connect(path);
    const lines = new LineSplitter(RESPONSE_BYTES_MAX);
    const finish = (result: Result<unknown, ControlError>): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => {
      finish(
        fail('TIMEOUT', `no answer from the engine within ${timeoutMs} ms; it may still do it`),
      );
    }, timeoutMs);
    socket.once('connect', () => {
      socket.write(`${JSON.stringify({ id: 1, verb, args })}\n`);
    });
    socket.once('error', (cause) => {
      finish(err(connectError(path, cause)));
    });
    socket.once('close', () => {
      finish(fail('BROKEN', 'the engine closed the connection without an answer'));
    });
    socket.on('data', (chunk: Buffer) => {
      receive(lines, chunk, finish);
    });
  });

const receive = (
  lines: LineSplitter,
  chunk: Buffer,
  finish: (result: Result<unknown, ControlError>) => void,
): void => {
  const complete = lines.push(chunk);
  if (complete === undefined) {
    finish(fail('BROKEN', `the answer is longer than ${RESPONSE_BYTES_MAX} bytes`));
    return;
  }
  const line = complete[0];
  if (line === undefined) return;
  const response = parseResponse(line);
  if (response === undefined)
    finish(fail('BROKEN', 'the answer is not one of Fathom’s control socket'));
  else finish(response.ok ? ok(response.result) : err(response.error));
};

const fail = (code: string, message: string): Result<never, ControlError> => err({ code, message });

const connectError = (path: string, cause: NodeJS.ErrnoException): ControlError => {
  switch (cause.code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
    case 'ENOTSOCK':
      return { code: 'NO_ENGINE', message: `no engine listens on ${path}` };
    case 'EACCES':
    case 'EPERM':
      return {
        code: 'NOT_ALLOWED',
        message: `${path} belongs to another user: only the engine’s own user may call it`,
      };
    default:
      return { code: 'BROKEN', message: `the connection to ${path} failed: ${cause.message}` };
  }
};
