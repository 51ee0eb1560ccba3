import { expect } from 'chai';

import { type Journal, type JournalOptions } from '../../../src/journal/journal.ts';
import { openJournal, type OpenedJournal } from '../../../src/journal/open-journal.ts';
import { type MemoryStorage } from '../../support/memory-storage.ts';

/** Opens or fails the test with the journal's own message. */
export const opened = async (options: JournalOptions): Promise<OpenedJournal> => {
  const result = await openJournal(options);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
};

/** Every payload as text, checking that sequence numbers run from 1 without a hole. */
export const textsOf = ({ records }: Pick<OpenedJournal, 'records'>): readonly string[] =>
  [...records].map(({ seq, payload }, i) => {
    expect(seq).to.equal(i + 1);
    return payload.toString();
  });

/** One turn: appends all, then commits. */
export const turn = async (journal: Journal, ...texts: readonly string[]): Promise<void> => {
  for (const text of texts) journal.append(1, Buffer.from(text));
  await journal.commit();
};

/** Reopens a copy of what stands in `storage` and gives the texts. */
export const reread = async (storage: MemoryStorage): Promise<readonly string[]> => {
  const again = await opened({ storage });
  const texts = textsOf(again);
  await again.journal.close();
  return texts;
};

/** The reason a promise rejects; fails when it does not. */
export const rejection = async (promise: Promise<unknown>): Promise<Error & { code?: string }> => {
  try {
    await promise;
  } catch (cause) {
    if (cause instanceof Error) return cause;
    throw cause;
  }
  throw new Error('expected a rejection');
};
