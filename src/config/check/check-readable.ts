import { accessSync, constants } from 'node:fs';
import { type Report } from '../config-problem.ts';
import { errorCode } from '../secrets.ts';

/** Reports a file that cannot be read; an absent key is fine. */
export const checkReadable = (file: string | undefined, path: string, report: Report): void => {
  if (file === undefined) return;
  try {
    accessSync(file, constants.R_OK);
  } catch (cause) {
    report(path, `the file ${file} cannot be read: ${errorCode(cause)}`);
  }
};
