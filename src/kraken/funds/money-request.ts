import { createHash } from 'node:crypto';
import { type DecimalText } from '../../domain/ids.ts';
import { type EpochMs } from '../../lib/time.ts';

export const MONEY_KINDS = ['Withdrawal', 'WalletTransfer', 'SubaccountTransfer'] as const;
export type MoneyKind = (typeof MONEY_KINDS)[number];

/** Money that somebody wants to move. Nothing in it changes once it is proposed: the approvals cover all of it. */
export interface MoneyRequest {
  /** `M` and a counter, given by the desk. */
  readonly id: string;
  readonly kind: MoneyKind;
  readonly account: string;
  readonly currency: string;
  readonly amount: DecimalText;
  /** Wallet debited, `cash`, `flex` …; for subaccounts `<account uid>/<wallet>`. */
  readonly from: string;
  /** Wallet credited; `spot` for a withdrawal, which the venue sends to the holder's own Spot wallet only. */
  readonly to: string;
  readonly proposedBy: string;
  readonly proposedAt: EpochMs;
  /** Approvals and the sending must come before. */
  readonly expiresAt: EpochMs;
}

/** What an operator reads and signs: every field, in one order, without ambiguity. */
export const toCanonicalText = (request: MoneyRequest): string =>
  JSON.stringify([
    'fathom money request v1',
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
  ]);

/** SHA-256 of the canonical text, hex. */
export const digestOf = (request: MoneyRequest): string =>
  createHash('sha256').update(toCanonicalText(request), 'utf8').digest('hex');

/** What an operator signs: to let it go, or to settle a doubt one way. */
export type Verdict = 'Approve' | 'ResolveDone' | 'ResolveNotDone';
