import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  type Approval,
  makeOperatorKey,
  signVerdict,
} from '../../../../src/kraken/funds/approval.ts';
import { makeAuditSeal } from '../../../../src/kraken/funds/audit-head.ts';
import {
  type AuditPlace,
  type AuditTrail,
  openAuditTrail,
} from '../../../../src/kraken/funds/audit-record.ts';
import { type FundsPolicy } from '../../../../src/kraken/funds/funds-policy.ts';
import {
  makeFundsService,
  type FundsService,
  type Proposal,
} from '../../../../src/kraken/funds/funds-service.ts';
import { type MoneyFact } from '../../../../src/kraken/funds/money-fact.ts';
import {
  type MoneyTerms,
  proposalDigestOf,
  type Verdict,
} from '../../../../src/kraken/funds/money-request.ts';
import {
  type FundsAnswer,
  type RestFundsGateway,
} from '../../../../src/kraken/rest/funds/funds-gateway.ts';
import { type RestLogEntry } from '../../../../src/kraken/rest/history/history-readers.ts';
import { type Result } from '../../../../src/lib/result.ts';
import { Secret } from '../../../../src/lib/secret.ts';
import { epochMs, monotonicMs } from '../../../../src/lib/time.ts';

export const keys = {
  ann: makeOperatorKey(),
  bob: makeOperatorKey(),
  carl: makeOperatorKey(),
  eve: makeOperatorKey(),
};
export type OperatorName = keyof typeof keys;

export const POLICY: FundsPolicy = {
  isEnabled: true,
  account: 'A',
  operators: [
    { name: 'ann', publicKeyPem: keys.ann.publicKeyPem, mayApprove: true },
    { name: 'bob', publicKeyPem: keys.bob.publicKeyPem, mayApprove: true },
    { name: 'carl', publicKeyPem: keys.carl.publicKeyPem, mayApprove: false },
  ],
  destinations: [
    { kind: 'Withdrawal', from: 'cash', to: 'spot', currencies: ['xbt', 'usd'] },
    { kind: 'WalletTransfer', from: 'cash', to: 'flex', currencies: ['usd'] },
    { kind: 'SubaccountTransfer', from: 'main/cash', to: 'sub/flex', currencies: ['usd'] },
  ],
  limits: [
    { currency: 'xbt', amountMax: '1', amountPerDayMax: '1.5' },
    { currency: 'usd', amountMax: '1000', amountPerDayMax: '2000' },
  ],
  approvalsMin: 2,
  proposerMayApprove: false,
  requestAgeMsMax: 3_600_000,
};

export const WITHDRAWAL: MoneyTerms = {
  kind: 'Withdrawal',
  account: 'A',
  currency: 'xbt',
  amount: '0.5',
  from: 'cash',
  to: 'spot',
  proposedBy: 'carl',
};

export interface Bench {
  readonly fundsService: FundsService;
  readonly sent: unknown[];
  readonly alerts: string[];
  /** The facts in the audit record, as they are on the disk. */
  readonly audited: () => readonly MoneyFact[];
  readonly path: string;
  now: number;
  /** Of the clock that nobody sets. */
  monotonic: number;
  answer: () => Promise<FundsAnswer>;
  log: readonly RestLogEntry[] | undefined;
  readonly reopen: (policy?: FundsPolicy) => Promise<Bench>;
}

export const CONFIRMED: FundsAnswer = {
  outcome: { type: 'Confirmed', text: 'success' },
  uid: 'uid-1',
};
export const LOST: FundsAnswer = {
  outcome: { type: 'Unknown', cause: 'Timeout', text: 'no answer', isNovel: false },
};

const open: AuditTrail[] = [];

export const headPathOf = (path: string): string => `${path}.head`;

/** Where a record of the tests lies, with the seal of their funds key. */
export const placeOf = (path: string): AuditPlace => ({
  path,
  headPath: headPathOf(path),
  seal: makeAuditSeal(new Secret('secret of the funds key')),
  at: epochMs(Date.parse('2026-11-22T10:00:00Z')),
});

let proposals = 0;

