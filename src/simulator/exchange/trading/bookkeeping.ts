import { type Account, balanceOf, walletOf } from '../model/account.ts';
import { type AccountLogEntry, type AccountLogInfo } from '../model/views.ts';
import { moneyToText, type Money } from '../model/money.ts';
import { emit, type Venue } from '../model/venue.ts';
import { type Currency, type WalletName } from '../model/vocabulary.ts';

interface Booking {
  readonly wallet: WalletName;
  readonly currency: Currency;
  readonly amount: Money;
  readonly info: AccountLogInfo;
  readonly details?: Partial<
    Pick<
      AccountLogEntry,
      | 'contract'
      | 'oldEntryPrice'
      | 'newEntryPrice'
      | 'tradePrice'
      | 'markPrice'
      | 'realizedPnl'
      | 'fee'
      | 'fillId'
      | 'fundingRate'
      | 'realizedFunding'
    >
  >;
}

/**
 * Changes a balance and writes the account log. The caller books the other side (`tally`, another
 * account, a position's cost).
 */
export const book = (venue: Venue, account: Account, booking: Booking): void => {
  const { wallet, currency, amount } = booking;
  const before = balanceOf(account, wallet, currency);
  walletOf(account, wallet).set(currency, before + amount);
  if (account.background) return;
  account.logged += 1;
  emit(venue, {
    type: 'AccountLogged',
    entry: {
      id: account.logged,
      account: account.uid,
      at: venue.at,
      bookingId: venue.bookingIds.next(),
      info: booking.info,
      wallet,
      asset: currency,
      contract: undefined,
      oldBalance: moneyToText(before),
      newBalance: moneyToText(before + amount),
      oldEntryPrice: undefined,
      newEntryPrice: undefined,
      tradePrice: undefined,
      markPrice: undefined,
      realizedPnl: undefined,
      fee: undefined,
      fillId: undefined,
      fundingRate: undefined,
      realizedFunding: undefined,
      ...booking.details,
    },
  });
};
