import { type AccountSpec } from '../../../../src/simulator/exchange/model/account.ts';
import {
  type EditOrder,
  type ExchangeCommand,
  type PlaceOrder,
} from '../../../../src/simulator/exchange/model/commands.ts';
import {
  type EventBody,
  type EventOf,
  type ExchangeEvent,
} from '../../../../src/simulator/exchange/model/events.ts';
import { type OrderView } from '../../../../src/simulator/exchange/model/views.ts';
import { type Exchange, makeExchange } from '../../../../src/simulator/exchange/exchange.ts';
import {
  INDEX_PRICES,
  INSTRUMENT_CATALOGUE,
} from '../../../../src/simulator/exchange/model/instruments/instrument-catalogue.ts';
import { type ExchangeRules } from '../../../../src/simulator/exchange/model/rules.ts';
import { epochMs } from '../../../../src/lib/time.ts';

/** 2026-11-22T12:00:00Z. */
export const START = Date.UTC(2026, 10, 22, 12);

const RICH: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  cash: { USD: '1000000' },
  flex: { USD: '10000000' },
  fi_xbtusd: { XBT: '1000' },
  fi_ethusd: { ETH: '10000' },
};

export const account = (uid: string, more: Partial<AccountSpec> = {}): AccountSpec => ({
  uid,
  balances: RICH,
  ...more,
});

/** Symbols without a maker protection window unless a test sets one. */
const INSTRUMENTS = INSTRUMENT_CATALOGUE.map((spec) => ({ ...spec, makerProtectionMillis: 0 }));

export interface World {
  readonly exchange: Exchange;
  /** Everything that happened, oldest first. */
  readonly events: ExchangeEvent[];
  readonly send: (command: ExchangeCommand) => readonly ExchangeEvent[];
  readonly place: (uid: string, terms: Terms) => readonly ExchangeEvent[];
  readonly edit: (
    uid: string,
    terms: Omit<EditOrder, 'type' | 'account'>,
  ) => readonly ExchangeEvent[];
  readonly cancel: (uid: string, cliOrdId: string) => readonly ExchangeEvent[];
  readonly index: (price: string, symbol?: string) => readonly ExchangeEvent[];
  /** Moves the clock; what is due happens. */
  readonly wait: (ms: number) => readonly ExchangeEvent[];
  readonly now: () => number;
}

type Terms = Partial<PlaceOrder> & Pick<PlaceOrder, 'side' | 'size'>;

export const makeWorld = (
  options: {
    readonly accounts?: readonly AccountSpec[];
    readonly rules?: Partial<ExchangeRules>;
    readonly seed?: number;
    /** Only these markets; all of the catalogue by default. */
    readonly symbols?: readonly string[];
  } = {},
): World => {
  const exchange = makeExchange({
    seed: options.seed ?? 1,
    startAt: epochMs(START),
    instruments: INSTRUMENTS.filter(
      ({ symbol }) => options.symbols === undefined || options.symbols.includes(symbol),
    ),
    accounts: options.accounts ?? [account('A'), account('B'), account('C')],
    indexPrices: INDEX_PRICES,
    ...(options.rules === undefined ? {} : { rules: options.rules }),
  });
  const events: ExchangeEvent[] = [];
  let now = START;
  const send = (command: ExchangeCommand): readonly ExchangeEvent[] => {
    const happened = exchange.handle(command, epochMs(now));
    events.push(...happened);
    return happened;
  };
  return {
    exchange,
    events,
    send,
    place: (uid, terms) =>
      send({
        type: 'PlaceOrder',
        account: uid,
        owner: 'test',
        symbol: 'PF_XBTUSD',
        orderType: 'lmt',
        ...terms,
      }),
    edit: (uid, terms) => send({ type: 'EditOrder', account: uid, ...terms }),
    cancel: (uid, cliOrdId) => send({ type: 'CancelOrder', account: uid, cliOrdId }),
    index: (price, symbol = 'PF_XBTUSD') => send({ type: 'SetIndex', symbol, price }),
    wait: (ms) => {
      now += ms;
      return send({ type: 'Tick' });
    },
    now: () => now,
  };
};

export const only = <T extends EventBody['type']>(
  events: readonly ExchangeEvent[],
  type: T,
): readonly EventOf<T>[] => events.filter((event): event is EventOf<T> => event.type === type);

/** The one event of a type; a test fails when there is none or more than one. */
export const one = <T extends EventBody['type']>(
  events: readonly ExchangeEvent[],
  type: T,
): EventOf<T> => {
  const found = only(events, type);
  const [event] = found;
  if (event === undefined || found.length > 1) {
    throw new Error(
      `${String(found.length)} ${type} among ${JSON.stringify(events.map((each) => each.type))}`,
    );
  }
  return event;
};

type Teller = { readonly [T in EventBody['type']]?: (event: EventOf<T>) => string };

const name = (order: OrderView): string => order.cliOrdId ?? '-';

const TELLERS: Teller = {
  OrderAccepted: ({ order }) => `accepted ${name(order)}`,
  OrderRejected: ({ reason }) => `rejected ${reason}`,
  OrderBooked: ({ order }) => `booked ${name(order)} ${order.remaining}`,
  OrderCanceled: ({ order, reason }) => `canceled ${name(order)} ${reason}`,
  OrderEdited: ({ order }) => `edited ${name(order)} ${order.size} @ ${order.limitPrice ?? '-'}`,
  OrderReduced: ({ order }) => `reduced ${name(order)} ${order.remaining}`,
  OrderHeld: ({ order }) => `held ${name(order)}`,
  HeldOrderCanceled: ({ order }) => `held canceled ${name(order)}`,
  EditRejected: ({ reason }) => `edit rejected ${reason}`,
  CancelRejected: ({ reason }) => `cancel rejected ${reason}`,
  TriggerFired: ({ order, triggerPrice }) => `fired ${name(order)} at ${triggerPrice}`,
  TriggerFailed: ({ order, reason }) => `failed ${name(order)} ${reason}`,
  Trade: ({ trade }) => `trade ${trade.price} x ${trade.size}`,
  CommandRefused: ({ reason }) => `refused ${reason}`,
};

/**
 * What happened to orders, shortest form: `accepted a`, `rejected POST_WOULD_EXECUTE`,
 * `trade 84000 x 0.5`.
 */
export const story = (events: readonly ExchangeEvent[]): readonly string[] =>
  events.flatMap((event) => {
    const tell = TELLERS[event.type] as ((event: ExchangeEvent) => string) | undefined;
    return tell === undefined ? [] : [tell(event)];
  });

/** Seeds of a randomised suite: FATHOM_SEEDS of them, `most` at most by default. */
export const seeds = (most: number): readonly number[] => {
  const count = Number(process.env['FATHOM_SEEDS'] ?? most);
  return Array.from({ length: count }, (_, i) => i + 1);
};
