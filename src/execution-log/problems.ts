/** What does not add up: counted without end, kept up to a limit. */
export class Problems {
  readonly list: string[] = [];
  readonly #keptMax: number;
  count = 0;

  constructor(keptMax: number) {
    this.#keptMax = keptMax;
  }

  add(...problems: readonly string[]): void {
    for (const problem of problems) {
      this.count += 1;
      if (this.list.length < this.#keptMax) this.list.push(problem);
    }
  }
}
