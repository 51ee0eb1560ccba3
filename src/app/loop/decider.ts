import { defined } from '../../lib/defined.ts';
import { type Config, type TradingSessionConfig } from '../../config/config.ts';
import { type CancelRoom } from '../../core/decide/continue-mass-cancel.ts';
import { makeOrderManager, type OrderManager } from '../../core/order-manager.ts';
import { type RiskLimits } from '../../core/risk/risk-limits.ts';
import { type DecimalText, type TradingSymbol } from '../../domain/ids.ts';
import { type Instrument } from '../../domain/instrument.ts';
import { makeClOrdIDSource } from '../../kraken/cl-ord-id.ts';

/** Open orders over all clients; the venue's own limit per account is of this size. */
const OPEN_ORDERS_MAX = 10_000;
/** A mass cancel that finds nothing is not answered at all. [fix 4.7] */
const MASS_CANCEL_TIMEOUT_MS = 2_000;

/** The order core, set up as the configuration says. Amounts were checked when it was read. */
export const makeDecider = (
  config: Config,
  trading: TradingSessionConfig,
  {
    randomBytes,
    cancelRoom,
  }: {
    readonly randomBytes: (count: number) => Uint8Array;
    readonly cancelRoom: () => CancelRoom;
  },
): OrderManager =>
  makeOrderManager({
    limits: limitsOf(config),
    instruments: instrumentsOf(config),
    cancelRoom,
    nextClOrdID: makeClOrdIDSource(randomBytes).next,
    tradingSession: trading.name,
    cancelOnDisconnect: trading.cancelOrdersOnDisconnect,
    ackTimeoutMs: config.engine.ackTimeoutMs,
    massCancelTimeoutMs: MASS_CANCEL_TIMEOUT_MS,
  });

const limitsOf = ({ risk }: Config): RiskLimits => ({
  orderQtyMax: risk.orderQtyMax,
  orderQtyMaxBySymbol: bySymbol(risk.symbols, ({ orderQtyMax }) => orderQtyMax),
  orderNotionalMax: risk.notionalMax,
  orderNotionalMaxBySymbol: bySymbol(risk.symbols, ({ notionalMax }) => notionalMax),
  openOrdersMax: OPEN_ORDERS_MAX,
  allowedSymbols: new Set(risk.allowedSymbols),
  priceCollarPercentBySymbol: bySymbol(
    risk.symbols,
    ({ priceCollarPercent }) => priceCollarPercent,
  ),
  ...defined({ priceCollarPercent: risk.priceCollarPercent }),
  withoutReferencePrice: risk.withoutReferencePrice,
});

const bySymbol = <T>(
  symbols: ReadonlyMap<TradingSymbol, T>,
  read: (limits: T) => DecimalText | undefined,
): ReadonlyMap<TradingSymbol, DecimalText> => {
  const found = new Map<TradingSymbol, DecimalText>();
  for (const [symbol, limits] of symbols) {
    const value = read(limits);
    if (value !== undefined) found.set(symbol, value);
  }
  return found;
};

const instrumentsOf = ({ instruments }: Config): ReadonlyMap<TradingSymbol, Instrument> =>
  new Map(
    instruments.map(({ symbol, contractType, tickSize, qtyStep, qtyMin }) => [
      symbol,
      {
        symbol,
        contractType,
        tickSize,
        qtyStep,
        qtyMin,
        status: 'Online',
      },
    ]),
  );
