import {
  type ExchangeCommand,
  type PlaceOrder,
} from '../../../../src/simulator/exchange/model/commands.ts';
import { makeMulberry32, type Mulberry32 } from '../../../../src/lib/prng.ts';
import { account, makeWorld, type World } from './exchange-world.ts';
import { changeTrade } from './wild-trade-change.ts';

const poor = (
  flex: Record<string, string>,
): Readonly<Record<string, Readonly<Record<string, string>>>> => ({
  cash: { USD: '500', XBT: '0.1' },
  flex,
  fi_xbtusd: { XBT: '0.05' },
});

export const ACCOUNTS = [
  account('A', { balances: poor({ USD: '3000', XBT: '0.02' }) }),
  account('B', { balances: poor({ USD: '1500' }), fees: { maker: '-0.0001', taker: '0.00035' } }),
  account('M', { balances: poor({ USD: '900', ETH: '0.7' }) }),
  account('S', { master: 'M', balances: poor({ USD: '700' }) }),
  account('D', { balances: poor({ USD: '200000' }) }),
  account('G', { background: true, balances: {} }),
];
export const UIDS = ['A', 'B', 'M', 'S', 'D', 'G'] as const;
/** The background account makes most of the book. */
const PLACERS = [...UIDS, 'G', 'G', 'G', 'D'] as const;
const MARKETS = [
  'PF_XBTUSD',
  'PF_XBTUSD',
  'PF_XBTUSD',
  'PF_XBTUSD',
  'PF_ETHUSD',
  'PI_XBTUSD',
  'FF_XBTUSD_261225',
  'FI_XBTUSD_261225',
] as const;

type Known = Readonly<Record<'account' | 'cliOrdId', string>>;

/**
 * A wild seeded history: everything that can be asked of the exchange, at poor accounts and jumping
 * prices.
 */
export class Wild {
  readonly world: World = makeWorld({ accounts: ACCOUNTS, symbols: MARKETS });
  readonly #prng: Mulberry32;
  #centre: Record<string, number> = { rr_xbtusd: 84_000, rr_ethusd: 2_000 };
  readonly #placed: Known[] = [];

  constructor(seed: number) {
    this.#prng = makeMulberry32(seed * 7_919);
    for (const symbol of new Set(MARKETS)) this.#quote(symbol);
  }

