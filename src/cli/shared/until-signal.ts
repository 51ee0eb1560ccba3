/**
 * Ctrl-C in a terminal reaches npm and its child; npm may pass it on, so the child hears it twice.
 */
const ECHO_MS = 1_000;

/**
 * Resolves after `afterMs`, at SIGINT or SIGTERM, or when the reader of the output is gone,
 * whichever comes first. A second signal ends the process at once, with the code a shell expects of
 * it.
 */
export const untilSignal = (
  afterMs?: number,
  readerGone?: AbortSignal,
): Promise<'time' | 'reader' | NodeJS.Signals> =>
  new Promise((resolve) => {
    let isOver = false;
    let firstAt: number | undefined;
    const finish = (cause: 'time' | 'reader' | NodeJS.Signals): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      resolve(cause);
    };
    const timer =
      afterMs === undefined
        ? undefined
        : setTimeout(() => {
            finish('time');
          }, afterMs);
    readerGone?.addEventListener('abort', () => {
      finish('reader');
    });
    // Signal handlers do not keep the process alive. Callers that give no time have sockets open.
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      process.on(signal, () => {
        firstAt ??= performance.now();
        if (performance.now() - firstAt > ECHO_MS) process.exit(code);
        finish(signal);
      });
    }
  });
