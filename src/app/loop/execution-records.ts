import { type ClientExecutionReport, type UnreadableOrderReport } from '../../core/effect.ts';
import { parseDecimalText } from '../../domain/decimal-text.ts';
import { type SessionName, type TradingSymbol } from '../../domain/ids.ts';
import { ordTypeByCode, sideByCode, timeInForceByCode } from '../../domain/fix-codes.ts';
import { type ReportSource } from '../../domain/venue-report.ts';
import { type ExecutionRecord, toNanoseconds } from '../../execution-log/execution-record.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type RecordedFact } from './engine-loop.ts';

export interface RecordContext {
  /** The first trading session: of what was refused before it had an account. */
  readonly tradingSession: SessionName;
  readonly contractTypeOf: (symbol: TradingSymbol) => 'linear' | 'inverse' | undefined;
}

/** The execution log's lines of one fact: one per report to a client. */
export const executionRecordsOf = (
  recorded: RecordedFact,
  context: RecordContext,
): readonly ExecutionRecord[] =>
  recorded.effects.flatMap((effect) => {
    if (effect.type === 'ReportExecution') return [toRecord(recorded, effect.report, context)];
    if (effect.type === 'RefuseUnreadable') return [toRefusal(recorded, effect.report, context)];
    return [];
  });

/** A literal with every field, the absent ones undefined: half as slow as leaving these out. */
const toRecord = (
  { seq, at, fact }: RecordedFact,
  report: ClientExecutionReport,
  context: RecordContext,
): ExecutionRecord => {
  const { terms } = report;
  const source = sourceOf(fact);
  const tJournal = toNanoseconds(at);
  return {
    seq,
    tRecv: source === undefined ? undefined : tJournal,
    tVenue: nanoseconds(report.transactTime),
    tSend: nanoseconds(source?.sentAt),
    tJournal,
    route: report.session,
    connEpoch: source?.epoch,
    sessionId: source?.session,
    msgSeqNum: source?.msgSeqNum,
    possDup: source?.possDup,
    possResend: source?.possResend,
    source: source === undefined ? 'engine' : CHANNEL[source.channel],
    account: report.account,
    strategy: report.strategy,
    clOrdId: report.clientOrderID,
    origClOrdId: report.origClientOrderID,
    attemptId: report.venueClOrdID,
    orderId: report.orderID,
    venueOrderId: report.venueOrderID,
    execId: report.execID,
    venueExecId: report.venueExecID,
    execRefId: report.execRefID,
    execType: report.execType,
    ordStatus: report.ordStatus,
    symbol: terms.symbol,
    contractType: context.contractTypeOf(terms.symbol),
    side: terms.side,
    ordType: terms.ordType,
    tif: terms.timeInForce,
    execInst: execInstOf(terms),
    price: terms.price,
    stopPx: terms.stopPx,
    orderQty: terms.orderQty,
    lastQty: report.lastQty,
    lastPx: report.lastPx,
    cumQty: report.cumQty,
    leavesQty: report.leavesQty,
    avgPx: report.avgPx,
    fee: report.fee,
    feeCcy: report.feeCurrency,
    liquidity: report.liquidity,
    reasonCode: report.code,
    text: report.text,
  };
};

const toRefusal = (
  { seq, at }: RecordedFact,
  report: UnreadableOrderReport,
  context: RecordContext,
): ExecutionRecord => ({
  seq,
  tJournal: toNanoseconds(at),
  route: context.tradingSession,
  source: 'engine',
  account: report.account,
  clOrdId: report.clientOrderID,
  orderId: report.orderID,
  execId: report.execID,
  execType: 'Rejected',
  ordStatus: 'Rejected',
  symbol: report.symbol,
  side: sideByCode.get(report.side) ?? 'Buy',
  ordType: ordTypeByCode.get(report.ordType),
  tif: timeInForceByCode.get(report.timeInForce ?? ''),
  price: amountIn(report.price),
  stopPx: amountIn(report.stopPx),
  orderQty: report.orderQty,
  cumQty: '0',
  leavesQty: '0',
  reasonCode: report.code,
  text: report.text,
});

/** What a client wrote, where it is an amount. */
const amountIn = (text: string | undefined): string | undefined =>
  text === undefined || parseDecimalText(text) === undefined ? undefined : text;

/** Where the report came from; what came from no venue message is the engine's own. */
const sourceOf = (fact: RecordedFact['fact']): ReportSource | undefined =>
  'source' in fact ? fact.source : undefined;

const CHANNEL = {
  fix: 'fix',
  rest: 'rest',
  websocket: 'ws',
  history: 'history',
  operator: 'operator',
} as const;

const nanoseconds = (at: EpochMs | undefined): string | undefined =>
  at === undefined ? undefined : toNanoseconds(at);

const execInstOf = (terms: { postOnly: boolean; reduceOnly: boolean }): string | undefined => {
  const words = [terms.reduceOnly ? 'E' : '', terms.postOnly ? 'P' : ''].filter((w) => w !== '');
  return words.length === 0 ? undefined : words.join(' ');
};
