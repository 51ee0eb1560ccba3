import { type Decimal, ZERO, decimalToText, parseDecimal } from '../../lib/decimal.ts';

type Values = Readonly<Record<string, string>>;

interface OrderNet {
  /** LastQty(32) by the ExecID(17) of the first execution of its chain. */
  readonly qtyByExecID: Map<string, Decimal>;
  /** The first execution of its chain, by the ExecID(17) of a correction. */
  readonly firstExecIDs: Map<string, string>;
  /** CumQty(14) of the last trade, correction or bust. */
  cumQty: Decimal;
  /**
   * The venue moved CumQty without a trade, or an execution before these files is corrected:
   * nothing adds up, and nothing need.
   */
  isMoved: boolean;
}

/**
 * LastQty of every order added up, a corrected trade with its new quantity, a cancelled one with
 * none.
 */
export class NetQuantities {
  readonly #orders = new Map<string, OrderNet>();

  add(values: Values): void {
    const { orderId = '', execType = '' } = values;
    if (execType === 'Restated') this.#of(orderId).isMoved = true;
    if (['Trade', 'TradeCorrect', 'TradeCancel'].includes(execType))
      this.#addTrade(this.#of(orderId), values);
  }

  #addTrade(order: OrderNet, values: Values): void {
    const { execType } = values;
    const cumQty = parseDecimal(values['cumQty'] ?? '');
    const lastQty = execType === 'TradeCancel' ? ZERO : parseDecimal(values['lastQty'] ?? '');
    if (cumQty === undefined || lastQty === undefined) return;
    const key = firstExecIDOf(order, values);
    if (execType !== 'Trade' && !order.qtyByExecID.has(key)) order.isMoved = true;
    order.qtyByExecID.set(key, lastQty);
    order.cumQty = cumQty;
  }

  /** Over everything. */
  get total(): Decimal {
    return [...this.#orders.values()].reduce((sum, order) => sum.plus(netOf(order)), ZERO);
  }

  problems(): readonly string[] {
    return [...this.#orders].flatMap(([orderID, order]) => {
      const net = netOf(order);
      if (order.isMoved || net.eq(order.cumQty)) return [];
      const { size } = order.qtyByExecID;
      return [
        `order ${orderID}: LastQty does not add up to CumQty: ${size} trades, LastQty ${decimalToText(net)}, CumQty ${decimalToText(order.cumQty)}`,
      ];
    });
  }

  #of(orderID: string): OrderNet {
    const known = this.#orders.get(orderID);
    if (known !== undefined) return known;
    const made: OrderNet = {
      qtyByExecID: new Map(),
      firstExecIDs: new Map(),
      cumQty: ZERO,
      isMoved: false,
    };
    this.#orders.set(orderID, made);
    return made;
  }
}

/** A correction names the report before it in the chain: a trade, or another correction. */
const firstExecIDOf = ({ firstExecIDs }: OrderNet, values: Values): string => {
  const { execType, execId = '', execRefId = '' } = values;
  if (execType === 'Trade') return execId;
  const first = firstExecIDs.get(execRefId) ?? execRefId;
  firstExecIDs.set(execId, first);
  return first;
};

const netOf = ({ qtyByExecID }: OrderNet): Decimal =>
  [...qtyByExecID.values()].reduce((sum, qty) => sum.plus(qty), ZERO);
