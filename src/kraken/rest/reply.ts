import { type JsonValue } from '../../lib/lossless-json.ts';

/**
 * What became of one HTTP request, before anybody reads a meaning into it.
 *
 * `NotSent` is a proof: not one byte of the request was handed to a socket. `Lost` means that bytes
 * may have reached the venue and no complete answer came back.
 */
export type Reply = Answered | NotSent | Lost;

export interface Answered {
  readonly type: 'Answered';
  readonly httpStatus: number;
  /** Lower-case names; repeated headers are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyText: string;
  /** `undefined` when the body is not JSON. Numbers keep their digits. */
  readonly json: JsonValue | undefined;
  /** From the first byte written to the last byte read. */
  readonly latencyMs: number;
}

export interface NotSent {
  readonly type: 'NotSent';
  readonly cause: NotSentCause;
  readonly message: string;
}

export type NotSentCause =
  | 'InvalidParams'
  | 'ClockUnknown'
  | 'ConnectFailed'
  | 'TooOld'
  | 'Busy'
  | 'RateLimitedLocally'
  | 'Closed';

interface Lost {
  readonly type: 'Lost';
  readonly cause: LostCause;
  readonly message: string;
}

export type LostCause = 'Timeout' | 'ConnectionLost' | 'BodyTooLarge' | 'BadHttp';

export const notSent = (cause: NotSentCause, message: string): NotSent => ({
  type: 'NotSent',
  cause,
  message,
});
