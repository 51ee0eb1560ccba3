import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError, Option } from 'commander';
import { systemClock, systemTimers } from '../app/system-clock.ts';
import { faultOfOut } from '../kraken/history/check-out.ts';
import { type Downloaded, downloadHistory, type Progress } from '../kraken/history/download.ts';
import {
  ANALYTICS_INTERVALS,
  ANALYTICS_SERIES,
  HISTORY_FORMATS,
  HISTORY_KINDS,
  type HistoryFormat,
  type HistoryKind,
  type HistoryRequest,
  isPrivateKind,
} from '../kraken/history/history-request.ts';
import { err } from '../lib/result.ts';
import { beginsWithDay, epochMs, type EpochMs } from '../lib/time.ts';
import { type CliIo, EXIT, processIo } from './shared/cli-io.ts';
import { openRest } from './shared/open-rest.ts';
import {
  type VenueOptions,
  withAccount,
  withProxy,
  withConfig,
  withRest,
} from './shared/venue-options.ts';

interface Options extends VenueOptions {
  readonly symbol?: string;
  readonly since: EpochMs;
  readonly until: EpochMs;
  readonly format: HistoryFormat;
  readonly out: string;
  readonly resolution?: string;
  readonly tickType?: string;
  readonly series?: string;
  readonly interval?: number;
  readonly progress: boolean;
  readonly json?: boolean;
}

/**
 * `fathom history <kind> …`: download a history into a file; run again to resume after an
 * interruption.
 */
export const historyCommand = (io: CliIo = processIo): Command =>
  withVenue(new Command('history'))
    .description('download a history from the venue, resumable')
    .argument('<kind>', HISTORY_KINDS.join(', '), parseKind)
    .requiredOption('--since <time>', 'ISO 8601, UTC', parseTime)
    .requiredOption('--until <time>', 'ISO 8601, UTC; not included', parseTime)
    .requiredOption(
      '--out <file>',
      'the output; <file>.part, .state.json and .lock beside it while it grows',
    )
    .addOption(
      new Option('--format <format>', 'of the output').choices(HISTORY_FORMATS).default('jsonl'),
    )
    .option('--symbol <symbol>', 'one market, e.g. PF_XBTUSD')
    .option('--resolution <resolution>', 'candles: 1m to 1w', '1h')
    .option('--tick-type <type>', 'candles: trade, mark or spot', 'trade')
    .option('--series <name>', `analytics: ${ANALYTICS_SERIES.join(', ')}`)
    .option(
      '--interval <seconds>',
      `analytics: bucket, ${ANALYTICS_INTERVALS.join(', ')}`,
      Number,
      3_600,
    )
    .option('--no-progress', 'no progress bar')
    .option('--json', 'print the summary as one JSON object')
    .action(async (kind: HistoryKind, options: Options) => {
      io.setExitCode(await downloadToFile(kind, options, io));
    });

const withVenue = (command: Command): Command =>
  withAccount(withProxy(withRest(withConfig(command))));

const downloadToFile = async (kind: HistoryKind, options: Options, io: CliIo): Promise<number> => {
  const fault = faultOfOut(options.out);
  if (fault !== undefined) {
    io.err(`--out: ${fault}`);
    return EXIT.badConfiguration;
  }
  const rest = openRest(options, io, { isPrivate: isPrivateKind(kind) });
  if (rest === undefined) return EXIT.badConfiguration;
  const request = toRequest(kind, options, rest.key?.account);
  const stop = stopOnSignal();
  const bar = options.progress && process.stderr.isTTY ? startBar() : undefined;
  const askedAt = epochMs(Math.floor(systemClock.wall()));
  const result = await downloadHistory(request, options.out, {
    client: rest.client,
    timers: systemTimers,
    isStopped: stop.isStopped,
    onProgress: (progress) => bar?.update(progress),
  }).catch(toDiskError);
  bar?.stop();
  stop.forget();
  await rest.close();
  if (result.ok) return report(withEnd(result.value, request, askedAt), request, options, rest.io);
  rest.io.err(`${result.error.type}: ${result.error.message}`);
  return result.error.type === 'BadRequest' ? EXIT.badConfiguration : EXIT.failed;
};

