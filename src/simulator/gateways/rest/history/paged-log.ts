import { type EpochMs } from '../../../../lib/time.ts';

export interface LogRow<T> {
  /** Counts from 1; breaks ties of equal times. */
  readonly id: number;
  readonly at: EpochMs;
  readonly item: T;
}

export interface PageRequest<T> {
  readonly since: number | undefined;
  readonly before: number | undefined;
  readonly sort: 'asc' | 'desc';
  readonly count: number;
  readonly token: string | undefined;
  /** Rows younger than this do not exist yet: the service lags behind trading [rest 13 row 15]. */
  readonly visibleUntil: number;
  readonly isWanted: (item: T) => boolean;
}

export interface Page<T> {
  readonly rows: readonly LogRow<T>[];
  /** Absent on the last page. */
  readonly token: string | undefined;
}

/**
 * What happened, in order, bounded: the oldest tenth goes when it is full. Read in pages by opaque
 * tokens [rest 7].
 */
export class PagedLog<T> {
  readonly #rowsMax: number;
  #rows: LogRow<T>[] = [];
  #made = 0;

  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
  }

  get length(): number {
    return this.#rows.length;
  }

  add(at: EpochMs, item: T): LogRow<T> {
    this.#made += 1;
    const row = { id: this.#made, at, item };
    this.#rows.push(row);
    if (this.#rows.length > this.#rowsMax) {
      this.#rows = this.#rows.slice(Math.ceil(this.#rowsMax / 10));
    }
    return row;
  }

  /**
   * Rewrites what was written, newest first, until `change` has answered `countMax` times;
   * `undefined` leaves a row alone.
   */
  rewrite(countMax: number, change: (item: T) => T | undefined): void {
    let left = countMax;
    for (let at = this.#rows.length - 1; at >= 0 && left > 0; at -= 1) {
      const row = this.#rows[at];
      const item = row === undefined ? undefined : change(row.item);
      if (row === undefined || item === undefined) continue;
      this.#rows[at] = { ...row, item };
      left -= 1;
    }
  }

  rows(): readonly LogRow<T>[] {
    return this.#rows;
  }

  /** An unknown token starts again at the first page. */
  page(request: PageRequest<T>): Page<T> {
    const { sort, count } = request;
    const rows: LogRow<T>[] = [];
    const step = sort === 'asc' ? 1 : -1;
    let at = this.#start(request);
    for (; at >= 0 && at < this.#rows.length; at += step) {
      const row = this.#rows[at];
      if (row === undefined || !isInside(row, request) || !request.isWanted(row.item)) continue;
      if (rows.length === count) return { rows, token: tokenOf(rows[rows.length - 1]) };
      rows.push(row);
    }
    return { rows, token: undefined };
  }

  #start({ sort, token }: PageRequest<T>): number {
    const last = token === undefined ? undefined : idOfToken(token);
    const first = this.#rows[0]?.id ?? 1;
    if (last === undefined) return sort === 'asc' ? 0 : this.#rows.length - 1;
    return sort === 'asc' ? Math.max(0, last + 1 - first) : last - 1 - first;
  }
}

const isInside = <T>(row: LogRow<T>, request: PageRequest<T>): boolean =>
  row.at <= request.visibleUntil &&
  (request.since === undefined || row.at >= request.since) &&
  (request.before === undefined || row.at < request.before);

/** base64 of `time/number`, as recorded [rest 2.13]. */
const tokenOf = (row: LogRow<unknown> | undefined): string | undefined =>
  row === undefined ? undefined : Buffer.from(`${Math.floor(row.at)}/${row.id}`).toString('base64');

const idOfToken = (token: string): number | undefined => {
  const id = /^\d+\/(\d{1,15})$/.exec(Buffer.from(token, 'base64').toString('latin1'))?.[1];
  return id === undefined ? undefined : Number(id);
};
