import { createHash } from 'node:crypto';
import { defined } from '../../lib/defined.ts';
import { toPlainDigits } from '../../lib/decimal-text.ts';
import { type JsonValue, toJsonText } from '../../lib/lossless-json.ts';
import { type DownloadState, type DownloadFinding, FINDINGS_MAX } from './download-state.ts';
import { type Page, textAt, timeOf } from './history-page.ts';
import { type HistoryRequest, RESOLUTION_SECONDS } from './history-request.ts';

export interface Absorbed {
  /** JSON lines to append to the part file. */
  readonly lines: string;
  readonly state: DownloadState;
}

/**
 * Adds one page to the download: drops rows that it has already, and checks the new ones for what
 * speaks against completeness.
 */
export const absorbPage = (state: DownloadState, page: Page): Absorbed => {
  const draft: Draft = {
    lines: [],
    keys: [],
    recent: new Set(state.recentKeys),
    rows: state.rows,
    lastAt: state.lastAt,
    firstAt: state.firstAt,
    lastID: state.lastID,
    findings: [...state.findings],
  };
  if (page.announced !== undefined && page.announced !== page.elements.length)
    note(
      draft,
      'PageShort',
      1,
      `page ${state.pages + 1}: ${page.elements.length} of ${page.announced} rows`,
    );
  for (const element of page.elements) absorbElement(draft, element, state.request);
  const lines = draft.lines.join('');
  const { firstAt, lastAt, lastID } = draft;
  return {
    lines,
    state: {
      ...state,
      next: page.next ?? state.next,
      isDone: page.next === undefined,
      bytes: state.bytes + Buffer.byteLength(lines),
      rows: draft.rows,
      pages: state.pages + 1,
      recentKeys: draft.keys.length === 0 ? state.recentKeys : draft.keys,
      findings: draft.findings,
      ...defined({ firstAt, lastAt, lastID }),
    },
  };
};

interface Draft {
  readonly lines: string[];
  readonly keys: string[];
  readonly recent: Set<string>;
  rows: number;
  firstAt: number | undefined;
  lastAt: number | undefined;
  lastID: number | undefined;
  readonly findings: DownloadFinding[];
}

const absorbElement = (draft: Draft, element: JsonValue, request: HistoryRequest): void => {
  // Every digit as it was written, without exponents, which not every reader takes.
  const line = `${toJsonText(element, toPlainDigits)}\n`;
  const key = createHash('sha256').update(line).digest('base64').slice(0, 16);
  draft.keys.push(key);
  const at = timeOf(element);
  // The venue's `before` may include its own instant; `until` does not.
  if (at !== undefined && at >= request.until) return;
  if (draft.recent.has(key)) {
    note(draft, 'RowTwice', 1, `row of ${at ?? 'no time'}`);
    return;
  }
  draft.recent.add(key);
  checkTime(draft, at, request);
  checkID(draft, element, request);
  draft.lines.push(line);
  draft.rows += 1;
};

const checkTime = (draft: Draft, at: number | undefined, request: HistoryRequest): void => {
  if (at === undefined) {
    note(draft, 'NoTime', 1, `row ${draft.rows + 1}`);
    return;
  }
  if (at < Math.floor(request.since)) note(draft, 'OutsideSpan', 1, new Date(at).toISOString());
  const { lastAt } = draft;
  if (lastAt !== undefined && at < lastAt)
    note(
      draft,
      'OutOfOrder',
      1,
      `${new Date(at).toISOString()} after ${new Date(lastAt).toISOString()}`,
    );
  const missing = missingBuckets(lastAt, at, request);
  if (missing > 0) note(draft, 'BucketsMissing', missing, `before ${new Date(at).toISOString()}`);
  draft.firstAt ??= at;
  draft.lastAt = Math.max(lastAt ?? at, at);
};

/**
 * Finds missing buckets of a regular series. Markets without trades have none, so this is a
 * finding, not an error.
 */
const missingBuckets = (
  lastAt: number | undefined,
  at: number,
  request: HistoryRequest,
): number => {
  const stepSeconds =
    request.kind === 'candles'
      ? RESOLUTION_SECONDS[request.resolution ?? '1h']
      : request.kind === 'funding-rates'
        ? 3_600
        : request.intervalSeconds;
  const isRegular =
    request.kind === 'candles' || request.kind === 'funding-rates' || request.kind === 'analytics';
  if (!isRegular || stepSeconds === undefined || lastAt === undefined) return 0;
  return Math.max(Math.round((at - lastAt) / (stepSeconds * 1_000)) - 1, 0);
};

/** Entry ids of an unfiltered account log are consecutive. */
const checkID = (draft: Draft, element: JsonValue, request: HistoryRequest): void => {
  if (request.kind !== 'account-log') return;
  const id = Number(textAt(element, 'id'));
  if (draft.lastID !== undefined && id > draft.lastID + 1)
    note(draft, 'IDsMissing', id - draft.lastID - 1, `between ${draft.lastID} and ${id}`);
  draft.lastID = id;
};

const note = (draft: Draft, type: DownloadFinding['type'], count: number, detail: string): void => {
  if (draft.findings.length < FINDINGS_MAX) draft.findings.push({ type, count, detail });
};
