import { defined } from '../../lib/defined.ts';
import { type NotedPosition } from '../../core/fact.ts';
import { type KeptPosition } from '../../core/positions/position-keeper.ts';
import { decimalTextOf } from '../../domain/decimal-text.ts';
import { type TradingSymbol } from '../../domain/ids.ts';
import { type Decimal, decimal, decimalToText, ZERO } from '../../lib/decimal.ts';
import { type MonotonicMs } from '../../lib/time.ts';
import { type PositionsView } from '../../kraken/websocket/views/account-view.ts';
import { type AccountDifference } from './differences.ts';

/** Venue's position minus ours, and since when. */
interface Offset {
  readonly qty: Decimal;
  readonly since: MonotonicMs;
  /** The accepted offset. Absent until one has lasted. */
  readonly agreed?: Decimal;
}

/** Both sides at one moment. */
export interface PositionLook {
  readonly theirs: PositionsView;
  /** Of the account, opening positions included. */
  readonly ours: readonly KeptPosition[];
  /** The books have the positions that the account began with. */
  readonly isNoted: boolean;
}

export interface PositionFindings {
  /** Lasting changes that our executions do not explain, each once. */
  readonly alerts: readonly AccountDifference[];
  /** An unexplained change has not lasted yet, so the venue should be asked for its positions. */
  readonly isOpen: boolean;
  /** What the account held before our executions, once every offset has lasted. */
  readonly opening?: readonly NotedPosition[];
}

/**
 * Compares the venue's positions with ours. An account may hold positions from before our books, so
 * offsets that have lasted are the opening positions. They are noted once for all, in the journal,
 * and from then on no offset is expected: a difference is found after a restart, too. Pure.
 */
export class PositionWatch {
  readonly #lastsMs: number;
  #offsets = new Map<TradingSymbol, Offset>();
  #since: MonotonicMs | undefined;
  #wasNoted = false;
  #alerts = 0;

  constructor(lastsMs: number) {
    this.#lastsMs = lastsMs;
  }

  look({ theirs, ours, isNoted }: PositionLook, at: MonotonicMs): PositionFindings {
    if (theirs.at === undefined) return { alerts: [], isOpen: false };
    // Our positions have the opening ones from here on, so offsets begin anew.
    if (isNoted && !this.#wasNoted) this.#offsets = new Map();
    this.#wasNoted = isNoted;
    this.#since ??= at;
    const ourQty = new Map(ours.map(({ symbol, position }) => [symbol, position.qty]));
    const held = theirs.all().map(({ symbol }) => symbol);
    const symbols = [...new Set([...ourQty.keys(), ...held, ...this.#offsets.keys()])];
    // A position that could not be read is not flat.
    const known = symbols.filter((symbol) => theirs.isKnown(symbol));
    const looks = known.map((symbol) =>
      this.#lookAt(
        symbol,
        [decimal(theirs.get(symbol)?.qty ?? '0'), ourQty.get(symbol) ?? ZERO],
        at,
      ),
    );
    const isWhole = known.length === symbols.length && theirs.isComplete;
    const isSettled = isWhole && at - this.#since >= this.#lastsMs && !looks.includes('New');
    return {
      alerts: looks.filter((look) => typeof look === 'object'),
      isOpen: looks.includes('Open'),
      ...(isNoted || !isSettled ? {} : { opening: this.#opening(theirs, ours) }),
    };
  }

  #lookAt(
    symbol: TradingSymbol,
    [theirs, ours]: readonly [Decimal, Decimal],
    at: MonotonicMs,
  ): AccountDifference | 'Open' | 'New' | 'Agreed' {
    const qty = theirs.minus(ours);
    const old = this.#offsets.get(symbol);
    const since = old?.qty.eq(qty) === true ? old.since : at;
    const isLasting = at - since >= this.#lastsMs;
    const before = old?.agreed ?? (this.#wasNoted ? ZERO : undefined);
    const agreed = isLasting ? qty : before;
    this.#offsets.set(symbol, { qty, since, ...defined({ agreed }) });
    if (before === undefined) return isLasting ? 'Agreed' : 'New';
    if (this.#isKnown(qty, before)) return 'Agreed';
    const expected = this.#wasNoted ? ours : ours.plus(before);
    return isLasting ? this.#alert(symbol, theirs, expected) : 'Open';
  }

  /** Told already; or a difference that was told, and is gone. */
  #isKnown(qty: Decimal, before: Decimal): boolean {
    return before.eq(qty) || (this.#wasNoted && qty.eq(ZERO));
  }

  #opening(theirs: PositionsView, ours: readonly KeptPosition[]): readonly NotedPosition[] {
    const traded = new Set(ours.map(({ symbol }) => symbol));
    return [...this.#offsets]
      .filter(([, { qty }]) => !qty.eq(ZERO))
      .map(([symbol, { qty }]) => ({
        symbol,
        qty: decimalTextOf(qty),
        // The venue's average has our executions in it, and they cannot be taken out.
        ...defined({ entryPx: traded.has(symbol) ? undefined : theirs.get(symbol)?.entryPx }),
      }));
  }

  #alert(symbol: TradingSymbol, theirs: Decimal, expected: Decimal): AccountDifference {
    this.#alerts += 1;
    return {
      key: `POSITION ${symbol} ${this.#alerts}`,
      code: 'VENUE_POSITION_DIFFERS',
      text: `${symbol}: the venue's position is ${decimalToText(theirs)}, our executions make it ${decimalToText(expected)}`,
    };
  }
}
