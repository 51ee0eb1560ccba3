import { type ClOrdID, type MassCancelID } from '../../domain/ids.ts';
import { defined } from '../../lib/defined.ts';
import { type Effect } from '../effect.ts';
import { routeOf } from '../evolve/order-route.ts';
import {
  type Fact,
  type MassCancelAnsweredAgain,
  type MassCancelIntended,
  type MassCancelRequestRefused,
  type MassCancelRequested,
  type VenueMassCancelIntended,
} from '../fact.ts';

/**
 * What a mass cancel asks of the outside: requests to the venue, the client's answer, to be looked
 * at again. `undefined` for other facts.
 */
export const massCancelEffects = (
  fact: Fact,
  { massCancelTimeoutMs }: { readonly massCancelTimeoutMs: number },
): readonly Effect[] | undefined => {
  switch (fact.type) {
    case 'MassCancelIntended':
    case 'VenueMassCancelIntended':
      return venueRequest(fact, massCancelTimeoutMs);
    case 'MassCancelSettled':
      return [{ type: 'CancelTimer', name: venueTimerOf(fact.clOrdID) }];
    case 'MassCancelRequested':
      return [
        ...(fact.replaces === undefined ? [] : [lookEnds(fact.replaces)]),
        ...acceptedReport(fact),
      ];
    case 'MassCancelAnsweredAgain':
      return acceptedReport(fact);
    case 'MassCancelRequestRefused':
      return [refusedReport(fact)];
    case 'MassCancelUnfinished':
      return [
        { type: 'SetTimer', name: timerOf(fact.massCancelID), afterMs: fact.lookAgainAfterMs },
      ];
    case 'MassCancelCompleted':
      return [lookEnds(fact.massCancelID)];
    default:
      return undefined;
  }
};

const venueRequest = (
  fact: MassCancelIntended | VenueMassCancelIntended,
  timeoutMs: number,
): readonly Effect[] => {
  const { clOrdID, session, symbol } = fact;
  const route = fact.type === 'MassCancelIntended' ? 'FIX' : routeOf(fact);
  return [
    { type: 'SendMassCancel', clOrdID, ...defined({ symbol }), session, route },
    { type: 'SetTimer', name: venueTimerOf(clOrdID), afterMs: timeoutMs },
  ];
};

const venueTimerOf = (clOrdID: ClOrdID): string => `mass:${clOrdID}`;

const timerOf = (massCancelID: MassCancelID): string => `mass-cancel:${massCancelID}`;

const lookEnds = (massCancelID: MassCancelID): Effect => ({
  type: 'CancelTimer',
  name: timerOf(massCancelID),
});

const acceptedReport = (fact: MassCancelRequested | MassCancelAnsweredAgain): readonly Effect[] => {
  const { client, question, massCancelID, affected, at, symbol, account, side } = fact;
  if (client === undefined || question === undefined) return [];
  const text = fact.type === 'MassCancelRequested' ? fact.text : undefined;
  const report = {
    ...{ ...question, massCancelID, massCancelResponse: question.massCancelRequestType },
    ...{ totalAffectedOrders: affected, transactTime: at },
    ...defined({ symbol, account, side, text }),
  };
  return [{ type: 'ReportMassCancel', client, report }];
};

const refusedReport = (fact: MassCancelRequestRefused): Effect => {
  const { client, question, massCancelRejectReason, code, text, at } = fact;
  const { symbol, account, side } = fact;
  const report = {
    ...{ ...question, massCancelResponse: '0', massCancelRejectReason, code, text },
    ...defined({ symbol, account, side }),
    transactTime: at,
  };
  return { type: 'ReportMassCancel', client, report };
};
