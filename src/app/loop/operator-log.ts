import { isFreezing, type DoubtClass } from '../../core/doubt-class.ts';
import { type Fact } from '../../core/fact.ts';
import { listed } from '../../core/listed.ts';
import { type EngineState } from '../../core/state.ts';
import { ordStatusOf } from '../../core/evolve/order-status.ts';
import { type ClientName, type OrderID, type SessionName } from '../../domain/ids.ts';
import { type Logger } from '../../observability/logger.ts';

type FactOf<T extends Fact['type']> = Extract<Fact, { type: T }>;

/** Orders that get a line each; of more at once, one line names the first. */
const LINES_MAX = 20;

const DOUBT: Readonly<Record<DoubtClass, string>> = {
  D1: 'it was never handed to the session',
  D2: 'it was sent, and the venue has not answered',
  D2r: 'it was sent by REST, and the answer does not say what became of it',
  D3: 'what the venue did with it lately is not known',
  D4: 'its cancel was sent, and the venue has not answered',
  D5: 'its replacement was sent, and the venue has not answered',
  D6: 'the link is lost, and the venue was asked to cancel it',
  D7: 'a mass cancel was sent, and the venue has not answered',
  D8: 'it was closed shortly before the link was lost',
  UNCONFIRMED: 'the sequence numbers began again, so FIX cannot prove what became of it',
};

/** What an operator may do; most doubts end by themselves. */
const TELLS =
  'the venue tells after the next Logon or over REST: `fathom doubts` shows what is missing';
const ADVICE: Readonly<Record<DoubtClass, string>> = {
  D1: 'the next Logon ends it',
  D2: TELLS,
  D2r: TELLS,
  D3: TELLS,
  D4: TELLS,
  D5: TELLS,
  D6: TELLS,
  D7: TELLS,
  D8: 'its fills are looked at once more',
  UNCONFIRMED:
    'REST tells what became of it where it is configured: `fathom doubts` shows what is missing, and `fathom doubts resolve` ends it by the word of two persons',
};

/**
 * The lines about orders and routes that an operator must find in the log: whether orders pass,
 * doubts with their order and their end, cancels that no client asked for.
 */
export class OperatorLog {
  readonly #logger: Logger;
  readonly #doubted: Set<OrderID>;
  readonly #closed = new Set<string>();

  /** `state`: the books as the journal has them; doubts of an earlier run are known. */
  constructor(logger: Logger, { doubts }: EngineState) {
    this.#logger = logger;
    this.#doubted = new Set(doubts.keys());
  }

