import { decimalOf } from '../../domain/decimal-text.ts';
import {
  type DecimalText,
  type OrderID,
  type VenueExecID,
  type VenueOrderID,
} from '../../domain/ids.ts';
import { type VenueExecutionReport } from '../../domain/venue-report.ts';
import { toDecimalText } from '../../lib/decimal-text.ts';
import { ZERO } from '../../lib/decimal.ts';
import { defined } from '../../lib/defined.ts';
import { faultOfAscii, faultOfText } from '../../lib/plain-text.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { epochMs, type EpochMs } from '../../lib/time.ts';
import { applyReport } from '../decide/reports/apply-report.ts';
import { type Draft } from '../decide/draft.ts';
import {
  type DoubtCase,
  type DoubtProposal,
  type DoubtRequest,
  type DoubtSettings,
  type SeenInRound,
} from '../facts/doubt-case.ts';
import { venueCumQty } from '../evolve/venue-orders.ts';
import {
  type DoubtVerdictApproved,
  type DoubtVerdictEnded,
  type DoubtVerdictProposed,
  type OperatorVerdict,
  type Verdict,
} from '../fact.ts';
import { type EngineState, type Order } from '../state.ts';
import { carryOut, namedRow } from './carry-out.ts';
import { judgedOf, type ResolveDeps } from './resolve-doubts.ts';
import { absenceMissing } from './verdict.ts';

/** A verdict that is not taken; `code` is stable. */
interface VerdictRefusal {
  readonly code: string;
  readonly message: string;
}

type VerdictFact = DoubtVerdictProposed | DoubtVerdictApproved | DoubtVerdictEnded;
type Asked<Kind extends DoubtRequest['kind']> = Extract<DoubtRequest, { kind: Kind }>;

interface Judging {
  readonly state: EngineState;
  readonly at: EpochMs;
  readonly settings: DoubtSettings;
}

const NAME_LENGTH_MAX = 64;
const REASON_LENGTH_MAX = 256;
const PROPOSALS_MAX = 100;

const VERDICTS: Readonly<Record<OperatorVerdict, Verdict>> = {
  absent: 'ABSENT(full)',
  live: 'LIVE',
  canceled: 'CLOSED-CANCELED',
  filled: 'CLOSED-FILLED',
  rejected: 'REJECTED',
};

/**
 * What becomes of an operator's word about an order in doubt: a proposal of one person, carried out
 * when a second one approves it. Nobody may say what evidence contradicts.
 */
export const judgeDoubtRequest = (
  request: DoubtRequest,
  judging: Judging,
): Result<VerdictFact, VerdictRefusal> => {
  const fault = faultOfPerson(request, judging.settings);
  if (fault !== undefined) return err(fault);
  switch (request.kind) {
    case 'propose':
      return judgePropose(request, judging);
    case 'approve':
      return judgeApprove(request, judging);
    case 'withdraw': {
      const found = proposalOf(request.proposalID, judging);
      if (!found.ok) return found;
      const { by, reason } = trimmed(request);
      const { id: proposalID } = found.value;
      return ok({ type: 'DoubtVerdictEnded', at: judging.at, proposalID, by, reason });
    }
  }
};

const refuse = (code: string, message: string): Result<never, VerdictRefusal> =>
  err({ code, message });

const trimmed = ({ by, reason }: { readonly by: string; readonly reason: string }) => ({
  by: by.trim(),
  reason: reason.trim(),
});

const faultOfPerson = (
  request: DoubtRequest,
  { operators }: DoubtSettings,
): VerdictRefusal | undefined => {
  const by = request.by.trim();
  const name = faultOfAscii(by, NAME_LENGTH_MAX);
  if (name !== undefined) return { code: 'PERSON_MISSING', message: `by: the name ${name}` };
  if (operators?.has(by) === false) {
    return { code: 'NOT_AN_OPERATOR', message: `${by} is not among doubts.operators` };
  }
  if (request.kind === 'approve') return undefined;
  const reason = faultOfText(request.reason.trim(), REASON_LENGTH_MAX);
  if (reason !== undefined) {
    return { code: 'REASON_MISSING', message: `reason: the text ${reason}` };
  }
  if (request.kind === 'withdraw') return undefined;
  const evidence = faultOfText(request.evidence.trim(), REASON_LENGTH_MAX);
  return evidence === undefined
    ? undefined
    : { code: 'EVIDENCE_MISSING', message: `evidence: the text ${evidence}` };
};

