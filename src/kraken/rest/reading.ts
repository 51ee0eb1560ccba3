import { defined } from '../../lib/defined.ts';
import { isJsonObject, type JsonValue } from '../../lib/lossless-json.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type Call, classifyReply, type Outcome } from '../outcome/rest-outcome.ts';
import {
  field,
  isWholeBy,
  type Oddity,
  parseIsoTime,
  type Reader,
  shape,
  turned,
} from '../json/readers.ts';
import { type Reply } from './reply.ts';

/** What a read brought. An incomplete view never proves that something is absent. */
export interface Reading<T> {
  readonly value: T;
  /** False as soon as one element, field or word could not be understood. */
  readonly isComplete: boolean;
  /** False when an element of a list is left out. What is absent is not proven absent then. */
  readonly hasEveryElement: boolean;
  readonly oddities: readonly Oddity[];
  /** The venue's clock when it answered; history, charts and auth have none. */
  readonly serverTime?: EpochMs;
}

export type NotConfirmed = Exclude<Outcome, { type: 'Confirmed' }>;

/** What each verb of a gateway answers. */
export type Read<T> = Promise<Result<Reading<T>, NotConfirmed>>;

/** The answer of a read as our values, or why there is none. */
export const readReply = <T>(
  reply: Reply,
  reader: Reader<T>,
  path: string,
  call: Call = 'read',
): Result<Reading<T>, NotConfirmed> => {
  const outcome = classifyReply(reply, call);
  if (outcome.type !== 'Confirmed') return err(outcome);
  const notes: Oddity[] = [];
  const json = reply.type === 'Answered' ? reply.json : undefined;
  const value = json === undefined ? undefined : reader(json, path, notes);
  if (value === undefined) return err(unreadable(path, notes));
  const serverTime = serverTimeOf(json);
  return ok({
    value,
    ...completenessOf(notes),
    oddities: notes,
    ...defined({ serverTime }),
  });
};

/** A payload under the venue's envelope. */
export const enveloped = <T>(key: string, read: Reader<T>): Reader<T> =>
  turned(
    shape({ payload: field<unknown>(key, read) }, ['result', 'serverTime']),
    ({ payload }) => payload as T,
  );

const completenessOf = (notes: readonly Oddity[]) => ({
  isComplete: isWholeBy(notes),
  hasEveryElement: !notes.some(({ kind }) => kind === 'BadElement'),
});

export const serverTimeOf = (json: JsonValue | undefined): EpochMs | undefined => {
  const serverTime = isJsonObject(json) ? json['serverTime'] : undefined;
  return typeof serverTime === 'string' ? parseIsoTime(serverTime) : undefined;
};

const unreadable = (path: string, notes: readonly Oddity[]): NotConfirmed => ({
  type: 'Unknown',
  cause: 'Unparsable',
  text: notes.map(({ kind, path: where }) => `${kind} ${where}`).join(', ') || `${path}: no JSON`,
  isNovel: true,
});
