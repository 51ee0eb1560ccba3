import { expect } from 'chai';
import { withProbes } from '../../../../bench/trip/instrument.ts';
import { figuresOf, middleTrip, sourceFiguresOf } from '../../../../bench/trip/trip.ts';

/** Runs a module's text with probes and returns the files that reported. */
const entered = (source: string, index: number): number[] => {
  const files: number[] = [];
  globalThis.fathomTrip = (file) => {
    files.push(file);
  };
  try {
    // Function bodies are scripts: what the module exports is of no use here.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
    new Function(withProbes(source, index).replace('export {};', ''))();
  } finally {
    Reflect.deleteProperty(globalThis, 'fathomTrip');
  }
  return files;
};

describe('npm run trip', () => {
  it('counts different files, and how often the next function stands in another one', () => {
    expect(figuresOf([1, 1, 2, 1, 3, 3])).to.deep.equal({ files: 3, changes: 3, calls: 6 });
    expect(figuresOf([])).to.deep.equal({ files: 0, changes: 0, calls: 0 });
  });

  it('reports the trip in the middle, so that one that a timer ran into does not decide', () => {
    const long = [1, 2, 3, 4, 5, 6];
    expect(middleTrip([long, [1], [1, 2]])).to.deep.equal([1, 2]);
    expect(middleTrip([])).to.equal(undefined);
  });

  it('enters functions, arrows, methods, accessors and constructors, each once', () => {
    const source = `
      function named(): number { return arrow(1); }
      const arrow = (n: number): number => n + 1;
      const block = (): { a: number } => { return { a: named() }; };
      const object = (): { a: number } => ({ a: 1 });
      class Thing { #n: number; constructor() { this.#n = 2; } get n() { return this.#n; } set n(v) { this.#n = v; } run() { return this.n; } }
      block(); object();
      const thing = new Thing(); thing.n = 3; thing.run();
    `;
    // block, named, arrow; object; constructor, setter, run, getter.
    expect(entered(source, 7)).to.deep.equal([7, 7, 7, 7, 7, 7, 7, 7]);
  });

  it('leaves what a function returns as it was', () => {
    const source = `
      const double = (n: number): number => n * 2;
      if (double(4) !== 8) throw new Error('changed');
    `;
    expect(entered(source, 1)).to.deep.equal([1]);
  });

  it('counts lines of sources, their mean and the one in the middle', () => {
    expect(sourceFiguresOf(['a\nb\n', 'a\n', 'a\nb\nc\nd\ne\nf\n'])).to.deep.equal({
      ...{ files: 3, lines: 9, meanLines: 3, medianLines: 2 },
    });
  });
});
