import { type Environment } from '../../config/load/overrides.ts';

/** What a screen needs of the stream that it is drawn on. */
export interface ScreenStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly getColorDepth?: (env?: object) => number;
  readonly write: (text: string) => unknown;
  readonly on?: (event: 'resize', listener: () => void) => unknown;
  readonly off?: (event: 'resize', listener: () => void) => unknown;
}

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** A terminal that says nothing of its size; VT100. */
const DEFAULT_SIZE: ScreenSize = { columns: 80, rows: 24 };

/** The size of the moment: it changes with every `resize`. */
export const screenSize = ({ columns = 0, rows = 0 }: ScreenStream): ScreenSize => ({
  columns: columns > 0 ? columns : DEFAULT_SIZE.columns,
  rows: rows > 0 ? rows : DEFAULT_SIZE.rows,
});

/** Whether a screen can be drawn anew in place: not in a pipe, and not on a dumb terminal. */
export const canRedraw = ({ isTTY }: ScreenStream, env: Environment): boolean =>
  isTTY === true && env['TERM'] !== 'dumb';

/**
 * Whether colours are wanted: a terminal that has them, and neither NO_COLOR (no-color.org) nor
 * TERM=dumb.
 */
export const hasColor = (stream: ScreenStream, env: Environment): boolean =>
  canRedraw(stream, env) &&
  (env['NO_COLOR'] ?? '') === '' &&
  (stream.getColorDepth?.(env) ?? 1) > 1;

/**
 * Draws lines over the last screen: home, each line cleared to its end, the rest cleared, so that
 * nothing flickers. The lines must fit; the last row of the terminal stays free for the cursor.
 */
export const drawScreen = (stream: ScreenStream, lines: readonly string[]): void => {
  const { rows } = screenSize(stream);
  const shown = lines.slice(0, Math.max(1, rows - 1));
  stream.write(`\x1b[H${shown.map((line) => `${line}\x1b[K\n`).join('')}\x1b[J`);
};

/** Cuts a line without control characters to a width. */
export const fitLine = (line: string, columns: number): string =>
  line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;

export type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'plain';

const CODE: Readonly<Record<Exclude<Style, 'plain'>, number>> = {
  bold: 1,
  dim: 2,
  red: 31,
  green: 32,
  yellow: 33,
};

export const styled = (text: string, style: Style, isColored: boolean): string =>
  !isColored || style === 'plain' || text === '' ? text : `\x1b[${CODE[style]}m${text}\x1b[0m`;
