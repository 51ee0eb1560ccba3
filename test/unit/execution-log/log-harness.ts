import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  type ExecutionLogOptions,
  type OpenedExecutionLog,
  openExecutionLog,
} from '../../../src/execution-log/execution-log.ts';
import {
  type ExecutionRecord,
  toNanoseconds,
} from '../../../src/execution-log/execution-record.ts';
import { epochMs } from '../../../src/lib/time.ts';

/** 2026-11-22 13:00 UTC. */
export const NOON = Date.UTC(2026, 10, 22, 13);

/** A fill of order `O<order>`; every field that a test does not name has a plain value. */
export const fill = (
  seq: number,
  changes: Partial<ExecutionRecord> = {},
  atMs = NOON + seq,
): ExecutionRecord => ({
  seq,
  tJournal: toNanoseconds(epochMs(atMs)),
  source: 'fix',
  sessionId: 'TRADE',
  clOrdId: 'c1',
  orderId: 'F1',
  venueOrderId: 'v1',
  execId: `E${seq}`,
  venueExecId: `x${seq}`,
  execType: 'Trade',
  ordStatus: 'PartiallyFilled',
  symbol: 'PF_XBTUSD',
  side: 'Buy',
  orderQty: '10',
  lastQty: '0.1',
  lastPx: '64123.5',
  cumQty: String(seq / 10),
  leavesQty: '1',
  ...changes,
});

export const opened = (options: ExecutionLogOptions): OpenedExecutionLog => {
  const result = openExecutionLog(options);
  if (!result.ok) throw new Error(result.error);
  return result.value;
};

export const withDir = async (run: (dir: string) => void | Promise<void>): Promise<void> => {
  const dir = mkdtempSync(join(tmpdir(), 'fathom-er-'));
  try {
    await run(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
};

export const filesOf = (dir: string): string[] => readdirSync(dir).sort();

export const linesOf = (dir: string, name: string): string[] =>
  readFileSync(join(dir, name), 'utf8').split(/\r?\n/).slice(0, -1);

export const jsonOf = (dir: string, name: string): Record<string, unknown>[] =>
  linesOf(dir, name).map((line) => JSON.parse(line) as Record<string, unknown>);
