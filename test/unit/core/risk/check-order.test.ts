import { expect } from 'chai';
import { type TradingSymbol } from '../../../../src/domain/ids.ts';
import { type OrderTerms } from '../../../../src/domain/order.ts';
import { type LimitTexts } from '../../../../src/core/risk/limits/limit-book.ts';
import { type ReferencePrice } from '../../../../src/core/input.ts';
import {
  Bench,
  type BenchDeps,
  CLIENT,
  INVERSE,
  limitsOf,
  LINEAR,
  PF_XBTUSD,
  PI_XBTUSD,
  place,
  TERMS,
  type TestLimits,
  text,
} from '../../../support/bench.ts';
import { given } from '../../../support/given.ts';

/** Terms without a price, for order types that have none. */
const UNPRICED: OrderTerms = {
  symbol: PF_XBTUSD,
  side: 'Buy',
  ordType: 'Market',
  timeInForce: 'GTC',
  orderQty: text('10'),
  postOnly: false,
  reduceOnly: false,
};

const unpriced = (terms: Partial<OrderTerms>): OrderTerms => ({ ...UNPRICED, ...terms });

const refusalOf = (
  terms: OrderTerms,
  deps: Partial<BenchDeps> = {},
  reference?: ReferencePrice,
): unknown => {
  const refused = refusedBy(terms, deps, reference);
  return refused === undefined ? 'accepted' : `${refused.ordRejReason} ${refused.code}`;
};

const refusedBy = (terms: OrderTerms, deps: Partial<BenchDeps>, reference?: ReferencePrice) => {
  const bench = Bench.ready(deps);
  const request = { client: CLIENT, clientOrderID: 'A' as never, terms, possResend: false };
  bench.input({ type: 'PlaceOrder', request, ...(reference && { reference }) });
  const [refused] = bench.factsOfType('OrderRefused');
  if (refused === undefined) return undefined;
  expect(bench.facts, 'a refusal is the only fact').to.have.length(1);
  expect(refused.text.startsWith(`${refused.code}: `), refused.text).to.equal(true);
  expect(bench.effects.map(({ type }) => type)).to.deep.equal(['ReportExecution']);
  return refused;
};

const at = (px: string): ReferencePrice => ({ type: 'Price', px: text(px), source: 'mid' });

const withLimits = (engine: LimitTexts, rest: TestLimits = {}): Partial<BenchDeps> => ({
  limits: limitsOf({ engine, ...rest }),
});

const withStatus = (status: typeof LINEAR.status): Partial<BenchDeps> => ({
  instruments: new Map([[PF_XBTUSD, { ...LINEAR, status }]]),
});

