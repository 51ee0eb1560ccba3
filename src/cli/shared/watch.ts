import { type CliIo } from './cli-io.ts';
import { untilSignal } from './until-signal.ts';

/** The options of a command that shows the same again and again. */
export interface WatchOptions {
  /** Milliseconds; `true` for the usual interval. */
  readonly watch?: number | true;
  /** Milliseconds after which it ends. */
  readonly for?: number;
}

/** An account costs six points a time of 500 in 10 s, shared with all users of its keys. */
const WATCH_MS = 5_000;

export const print = (text: string, { watch: every }: WatchOptions, io: CliIo): void => {
  // The screen is cleared by hand: `out` lets no control character through.
  if (every !== undefined && process.stdout.isTTY) process.stdout.write('\x1b[2J\x1b[H');
  io.out(text);
};

/** Reads never overlap: a slow answer makes the watch slower, not the queue longer. */
export const watch = async (
  options: WatchOptions,
  { readerGone }: CliIo,
  once: () => Promise<void>,
): Promise<void> => {
  const everyMs = typeof options.watch === 'number' ? options.watch : WATCH_MS;
  let isOver = false;
  let wake = (): void => undefined;
  const ended = untilSignal(options.for, readerGone).then(() => {
    isOver = true;
    wake();
  });
  // `isOver` changes while the loop waits.
  while (!(isOver as boolean)) {
    await once();
    if (isOver as boolean) break;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, everyMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
  await ended;
};
