import { type TradeCommand } from '../model/commands.ts';
import { type CommandError } from '../model/events.ts';
import { type TradeView } from '../model/views.ts';
import { type ExecutedSide, type ExecutedTrade, findExecuted } from '../model/executed-trade.ts';
import { stepsToText } from '../model/instruments/grid.ts';
import { checkAccount } from './liquidation.ts';
import { type Market } from '../model/market.ts';
import { keepReducing } from '../trading/reduce-only.ts';
import { changeSide, type Terms } from './trade-change-side.ts';
import { readPrice, readSize } from '../orders/validation.ts';
import { emit, type Venue } from '../model/venue.ts';

type CommandOf<T extends TradeCommand['type']> = Extract<TradeCommand, { readonly type: T }>;

/**
 * Takes a trade back on both accounts: position, realised profit and fees. The order has the lots
 * open again. They go to the end of its price's queue when the order still rests, and are canceled
 * when the order was filled.
 */
export const bustTrade = (
  venue: Venue,
  command: CommandOf<'BustTrade'>,
): CommandError | undefined => change(venue, command, ({ ticks }) => ({ lots: 0, ticks }));

/** Takes a trade back and books it corrected. A larger size is refused: no order asked for it. */
export const correctTrade = (
  venue: Venue,
  command: CommandOf<'CorrectTrade'>,
): CommandError | undefined =>
  change(venue, command, (executed) => {
    const { price, size } = command;
    const lots = size === undefined ? executed.lots : readSize(executed.market.instrument, size);
    const ticks =
      price === undefined ? executed.ticks : readPrice(executed.market.instrument, price);
    if (lots === undefined || ticks === undefined || lots > executed.lots) return undefined;
    return lots === executed.lots && ticks === executed.ticks ? undefined : { lots, ticks };
  });

const change = (
  venue: Venue,
  command: CommandOf<'BustTrade' | 'CorrectTrade'>,
  termsOf: (executed: ExecutedTrade) => Terms | undefined,
): CommandError | undefined => {
  const index = findExecuted(venue, command);
  const executed = venue.executed[index];
  if (executed === undefined) return 'notFound';
  const { market } = executed;
  const terms = termsOf(executed);
  if (terms === undefined || executed.kind.tradeType !== 'fill' || market.expired)
    return 'invalidArgument';
  const maker = changeSide(venue, executed, executed.maker, terms);
  const taker = changeSide(venue, executed, executed.taker, terms);
  const told = { maker: maker.told, taker: taker.told };
  const now = terms.lots === 0 ? undefined : { ...executed.trade, ...textsOf(market, terms) };
  if (now === undefined) {
    emit(venue, { type: 'TradeBusted', trade: executed.trade, ...told });
    venue.executed.splice(index, 1);
  } else {
    emit(venue, { type: 'TradeCorrected', old: executed.trade, trade: now, ...told });
    const sides = { maker: maker.now, taker: taker.now };
    venue.executed[index] = { ...executed, ...terms, ...sides, trade: now };
  }
  rewrite(market.trades, ({ tradeId }) => tradeId === executed.trade.tradeId, now);
  for (const side of [maker, taker]) {
    rewriteFill(side.now, now);
    side.announce();
    side.settleOrder();
  }
  for (const side of [maker, taker]) keepReducing(venue, side.now.order.holder, market);
  checkBoth(venue, executed);
  venue.touched.add(market);
  return undefined;
};

/** Checks margin at once, since an account may no longer cover what it holds after the change. */
const checkBoth = (venue: Venue, { market, maker, taker }: ExecutedTrade): void => {
  if (market.suspended || market.postOnly) return;
  for (const { order } of [maker, taker])
    if (!order.holder.background) checkAccount(venue, order.holder, market.instrument.wallet);
};

const textsOf = (market: Market, { lots, ticks }: Terms): Pick<TradeView, 'price' | 'size'> => ({
  price: stepsToText(ticks, market.instrument.priceGrid),
  size: stepsToText(lots, market.instrument.sizeGrid),
});

const rewriteFill = ({ order, fill }: ExecutedSide, trade: TradeView | undefined): void => {
  rewrite(
    order.holder.fillRecords,
    (record) => record.fill.fillId === fill.fillId,
    trade === undefined ? undefined : { trade, fill },
  );
};

/** Replaces the latest item that `isMeant` accepts by `now`, or removes it. */
const rewrite = <T>(list: T[], isMeant: (item: T) => boolean, now: T | undefined): void => {
  const index = list.findLastIndex(isMeant);
  if (index >= 0) list.splice(index, 1, ...(now === undefined ? [] : [now]));
};
