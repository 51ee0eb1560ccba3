import { fileFaultAt } from '../../lib/files/file-fault.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { basename, dirname } from 'node:path';

import { decimalToText } from '../../lib/decimal.ts';
import { type Result, err, ok } from '../../lib/result.ts';
import { compareSeriesNames, parseSeriesName } from '../file-series.ts';
import { type ExecutionRecord } from '../execution-record.ts';
import { Problems } from '../problems.ts';
import { filesBelow } from '../read-lines.ts';
import { ClientTexts } from './client-texts.ts';
import { type FixNumbers } from './fix-numbers.ts';
import { Tally, sameAmount, sameTally, tallyToText } from './tally.ts';
import { type AnchorCheck, ChainReader, checkAnchor, verifyManifest } from './verify-chain.ts';
import { type RowSource, type Tails, compareRows } from './compare-rows.ts';
import { isFixMessageLog, readFixLog } from './verify-fix-log.ts';
import { JsonRows, csvRows, journalRows } from './read-rows.ts';

const DISAGREEMENTS_MAX = 1_000;
/** Longer than any log of a running engine holds a line back. */
const SETTLE_MS = 300;

export interface VerifyOptions {
  /** Every record that the log must hold, by the journal: the best anchor there is. */
  readonly journal?: {
    readonly records: Iterable<readonly ExecutionRecord[]>;
    /** What the log has of earlier sequence numbers, the journal does not have any more. */
    readonly from: number;
  };
  /**
   * The engine runs: what is ahead of the other sources is not missing there, and the result says
   * how far it goes.
   */
  readonly isRunning?: boolean;
}

export interface ExecutionsVerified {
  /** Empty when the sources tell the same story; at most 1,000 are kept. */
  readonly disagreements: readonly string[];
  readonly disagreementCount: number;
  /** What was held against each other: `JSON lines`, `CSV`, `journal`, `FIX logs`, `head`. */
  readonly compared: readonly string[];
  /** The sequence number from which the journal was compared; 1 for all of it, or without one. */
  readonly journalFrom: number;
  readonly isRunning: boolean;
  /**
   * Journal sequence number of the last record that JSON lines, CSV and journal, where it is there,
   * all have.
   */
  readonly verifiedTo: number;
  readonly totals: {
    readonly files: { readonly jsonl: number; readonly csv: number; readonly fix: number };
    /** Lines of the JSON log; every one has its CSV row. */
    readonly records: number;
    readonly orders: number;
    readonly trades: number;
    /** Sum of LastQty(32), busts taken off and corrections applied. */
    readonly lastQty: string;
    /** Trades that the venue told by FIX; the others came by REST, WebSocket or history. */
    readonly venueFixTrades: number;
    readonly clientFixTrades: number;
    /** False when a line is wrong, or does not follow the one before it. */
    readonly isChainWhole: boolean;
    /** False when the first files of the chain are not here. */
    readonly isChainFromStart: boolean;
  };
}

/**
 * Checks that the JSON lines, the CSV and the FIX message logs below a directory agree, with each
 * other and with the journal.
 *
 * Every column of each JSON record is compared with the CSV row and with the record that the
 * journal gives; every ExecutionReport of the FIX logs with the record of its ExecID(17). For each
 * venue order the trades received by FIX are exactly the records whose `source` is `fix`, and those
 * that another channel told first; an order of which one trade was sent to a client had all of them
 * sent. The numbers of each FIX log have no hole that the log does not explain. Beyond that:
 * the hash chain, the head, the trailers, the manifest, and that LastQty adds up
 * to CumQty, busts and corrections netted.
 */
export const verifyExecutions = async (
  dir: string,
  options: VerifyOptions = {},
): Promise<Result<ExecutionsVerified, string>> => {
  try {
    const paths = filesBelow(dir);
    const found = {
      json: seriesPaths(paths, 'jsonl'),
      csv: seriesPaths(paths, 'csv'),
      fix: paths.filter(isFixMessageLog),
    };
    if (found.json.length === 0) return err(`${dir}: no er-*.jsonl file below it`);
    return ok(await verifyFiles(found, options));
  } catch (cause) {
    return err(fileFaultAt(cause));
  }
};

interface Found {
  readonly json: readonly string[];
  readonly csv: readonly string[];
  readonly fix: readonly string[];
}

