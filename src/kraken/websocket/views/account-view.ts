import { ZERO_TEXT } from '../../../domain/decimal-text.ts';
import { type DecimalText, type TradingSymbol } from '../../../domain/ids.ts';
import { decimal } from '../../../lib/decimal.ts';
import { type EpochMs } from '../../../lib/time.ts';
import { defined } from '../../../lib/defined.ts';
import { type Finding } from '../events/finding.ts';
import { withoutNoise } from './order-state.ts';
import {
  type BalancesFrame,
  type MultiCollateralWallet,
  type OpenPosition,
  type PositionsFrame,
} from '../events/private-events.ts';

/**
 * Open positions. Every frame and every poll is the full list. The newer venue time wins, and an
 * absent instrument is flat [websocket 8.4].
 */
export class PositionsView {
  #positions = new Map<TradingSymbol, OpenPosition>();
  #at: EpochMs | undefined;
  #isComplete = true;
  /** Instruments of the last list. */
  #listed: ReadonlySet<TradingSymbol> = new Set();

  /** False when the last list had an element that could not be read. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Whether the last list says what the position is. An absent instrument may be unreadable. */
  isKnown(symbol: TradingSymbol): boolean {
    return this.#isComplete || this.#listed.has(symbol);
  }

  get(symbol: TradingSymbol): OpenPosition | undefined {
    return this.#positions.get(symbol);
  }

  all(): readonly OpenPosition[] {
    return [...this.#positions.values()].filter(({ qty }) => qty !== '0');
  }

  get at(): EpochMs | undefined {
    return this.#at;
  }

  /** False when the list is older than the known one and was ignored. */
  apply(frame: Pick<PositionsFrame, 'positions' | 'isComplete' | 'at'>): boolean {
    const { positions, isComplete, at } = frame;
    if (at !== undefined && this.#at !== undefined && at < this.#at) return false;
    // An unreadable element may be any instrument, so absence proves nothing then.
    if (isComplete) this.#positions = new Map();
    for (const position of positions)
      this.#positions.set(position.symbol, { ...position, qty: withoutNoise(position.qty) });
    this.#isComplete = isComplete;
    this.#listed = new Set(positions.map(({ symbol }) => symbol));
    this.#at = at ?? this.#at;
    return true;
  }

  /** Instruments whose sum of fills differs from the venue's list. */
  compare(expected: ReadonlyMap<TradingSymbol, DecimalText>): readonly Finding[] {
    const symbols = new Set([...expected.keys(), ...this.#positions.keys()]);
    return [...symbols]
      .filter((symbol) => this.isKnown(symbol))
      .flatMap((symbol): Finding[] => {
        const wanted = expected.get(symbol) ?? FLAT;
        const actual = this.#positions.get(symbol)?.qty ?? FLAT;
        if (decimal(wanted).eq(decimal(actual))) return [];
        return [{ type: 'CheckPosition', symbol, expected: wanted, actual }];
      });
  }
}

const FLAT = ZERO_TEXT;

export type Balances = Pick<BalancesFrame, 'totals'> & {
  readonly holding: NonNullable<BalancesFrame['holding']>;
  readonly futures: NonNullable<BalancesFrame['futures']>;
  readonly flex?: MultiCollateralWallet;
  readonly at?: EpochMs;
};

/**
 * Balances: a snapshot, then changed sections, merged by key. An empty section means "no change"
 * [websocket 8.5].
 */
export class BalancesView {
  #balances: Balances = { holding: {}, futures: {}, totals: {} };
  #lastSeq: number | undefined;
  #isComplete = true;

  /** False when an amount could not be read since the last whole snapshot or poll. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  current(): Balances {
    return this.#balances;
  }

  restart(): void {
    this.#lastSeq = undefined;
  }

  apply(frame: BalancesFrame): readonly Finding[] {
    const { seq } = frame;
    const last = this.#lastSeq;
    if (frame.isSnapshot) this.#balances = { holding: {}, futures: {}, totals: {} };
    const isGap = !frame.isSnapshot && seq !== undefined && last !== undefined && seq !== last + 1;
    this.#lastSeq = seq ?? last;
    this.#balances = merged(this.#balances, frame);
    this.#isComplete = frame.isComplete && (frame.isSnapshot || this.#isComplete);
    const findings: Finding[] = isGap ? [{ type: 'Resync', feed: 'balances' }] : [];
    return frame.isComplete ? findings : [...findings, { type: 'CheckBalances' }];
  }

  /** Takes the wallets of REST when they are newer than the feed's. */
  applyPoll(frame: BalancesFrame & { readonly at: EpochMs }): boolean {
    if (this.#balances.at !== undefined && frame.at <= this.#balances.at) return false;
    this.#balances = merged(this.#balances, frame);
    // REST has other names for single-collateral wallets, and cannot make up for them.
    const isAllAnswered = Object.keys(this.#balances.futures).length === 0;
    this.#isComplete = frame.isComplete && (isAllAnswered || this.#isComplete);
    return true;
  }
}

const merged = (old: Balances, frame: BalancesFrame): Balances => ({
  holding: { ...old.holding, ...frame.holding },
  futures: { ...old.futures, ...frame.futures },
  totals: { ...old.totals, ...frame.totals },
  ...defined({
    flex: frame.flex === undefined ? old.flex : mergedFlex(old.flex, frame.flex),
    at: frame.at ?? old.at,
  }),
});

const mergedFlex = (
  old: MultiCollateralWallet | undefined,
  frame: MultiCollateralWallet,
): MultiCollateralWallet => ({
  figures: { ...old?.figures, ...frame.figures },
  currencies: { ...old?.currencies, ...frame.currencies },
  isolated: { ...old?.isolated, ...frame.isolated },
  cross: { ...old?.cross, ...frame.cross },
  portfolioMargin: { ...old?.portfolioMargin, ...frame.portfolioMargin },
  ...defined({ isUnified: frame.isUnified ?? old?.isUnified }),
});
