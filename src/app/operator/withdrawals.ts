import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Config, type FundsConfig } from '../../config/config.ts';
import { type ControlHandler } from '../../control/control-handler.ts';
import { makeAuditSeal } from '../../kraken/funds/audit-head.ts';
import { openAuditTrail } from '../../kraken/funds/audit-record.ts';
import { faultOfPolicy, type FundsPolicy } from '../../kraken/funds/funds-policy.ts';
import { makeFundsService } from '../../kraken/funds/funds-service.ts';
import { makeMoneyVerbs, type MoneyVerbs } from '../../kraken/funds/money-verbs.ts';
import { type AccountBudgets } from '../../kraken/rate-budget.ts';
import { makeRestFundsGateway } from '../../kraken/rest/funds/funds-gateway.ts';
import {
  makeRestHistoryGateway,
  type RestHistoryGateway,
} from '../../kraken/rest/history/history-gateway.ts';
import { type RestLogEntry } from '../../kraken/rest/history/history-readers.ts';
import { makeRawClient } from '../../kraken/rest/raw-client.ts';
import { defined } from '../../lib/defined.ts';
import { type Lease, takeLease } from '../../lib/files/lease-lock.ts';
import { takeName } from '../../lib/files/name-lock.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type Secret } from '../../lib/secret.ts';
import { type Clock, epochMs, type Timers } from '../../lib/time.ts';
import { type Logger } from '../../observability/logger.ts';
import { makeLockFolder } from '../lock-folder.ts';
import { restSettingsOf } from '../venue-view/rest-access.ts';

/** `withdraw.*` on the control socket of a running engine. */
export interface Withdrawals {
  readonly handlers: Readonly<Record<string, ControlHandler>>;
  /** Breaks a sending in flight, which leaves its money in doubt, and closes the audit record. */
  readonly close: () => Promise<void>;
}

export interface WithdrawalsDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
  readonly logger: Logger;
  /** The pools of a key, shared by everybody who uses it. */
  readonly budgetsOf: (apiKey: Secret) => AccountBudgets;
}

/** Below `engine.dataDir`, whose journal lock also keeps a second engine away from it. */
const auditPathOf = ({ engine }: Config): string => join(engine.dataDir, 'funds', 'audit.jsonl');

/** Outside the record's folder: who clears or restores that one has not the other as well. */
const auditHeadPathOf = ({ engine }: Config): string =>
  join(engine.dataDir, 'funds-audit-head.json');

/**
 * Withdrawals when funds are configured; else handlers that refuse and say why.
 */
export const openWithdrawals = async (
  config: Config,
  deps: WithdrawalsDeps,
): Promise<Result<Withdrawals, string>> => {
  const { rest, funds } = config;
  if (!funds.enabled || rest === undefined || funds.credentials === undefined)
    return ok({ handlers: makeClosedVerbs(), close: () => Promise.resolve() });
  const policy = toPolicy(funds);
  const fault = faultOfPolicy(policy);
  if (fault !== undefined) return err(`funds: ${fault}`);
  const lock = await lockFundsKey(funds.credentials.apiKey, deps.logger);
  if (!lock.ok) return lock;
  const opened = await openAuditTrail({
    path: auditPathOf(config),
    headPath: auditHeadPathOf(config),
    keyHeadPath: lock.value.keyHeadPath,
    seal: makeAuditSeal(funds.credentials.apiSecret),
    ...defined({ accepted: funds.auditAccepted }),
    at: deps.clock.wall(),
  });
  if (!opened.ok) {
    lock.value.release();
    return err(`funds: ${opened.error}`);
  }
  const { acceptedFault } = opened.value;
  if (acceptedFault !== undefined)
    deps.logger.warn(
      `the audit record was taken as it is, by funds.auditAccepted: ${acceptedFault}`,
      { code: 'AUDIT_RECORD_ACCEPTED' },
    );
  const { client, close } = makeRawClient(restSettingsOf(rest, funds.credentials), {
    ...deps,
    budgets: deps.budgetsOf(funds.credentials.apiKey),
  });
  const history = makeRestHistoryGateway(client);
  const fundsService = await makeFundsService({
    policy,
    ...opened.value,
    clock: deps.clock,
    funds: makeRestFundsGateway(client),
    readLog: (sinceMs) => readWholeLog(history, sinceMs),
    alert: (text) => {
      deps.logger.error(text, { code: 'MONEY_IN_DOUBT' });
    },
  });
  const expiry = repeat(deps.timers, () => fundsService.expireOverdue());
  const { handlers, settled } = countRunning(makeMoneyVerbs(fundsService));
  return ok({
    handlers: whileHeld(handlers, lock.value.lost),
    close: async () => {
      await close();
      await settled();
      await expiry.stop();
      await opened.value.audit.close();
      lock.value.release();
    },
  });
};

const toPolicy = (funds: FundsConfig): FundsPolicy => ({
  isEnabled: funds.enabled,
  operators: funds.operators.map(({ name, publicKey, mayApprove }) => ({
    name,
    mayApprove,
    publicKeyPem: `-----BEGIN PUBLIC KEY-----\n${publicKey}\n-----END PUBLIC KEY-----\n`,
  })),
  account: funds.account ?? '',
  destinations: funds.destinations,
  limits: funds.limits,
  approvalsMin: funds.approvalsMin,
  proposerMayApprove: funds.proposerMayApprove,
  requestAgeMsMax: funds.requestAgeMsMax,
});

