import { type Result, err, ok } from '../../lib/result.ts';
import { controlSocketBelow } from './build-config.ts';
import { type ConfigProblem } from '../config-problem.ts';
import { type Environment, environmentNameOf } from './overrides.ts';
import { readConfigFile } from './read-config-file.ts';
import { ENGINE } from '../schema/engine-schema.ts';
import { isOfKind } from '../schema/setting.ts';
import { valueAt } from '../tree.ts';

/** What a command must know of an engine to call it. */
export interface ControlAddress {
  readonly socket: string;
  /** `undefined` when the file holds no usable value: the engine may have started with another. */
  readonly stopTimeoutMs: number | undefined;
}

/**
 * Finds the control socket of the engine that runs with a configuration file. Nothing else of the
 * file is checked: an operator who calls a running engine need not have its secrets, nor correct
 * what else has become wrong in the file since the engine started.
 */
export const loadControlAddress = (
  path: string,
  env: Environment,
): Result<ControlAddress, readonly ConfigProblem[]> => {
  const file = readConfigFile(path);
  if (!file.ok) return err([file.error]);
  const at = (...keys: readonly string[]): unknown =>
    env[environmentNameOf(keys)] ?? valueAt(file.value.tree, keys);
  const dataDir = at('engine', 'dataDir');
  const named = at('engine', 'controlSocket');
  const socket =
    typeof named === 'string'
      ? named
      : typeof dataDir === 'string'
        ? controlSocketBelow(dataDir)
        : undefined;
  if (socket === undefined) return err([{ path: 'engine.dataDir', reason: 'is required (path)' }]);
  return ok({ socket, stopTimeoutMs: stopTimeoutOf(at('engine', 'stopTimeoutMs')) });
};

const stopTimeoutOf = (found: unknown): number | undefined => {
  const setting = ENGINE.stopTimeoutMs;
  if (found === undefined) return setting.default;
  const value = typeof found === 'string' ? setting.fromText(found) : found;
  return isOfKind(setting, value) ? value : undefined;
};
