import { type Cursor } from './history-page.ts';
import { type HistoryRequest } from './history-request.ts';

/**
 * Everything a resumed download needs, committed after each page. The part file is first cut back
 * to `bytes`: a page that was half written when the process died is fetched again, without a gap
 * and without a row twice.
 */
export interface DownloadState {
  readonly version: 1;
  readonly request: HistoryRequest;
  readonly next: Cursor;
  readonly isDone: boolean;
  /** Committed length of the part file. */
  readonly bytes: number;
  readonly rows: number;
  readonly pages: number;
  /** Time of the first and last row, ms. */
  readonly firstAt?: number;
  readonly lastAt?: number;
  /** Account log: id of the last row. */
  readonly lastID?: number;
  /** Digests of the last page's rows: rows that the next page repeats are left out. */
  readonly recentKeys: readonly string[];
  readonly findings: readonly DownloadFinding[];
}

/** Something that speaks against the completeness of a download. */
export interface DownloadFinding {
  readonly type:
    | 'PageShort'
    | 'RowTwice'
    | 'OutOfOrder'
    | 'NoTime'
    | 'OutsideSpan'
    | 'IDsMissing'
    | 'BucketsMissing'
    | 'SpanNotOver';
  readonly count: number;
  readonly detail: string;
}

export const FINDINGS_MAX = 1_000;

export const firstState = (request: HistoryRequest): DownloadState => ({
  version: 1,
  request,
  next: { type: 'Token' },
  isDone: false,
  bytes: 0,
  rows: 0,
  pages: 0,
  recentKeys: [],
  findings: [],
});

/** The same request, whatever the order of its keys. */
export const isSameRequest = (a: HistoryRequest, b: HistoryRequest): boolean => {
  const flat = (request: HistoryRequest): string =>
    JSON.stringify(Object.entries(request).sort(([x], [y]) => (x < y ? -1 : 1)));
  return flat(a) === flat(b);
};
