import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downloadHistory } from '../../../../src/kraken/history/download.ts';
import { type HistoryRequest } from '../../../../src/kraken/history/history-request.ts';
import { type HttpRequest } from '../../../../src/kraken/rest/http-request.ts';
import { makeCalls } from '../../../../src/kraken/rest/raw-client.ts';
import { type Reply } from '../../../../src/kraken/rest/reply.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import { toReply } from '../rest/gateways-support.ts';
import { realTimers } from '../rest/support.ts';

export const SINCE = Date.parse('2026-03-01T00:00:00Z');
export const HOUR = 3_600_000;

/** Downloads from a venue that is a function. */
export const run = async (
  request: Partial<HistoryRequest>,
  answer: (query: URLSearchParams, request: HttpRequest) => Reply,
  pageAttemptsMax = 1,
) => {
  const folder = mkdtempSync(join(tmpdir(), 'fathom-walk-'));
  const out = join(folder, 'out');
  const requests: HttpRequest[] = [];
  const client = makeCalls((call) => {
    requests.push(call);
    return Promise.resolve(answer(new URLSearchParams(call.query), call));
  });
  const result = await downloadHistory(
    {
      kind: 'executions',
      symbol: 'PF_XBTUSD',
      since: epochMs(SINCE),
      until: epochMs(SINCE + 100 * HOUR),
      format: 'jsonl',
      ...request,
    },
    out,
    { client, timers: realTimers, pageAttemptsMax, pagePauseMs: 1 },
  );
  const lines = result.ok ? readFileSync(out, 'utf8').trim().split('\n') : [];
  const files = readdirSync(folder).sort();
  rmSync(folder, { recursive: true });
  return { result, lines, files, requests, findings: result.ok ? result.value.findings : [] };
};

export const json = (value: unknown): Reply => toReply(JSON.stringify(value));
