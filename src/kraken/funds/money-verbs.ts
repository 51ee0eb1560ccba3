import { err, ok, type Result } from '../../lib/result.ts';
import { epochMs } from '../../lib/time.ts';
import { type Approval } from './approval.ts';
import { type FundsService } from './funds-service.ts';
import { type MoneyCase } from './money-fact.ts';
import { type MoneyKind, type Verdict } from './money-request.ts';
import { previewMoney } from './preview-money.ts';

type Args = Readonly<Record<string, string | number | boolean>>;
type Answer = Result<unknown, { readonly code: string; readonly message: string }>;

/** Verbs of the control socket, in the shape of its handlers. */
export type MoneyVerbs = Readonly<Record<string, (args: Args) => Answer | Promise<Answer>>>;

/**
 * `withdraw.*` on the control socket. Keys never travel over it: an operator signs at home and
 * sends the signature. Who proposes and who approves is proven by the signature alone; who sends,
 * cancels or looks is what the caller says in `by`.
 */
export const makeMoneyVerbs = (fundsService: FundsService): MoneyVerbs => ({
  'withdraw.list': () => ok(fundsService.cases().map(toShown)),
  'withdraw.show': async (args) => {
    const id = textOf(args, 'id');
    const money = fundsService.cases().find(({ request }) => request.id === id);
    const dryRun = fundsService.dryRun(id);
    if (money === undefined || dryRun === undefined) return refuse(`no request ${id}`);
    const { request } = money;
    const call = await previewMoney(request);
    return ok({ ...toShown(money), request, dryRun: { ...dryRun, call } });
  },
  'withdraw.propose': async (args) =>
    toAnswer(
      await fundsService.propose({
        // The service judges it, so that a wrong one leaves its line like any other attempt.
        kind: textOf(args, 'kind') as MoneyKind,
        account: textOf(args, 'account'),
        currency: textOf(args, 'currency'),
        amount: textOf(args, 'amount'),
        from: textOf(args, 'from'),
        to: textOf(args, 'to'),
        proposedBy: textOf(args, 'by'),
        proposal: {
          reference: textOf(args, 'reference'),
          signedAt: epochMs(Number(args['signedAt'])),
          signature: textOf(args, 'signature'),
        },
      }),
    ),
  'withdraw.approve': async (args) =>
    toAnswer(await fundsService.approve(textOf(args, 'id'), toApproval(args))),
  'withdraw.cancel': async (args) =>
    toAnswer(await fundsService.cancel(textOf(args, 'id'), textOf(args, 'by'))),
  'withdraw.send': async (args) =>
    toAnswer(await fundsService.send(textOf(args, 'id'), textOf(args, 'by'))),
  'withdraw.investigate': async (args) =>
    toAnswer(await fundsService.investigate(textOf(args, 'id'), textOf(args, 'by'))),
  'withdraw.resolve': async (args) =>
    toAnswer(await fundsService.resolve(textOf(args, 'id'), toApproval(args))),
});

const textOf = (args: Args, name: string): string => String(args[name] ?? '');

const VERDICTS: ReadonlyMap<string, Verdict> = new Map([
  ['Approve', 'Approve'],
  ['ResolveDone', 'ResolveDone'],
  ['ResolveNotDone', 'ResolveNotDone'],
]);

const toApproval = (args: Args): Approval => {
  const verdict = VERDICTS.get(textOf(args, 'verdict'));
  return {
    operator: textOf(args, 'operator'),
    verdict: verdict ?? 'Approve',
    digest: textOf(args, 'digest'),
    // The service refuses a word without its signature, and writes that into the audit record.
    signature: verdict === undefined ? '' : textOf(args, 'signature'),
  };
};

const toShown = ({ request, status, approvals, evidence }: MoneyCase) => ({
  id: request.id,
  status,
  kind: request.kind,
  account: request.account,
  currency: request.currency,
  amount: request.amount,
  from: request.from,
  to: request.to,
  proposedBy: request.proposedBy,
  expiresAt: new Date(request.expiresAt).toISOString(),
  approvals: approvals.map(({ operator }) => operator).join(' '),
  evidence: evidence ?? '',
});

const toAnswer = (result: Result<MoneyCase, string>): Answer =>
  result.ok ? ok(toShown(result.value)) : refuse(result.error);

const refuse = (message: string): Answer => err({ code: 'REFUSED', message });
