import { type ControlHandler } from '../../control/control-handler.ts';
import { type ControlArgs, type ControlError } from '../../control/control-message.ts';
import { judgeDoubtRequest, openDoubtProposals } from '../../core/doubt/operator-verdict.ts';
import { judgedOf } from '../../core/doubt/resolve-doubts.ts';
import { verdictOf } from '../../core/doubt/verdict.ts';
import { isFreezing } from '../../core/doubt-class.ts';
import {
  type DoubtCase,
  type DoubtProposal,
  type DoubtRequest,
  type DoubtRound,
  type DoubtSettings,
  type LateWatch,
} from '../../core/facts/doubt-case.ts';
import { type InputBody } from '../../core/input.ts';
import { type EngineState, type Order } from '../../core/state.ts';
import { defined } from '../../lib/defined.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type Clock, type EpochMs } from '../../lib/time.ts';

/** One order in doubt, flat: amounts as exact text, times in milliseconds since the epoch. */
export interface DoubtRow {
  readonly orderID: string;
  readonly client: string;
  /** ClOrdID(11) of the client. */
  readonly clientOrderID: string;
  readonly account: string;
  readonly symbol: string;
  readonly side: string;
  readonly orderQty: string;
  readonly cumQty: string;
  readonly ordStatus: string;
  /** D2 to D7, D2r, or UNCONFIRMED. */
  readonly doubt: string;
  readonly since: EpochMs;
  readonly ageMs: number;
  /** New orders on its instrument are refused on this account, but for those that only reduce. */
  readonly freezesInstrument: boolean;
  readonly venueOrderID?: string;
  /** Rounds of questions so far. */
  readonly rounds: number;
  /** What views have shown of it, and the sequence proof. */
  readonly evidence: readonly string[];
  /** What a verdict still needs. */
  readonly missing: readonly string[];
  /** Its client, where it is an order of a client session. */
  readonly proposal?: string;
}

export interface DoubtsView {
  readonly at: EpochMs;
  readonly doubts: readonly DoubtRow[];
  /** The last round of each account, with the answer of each view. */
  readonly rounds: readonly DoubtRound[];
  /** Accounts whose fills are looked at once more after a lost link (D8). */
  readonly lateFills: readonly LateWatch[];
  /** Verdicts that wait for a second person. */
  readonly proposals: readonly DoubtProposal[];
}

export interface DoubtVerbDeps {
  readonly settings: DoubtSettings;
  readonly loop: {
    readonly state: EngineState;
    readonly halted: boolean;
    readonly submit: (body: InputBody) => void;
    readonly settled: () => Promise<void>;
  };
  readonly clock: Clock;
  /** Account of a trading session, as Account(1) names it. */
  readonly accountOf: (session: string) => string;
}

/** Rows of one answer; of more, the oldest. */
const ROWS_MAX = 1_000;

/**
 * The verbs `doubts.list`, and `doubts.resolve`, `approve`, `withdraw`, which are journaled before
 * they are answered.
 */
export const makeDoubtVerbs = (deps: DoubtVerbDeps): Readonly<Record<string, ControlHandler>> => ({
  'doubts.list': ({ account, ...rest }) => {
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) return bad(`there is no filter ${unknown}`);
    if (account !== undefined && typeof account !== 'string') return bad('account must be a text');
    return ok(viewOf(deps, account));
  },
  'doubts.resolve': (args) =>
    asked(
      args,
      deps,
      ['order', 'verdict', 'by', 'reason', 'evidence', 'price', 'venueOrder'],
      (text) => ({
        kind: 'propose',
        order: text['order'] ?? '',
        verdict: text['verdict'] ?? '',
        ...personOf(text),
        evidence: text['evidence'] ?? '',
        ...defined({ price: text['price'], venueOrder: text['venueOrder'] }),
      }),
    ),
  'doubts.approve': (args) =>
    asked(args, deps, ['proposal', 'by'], (text) => ({
      ...{ kind: 'approve', proposalID: text['proposal'] ?? '', by: text['by'] ?? '' },
    })),
  'doubts.withdraw': (args) =>
    asked(args, deps, ['proposal', 'by', 'reason'], (text) => ({
      ...{ kind: 'withdraw', proposalID: text['proposal'] ?? '', ...personOf(text) },
    })),
});

type Text = Readonly<Record<string, string | undefined>>;

const personOf = ({ by = '', reason = '' }: Text) => ({ by, reason });

const bad = (message: string): Result<never, ControlError> =>
  err({ code: 'BAD_ARGUMENT', message });

const textsOf = (args: ControlArgs, names: readonly string[]): Result<Text, ControlError> => {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(args)) {
    if (!names.includes(name)) return bad(`there is no argument ${name}`);
    if (typeof value !== 'string') return bad(`${name} must be a text`);
    texts[name] = value;
  }
  return ok(texts);
};