interface Subject {
  readonly order: Order;
  readonly doubt: DoubtCase;
}

const subjectOf = (id: string, { state }: Judging): Result<Subject, VerdictRefusal> => {
  const order = state.orders.get(id.trim() as OrderID);
  const doubt = order === undefined ? undefined : state.doubtCases.get(order.orderID);
  if (order === undefined) return refuse('UNKNOWN_ORDER', `there is no order ${id}`);
  return doubt === undefined
    ? refuse('NOT_IN_DOUBT', `order ${order.orderID} is not in doubt: it is ${order.base}`)
    : ok({ order, doubt });
};

const isVerdict = (text: string): text is OperatorVerdict => Object.hasOwn(VERDICTS, text);

const judgePropose = (
  request: Asked<'propose'>,
  judging: Judging,
): Result<DoubtVerdictProposed, VerdictRefusal> => {
  const { state, at, settings } = judging;
  const subject = subjectOf(request.order, judging);
  if (!subject.ok) return subject;
  const { order } = subject.value;
  const { verdict } = request;
  if (!isVerdict(verdict)) {
    const names = Object.keys(VERDICTS).join(', ');
    return refuse('BAD_VERDICT', `verdict: must be one of ${names}`);
  }
  const amounts = amountsOf(request);
  if (!amounts.ok) return amounts;
  const said = { verdict, ...amounts.value };
  const against = contradiction(subject.value, said, judging);
  if (against !== undefined) return err(against);
  if (openDoubtProposals(state, at).length >= PROPOSALS_MAX) {
    return refuse('TOO_MANY_PROPOSALS', `${PROPOSALS_MAX} proposals wait already`);
  }
  return ok({
    ...{ type: 'DoubtVerdictProposed', at, proposalID: `V${state.doubtProposalsMade + 1}` },
    ...{ orderID: order.orderID, session: order.session, ...said, ...trimmed(request) },
    evidence: request.evidence.trim(),
    expiresAt: epochMs(at + settings.proposalMsMax),
  });
};

interface SaidAmounts {
  readonly lastPx?: DecimalText;
  readonly venueOrderID?: VenueOrderID;
}

type Said = SaidAmounts & { readonly verdict: OperatorVerdict };

const amountsOf = ({
  verdict,
  price,
  venueOrder,
}: Asked<'propose'>): Result<SaidAmounts, VerdictRefusal> => {
  const lastPx = price === undefined ? undefined : toDecimalText(price.trim());
  const isBad =
    price !== undefined && (lastPx === undefined || !decimalOf(lastPx as DecimalText).gt(ZERO));
  if (isBad) return refuse('BAD_PRICE', 'price: must be a decimal above 0');
  if (verdict === 'filled' && lastPx === undefined) {
    return refuse('PRICE_MISSING', 'price: a fill needs the price at which it was made');
  }
  if (verdict !== 'filled' && lastPx !== undefined) {
    return refuse('BAD_PRICE', `price: ${verdict} has none`);
  }
  const fault =
    venueOrder === undefined ? undefined : faultOfAscii(venueOrder.trim(), NAME_LENGTH_MAX);
  if (fault !== undefined) return refuse('BAD_VENUE_ORDER', `venue order: the id ${fault}`);
  const venueOrderID = venueOrder?.trim() as VenueOrderID | undefined;
  return ok(defined({ lastPx: lastPx as DecimalText | undefined, venueOrderID }));
};

/** Why nobody may say this of the order: what is known says otherwise, or is not enough. */
const contradiction = (
  subject: Subject,
  said: Said,
  judging: Judging,
): VerdictRefusal | undefined => {
  const { order, doubt } = subject;
  if (
    said.venueOrderID !== undefined &&
    (order.venueOrderID ?? said.venueOrderID) !== said.venueOrderID
  ) {
    return against(`the venue calls order ${order.orderID} ${order.venueOrderID ?? ''}`);
  }
  if (said.verdict === 'absent' || said.verdict === 'rejected') {
    return contradictsAbsence(subject, said, judging);
  }
  const rows = newestRows(doubt);
  if ((said.venueOrderID ?? order.venueOrderID ?? rows[0]?.venueOrderID) === undefined) {
    return { code: 'VENUE_ORDER_MISSING', message: 'venue order: the id that the venue gave it' };
  }
  return contradictsRows(order, said, rows);
};

