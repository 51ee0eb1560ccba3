import { type VenueExecID } from '../../domain/ids.ts';
import { type Fact } from '../fact.ts';
import { type Execution } from '../state.ts';

/** The execution that a fact books or changes, under the first ExecID of its chain. */
export const executionsAfter = (
  fact: Fact,
  corrected: Execution | undefined,
): readonly (readonly [VenueExecID, Execution])[] => {
  switch (fact.type) {
    case 'OrderFilled': {
      const { orderID, execID, venueExecID, lastQty, lastPx, at } = fact;
      const { tradeID, fee, feeCurrency, liquidity } = fact;
      const execution: Execution = {
        ...{ orderID, execID, venueExecID, lastQty, lastPx, at, canceled: false },
        ...(tradeID === undefined ? {} : { tradeID }),
        ...(fee === undefined ? {} : { fee }),
        ...(feeCurrency === undefined ? {} : { feeCurrency }),
        ...(liquidity === undefined ? {} : { liquidity }),
      };
      return [[venueExecID, execution]];
    }
    case 'TradeCorrected':
      return corrected === undefined
        ? []
        : [[fact.rootExecID, { ...corrected, lastQty: fact.lastQty, lastPx: fact.lastPx }]];
    case 'TradeCanceled':
      return corrected === undefined ? [] : [[fact.rootExecID, { ...corrected, canceled: true }]];
    default:
      return [];
  }
};
