import { rename } from 'node:fs/promises';
import { writeDurably } from '../../lib/files/durable-file.ts';
import { takeLock } from '../../lib/files/lock-file.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type Timers } from '../../lib/time.ts';
import { classifyReply } from '../outcome/rest-outcome.ts';
import { type RawClient } from '../rest/raw-client.ts';
import { type NotConfirmed } from '../rest/reading.ts';
import { type CallOptions } from '../rest/transport.ts';
import { absorbPage } from './absorb-page.ts';
import {
  type DownloadState,
  type DownloadFinding,
  firstState,
  isSameRequest,
} from './download-state.ts';
import { makeFetchPage } from './fetch-pages.ts';
import { bodyOf, type FetchPage, listAt, type Page, textAt, unreadable } from './history-page.ts';
import { faultOfRequest, type HistoryRequest } from './history-request.ts';
import { lockPathOf, PartFile, readState, removeLeftovers } from './part-file.ts';
import { writeOutput } from './write-output.ts';

export interface DownloadDeps {
  readonly client: RawClient;
  readonly timers: Timers;
  /** Called after every committed page. */
  readonly onProgress?: (progress: Progress) => void;
  /** Checked before every page: true ends the download with `Stopped`, to be resumed later. */
  readonly isStopped?: () => boolean;
  /** Attempts of one page beyond those of the client, with a growing pause. */
  readonly pageAttemptsMax?: number;
  readonly pagePauseMs?: number;
}

export interface Progress {
  readonly rows: number;
  readonly pages: number;
  /** Share of the time span that is covered, 0 to 1. */
  readonly share: number;
  readonly isResumed: boolean;
}

export interface Downloaded {
  readonly rows: number;
  readonly pages: number;
  readonly isResumed: boolean;
  /** Empty when nothing speaks against completeness. */
  readonly findings: readonly DownloadFinding[];
}

export type DownloadError =
  | { readonly type: 'BadRequest'; readonly message: string }
  | { readonly type: 'OtherDownload'; readonly message: string }
  | { readonly type: 'Stopped'; readonly message: string }
  | { readonly type: 'Venue'; readonly message: string; readonly outcome: NotConfirmed };

type Answer<T> = Promise<Result<T, DownloadError>>;

/** A page may wait long for the history pool: 100 tokens, one more each 6 s [rest 5]. */
const PAGE_WAIT_MS = 900_000;
const PAGE_ATTEMPTS_MAX = 6;
const PAGE_PAUSE_MS = 1_000;
const PAGE_PAUSE_MS_MAX = 60_000;

/**
 * Downloads a history into one file. Run again with the same request after any interruption, kill
 * -9 included, it goes on where the last committed page ended and gives the same file. One at a
 * time writes to `out`: a second one is refused with `OtherDownload`. An `out` that is there
 * already is replaced when the download is complete.
 */
export const downloadHistory = async (
  request: HistoryRequest,
  out: string,
  deps: DownloadDeps,
): Answer<Downloaded> => {
  const fault = faultOfRequest(request);
  if (fault !== undefined) return err({ type: 'BadRequest', message: fault });
  const lock = takeLock(lockPathOf(out));
  if (!lock.ok)
    return err({ type: 'OtherDownload', message: `${out} is being written: ${lock.error}` });
  try {
    return await downloadAlone(request, out, deps);
  } finally {
    lock.value();
  }
};

const downloadAlone = async (
  request: HistoryRequest,
  out: string,
  deps: DownloadDeps,
): Answer<Downloaded> => {
  if (request.kind === 'account-log-csv') return downloadLogCsv(out, deps);
  const resumed = await resume(request, out);
  if (!resumed.ok) return resumed;
  const { part, state: before } = resumed.value;
  const walked = await walk({ before, part, deps, fetch: fetcherOf(request, deps) });
  await part.close();
  if (!walked.ok) {
    // Rows without a state are dropped: a download that was refused from the start keeps nothing.
    if ((await readState(out)) === undefined) await removeLeftovers(out);
    return walked;
  }
  const unlisted = walked.value.rows === 0 ? await faultOfSymbol(request, deps) : undefined;
  if (unlisted !== undefined) {
    if (unlisted.type === 'BadRequest') await removeLeftovers(out);
    return err(unlisted);
  }
  await writeOutput(out, request);
  await removeLeftovers(out);
  const { rows, pages, findings } = walked.value;
  return ok({ rows, pages, findings, isResumed: before.pages > 0 });
};

/** An empty download: did nothing happen, or is there no such market? */
const faultOfSymbol = async (
  { symbol }: HistoryRequest,
  { client }: DownloadDeps,
): Promise<DownloadError | undefined> => {
  if (symbol === undefined) return undefined;
  const listed = await isListed(client, symbol);
  if (!listed.ok)
    return {
      type: 'Venue',
      message: `no rows, and whether ${symbol} is listed is not known (${listed.error.text}): run again`,
      outcome: listed.error,
    };
  return listed.value
    ? undefined
    : { type: 'BadRequest', message: `symbol: ${symbol} is not listed, and there are no rows` };
};