  /** Facts that are durable, and the books after them. */
  onFacts(facts: readonly { readonly fact: Fact }[], state: EngineState): void {
    const canceled: FactOf<'CancelIntended'>[] = [];
    for (const { fact } of facts) {
      this.#onRoute(fact);
      if (fact.type === 'OrdersDoubted') this.#onDoubted(fact, state);
      if (fact.type === 'MassCancelRequested') this.#onMassCancel(fact, state);
      if (fact.type === 'MassCancelCompleted') {
        this.#logger.info('a mass cancel is complete: no order of its scope is open', {
          code: 'MASS_CANCEL_COMPLETE',
          massCancelID: fact.massCancelID,
        });
      }
      if (fact.type === 'CancelIntended' && isOurs(fact, state)) canceled.push(fact);
    }
    this.#sayCanceled(canceled, state);
    this.#saySettled(
      facts.flatMap(({ fact }) => ordersOf(fact)),
      state,
    );
  }

  #onRoute(fact: Fact): void {
    switch (fact.type) {
      case 'RouteOpened':
      case 'RouteTrusted':
      case 'RoutePhaseChanged': {
        const phase = 'phase' in fact ? (fact.phase ?? 'FIX_ACTIVE') : 'FIX_ACTIVE';
        if (phase === 'FIX_ACTIVE')
          this.#open(fact.session, 'the session is in step with the venue');
        else if (phase === 'REST_ACTIVE') this.#open(fact.session, 'they go by REST');
        else if (fact.type === 'RoutePhaseChanged') this.#close(fact);
        return;
      }
      case 'RouteLost':
        if (fact.phase !== 'REST_ACTIVE') this.#close(fact);
        return;
      case 'RoutePaused':
      case 'RouteSuspected':
        this.#close(fact);
        return;
      default:
    }
  }

  #open(session: SessionName, why: string): void {
    this.#closed.delete(session);
    this.#logger.info(`new orders pass: ${why}`, { code: 'GATE_OPEN', session });
  }

  #close({ session, reason }: { readonly session: SessionName; readonly reason: string }): void {
    if (this.#closed.has(session)) return;
    this.#closed.add(session);
    this.#logger.warn(`new orders are refused: ${reason}`, { code: 'GATE_CLOSED', session });
  }

  #onDoubted({ orders, session }: FactOf<'OrdersDoubted'>, state: EngineState): void {
    for (const { orderID } of orders) this.#doubted.add(orderID);
    for (const { orderID, doubt } of orders.slice(0, LINES_MAX)) {
      const freezes = isFreezing(doubt) ? '; its instrument takes no new orders meanwhile' : '';
      this.#logger.warn(
        `order ${orderID} is in doubt: ${DOUBT[doubt]}${freezes}; ${ADVICE[doubt]}`,
        {
          code: 'IN_DOUBT',
          session,
          doubt,
          ...orderFields(orderID, state),
        },
      );
    }
    const rest = orders.slice(LINES_MAX).map(({ orderID }) => orderID);
    if (rest.length === 0) return;
    const text = `${rest.length} more orders are in doubt, listed by \`fathom orders --open\`: ${listed(rest)}`;
    this.#logger.warn(text, { code: 'IN_DOUBT', session });
  }

  /** A doubt ends by whatever evidence comes first, so the books tell it, not one kind of fact. */
  #saySettled(touched: readonly OrderID[], state: EngineState): void {
    const isSettled = (orderID: OrderID): boolean =>
      this.#doubted.has(orderID) && !state.doubts.has(orderID);
    const settled = [...new Set(touched.filter(isSettled))];
    for (const orderID of settled) this.#doubted.delete(orderID);
    for (const orderID of settled.slice(0, LINES_MAX)) {
      const order = state.orders.get(orderID);
      const status = order === undefined ? 'unknown' : ordStatusOf(order);
      this.#logger.info(`the doubt about order ${orderID} is settled: ${status}`, {
        code: 'DOUBT_SETTLED',
        ordStatus: status,
        cumQty: order?.cumQty,
        ...orderFields(orderID, state),
      });
    }
    const rest = settled.slice(LINES_MAX);
    if (rest.length === 0) return;
    const text = `${rest.length} more doubts are settled: ${listed(rest)}`;
    this.#logger.info(text, { code: 'DOUBT_SETTLED' });
  }

  #onMassCancel(fact: FactOf<'MassCancelRequested'>, state: EngineState): void {
    const { massCancelID, by, affected, symbol, client } = fact;
    const ids = [...(state.massCancelOrders.get(massCancelID) ?? [])];
    const names = ids.length === 0 ? '' : `: ${listed(ids)}`;
    this.#logger.info(`${affected} open orders are to be cancelled, asked by ${by}${names}`, {
      code: 'MASS_CANCEL',
      massCancelID,
      ...(client !== undefined && { client }),
      ...(symbol !== undefined && { symbol }),
    });
  }

  #sayCanceled(facts: readonly FactOf<'CancelIntended'>[], state: EngineState): void {
    for (const { orderID, by } of facts.slice(0, LINES_MAX)) {
      this.#logger.info(`order ${orderID} is being cancelled by us, asked by ${by}`, {
        code: 'CANCEL_BY_US',
        ...orderFields(orderID, state),
      });
    }
    const rest = facts.slice(LINES_MAX).map(({ orderID }) => orderID);
    if (rest.length === 0) return;
    const text = `${rest.length} more orders are being cancelled by us: ${listed(rest)}`;
    this.#logger.info(text, { code: 'CANCEL_BY_US' });
  }
}

const ordersOf = (fact: Fact): readonly OrderID[] => {
  if ('orderIDs' in fact) return fact.orderIDs;
  const { orderID } = fact as { readonly orderID?: OrderID };
  return orderID === undefined ? [] : [orderID];
};

/** A cancel that the order's own client did not ask for by an OrderCancelRequest(F). */
const isOurs = (
  { orderID, by, clientOrderID }: FactOf<'CancelIntended'>,
  { orders }: EngineState,
): boolean => clientOrderID === undefined || orders.get(orderID)?.client !== by;

const orderFields = (
  orderID: OrderID,
  { orders }: EngineState,
): Readonly<Record<string, string>> => {
  const order = orders.get(orderID);
  return order === undefined
    ? {}
    : {
        client: clientText(order.client),
        clOrdID: order.clientOrderID,
        symbol: order.terms.symbol,
      };
};

const clientText = (client: ClientName): string => client.replace(/^fix:/, '');
