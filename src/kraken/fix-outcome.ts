import { type VenueBusinessReject, type VenueSessionReject } from '../domain/venue-report.ts';
import { type Outcome } from './outcome.ts';
import { type RefusalReason } from './outcome-words.ts';

/**
 * The verdict on a Reject(3) or BusinessMessageReject(j). Text(58) decides, the code second: in practice
 * 380=0 carries almost everything (venue reference fix 6.4). A text in no reference is Unknown.
 */
export const classifyFixReject = (report: VenueSessionReject | VenueBusinessReject): Outcome => {
  const text = report.text ?? '';
  // A format check: the message never got to the engine.
  if (report.type === 'SessionReject') return refused('Argument', text);
  const normalized = text.toUpperCase().replace(/[^A-Z0-9]/g, '');
  if (UNPROVEN_TEXTS.some((known) => normalized.includes(known))) return unproven(text);
  for (const [known, reason] of REFUSAL_TEXTS)
    if (normalized.includes(known)) return refused(reason, text, MAY_HAVE_FILLED.has(known));
  const reason = REASON_BY_CODE[report.reason];
  if (reason !== undefined && text === '') return refused(reason, text, report.reason === 101);
  return { type: 'Unknown', cause: 'UnknownText', text: text.slice(0, 200), isNovel: true };
};

/** Texts after upper-casing and stripping all but letters and digits. The first match wins. */
const REFUSAL_TEXTS: readonly (readonly [string, RefusalReason])[] = [
  // The engine's words (fix 6.4, rest 3.5: OrderError).
  ['MARKETSUSPENDED', 'MarketClosed'],
  ['MARKETNOTFOUND', 'UnknownInstrument'],
  ['MARKETINACTIVE', 'MarketClosed'],
  ['LOADINGMARKET', 'MarketClosed'],
  ['MARKETISPOSTONLY', 'MarketPostOnly'],
  ['INVALIDPRICE', 'Price'],
  ['LIMITPRICESETASABSOLUTEANDRELATIVE', 'Price'],
  ['LIMITPRICEOFFSET', 'Price'],
  ['INVALIDQUANTITY', 'Quantity'],
  ['SMALLORDERLIMITEXCEEDED', 'TooManyOrders'],
  ['TRAILINGSTOPORDERLIMITEXCEEDED', 'TooManyOrders'],
  ['ORDERLIMITEXCEEDED', 'TooManyOrders'],
  ['TRAILINGSTOPMAXDEVIATION', 'Price'],
  ['TRAILINGSTOPPERCENTDEVIATION', 'Price'],
  ['TRAILINGSTOPQUOTEDEVIATION', 'Price'],
  ['INSUFFICIENTHEADROOMAROUNDCURRENTPRICE', 'Price'],
  ['NOREFERENCEPRICEAVAILABLE', 'Price'],
  ['MAXPOSITIONEXCEEDED', 'PositionLimit'],
  ['PRICECOLLAR', 'PriceCollar'],
  ['PRICEDISLOCATION', 'PriceDislocation'],
  ['INSUFFICIENTMARGIN', 'Funds'],
  ['INSUFFICIENTCLOSINGMARGIN', 'Funds'],
  ['WOULDCAUSELIQUIDATION', 'Liquidation'],
  ['FIXEDLEVERAGETOOHIGH', 'Leverage'],
  ['CLIENTORDERIDTOOLONG', 'ClOrdIDInvalid'],
  ['POSTWOULDEXECUTE', 'PostWouldExecute'],
  ['IOCWOULDNOTEXECUTE', 'IocWouldNotExecute'],
  ['IOCWOULDENTERBOOK', 'IocWouldNotExecute'],
  ['WOULDEXECUTESELF', 'SelfTrade'],
  ['CANCELLEDBYSELFTRADE', 'SelfTrade'],
  ['WOULDNOTREDUCEPOSITION', 'WouldNotReduce'],
  ['REJECTEDAFTEREXECUTION', 'SelfTrade'],
  ['EDITHASNOEFFECT', 'NoEffect'],
  ['ORDERFORCANCELLATIONNOTFOUND', 'UnknownOrder'],
  ['ORDERFOREDITNOTFOUND', 'UnknownOrder'],
  ['ORDERCANNOTHAVETRIGGERPRICE', 'EditNotAllowed'],
  ['CANNOTEDITTRIGGERPRICEOFTRAILINGSTOP', 'EditNotAllowed'],
  ['CANNOTEDITLIMITPRICEOFTRAILINGSTOP', 'EditNotAllowed'],
  // The gateway's words (fix 4.8 and 6.4, unified 8).
  ['OPENORDERTOCANCELNOTFOUND', 'UnknownOrder'],
  ['UNKNOWNORDER', 'UnknownOrder'],
  ['INSUFFICIENTFUNDS', 'Funds'],
  ['ORDERMINIMUMNOTMET', 'Quantity'],
  ['RATELIMITEXCEEDED', 'RateLimit'],
  ['TOOMANYREQUESTS', 'RateLimit'],
  ['ESERVICETHROTTLED', 'RateLimit'],
  ['EXCEEDEDMSGRATE', 'RateLimit'],
  ['EORDERINVALIDORDER', 'Argument'],
  ['EORDERPOSTONLYORDER', 'PostWouldExecute'],
  ['EGENERALINVALIDARGUMENTS', 'Argument'],
  ['PRICESNOTFOUND', 'Price'],
  ['EAPIINVALIDTOKEN', 'Authentication'],
  ['ESESSIONINVALIDSESSION', 'Authentication'],
  ['EAPIINVALIDKEY', 'Authentication'],
  ['EAPIINVALIDSIGNATURE', 'Authentication'],
  ['EAPIINVALIDNONCE', 'Authentication'],
  ['PERMISSIONDENIED', 'Authentication'],
  ['EGENERALTEMPORARYLOCKOUT', 'Authentication'],
  ['EAUTH', 'Authentication'],
  ['NOAMENDABLEPARAMETERS', 'NoEffect'],
  ['UNSUPPORTEDFIELD', 'Argument'],
  ['CURRENCYPAIRNOTSUPPORTED', 'UnknownInstrument'],
  ['SYMBOLSNOTFOUND', 'UnknownInstrument'],
];

