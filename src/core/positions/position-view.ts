import { decimalOf, decimalTextOf } from '../../domain/decimal-text.ts';
import {
  type ClientName,
  type DecimalText,
  type SessionName,
  type TradingSymbol,
} from '../../domain/ids.ts';
import { defined } from '../../lib/defined.ts';
import { type Decimal } from '../../lib/decimal.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type EngineState, type OpeningPosition } from '../state.ts';
import { type KeptPosition, type PositionOwner } from './position-keeper.ts';
import { averagePx, type ContractType, unrealizedPnl } from './position.ts';

/** A field of a view that lacks something, and what. */
export interface Incomplete {
  readonly field: 'qty' | 'averagePx' | 'realizedPnl' | 'unrealizedPnl' | 'fees' | 'funding';
  readonly reason: string;
}

/** One position. Amounts are exact decimal text; what is not known is absent, never 0. */
export interface PositionView {
  /** The account, or … */
  readonly account?: string;
  /** … the client whose own orders made it, with the Account(1) that they carried. */
  readonly client?: ClientName;
  readonly clientAccount?: string;
  /** … or the strategy whose orders made it. */
  readonly strategy?: string;
  readonly symbol: TradingSymbol;
  readonly contractType?: ContractType;
  /** Signed: negative is short. Base units on linear, USD on inverse contracts. */
  readonly qty: DecimalText;
  /** Average entry price, at most 12 decimals; absent when flat or not known. */
  readonly averagePx?: DecimalText;
  readonly markPx?: DecimalText;
  /** Of closed quantity, fees and funding not counted; in `pnlCurrency`. */
  readonly realizedPnl: DecimalText;
  /** At `markPx`; 0 when flat. */
  readonly unrealizedPnl?: DecimalText;
  /** USD on linear contracts, the base coin on inverse ones. */
  readonly pnlCurrency?: string;
  /** By currency; negative is a rebate. */
  readonly fees: Readonly<Record<string, DecimalText>>;
  /** By currency; negative was paid. Absent when no account log is read. */
  readonly funding?: Readonly<Record<string, DecimalText>>;
  readonly executions: number;
  /** Of the newest execution. */
  readonly lastExecutionAt?: EpochMs;
  /** What the account held before our executions, as the venue said. */
  readonly opening?: OpeningPosition & { readonly at: EpochMs };
  /** The venue's own quantity, and that minus ours, when its view is current. */
  readonly venueQty?: DecimalText;
  readonly difference?: DecimalText;
  /** Empty: the position is whole. */
  readonly incomplete: readonly Incomplete[];
}

/** Funding of one instrument as the account log tells it. */
export interface FundingView {
  readonly amounts: ReadonlyMap<string, Decimal>;
  /** Why payments may be missing; `undefined` when none is. */
  readonly gap: string | undefined;
}

/** What stands beside the books: prices and the venue's own view. */
export interface PositionContext {
  /** The current mark price, or why there is none. */
  readonly markOf: (symbol: TradingSymbol) => DecimalText | { readonly none: string };
  /** The venue's quantity, '0' when it says flat; `undefined` when its view is not current. */
  readonly venueQtyOf: (symbol: TradingSymbol, account: SessionName) => DecimalText | undefined;
  /** `undefined` when no account log is read. */
  readonly fundingOf: (symbol: TradingSymbol, account: SessionName) => FundingView | undefined;
  /** What people call the account of a session; its session's name when it is left out. */
  readonly accountOf?: (session: SessionName) => string;
}

/** The views of kept positions, in the order of their instruments. Pure. */
export const positionViews = (
  kept: readonly KeptPosition[],
  state: EngineState,
  context: PositionContext,
): readonly PositionView[] => {
  const unsure = unsureOrders(state);
  return kept
    .map((one) => viewOf(one, state, { ...context, unsure }))
    .sort((a, b) => (a.symbol < b.symbol ? -1 : Number(a.symbol > b.symbol)));
};

interface FullContext extends PositionContext {
  readonly unsure: Unsure;
}

