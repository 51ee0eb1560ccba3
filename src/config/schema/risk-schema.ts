import { amount, choice, count, milliseconds, symbolList, textList } from './kinds.ts';
import { type Setting } from './setting.ts';

export const INSTRUMENT = {
  contractType: choice('`linear`: quantity in base units; `inverse`: one contract is 1 USD.')
    .of('linear', 'inverse')
    .required(),
  tickSize: amount('Price increment, TickSize(5022).').required(),
  qtyStep: amount('Quantity increment, MinTradeVol(562).').required(),
  qtyMin: amount('Smallest quantity, QtyMin(5011).').required(),
};

const orderQtyMax = amount('Largest OrderQty(38) of one order; MAX_QUANTITY.');
const notionalMax = amount(
  'Largest value of one order in quote currency: quantity times price on linear contracts, quantity on inverse ones; MAX_NOTIONAL.',
);
const openOrdersMax = count('Open orders, those in doubt included; MAX_OPEN_ORDERS.').between(
  0,
  1_000_000,
);

/** Limits of one order, or of the orders and position of one instrument. */
const PER_ORDER = {
  priceCollarPercent: amount(
    'Furthest distance of the Price(44) of a Limit order from the reference price, in percent, either way; PRICE_COLLAR.',
  ),
  markCollarPercent: amount(
    'The same from the venue’s mark price (needs `webSocket.url`); MARK_COLLAR.',
  ),
  indexCollarPercent: amount(
    'The same from the venue’s index price (needs `webSocket.url`); INDEX_COLLAR.',
  ),
  touchCollarPercent: amount(
    'How far, in percent, the Price(44) of a Limit order may go through the touch: a buy above the best offer, a sell below the best bid; TOUCH_COLLAR.',
  ),
  marketDataAgeMsMax: milliseconds(
    'Oldest market data of the instrument, book or mark price, with which an order is taken; STALE_MARKET_DATA.',
  ).between(1, 3_600_000),
  clockOffsetMsMax: milliseconds(
    'Largest difference between our clock and the venue’s with which an order is taken; CLOCK_DRIFT.',
  ).between(1, 60_000),
  duplicateWindowMs: milliseconds(
    'Time within which an equal order of the same client (symbol, side, type, quantity, prices) is refused; DUPLICATE_ORDER.',
  ).between(1, 3_600_000),
  reduceOnly: choice(
    'A reduce-only order that is larger than the position it would reduce, or has none to reduce: `refuse` it as NOT_REDUCING, or `allow` it and leave it to the venue. `refuse` needs the whole position in the books.',
  ).of('allow', 'refuse'),
  selfMatch: choice(
    'An order that would trade with an open one of the same account: `refuse` it as SELF_MATCH, or `allow` it and leave it to the venue’s own prevention.',
  ).of('allow', 'refuse'),
  positionQtyMax: amount(
    'Largest position in one instrument, long or short, that the open orders can come to; MAX_POSITION.',
  ),
};

/** Limits of everything that one scope does together. */
const PER_SCOPE = {
  grossNotionalMax: amount(
    'Largest sum over instruments of the value that position and open orders can come to; MAX_GROSS_NOTIONAL.',
  ),
  orderRateMax: count('Orders and replaces within a second; MAX_ORDER_RATE.').between(1, 100_000),
  cancelRateMax: count(
    'Single cancel requests within a second; MAX_CANCEL_RATE. Mass cancels always pass.',
  ).between(1, 100_000),
  venueCostMax: count(
    'Units of the trading session’s `rateBudget` that orders, replaces and cancels may cost within 10 s; MAX_VENUE_COST.',
  ).between(1, 1_000_000),
  executionsMax: count(
    'Executions within `risk.executionsWindowMs`; more of them stop new orders until a person enables them: EXECUTION_THROTTLE.',
  ).between(1, 1_000_000),
  lossMax: amount(
    'Largest loss of the day (UTC) in USD, realised and unrealised; LOSS_LIMIT. Unrealised needs mark prices (`webSocket.url`).',
  ),
};

