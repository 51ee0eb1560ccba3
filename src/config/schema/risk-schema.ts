import { amount, choice, milliseconds, symbolList } from './kinds.ts';

export const INSTRUMENT = {
  contractType: choice('`linear`: quantity in base units; `inverse`: one contract is 1 USD.')
    .of('linear', 'inverse')
    .required(),
  tickSize: amount('Price increment, TickSize(5022).').required(),
  qtyStep: amount('Quantity increment, MinTradeVol(562).').required(),
  qtyMin: amount('Smallest quantity, QtyMin(5011).').required(),
};

export const RISK = {
  orderQtyMax: amount('Largest OrderQty(38) of one order.').required(),
  notionalMax: amount(
    'Largest value of one order in quote currency: quantity times price on linear contracts, quantity on inverse ones.',
  ).required(),
  allowedSymbols: symbolList('Instruments that may be traded.').optional(
    'every instrument of the configuration',
  ),
  referencePrice: choice(
    'What a price is held against: `mid` of best bid and offer of a healthy book, or the venue’s `mark` price from the WebSocket ticker (needs `webSocket.url`).',
  )
    .of('mid', 'mark')
    .withDefault('mid'),
  withoutReferencePrice: choice(
    'An order that needs a reference price while there is none that is fresh (no healthy book, no mark price): a Limit order under a collar, a linear order without a price of its own. `refuse` it as NO_REFERENCE_PRICE, or `allow` it: then neither its price nor its value is checked, only its quantity.',
  )
    .of('allow', 'refuse')
    .withDefault('refuse'),
  referencePriceAgeMsMax: milliseconds(
    'A reference price that the venue has not touched for longer counts as none. A book is stale by itself after 60 s.',
  )
    .between(100, 3_600_000)
    .withDefault(60_000),
  priceCollarPercent: amount(
    'Furthest distance of the Price(44) of a Limit order from the reference price, in percent, either way.',
  ).optional('no collar'),
};

/** Limits that replace the general ones on one instrument. */
export const SYMBOL_RISK = {
  orderQtyMax: amount('Largest OrderQty(38) of one order on this instrument.').optional(
    '`risk.orderQtyMax`',
  ),
  notionalMax: amount('Largest value of one order on this instrument.').optional(
    '`risk.notionalMax`',
  ),
  priceCollarPercent: amount('Collar of this instrument, in percent.').optional(
    '`risk.priceCollarPercent`',
  ),
};
