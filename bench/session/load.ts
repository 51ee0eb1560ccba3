/** How much a client of the session benchmark does. */
export interface LoadPlan {
  /** Orders before anything is timed, one at a time. */
  readonly warmUpOrders: number;
  /** Orders sent one at a time, each after the report of the one before. */
  readonly roundTrips: number;
  /** Orders sent with `outstanding` of them unanswered. */
  readonly orders: number;
  readonly outstanding: number;
}

export interface LoadResult {
  readonly p50Us: number;
  readonly p99Us: number;
  readonly ordersPerSecond: number;
}

const NS_PER_US = 1_000;
const NS_PER_S = 1e9;

/** Drives `send` by the plan; `onReport` must be called for every report. */
export class Load {
  readonly #plan: LoadPlan;
  readonly #send: (order: number) => void;
  readonly #timesNs: number[] = [];
  #sent = 0;
  #answered = 0;
  #sentAt = 0n;
  #throughputFrom = 0n;
  #resolve: (result: LoadResult) => void = () => undefined;

  constructor(plan: LoadPlan, send: (order: number) => void) {
    this.#plan = plan;
    this.#send = send;
  }

  run(): Promise<LoadResult> {
    const done = new Promise<LoadResult>((resolve) => {
      this.#resolve = resolve;
    });
    this.#next();
    return done;
  }

  onReport(): void {
    const { warmUpOrders, roundTrips, orders, outstanding } = this.#plan;
    const single = warmUpOrders + roundTrips;
    this.#answered++;
    if (this.#answered <= single) {
      // From here on the benchmark counts processor time.
      if (this.#answered === warmUpOrders) console.log('measuring');
      if (this.#answered > warmUpOrders) {
        this.#timesNs.push(Number(process.hrtime.bigint() - this.#sentAt));
      }
      if (this.#answered < single) {
        this.#next();
        return;
      }
      this.#throughputFrom = process.hrtime.bigint();
      for (let count = 0; count < outstanding; count++) this.#next();
      return;
    }
    if (this.#answered === single + orders) this.#finish();
    else if (this.#sent < single + orders) this.#next();
  }

  #next(): void {
    this.#sent++;
    this.#sentAt = process.hrtime.bigint();
    this.#send(this.#sent);
  }

  #finish(): void {
    const seconds = Number(process.hrtime.bigint() - this.#throughputFrom) / NS_PER_S;
    const sorted = this.#timesNs.toSorted((a, b) => a - b);
    const at = (share: number): number =>
      (sorted[Math.floor(sorted.length * share)] ?? Number.NaN) / NS_PER_US;
    this.#resolve({
      p50Us: at(0.5),
      p99Us: at(0.99),
      ordersPerSecond: this.#plan.orders / seconds,
    });
  }
}
