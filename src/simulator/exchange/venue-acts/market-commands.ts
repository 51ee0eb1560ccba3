import { indexPriceOf } from '../reads/collateral.ts';
import { type MarketCommand } from '../model/commands.ts';
import { type CommandError } from '../model/events.ts';
import { endPeriodOf } from './funding-period.ts';
import { checkAccount, checkHolders } from './liquidation.ts';
import { type Market } from '../model/market.ts';
import { parseMoney } from '../model/money.ts';
import { setIndex } from './prices.ts';
import { settle, stateOf } from './settlement.ts';
import { emit, type Venue } from '../model/venue.ts';

/**
 * Performs a command of the venue, its operators or its price sources. Returns the error when the
 * command makes no sense.
 */
export const performMarketCommand = (
  venue: Venue,
  command: MarketCommand,
): CommandError | undefined => {
  const market = venue.markets.get(command.symbol);
  if (market === undefined) return 'contractNotFound';
  switch (command.type) {
    case 'SetIndex':
      if (!setIndex(venue, market, command.price)) return 'invalidArgument';
      venue.touched.add(market);
      checkHolders(venue, market);
      checkCollateral(venue, market);
      return undefined;
    case 'SetMarketState':
      setState(venue, market, command);
      return undefined;
    case 'SetMakerProtection':
      market.makerProtectionMillis = Math.max(0, command.millis);
      return undefined;
    case 'EndFundingPeriod':
      if (!market.instrument.perpetual || market.expired) return 'invalidArgument';
      endPeriodOf(venue, market);
      return undefined;
    case 'Settle':
      return settleNow(venue, market, command.price);
  }
};

const settleNow = (
  venue: Venue,
  market: Market,
  given: string | undefined,
): CommandError | undefined => {
  const price = given === undefined ? market.index : parseMoney(given);
  if (price === undefined || price <= 0n || market.expired) return 'invalidArgument';
  settle(venue, market, price);
  return undefined;
};

const setState = (
  venue: Venue,
  market: Market,
  command: Extract<MarketCommand, { readonly type: 'SetMarketState' }>,
): void => {
  const { dislocation } = command;
  market.suspended = command.suspended ?? market.suspended;
  market.postOnly = command.postOnly ?? market.postOnly;
  market.cancelOnly = command.cancelOnly ?? market.cancelOnly;
  if (dislocation !== undefined)
    market.dislocation = dislocation === 'none' ? undefined : dislocation;
  const multiplier = command.extremeVolatilityInitialMarginMultiplier;
  if (multiplier !== undefined) market.volatilityMultiplier = Math.max(1, Math.floor(multiplier));
  venue.touched.add(market);
  emit(venue, stateOf(market));
};

/** A falling collateral can sink an account that holds no position in its market. */
const checkCollateral = (venue: Venue, market: Market): void => {
  const currency = market.instrument.baseCurrency;
  if (indexPriceOf(venue, currency) !== market.index) return;
  for (const account of venue.accounts.values()) {
    const holds = (account.wallets.get('flex')?.get(currency) ?? 0n) > 0n;
    if (holds && !account.background && account.positions.size > 0)
      checkAccount(venue, account, 'flex');
  }
};
