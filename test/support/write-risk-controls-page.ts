import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import {
  LIMIT_CONTROLS,
  type LimitControl,
  RULE_CONTROLS,
  type RuleControl,
} from '../../src/core/risk/controls.ts';
import { type ScopeKind } from '../../src/core/limit.ts';

export const RISK_CONTROLS_PAGE = 'docs/risk-controls.md';

const KEY_BY_SCOPE: Readonly<Record<ScopeKind, string>> = {
  engine: 'risk.*',
  instrument: 'risk.symbols.<symbol>.*',
  account: 'risk.accounts.<account>.*',
  client: 'risk.clients.<session>.*',
  strategy: 'risk.strategies.<tag>.*',
};
const SCOPES = Object.keys(KEY_BY_SCOPE) as ScopeKind[];

const code = (text: string): string => `\`${text}\``;
const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const metricOf = (reason: string): string => code(`fathom_risk_rejects_total{code="${reason}"}`);

const TIGHTER: Readonly<Record<LimitControl['tighter'], string>> = {
  smaller: 'smaller',
  larger: 'larger',
  subset: 'fewer names',
  set: '`refuse`',
};

const limitRow = (control: LimitControl): string =>
  row(
    code(control.limit),
    code(control.code),
    String(control.reject),
    control.unit,
    control.scopes.length === SCOPES.length ? 'all' : control.scopes.join(', '),
    TIGHTER[control.tighter],
    control.compares,
  );

const ruleRow = ({ code: reason, key, reject, compares }: RuleControl): string =>
  row(code(reason), String(reject), key === undefined ? '' : code(key), compares);

