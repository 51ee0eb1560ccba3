import { type AccountSpec } from '../../../../src/simulator/exchange/account.ts';
import {
  type EditOrder,
  type ExchangeCommand,
  type PlaceOrder,
} from '../../../../src/simulator/exchange/commands.ts';
import {
  type EventBody,
  type EventOf,
  type ExchangeEvent,
} from '../../../../src/simulator/exchange/events.ts';
import { type Exchange, makeExchange } from '../../../../src/simulator/exchange/exchange.ts';
import {
  INDEX_PRICES,
  INSTRUMENT_CATALOGUE,
} from '../../../../src/simulator/exchange/instrument-catalogue.ts';
import { type ExchangeRules } from '../../../../src/simulator/exchange/venue.ts';
import { epochMs } from '../../../../src/lib/time.ts';

/** 2026-11-22T12:00:00Z. */
export const START = Date.UTC(2026, 10, 22, 12);

export const RICH: Readonly<Record<string, Readonly<Record<string, string>>>> = {
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

/** What happened to orders, shortest form: `accepted a`, `rejected POST_WOULD_EXECUTE`, `trade 84000 x 0.5`. */
export const story = (events: readonly ExchangeEvent[]): readonly string[] =>
  events.flatMap((event) => {
    switch (event.type) {
      case 'OrderAccepted':
        return [`accepted ${event.order.cliOrdId ?? '-'}`];
      case 'OrderRejected':
        return [`rejected ${event.reason}`];
      case 'OrderBooked':
        return [`booked ${event.order.cliOrdId ?? '-'} ${event.order.remaining}`];
      case 'OrderCanceled':
        return [`canceled ${event.order.cliOrdId ?? '-'} ${event.reason}`];
      case 'OrderEdited':
        return [
          `edited ${event.order.cliOrdId ?? '-'} ${event.order.size} @ ${event.order.limitPrice ?? '-'}`,
        ];
      case 'OrderReduced':
        return [`reduced ${event.order.cliOrdId ?? '-'} ${event.order.remaining}`];
      case 'OrderHeld':
        return [`held ${event.order.cliOrdId ?? '-'}`];
      case 'HeldOrderCanceled':
        return [`held canceled ${event.order.cliOrdId ?? '-'}`];
      case 'EditRejected':
      case 'CancelRejected':
        return [`${event.type === 'EditRejected' ? 'edit' : 'cancel'} rejected ${event.reason}`];
      case 'TriggerFired':
        return [`fired ${event.order.cliOrdId ?? '-'} at ${event.triggerPrice}`];
      case 'TriggerFailed':
        return [`failed ${event.order.cliOrdId ?? '-'} ${event.reason}`];
      case 'Trade':
        return [`trade ${event.trade.price} x ${event.trade.size}`];
      case 'CommandRefused':
        return [`refused ${event.reason}`];
      default:
        return [];
    }
  });

/** Seeds of a randomised suite: FATHOM_SEEDS of them, `most` at most by default. */
export const seeds = (most: number): readonly number[] => {
  const count = Number(process.env['FATHOM_SEEDS'] ?? most);
  return Array.from({ length: count }, (_, i) => i + 1);
};
