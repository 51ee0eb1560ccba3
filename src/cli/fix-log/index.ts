import { fileFault } from '../../lib/files/file-fault.ts';
import { Command } from 'commander';
import { systemTimers } from '../../app/system-clock.ts';
import { type LogEntry, makeLogReader } from '../../fix/log/log-entry.ts';
import { chooseByFrame, chooseFile } from '../../fix/log/log-dictionaries.ts';
import { ok } from '../../lib/result.ts';
import { type CliIo, EXIT, processIo } from '../shared/cli-io.ts';
import { entryToJson, entryToText } from './entry-text.ts';
import { type FilterOptions, makeFilter } from './filter.ts';
import { logLines } from './line-source.ts';
import { untilSignal } from '../shared/until-signal.ts';

export interface FixLogCommandOptions extends FilterOptions {
  readonly follow?: boolean;
  readonly json?: boolean;
  readonly dictionary?: string;
}

/** `fathom fix-log FILE`: a FIX log in words. */
export const fixLogCommand = (io: CliIo = processIo): Command =>
  new Command('fix-log')
    .description(
      "decode a FIX log to readable tables: ours, QuickFIX's, or bare frames, secrets masked",
    )
    .argument('<file>', 'message log or event log; - for standard input')
    .option('-s, --session <id>', 'a CompID, or SENDER-TARGET in either direction')
    .option('--cl-ord-id <id>', 'messages with this ClOrdID(11) or OrigClOrdID(41)')
    .option('-t, --msg-type <types...>', 'MsgType(35) or name: D, NewOrderSingle')
    .option('--from <time>', 'YYYYMMDD-HH:MM:SS or ISO 8601, UTC')
    .option('--to <time>', 'likewise, included')
    .option('-f, --follow', 'wait for more at the end, until Ctrl-C')
    .option('--json', 'one JSON object a line')
    .option(
      '--dictionary <file>',
      'QuickFIX XML; chosen by BeginString(8) and CompIDs when left out',
    )
    .action(async (file: string, options: FixLogCommandOptions) => {
      // At once: standard input may have no end.
      io.readerGone?.addEventListener('abort', () => process.exit(EXIT.ok));
      const stop = new AbortController();
      if (options.follow === true) {
        void untilSignal().then(() => {
          stop.abort();
        });
      }
      io.setExitCode(await fixLog(file, options, io, stop.signal));
    });

/**
 * The exit code: 0, 1 when the file can't be read, 2 when the options are wrong. Garbled lines are
 * no failure of ours.
 */
export const fixLog = async (
  file: string,
  options: FixLogCommandOptions,
  io: CliIo,
  signal: AbortSignal,
): Promise<number> => {
  const filter = makeFilter(options);
  if (!filter.ok) return complain(io, filter.error);
  const { dictionary, follow = false, json = false } = options;
  const choose = dictionary === undefined ? ok(chooseByFrame) : chooseFile(dictionary);
  if (!choose.ok) return complain(io, choose.error);
  const tally = new Tally();
  const onRestart = (): void => {
    io.err('fix-log: the file begins anew');
  };
  try {
    const lines = logLines({ path: file, follow, timers: systemTimers, signal, onRestart });
    for await (const entry of entriesOf(lines, makeLogReader(choose.value))) {
      const isShown = filter.value(entry);
      tally.add(entry, isShown);
      if (isShown) show(entry, json, io);
    }
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    io.err(`fix-log: ${file}: ${fileFault(cause)}`);
    return EXIT.failed;
  }
  io.err(tally.text());
  return EXIT.ok;
};

async function* entriesOf(
  lines: AsyncIterable<string>,
  read: ReturnType<typeof makeLogReader>,
): AsyncGenerator<LogEntry> {
  let number = 0;
  for await (const line of lines) {
    number += 1;
    const entry = read(line, number);
    if (entry !== undefined) yield entry;
  }
}

/** Garbled lines are no result: they go to the error stream, unless a program reads the output. */
const show = (entry: LogEntry, json: boolean, io: CliIo): void => {
  if (json) io.out(entryToJson(entry));
  else if (entry.type === 'Garbled') io.err(entryToText(entry).trimEnd());
  else io.out(entryToText(entry));
};

class Tally {
  readonly #counts = { Message: 0, Event: 0, Garbled: 0 };
  #shown = 0;

  add(entry: LogEntry, isShown: boolean): void {
    this.#counts[entry.type] += 1;
    if (isShown && entry.type !== 'Garbled') this.#shown += 1;
  }

  text(): string {
    const { Message, Event, Garbled } = this.#counts;
    return `${Message} messages, ${Event} events, ${this.#shown} of them shown; ${Garbled} garbled lines`;
  }
}

const complain = (io: CliIo, text: string): number => {
  io.err(`fix-log: ${text}`);
  return EXIT.badConfiguration;
};
