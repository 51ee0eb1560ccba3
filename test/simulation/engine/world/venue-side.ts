import { type FixDictionary } from '../../../../src/fix/dictionary/dictionary.ts';
import { type FixAcceptor } from '../../../../src/fix/runtime/acceptor/acceptor.ts';
import { type FixSession } from '../../../../src/fix/session/model/session-types.ts';
import { Secret } from '../../../../src/lib/secret.ts';
import { WHOLE_CATALOGUE } from '../../../../src/simulator/exchange/model/instruments/instrument-catalogue.ts';
import { type LedgerEntry } from '../../../../src/simulator/ledger-entry.ts';
import {
  BACKGROUND_MAKER,
  BACKGROUND_TAKER,
} from '../../../../src/simulator/market/background-market.ts';
import { type FixToggles } from '../../../../src/simulator/settings/fix-toggles.ts';
import { fundedAccount } from '../../../../src/simulator/simulator.ts';
import { makeVenueCore, type VenueCore } from '../../../../src/simulator/venue.ts';
import { type SimSocket } from './sim-socket.ts';
import { ProcessTime, type SimTime } from './sim-time.ts';
import { SYMBOLS } from '../steps.ts';

const ACCOUNT = 'client-1';
export const COMP_ID = 'FATHOM-DRV';
export const CREDENTIAL = {
  apiKey: new Secret('simulated-key'),
  apiSecret: new Secret(Buffer.from('simulated secret').toString('base64')),
};

/** Middle of the market and distance between two prices, as numbers. */
export const MARKETS: Readonly<
  Record<string, { readonly mid: number; readonly tick: number; readonly lot: number }>
> = {
  PF_XBTUSD: { mid: 84_000, tick: 1, lot: 0.001 },
  PF_ETHUSD: { mid: 2_000, tick: 0.1, lot: 0.01 },
};

/** Exact enough: a few digits. */
export const priceText = (symbol: string, ticks: number): string => {
  const { mid, tick } = MARKETS[symbol]!;
  return String(Number((mid + ticks * tick).toFixed(1)));
};

export const qtyText = (symbol: string, lots: number): string =>
  String(Number((lots * MARKETS[symbol]!.lot).toFixed(3)));

const INSTRUMENTS = WHOLE_CATALOGUE.filter(({ symbol }) => symbol in MARKETS);
const QUOTE_TICKS = 25;
const CROWD_TICKS = 55;

/** The simulator's own exchange, ledger and FIX gateway, without its sockets. */
export class VenueSide {
  readonly process: ProcessTime;
  readonly core: VenueCore;
  readonly acceptor: FixAcceptor;
  #quotes = 0;

  constructor(
    time: SimTime,
    options: {
      readonly seed: number;
      readonly fix: Partial<FixToggles>;
      readonly dictionary: FixDictionary;
      readonly onEntry: (entry: LedgerEntry) => void;
      readonly onCutOff: () => void;
      /** Answers a ResendRequest(2) with gap fills alone. */
      readonly replaysNothing: boolean;
    },
  ) {
    this.process = new ProcessTime(time);
    const { process } = this;
    this.core = makeVenueCore(
      {
        ...{ seed: options.seed, host: 'simulation', tradingPort: 0, marketIntervalMs: 0 },
        clients: [{ compID: COMP_ID, account: ACCOUNT, key: CREDENTIAL }],
        ...{ fix: options.fix, onLedgerEntry: options.onEntry, rowsMax: 10_000 },
        background: { step: () => [] },
      },
      { clock: process, timers: process, dictionary: options.dictionary },
      { instruments: INSTRUMENTS, accounts: [fundedAccount(ACCOUNT)] },
    );
    if (options.replaysNothing)
      Object.assign(this.core.stores.store(COMP_ID), { outbound: () => [] });
    this.acceptor = this.core.trading.open(options.onCutOff);
    this.core.runtime.start(1_000, undefined);
    for (const symbol of SYMBOLS) {
      this.#quote(symbol, 'buy', -QUOTE_TICKS);
      this.#quote(symbol, 'sell', QUOTE_TICKS);
    }
  }

  get session(): FixSession {
    const session = this.acceptor.session(COMP_ID);
    if (session === undefined) throw new Error('the venue knows its client');
    return session;
  }

  accept(socket: SimSocket): void {
    this.acceptor.accept(socket.asSocket());
  }

  /** Somebody trades with what lies best. */
  trade(symbol: string, side: 'Buy' | 'Sell', lots: number): void {
    const ticks = side === 'Buy' ? CROWD_TICKS : -CROWD_TICKS;
    this.#quotes += 1;
    this.core.runtime.submit({
      ...{ type: 'PlaceOrder', account: BACKGROUND_TAKER, owner: 'background', symbol },
      ...{ cliOrdId: `crowd-${this.#quotes}`, orderType: 'ioc', size: qtyText(symbol, lots) },
      ...{ side: side === 'Buy' ? 'buy' : 'sell', limitPrice: priceText(symbol, ticks) },
    });
  }

  cancelAll(symbol: string): void {
    const reason = 'CANCELLED_BY_ADMIN';
    this.core.runtime.submit({ type: 'CancelOrders', account: ACCOUNT, symbol, reason });
  }

  /** More than a run can take. */
  #quote(symbol: string, side: 'buy' | 'sell', ticks: number): void {
    this.#quotes += 1;
    this.core.runtime.submit({
      ...{ type: 'PlaceOrder', account: BACKGROUND_MAKER, owner: 'background', symbol, side },
      ...{ cliOrdId: `quote-${this.#quotes}`, orderType: 'lmt' },
      ...{ size: qtyText(symbol, 10_000), limitPrice: priceText(symbol, ticks) },
    });
  }
}
