import { decimalOf, decimalTextOf, ZERO_TEXT } from '../../../domain/decimal-text.ts';
import { type ClOrdID, type OrderID, type SessionName } from '../../../domain/ids.ts';
import { type ExecType, type OrderTerms } from '../../../domain/order.ts';
import {
  type ReportSource,
  type VenueExecutionReport,
  type VenueFill,
} from '../../../domain/venue-report.ts';
import { defined } from '../../../lib/defined.ts';
import { maxDecimal, ZERO } from '../../../lib/decimal.ts';
import { type EpochMs } from '../../../lib/time.ts';
import { type ExternalOrder } from '../../input.ts';
import { EXTERNAL, type EngineState, type Order } from '../../state.ts';
import { type Draft } from '../draft.ts';

/**
 * Orders that were placed on the account elsewhere are adopted as orders of EXTERNAL: shown,
 * counted, and never cancelled by themselves. Their later states come by the same view.
 * [routing 4, adoption]
 */
export const seeExternalOrders = (
  draft: Draft,
  orders: readonly ExternalOrder[],
  source: ReportSource,
): void => {
  for (const seen of orders) {
    const known = draft.state.orderIDByVenueOrderID.get(seen.venueOrderID);
    const order = known === undefined ? undefined : draft.order(known);
    if (order !== undefined) {
      if (order.client === EXTERNAL) change(draft, order, seen, source);
    } else if (isOpenStatus(seen.ordStatus) && !isOurs(draft.state, seen.clOrdID)) {
      adopt(draft, seen, source, seen.unknown ?? 'placed elsewhere on the account');
    }
  }
};

/** An order of which a fill alone is known: a market order at a terminal, a liquidation. */
export const adoptFilled = (
  draft: Draft,
  fill: VenueFill,
  source: ReportSource,
): Order | undefined => {
  const { symbol, side, lastQty: orderQty, lastPx, venueOrderID, clOrdID } = fill;
  const terms: OrderTerms = {
    ...{ symbol, side, orderQty, price: lastPx, ordType: 'Limit', timeInForce: 'IOC' },
    ...{ postOnly: false, reduceOnly: false },
  };
  const seen: ExternalOrder = {
    ...{ venueOrderID, terms, cumQty: ZERO_TEXT, leavesQty: ZERO_TEXT, ordStatus: 'Filled' },
    ...defined({ clOrdID }),
  };
  const text = 'placed elsewhere; known by its fills alone, which stand for its terms';
  return draft.order(adopt(draft, seen, source, text));
};

const OF_ORDER: ReadonlySet<ExecType> = new Set(['New', 'Trade', 'OrderStatus']);

/** A FIX report whose ClOrdID(11) we never made; `undefined` when that cannot be said. */
export const adoptReported = (
  draft: Draft,
  report: VenueExecutionReport,
  source: ReportSource,
): Order | undefined => {
  const { clOrdID, orderQty, execType, symbol, side, venueOrderID } = report;
  if (clOrdID === undefined || orderQty === undefined || !OF_ORDER.has(execType)) return undefined;
  if (isOurs(draft.state, clOrdID) || isOurs(draft.state, report.origClOrdID)) return undefined;
  const { ordType = 'Limit', timeInForce = 'GTC', price, stopPx, lastQty } = report;
  const terms: OrderTerms = {
    ...{ symbol, side, orderQty, ordType, timeInForce, postOnly: false, reduceOnly: false },
    ...defined({ price, stopPx }),
  };
  // The trade itself is booked on the order that is adopted here.
  const traded = execType === 'Trade' ? (lastQty ?? ZERO_TEXT) : ZERO_TEXT;
  const cumQty = decimalTextOf(maxDecimal(decimalOf(report.cumQty).minus(decimalOf(traded)), ZERO));
  const leavesQty = decimalTextOf(decimalOf(orderQty).minus(decimalOf(cumQty)));
  const seen: ExternalOrder = {
    ...{ venueOrderID, clOrdID, terms, cumQty, leavesQty },
    ordStatus: cumQty === '0' ? 'New' : 'PartiallyFilled',
  };
  return draft.order(adopt(draft, seen, source, 'placed elsewhere on the account'));
};

/**
 * Whether an execution of EXTERNAL is one of those that the account's opening positions contain
 * already. While these are not noted, every one will be.
 */
export const isInOpening = (state: EngineState, session: SessionName, at: EpochMs): boolean => {
  const opening = state.openings.get(session);
  return opening === undefined || at <= (opening.fillsUntil ?? opening.at);
};

const adopt = (
  draft: Draft,
  { venueOrderID, clOrdID, terms, cumQty, leavesQty }: ExternalOrder,
  source: ReportSource,
  text: string,
): OrderID => {
  const orderID = draft.newOrderID();
  draft.add({
    type: 'ExternalOrderAdopted',
    ...{ at: draft.at, orderID, session: source.session, venueOrderID },
    ...defined({ venueClOrdID: clOrdID as ClOrdID | undefined }),
    ...{ terms, cumQty, leavesQty, text, source },
  });
  const { side, orderQty, symbol } = terms;
  const detail = `order ${venueOrderID} (${side} ${orderQty} ${symbol}) is none of ours: ${text}; adopted as ${orderID} of EXTERNAL`;
  draft.alert('warning', 'VENUE_ORDER_UNKNOWN', detail);
  return orderID;
};

const change = (draft: Draft, order: Order, seen: ExternalOrder, source: ReportSource): void => {
  const cumQty = decimalTextOf(maxDecimal(decimalOf(order.cumQty), decimalOf(seen.cumQty)));
  const terms = seen.unknown === undefined ? seen.terms : order.terms;
  const { ordStatus, leavesQty } = seen;
  const isSame =
    order.base === ordStatus &&
    order.cumQty === cumQty &&
    order.leavesQty === leavesQty &&
    JSON.stringify(order.terms) === JSON.stringify(terms);
  if (isSame) return;
  const { at } = draft;
  const { orderID } = order;
  const states = { terms, cumQty, leavesQty, ordStatus };
  draft.add({ type: 'ExternalOrderChanged', at, orderID, ...states, source });
};

const isOurs = (state: EngineState, clOrdID: string | undefined): boolean =>
  clOrdID !== undefined && state.requests.has(clOrdID as ClOrdID);

const isOpenStatus = (status: ExternalOrder['ordStatus']): boolean =>
  status === 'New' || status === 'PartiallyFilled';
