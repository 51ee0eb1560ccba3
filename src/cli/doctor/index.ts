import { Command } from 'commander';
import { escapeHidden } from '../../lib/plain-text.ts';
import { type Secret } from '../../lib/secret.ts';
import { systemClock, systemTimers } from '../../app/system-clock.ts';
import { inspectConfig } from '../../config/load/inspect-config.ts';
import { type CliIo, EXIT, processIo, withoutSecrets } from '../shared/cli-io.ts';
import { keysOf } from '../shared/account-key.ts';
import { type CheckRow, type RunDeps, runChecks, runInTurn } from './check.ts';
import { openClients } from './clients.ts';
import { type GivenConfig } from './config-checks.ts';
import { localChecks, type Subject, venueChecks } from './plan.ts';
import { rowsToJson, rowsToText, worstOf } from './report.ts';
import {
  type CommandConfig,
  openConfig,
  secretsOfFile,
  type VenueOptions,
  withAccount,
  withProxy,
  withConfig,
  withRest,
  withWebSocket,
} from '../shared/venue-options.ts';
import { faultOfPlain, restOf, webSocketOf } from '../shared/venue-place.ts';

interface Options extends VenueOptions {
  readonly json?: boolean;
  readonly logon?: boolean;
}

/** `fathom doctor`: checks everything that could keep an engine from trading, without trading. */
export const doctorCommand = (io: CliIo = processIo): Command =>
  withAccount(withProxy(withWebSocket(withRest(withConfig(new Command('doctor'))))))
    .description('check configuration, disk, clock, network, certificates, keys and instruments')
    .option('--logon', 'log FIX sessions on and out that begin at 1 with every Logon')
    .option('--json', 'print JSON instead of a table')
    .addHelpText('after', EXIT_HELP)
    .action(async (options: Options) => {
      io.setExitCode(await examine(options, io));
    });

const EXIT_HELP = `
Each line says ok, warn, fail or skipped. Ends with 0 when nothing failed, else with 1. Sends no order and moves no money.`;

const examine = async (options: Options, plainIo: CliIo): Promise<number> => {
  const { subject, secrets } = subjectOf(options, plainIo);
  const io = withoutSecrets(plainIo, secrets);
  const [local, venue] = [localChecks(subject), venueChecks(subject)];
  const progress = makeProgress(local.length + venue.length);
  // Masked before the table is laid out: it wraps what is long, a secret as well.
  const rows = [
    ...(await runInTurn(local, progress.deps)),
    ...(await runChecks(venue, progress.deps)),
  ].map((row) => withoutSecretsIn(row, io.text));
  progress.clear();
  await subject.clients.close();
  io.out(options.json === true ? JSON.stringify(rowsToJson(rows), undefined, 2) : rowsToText(rows));
  return worstOf(rows) === 'fail' ? EXIT.failed : EXIT.ok;
};

const withoutSecretsIn = (row: CheckRow, mask: (text: string) => string): CheckRow => ({
  ...row,
  check: mask(row.check),
  detail: mask(row.detail),
  ...(row.advice !== undefined && { advice: mask(row.advice) }),
});

interface Examined {
  readonly subject: Subject;
  /** Whatever the venue and the network say, these are masked in it. */
  readonly secrets: readonly Secret[];
}

const subjectOf = (options: Options, io: CliIo): Examined => {
  const opened = openConfig(options.config, io.env);
  const file = opened.ok ? opened.value : undefined;
  const places = opened.ok ? placesOf(options, file, io) : NOWHERE;
  const mayTravel = Object.values(places).every((place) => faultOfPlace(place) === undefined);
  const own = keysOf(options, file, io.env);
  const keys = mayTravel ? own : [];
  const fundsKey = mayTravel ? file?.config.funds.credentials : undefined;
  const subject = {
    given: givenConfig(options, io),
    config: file?.config,
    ...places,
    keys,
    clients: openClients(places.rest, keys, fundsKey),
    at: io.now?.() ?? systemClock.wall(),
    logsOn: options.logon === true,
  };
  const shown = own.flatMap(({ credential: { apiKey, apiSecret } }) => [apiKey, apiSecret]);
  return { subject, secrets: [...secretsOfFile(file), ...shown] };
};

const givenConfig = ({ config: path }: Options, { env }: CliIo): GivenConfig =>
  path === undefined ? undefined : inspectConfig({ path, env });

const NOWHERE = { rest: 'no valid configuration', webSocket: 'no valid configuration' };

const faultOfPlace = (place: Subject['rest'] | Subject['webSocket']): string | undefined => {
  if (typeof place === 'string') return undefined;
  return faultOfPlain('url' in place ? place.url : place.origin);
};

const placesOf = (options: Options, file: CommandConfig | undefined, io: CliIo) => {
  const rest = restOf(options, file);
  const webSocket = webSocketOf(options, file, io.env);
  return {
    rest: rest.ok ? rest.value : rest.error,
    webSocket: webSocket.ok ? webSocket.value : webSocket.error,
  };
};

/** A progress line on terminals; nothing for pipes. */
const makeProgress = (total: number) => {
  let done = 0;
  const isShown = process.stderr.isTTY;
  const deps: RunDeps = {
    ...{ clock: systemClock, timers: systemTimers },
    onDone: ({ check, verdict }: CheckRow) => {
      done += 1;
      if (isShown)
        process.stderr.write(`\r\x1b[K${done} of ${total}: ${escapeHidden(check)} ${verdict}`);
    },
  };
  if (isShown) process.stderr.write(`\r\x1b[K0 of ${total}`);
  return {
    deps,
    clear: () => {
      if (isShown) process.stderr.write('\r\x1b[K');
    },
  };
};
