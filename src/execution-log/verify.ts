import { basename } from 'node:path';

import { decimalToText } from '../lib/decimal.ts';
import { type Result, err, ok } from '../lib/result.ts';
import { CSV_HEADER, parseCsvRecord } from './csv.ts';
import { compareSeriesNames, parseSeriesName } from './file-series.ts';
import { filesBelow, readLines } from './read-lines.ts';
import { type RecordLine } from './record-line.ts';
import { Tally, type Trade, sameAmount, sameTally, tallyToText } from './tally.ts';
import { ChainReader, verifyManifest } from './verify-chain.ts';
import { isFixMessageLog, tallyFixLog } from './verify-fix-log.ts';

const DISAGREEMENTS_MAX = 1_000;

export interface ExecutionsVerified {
  /** Empty when the three logs tell the same story; at most 1,000 are kept. */
  readonly disagreements: readonly string[];
  readonly disagreementCount: number;
  readonly totals: {
    readonly files: { readonly jsonl: number; readonly csv: number; readonly fix: number };
    /** Lines of the JSON log; every one has its CSV row. */
    readonly records: number;
    readonly orders: number;
    readonly trades: number;
    /** Sum of LastQty(32). */
    readonly lastQty: string;
    /** Trades that the venue told by FIX; the others came by REST, WebSocket or history. */
    readonly venueFixTrades: number;
    readonly clientFixTrades: number;
    /** False when the first files of the chain are not here. */
    readonly isChainFromStart: boolean;
  };
}

/**
 * Checks that the JSON lines, the CSV and the FIX message logs below a directory agree.
 *
 * JSON lines and CSV: the same trades for each order (number, sum of LastQty, CumQty) and as many records.
 * FIX, venue side: for each venue order, the trades received are exactly the JSON records whose `source` is
 * `fix`, and those that another channel told first. FIX, client side: each trade sent to a client is a JSON record of the same ExecID(17),
 * OrderID(37) and amounts, and an order of which one trade was sent had all of them sent. Beyond that: the
 * hash chain, the trailers, the manifest, and that LastQty adds up to CumQty.
 */
export const verifyExecutions = async (
  dir: string,
): Promise<Result<ExecutionsVerified, string>> => {
  let paths: readonly string[];
  try {
    paths = filesBelow(dir);
  } catch (cause) {
    return err(cause instanceof Error ? cause.message : String(cause));
  }
  const jsonPaths = seriesPaths(paths, 'jsonl');
  const csvPaths = seriesPaths(paths, 'csv');
  const fixPaths = paths.filter(isFixMessageLog);
  if (jsonPaths.length === 0) return err(`${dir}: no er-*.jsonl file below it`);
  const venue = new Tally();
  const client = new Tally();
  const fixProblems: string[] = [];
  for (const path of fixPaths) fixProblems.push(...(await tallyFixLog(path, { venue, client })));
  const json = await readJson(jsonPaths, venue);
  const csv = await readCsv(csvPaths);
  const problems = [...json.problems, ...csv.problems, ...fixProblems];
  problems.push(...(await verifyManifest([...jsonPaths, ...csvPaths])));
  if (json.records !== csv.records) {
    problems.push(`JSON lines hold ${json.records} records, CSV ${csv.records}`);
  }
  problems.push(
    ...compare('order', ['JSON lines', json.all], ['CSV', csv.all]),
    ...compare('venue order', ['JSON lines', json.venueFix], ['FIX received', venue]),
    ...json.all.orderIDs
      .filter((orderID) => !json.corrected.has(orderID))
      .flatMap((orderID) => sumProblems(orderID, json.all)),
    ...clientProblems(json.all, client),
  );
  return ok({
    disagreements: problems.slice(0, DISAGREEMENTS_MAX),
    disagreementCount: problems.length,
    totals: {
      files: { jsonl: jsonPaths.length, csv: csvPaths.length, fix: fixPaths.length },
      records: json.records,
      orders: json.all.orderIDs.length,
      trades: json.all.count,
      lastQty: decimalToText(json.all.lastQty),
      venueFixTrades: venue.count,
      clientFixTrades: client.count,
      isChainFromStart: json.isFromStart,
    },
  });
};

