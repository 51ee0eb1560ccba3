import { readDecimalText } from '../../../domain/decimal-text.ts';
import { defined } from '../../../lib/defined.ts';
import { type DecimalText, type TradingSymbol } from '../../../domain/ids.ts';
import { type FixFieldMap, type FixMessage } from '../../../fix/codec/fix-message.ts';
import { type BookPrecision } from '../../books/checksum.ts';

/** AssetPairStatus(5032). */
type PairStatus =
  | 'Hidden'
  | 'Online'
  | 'Maintenance'
  | 'CancelOnly'
  | 'PostOnly'
  | 'LimitOnly'
  | 'Delisted'
  | 'ReduceOnly'
  | 'Unknown';

/**
 * One entry of the InstrumentList(y), [fix 4.10]. Contract size, expiry and margins are not in it.
 */
export interface ListedInstrument extends BookPrecision {
  readonly symbol: TradingSymbol;
  readonly tickSize: DecimalText;
  /** MinTradeVol(562): the quantity increment. */
  readonly qtyStep: DecimalText;
  readonly qtyMin: DecimalText;
  readonly qtyMax?: DecimalText;
  readonly status: PairStatus;
}

export interface InstrumentList {
  readonly securityReqID: string;
  /**
   * SecurityRequestResult(560): '0' valid, '1' unsupported request, '2' nothing matches, '4'
   * temporarily unavailable.
   */
  readonly result: string;
  readonly instruments: readonly ListedInstrument[];
  /** False while LastFragment(893) is N. */
  readonly isLast: boolean;
  /** False when an entry could not be read. */
  readonly isComplete: boolean;
}

const STATUSES: readonly PairStatus[] = [
  'Hidden',
  'Online',
  'Maintenance',
  'CancelOnly',
  'PostOnly',
  'LimitOnly',
  'Delisted',
  'ReduceOnly',
];

export const parseInstrumentList = (message: FixMessage): InstrumentList | undefined => {
  const securityReqID = message.get(320);
  if (message.msgType !== 'y' || securityReqID === undefined) return undefined;
  const groups = message.groups(146);
  const instruments = groups.map(parseInstrument).filter((entry) => entry !== undefined);
  return {
    securityReqID,
    result: message.get(560) ?? '',
    instruments,
    isLast: message.get(893) !== 'N',
    isComplete: instruments.length === groups.length,
  };
};

const amountOf = (group: FixFieldMap, tag: number): DecimalText | undefined =>
  readDecimalText(group.get(tag) ?? '');

/** Decimals, 0 to 20. */
const decimalsOf = (group: FixFieldMap, tag: number): number => {
  const text = group.get(tag) ?? '';
  return /^\d{1,2}$/.test(text) && Number(text) <= 20 ? Number(text) : Number.NaN;
};

const parseInstrument = (group: FixFieldMap): ListedInstrument | undefined => {
  const symbol = group.get(55)?.toUpperCase() as TradingSymbol | undefined;
  const [tickSize, qtyStep, qtyMin] = [5022, 562, 5011].map((tag) => amountOf(group, tag));
  const qtyMax = amountOf(group, 5012);
  const priceDecimals = decimalsOf(group, 2349);
  const qtyDecimals = decimalsOf(group, 5010);
  if (symbol === undefined || tickSize === undefined || qtyStep === undefined) return undefined;
  if (qtyMin === undefined || Number.isNaN(priceDecimals + qtyDecimals)) return undefined;
  return {
    symbol,
    tickSize,
    qtyStep,
    qtyMin,
    priceDecimals,
    qtyDecimals,
    status: STATUSES[Number(group.get(5032) ?? Number.NaN)] ?? 'Unknown',
    ...defined({ qtyMax }),
  };
};
