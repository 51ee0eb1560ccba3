import { makeFileStorage } from '../../src/journal/file-storage.ts';
import { readRecords } from '../../src/journal/reader.ts';
import { decodeRecord, type DecodedRecord } from '../../src/journal/record.ts';
import { recoverJournal } from '../../src/journal/recovery.ts';

/** Every record of a journal on disk, oldest first; throws when it can't be read. */
export const readJournal = (dir: string): readonly DecodedRecord[] => {
  const storage = makeFileStorage(dir, { create: false });
  const recovered = recoverJournal(storage);
  if (!recovered.ok) throw new Error(recovered.error.message);
  return [...readRecords(storage, recovered.value.segments, 1)].map((record) => {
    const decoded = decodeRecord(record);
    if (!decoded.ok) throw new Error(decoded.error);
    return decoded.value;
  });
};