/** The download itself rejects for its files only. */
const toDiskError = (error: unknown) =>
  err({ type: 'Disk', message: error instanceof Error ? error.message : String(error) } as const);

/** A span that is not over when it is asked for cannot be complete. */
const withEnd = (done: Downloaded, { until }: HistoryRequest, askedAt: EpochMs): Downloaded => {
  if (until <= askedAt) return done;
  const detail = `asked at ${new Date(askedAt).toISOString()}: rows after that are not in it`;
  return { ...done, findings: [...done.findings, { type: 'SpanNotOver', count: 1, detail }] };
};

const toRequest = (
  kind: HistoryKind,
  options: Options,
  account: string | undefined,
): HistoryRequest => {
  const { since, until, format, symbol } = options;
  const optional: [string, unknown][] = [
    ['account', account],
    ['symbol', symbol?.toUpperCase()],
    ...(kind === 'candles'
      ? ([
          ['resolution', options.resolution],
          ['tickType', options.tickType],
        ] as [string, unknown][])
      : []),
    ...(kind === 'analytics'
      ? ([
          ['series', options.series],
          ['intervalSeconds', options.interval],
        ] as [string, unknown][])
      : []),
  ];
  const given = Object.fromEntries(optional.filter(([, value]) => value !== undefined));
  return { kind, since, until, format, ...given };
};

const report = (
  { rows, pages, findings, isResumed }: Downloaded,
  request: HistoryRequest,
  { out, json = false }: Options,
  io: CliIo,
): number => {
  if (json) {
    const { kind, account, symbol, format } = request;
    const [since, until] = [request.since, request.until].map((at) => new Date(at).toISOString());
    const isComplete = findings.length === 0;
    const asked = { kind, account, symbol, since, until, format, out };
    io.out(JSON.stringify({ ...asked, rows, pages, isResumed, isComplete, findings }));
    return EXIT.ok;
  }
  io.out(`${rows} rows in ${out}${isResumed ? ', resumed' : ''}`);
  for (const { type, count, detail } of findings) io.err(`${type} ${count}: ${detail}`);
  if (findings.length === 0) io.out('complete: no gap, no double, in order');
  return EXIT.ok;
};

interface Bar {
  readonly update: (progress: Progress) => void;
  readonly stop: () => void;
}

const startBar = (): Bar => {
  const bar = new SingleBar({
    format: '{bar} {percentage}% | {rows} rows | {pages} pages',
    stream: process.stderr,
    hideCursor: true,
  });
  bar.start(1_000, 0, { rows: 0, pages: 0 });
  return {
    update: ({ share, rows, pages }) => {
      bar.update(Math.floor(share * 1_000), { rows, pages });
    },
    stop: () => {
      bar.stop();
    },
  };
};

/**
 * The first SIGINT or SIGTERM ends the download between two pages; a second one ends the process.
 */
const stopOnSignal = (): { readonly isStopped: () => boolean; readonly forget: () => void } => {
  let isStopped = false;
  const stop = (): void => {
    isStopped = true;
    forget();
  };
  const forget = (): void => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return { isStopped: () => isStopped, forget };
};

const parseKind = (text: string): HistoryKind => {
  const kind = HISTORY_KINDS.find((known) => known === text);
  if (kind === undefined) throw new InvalidArgumentError(`one of ${HISTORY_KINDS.join(', ')}`);
  return kind;
};

const ISO = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z)?$/;

const parseTime = (text: string): EpochMs => {
  const ms = ISO.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms))
    throw new InvalidArgumentError('give a time such as 2026-11-22 or 2026-11-22T10:00:00Z');
  if (!beginsWithDay(text)) throw new InvalidArgumentError(`there is no day ${text.slice(0, 10)}`);
  return epochMs(ms);
};
