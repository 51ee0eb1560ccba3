const immediates: (() => void)[] = [];

const microtasksDone = async (): Promise<void> => {
  // Out of a callback of the event loop: there ticks go before microtasks, elsewhere behind them.
  await Promise.resolve();
  await new Promise<void>((resolve) => {
    process.nextTick(resolve);
  });
};

/** Everything that the last event set off, until the process would wait for time. */
export const settle = async (): Promise<void> => {
  for (;;) {
    await microtasksDone();
    if (immediates.length === 0) return;
    for (const run of immediates.splice(0)) run();
  }
};

/** Runs with `setImmediate` in the hands of `settle`, so that no turn waits for real sockets. */
export const withOwnTurns = async <T>(run: () => Promise<T>): Promise<T> => {
  const { setImmediate: real } = globalThis;
  globalThis.setImmediate = ((fire: () => void) => {
    immediates.push(fire);
  }) as unknown as typeof setImmediate;
  try {
    return await run();
  } finally {
    globalThis.setImmediate = real;
    immediates.length = 0;
  }
};