/** The order is not open now, or the refusal came after executions: read the fills. */
const MAY_HAVE_FILLED: ReadonlySet<string> = new Set([
  'WOULDEXECUTESELF',
  'CANCELLEDBYSELFTRADE',
  'REJECTEDAFTEREXECUTION',
  'ORDERFORCANCELLATIONNOTFOUND',
  'ORDERFOREDITNOTFOUND',
  'OPENORDERTOCANCELNOTFOUND',
  'UNKNOWNORDER',
  'EORDERINVALIDORDER',
  'IOCWOULDNOTEXECUTE',
  'IOCWOULDENTERBOOK',
]);

/** Known texts that prove nothing about an order. */
const UNPROVEN_TEXTS: readonly string[] = [
  'CLIENTORDERIDINUSE',
  'ESERVICEUNAVAILABLE',
  'ESERVICEBUSY',
  'ESERVICETIMEOUT',
  'EGENERALINTERNALERROR',
  'EGENERALUNKNOWNERROR',
];

/** BusinessRejectReason(380), only when there is no text. 0 and 4 prove nothing. */
const REASON_BY_CODE: Readonly<Record<number, RefusalReason>> = {
  1: 'UnknownOrder',
  2: 'UnknownInstrument',
  3: 'Argument',
  5: 'Argument',
  6: 'Authentication',
  101: 'UnknownOrder',
  104: 'DeadlinePassed',
};

const refused = (reason: RefusalReason, text: string, mayHaveFilled = false): Outcome => ({
  type: 'Refused',
  reason,
  text: text.slice(0, 200),
  mayHaveFilled,
});

const unproven = (text: string): Outcome => ({
  type: 'Unknown',
  cause: 'Unproven',
  text: text.slice(0, 200),
  isNovel: false,
});