/** The terms with the signature of who proposes them, by that one's key or another. */
export const signed = (
  terms: MoneyTerms,
  signedAt: number,
  { key = terms.proposedBy as OperatorName, reference = '' } = {},
): Proposal => {
  const mark = {
    reference: reference === '' ? `number-of-the-tests-${(proposals += 1)}` : reference,
    signedAt: epochMs(signedAt),
  };
  const pem = (Object.hasOwn(keys, key) ? keys[key] : keys.carl).privateKeyPem;
  const digest = proposalDigestOf(terms, mark);
  const signature = signVerdict(new Secret(pem), 'Propose', digest);
  return { ...terms, proposal: { ...mark, signature } };
};

/** After each test: the files of its benches. */
export const closeBenches = async (): Promise<void> => {
  for (const audit of open.splice(0)) await audit.close();
};

export const makeBench = async (
  policy: FundsPolicy = POLICY,
  path = join(mkdtempSync(join(tmpdir(), 'fathom-funds-')), 'money.jsonl'),
  now = Date.parse('2026-11-22T10:00:00Z'),
): Promise<Bench> => {
  const opened = await openAuditTrail(placeOf(path));
  if (!opened.ok) throw new Error(opened.error);
  open.push(opened.value.audit);
  const time = { now, monotonic: 0 };
  const sent: unknown[] = [];
  const alerts: string[] = [];
  const send = (money: unknown): Promise<FundsAnswer> => {
    sent.push(money);
    return bench.answer();
  };
  const funds: RestFundsGateway = { transfer: send, transferToSubaccount: send, withdraw: send };
  const fundsService = await makeFundsService({
    policy,
    ...opened.value,
    clock: { wall: () => epochMs(time.now), monotonic: () => monotonicMs(time.monotonic) },
    funds,
    readLog: () => Promise.resolve(bench.log),
    alert: (text) => alerts.push(text),
  });
  const bench: Bench = {
    fundsService,
    sent,
    alerts,
    path,
    get now() {
      return time.now;
    },
    set now(value) {
      time.now = value;
    },
    get monotonic() {
      return time.monotonic;
    },
    set monotonic(value) {
      time.monotonic = value;
    },
    answer: () => Promise.resolve(CONFIRMED),
    log: [],
    audited: () =>
      readFileSync(path, 'utf8')
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { fact: MoneyFact }).fact),
    reopen: (next = policy) => makeBench(next, path, bench.now),
  };
  return bench;
};

/** `operator` signs what the service shows, with the key of `key`. */
export const voice = (
  { fundsService }: Bench,
  id: string,
  operator: string,
  {
    key = operator as OperatorName,
    verdict = 'Approve',
  }: { readonly key?: OperatorName; readonly verdict?: Verdict } = {},
): Approval => {
  const digest = fundsService.dryRun(id)?.digest ?? '';
  const secret = new Secret(keys[key].privateKeyPem);
  return { operator, verdict, digest, signature: signVerdict(secret, verdict, digest) };
};

/** A proposed request with the approvals named. */
export const propose = async (
  bench: Bench,
  approvers: readonly OperatorName[] = [],
  terms: MoneyTerms = WITHDRAWAL,
): Promise<string> => {
  const proposed = await bench.fundsService.propose(signed(terms, bench.now));
  if (!proposed.ok) throw new Error(proposed.error);
  const { id } = proposed.value.request;
  for (const operator of approvers) {
    const approved = await bench.fundsService.approve(id, voice(bench, id, operator));
    if (!approved.ok) throw new Error(approved.error);
  }
  return id;
};

export const reason = (result: Result<unknown, string>): string =>
  result.ok ? '(allowed)' : result.error;

/** Nothing left, the refusal is the last line of the audit record on the disk. */
export const expectDenied = (bench: Bench, result: Result<unknown, string>, why: RegExp): void => {
  expect(reason(result)).to.match(why);
  expect(bench.sent, 'money left').to.have.length(0);
  const last = bench.audited().at(-1);
  expect(last?.type).to.equal('Denied');
  expect(last?.type === 'Denied' && last.reason).to.equal(reason(result));
};