interface Maker {
  readonly optional: (whenAbsent: string) => Setting<unknown>;
}
type Optional<Makers extends Readonly<Record<string, Maker>>> = {
  readonly [Key in keyof Makers]: ReturnType<Makers[Key]['optional']>;
};

/** Every maker of a group as an optional key. */
const optional = <Makers extends Readonly<Record<string, Maker>>>(
  makers: Makers,
  whenAbsent: (key: string) => string,
): Optional<Makers> =>
  Object.fromEntries(
    Object.entries(makers).map(([key, maker]) => [key, maker.optional(whenAbsent(key))]),
  ) as unknown as Optional<Makers>;

const off = (): string => 'off';
const general = (key: string): string => `\`risk.${key}\``;

const allowedSymbols = symbolList('Instruments that may be traded; SYMBOL_NOT_ALLOWED.');
const allowedAccounts = textList(
  'Account(1) that orders may carry, and must then; ACCOUNT_NOT_ALLOWED.',
);

export const RISK = {
  orderQtyMax: orderQtyMax.required(),
  notionalMax: notionalMax.required(),
  allowedSymbols: allowedSymbols.optional('every instrument of the configuration'),
  allowedAccounts: allowedAccounts.optional('any, and none'),
  openOrdersMax: openOrdersMax.withDefault(10_000),
  ...optional(PER_ORDER, off),
  ...optional(PER_SCOPE, off),
  referencePrice: choice(
    'What a price is held against: `mid` of best bid and offer of a healthy book, or the venue’s `mark` price from the WebSocket ticker (needs `webSocket.url`).',
  )
    .of('mid', 'mark')
    .withDefault('mid'),
  withoutReferencePrice: choice(
    'An order that needs a price while there is none that is fresh (no healthy book, no mark or index price): a Limit order under a collar, a linear order without a price of its own, a loss or gross limit that cannot value a position. `refuse` it as NO_REFERENCE_PRICE, or `allow` it: then that limit alone is not held.',
  )
    .of('allow', 'refuse')
    .withDefault('refuse'),
  referencePriceAgeMsMax: milliseconds(
    'A reference, mark or index price that the venue has not touched for longer counts as none. A book is stale by itself after 60 s.',
  )
    .between(100, 3_600_000)
    .withDefault(60_000),
  executionsWindowMs: milliseconds('Time within which `executionsMax` counts.')
    .between(1_000, 3_600_000)
    .withDefault(60_000),
  changes: {
    operators: textList(
      'Names of the people who may change limits at run time (`fathom limits`) and loosen kill switches (`kill release`). Everybody may set one.',
    ).optional('whoever may open the control socket'),
    holdMsMax: milliseconds('Longest time that a looser limit may hold; two people set it.')
      .between(60_000, 604_800_000)
      .withDefault(86_400_000),
    proposalMsMax: milliseconds('A proposal that no second person approved by then is void.')
      .between(1_000, 86_400_000)
      .withDefault(3_600_000),
    killRelease: choice(
      'How many it takes to release a kill switch, or to hold it less strictly: `twoPersons`, of whom one proposes it and another approves it, or `onePerson`.',
    )
      .of('twoPersons', 'onePerson')
      .withDefault('twoPersons'),
  },
};

/** Limits of one instrument: those of one order replace the general ones. */
export const SYMBOL_RISK = {
  orderQtyMax: orderQtyMax.optional(general('orderQtyMax')),
  notionalMax: notionalMax.optional(general('notionalMax')),
  openOrdersMax: openOrdersMax.optional('off'),
  ...optional(PER_ORDER, general),
  ...optional(PER_SCOPE, off),
};

/** Limits of an account, a client session or a strategy: they hold beside the general ones. */
export const SCOPE_RISK = {
  orderQtyMax: orderQtyMax.optional('off'),
  notionalMax: notionalMax.optional('off'),
  allowedSymbols: allowedSymbols.optional('off'),
  openOrdersMax: openOrdersMax.optional('off'),
  ...optional(PER_ORDER, off),
  ...optional(PER_SCOPE, off),
};

export const CLIENT_RISK = { ...SCOPE_RISK, allowedAccounts: allowedAccounts.optional('off') };