const against = (message: string): VerdictRefusal => ({ code: 'CONTRADICTS_EVIDENCE', message });

const contradictsAbsence = (
  { order, doubt }: Subject,
  { verdict }: Said,
  { state, at, settings }: Judging,
): VerdictRefusal | undefined => {
  const trace = traceOf(order, doubt, newestRows(doubt));
  if (trace !== undefined) return against(trace);
  const judged = judgedOf(state, { order, doubt, at }, settings);
  if (judged.positions === 'differ') {
    return against(`the position in ${order.terms.symbol} is not the sum of our executions`);
  }
  if (verdict === 'rejected') return undefined;
  const missing = settings.canAsk(order.session) ? absenceMissing(judged) : deadOf(judged);
  return missing.length > 0
    ? { code: 'NOT_PROVEN_YET', message: `still missing: ${missing.join('; ')}` }
    : undefined;
};

const deadOf = ({ deadSince, doubt }: ReturnType<typeof judgedOf>): readonly string[] =>
  deadSince === undefined && doubt.doubt !== 'D2r'
    ? ['the end of the connection on both sides']
    : [];

/** Rows of the last round that has any. */
const newestRows = ({ seen }: DoubtCase): readonly SeenInRound[] => {
  const own = seen.filter(({ isGuess }) => isGuess !== true);
  const newest = own.reduce((most, { round }) => Math.max(most, round), 0);
  return own.filter(({ round }) => round === newest);
};

const traceOf = (
  order: Order,
  { seen }: DoubtCase,
  rows: readonly SeenInRound[],
): string | undefined => {
  const { orderID, attempt, venueOrderID, cumQty } = order;
  const [row] = rows.length > 0 ? rows : seen.filter(({ isGuess }) => isGuess !== true);
  if (row !== undefined)
    return `round ${row.round} ${row.view} has it: ${row.status}, ${row.venueOrderID}`;
  if (cumQty !== '0') return `order ${orderID} has filled ${cumQty}`;
  return attempt?.answered === true || venueOrderID !== undefined
    ? `the venue acknowledged order ${orderID} as ${venueOrderID ?? 'its own'}`
    : undefined;
};

const contradictsRows = (
  order: Order,
  { verdict }: Said,
  rows: readonly SeenInRound[],
): VerdictRefusal | undefined => {
  const open = rows.find(({ status }) => status === 'open');
  const ended = rows.find(({ status }) => status !== 'open' && status !== 'known');
  if (verdict === 'live') {
    return ended === undefined ? undefined : against(said(ended));
  }
  if (open !== undefined) return against(said(open));
  if (verdict === 'filled') {
    return ended === undefined || ended.status === 'filled' ? undefined : against(said(ended));
  }
  if (ended?.status === 'filled') return against(said(ended));
  const most = rows.find(({ cumQty }) => cumQty !== undefined && isMoreThanBooked(order, cumQty));
  return most === undefined
    ? undefined
    : against(`${said(most)}, and ${venueCumQty(order).toFixed()} are booked: fills are missing`);
};

const isMoreThanBooked = (order: Order, cumQty: DecimalText): boolean =>
  decimalOf(cumQty).gt(venueCumQty(order));

const said = ({ round, view, status, cumQty }: SeenInRound): string =>
  `round ${round} ${view} has it: ${status}${cumQty === undefined ? '' : `, filled ${cumQty}`}`;

export const openDoubtProposals = (
  { doubtProposals }: EngineState,
  at: EpochMs,
): readonly DoubtProposal[] =>
  [...doubtProposals.values()].filter(({ expiresAt }) => at < expiresAt);

const proposalOf = (id: string, { state, at }: Judging): Result<DoubtProposal, VerdictRefusal> => {
  const proposal = state.doubtProposals.get(id.trim());
  if (proposal === undefined) return refuse('UNKNOWN_PROPOSAL', `there is no proposal ${id}`);
  return at < proposal.expiresAt
    ? ok(proposal)
    : refuse('PROPOSAL_EXPIRED', `proposal ${id} was not approved in time`);
};

