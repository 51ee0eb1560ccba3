import { type ControlHandler } from '../../control/control-handler.ts';
import { type ControlArgs, type ControlError } from '../../control/control-message.ts';
import { type InputBody } from '../../core/input.ts';
import {
  ENGINE_SCOPE,
  type LimitProposal,
  type LimitRequest,
  type ScopeKey,
  type ThrottleTrip,
} from '../../core/limit.ts';
import { judgeChange, openProposals } from '../../core/risk/limits/limit-changes.ts';
import { type Marks } from '../../core/risk/exposure.ts';
import { type LimitRow, limitRows } from '../../core/risk/limits/limit-usage.ts';
import { type EngineState } from '../../core/state.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type Clock, type EpochMs } from '../../lib/time.ts';
import { type Core } from '../loop/decider.ts';
import { NOT_DURABLE } from '../loop/engine-loop.ts';

/** The limits in force with their use, and what waits for a person. */
export interface LimitsView {
  readonly at: EpochMs;
  readonly limits: readonly LimitRow[];
  /** Looser values that wait for a second person. */
  readonly proposals: readonly LimitProposal[];
  /** Scopes whose new orders are refused since they had too many executions. */
  readonly stopped: readonly ThrottleTrip[];
}

export interface LimitVerbDeps {
  readonly core: Pick<Core, 'limits' | 'usage' | 'positions'>;
  readonly loop: {
    readonly state: EngineState;
    readonly halted: boolean;
    readonly isUnrecorded: boolean;
    readonly notDurable: string | undefined;
    readonly submit: (body: InputBody) => void;
    readonly settled: () => Promise<void>;
  };
  readonly clock: Clock;
  /** By whose names operators know the accounts; the books know them by their sessions. */
  readonly accounts: readonly { readonly account: string; readonly session: string }[];
  /** Current mark prices of the instruments with a position. */
  readonly marks: () => Marks;
}

interface Filter {
  readonly scope?: string | undefined;
  readonly all?: boolean;
}

export const makeLimitsView =
  ({ core, loop, clock, marks, accounts }: LimitVerbDeps) =>
  (asked: Filter = {}): LimitsView => {
    const { state } = loop;
    const at = clock.wall();
    const filter = { ...asked, scope: scopeInBooks(asked.scope, accounts) };
    const named = <T extends { readonly scope: ScopeKey }>(row: T): T => ({
      ...row,
      scope: scopeAsNamed(row.scope, accounts),
    });
    return {
      at,
      limits: limitRows({ state, at, marks: marks() }, core, filter).map(named),
      proposals: openProposals(state, at).map(named),
      stopped: [...state.throttleTrips.values()].map(named),
    };
  };

type Accounts = LimitVerbDeps['accounts'];

/** `account:fund-1` as the books have it, by the name of its session. */
const scopeInBooks = <T extends string | undefined>(scope: T, accounts: Accounts): T => {
  const found = accounts.find(({ account }) => `account:${account}` === scope);
  return (found === undefined ? scope : `account:${found.session}`) as T;
};

const scopeAsNamed = (scope: ScopeKey, accounts: Accounts): ScopeKey => {
  const found = accounts.find(({ session }) => `account:${session}` === scope);
  return found === undefined ? scope : `account:${found.account}`;
};

/**
 * The verbs `limits.list`, and `limits.set`, `propose`, `approve`, `withdraw`, `enable`, which are
 * journaled before they are answered. Each answers with the rows that it touched.
 */
