import { epochMs } from '../src/lib/time.ts';
import { type ExchangeCommand } from '../src/simulator/exchange/model/commands.ts';
import { type Exchange, makeExchange } from '../src/simulator/exchange/exchange.ts';
import {
  INDEX_PRICES,
  INSTRUMENT_CATALOGUE,
} from '../src/simulator/exchange/model/instruments/instrument-catalogue.ts';
import { OrderBook } from '../src/simulator/exchange/model/order-book.ts';
import { Order } from '../src/simulator/exchange/model/order.ts';
import { makeMulberry32 } from '../src/lib/prng.ts';

/** One request of the flow, alike for every engine. */
export interface Op {
  readonly kind: 'limit' | 'cancel';
  readonly id: string;
  readonly side: 'buy' | 'sell';
  /** Whole USD. */
  readonly price: number;
  /** Whole lots. */
  readonly lots: number;
}

/** The result that an engine reports: engines that disagree are not compared. */
export interface Tally {
  readonly volume: number;
  readonly resting: number;
}

/** An engine to be measured, made anew for every run. */
export interface Engine {
  readonly name: string;
  readonly make: () => {
    readonly apply: (op: Op) => void;
    readonly tally: () => Tally;
  };
}

const SYMBOL = 'PF_XBTUSD';

/**
 * A seeded flow around a price that walks: most orders rest within 40 ticks, a third cross, a third
 * of the requests cancel something placed lately (which may be gone already: engines must cope).
 */
export const makeFlow = (ops: number, seed: number): readonly Op[] => {
  const prng = makeMulberry32(seed);
  const flow: Op[] = [];
  const placed: string[] = [];
  let mid = 84_000;
  for (let i = 0; i < ops; i += 1) {
    mid += prng.int(-1, 1);
    const recent = placed[placed.length - 1 - prng.int(0, Math.min(400, placed.length))];
    if (recent !== undefined && prng.chance(0.33)) {
      flow.push({ kind: 'cancel', id: recent, side: 'buy', price: 0, lots: 0 });
      continue;
    }
    const side = prng.chance(0.5) ? 'buy' : 'sell';
    const distance = prng.chance(0.33) ? -prng.int(0, 5) : prng.int(1, 40);
    const id = `o${i.toString(36)}`;
    placed.push(id);
    const price = side === 'buy' ? mid - distance : mid + distance;
    flow.push({ kind: 'limit', id, side, price, lots: prng.int(1, 1_000) });
  }
  return flow;
};

const startExchange = (background: boolean): Exchange =>
  makeExchange({
    seed: 1,
    startAt: epochMs(Date.UTC(2026, 10, 22)),
    instruments: INSTRUMENT_CATALOGUE.filter(({ symbol }) => symbol === SYMBOL).map((spec) => ({
      ...spec,
      maxPositionSize: '100000000',
    })),
    // Self-trade prevention would stop one account from trading with itself: two sides, two
    // accounts.
    accounts: ['buy', 'sell'].map((uid) => ({
      uid,
      background,
      balances: { flex: { USD: '100000000000' } },
    })),
    indexPrices: INDEX_PRICES,
    rules: { openOrdersMax: Number.POSITIVE_INFINITY },
  });

const fathomExchange = (name: string, background: boolean): Engine => ({
  name,
  make: () => {
    const exchange = startExchange(background);
    const sideById = new Map<string, 'buy' | 'sell'>();
    let volume = 0;
    let at = Date.UTC(2026, 10, 22);
    return {
      apply: (op) => {
        at += 1;
        for (const event of exchange.handle(toCommand(op, sideById), epochMs(at))) {
          if (event.type === 'Trade') volume += Math.round(Number(event.trade.size) * 10_000);
        }
      },
      tally: () => {
        const book = exchange.venue.markets.get(SYMBOL)?.book;
        return { volume, resting: (book?.buy.lots ?? 0) + (book?.sell.lots ?? 0) };
      },
    };
  },
});

/** Text in, accounts, fees, positions, market data events with text out. */
export const fathomEngines: readonly Engine[] = [
  fathomExchange('Fathom exchange, accounts without margin', true),
  fathomExchange('Fathom exchange, margin and account log', false),
];

