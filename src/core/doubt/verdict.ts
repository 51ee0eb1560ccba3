import { decimalOf, decimalTextOf } from '../../domain/decimal-text.ts';
import { ABSENCE_VIEWS, type EvidenceView, type SeenStatus } from '../../domain/evidence.ts';
import { type DecimalText } from '../../domain/ids.ts';
import { type Decimal, maxDecimal, ZERO } from '../../lib/decimal.ts';
import { type EpochMs } from '../../lib/time.ts';
import {
  type DoubtCase,
  type DoubtSettings,
  type SeenInRound,
  type ViewAnswer,
} from '../facts/doubt-case.ts';
import { isClosedStatus } from '../evolve/lifecycle.ts';
import { venueCumQty } from '../evolve/venue-orders.ts';
import { type Verdict } from '../facts/doubt-facts.ts';
import { type Order } from '../state.ts';

/** Everything that a verdict about one order may rest on. */
export interface Judged {
  readonly order: Order;
  readonly doubt: DoubtCase;
  /** Answers of the last round. It counts when it began after the doubt. */
  readonly round: number;
  readonly roundAt: EpochMs;
  readonly answers: readonly ViewAnswer[];
  readonly at: EpochMs;
  /** What the venue's positions say of the instrument, held against our executions. */
  readonly positions: 'agree' | 'differ' | 'unknown';
  /**
   * When nothing of the lost connection can act any more: a new one was accepted, or the longest
   * time passed in which the venue notices the end and cancels. Absent: not yet.
   */
  readonly deadSince?: EpochMs;
  readonly settings: Pick<DoubtSettings, 'settleMs' | 'roundsGapMs' | 'proofMs' | 'absentFullAuto'>;
}

export type Judgement =
  | {
      readonly verdict: Verdict;
      readonly evidence: readonly string[];
      /** Of LIVE and of the closed ones: the row that says it. */
      readonly row?: SeenInRound;
    }
  | { readonly verdict: 'STILL IN DOUBT'; readonly missing: readonly string[] };

/**
 * What the evidence proves about an order in doubt, by the table of verdicts and nothing beside it.
 * Absence from one view proves nothing, time alone proves nothing, and the sum of executions
 * outranks a quantity that a status says. [routing 4]
 */
export const verdictOf = (judged: Judged): Judgement => {
  const { order } = judged;
  if (isFilled(order)) {
    const sum = `executions ${order.cumQty} of ${order.terms.orderQty}`;
    return { verdict: 'CLOSED-FILLED', evidence: [sum] };
  }
  // A report of the venue that closed the order is the strongest evidence there is.
  if (isClosedByVenue(order)) return closedByReport(order);
  const rows = rowsOfRound(judged);
  const own = rows.filter(({ isGuess }) => isGuess !== true);
  const ends = own.filter(({ status }) => ENDS.has(status));
  const open = own.filter(({ status }) => status === 'open');
  if (ends.length > 0 && open.length > 0) return stillIn(conflict(open, ends));
  if (ends.length > 0) return judgeEnd(judged, own, ends);
  if (open.length > 0) return judgeOpen(judged, own, open);
  if (own.length > 0) return stillIn('the venue has it, and no view says how it stands now');
  return judgeAbsence(judged, rows);
};

const ENDS: ReadonlySet<SeenStatus> = new Set(['filled', 'canceled', 'expired', 'rejected']);

const stillIn = (...missing: readonly string[]): Judgement => ({
  verdict: 'STILL IN DOUBT',
  missing,
});

const isFilled = ({ base }: Order): boolean => base === 'Filled';

const isClosedByVenue = (order: Order): boolean =>
  isClosedStatus(order.base) && order.attempt?.answered === true;

const closedByReport = ({ base }: Order): Judgement => {
  const verdict =
    base === 'Rejected' ? 'REJECTED' : base === 'Expired' ? 'CLOSED-EXPIRED' : 'CLOSED-CANCELED';
  return { verdict, evidence: [`report of the venue: ${base}`] };
};

/** Rows of the last round, when all of it is later than the doubt. */
const rowsOfRound = ({ doubt, round, roundAt }: Judged): readonly SeenInRound[] =>
  roundAt < doubt.barrier ? [] : doubt.seen.filter((row) => row.round === round);

const conflict = (open: readonly SeenInRound[], ends: readonly SeenInRound[]): string =>
  `${viewsOf(open)} calls it open, ${viewsOf(ends)} says that it ended: asked again until they agree`;

const viewsOf = (rows: readonly SeenInRound[]): string => rows.map(({ view }) => view).join(', ');

const evidenceOf = (rows: readonly SeenInRound[]): readonly string[] =>
  rows.map(({ round, view }) => `round ${round} ${view}`);

