import { problemToLine } from '../../config/config-problem.ts';
import { loadControlSocketPath } from '../../config/load/control-socket-path.ts';
import { type CliIo } from './cli-io.ts';

/** How a command finds a running engine. */
export interface EngineAddress {
  readonly config?: string;
  readonly socket?: string;
}

/**
 * The control socket, by its path or by the engine's configuration; `undefined` after it was said
 * what is wrong.
 */
export const controlPathOf = ({ config, socket }: EngineAddress, io: CliIo): string | undefined => {
  if (socket !== undefined) return socket;
  if (config === undefined) {
    io.err('name the engine by --config FILE or --socket PATH');
    return undefined;
  }
  const path = loadControlSocketPath(config, io.env);
  if (path.ok) return path.value;
  for (const problem of path.error) io.err(problemToLine(problem));
  return undefined;
};
