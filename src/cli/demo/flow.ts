import { decimal, decimalToText, type Decimal } from '../../lib/decimal.ts';

/** Best prices of one instrument; the demo client's market data. */
export interface Touch {
  readonly bid: string | undefined;
  readonly ask: string | undefined;
}

export interface FlowInstrument {
  readonly symbol: string;
  readonly tickSize: string;
  readonly qtyMin: string;
  /** OrderQty(38) of a usual order. */
  readonly orderQty: string;
  /** Over the configured limit. */
  readonly tooMuch: string;
}

/** What the client does next. */
export type Step =
  | {
      readonly type: 'order';
      readonly kind: 'rest' | 'cross' | 'ioc' | 'market' | 'post-only' | 'over limit' | 'off tick';
      readonly symbol: string;
      readonly side: 'Buy' | 'Sell';
      readonly orderQty: string;
      readonly price: string | undefined;
    }
  | { readonly type: 'cancel' };

/** The script: one round shows every way an order can go. It repeats until the demo ends. */
const ROUND = [
  'rest',
  'cross',
  'rest',
  'market',
  'cancel',
  'ioc',
  'post-only',
  'over limit',
  'cross',
  'cancel',
  'off tick',
] as const;

const REST_TICKS_AWAY = '40';
const CROSS_TICKS_THROUGH = '5';

/** Step number `index` on an instrument; `undefined` while its market has no prices yet. */
export const stepOf = (
  index: number,
  instrument: FlowInstrument,
  touch: Touch,
): Step | undefined => {
  const kind = ROUND[index % ROUND.length] ?? 'rest';
  if (kind === 'cancel') return { type: 'cancel' };
  if (touch.bid === undefined || touch.ask === undefined) return undefined;
  const side = index % 2 === 0 ? 'Buy' : 'Sell';
  const { symbol } = instrument;
  const orderQty = kind === 'over limit' ? instrument.tooMuch : instrument.orderQty;
  return {
    type: 'order',
    kind,
    symbol,
    side,
    orderQty,
    price: priceOf(kind, side, { instrument, touch }),
  };
};

const priceOf = (
  kind: Exclude<(typeof ROUND)[number], 'cancel'>,
  side: 'Buy' | 'Sell',
  { instrument, touch }: { instrument: FlowInstrument; touch: Touch },
): string | undefined => {
  if (kind === 'market') return undefined;
  const tick = decimal(instrument.tickSize);
  const bid = decimal(touch.bid ?? '0');
  const ask = decimal(touch.ask ?? '0');
  const isBuy = side === 'Buy';
  if (kind === 'cross' || kind === 'ioc') {
    const through = tick.times(CROSS_TICKS_THROUGH);
    return decimalToText(isBuy ? ask.plus(through) : bid.minus(through));
  }
  const resting = restingPrice(isBuy ? bid : ask, tick, isBuy);
  return decimalToText(kind === 'off tick' ? resting.plus(tick.div('2')) : resting);
};

const restingPrice = (touch: Decimal, tick: Decimal, isBuy: boolean): Decimal => {
  const away = tick.times(REST_TICKS_AWAY);
  return isBuy ? touch.minus(away) : touch.plus(away);
};