  step(): void {
    const prng = this.#prng;
    const dice = prng.next();
    if (dice < 0.07) this.#wager();
    else if (dice < 0.68) this.world.send(this.#order());
    else if (dice < 0.72) this.world.send({ type: 'CancelOrder', ...this.#known() });
    else if (dice < 0.79) this.#edit();
    else if (dice < 0.84) this.#index();
    else if (dice < 0.87) changeTrade(this.world, this.#prng);
    else if (dice < 0.9) this.world.wait(prng.pick([10, 1_000, 600_000, 3_700_000]));
    else this.world.send(this.#other());
  }

  /** Most of what an account has, on one side of one market. */
  #wager(): void {
    const prng = this.#prng;
    const uid = prng.pick(['A', 'B', 'M', 'S']);
    const flex = this.world.exchange.queries.wallets(uid).find(({ wallet }) => wallet === 'flex');
    const available = Number(flex?.availableMargin ?? 0);
    if (available <= 0) return;
    const size = Math.min(
      1.5,
      (available * prng.pick([20, 60, 90])) / (this.#centre['rr_xbtusd'] ?? 1),
    );
    const side = prng.pick(['buy', 'sell'] as const);
    this.world.place(uid, { side, size: size.toFixed(4), orderType: 'mkt' });
  }

  /** The background account offers a few levels on both sides. */
  #quote(symbol: string): void {
    const { buy, sell } = this.#around(symbol);
    for (const [side, prices] of [
      ['buy', buy],
      ['sell', sell],
    ] as const) {
      for (const limitPrice of prices) {
        const size = this.#size('G', symbol);
        this.world.place('G', { symbol, side, size, limitPrice, orderType: 'post' });
      }
    }
  }

  #around(symbol: string): Readonly<Record<'buy' | 'sell', readonly string[]>> {
    const distances = [0.0004, 0.0008, 0.0016];
    return {
      buy: distances.map((distance) => this.#priceAt(symbol, 1 - distance)),
      sell: distances.map((distance) => this.#priceAt(symbol, 1 + distance)),
    };
  }

  /** One of the latest orders, whoever placed it. */
  #known(): Known {
    const recent = this.#placed.slice(-25);
    return (
      recent[this.#prng.int(0, Math.max(0, recent.length - 1))] ?? { account: 'A', cliOrdId: 'o0' }
    );
  }

  #price(symbol: string, spread: number): string {
    return this.#priceAt(symbol, 1 + (this.#prng.next() - 0.5) * spread);
  }

  #priceAt(symbol: string, factor: number): string {
    const eth = symbol === 'PF_ETHUSD';
    const centre = this.#centre[eth ? 'rr_ethusd' : 'rr_xbtusd'] ?? 0;
    const tick = symbol.includes('I_') ? 0.5 : eth ? 0.1 : 1;
    const ticks = Math.round((centre * factor) / tick);
    return (ticks * tick).toFixed(1).replace(/\.0$/, '');
  }

  #order(): ExchangeCommand {
    const prng = this.#prng;
    const uid = prng.pick(PLACERS);
    const cliOrdId = `o${String(this.#placed.length + 1)}`;
    this.#placed.push({ account: uid, cliOrdId });
    const symbol = prng.pick(MARKETS);
    const orderType: PlaceOrder['orderType'] = prng.pick([
      'lmt',
      'lmt',
      'lmt',
      'lmt',
      'post',
      'ioc',
      'fok',
      'mkt',
      'stp',
      'take_profit',
      'trailing_stop',
    ]);
    const isTrigger =
      orderType === 'stp' || orderType === 'take_profit' || orderType === 'trailing_stop';
    const hasLimit = isTrigger
      ? orderType !== 'trailing_stop' && prng.chance(0.5)
      : orderType !== 'mkt';
    return {
      type: 'PlaceOrder',
      account: uid,
      owner: 'test',
      cliOrdId,
      symbol,
      side: prng.pick(['buy', 'sell']),
      orderType,
      size: this.#size(uid, symbol),
      reduceOnly: prng.chance(0.25),
      triggerSignal: prng.pick(['mark', 'index', 'last']),
      ...(hasLimit ? { limitPrice: this.#price(symbol, 0.004) } : {}),
      ...(isTrigger && orderType !== 'trailing_stop'
        ? { stopPrice: this.#price(symbol, 0.02) }
        : {}),
      ...(orderType === 'trailing_stop'
        ? { trailingStop: { maxDeviation: '0.5', unit: 'PERCENT' as const } }
        : {}),
    };
  }

  /** Small enough for a poor account to be able to, sometimes too large. */
  #size(uid: string, symbol: string): string {
    const prng = this.#prng;
    const most = uid === 'G' ? 1.5 : 0.6;
    const share = prng.next() * prng.next() * most;
    if (symbol.includes('I_')) return String(1 + Math.floor(share * 40_000));
    const units = symbol === 'PF_ETHUSD' ? share * 40 : share * 2;
    return (0.001 + units).toFixed(3);
  }

  #edit(): void {
    const prng = this.#prng;
    const symbol = prng.pick(MARKETS);
    const { account: uid, cliOrdId } = this.#known();
    this.world.edit(uid, {
      cliOrdId,
      qtyMode: prng.pick(['ABSOLUTE', 'RELATIVE']),
      ...(prng.chance(0.7) ? { size: this.#size(uid, symbol) } : {}),
      ...(prng.chance(0.7) ? { limitPrice: this.#price(symbol, 0.004) } : {}),
    });
  }

  #index(): void {
    const prng = this.#prng;
    const code = prng.pick(['rr_xbtusd', 'rr_ethusd']);
    const jump = prng.chance(0.15) ? 0.16 : 0.003;
    const price = (this.#centre[code] ?? 0) * (1 + (prng.next() - 0.5) * jump);
    this.#centre[code] = price;
    this.world.wait(prng.int(1, 5_000));
    for (const { symbol, underlying } of this.world.exchange.queries.instruments()) {
      if (underlying !== code) continue;
      this.world.index(price.toFixed(2), symbol);
      if (prng.chance(0.5)) this.#quote(symbol);
    }
  }

  #other(): ExchangeCommand {
    const prng = this.#prng;
    const uid = prng.pick(['A', 'B', 'M', 'S', 'D']);
    const currency = prng.pick(['USD', 'XBT', 'ETH']);
    const amount = (prng.int(1, 40_000) / 100).toFixed(2);
    const wallet = prng.pick(['cash', 'flex', 'fi_xbtusd']);
    switch (prng.int(0, 9)) {
      case 0:
        return { type: 'Deposit', account: uid, wallet, currency, amount };
      case 1:
        return { type: 'Withdraw', account: uid, wallet, currency, amount };
      case 2:
        return {
          type: 'Transfer',
          fromAccount: uid,
          toAccount: prng.pick([uid, 'M', 'S']),
          fromWallet: wallet,
          toWallet: prng.pick(['cash', 'flex']),
          currency,
          amount,
        };
      case 3:
        return {
          type: 'SetLeverage',
          account: uid,
          symbol: prng.pick(MARKETS),
          ...(prng.chance(0.7) ? { maxLeverage: String(prng.int(2, 60)) } : {}),
        };
      case 4:
        return { type: 'SetPnlCurrency', account: uid, symbol: 'PF_XBTUSD', currency };
      case 5:
        return {
          type: 'SetMakerProtection',
          symbol: prng.pick(MARKETS),
          millis: prng.pick([0, 20]),
        };
      case 6:
        return {
          type: 'SetMarketState',
          symbol: prng.pick(MARKETS),
          postOnly: prng.chance(0.1),
          suspended: prng.chance(0.05),
          extremeVolatilityInitialMarginMultiplier: prng.int(1, 2),
        };
      case 7:
        return { type: 'SetDeadManSwitch', account: uid, timeoutSeconds: prng.pick([0, 1, 60]) };
      case 8:
        return {
          type: 'SetAssignment',
          account: 'D',
          preference: {
            contractType: 'flex',
            acceptLong: true,
            acceptShort: prng.chance(0.5),
            timeFrame: 'ALL',
            enabled: true,
            maxSize: '1',
          },
        };
      default:
        return prng.chance(0.3)
          ? { type: 'Settle', symbol: prng.pick(['FF_XBTUSD_261225', 'FI_XBTUSD_261225']) }
          : {
              type: 'SetSelfTradeStrategy',
              account: uid,
              strategy: prng.pick(['REJECT_TAKER', 'CANCEL_MAKER_ANY']),
            };
    }
  }
}
