import { type MarketView } from '../../src/core/input.ts';
import { type LimitText, type ScopeKey } from '../../src/core/limit.ts';
import { type Instrument } from '../../src/domain/instrument.ts';
import { type OrderTerms } from '../../src/domain/order.ts';
import { PI_XBTUSD, text } from './bench.ts';

/** What a client does, and what happens around it, before the act that counts. */
export type Act =
  | {
      readonly act: 'order';
      readonly terms?: Partial<OrderTerms>;
      readonly id?: string;
      readonly account?: string;
      readonly strategy?: string;
      /** Filled at once, whole, at its own price. */
      readonly filled?: true;
      /** The venue never answers. */
      readonly unanswered?: true;
    }
  /** Of the order that was placed last. */
  | { readonly act: 'cancel' }
  | { readonly act: 'wait'; readonly ms: number }
  | { readonly act: 'market'; readonly market: MarketView; readonly mid?: string }
  | { readonly act: 'route'; readonly is: 'down' | 'up again' }
  | { readonly act: 'kill'; readonly symbol: string };

export interface LimitCase {
  /** In the configuration; of the client unless it says otherwise. */
  readonly limit?: LimitText;
  readonly scope?: ScopeKey;
  readonly instrument?: Partial<Instrument>;
  readonly withoutReferencePrice?: 'refuse';
  readonly before?: readonly Act[];
  /** Exactly at the limit, and just beyond it. The last act of each is what is looked at. */
  readonly passes: readonly Act[];
  readonly refused: readonly Act[];
}

const order = (terms: Partial<OrderTerms> = {}, more: object = {}): Act => ({
  act: 'order',
  terms,
  ...more,
});
const qty = (value: string, more: Partial<OrderTerms> = {}): Partial<OrderTerms> => ({
  orderQty: text(value),
  ...more,
});
const at = (price: string): Act => order({ price: text(price) });
const market = (view: MarketView, mid?: string): Act => ({
  act: 'market',
  market: view,
  ...(mid === undefined ? {} : { mid }),
});
const px = (value: string): { px: ReturnType<typeof text>; ageMs: number } => ({
  px: text(value),
  ageMs: 0,
});
const wait = (ms: number): Act => ({ act: 'wait', ms });
const bought = order({}, { filled: true });
/** Long 10 at 100, and 900 ms ago. */
const LONG: readonly Act[] = [bought, wait(900)];

