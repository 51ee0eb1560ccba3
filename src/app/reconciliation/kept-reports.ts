import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../../lib/files/durable-file.ts';
import { makeFolder } from '../../lib/files/make-folder.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type ReconcileReport } from './reconcile.ts';

/** What made the engine compare its books with the venue. */
export type ReconcileCause = 'start' | 'reconnect' | 'schedule' | 'operator';

/** A reconciliation as it is kept: one JSON object a file, `<id>.json`. */
export interface KeptReport extends ReconcileReport {
  /** `YYYYMMDDTHHMMSSmmmZ-<cause>-<account>`: its text sorts by time. */
  readonly id: string;
  readonly account: string;
  readonly cause: ReconcileCause;
}

/** A line of the list; `problem` instead of the figures when the file cannot be read. */
export type ReportLine =
  | (Pick<KeptReport, 'id' | 'account' | 'cause' | 'at' | 'agrees'> & {
      readonly differences: number;
      readonly incomplete: number;
    })
  | { readonly id: string; readonly problem: string };

export const reportID = (at: EpochMs, cause: ReconcileCause, account: string): string =>
  `${new Date(at).toISOString().replaceAll(/[-:.]/g, '')}-${cause}-${account}`;

const REPORT_ID = /^\d{8}T\d{9}Z-(?:start|reconnect|schedule|operator)-[A-Za-z0-9_-]{1,64}$/;
const SUFFIX = '.json';
const REPORT_BYTES_MAX = 4_194_304;

/** The reports of one engine, in a folder of their own; the oldest make room. */
export class KeptReports {
  readonly #dir: string;
  readonly #keepMax: number;

  constructor(dir: string, keepMax: number) {
    this.#dir = dir;
    this.#keepMax = keepMax;
  }

  /** Rejects when the disk does not take it. */
  async keep(report: KeptReport): Promise<void> {
    makeFolder(this.#dir, 0o700);
    await writeDurably(this.#pathOf(report.id), `${JSON.stringify(report)}\n`);
    const ids = await this.#ids();
    for (const id of ids.slice(0, Math.max(ids.length - this.#keepMax, 0))) {
      await rm(this.#pathOf(id), { force: true });
    }
  }

  /** The newest first, at most `limit`, of one account when it is named. */
  async list(limit: number, account?: string): Promise<readonly ReportLine[]> {
    const ids = (await this.#ids()).filter(
      (id) => account === undefined || id.split('-').slice(2).join('-') === account,
    );
    return Promise.all(
      ids
        .slice(-limit)
        .reverse()
        .map((id) => this.#lineOf(id)),
    );
  }

  /** `undefined`: there is none of this id. A text: why it cannot be read. */
  async read(id: string): Promise<KeptReport | string | undefined> {
    if (!REPORT_ID.test(id)) return undefined;
    const path = this.#pathOf(id);
    try {
      const { size } = await stat(path);
      if (size > REPORT_BYTES_MAX) return `${path}: larger than ${REPORT_BYTES_MAX} bytes`;
      return JSON.parse(await readFile(path, 'utf8')) as KeptReport;
    } catch (cause) {
      if (isMissing(cause)) return undefined;
      return `${path}: ${cause instanceof Error ? cause.message : String(cause)}`;
    }
  }

  async #lineOf(id: string): Promise<ReportLine> {
    const report = await this.read(id);
    if (report === undefined) return { id, problem: 'it was removed meanwhile' };
    if (typeof report === 'string') return { id, problem: report };
    const { account, cause, at, agrees, differences, incomplete } = report;
    return {
      ...{ id, account, cause, at, agrees },
      differences: differences.length,
      incomplete: incomplete.length,
    };
  }

  /** The oldest first. */
  async #ids(): Promise<readonly string[]> {
    try {
      const names = await readdir(this.#dir);
      return names
        .filter((name) => name.endsWith(SUFFIX))
        .map((name) => name.slice(0, -SUFFIX.length))
        .filter((id) => REPORT_ID.test(id))
        .sort();
    } catch (cause) {
      if (isMissing(cause)) return [];
      throw cause;
    }
  }

  #pathOf(id: string): string {
    return join(this.#dir, `${id}${SUFFIX}`);
  }
}

const isMissing = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
