import { readFileSync, statSync } from 'node:fs';
import { type Result, err, ok } from '../../lib/result.ts';
import { type ConfigProblem } from '../config-problem.ts';
import { type JsonDocument, parseJsonText } from './json-text.ts';
import { errorCode } from '../secrets.ts';
import { type Tree, isTree } from '../tree.ts';

const FILE_BYTES_MAX = 1_048_576;

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
    return err({ path, reason: `cannot be read: ${errorCode(cause)}` });
  }
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
