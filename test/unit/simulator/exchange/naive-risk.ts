import { type ExchangeEvent } from '../../../../src/simulator/exchange/model/events.ts';
import { type OrderView } from '../../../../src/simulator/exchange/model/views.ts';
import { type Exchange } from '../../../../src/simulator/exchange/exchange.ts';
import { big } from './naive-exact.ts';
import { type NaiveWallet, naiveWallet } from './naive-margin.ts';

type Haircuts = Readonly<Record<string, string>>;

const walletOf = (symbol: string): string => (/^[PF]I_/.test(symbol) ? 'fi_xbtusd' : 'flex');

/**
 * What the exchange may let an account do, by the naive margin: nobody was given an order that the
 * margin does not cover, nobody took a position that has to be liquidated, and who has to be
 * liquidated was.
 */
export const checkRisk = (
  exchange: Exchange,
  events: readonly ExchangeEvent[],
  haircuts: Haircuts,
): void => {
  const isPriceStep = events.some(({ type }) => type === 'PriceChanged');
  const isChangeStep = events.some(({ type }) => /^Trade(?:Busted|Corrected)$/.test(type));
  if (isPriceStep) checkLiquidations(exchange, events, haircuts);
  else if (!isChangeStep)
    for (const order of takenIn(exchange, events)) {
      checkAccepted(exchange, { order, events }, haircuts);
    }
};

/** Orders of this step that could make a position larger. */
const takenIn = (exchange: Exchange, events: readonly ExchangeEvent[]): readonly OrderView[] =>
  events.flatMap((event) =>
    event.type === 'OrderAccepted' &&
    !event.order.reduceOnly &&
    event.order.trigger === undefined &&
    exchange.venue.accounts.get(event.order.account)?.background === false
      ? [event.order]
      : [],
  );

const checkAccepted = (
  exchange: Exchange,
  { order, events }: { readonly order: OrderView; readonly events: readonly ExchangeEvent[] },
  haircuts: Haircuts,
): void => {
  const { account: uid, symbol, orderId } = order;
  const wallet = walletOf(symbol);
  const now = naiveWallet(exchange, uid, { wallet, haircuts });
  const without = naiveWallet(exchange, uid, { wallet, haircuts, without: orderId });
  const traded = tradesOf(events, uid);
  if (traded.fills.length === 0 && now.withOrders.gt(without.withOrders) && now.available.lt(0)) {
    throw new Error(`${uid} was given ${orderId} with ${now.available.toFixed()} available`);
  }
  const own = traded.fills.filter((fill) => fill.order.symbol === symbol);
  const before = big(own[0]?.positionBefore.size ?? 0).abs();
  // Whatever makes a position no larger is let through: everybody may close, and turn round within
  // what was held.
  const grew = big(own[own.length - 1]?.positionAfter.size ?? 0)
    .abs()
    .gt(before);
  // Fees come after the decision.
  const equity = now.equity.plus(traded.fees);
  // What rested was let in by its initial margin, at whatever price it is met.
  const isTaker = traded.fills.every(({ fillType }) => fillType === 'taker');
  if (grew && isTaker && equity.lt(now.maintenance)) {
    throw new Error(`${uid} took a position that it has to lose: ${tell(now)}`);
  }
};

const tradesOf = (events: readonly ExchangeEvent[], uid: string) => {
  const fills = events
    .flatMap((event) => (event.type === 'Trade' ? [event.maker, event.taker] : []))
    .filter((fill) => fill.account === uid);
  return { fills, fees: fills.reduce((sum, { fee }) => sum.plus(fee), big(0)) };
};

const tell = ({ equity, maintenance }: NaiveWallet): string =>
  `equity ${equity.toFixed()}, maintenance ${maintenance.toFixed()}`;

/**
 * After prices moved, whoever holds a position in an open market and did not trade since is above
 * its maintenance margin.
 */
const checkLiquidations = (
  exchange: Exchange,
  events: readonly ExchangeEvent[],
  haircuts: Haircuts,
): void => {
  const { queries, venue } = exchange;
  const moved = events.flatMap((event) => (event.type === 'PriceChanged' ? [event.symbol] : []));
  for (const uid of queries.accountUids()) {
    if (venue.accounts.get(uid)?.background === true || tradesOf(events, uid).fills.length > 0)
      continue;
    for (const { symbol } of queries.positions(uid)) {
      const market = venue.markets.get(symbol);
      const isOpen = market?.suspended === false && !market.postOnly && !market.expired;
      if (!isOpen || !moved.includes(symbol)) continue;
      const wallet = naiveWallet(exchange, uid, { wallet: walletOf(symbol), haircuts });
      if (wallet.equity.lt(wallet.maintenance))
        throw new Error(`${uid} was not liquidated: ${tell(wallet)}`);
    }
  }
};