const MONEY_VERBS = [
  ...['withdraw.list', 'withdraw.show', 'withdraw.propose', 'withdraw.approve'],
  ...['withdraw.cancel', 'withdraw.send', 'withdraw.investigate', 'withdraw.resolve'],
];

const WITHDRAWALS_OFF = {
  code: 'WITHDRAWALS_OFF',
  message: 'withdrawals are off: this engine was started without funds.enabled',
};

const makeClosedVerbs = (): Readonly<Record<string, ControlHandler>> =>
  Object.fromEntries(MONEY_VERBS.map((verb) => [verb, () => err(WITHDRAWALS_OFF)]));

/** The audit record must stay open until the last verb has written its end. */
const countRunning = (verbs: MoneyVerbs) => {
  const running = new Set<Promise<unknown>>();
  const counted = Object.entries(verbs).map(([name, verb]): [string, ControlHandler] => [
    name,
    async (args) => {
      const answer = Promise.resolve(verb(args));
      running.add(answer);
      try {
        return await answer;
      } finally {
        running.delete(answer);
      }
    },
  ]);
  const settled = async (): Promise<void> => {
    await Promise.allSettled(running);
  };
  return { handlers: Object.fromEntries(counted), settled };
};

const LOG_PAGE = 500;
const LOG_PAGES_MAX = 40;

/**
 * Ascending until an empty page; `undefined` when a page fails, is incomplete, or there is no end
 * to them.
 */
const readWholeLog = async (
  history: RestHistoryGateway,
  sinceMs: number,
): Promise<readonly RestLogEntry[] | undefined> => {
  const entries: RestLogEntry[] = [];
  let fromID: number | undefined;
  for (let page = 0; page < LOG_PAGES_MAX; page += 1) {
    const from = defined({ fromID });
    const since = epochMs(Math.floor(sinceMs));
    const read = await history.accountLog({ since, sort: 'asc', count: LOG_PAGE, ...from });
    if (!read.ok || !read.value.isComplete) return undefined;
    const found = read.value.value.entries;
    const last = found.at(-1);
    if (last === undefined) return entries;
    entries.push(...found);
    fromID = Number(last.id) + 1;
    if (!Number.isSafeInteger(fromID)) return undefined;
  }
  return undefined;
};

const EXPIRY_CHECK_MS = 60_000;

/** Every minute, one after the other; `stop` waits for the one that runs. */
const repeat = (timers: Timers, step: () => Promise<void>): { stop: () => Promise<void> } => {
  let running = Promise.resolve();
  let isStopped = false;
  const arm = (): { readonly cancel: () => void } =>
    timers.set(EXPIRY_CHECK_MS, () => {
      running = step()
        // The record could not be written: the next verb says so.
        .catch(() => undefined)
        .then(() => {
          if (!isStopped) timer = arm();
        });
    });
  let timer = arm();
  return {
    stop: async () => {
      isStopped = true;
      timer.cancel();
      await running;
    },
  };
};

interface FundsKeyLock extends Pick<Lease, 'lost' | 'release'> {
  /** Where the record of this key ends, outside of any data folder. */
  readonly keyHeadPath: string;
}

/**
 * One engine per funds key on this machine, of whatever user, and wherever else its user's home
 * folder is. The daily limit is counted in the audit record below `engine.dataDir`, so a second
 * engine with a data folder of its own would have a second daily limit.
 */
const lockFundsKey = async (
  apiKey: Secret,
  logger: Logger,
): Promise<Result<FundsKeyLock, string>> => {
  // A digest: the name of the lock file must not disclose the key.
  const digest = createHash('sha256').update(apiKey.reveal(), 'utf8').digest('hex').slice(0, 32);
  const folder = makeLockFolder();
  if (!folder.ok) return err(`funds: ${folder.error}`);
  const lock = await takeLease(join(folder.value, `funds-${digest}.lock`), {
    onNotice: (text) => {
      logger.warn(`funds: ${text}`, { code: 'FUNDS_LOCK' });
    },
  });
  if (!lock.ok) return err(`funds: another engine uses this key: ${lock.error}`);
  const { value: lease } = lock;
  const name = await takeName(`fathom-funds-${digest}`);
  if (!name.ok) {
    lease.release();
    return err(`funds: another engine uses this key: ${name.error}`);
  }
  lease.onLost((reason) => {
    logger.error(`funds: ${reason}. ${LOST_ADVICE}`, { code: 'FUNDS_LOCK' });
  });
  return ok({
    lost: () => lease.lost(),
    release: () => {
      name.value();
      lease.release();
    },
    keyHeadPath: join(folder.value, `funds-${digest}.head.json`),
  });
};

const LOST_ADVICE =
  'No money is moved from here any more: see that no other engine has this key, then start this one again';

/** What only shows something. */
const SHOWS: ReadonlySet<string> = new Set(['withdraw.list', 'withdraw.show']);

/** Nothing is written or sent once another engine may have the key. */
const whileHeld = (
  handlers: Readonly<Record<string, ControlHandler>>,
  lost: Lease['lost'],
): Readonly<Record<string, ControlHandler>> =>
  Object.fromEntries(
    Object.entries(handlers).map(([name, handler]): [string, ControlHandler] => [
      name,
      (args) => {
        const reason = SHOWS.has(name) ? undefined : lost();
        if (reason === undefined) return handler(args);
        return err({ code: 'FUNDS_LOCK_LOST', message: `${reason}. ${LOST_ADVICE}` });
      },
    ]),
  );
