import { type Account } from '../model/account.ts';
import { cancel } from '../trading/closing.ts';
import { marketMargin, sidesOf, walletMargin } from '../reads/margin.ts';
import { type Order } from '../model/order.ts';
import { type Venue } from '../model/venue.ts';
import { type WalletName } from '../model/vocabulary.ts';

/**
 * Resting orders that the wallet's equity no longer covers go, the youngest first, until the
 * initial margin of what is held and offered is covered again ([rest 3.5] NOT_ENOUGH_MARGIN: an
 * order disappears without its owner's doing). Positions stay.
 */
export const cancelUncovered = (venue: Venue, account: Account, wallet: WalletName): void => {
  if (walletMargin(venue, account, wallet).availableMargin >= 0n) return;
  const orders = [...account.orders.values()].filter(
    (order) => order.level !== undefined && order.market.instrument.wallet === wallet,
  );
  for (const order of orders.reverse()) {
    if (!demandsMargin(account, order)) continue;
    cancel(venue, order, 'NOT_ENOUGH_MARGIN');
    if (walletMargin(venue, account, wallet).availableMargin >= 0n) return;
  }
};

/** Whether less initial margin would be asked for without the order. */
const demandsMargin = (account: Account, order: Order): boolean => {
  if (order.reduceOnly) return false;
  const { market, side, leaves } = order;
  const leverage = account.leverage.get(market.symbol);
  const sides = sidesOf(account, market.symbol, account.exposures.get(market.symbol));
  const without =
    side === 'buy'
      ? { ...sides, buys: sides.buys - leaves }
      : { ...sides, sells: sides.sells - leaves };
  const now = marketMargin(market, sides, leverage).initialWithOrders;
  return marketMargin(market, without, leverage).initialWithOrders < now;
};
