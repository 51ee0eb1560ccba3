import { endOfLifeDatesOf } from '../../app/operator/end-of-life.ts';
import { systemClock } from '../../app/system-clock.ts';
import { type Config } from '../../config/config.ts';
import { endOfLifeNotice } from '../../kraken/end-of-life.ts';
import { type CliIo } from './cli-io.ts';
import { openConfig } from './venue-options.ts';

/**
 * Tells an operator that Derivatives REST and WebSocket v1 end, from the configured day on; before
 * it nothing.
 */
export const sayEndOfLife = (endOfLife: Config['endOfLife'] | undefined, io: CliIo): void => {
  const at = io.now?.() ?? systemClock.wall();
  const notice = endOfLifeNotice(at, endOfLifeDatesOf(endOfLife));
  if (notice !== undefined) io.err(`notice: ${notice.text}`);
};

/** By a configuration file when one is at hand; what is wrong with it is not for here. */
export const sayEndOfLifeBy = (config: string | undefined, io: CliIo): void => {
  const file = openConfig(config, io.env);
  sayEndOfLife(file.ok ? file.value?.config.endOfLife : undefined, io);
};