/** One case for each limit of `LIMIT_CONTROLS`, by reason code. */
export const LIMIT_CASES: Readonly<Record<string, LimitCase>> = {
  SYMBOL_NOT_ALLOWED: {
    limit: 'PF_XBTUSD',
    passes: [order()],
    refused: [order({ symbol: PI_XBTUSD })],
  },
  ACCOUNT_NOT_ALLOWED: {
    limit: 'fund',
    passes: [order({}, { account: 'fund' })],
    refused: [order({}, { account: 'other' })],
  },
  MAX_QUANTITY: { limit: '10', passes: [order(qty('10'))], refused: [order(qty('11'))] },
  MAX_NOTIONAL: { limit: '1000', passes: [at('100')], refused: [at('100.5')] },
  PRICE_COLLAR: {
    limit: '5',
    before: [market({}, '100')],
    passes: [at('105')],
    refused: [at('105.5')],
  },
  MARK_COLLAR: {
    limit: '5',
    before: [market({ mark: px('100') })],
    passes: [at('105')],
    refused: [at('105.5')],
  },
  INDEX_COLLAR: {
    limit: '5',
    before: [market({ index: px('100') })],
    passes: [at('95')],
    refused: [at('94.5')],
  },
  TOUCH_COLLAR: {
    limit: '5',
    before: [market({ bid: text('98'), offer: text('100') })],
    passes: [at('105')],
    refused: [at('105.5')],
  },
  STALE_MARKET_DATA: {
    limit: '500',
    passes: [market({ ageMs: 500 }), order()],
    refused: [market({ ageMs: 501 }), order()],
  },
  CLOCK_DRIFT: {
    limit: '250',
    passes: [market({ clockOffsetMs: -250 }), order()],
    refused: [market({ clockOffsetMs: -251 }), order()],
  },
  DUPLICATE_ORDER: {
    limit: '1000',
    before: [order()],
    passes: [wait(1_000), order()],
    refused: [wait(999), order()],
  },
  NOT_REDUCING: {
    limit: 'refuse',
    before: LONG,
    passes: [order(qty('10', { side: 'Sell', reduceOnly: true }))],
    refused: [order(qty('11', { side: 'Sell', reduceOnly: true }))],
  },
  SELF_MATCH: {
    limit: 'refuse',
    before: [order({ side: 'Sell', price: text('110') })],
    passes: [at('109.5')],
    refused: [at('110')],
  },
  EXECUTION_THROTTLE: {
    limit: '2',
    scope: 'strategy:grid',
    before: [order({}, { filled: true, strategy: 'grid' })],
    passes: [order({}, { filled: true, strategy: 'grid' }), order({}, { strategy: 'grid' })],
    refused: [
      order({}, { filled: true, strategy: 'grid' }),
      order({}, { filled: true, strategy: 'grid' }),
      order({}, { strategy: 'grid' }),
    ],
  },
  MAX_ORDER_RATE: {
    limit: '2',
    before: [order(), order()],
    passes: [wait(1_000), order(), wait(999), order()],
    refused: [wait(999), order()],
  },
  MAX_CANCEL_RATE: {
    limit: '1',
    before: [order(), { act: 'cancel' }],
    passes: [wait(1_000), order(), { act: 'cancel' }],
    refused: [wait(999), order(), { act: 'cancel' }],
  },
  MAX_VENUE_COST: {
    limit: '30',
    before: [order(), { act: 'cancel' }],
    passes: [wait(9_999), order()],
    refused: [wait(9_998), order(), order()],
  },
  MAX_OPEN_ORDERS: {
    limit: '2',
    before: [order()],
    passes: [order()],
    refused: [order(), order()],
  },
  MAX_POSITION: {
    limit: '25',
    before: [...LONG, order(qty('5'))],
    passes: [order(qty('10'))],
    refused: [order(qty('11'))],
  },
  MAX_GROSS_NOTIONAL: {
    limit: '2500',
    before: [...LONG, order(qty('5'), { unanswered: true })],
    passes: [order({ symbol: PI_XBTUSD, orderQty: text('1000') })],
    refused: [order({ symbol: PI_XBTUSD, orderQty: text('1001') })],
  },
  LOSS_LIMIT: {
    limit: '100',
    before: LONG,
    passes: [market({ mark: px('90') }), order()],
    refused: [market({ mark: px('89.5') }), order()],
  },
};

/** One case for each rule of `RULE_CONTROLS`, by reason code. */
export const RULE_CASES: Readonly<Record<string, LimitCase>> = {
  DUPLICATE_CLORDID: {
    before: [order({}, { id: 'once' })],
    passes: [order({}, { id: 'twice' })],
    refused: [order(qty('11'), { id: 'once' })],
  },
  KILL_SWITCH: {
    before: [{ act: 'kill', symbol: 'PF_XBTUSD' }],
    passes: [order({ symbol: PI_XBTUSD })],
    refused: [order()],
  },
  UNKNOWN_SYMBOL: {
    passes: [order({ symbol: PI_XBTUSD })],
    refused: [order({ symbol: text('PF_NOSUCH') as never })],
  },
  MARKET_CLOSED: {
    instrument: { status: 'Suspended' },
    passes: [order({ symbol: PI_XBTUSD })],
    refused: [order()],
  },
  MARKET_POST_ONLY: {
    instrument: { status: 'PostOnly' },
    passes: [order({ postOnly: true })],
    refused: [order()],
  },
  INVALID_QUANTITY: { passes: [order(qty('1'))], refused: [order(qty('0'))] },
  OFF_LOT: { passes: [order(qty('3'))], refused: [order(qty('3.5'))] },
  MIN_QUANTITY: {
    instrument: { qtyMin: text('5') },
    passes: [order(qty('5'))],
    refused: [order(qty('4'))],
  },
  INVALID_PRICE: { passes: [at('0.5')], refused: [at('0')] },
  OFF_TICK: { passes: [at('100.5')], refused: [at('100.6')] },
  NO_REFERENCE_PRICE: {
    withoutReferencePrice: 'refuse',
    passes: [market({}, '100'), order({ ordType: 'Market', timeInForce: 'IOC' })],
    refused: [order({ ordType: 'Market', timeInForce: 'IOC' })],
  },
  DOUBT_FREEZE: {
    before: [
      order({}, { unanswered: true }),
      { act: 'route', is: 'down' },
      { act: 'route', is: 'up again' },
    ],
    passes: [order({ symbol: PI_XBTUSD })],
    refused: [order()],
  },
  ROUTE_CLOSED: {
    before: [{ act: 'route', is: 'down' }],
    passes: [{ act: 'route', is: 'up again' }, order()],
    refused: [order()],
  },
};
