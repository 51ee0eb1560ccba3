import { Client } from 'undici';
import { type Result, err } from '../lib/result.ts';
import {
  type ControlArgs,
  type ControlError,
  RESPONSE_BYTES_MAX,
  parseAnswer,
} from './control-message.ts';

const CALL_TIMEOUT_MS = 10_000;

/** HTTP wants a host; the socket decides where the call goes. */
const ORIGIN = 'http://fathom.localhost';

/**
 * Calls a running engine once. Errors of the connection: NO_ENGINE (no process listens),
 * NOT_ALLOWED (the socket belongs to another user), TIMEOUT (the engine may still do it), BROKEN
 * (the engine hung up or the answer cannot be read). All other errors are the engine's answer.
 */
export const callControl = async (
  path: string,
  verb: string,
  args: ControlArgs = {},
  timeoutMs = CALL_TIMEOUT_MS,
): Promise<Result<unknown, ControlError>> => {
  const client = new Client(ORIGIN, {
    socketPath: path,
    maxResponseSize: RESPONSE_BYTES_MAX,
    // One time-out for the whole call.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const { body } = await client.request({
      method: 'POST',
      path: `/${encodeURIComponent(verb)}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(args),
      signal,
    });
    return parseAnswer(await body.text()) ?? err(NOT_AN_ENGINE);
  } catch (cause) {
    return err(
      signal.aborted
        ? {
            code: 'TIMEOUT',
            message: `no answer from the engine within ${timeoutMs} ms; it may still do it`,
          }
        : toControlError(path, cause as NodeJS.ErrnoException),
    );
  } finally {
    await client.destroy();
  }
};

const NOT_AN_ENGINE: ControlError = {
  code: 'BROKEN',
  message: 'the answer is not one of Fathom’s control socket',
};

const toControlError = (path: string, cause: NodeJS.ErrnoException): ControlError => {
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
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return { code: 'BROKEN', message: 'the engine closed the connection without an answer' };
    case 'UND_ERR_RES_EXCEEDED_MAX_SIZE':
      return { code: 'BROKEN', message: `the answer is longer than ${RESPONSE_BYTES_MAX} bytes` };
    default:
      return cause.name === 'HTTPParserError'
        ? NOT_AN_ENGINE
        : { code: 'BROKEN', message: `the connection to ${path} failed: ${cause.message}` };
  }
};
