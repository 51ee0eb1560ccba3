/** What one trip passed: the index of the file of every function entered, in order. */
export type Path = readonly number[];

export interface TripFigures {
  /** Different files entered. */
  readonly files: number;
  /** How often the next function stood in another file than the one before. */
  readonly changes: number;
  readonly calls: number;
}

export const figuresOf = (path: Path): TripFigures => ({
  files: new Set(path).size,
  changes: path.filter((file, at) => at > 0 && file !== path[at - 1]).length,
  calls: path.length,
});

/** The trip in the middle by changes: one that a timer ran into does not decide. */
export const middleTrip = (paths: readonly Path[]): Path | undefined =>
  [...paths].sort((a, b) => figuresOf(a).changes - figuresOf(b).changes)[
    Math.floor((paths.length - 1) / 2)
  ];

/** Files in the order in which the trip enters them first. */
export const filesInOrder = (path: Path): readonly number[] => [...new Set(path)];

export interface SourceFigures {
  readonly files: number;
  readonly lines: number;
  readonly meanLines: number;
  readonly medianLines: number;
}

export const sourceFiguresOf = (texts: readonly string[]): SourceFigures => {
  const lines = texts.map((text) => text.trimEnd().split('\n').length).sort((a, b) => a - b);
  const total = lines.reduce((sum, each) => sum + each, 0);
  return {
    files: lines.length,
    lines: total,
    meanLines: Math.round(total / Math.max(lines.length, 1)),
    medianLines: lines[Math.floor(lines.length / 2)] ?? 0,
  };
};
