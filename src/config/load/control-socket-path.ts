import { type Result, err, ok } from '../../lib/result.ts';
import { controlSocketBelow } from './build-config.ts';
import { type ConfigProblem } from '../config-problem.ts';
import { type Environment, environmentNameOf } from './overrides.ts';
import { readConfigFile } from './read-config-file.ts';
import { valueAt } from '../tree.ts';

/**
 * Where the engine of a configuration file listens. Reads no more than that: an operator who calls
 * a running engine need not have its secrets, nor fix what else may be wrong with the file since it
 * was started.
 */
export const loadControlSocketPath = (
  path: string,
  env: Environment,
): Result<string, readonly ConfigProblem[]> => {
  const file = readConfigFile(path);
  if (!file.ok) return err([file.error]);
  const textAt = (...keys: readonly string[]): string | undefined => {
    const value = env[environmentNameOf(keys)] ?? valueAt(file.value.tree, keys);
    return typeof value === 'string' ? value : undefined;
  };
  const controlSocket = textAt('engine', 'controlSocket');
  if (controlSocket !== undefined) return ok(controlSocket);
  const dataDir = textAt('engine', 'dataDir');
  if (dataDir === undefined) return err([{ path: 'engine.dataDir', reason: 'is required (path)' }]);
  return ok(controlSocketBelow(dataDir));
};