const viewOf = (kept: KeptPosition, state: EngineState, context: FullContext): PositionView => {
  const { owner, symbol, contractType, position } = kept;
  const mark = context.markOf(symbol);
  const markPx = typeof mark === 'string' ? mark : undefined;
  const average = averagePx(contractType, position);
  const unrealized = unrealizedPnl(
    contractType,
    position,
    markPx === undefined ? undefined : decimalOf(markPx),
  );
  const funding = owner.type === 'account' ? context.fundingOf(symbol, owner.account) : undefined;
  return {
    ...nameOf(owner, context),
    symbol,
    qty: decimalTextOf(position.qty),
    realizedPnl: decimalTextOf(position.realizedPnl),
    fees: textsOf(kept.fees),
    executions: kept.executions,
    ...defined({
      contractType,
      averagePx: textOf(average),
      markPx,
      unrealizedPnl: textOf(unrealized),
      pnlCurrency: pnlCurrencyOf(contractType, symbol),
      funding: funding === undefined ? undefined : textsOf(funding.amounts),
      lastExecutionAt: kept.lastAt,
    }),
    ...(owner.type === 'account' ? besideBooks(kept, state, context) : {}),
    incomplete: [
      ...openingGaps(kept, state),
      ...unsureGaps(kept, context.unsure),
      ...costGaps(kept, average),
      ...markGap(kept, mark),
      ...feeGaps(kept),
      ...fundingGap(owner, funding),
    ],
  };
};

const nameOf = (
  owner: PositionOwner,
  { accountOf }: Pick<PositionContext, 'accountOf'>,
): Partial<PositionView> => {
  switch (owner.type) {
    case 'account':
      return { account: accountOf?.(owner.account) ?? owner.account };
    case 'client':
      return { client: owner.client, ...defined({ clientAccount: owner.clientAccount }) };
    case 'strategy':
      return { strategy: owner.strategy };
  }
};

/** The named beginning, and what the venue says. */
const besideBooks = (
  { owner, symbol, position }: KeptPosition,
  state: EngineState,
  { venueQtyOf }: PositionContext,
): Partial<PositionView> => {
  const openings = owner.type === 'account' ? state.openings.get(owner.account) : undefined;
  const opening = openings?.positions.get(symbol);
  const venueQty = owner.type === 'account' ? venueQtyOf(symbol, owner.account) : undefined;
  return {
    ...(openings === undefined || opening === undefined
      ? {}
      : { opening: { ...opening, at: openings.at } }),
    ...(venueQty === undefined
      ? {}
      : { venueQty, difference: decimalTextOf(decimalOf(venueQty).minus(position.qty)) }),
  };
};

const gap = (field: Incomplete['field'], reason: string): Incomplete => ({ field, reason });

const openingGaps = ({ owner }: KeptPosition, { openings }: EngineState): readonly Incomplete[] =>
  owner.type !== 'account' || openings.has(owner.account)
    ? []
    : [
        gap(
          'qty',
          'what the account held before these executions is not known: no view of the account has been compared yet',
        ),
      ];

/** Orders and reports whose executions the books may lack, by instrument, also of one account. */
type Unsure = ReadonlyMap<string, { readonly doubts: number; readonly quarantined: number }>;

const NONE_UNSURE = { doubts: 0, quarantined: 0 };

const unsureOrders = (state: EngineState): Unsure => {
  const found = new Map<string, { readonly doubts: number; readonly quarantined: number }>();
  const count = (
    session: SessionName,
    symbol: TradingSymbol,
    what: 'doubts' | 'quarantined',
  ): void => {
    for (const key of [symbol, unsureKey(session, symbol)]) {
      const known = found.get(key) ?? NONE_UNSURE;
      found.set(key, { ...known, [what]: known[what] + 1 });
    }
  };
  for (const orderID of state.doubts.keys()) {
    const order = state.orders.get(orderID);
    if (order !== undefined) count(order.session, order.terms.symbol, 'doubts');
  }
  for (const { report, source } of state.quarantine.values()) {
    if (report.type === 'ExecutionReport' || report.type === 'Fill')
      count(source.session, report.symbol, 'quarantined');
  }
  return found;
};

