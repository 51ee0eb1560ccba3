/**
 * The oracle: positions in exact fractions, by average price as a textbook writes it. It shares no
 * line with the engine, which keeps a cost instead, rounds quotients, and folds facts.
 */
export class Fraction {
  readonly n: bigint;
  readonly d: bigint;

  constructor(n: bigint, d = 1n) {
    const sign = d < 0n ? -1n : 1n;
    const divisor = gcd(n < 0n ? -n : n, d * sign);
    this.n = (n * sign) / divisor;
    this.d = (d * sign) / divisor;
  }

  static of(text: string): Fraction {
    const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
    const n = BigInt(whole + fraction);
    return new Fraction(sign === '-' ? -n : n, 10n ** BigInt(fraction.length));
  }

  plus(other: Fraction): Fraction {
    return new Fraction(this.n * other.d + other.n * this.d, this.d * other.d);
  }

  minus(other: Fraction): Fraction {
    return this.plus(new Fraction(-other.n, other.d));
  }

  times(other: Fraction): Fraction {
    return new Fraction(this.n * other.n, this.d * other.d);
  }

  over(other: Fraction): Fraction {
    return new Fraction(this.n * other.d, this.d * other.n);
  }

  get abs(): Fraction {
    return new Fraction(this.n < 0n ? -this.n : this.n, this.d);
  }

  get sign(): -1 | 0 | 1 {
    if (this.n === 0n) return 0;
    return this.n > 0n ? 1 : -1;
  }

  /** Rounded half to even. */
  text(places: number): string {
    const scaled = (this.n < 0n ? -this.n : this.n) * 10n ** BigInt(places);
    const rest = (scaled % this.d) * 2n;
    let quotient = scaled / this.d;
    if (rest > this.d || (rest === this.d && quotient % 2n === 1n)) quotient += 1n;
    const digits = quotient.toString().padStart(places + 1, '0');
    const whole = digits.slice(0, digits.length - places);
    const fraction = digits.slice(digits.length - places).replace(/0+$/, '');
    const plain = fraction === '' ? whole : `${whole}.${fraction}`;
    return this.n < 0n && plain !== '0' ? `-${plain}` : plain;
  }
}

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? (a === 0n ? 1n : a) : gcd(b, a % b));

const ZERO = new Fraction(0n);

export interface NaiveTrade {
  /** Signed: negative is sold. */
  readonly qty: string;
  readonly px: string;
}

export interface NaivePosition {
  readonly qty: Fraction;
  readonly average: Fraction;
  readonly realized: Fraction;
}

const ONE = new Fraction(1n);

/** What `qty` earns between two prices [rest 6.2]. */
const profit = (isInverse: boolean, qty: Fraction, entry: Fraction, exit: Fraction): Fraction =>
  isInverse ? qty.times(ONE.over(entry).minus(ONE.over(exit))) : qty.times(exit.minus(entry));

/** Every trade that stands, from the first on. */
export const naivePosition = (isInverse: boolean, trades: readonly NaiveTrade[]): NaivePosition => {
  let qty = ZERO;
  let average = ZERO;
  let realized = ZERO;
  for (const trade of trades) {
    const traded = Fraction.of(trade.qty);
    const px = Fraction.of(trade.px);
    const isAdding = qty.sign === 0 || qty.sign === traded.sign;
    if (isAdding) {
      const both = qty.abs.plus(traded.abs);
      average = isInverse
        ? both.over((qty.sign === 0 ? ZERO : qty.abs.over(average)).plus(traded.abs.over(px)))
        : qty.abs.times(average).plus(traded.abs.times(px)).over(both);
      qty = qty.plus(traded);
      continue;
    }
    const isTurning = traded.abs.minus(qty.abs).sign > 0;
    const closed = isTurning ? qty : traded.times(new Fraction(-1n));
    realized = realized.plus(profit(isInverse, closed, average, px));
    qty = qty.plus(traded);
    if (isTurning) average = px;
    if (qty.sign === 0) average = ZERO;
  }
  return { qty, average, realized };
};

export const naiveUnrealized = (
  isInverse: boolean,
  { qty, average }: NaivePosition,
  mark: string,
): Fraction => (qty.sign === 0 ? ZERO : profit(isInverse, qty, average, Fraction.of(mark)));
