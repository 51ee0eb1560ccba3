import { createHash } from 'node:crypto';
import { type DecimalText } from '../../domain/ids.ts';
import { faultOfAscii } from '../../lib/plain-text.ts';
import { type EpochMs } from '../../lib/time.ts';

export const MONEY_KINDS = ['Withdrawal', 'WalletTransfer', 'SubaccountTransfer'] as const;
export type MoneyKind = (typeof MONEY_KINDS)[number];

/**
 * Money that somebody wants to move. Nothing in it changes once it is proposed: the approvals cover
 * all of it.
 */
export interface MoneyRequest {
  /** `M` and a counter, given by the engine. */
  readonly id: string;
  readonly kind: MoneyKind;
  readonly account: string;
  readonly currency: string;
  readonly amount: DecimalText;
  /** Wallet debited, `cash`, `flex` …; for subaccounts `<account uid>/<wallet>`. */
  readonly from: string;
  /**
   * Wallet credited; `spot` for a withdrawal, which the venue sends to the holder's own Spot wallet
   * only.
   */
  readonly to: string;
  readonly proposedBy: string;
  readonly proposedAt: EpochMs;
  /** Approvals and the sending must come before. */
  readonly expiresAt: EpochMs;
  /** Absent in requests of versions that took the proposer's name for it: they are never sent. */
  readonly proposal?: ProposalSignature;
}

/** The proposer's signature: only the holder of the private key can have made the proposal. */
export interface ProposalSignature {
  /** Made by the proposer; no two proposals of one proposer have the same. */
  readonly reference: string;
  /** By the proposer's clock. */
  readonly signedAt: EpochMs;
  /** Ed25519 over its text, base64. */
  readonly signature: string;
}

/** What a proposer decides; the rest of a request comes from the engine. */
export interface MoneyTerms extends Omit<
  MoneyRequest,
  'id' | 'amount' | 'proposedAt' | 'expiresAt' | 'proposal'
> {
  readonly amount: string;
}

/** What a proposer signs: every term, in one order, and what makes this proposal the only one. */
const toProposalText = (
  terms: MoneyTerms,
  { reference, signedAt }: Pick<ProposalSignature, 'reference' | 'signedAt'>,
): string =>
  JSON.stringify([
    'fathom money proposal v1',
    terms.kind,
    terms.account,
    terms.currency,
    terms.amount,
    terms.from,
    terms.to,
    terms.proposedBy,
    reference,
    signedAt,
  ]);

/** What an operator reads and signs: every field, in one order, without ambiguity. */
export const toCanonicalText = (request: MoneyRequest): string =>
  JSON.stringify([
    request.proposal === undefined ? 'fathom money request v1' : 'fathom money request v2',
    request.id,
    request.kind,
    request.account,
    request.currency,
    request.amount,
    request.from,
    request.to,
    request.proposedBy,
    request.proposedAt,
    request.expiresAt,
    ...(request.proposal === undefined
      ? []
      : [request.proposal.reference, request.proposal.signedAt]),
  ]);

const REFERENCE = /^[0-9A-Za-z_-]{16,64}$/;
const TEXT_LENGTH_MAX = 64;
const AMOUNT = /^-?(?:0|[1-9]\d{0,17})(?:\.\d{1,18})?$/;

/**
 * Why a request cannot be shown to somebody who is to sign it: a text with a character that a
 * terminal obeys, that is not seen, or that looks like another one; an amount that is no plain
 * decimal number. `undefined` when there is nothing of the kind.
 */
export const faultOfMoneyTexts = (request: MoneyRequest): string | undefined => {
  const { id, kind, account, currency, amount, from, to, proposedBy } = request;
  const texts = { id, kind, account, currency, from, to, proposedBy };
  for (const [name, value] of Object.entries(texts)) {
    const fault =
      typeof value === 'string' ? faultOfAscii(value, TEXT_LENGTH_MAX) : 'is not a text';
    if (fault !== undefined) return `${name} ${fault}`;
  }
  if (request.proposal !== undefined && !isPlainProposal(request.proposal))
    return 'the reference or the time of the proposal is none';
  return AMOUNT.test(amount) ? undefined : 'the amount is no plain decimal number';
};

const isPlainProposal = ({ reference, signedAt }: ProposalSignature): boolean =>
  REFERENCE.test(reference) && Number.isSafeInteger(signedAt) && Math.abs(signedAt) <= 8.64e15;

/** SHA-256 of the canonical text, hex. */
export const digestOf = (request: MoneyRequest): string => sha256(toCanonicalText(request));

/** SHA-256 of what a proposer signs, hex. */
export const proposalDigestOf = (
  terms: MoneyTerms,
  mark: Pick<ProposalSignature, 'reference' | 'signedAt'>,
): string => sha256(toProposalText(terms, mark));

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** What an operator signs: to let it go, or to settle a doubt one way. */
export type Verdict = 'Approve' | 'ResolveDone' | 'ResolveNotDone';