/** Judged here for the answer, and by the core for the books: the same function, the same state. */
const asked = async (
  args: ControlArgs,
  deps: DoubtVerbDeps,
  names: readonly string[],
  toRequest: (text: Text) => DoubtRequest,
): Promise<Result<unknown, ControlError>> => {
  const text = textsOf(args, names);
  if (!text.ok) return text;
  const { loop, clock, settings } = deps;
  const request = toRequest(text.value);
  const judged = judgeDoubtRequest(request, { state: loop.state, at: clock.wall(), settings });
  if (!judged.ok) return judged;
  const { proposalID } = judged.value;
  const before = loop.state.doubtProposals.get(proposalID);
  loop.submit({ type: 'SettleDoubt', asked: request });
  await loop.settled();
  if (loop.halted) return err({ code: 'HALTED', message: 'the engine is halted: see its log' });
  const proposal = loop.state.doubtProposals.get(proposalID) ?? before;
  const order = proposal === undefined ? undefined : loop.state.orders.get(proposal.orderID);
  return ok({
    proposal: proposalID,
    outcome: OUTCOME[judged.value.type],
    ...defined({
      orderID: proposal?.orderID,
      verdict: proposal?.verdict,
      ordStatus: order?.base,
      expiresAt: request.kind === 'propose' ? proposal?.expiresAt : undefined,
    }),
  });
};

const OUTCOME = {
  DoubtVerdictProposed: 'waits for a second person',
  DoubtVerdictApproved: 'carried out',
  DoubtVerdictEnded: 'withdrawn',
} as const;

const viewOf = (
  { loop, clock, settings, accountOf }: DoubtVerbDeps,
  account?: string,
): DoubtsView => {
  const { state } = loop;
  const at = clock.wall();
  const isMeant = ({ session }: { readonly session: string }): boolean =>
    account === undefined || accountOf(session) === account || session === account;
  const proposals = openDoubtProposals(state, at).filter(isMeant);
  const rows = [...state.doubtCases.values()].filter(isMeant).slice(0, ROWS_MAX);
  return {
    at,
    doubts: rows.flatMap((doubt) => {
      const order = state.orders.get(doubt.orderID);
      if (order === undefined) return [];
      const proposal = proposals.find(({ orderID }) => orderID === doubt.orderID)?.id;
      const missing = missingOf(state, { order, doubt, at }, settings);
      return [
        {
          ...rowOf(order, doubt, at),
          account: accountOf(order.session),
          missing,
          ...defined({ proposal }),
        },
      ];
    }),
    rounds: [...state.doubtRounds.values()].filter(isMeant),
    lateFills: [...state.lateWatches.values()].filter(isMeant),
    proposals,
  };
};

const missingOf = (
  state: EngineState,
  subject: { readonly order: Order; readonly doubt: DoubtCase; readonly at: EpochMs },
  settings: DoubtSettings,
): readonly string[] => {
  if (!settings.canAsk(subject.order.session)) return [NOBODY_TO_ASK];
  const judgement = verdictOf(judgedOf(state, subject, settings));
  return judgement.verdict === 'STILL IN DOUBT' ? judgement.missing : ['the end of this round'];
};

const NOBODY_TO_ASK =
  'a report over FIX, or an operator: REST is not configured for this account, so nobody can be asked';

const rowOf = (
  order: Order,
  doubt: DoubtCase,
  at: EpochMs,
): Omit<DoubtRow, 'account' | 'missing'> => {
  const { orderID, client, clientOrderID, terms, cumQty, base, venueOrderID } = order;
  return {
    ...{ orderID, client, clientOrderID, cumQty, ordStatus: base, ...defined({ venueOrderID }) },
    ...{ symbol: terms.symbol, side: terms.side, orderQty: terms.orderQty },
    ...{ doubt: doubt.doubt, since: doubt.since, ageMs: Math.max(0, at - doubt.since) },
    freezesInstrument: isFreezing(doubt.doubt),
    rounds: doubt.rounds,
    evidence: evidenceOf(doubt),
  };
};

const evidenceOf = ({ seen, proof, untraced }: DoubtCase): readonly string[] => [
  ...seen.map(
    ({ round, view, status, venueOrderID, cumQty, isGuess }) =>
      `round ${round} ${view}: ${isGuess === true ? 'perhaps it, ' : ''}${status}, ${venueOrderID}${cumQty === undefined ? '' : `, filled ${cumQty}`}`,
  ),
  ...untraced.map(({ round }) => `round ${round}: complete, without a trace`),
  ...(proof === undefined
    ? []
    : [
        `resend asked from ${proof.beginSeqNo}, sent as ${proof.msgSeqNum}${proof.isVoid ? ': void' : ''}`,
      ]),
];
