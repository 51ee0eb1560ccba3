import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/app/system-clock.ts';
import { type SessionStore } from '../../../src/fix/session/model/session-types.ts';
import { JournaledSessionStores } from '../../../src/journal/journaled-session-store.ts';
import { openJournal } from '../../../src/journal/open-journal.ts';

/** A session store in a journal of its own, on disk. */
export interface JournaledStore {
  readonly store: SessionStore;
  readonly close: () => Promise<void>;
}

export const openJournaledStore = async (
  dir: string,
  durability: 'disk' | 'process' = 'process',
): Promise<JournaledStore> => {
  const opened = await openJournal({ dir, durability });
  if (!opened.ok) throw new Error(opened.error.message);
  const { journal, records } = opened.value;
  const stores = new JournaledSessionStores(journal);
  for (const record of records) stores.apply(record);
  return {
    store: stores.open('S', systemClock.wall()),
    close: () => journal.close(),
  };
};

/** Folders of one test, removed together. */
export class TestFolders {
  readonly #made: string[] = [];

  make(): string {
    const dir = mkdtempSync(join(tmpdir(), 'fathom-interop-'));
    this.#made.push(dir);
    return dir;
  }

  remove(): void {
    for (const dir of this.#made.splice(0)) rmSync(dir, { recursive: true, force: true });
  }
}