describe('pre-trade checks', () => {
  describe('refuses, with a stable code and OrdRejReason(103)', () => {
    const unknown = 'PF_NOSUCH' as TradingSymbol;
    const refusals: readonly (readonly [string, OrderTerms, string, Partial<BenchDeps>?])[] = [
      ['an unknown symbol', { ...TERMS, symbol: unknown }, '1 UNKNOWN_SYMBOL'],
      [
        'a symbol off the list',
        TERMS,
        '99 SYMBOL_NOT_ALLOWED',
        withLimits({ allowedSymbols: PI_XBTUSD }),
      ],
      ['a suspended instrument', TERMS, '2 MARKET_CLOSED', withStatus('Suspended')],
      ['a cancel-only instrument', TERMS, '2 MARKET_CLOSED', withStatus('CancelOnly')],
      ['a taker on a post-only instrument', TERMS, '99 MARKET_POST_ONLY', withStatus('PostOnly')],
      [
        'an OrdType of the spot dialect',
        { ...TERMS, ordType: 'TrailingStopLimit' as never },
        '11 ORD_TYPE_UNSUPPORTED',
      ],
      ['fill-or-kill', { ...TERMS, timeInForce: 'FOK' as never }, '11 TIME_IN_FORCE_UNSUPPORTED'],
      [
        'post-only with immediate-or-cancel',
        { ...TERMS, postOnly: true, timeInForce: 'IOC' },
        '11 POST_ONLY_IOC',
      ],
      [
        'a post-only market order',
        unpriced({ ordType: 'Market', postOnly: true }),
        '11 POST_ONLY_WITHOUT_PRICE',
      ],
      ['a limit order without a price', unpriced({ ordType: 'Limit' }), '11 PRICE_MISSING'],
      ['a market order with a price', { ...TERMS, ordType: 'Market' }, '11 PRICE_FORBIDDEN'],
      ['a stop without a level', unpriced({ ordType: 'Stop' }), '11 STOP_PX_MISSING'],
      ['a limit order with a level', { ...TERMS, stopPx: text('99') }, '11 STOP_PX_FORBIDDEN'],
      ['a limit order with a trigger', { ...TERMS, triggerSignal: 'Last' }, '11 TRIGGER_FORBIDDEN'],
      ['no quantity', { ...TERMS, orderQty: text('0') }, '13 INVALID_QUANTITY'],
      ['a negative quantity', { ...TERMS, orderQty: text('-1') }, '13 INVALID_QUANTITY'],
      ['a quantity in exponents', { ...TERMS, orderQty: text('1e1') }, '13 INVALID_QUANTITY'],
      ['a quantity off the lot', { ...TERMS, orderQty: text('1.5') }, '13 OFF_LOT'],
      ['a price off the tick', { ...TERMS, price: text('100.3') }, '99 OFF_TICK'],
      [
        'a level off the tick',
        { ...TERMS, ordType: 'StopLimit', stopPx: text('99.9') },
        '99 OFF_TICK',
      ],
      ['a price of nothing', { ...TERMS, price: text('0') }, '99 INVALID_PRICE'],
      [
        'more than the largest quantity',
        { ...TERMS, orderQty: text('11') },
        '3 MAX_QUANTITY',
        withLimits({ orderQtyMax: '10' }),
      ],
      [
        'more than the largest value',
        TERMS,
        '3 MAX_NOTIONAL',
        withLimits({ notionalMax: '999.99' }),
      ],
      ['one open order too many', TERMS, '3 MAX_OPEN_ORDERS', withLimits({ openOrdersMax: '0' })],
      [
        'a market order without a price to value it by',
        unpriced({ ordType: 'Market' }),
        '99 NO_REFERENCE_PRICE',
        withLimits({}, { withoutReferencePrice: 'refuse' }),
      ],
    ];
    for (const [what, terms, expected, deps] of refusals) {
      it(what, () => {
        expect(refusalOf(terms, deps)).to.equal(expected);
      });
    }

    it('a quantity below the smallest', () => {
      const instruments = new Map([[PF_XBTUSD, { ...LINEAR, qtyMin: text('5') }]]);
      expect(refusalOf({ ...TERMS, orderQty: text('4') }, { instruments })).to.equal(
        '13 MIN_QUANTITY',
      );
    });

    it('with words that name the value and the rule', () => {
      const { bench } = given().when(place('A', { price: text('100.3') }));
      expect(bench.factsOfType('OrderRefused')[0]!.text).to.equal(
        'OFF_TICK: price 100.3 is not a multiple of 0.5',
      );
    });

    it('the first broken rule only', () => {
      const terms: OrderTerms = { ...TERMS, price: text('100.3'), orderQty: text('0.5') };
      expect(refusalOf(terms, withLimits({ openOrdersMax: '0' }))).to.equal('13 OFF_LOT');
    });
  });

  describe('lets through', () => {
    const accepted: readonly (readonly [string, OrderTerms])[] = [
      ['a limit order', TERMS],
      ['a post-only order', { ...TERMS, postOnly: true }],
      ['an immediate-or-cancel order', { ...TERMS, timeInForce: 'IOC' }],
      ['a reduce-only order', { ...TERMS, reduceOnly: true }],
      ['a market order', unpriced({ ordType: 'Market' })],
      ['a stop', unpriced({ ordType: 'Stop', stopPx: text('99'), triggerSignal: 'Index' })],
      ['a stop limit', { ...TERMS, ordType: 'StopLimit', stopPx: text('99.5') }],
      ['a take profit', unpriced({ ordType: 'TakeProfit', stopPx: text('120') })],
      ['a take profit limit', { ...TERMS, ordType: 'TakeProfitLimit', stopPx: text('120') }],
      ['a trailing stop', unpriced({ ordType: 'TrailingStop', stopPx: text('10') })],
    ];
    for (const [what, terms] of accepted) {
      it(what, () => {
        expect(refusalOf(terms)).to.equal('accepted');
      });
    }
  });

  describe('values an order', () => {
    const max = (notional: string): Partial<BenchDeps> =>
      withLimits({ notionalMax: notional }, { withoutReferencePrice: 'refuse' });

    it('on a linear contract by quantity times price', () => {
      expect(refusalOf(TERMS, max('1000'))).to.equal('accepted');
      expect(refusalOf(TERMS, max('999'))).to.equal('3 MAX_NOTIONAL');
    });

    it('on an inverse contract by its quantity, which counts dollars', () => {
      const terms = unpriced({ symbol: INVERSE.symbol, ordType: 'Market' });
      expect(refusalOf(terms, max('10'))).to.equal('accepted');
      expect(refusalOf(terms, max('9'))).to.equal('3 MAX_NOTIONAL');
    });

    it('of a stop by its level', () => {
      const terms = unpriced({ ordType: 'Stop', stopPx: text('200') });
      expect(refusalOf(terms, max('2000'))).to.equal('accepted');
      expect(refusalOf(terms, max('1999'))).to.equal('3 MAX_NOTIONAL');
    });

    it('of a market order by the reference price', () => {
      const market = unpriced({ ordType: 'Market' });
      expect(refusalOf(market, max('499'), at('50'))).to.equal('3 MAX_NOTIONAL');
      expect(refusalOf(market, max('500'), at('50'))).to.equal('accepted');
    });

    it('by the largest quantity of the symbol where one is set', () => {
      const limits = limitsOf({ 'instrument:PF_XBTUSD': { orderQtyMax: '9' } });
      expect(refusalOf(TERMS, { limits })).to.equal('3 MAX_QUANTITY');
      expect(refusalOf({ ...TERMS, symbol: PI_XBTUSD }, { limits })).to.equal('accepted');
    });
  });

  describe('holds a limit order against the reference price', () => {
    const collar = (percent: string, more: TestLimits = {}): Partial<BenchDeps> =>
      withLimits({ priceCollarPercent: percent }, { withoutReferencePrice: 'refuse', ...more });

    it('and refuses it beyond the collar, above and below', () => {
      expect(refusalOf(TERMS, collar('5'), at('105.3'))).to.equal('3 PRICE_COLLAR');
      expect(refusalOf(TERMS, collar('5'), at('95.2'))).to.equal('3 PRICE_COLLAR');
    });

    it('and takes it up to the collar itself', () => {
      expect(refusalOf(TERMS, collar('25'), at('80'))).to.equal('accepted');
      expect(refusalOf(TERMS, collar('24.99'), at('80'))).to.equal('3 PRICE_COLLAR');
    });

    it('by the collar of its instrument where one is set', () => {
      const own: TestLimits = { 'instrument:PF_XBTUSD': { priceCollarPercent: '50' } };
      expect(refusalOf(TERMS, collar('5', own), at('80'))).to.equal('accepted');
    });

    it('and says that there is no healthy price when there is none', () => {
      const none: ReferencePrice = { type: 'None', why: 'the book is Stale' };
      const refused = refusedBy(TERMS, collar('5'), none);
      expect(refused?.text).to.equal(
        'NO_REFERENCE_PRICE: no healthy reference price for PF_XBTUSD (the book is Stale): the price collar cannot be held',
      );
      const market = refusedBy(unpriced({ ordType: 'Market' }), collar('5'), none);
      expect(market?.text).to.include(
        'no healthy reference price for PF_XBTUSD (the book is Stale)',
      );
      const lenient = collar('5', { withoutReferencePrice: 'allow' });
      expect(refusalOf(TERMS, lenient, none)).to.equal('accepted');
    });

    it('but not an order with a trigger level, which is far from the market on purpose', () => {
      const stop = { ...TERMS, ordType: 'StopLimit', stopPx: text('100') } as const;
      expect(refusalOf(stop, collar('1'), at('200'))).to.equal('accepted');
    });
  });
});