/** A session's name has no blank. */
const unsureKey = (session: SessionName, symbol: TradingSymbol): string => `${session} ${symbol}`;

const unsureGaps = ({ owner, symbol }: KeptPosition, unsure: Unsure): readonly Incomplete[] => {
  const key = owner.type === 'account' ? unsureKey(owner.account, symbol) : symbol;
  const { doubts, quarantined } = unsure.get(key) ?? NONE_UNSURE;
  return [
    ...(doubts > 0
      ? [gap('qty', `${doubts} orders of the instrument are in doubt and may have traded`)]
      : []),
    ...(quarantined > 0
      ? [gap('qty', `${quarantined} reports of the instrument fit no order yet`)]
      : []),
  ];
};

const costGaps = (kept: KeptPosition, average: Decimal | undefined): readonly Incomplete[] => {
  const { contractType, position, adjustedOrders, symbol } = kept;
  const why =
    contractType === undefined
      ? `the contract type of ${symbol} is not known`
      : 'the account was opened at a price that is not known';
  return [
    ...(adjustedOrders > 0
      ? [gap('qty', `a corporate action changed ${adjustedOrders} orders beside executions`)]
      : []),
    ...(position.qty.eq('0') || average !== undefined ? [] : [gap('averagePx', why)]),
    ...(position.isRealizedComplete ? [] : [gap('realizedPnl', why)]),
    ...(position.cost === undefined ? [gap('unrealizedPnl', why)] : []),
  ];
};

const markGap = (
  { position }: KeptPosition,
  mark: ReturnType<PositionContext['markOf']>,
): readonly Incomplete[] =>
  position.qty.eq('0') || typeof mark === 'string' ? [] : [gap('unrealizedPnl', mark.none)];

const feeGaps = ({ feesMissing, feesOutdated }: KeptPosition): readonly Incomplete[] => [
  ...(feesMissing > 0 ? [gap('fees', `${feesMissing} executions came without a fee`)] : []),
  ...(feesOutdated > 0
    ? [gap('fees', `${feesOutdated} executions were corrected, and their new fee is not known`)]
    : []),
];

const fundingGap = (
  owner: PositionOwner,
  funding: FundingView | undefined,
): readonly Incomplete[] => {
  if (owner.type !== 'account') {
    const part = owner.type === 'client' ? 'client' : 'strategy';
    return [gap('funding', `the venue pays it for the account, not for a ${part}’s part of it`)];
  }
  if (funding === undefined) return [gap('funding', 'the account log is not read')];
  return funding.gap === undefined ? [] : [gap('funding', funding.gap)];
};

const textOf = (value: Decimal | undefined): DecimalText | undefined =>
  value === undefined ? undefined : decimalTextOf(value);

const textsOf = (amounts: ReadonlyMap<string, Decimal>): Readonly<Record<string, DecimalText>> =>
  Object.fromEntries(
    [...amounts].map(([currency, amount]) => [currency, decimalTextOf(amount)] as const),
  );

/** PI_XBTUSD, FI_XBTUSD_261225: the coin before USD. */
const INVERSE_SYMBOL = /^[PF]I_([A-Z0-9]+)USD(?:_\d{6})?$/;

/** Currency of profit [rest 6.2]; `undefined` when the name of the contract does not tell it. */
const pnlCurrencyOf = (
  type: ContractType | undefined,
  symbol: TradingSymbol,
): string | undefined => {
  if (type === 'linear') return 'USD';
  return type === 'inverse' ? INVERSE_SYMBOL.exec(symbol)?.[1] : undefined;
};

/**
 * The contract type that the venue's name of an instrument tells [rest 6.1], for instruments that
 * the configuration no longer has: a dated contract leaves it, and its profit stays.
 */
export const contractTypeByName = (symbol: TradingSymbol): ContractType | undefined => {
  if (/^[PF]I_/.test(symbol)) return 'inverse';
  return /^[PF][FV]_/.test(symbol) ? 'linear' : undefined;
};
