import { book } from '../trading/bookkeeping.ts';
import { assetOf, indexPriceOf, walletCurrency } from '../reads/collateral.ts';
import { type AccountCommand } from '../model/commands.ts';
import { type AccountLogInfo } from '../model/views.ts';
import { type CommandError } from '../model/events.ts';
import { moneyToText, parseMoney, type Money } from '../model/money.ts';
import { emit, tally, type Venue } from '../model/venue.ts';
import { type Currency, type WalletName } from '../model/vocabulary.ts';
import { spendable, type End } from '../reads/account-view.ts';

type Funds = Extract<AccountCommand, { readonly type: 'Transfer' | 'Withdraw' | 'Deposit' }>;

/** Where money comes from and goes to; `undefined` is outside the venue. */
interface Movement {
  readonly from: End | undefined;
  readonly to: End | undefined;
  readonly currency: Currency;
  readonly amount: Money;
}

/** Moves money between wallets, in and out. Answers with the REST error text when it may not. */
export const moveFunds = (venue: Venue, command: Funds): CommandError | undefined => {
  const amount = parseMoney(command.amount);
  if (amount === undefined || amount <= 0n) return 'invalidAmount';
  const from = command.type === 'Deposit' ? undefined : endOf(venue, command, 'from');
  const to = command.type === 'Withdraw' ? undefined : endOf(venue, command, 'to');
  if (from === null || to === null) return 'invalidAccount';
  const movement: Movement = { from, to, currency: assetOf(command.currency), amount };
  const refusal = checkMovement(venue, movement);
  if (refusal !== undefined) return refusal;
  bookMovement(venue, movement);
  emit(venue, {
    type: 'Transferred',
    transferId: venue.bookingIds.next(),
    kind: KIND[command.type],
    fromAccount: from?.account.uid,
    toAccount: to?.account.uid,
    fromWallet: from?.wallet,
    toWallet: to?.wallet,
    currency: movement.currency,
    amount: moneyToText(amount),
  });
  return undefined;
};

const KIND = { Transfer: 'transfer', Deposit: 'deposit', Withdraw: 'withdrawal' } as const;

const checkMovement = (venue: Venue, movement: Movement): CommandError | undefined => {
  const { from, to, currency, amount } = movement;
  const isOneFamily = (from ?? to)?.account.master === (to ?? from)?.account.master;
  if (!isOneFamily) return 'invalidAccount';
  if (indexPriceOf(venue, currency) === undefined) return 'invalidUnit';
  for (const end of [from, to]) {
    if (end !== undefined && !keeps(end.wallet, currency)) return 'invalidUnit';
  }
  const isShort = from !== undefined && spendable(venue, from, currency) < amount;
  return isShort ? 'insufficientFunds' : undefined;
};

const bookMovement = (venue: Venue, movement: Movement): void => {
  const { from, to, currency, amount } = movement;
  const info = infoOf(movement);
  if (from === undefined) tally(venue, 'outside', currency, -amount);
  else book(venue, from.account, { wallet: from.wallet, currency, amount: -amount, info });
  if (to === undefined) tally(venue, 'outside', currency, amount);
  else book(venue, to.account, { wallet: to.wallet, currency, amount, info });
};

/** `null`: there is no such account or wallet. */
const endOf = (venue: Venue, command: Funds, end: 'from' | 'to'): End | null => {
  const [uid, wallet] =
    command.type === 'Transfer'
      ? end === 'from'
        ? [command.fromAccount, command.fromWallet]
        : [command.toAccount, command.toWallet]
      : [command.account, command.wallet];
  const account = venue.accounts.get(uid);
  return account === undefined || !isWallet(venue, wallet) ? null : { account, wallet };
};

const isWallet = (venue: Venue, wallet: WalletName): boolean =>
  wallet === 'cash' ||
  wallet === 'flex' ||
  [...venue.markets.values()].some((market) => market.instrument.wallet === wallet);

/** A single-collateral wallet keeps its own currency only. */
const keeps = (wallet: WalletName, currency: Currency): boolean =>
  !wallet.startsWith('fi_') || walletCurrency(wallet) === currency;

const infoOf = ({ from, to }: Movement): AccountLogInfo => {
  if (from === undefined || to === undefined) return 'cross-exchange transfer';
  return from.account === to.account ? 'transfer' : 'subaccount transfer';
};