/** The largest quantity that any view calls filled; `undefined` when none says one. */
const filledIn = (order: Order, rows: readonly SeenInRound[]): Decimal | undefined => {
  const said = rows.flatMap((row) => cumQtyOf(order, row) ?? []);
  const [first, ...others] = said;
  return first === undefined ? undefined : others.reduce(maxDecimal, first);
};

const cumQtyOf = (
  { terms }: Order,
  { cumQty, leavesQty, status }: SeenInRound,
): Decimal | undefined => {
  if (cumQty !== undefined) return decimalOf(cumQty);
  if (status === 'filled') return decimalOf(terms.orderQty);
  // What is left is set to 0 by a cancel in some views, so only an open order is counted by it.
  if (status !== 'open' || leavesQty === undefined) return undefined;
  return maxDecimal(decimalOf(terms.orderQty).minus(decimalOf(leavesQty)), ZERO);
};

const isWhole = ({ answers }: Judged, view: EvidenceView): boolean =>
  answers.some((answer) => answer.view === view && answer.complete);

/** LIVE: it is open, and every fill that the venue counts is booked. */
const judgeOpen = (
  judged: Judged,
  rows: readonly SeenInRound[],
  open: readonly SeenInRound[],
): Judgement => {
  const { order, doubt, roundAt, deadSince } = judged;
  const mayChange = doubt.doubt === 'D6' || doubt.doubt === 'D7' || order.pending.length > 0;
  if (mayChange && (deadSince === undefined || roundAt < deadSince)) {
    return stillIn('it is open, and what the lost connection asked may still reach it');
  }
  if (order.pending.some(({ kind }) => kind === 'cancel')) {
    return stillIn('it is open, and its cancel is not answered');
  }
  const missing = fillsMissing(order, filledIn(order, rows), rows);
  if (missing !== undefined) return stillIn(missing);
  const row = open.find(({ view }) => view === 'openorders') ?? open[0];
  if (row === undefined) return stillIn('no view calls it open');
  if (replaceOutcome(order, row) === 'unclear') {
    return stillIn(
      `a replace is not answered, and ${row.view} shows neither its terms nor the old`,
    );
  }
  return { verdict: 'LIVE', evidence: evidenceOf(open), row };
};

/**
 * What became of a replace that the venue amends in place: the live order has the new terms, or the
 * old ones. `none`: no such replace is under way.
 */
export const replaceOutcome = (
  { terms, pending }: Order,
  row: SeenInRound,
): 'none' | 'old' | 'new' | 'unclear' => {
  const replace = pending.find((one) => isInPlace(one))?.replace;
  if (replace === undefined) return 'none';
  if (isWithTerms(row, replace.terms)) return 'new';
  return isWithTerms(row, terms) ? 'old' : 'unclear';
};

/** A replace that the venue makes on the live order. */
const isInPlace = ({ replace }: Order['pending'][number]): boolean =>
  replace?.step === 'asked' && replace.method !== 'cancelThenNew';

const isWithTerms = (
  { price, stopPx, cumQty, leavesQty }: SeenInRound,
  terms: Order['terms'],
): boolean => {
  if (cumQty === undefined || leavesQty === undefined) return false;
  const qty = decimalOf(cumQty).plus(decimalOf(leavesQty));
  const isPx = (said: DecimalText | undefined, ours: DecimalText | undefined): boolean =>
    ours === undefined || (said !== undefined && decimalOf(said).eq(decimalOf(ours)));
  return (
    qty.eq(decimalOf(terms.orderQty)) && isPx(price, terms.price) && isPx(stopPx, terms.stopPx)
  );
};

const fillsMissing = (
  order: Order,
  filled: Decimal | undefined,
  rows: readonly SeenInRound[],
): string | undefined => {
  if (filled === undefined) return `no view says what it has filled: ${viewsOf(rows)}`;
  const booked = venueCumQty(order, rows[0]?.venueOrderID);
  if (booked.eq(filled)) return undefined;
  const [said, ours] = [decimalTextOf(filled), decimalTextOf(booked)];
  return booked.lt(filled)
    ? `fills: the venue counts ${said}, ${ours} are booked`
    : `fills: ${ours} are booked, and the views still count ${said}`;
};

