import { systemClock, systemRandomBytes } from '../../src/app/system-clock.ts';
import { type ClOrdID, type DecimalText, type TradingSymbol } from '../../src/domain/ids.ts';
import { type FixMessage, type OutboundMessage } from '../../src/fix/codec/fix-message.ts';
import { type FixSession } from '../../src/fix/session/model/session-types.ts';
import { makeClOrdIDSource } from '../../src/kraken/cl-ord-id.ts';
import { subscribeRequest } from '../../src/kraken/fix/market-data/market-data-messages.ts';
import {
  newOrderSingle,
  orderCancelRequest,
  orderMassCancelRequest,
} from '../../src/kraken/fix/trading/order-messages.ts';
import { makeMulberry32, type Mulberry32 } from '../../src/lib/prng.ts';
import { FixLine } from './fix-line.ts';
import {
  MarketView,
  pick,
  pickSome,
  type SeenMarket,
  type WantedOrder,
  wantOrder,
} from './market-view.ts';
import { type ClientJob, type FixService, tradingKeys, type VenueKey } from './plan.ts';
import { type Tally } from './tally.ts';

/** Of these sessions, one in three takes prices too, one in ten every order of its books. */
const L2_EVERY = 3;
const L3_EVERY = 10;
const BOOKS = 3;
const DEPTH = 25;
const OPEN_MAX = 30;
const FAREWELL_MS = 1_000;

/** Refusals that an order may meet that was valid when it was sent. */
const EXPECTED = /POST_WOULD_EXECUTE|IOC_WOULD_ENTER_BOOK|SELF/;

/** FIX sessions: log on, send orders, cancel some, and take market data beside. */
export const runFixClients = async (
  { plan, venue }: ClientJob,
  tally: Tally,
  until: Promise<void>,
): Promise<void> => {
  const view = new MarketView(venue.rest, tally);
  await view.start();
  const line = new FixLine(tally);
  const keys = tradingKeys(venue);
  const traders = keys.slice(keys.length - plan.fix).map((key, i) => {
    const prng = makeMulberry32(plan.seed + 2_000 + i);
    const symbols = pickSome(venue.symbols, BOOKS, prng);
    const { trading, marketDataL2, marketDataL3 } = venue.fix;
    const books = { line, tally, key, symbols };
    if (i % L2_EVERY === 0) takeBooks({ ...books, level: 'L2', service: marketDataL2 });
    if (i % L3_EVERY === 0) takeBooks({ ...books, level: 'L3', service: marketDataL3 });
    const trader = new FixTrader({ tally, view, prng });
    line.open(trading, key, trader.handlers, true);
    return trader;
  });
  const timers = traders.map((trader) => everySoOften(trader, 1_000 / plan.fixRate));
  await until;
  for (const timer of timers) timer.stop();
  for (const trader of traders) trader.leave();
  await new Promise((resolve) => setTimeout(resolve, FAREWELL_MS));
  view.stop();
  await line.close();
};

const everySoOften = (trader: FixTrader, meanMs: number): { readonly stop: () => void } => {
  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    timer = setTimeout(
      () => {
        trader.act();
        next();
      },
      meanMs * (0.5 + trader.prng.next()),
    );
  };
  next();
  return {
    stop: () => {
      clearTimeout(timer);
    },
  };
};

const takeBooks = (of: {
  readonly line: FixLine;
  readonly tally: Tally;
  readonly key: VenueKey;
  readonly symbols: readonly string[];
  readonly level: 'L2' | 'L3';
  readonly service: FixService;
}): void => {
  const { line, tally, level } = of;
  const depth = level === 'L2' ? DEPTH : 100;
  const up = (session: FixSession): void => {
    for (const symbol of of.symbols) {
      const subscription = { mdReqID: `load-${symbol}`, symbol: symbol as TradingSymbol };
      session.send(subscribeRequest({ ...subscription, depth, level }));
    }
  };
  const message = ({ msgType }: FixMessage): void => {
    if (msgType === 'W' || msgType === 'X') tally.count(`${level} messages`);
    else tally.error(`${level} answered 35=${msgType}`);
  };
  line.open(of.service, of.key, { up, message }, false);
};

interface LiveOrder {
  readonly clOrdID: ClOrdID;
  readonly order: WantedOrder;
}

