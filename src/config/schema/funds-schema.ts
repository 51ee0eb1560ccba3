import {
  amount,
  auditEnd,
  choice,
  count,
  currencyList,
  flag,
  milliseconds,
  publicKey,
  secretReference,
  text,
} from './kinds.ts';

/** Who may move which currencies where. Disabled by default. */
export const FUNDS = {
  enabled: flag(
    'Whether `fathom withdraw` may move money. Needs `rest.origin`, `credentials`, operators, destinations and limits.',
  ).withDefault(false),
  credentials: {
    apiKey: secretReference('REST API key that may move money; used for nothing else'),
    apiSecret: secretReference('REST API secret of that key in base64'),
  },
  account: text(
    'Whose key `credentials` is: a request to move money names this account, and is refused when it names another.',
  ).optional('required when enabled'),
  approvalsMin: count('Different operators who must approve a request.')
    .between(2, 10)
    .withDefault(2),
  proposerMayApprove: flag(
    'Whether the operator who proposed a request may be one of those who approve it.',
  ).withDefault(false),
  auditAccepted: auditEnd(
    'For one start: takes the audit record of the funds as it is, when it has this many lines and ends with this one; the refused start names both. Only after every request was compared with the account log.',
  ).optional('a record that is not as it was left is refused'),
  requestAgeMsMax: milliseconds('A request that was not sent within this time is void.')
    .between(60_000, 604_800_000)
    .withDefault(3_600_000),
};

export const FUNDS_OPERATOR = {
  publicKey: publicKey(
    'Public key of the operator: the line between BEGIN and END that `fathom withdraw keygen` prints.',
  ).required(),
  mayApprove: flag('False: this operator proposes only.').withDefault(true),
};

export const FUNDS_DESTINATION = {
  kind: choice('What moves: a withdrawal goes to the holder’s own Spot wallet only.')
    .of('Withdrawal', 'WalletTransfer', 'SubaccountTransfer')
    .required(),
  from: text(
    'Wallet debited, such as `cash`; `<account uid>/<wallet>` for subaccounts.',
  ).required(),
  to: text('Wallet credited; `spot` for a withdrawal.').required(),
  currencies: currencyList('Currencies that may go there, as the venue writes them.').required(),
};

export const FUNDS_LIMIT = {
  amountMax: amount('Largest amount of one request.').required(),
  amountPerDayMax: amount(
    'Largest amount within any 24 hours, over all destinations; money in doubt counts as gone.',
  ).required(),
};