const seriesPaths = (paths: readonly string[], extension: 'jsonl' | 'csv'): readonly string[] =>
  paths
    .map((path) => ({ path, name: parseSeriesName(basename(path)) }))
    .flatMap(({ path, name }) => (name?.extension === extension ? [{ path, name }] : []))
    .sort((a, b) => compareSeriesNames(a.name, b.name))
    .map(({ path }) => path);

interface Read {
  readonly all: Tally;
  readonly problems: readonly string[];
  readonly records: number;
}

interface JsonRead extends Read {
  /** What the FIX logs must hold, by venue order. */
  readonly venueFix: Tally;
  /** Orders with a corrected or cancelled trade: their LastQty does not add up. */
  readonly corrected: ReadonlySet<string>;
  readonly isFromStart: boolean;
}

const readJson = async (paths: readonly string[], venue: Tally): Promise<JsonRead> => {
  const chain = new ChainReader();
  const all = new Tally();
  const venueFix = new Tally();
  const corrected = new Set<string>();
  const problems: string[] = [];
  let records = 0;
  for (const path of paths) {
    for await (const line of chain.records(path)) {
      records += 1;
      const { execType, source } = line.values;
      const trade = toTrade(line);
      if (execType === 'TradeCorrect' || execType === 'TradeCancel') corrected.add(trade.orderID);
      if (execType !== 'Trade') continue;
      const venueTrade = toVenueTrade(line, trade);
      const isFix = source === 'fix' || venue.trade(venueTrade.execID) !== undefined;
      for (const problem of [all.add(trade), isFix ? venueFix.add(venueTrade) : undefined]) {
        if (problem !== undefined) problems.push(`${basename(path)}: ${problem}`);
      }
    }
  }
  const { isFromStart } = chain;
  const found = [...chain.problems, ...problems];
  return { all, venueFix, corrected, records, isFromStart, problems: found };
};

const readCsv = async (paths: readonly string[]): Promise<Read> => {
  const all = new Tally();
  const problems: string[] = [];
  let records = 0;
  for (const path of paths) {
    let number = 0;
    for await (const line of readLines(path, 'utf8')) {
      number += 1;
      const row = line.replace(/\r$/, '');
      const problem = number === 1 ? headerProblem(row) : addRow(row, all);
      if (number > 1) records += 1;
      if (problem !== undefined) problems.push(`${basename(path)} line ${number}: ${problem}`);
    }
  }
  return { all, problems, records };
};

const headerProblem = (row: string): string | undefined =>
  row === CSV_HEADER ? undefined : 'not the header of this schema';

const addRow = (row: string, all: Tally): string | undefined => {
  const parsed = parseCsvRecord(row);
  if (!parsed.ok) return parsed.error;
  const { orderId = '', execId = '', lastQty = '', cumQty = '', execType } = parsed.value;
  if (execType !== 'Trade') return undefined;
  return all.add({ orderID: orderId, execID: execId, lastQty, cumQty });
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const toTrade = ({ values }: RecordLine): Trade => ({
  orderID: text(values['orderId']),
  execID: text(values['execId']),
  lastQty: text(values['lastQty']),
  cumQty: text(values['cumQty']),
});

const toVenueTrade = ({ values }: RecordLine, trade: Trade): Trade => ({
  ...trade,
  orderID: text(values['venueOrderId']),
  execID: text(values['venueExecId']),
});

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

const sumProblems = (orderID: string, all: Tally): readonly string[] => {
  const tally = all.of(orderID);
  return tally.lastQty.eq(tally.cumQty)
    ? []
    : [`order ${orderID}: LastQty does not add up to CumQty: ${tallyToText(tally)}`];
};

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