/** One trading session's orders. */
class FixTrader {
  readonly prng: Mulberry32;
  readonly #tally: Tally;
  readonly #markets: readonly SeenMarket[];
  readonly #ids = makeClOrdIDSource(systemRandomBytes);
  readonly #live = new Map<string, LiveOrder>();
  /** When a request left, by ClOrdID(11). */
  readonly #sentAt = new Map<string, number>();
  #session: FixSession | undefined;
  #lastId: ClOrdID | undefined;

  constructor(of: { readonly tally: Tally; readonly view: MarketView; readonly prng: Mulberry32 }) {
    this.prng = of.prng;
    this.#tally = of.tally;
    this.#markets = of.view.some(of.prng);
  }

  readonly handlers = {
    up: (session: FixSession): void => {
      this.#session = session;
    },
    message: (message: FixMessage): void => {
      this.#onMessage(message);
    },
  };

  act(): void {
    if (this.#session === undefined) return;
    const oldest = this.#live.values().next().value;
    const isFull = this.#live.size > OPEN_MAX;
    if (oldest !== undefined && (isFull || this.prng.chance(0.4))) this.#cancel(oldest);
    else this.#send();
  }

  leave(): void {
    const id = this.#nextId();
    this.#session?.send(orderMassCancelRequest(id, undefined, systemClock.wall()));
  }

  #send(): void {
    const { order } = wantOrder(pick(this.#markets, this.prng), this.prng);
    const clOrdID = this.#nextId();
    this.#live.set(clOrdID, { clOrdID, order });
    this.#tally.count('orders');
    const message = newOrderSingle(
      clOrdID,
      {
        symbol: order.symbol as TradingSymbol,
        side: order.side === 'buy' ? 'Buy' : 'Sell',
        ordType: 'Limit',
        timeInForce: order.orderType === 'ioc' ? 'IOC' : 'GTC',
        orderQty: order.size as DecimalText,
        price: order.limitPrice as DecimalText,
        postOnly: order.orderType === 'post',
        reduceOnly: false,
      },
      systemClock.wall(),
    );
    this.#say(clOrdID, message);
  }

  #cancel({ clOrdID: origClOrdID, order }: LiveOrder): void {
    const clOrdID = this.#nextId();
    this.#live.delete(origClOrdID);
    const side = order.side === 'buy' ? 'Buy' : 'Sell';
    const target = { clOrdID, origClOrdID, symbol: order.symbol as TradingSymbol, side } as const;
    this.#say(clOrdID, orderCancelRequest(target, systemClock.wall()));
  }

  #say(clOrdID: ClOrdID, message: OutboundMessage): void {
    this.#sentAt.set(clOrdID, performance.now());
    this.#tally.count('requests');
    const sent = this.#session?.send(message);
    if (sent?.ok !== true) this.#tally.error(`could not send: ${sent?.error ?? 'no session'}`);
  }

  #nextId(): ClOrdID {
    const id = this.#ids.next(this.#lastId, systemClock.wall());
    if (!id.ok) throw new Error(id.error);
    this.#lastId = id.value;
    return id.value;
  }

  #onMessage(message: FixMessage): void {
    const clOrdID = message.get(11) ?? message.get(379) ?? '';
    this.#tally.count('reports');
    if (message.msgType === '8') this.#onReport(message, clOrdID);
    else if (message.msgType === 'j' || message.msgType === '9') this.#onRefusal(message, clOrdID);
    else this.#tally.error(`answered 35=${message.msgType} ${message.get(58) ?? ''}`);
  }

  #onReport(message: FixMessage, clOrdID: string): void {
    const execType = message.get(150);
    if (execType === '0') this.#answered(clOrdID, 'order to report');
    else if (execType === '4') this.#answered(clOrdID, 'cancel to report');
    if (execType === 'F') this.#tally.count('fills');
    if (message.get(151) === '0') this.#live.delete(clOrdID);
  }

  #onRefusal(message: FixMessage, clOrdID: string): void {
    const text = message.get(58) ?? '';
    this.#answered(clOrdID, 'refusal');
    this.#live.delete(clOrdID);
    const isLate = text.includes('Unknown order');
    if (isLate || EXPECTED.test(text))
      this.#tally.count(`refused: ${text.replace(/[0-9a-f-]{36}/g, 'ID')}`);
    else this.#tally.error(`refused: ${text}`);
  }

  #answered(clOrdID: string, what: string): void {
    const sentAt = this.#sentAt.get(clOrdID);
    if (sentAt === undefined) return;
    this.#sentAt.delete(clOrdID);
    this.#tally.latency(what, performance.now() - sentAt);
  }
}
