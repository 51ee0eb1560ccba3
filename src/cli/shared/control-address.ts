import { problemToLine } from '../../config/config-problem.ts';
import { type ControlAddress, loadControlAddress } from '../../config/load/control-address.ts';
import { type CliIo } from './cli-io.ts';

/** The options by which a command finds a running engine. */
export interface EngineOptions {
  readonly config?: string;
  readonly socket?: string;
}

/**
 * The address of the engine, by its socket or its configuration; `undefined` once the problem has
 * been printed.
 */
export const controlAddressOf = (
  { config, socket }: EngineOptions,
  io: CliIo,
): ControlAddress | undefined => {
  const found = config === undefined ? undefined : loadControlAddress(config, io.env);
  if (socket !== undefined)
    return { socket, stopTimeoutMs: found?.ok === true ? found.value.stopTimeoutMs : undefined };
  if (found === undefined) {
    io.err('name the engine by --config FILE or --socket PATH');
    return undefined;
  }
  if (found.ok) return found.value;
  for (const problem of found.error) io.err(problemToLine(problem));
  return undefined;
};