const verifyFiles = async (found: Found, options: VerifyOptions): Promise<ExecutionsVerified> => {
  const { isRunning = false, journal } = options;
  const problems = new Problems(DISAGREEMENTS_MAX);
  const chain = new ChainReader();
  const anchorDir = dirname(found.json[0] ?? '');
  const anchor = checkAnchor(anchorDir, chain);
  const json = new JsonRows(chain, found.json, problems);
  const sources: RowSource[] = [{ name: 'JSON lines', rows: json.rows() }];
  sources.push({ name: 'CSV', rows: csvRows(found.csv, json, problems) });
  if (journal !== undefined) {
    const { records, from } = journal;
    sources.push({ name: 'journal', rows: journalRows(records, json), from });
  }
  const tails = await compareRows(sources, problems);
  problems.add(...chain.problems);
  if (!isRunning) problems.add(...tailProblems(tails));
  problems.add(...anchorProblems(anchor), ...(await verifyManifest([...found.json, ...found.csv])));
  const { venue, client } = await compareFix(found, { json, isRunning, problems });
  problems.add(...json.net.problems());
  return {
    disagreements: problems.list,
    disagreementCount: problems.count,
    compared: [
      ...sources.map(({ name }) => name),
      ...(found.fix.length === 0 ? [] : ['FIX logs']),
      ...(anchor.anchor === undefined ? [] : ['head']),
    ],
    journalFrom: journal?.from ?? 1,
    isRunning,
    verifiedTo: tails.verifiedTo,
    totals: {
      files: { jsonl: found.json.length, csv: found.csv.length, fix: found.fix.length },
      records: json.count,
      orders: json.all.orderIDs.length,
      trades: json.all.count,
      lastQty: decimalToText(json.net.total),
      venueFixTrades: venue.count,
      clientFixTrades: client.count,
      isChainWhole: chain.problems.length === 0,
      isChainFromStart: chain.isFromStart,
    },
  };
};

const compareFix = async (
  found: Found,
  {
    json,
    isRunning,
    problems,
  }: { readonly json: JsonRows; readonly isRunning: boolean; readonly problems: Problems },
): Promise<{ readonly venue: Tally; readonly client: Tally }> => {
  const [venue, client] = [new Tally(), new Tally()];
  if (isRunning) await sleep(SETTLE_MS);
  const { byExecID, byVenueExecID, lastAtMs } = json;
  const clientTexts = new ClientTexts();
  const [clientLogs, numbers] = [new Set<string>(), new Map<string, FixNumbers>()];
  const books = { venue, client, byExecID, byVenueExecID, clientTexts, clientLogs, numbers };
  // A message whose record was written a moment later is behind the last record that was read.
  const until = isRunning ? { untilMs: lastAtMs - AHEAD_MS } : {};
  for (const path of found.fix) await readFixLog(path, { ...books, ...until }, problems);
  for (const each of numbers.values()) each.tell(problems);
  // Where FIX is not logged, nothing is told of it.
  if (found.fix.length === 0) return { venue, client };
  const venueFix = json.venueTrades(venue, problems);
  problems.add(
    ...compare('venue order', ['JSON lines', venueFix], ['FIX received', venue]),
    ...clientProblems(json.all, client),
  );
  return { venue, client };
};
/** Between the SendingTime(52) of a message and the record of it: clocks differ. */
const AHEAD_MS = 5_000;

const tailProblems = ({ lackByName }: Tails): readonly string[] =>
  [...lackByName].map(
    ([name, { lastSeq, count }]) =>
      `${name} ends after sequence ${lastSeq}: ${count} records of the other sources are missing` +
      (name === 'journal' ? '' : '; after a crash the next start writes them'),
  );

const anchorProblems = ({ anchor, isMet, fault }: AnchorCheck): readonly string[] => {
  if (fault !== undefined) return [`head: ${fault}`];
  if (anchor === undefined || isMet()) return [];
  const { file, seq } = anchor;
  return [
    `head: ${file} had come to sequence ${seq} with another content: its tail was cut, or its chain made anew`,
  ];
};

const seriesPaths = (paths: readonly string[], extension: 'jsonl' | 'csv'): readonly string[] =>
  paths
    .map((path) => ({ path, name: parseSeriesName(basename(path)) }))
    .flatMap(({ path, name }) => (name?.extension === extension ? [{ path, name }] : []))
    .sort((a, b) => compareSeriesNames(a.name, b.name))
    .map(({ path }) => path);

const compare = (
  what: string,
  [leftName, left]: readonly [string, Tally],
  [rightName, right]: readonly [string, Tally],
): readonly string[] =>
  [...new Set([...left.orderIDs, ...right.orderIDs])]
    .filter((orderID) => !sameTally(left.of(orderID), right.of(orderID)))
    .map((orderID) => {
      const sides = [left, right].map((tally) => tallyToText(tally.of(orderID)));
      return `${what} ${orderID}: ${leftName} ${sides[0] ?? ''}; ${rightName} ${sides[1] ?? ''}`;
    });

const clientProblems = (json: Tally, client: Tally): readonly string[] =>
  client.orderIDs.flatMap((orderID) => {
    const [ours, sent] = [json.of(orderID), client.of(orderID)];
    if (!sameTally(ours, sent)) {
      return [
        `order ${orderID}: JSON lines ${tallyToText(ours)}; FIX sent to the client ${tallyToText(sent)}`,
      ];
    }
    return client.tradesOf(orderID).flatMap((trade) => {
      const known = json.trade(trade.execID);
      const isSame = known?.orderID === orderID && sameAmount(known.lastQty, trade.lastQty);
      return isSame
        ? []
        : [`order ${orderID}: execution ${trade.execID} sent to the client differs`];
    });
  });
