import { type DryRun } from '../../kraken/funds/funds-service.ts';
import { type MoneyRequest } from '../../kraken/funds/money-request.ts';
import { type MoneyCall } from '../../kraken/funds/preview-money.ts';
import { resultToText } from '../shared/result-text.ts';

/** Where a request stands, as every verb answers it. */
export interface MoneyCaseShown {
  readonly id: string;
  readonly status: string;
  readonly evidence: string;
}

/** The answer of `withdraw.show`: the case, with what an operator needs to decide on it. */
export interface MoneyShown extends MoneyCaseShown {
  readonly request: MoneyRequest;
  readonly dryRun: DryRun & { readonly call?: MoneyCall };
}

/** What an operator signs: every field, and the digest that was computed from them here. */
export const signedToText = (request: MoneyRequest, digest: string): string =>
  resultToText({ ...fieldsOf(request), digest });

/** A request, the call that would be written for it, and what keeps it from being written. */
export const dryRunToText = ({ status, evidence, request, dryRun }: MoneyShown): string => {
  const { approvals, approvalsMin, obstacle, call } = dryRun;
  const who = approvals.length === 0 ? 'nobody' : approvals.join(', ');
  return resultToText({
    ...fieldsOf(request),
    digest: dryRun.digest,
    status,
    ...(evidence !== '' && { evidence }),
    'approved by': `${who}; ${approvalsMin} operators must`,
    'call to the venue':
      call === undefined
        ? 'none: the request cannot be written'
        : `${call.method} ${call.path} ${call.parameters}`,
    'what keeps it': obstacle ?? 'nothing: `send` would write this call',
  });
};

/** After `send`: why it is not certain that the money moved; `undefined` when it did. */
export const unsentToText = ({ id, status, evidence }: MoneyCaseShown): string | undefined => {
  switch (status) {
    case 'Done':
      return undefined;
    case 'NotDone':
      return `no money moved: ${evidence}`;
    default:
      return `MONEY_IN_DOUBT: it may have moved, and is never sent again; look for it with \`fathom withdraw investigate ${id}\``;
  }
};

/**
 * The signed fields, by name. Other fields of the engine's answer are not shown among them.
 */
const fieldsOf = (request: MoneyRequest) => {
  const { id, kind, account, currency, amount, from, to, proposedBy, proposal } = request;
  return {
    ...{ id, kind, account, currency, amount, from, to, proposedBy },
    proposedAt: new Date(request.proposedAt).toISOString(),
    expiresAt: new Date(request.expiresAt).toISOString(),
    ...(proposal !== undefined && {
      signedAt: new Date(proposal.signedAt).toISOString(),
      reference: proposal.reference,
    }),
  };
};