export const makeLimitVerbs = (deps: LimitVerbDeps): Readonly<Record<string, ControlHandler>> => {
  const view = makeLimitsView(deps);
  const change =
    (names: readonly string[], request: (text: Text) => LimitRequest): ControlHandler =>
    async (args) => {
      const text = textsOf(args, names);
      return text.ok ? changed(request(text.value), deps, view) : text;
    };
  return {
    'limits.list': ({ scope, all = false, ...rest }) => {
      const [unknown] = Object.keys(rest);
      if (unknown !== undefined) return bad(`there is no filter ${unknown}`);
      if (typeof all !== 'boolean') return bad('all must be true or false');
      if (scope === undefined) return ok(view({ all }));
      const inBooks = scopeInBooks(String(scope), deps.accounts);
      return typeof scope === 'string' && deps.core.limits.has(inBooks as ScopeKey)
        ? ok(view({ scope, all }))
        : bad(`scope ${String(scope)} is not in the configuration`);
    },
    'limits.set': change(VALUE, (text) => ({ kind: 'set', ...valueOf(text) })),
    'limits.propose': (args) => {
      const { holdsMs, ...rest } = args;
      if (holdsMs !== undefined && typeof holdsMs !== 'number') {
        return bad('holdsMs must be a number of milliseconds');
      }
      const text = textsOf(rest, VALUE);
      if (!text.ok) return text;
      const hold = holdsMs === undefined ? {} : { holdsMs };
      return changed({ kind: 'propose', ...valueOf(text.value), ...hold }, deps, view);
    },
    'limits.approve': change(['proposal', 'by'], ({ proposal = '', by = '' }) => ({
      ...{ kind: 'approve', proposalID: proposal, by },
    })),
    'limits.withdraw': change(['proposal', 'by', 'reason'], (text) => ({
      ...{ kind: 'withdraw', proposalID: text['proposal'] ?? '', ...personOf(text) },
    })),
    'limits.enable': change(['scope', 'by', 'reason'], (text) => ({
      ...{ kind: 'enable', scope: text['scope'] ?? ENGINE_SCOPE, ...personOf(text) },
    })),
  };
};

type Text = Readonly<Record<string, string>>;

const VALUE = ['scope', 'limit', 'value', 'by', 'reason'];

const personOf = ({ by = '', reason = '' }: Text) => ({ by, reason });

const valueOf = (text: Text) => {
  const { scope = ENGINE_SCOPE, limit = '', value = '' } = text;
  return { scope, limit, value, ...personOf(text) };
};

const textsOf = (args: ControlArgs, names: readonly string[]): Result<Text, ControlError> => {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(args)) {
    if (!names.includes(name)) return bad(`there is no argument ${name}`);
    // `openOrdersMax` 50 may come as a number; an amount must be a text to be exact.
    const isText = typeof value === 'string' || Number.isSafeInteger(value);
    if (!isText) return bad(`${name} must be a text`);
    texts[name] = String(value);
  }
  return ok(texts);
};

const bad = (message: string): Result<never, ControlError> =>
  err({ code: 'BAD_ARGUMENT', message });

/** Judged here for the answer, and by the core for the books: the same function, the same state. */
const changed = async (
  asked: LimitRequest,
  { loop, core, clock, accounts }: LimitVerbDeps,
  view: (filter?: Filter) => LimitsView,
): Promise<Result<unknown, ControlError>> => {
  if (loop.isUnrecorded)
    return err({ code: NOT_DURABLE, message: `no limit is changed now: ${loop.notDurable ?? ''}` });
  const at = clock.wall();
  const change =
    'scope' in asked ? { ...asked, scope: scopeInBooks(asked.scope, accounts) } : asked;
  const judged = judgeChange(change, { state: loop.state, at, book: core.limits });
  if (!judged.ok) return judged;
  const proposalID = 'proposalID' in judged.value ? judged.value.proposalID : undefined;
  const proposal = proposalID === undefined ? undefined : loop.state.limitProposals.get(proposalID);
  loop.submit({ type: 'ChangeLimit', change });
  await loop.settled();
  if (loop.halted) return err({ code: 'HALTED', message: 'the engine is halted: see its log' });
  const { scope, limit } = {
    ...('scope' in judged.value ? judged.value : proposal),
    ...('limit' in judged.value ? { limit: judged.value.limit } : {}),
  } as { readonly scope?: string; readonly limit?: string };
  const { limits, proposals, stopped } = view({ scope, all: true });
  const wanted = limit ?? proposal?.limit;
  return ok({
    limits: limits.filter((row) => wanted === undefined || row.limit === wanted),
    proposals: proposals.filter(({ id }) => id === proposalID),
    stopped,
  });
};
