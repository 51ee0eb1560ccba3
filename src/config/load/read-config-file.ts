import { readFileSync, statSync } from 'node:fs';
import { type Result, err, ok } from '../../lib/result.ts';
import { type ConfigProblem } from '../config-problem.ts';
import { type JsonDocument, parseJsonText } from './json-text.ts';
import { fileFault } from '../../lib/files/file-fault.ts';
import { type Tree, isTree } from '../tree.ts';

const FILE_BYTES_MAX = 1_048_576;

/** A configuration as its JSON file holds it, secrets as `{ env }` or `{ file }`. */
export type ConfigObject = Readonly<Record<string, unknown>>;

/** Where problems and values of an object are said to come from. */
const OBJECT = 'configuration object';

/** The same for a configuration that is not in a file. */
export const readConfigObject = (
  object: ConfigObject,
): Result<{ document: JsonDocument; tree: Tree }, ConfigProblem> => {
  let text: string;
  try {
    text = JSON.stringify(object, undefined, 2);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    return err({ path: OBJECT, reason: `cannot be read as JSON: ${why ?? ''}` });
  }
  return fromText(OBJECT, text);
};

/** The text of a configuration file as a group of keys; nothing about the keys is checked yet. */
export const readConfigFile = (
  path: string,
): Result<{ document: JsonDocument; tree: Tree }, ConfigProblem> => {
  let text: string;
  try {
    const { size } = statSync(path);
    if (size > FILE_BYTES_MAX)
      return err({ path, reason: `is longer than ${FILE_BYTES_MAX} bytes` });
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    return err({ path, reason: `cannot be read: ${fileFault(cause)}` });
  }
  return fromText(path, text);
};

const fromText = (
  path: string,
  text: string,
): Result<{ document: JsonDocument; tree: Tree }, ConfigProblem> => {
  const parsed = parseJsonText(text);
  if (!parsed.ok) {
    const { line, column, reason } = parsed.error;
    return err({ path: `${path}:${line}:${column}`, reason: `is not JSON: ${reason}` });
  }
  const tree = parsed.value.value;
  return isTree(tree)
    ? ok({ document: parsed.value, tree })
    : err({ path, reason: 'must be a group of keys { … }' });
};
