import { type OutboundMessage } from '../../../../fix/codec/fix-message.ts';
import { decimal, decimalToText, ZERO } from '../../../../lib/decimal.ts';
import { type FillView, type TradeView } from '../../../exchange/model/events.ts';
import { miscFee, report, type ReportContext, standingOf } from './trading-reports.ts';

/**
 * A bust (150=H) or a correction (150=G) with ExecRefID(19) of the report that it changes. Kraken
 * documents neither for its reports ([fix 6.1], generic guide only): the layout is that of a fill,
 * with FIX 4.4's reference. A bust repeats the quantity and price that are taken back.
 */
export const tradeChangeReport = (
  context: ReportContext & {
    readonly execType: 'G' | 'H';
    readonly execRefID: string;
    readonly fill: FillView;
    readonly trade: TradeView;
    readonly realAvgPx: boolean;
  },
): OutboundMessage => {
  const { view, order, fill, trade } = context;
  const filled = decimal(view.filled);
  const average = filled.eq(ZERO) ? ZERO : order.grossTradeAmt.div(filled).round(10);
  return report({
    ...context,
    ...standingOf(view),
    clOrdID: order.clOrdID,
    avgPx: context.realAvgPx ? decimalToText(average) : '0.0',
    extra: [
      [19, context.execRefID],
      [31, trade.price],
      [32, trade.size],
      [58, context.execType === 'H' ? 'Trade busted' : 'Trade corrected'],
      [118, decimalToText(decimal(trade.size).times(decimal(trade.price)))],
      ...(context.execType === 'H' ? [] : miscFee(fill)),
      [1003, fill.fillId],
      [5050, fill.fillType === 'maker' ? '0' : '1'],
    ],
  });
};
