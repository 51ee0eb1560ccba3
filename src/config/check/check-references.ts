import { accessSync, constants } from 'node:fs';
import { type Report } from '../config-problem.ts';
import { type SecretReference } from '../schema/kinds.ts';
import { type Unchecked } from '../schema/schema.ts';
import { fileFault } from '../../lib/files/file-fault.ts';

/** Reports a file that cannot be read; an absent key is fine. */
export const checkReadable = (file: string | undefined, path: string, report: Report): void => {
  if (file === undefined) return;
  try {
    accessSync(file, constants.R_OK);
  } catch (cause) {
    report(path, `the file ${file} cannot be read: ${fileFault(cause)}`);
  }
};

type Reference = Unchecked<SecretReference> | undefined;

/** Whether the reference says where the secret is. */
export const isGiven = (reference: Reference): boolean =>
  reference?.env !== undefined || reference?.file !== undefined;

/** Reports a pair of secrets of which one is missing. True when both are given. */
export const checkPair = <Key extends string>(
  credentials: Readonly<Partial<Record<Key, Reference>>> | undefined,
  [first, second]: readonly [Key, Key],
  { path, report }: { readonly path: string; readonly report: Report },
): boolean => {
  const [hasFirst, hasSecond] = [isGiven(credentials?.[first]), isGiven(credentials?.[second])];
  if (hasFirst !== hasSecond) {
    const missing = hasFirst ? second : first;
    report(`${path}.${missing}`, `${first} and ${second} belong together: give both or neither`);
  }
  return hasFirst && hasSecond;
};
