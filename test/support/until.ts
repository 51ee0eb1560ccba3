/**
 * Waits for a condition, looking every few milliseconds; throws with `what` when it does not come
 * true in time. The time is a ceiling for a machine that does ten other things, not a measure: a
 * test that wants to know how long something takes uses virtual time.
 */
export const until = async (
  condition: () => boolean | Promise<boolean>,
  what: string | (() => string),
  timeoutMs = 120_000,
): Promise<void> => {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) {
      const text = typeof what === 'string' ? what : what();
      throw new Error(`not within ${timeoutMs} ms: ${text}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