const judgeApprove = (
  request: Asked<'approve'>,
  judging: Judging,
): Result<DoubtVerdictApproved, VerdictRefusal> => {
  const found = proposalOf(request.proposalID, judging);
  if (!found.ok) return found;
  const proposal = found.value;
  const by = request.by.trim();
  if (nameKey(by) === nameKey(proposal.by)) {
    return refuse('SAME_PERSON', `${proposal.by} proposed it: another person must approve it`);
  }
  const subject = subjectOf(proposal.orderID, judging);
  if (!subject.ok) return subject;
  const against = contradiction(subject.value, proposal, judging);
  if (against !== undefined) return err(against);
  return ok({ type: 'DoubtVerdictApproved', at: judging.at, proposalID: proposal.id, by });
};

/** One person under two spellings is one person. */
const nameKey = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s._-]/g, '');

/** Takes an operator's request, and carries an approved verdict out. */
export const settleByOperator = (draft: Draft, request: DoubtRequest, deps: ResolveDeps): void => {
  const { state, at } = draft;
  endExpired(draft);
  const judged = judgeDoubtRequest(request, { state, at, settings: deps.settings });
  if (!judged.ok) return;
  draft.add(judged.value);
  if (judged.value.type !== 'DoubtVerdictApproved') return;
  const proposal = state.doubtProposals.get(judged.value.proposalID);
  const order = proposal === undefined ? undefined : draft.order(proposal.orderID);
  const doubt = order === undefined ? undefined : state.doubtCases.get(order.orderID);
  if (proposal === undefined || order === undefined || doubt === undefined) return;
  const { by, verdict, reason, id } = proposal;
  const detail = `order ${order.orderID} is ${verdict} by the word of ${by} and ${judged.value.by} (${id}): ${reason}; evidence: ${proposal.evidence}`;
  draft.alert('warning', 'OPERATOR_VERDICT', detail, order.orderID);
  if (verdict === 'filled') bookFill(draft, order, proposal, deps);
  const row = namedRow(order, proposal.venueOrderID ?? doubt.seen[0]?.venueOrderID);
  const evidence = [`operators ${by} and ${judged.value.by}, ${id}: ${proposal.evidence}`];
  const after = draft.order(order.orderID) ?? order;
  const proven = { verdict: VERDICTS[verdict], evidence, doubt, channel: 'operator' as const };
  carryOut(draft, after, { ...proven, ...defined({ row }) }, deps);
};

/** Proposals that nobody approved in time are over. */
const endExpired = (draft: Draft): void => {
  const { state, at } = draft;
  for (const { id: proposalID, expiresAt } of state.doubtProposals.values()) {
    if (at < expiresAt) continue;
    const reason = 'not approved in time';
    draft.add({ type: 'DoubtVerdictEnded', at, proposalID, by: 'engine', reason });
  }
};

/** What was open of the order, as one execution at the price that two persons name. */
const bookFill = (
  draft: Draft,
  order: Order,
  { id, lastPx, venueOrderID: named }: DoubtProposal,
  deps: ResolveDeps,
): void => {
  const doubt = draft.state.doubtCases.get(order.orderID);
  const venueOrderID = named ?? order.venueOrderID ?? doubt?.seen[0]?.venueOrderID;
  if (lastPx === undefined || venueOrderID === undefined) return;
  const { orderQty, symbol, side } = order.terms;
  const lastQty = decimalOf(orderQty).minus(decimalOf(order.cumQty));
  if (!lastQty.gt(ZERO)) return;
  const cumQty = venueCumQty(order, venueOrderID).plus(lastQty);
  const report: VenueExecutionReport = {
    ...{ type: 'ExecutionReport', execID: `operator:${id}` as VenueExecID, venueOrderID },
    ...{ execType: 'Trade', ordStatus: 'Filled', symbol, side, lastPx },
    ...{ lastQty: lastQty.toFixed() as DecimalText, cumQty: cumQty.toFixed() as DecimalText },
    leavesQty: '0' as DecimalText,
    ...defined({ clOrdID: order.venueClOrdID }),
  };
  const epoch = draft.state.routes.get(order.session)?.epoch ?? 0;
  const source = { channel: 'operator', session: order.session, epoch } as const;
  applyReport(draft, report, { ...source, possDup: false, possResend: false }, deps);
};
