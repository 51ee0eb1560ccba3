import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileWriter, parquetWriteRows } from 'hyparquet-writer';
import { toCsvRow } from '../../lib/csv.ts';
import { makeNew, syncFolder } from '../../lib/files/durable-file.ts';
import { parseLosslessJson } from '../../lib/lossless-json.ts';
import { columnNames, toCells } from './columns.ts';
import { type HistoryRequest } from './history-request.ts';
import { partPathOf } from './part-file.ts';

/** Turns the finished part file into the output; the same rows give the same bytes. */
export const writeOutput = async (out: string, request: HistoryRequest): Promise<void> => {
  const temporary = `${out}.tmp`;
  const part = partPathOf(out);
  // Made here, and written by its name below: nobody else can put a link in its place before.
  await (await makeNew(temporary)).close();
  switch (request.format) {
    case 'jsonl':
      await copyFile(part, temporary);
      break;
    case 'csv':
      await pipeline(Readable.from(csvLines(part, request)), createWriteStream(temporary));
      break;
    case 'parquet':
      await writeParquet(part, temporary, request);
  }
  const file = await open(temporary, 'r+');
  await file.sync();
  await file.close();
  await rename(temporary, out);
  await syncFolder(dirname(out));
};

type Cells = readonly (string | null)[];

async function* cellRows(part: string, request: HistoryRequest): AsyncGenerator<Cells> {
  const lines = createInterface({ input: createReadStream(part, 'utf8'), crlfDelay: Infinity });
  for await (const line of lines) {
    const element = parseLosslessJson(line);
    if (element.ok) yield toCells(request.kind, element.value);
  }
}

async function* csvLines(part: string, request: HistoryRequest): AsyncGenerator<string> {
  yield `${toCsvRow(columnNames(request.kind))}\n`;
  for await (const cells of cellRows(part, request))
    yield `${toCsvRow(cells.map((cell) => cell ?? ''))}\n`;
}

/**
 * All columns are text: a DOUBLE would lose digits, and one DECIMAL scale does not fit all markets.
 */
const writeParquet = async (part: string, path: string, request: HistoryRequest): Promise<void> => {
  const names = columnNames(request.kind);
  const toRow = (cells: Cells): Record<string, string | null> =>
    Object.fromEntries(names.map((name, index) => [name, cells[index] ?? null]));
  async function* rows(): AsyncGenerator<Record<string, string | null>> {
    for await (const cells of cellRows(part, request)) yield toRow(cells);
  }
  await parquetWriteRows({
    writer: fileWriter(path),
    rows: rows(),
    columns: names.map((name) => ({ name, type: 'STRING' as const })),
    rowGroupSize: 50_000,
    createdBy: 'fathom',
  });
};
