import { type Clock, type Timers } from '../../lib/time.ts';

export type Verdict = 'ok' | 'warn' | 'fail' | 'skipped';

/** What one check found. */
export interface CheckResult {
  readonly verdict: Verdict;
  /** One sentence for people; never a secret. */
  readonly detail: string;
  /** What to do about it. */
  readonly advice?: string;
}

export interface Check {
  /** Names the row; unique. */
  readonly name: string;
  readonly timeoutMs: number;
  /**
   * Rows that this check depends on: it is skipped when one of them failed or was skipped.
   */
  readonly after?: readonly string[];
  /** The signal aborts at the time limit. */
  readonly run: (signal: AbortSignal) => Promise<CheckResult> | CheckResult;
}

export interface CheckRow extends CheckResult {
  readonly check: string;
  readonly durationMs: number;
}

export interface RunDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Called after every check. */
  readonly onDone?: (row: CheckRow, done: number) => void;
}

export const ok = (detail: string): CheckResult => ({ verdict: 'ok', detail });
export const warn = (detail: string, advice: string): CheckResult => ({
  verdict: 'warn',
  detail,
  advice,
});
export const fail = (detail: string, advice: string): CheckResult => ({
  verdict: 'fail',
  detail,
  advice,
});
export const skipped = (detail: string): CheckResult => ({ verdict: 'skipped', detail });

/**
 * Runs each check as soon as those that it depends on have ended, independent ones at the same
 * time. The rows are in the order of the checks.
 */
export const runChecks = async (
  checks: readonly Check[],
  deps: RunDeps,
): Promise<readonly CheckRow[]> => {
  const rows = new Map<string, Promise<CheckRow>>();
  let done = 0;
  for (const check of checks) {
    const before = (check.after ?? []).flatMap((name) => rows.get(name) ?? []);
    const row = Promise.all(before).then((ended) => runOne(check, ended, deps));
    rows.set(
      check.name,
      row.then((one) => {
        done += 1;
        deps.onDone?.(one, done);
        return one;
      }),
    );
  }
  return Promise.all(rows.values());
};

/** Runs checks one at a time, because they keep the processor or the disk busy. */
export const runInTurn = async (
  checks: readonly Check[],
  deps: RunDeps,
): Promise<readonly CheckRow[]> => {
  const rows: CheckRow[] = [];
  for (const check of checks) {
    const before = rows.filter(({ check: name }) => check.after?.includes(name));
    const row = await runOne(check, before, deps);
    rows.push(row);
    deps.onDone?.(row, rows.length);
  }
  return rows;
};

const runOne = async (
  { name, timeoutMs, run }: Check,
  before: readonly CheckRow[],
  { clock, timers }: RunDeps,
): Promise<CheckRow> => {
  const cause = before.find(({ verdict }) => verdict === 'fail' || verdict === 'skipped');
  if (cause !== undefined)
    return { check: name, ...skipped(`needs "${cause.check}" first`), durationMs: 0 };
  const startedAt = clock.monotonic();
  const aborter = new AbortController();
  const finding = await Promise.race([
    settled(run, aborter.signal),
    new Promise<CheckResult>((resolve) => {
      const timer = timers.set(timeoutMs, () => {
        resolve(fail(`not done within ${timeoutMs} ms`, 'look at the network or the machine'));
        aborter.abort();
      });
      aborter.signal.addEventListener('abort', () => {
        timer.cancel();
      });
    }),
  ]);
  aborter.abort();
  return { check: name, ...finding, durationMs: Math.round(clock.monotonic() - startedAt) };
};

/** A check that throws fails alone; the others go on. */
const settled = async (run: Check['run'], signal: AbortSignal): Promise<CheckResult> => {
  try {
    return await run(signal);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return fail(text, 'this check broke: please report it with this text');
  }
};