const fetcherOf = (request: HistoryRequest, deps: DownloadDeps): FetchPage => {
  const options: CallOptions = { startWithinMs: PAGE_WAIT_MS };
  return patiently(makeFetchPage(deps.client, request, options), deps);
};

const resume = async (
  request: HistoryRequest,
  out: string,
): Answer<{ readonly part: PartFile; readonly state: DownloadState }> => {
  const found = await readState(out);
  if (found !== undefined && !isSameRequest(found.request, request))
    return err({
      type: 'OtherDownload',
      message: `${out}.state.json belongs to another download: finish that one or remove it`,
    });
  const state = found ?? firstState(request);
  const part = await PartFile.open(out, state.bytes);
  if (part !== false) return ok({ part, state });
  // Rows are missing from the part file: begin again rather than leave a gap.
  const fresh = await PartFile.open(out, 0);
  return fresh === false
    ? err({ type: 'OtherDownload', message: `${out}.part cannot be written` })
    : ok({ part: fresh, state: firstState(request) });
};

interface Walk {
  readonly before: DownloadState;
  readonly part: PartFile;
  readonly deps: DownloadDeps;
  readonly fetch: FetchPage;
}

const walk = async ({ before, part, deps, fetch }: Walk): Answer<DownloadState> => {
  let state = before;
  while (!state.isDone) {
    if (deps.isStopped?.() === true)
      return err({ type: 'Stopped', message: `${state.rows} rows are kept: run again to resume` });
    const page = await fetch(state.next);
    if (!page.ok) return err({ type: 'Venue', message: page.error.text, outcome: page.error });
    const absorbed = absorbPage(state, page.value);
    await part.commit(absorbed.lines, absorbed.state);
    state = absorbed.state;
    deps.onProgress?.(progressOf(state, before.pages > 0));
  }
  return ok(state);
};

const progressOf = (state: DownloadState, isResumed: boolean): Progress => {
  const { since, until } = state.request;
  const covered = ((state.lastAt ?? since) - since) / (until - since);
  const share = state.isDone ? 1 : Math.min(Math.max(covered, 0), 1);
  return { rows: state.rows, pages: state.pages, share, isResumed };
};

/** Reads may be repeated, but a refusal other than a rate limit is final. */
const patiently =
  (fetch: FetchPage, deps: DownloadDeps): FetchPage =>
  async (cursor): Promise<Result<Page, NotConfirmed>> => {
    const attemptsMax = deps.pageAttemptsMax ?? PAGE_ATTEMPTS_MAX;
    for (let attempt = 1; ; attempt += 1) {
      const page = await fetch(cursor);
      if (page.ok || attempt >= attemptsMax || !isWorthWaiting(page.error)) return page;
      const pauseMs = (deps.pagePauseMs ?? PAGE_PAUSE_MS) * 2 ** (attempt - 1);
      await new Promise<void>((resolve) => {
        deps.timers.set(Math.min(pauseMs, PAGE_PAUSE_MS_MAX), resolve);
      });
    }
  };

const isWorthWaiting = (outcome: NotConfirmed): boolean => {
  switch (outcome.type) {
    case 'Unknown':
      return true;
    case 'Refused':
      return outcome.reason === 'RateLimit';
    case 'NotSent':
      return outcome.cause !== 'InvalidParams';
  }
};

/** The venue's own CSV, unchanged: at most the 500,000 newest rows. */
const downloadLogCsv = async (out: string, deps: DownloadDeps): Answer<Downloaded> => {
  const reply = await deps.client.historyAccountlogcsv({}, { startWithinMs: PAGE_WAIT_MS });
  const outcome = classifyReply(reply, 'read');
  if (outcome.type !== 'Confirmed') return err({ type: 'Venue', message: outcome.text, outcome });
  const text = reply.type === 'Answered' ? reply.bodyText : '';
  await writeDurably(`${out}.part`, text);
  await rename(`${out}.part`, out);
  const rows = Math.max(text.split('\n').filter((line) => line !== '').length - 1, 0);
  return ok({ rows, pages: 1, isResumed: false, findings: [] });
};

/**
 * Whether the venue lists a contract. The public history answers any name with an empty page
 * ([rest 2.13] knows no error for it), so that a typing error would look like a market without
 * trades. Asked only when nothing came: an expired contract is no longer listed and has its
 * history all the same.
 */
const isListed = async (
  client: RawClient,
  symbol: string,
): Promise<Result<boolean, NotConfirmed>> => {
  const body = bodyOf(await client.instruments({}));
  if (!body.ok) return body;
  const instruments = listAt(body.value, 'instruments');
  if (instruments === undefined) return err(unreadable('an answer without instruments'));
  const wanted = symbol.toUpperCase();
  return ok(instruments.some((one) => textAt(one, 'symbol')?.toUpperCase() === wanted));
};
