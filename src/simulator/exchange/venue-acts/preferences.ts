import { type Account, exposureOn } from '../model/account.ts';
import { assetOf, indexPriceOf } from '../reads/collateral.ts';
import { type AccountCommand } from '../model/commands.ts';
import { type CommandError } from '../model/events.ts';
import { marginStep, marketMargin, sidesOf, walletMargin } from '../reads/margin.ts';
import { type Market } from '../model/market.ts';
import { absMoney, type Money, moneyToText, ONE, over, parseMoney } from '../model/money.ts';
import { valueAt } from '../model/position.ts';
import { emit, type Venue } from '../model/venue.ts';

type Preference = Exclude<AccountCommand, { readonly type: 'Transfer' | 'Withdraw' | 'Deposit' }>;

/** Sets a preference of an account [rest 2.5, 2.6, 2.9]. Returns the error when it is refused. */
export const setPreference = (venue: Venue, command: Preference): CommandError | undefined => {
  const account = venue.accounts.get(command.account);
  if (account === undefined) return 'invalidAccount';
  switch (command.type) {
    case 'SetSelfTradeStrategy':
      account.selfTradeStrategy = command.strategy;
      emit(venue, {
        type: 'PreferenceSet',
        account: account.uid,
        selfTradeStrategy: command.strategy,
      });
      return undefined;
    case 'SetLeverage':
      return setLeverage(venue, account, command);
    case 'SetPnlCurrency':
      return setPnlCurrency(venue, account, command);
    case 'SetTradingEnabled':
      account.tradingEnabled = command.enabled;
      emit(venue, { type: 'PreferenceSet', account: account.uid, tradingEnabled: command.enabled });
      return undefined;
    case 'SetAssignment':
      venue.assignmentIds += 1;
      account.assignments.set(venue.assignmentIds, command.preference);
      emit(venue, {
        type: 'PreferenceSet',
        account: account.uid,
        assignmentId: venue.assignmentIds,
      });
      return undefined;
    case 'RemoveAssignment':
      if (!account.assignments.delete(command.id)) return 'notFound';
      emit(venue, { type: 'PreferenceSet', account: account.uid, assignmentId: command.id });
      return undefined;
  }
};

type Of<T extends Preference['type']> = Extract<Preference, { readonly type: T }>;

/**
 * Refuses a leverage cap that needs more margin than is available, or that exceeds the schedule at
 * the size held.
 */
const setLeverage = (
  venue: Venue,
  account: Account,
  command: Of<'SetLeverage'>,
): CommandError | undefined => {
  const market = venue.markets.get(command.symbol);
  if (market === undefined) return 'contractNotFound';
  if (market.instrument.inverse) return 'notMultiCollateral';
  const { maxLeverage, symbol } = command;
  const leverage = maxLeverage === undefined ? undefined : (parseMoney(maxLeverage) ?? 0n);
  const refusal = checkLeverage(venue, account, { market, leverage });
  if (refusal !== undefined) return refusal;
  if (leverage === undefined) account.leverage.delete(symbol);
  else account.leverage.set(symbol, leverage);
  emit(venue, {
    type: 'PreferenceSet',
    account: account.uid,
    leverage: { symbol, maxLeverage: leverage === undefined ? undefined : moneyToText(leverage) },
  });
  return undefined;
};

const checkLeverage = (
  venue: Venue,
  account: Account,
  wanted: { readonly market: Market; readonly leverage: Money | undefined },
): CommandError | undefined => {
  const { market, leverage } = wanted;
  const { symbol, instrument } = market;
  if (leverage !== undefined && leverage < ONE) return 'invalidArgument';
  const sides = sidesOf(account, symbol, exposureOn(account, symbol));
  const notional = absMoney(valueAt(instrument, sides.held, market.mark));
  const step = marginStep(instrument, sides.held, notional);
  if (leverage !== undefined && leverage > over(ONE, step.initial)) return 'fixedLeverageTooHigh';
  const { availableMargin } = walletMargin(venue, account, instrument.wallet);
  const now = marketMargin(market, sides, account.leverage.get(symbol)).initialWithOrders;
  const then = marketMargin(market, sides, leverage).initialWithOrders;
  return then > now && availableMargin < then - now ? 'wouldCauseLiquidation' : undefined;
};

const setPnlCurrency = (
  venue: Venue,
  account: Account,
  command: Of<'SetPnlCurrency'>,
): CommandError | undefined => {
  const market = venue.markets.get(command.symbol);
  if (market === undefined) return 'contractNotFound';
  if (market.instrument.inverse) return 'notMultiCollateral';
  const currency = assetOf(command.currency);
  if (indexPriceOf(venue, currency) === undefined) return 'currencyNotFound';
  if (venue.rules.haircuts[currency] === undefined) return 'currencyNotEnabled';
  account.pnlCurrency.set(command.symbol, currency);
  emit(venue, {
    type: 'PreferenceSet',
    account: account.uid,
    pnlCurrency: { symbol: command.symbol, currency },
  });
  return undefined;
};