const page = (): string => `# Risk controls

<!-- Generated from src/core/risk/controls.ts by \`npm run docs:risk-controls\`. Do not edit. -->

What an order is held against before it is sent, in this order; the first broken control is the answer. A refused order never reaches
the venue. Its reason code is ReasonCode(20002) and the first word of Text(58), in the library \`code\` of the answer, and a label of the
metric ${code('fathom_risk_rejects_total{code="…"}')}, whose series begin at 0. An amount exactly at the limit passes. Every control has
a test over FIX and over the library, with an order at the limit and one just beyond it: \`test/integration/risk-limits.test.ts\`.

## Limits

Each key may stand at these places. What holds beside each other must all hold, so the tightest wins.

${row('scope', 'key', 'orders that it holds')}
${row('---', '---', '---')}
${row('engine', code(KEY_BY_SCOPE.engine), 'all')}
${row('instrument', code(KEY_BY_SCOPE.instrument), 'of one instrument. Where each order is held against the limit alone, and for `positionQtyMax`, it stands in place of the general one; where something adds up, beside it')}
${row('account', code(KEY_BY_SCOPE.account), 'with this Account(1), or everything on the trading session of this name')}
${row('client', code(KEY_BY_SCOPE.client), 'of one client session; `library` is the TypeScript library')}
${row('strategy', code(KEY_BY_SCOPE.strategy), 'with this ClOrdLinkID(583), `strategy` in the library')}

A limit that is not set is off, and \`fathom limits\` shows it as \`off\`. \`orderQtyMax\` and \`notionalMax\` are required, \`openOrdersMax\` is
10,000 unless set, \`allowedSymbols\` is every instrument of the configuration. The keys with kinds and defaults are in
[configuration.md](configuration.md).

${row('key', 'reason code', 'OrdRejReason(103)', 'unit', 'scopes', 'tighter is', 'what is held against it')}
${row('---', '---', '---', '---', '---', '---', '---')}
${LIMIT_CONTROLS.map(limitRow).join('\n')}

\`cancelRateMax\` refuses cancels, so its reason is CxlRejReason(102). A replace is held against the limits with its new terms, beside
everything but the order that it replaces. An order in doubt counts whole until its fate is proven.

## Rules

${row('reason code', 'OrdRejReason(103)', 'configuration key', 'what must be so')}
${row('---', '---', '---', '---')}
${RULE_CONTROLS.map(ruleRow).join('\n')}

## Metrics

${row('metric', 'what it is')}
${row('---', '---')}
${row(metricOf('MAX_QUANTITY'), 'orders (and cancels) refused, by reason code')}
${row(code('fathom_risk_limit{limit="…",scope="…"}'), 'each limit in force that is a number')}
${row(code('fathom_risk_used{limit="…",scope="…"}'), 'what is used of those that something adds up to')}

## Change a limit of a running engine

\`\`\`sh
npx fathom limits --config FILE                     # limits, their use, proposals; --all, --watch, --json
npx fathom limits set openOrdersMax 50 --client desk1 --by ann --reason "new desk" --config FILE
npx fathom limits propose orderQtyMax 10 --symbol PF_XBTUSD --for 2h --by ann --reason "block trade" --config FILE
npx fathom limits approve L1 --by bob --config FILE
\`\`\`

- **Tighter holds at once**, on one person's word with a reason: \`set\`. It holds over restarts, until two people take it back. \`set\` with a
  looser value is refused (SECOND_PERSON_NEEDED). An engine-wide value that was tightened at run time also holds where an instrument
  has its own.
- **Looser needs a second person** and ends by itself: \`propose\` with \`--for\`, then \`approve\` by somebody else (SAME_PERSON otherwise,
  whatever the spelling). A proposal is void after \`risk.changes.proposalMsMax\`, and a looser value holds for \`risk.changes.holdMsMax\` at
  most; when its time is over, the value before it holds again (LIMIT_OVERRIDE_ENDED). \`propose … configured\` goes back to the
  configuration for good. \`withdraw\` takes a proposal back.
- **A stopped scope** (EXECUTION_THROTTLE) trades again after \`fathom limits enable\`, with a name and a reason.
- Names are what the caller says in \`--by\`; \`risk.changes.operators\` lists who may be named. Only the engine's own user can open the control
  socket.
- Every call is in the audit (journal and log), refused ones included; every change is a fact of the journal (\`LimitTightened\`,
  \`LimitChangeProposed\`, \`LimitChangeApproved\`, \`LimitProposalEnded\`, \`LimitOverrideEnded\`, \`ThrottleTripped\`, \`ThrottleReset\`) and is
  replayed at the next start.
- In the library \`engine.limits()\` shows the same; on the control socket the verbs are \`limits.list\`, \`limits.set\`, \`limits.propose\`,
  \`limits.approve\`, \`limits.withdraw\`, \`limits.enable\`.

## Loosen a kill switch

One person sets a kill switch or makes it stricter, at once. Loosening it is guarded like a looser limit: \`kill release\` proposes,
\`kill approve\` by another person of \`risk.changes.operators\` does it, within \`risk.changes.proposalMsMax\`. Facts \`KillSwitchSet\`,
\`KillReleaseProposed\`, \`KillSwitchReleased\` (with \`by\` and \`approvedBy\`), \`KillReleaseEnded\`; every call is in the audit. Where one person is
to be enough: \`risk.changes.killRelease: "onePerson"\`. [All about it](commands.md).

## Know its limits

- Rates, duplicates and executions are counted in memory from the journal: after a restart what the journal tells of the last seconds
  still counts.
- \`lossMax\` and \`grossNotionalMax\` need mark prices for positions; with \`risk.withoutReferencePrice\` \`refuse\` an order is refused when one is
  missing. \`reduceOnly: "refuse"\` and \`positionQtyMax\` know the account as its executions and its opening positions tell it.
- \`markCollarPercent\` and \`indexCollarPercent\` need the ticker of the public feed. It is subscribed to when a limit of the configuration
  needs it, so set one there (it may be wide) before you tighten it at run time.
`;

/** docs/risk-controls.md as it must be, in the format of the project. */
export const formattedRiskControlsPage = (): Promise<string> =>
  format(page(), { parser: 'markdown', printWidth: 140, proseWrap: 'preserve' });

if (import.meta.filename === process.argv[1]) {
  void formattedRiskControlsPage().then((text) => {
    writeFileSync(RISK_CONTROLS_PAGE, text);
  });
}
