import {
  type Call,
  classifyReply,
  type Outcome,
} from '../../../../src/kraken/outcome/rest-outcome.ts';
import { type Reply } from '../../../../src/kraken/rest/reply.ts';
import { parseLosslessJson } from '../../../../src/lib/lossless-json.ts';

export const answered = (
  bodyText: string,
  httpStatus = 200,
  contentType = 'application/json',
): Reply => {
  const json = parseLosslessJson(bodyText);
  return {
    type: 'Answered',
    httpStatus,
    headers: { 'content-type': contentType },
    bodyText,
    json: json.ok ? json.value : undefined,
    latencyMs: 1,
  };
};
export const classify = (body: unknown, call: Call, httpStatus = 200): Outcome =>
  classifyReply(answered(JSON.stringify(body), httpStatus), call);
export const send = (status: string, more: object = {}): Outcome =>
  classify({ result: 'success', sendStatus: { status, ...more } }, 'send');

/**
 * `-` nothing rests and nothing filled, `f` nothing rests but read the fills, `+` done, `?` open.
 */
export const verdict = (outcome: Outcome): string => {
  switch (outcome.type) {
    case 'Confirmed':
      return '+';
    case 'Refused':
      return outcome.mayHaveFilled ? 'f' : '-';
    case 'NotSent':
      return 'n';
    case 'Unknown':
      return outcome.isNovel ? '?!' : '?';
  }
};

export const envelope = (code: number, message: string): object => ({
  status: 'BAD_REQUEST',
  result: 'error',
  errors: [{ code, message }],
});