const toCommand = (op: Op, sideById: Map<string, 'buy' | 'sell'>): ExchangeCommand => {
  if (op.kind === 'cancel') {
    return { type: 'CancelOrder', account: sideById.get(op.id) ?? 'buy', cliOrdId: op.id };
  }
  sideById.set(op.id, op.side);
  return {
    type: 'PlaceOrder',
    account: op.side,
    owner: 'bench',
    cliOrdId: op.id,
    symbol: SYMBOL,
    side: op.side,
    orderType: 'lmt',
    size: (op.lots / 10_000).toFixed(4),
    limitPrice: String(op.price),
  };
};

/**
 * The order book of the exchange alone: levels, queues, matching; no accounts, no events, no text.
 */
export const fathomBook: Engine = {
  name: 'Fathom order book alone',
  make: () => {
    const { venue } = startExchange(true);
    const market = need(venue.markets.get(SYMBOL));
    const holder = need(venue.accounts.get('buy'));
    const book = new OrderBook();
    const orders = new Map<string, Order>();
    const at = epochMs(0);
    let volume = 0;
    const match = (taker: Order): void => {
      const against = book.against(taker.side);
      const buying = taker.side === 'buy';
      while (taker.leaves > 0) {
        const level = against.best;
        if (level === undefined || (buying ? level.ticks > taker.ticks : level.ticks < taker.ticks))
          break;
        const maker = need(level.head);
        const lots = Math.min(maker.leaves, taker.leaves);
        maker.filled += lots;
        taker.filled += lots;
        volume += lots;
        against.shrink(maker, lots);
        if (maker.leaves > 0) continue;
        against.remove(maker);
        orders.delete(maker.orderId);
      }
    };
    return {
      apply: (op) => {
        if (op.kind === 'cancel') {
          const order = orders.get(op.id);
          if (order === undefined) return;
          book.side(order.side).remove(order);
          orders.delete(op.id);
          return;
        }
        const { id, side, price, lots } = op;
        const order = new Order({
          orderId: id,
          holder,
          owner: 'bench',
          cliOrdId: id,
          market,
          side,
          orderType: 'lmt',
          lots,
          ticks: price,
          reduceOnly: false,
          at,
        });
        match(order);
        if (order.leaves === 0) return;
        orders.set(id, order);
        book.side(side).add(order);
      },
      tally: () => ({ volume, resting: book.buy.lots + book.sell.lots }),
    };
  },
};

const need = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('the benchmark made it');
  return value;
};

/**
 * What both npm packages offer (nodejs-order-book 10.1.1, hft-limit-order-book 7.0.2: same author,
 * same shape).
 */
interface PackageBook {
  readonly limit: (order: { side: string; id: string; size: number; price: number }) => {
    readonly done: readonly { readonly id: string; readonly size: number }[];
    readonly err: unknown;
  };
  readonly cancel: (id: string) => unknown;
  readonly depth: () => readonly [
    readonly (readonly [number, number])[],
    readonly (readonly [number, number])[],
  ];
}

export const packageEngine = async (name: string): Promise<Engine> => {
  const module = (await import(name)) as { readonly OrderBook: new () => PackageBook };
  return {
    name,
    make: () => {
      const book = new module.OrderBook();
      let placed = 0;
      let canceled = 0;
      const sizes = (): number =>
        book
          .depth()
          .reduce((sum, side) => sum + side.reduce((lots, [, size]) => lots + size, 0), 0);
      return {
        apply: ({ kind, id, side, price, lots }) => {
          if (kind === 'cancel') {
            canceled += sizeOf(book.cancel(id));
            return;
          }
          book.limit({ side, id, size: lots, price });
          placed += lots;
        },
        // Every lot that was placed and neither rests nor was cancelled has met one of the other
        // side.
        tally: () => ({ volume: (placed - canceled - sizes()) / 2, resting: sizes() }),
      };
    },
  };
};

/** The package answers with the order itself, or with an object around it. */
const sizeOf = (answer: unknown): number => {
  if (answer === undefined || answer === null || typeof answer !== 'object') return 0;
  if ('order' in answer) return sizeOf(answer.order);
  return 'size' in answer && typeof answer.size === 'number' ? answer.size : 0;
};
