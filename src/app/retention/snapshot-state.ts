import { emptyState, type EngineState } from '../../core/state.ts';
import { piecesOf } from '../../journal/snapshot/snapshot-codec.ts';
import { type Snapshot } from '../../journal/snapshot/snapshot-file.ts';

/** Raised when a field of the state gets another meaning, or is made of facts of before. */
export const STATE_VERSION = 2;

/** Everything that a replay builds beside the sessions' numbers, as a snapshot has it. */
export interface KeptState {
  /** A copy that stays as it is; its fields have the name of their part in front. */
  readonly state: (books: EngineState) => Readonly<Record<string, unknown>>;
  /** Fills what is kept beside the books; the books. */
  readonly restore: (state: Readonly<Record<string, unknown>>) => EngineState;
}

export const prefixed = (part: string, state: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(state).map(([name, value]) => [`${part}.${name}`, value]));

export const partOf = (
  state: Readonly<Record<string, unknown>>,
  part: string,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(state).flatMap(([name, value]) =>
      name.startsWith(`${part}.`) ? [[name.slice(part.length + 1), value]] : [],
    ),
  );

/**
 * Why a snapshot is not used by this program. One of an earlier version is left alone as long as
 * every record is there; without them, fields that it has not begin empty.
 */
export const versionProblem = ({ head, state }: Snapshot, isWhole: boolean): string | undefined => {
  const ours = Object.keys(emptyState());
  const theirs = Object.keys(partOf(state, 'books'));
  const unknown = theirs.filter((name) => !ours.includes(name));
  if (head.stateVersion > STATE_VERSION || unknown.length > 0)
    return `a newer program wrote it${unknown.length > 0 ? `: ${unknown.join(', ')}` : ''}`;
  const missing = ours.filter((name) => !theirs.includes(name));
  const isOlder = head.stateVersion < STATE_VERSION || missing.length > 0;
  return isOlder && isWhole ? 'an earlier version wrote it' : undefined;
};

/**
 * The first part in which books differ from those of a snapshot; `undefined` when they are equal.
 */
export const firstDifference = (books: EngineState, { state }: Snapshot): string | undefined => {
  const theirs = partOf(state, 'books');
  const parts: readonly (readonly [string, unknown])[] = Object.entries(books);
  for (const [name, value] of parts) {
    const ours = piecesOf({ [name]: value });
    const read = piecesOf({ [name]: theirs[name] });
    for (;;) {
      const [a, b] = [ours.next(), read.next()];
      if (a.value !== b.value) return name;
      if (a.done === true) break;
    }
  }
  return undefined;
};