/** CLOSED or REJECTED: its end, and fills that cover it and add up to what it had. */
const judgeEnd = (
  judged: Judged,
  rows: readonly SeenInRound[],
  ends: readonly SeenInRound[],
): Judgement => {
  const { order } = judged;
  const filled = filledIn(order, rows);
  const missing = fillsMissing(order, filled, rows);
  if (missing !== undefined) return stillIn(missing);
  if (!isWhole(judged, 'fills') && !isWhole(judged, 'history-executions')) {
    return stillIn('no complete view of fills covers its end');
  }
  const isImmediate = order.terms.timeInForce === 'IOC' || order.terms.ordType === 'Market';
  if (ends.some(({ status }) => status === 'filled') && !isImmediate) {
    return stillIn('the venue calls it filled, and its executions do not add up to its quantity');
  }
  const row = ends.at(-1);
  const evidence = evidenceOf(ends);
  const last = row === undefined ? {} : { row };
  switch (row?.status) {
    case 'expired':
      return { verdict: 'CLOSED-EXPIRED', evidence, ...last };
    case 'rejected':
      return filled?.eq(ZERO) === true
        ? { verdict: 'REJECTED', evidence, ...last }
        : stillIn('the venue calls it rejected, and counts fills');
    default:
      return { verdict: 'CLOSED-CANCELED', evidence, ...last };
  }
};

const judgeAbsence = (judged: Judged, rows: readonly SeenInRound[]): Judgement => {
  const { order, doubt } = judged;
  const incomplete = incompleteViews(judged);
  if (order.attempt?.answered !== false || order.venueOrderID !== undefined) {
    return stillIn('the venue had it, and no view says what became of it', ...incomplete);
  }
  if (rows.length > 0) {
    return stillIn(`${viewsOf(rows)} has an order without an id of ours that could be it`);
  }
  if (doubt.seen.length > 0) {
    return stillIn(`an earlier round had a trace of it: ${viewsOf(doubt.seen)}`);
  }
  if (judged.positions === 'differ') {
    return stillIn('the position of the instrument is not the sum of our executions');
  }
  const seq = judgeSequence(judged);
  if (seq !== undefined) return seq;
  return judgeFullAbsence(judged, incomplete);
};

const incompleteViews = ({ answers, doubt, roundAt }: Judged): readonly string[] => {
  if (roundAt < doubt.barrier) return ['no round has been asked since it is in doubt'];
  return ABSENCE_VIEWS.flatMap((view) => {
    const answer = answers.find((one) => one.view === view);
    if (answer?.complete === true) return [];
    return [`${view}: ${answer?.why ?? (answer === undefined ? 'not asked yet' : 'incomplete')}`];
  });
};

/** Undefined: no sequence proof, so that other proofs are looked at. */
const judgeSequence = ({ doubt, settings }: Judged): Judgement | undefined => {
  const { proof } = doubt;
  if (proof === undefined || proof.isVoid) return undefined;
  const earliest = proof.at + settings.proofMs;
  const round = doubt.untraced.find(({ at }) => at >= earliest);
  if (round === undefined) {
    const seconds = settings.proofMs / 1_000;
    return stillIn(`one complete round without a trace, ${seconds} s after the sequence proof`);
  }
  const evidence = [`resend from ${proof.beginSeqNo}`, `round ${round.round} without a trace`];
  return { verdict: 'ABSENT(seq)', evidence };
};

const judgeFullAbsence = (judged: Judged, incomplete: readonly string[]): Judgement => {
  const missing = fullAbsenceMissing(judged, incomplete);
  if (missing.length > 0) return stillIn(...missing);
  const rounds = judged.doubt.untraced.map(({ round }) => `round ${round} without a trace`);
  return { verdict: 'ABSENT(full)', evidence: [...rounds, 'positions agree'] };
};

/** What an operator's word cannot stand for: without these, nobody may call an order absent. */
const fullAbsenceMissing = (judged: Judged, incomplete: readonly string[]): readonly string[] => {
  const { doubt, positions, settings } = judged;
  const views = absenceMissing(judged);
  return [
    ...views,
    ...(views.length > 0 ? incomplete : []),
    ...(positions === 'unknown'
      ? ['the position of the instrument held against our executions']
      : []),
    ...(settings.absentFullAuto ? [] : [`an operator: fathom doubts resolve ${doubt.orderID}`]),
  ];
};

/** The two rounds of ABSENT(full), and the dead transport. */
export const absenceMissing = ({ doubt, deadSince, settings }: Judged): readonly string[] => {
  const { roundsGapMs, settleMs } = settings;
  if (deadSince === undefined && doubt.doubt !== 'D2r') {
    return ['the end of the connection on both sides'];
  }
  const settled = Math.max(doubt.barrier, deadSince ?? doubt.barrier) + settleMs;
  const [first, last] = [doubt.untraced[0], doubt.untraced.at(-1)];
  if (first === undefined || last === undefined) {
    return [`two complete rounds without a trace, the second ${settleMs / 1_000} s after the end`];
  }
  if (last.at < settled || last.at - first.at < roundsGapMs) {
    return [`a second complete round without a trace, from ${new Date(settled).toISOString()}`];
  }
  return [];
};
