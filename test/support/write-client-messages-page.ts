import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { type FixDictionary, type LevelDefinition } from '../../src/fix/dictionary/dictionary.ts';
import { dictionaryPath, loadDictionary } from '../../src/fix/dictionary/jspurefix.ts';
import { CLIENT_MESSAGES } from '../../src/upstream/fix/fields/check-fields.ts';
import { type FieldRule, type FieldRules } from '../../src/upstream/fix/fields/field-rule.ts';
import { HEADER_RULES } from '../../src/upstream/fix/fields/request-rules.ts';

export const CLIENT_MESSAGES_PAGE = 'docs/client-messages.md';

/** docs/client-messages.md as it must be: the tags of the dictionary, the rules of the code. */
export const formattedClientMessagesPage = (): Promise<string> =>
  format(clientMessagesPage(clientDictionary()), { parser: 'markdown', printWidth: 100 });

export const clientDictionary = (): FixDictionary => {
  const loaded = loadDictionary(dictionaryPath('FATHOM-FIX44.xml'));
  if (!loaded.ok) throw new Error(loaded.error);
  return loaded.value;
};

const clientMessagesPage = (dictionary: FixDictionary): string =>
  [
    INTRODUCTION,
    ...CLIENT_MESSAGES.map(({ msgType, rules, refusal }) => {
      const message = dictionary.messages.get(msgType);
      if (message === undefined) throw new Error(`no message ${msgType}`);
      const how =
        rules === undefined
          ? `Not available: the whole message is answered by ${refusal}, and no field of it is read.`
          : `Refused by ${refusal}.`;
      return [
        `## ${message.name} (35=${msgType})`,
        '',
        how,
        '',
        ...table(dictionary, message, rules),
      ].join('\n');
    }),
    ['## Header and trailer', '', HEADER, '', ...headerTable(dictionary)].join('\n'),
  ].join('\n\n');

const HEAD = [
  '| Tag | Name | What becomes of it | What it does, or why not |',
  '| --- | --- | --- | --- |',
];

const table = (
  dictionary: FixDictionary,
  level: LevelDefinition,
  rules: FieldRules | undefined,
): readonly string[] => [
  ...HEAD,
  ...[...level.fields.keys()]
    .sort((a, b) => a - b)
    .flatMap((tag) => {
      const name = dictionary.fields.get(tag)?.name ?? '';
      const members = memberRows(dictionary, level, tag);
      if (rules === undefined) return [`| ${tag} | ${name} | not read | |`, ...members];
      const rule = rules.get(tag);
      if (rule === undefined) throw new Error(`tag ${tag} has no rule`);
      return [row(rule, name), ...members];
    }),
];

const headerTable = (dictionary: FixDictionary): readonly string[] => {
  const tags = [...dictionary.header.fields.keys(), ...dictionary.trailer.fields.keys()];
  return [
    ...HEAD,
    ...tags.flatMap((tag) => {
      const rule = HEADER_RULES.get(tag);
      if (rule === undefined) throw new Error(`tag ${tag} has no rule`);
      const name = dictionary.fields.get(tag)?.name ?? '';
      return [row(rule, name), ...memberRows(dictionary, dictionary.header, tag)];
    }),
  ];
};

const row = (rule: FieldRule, name: string): string =>
  `| ${rule.tag} | ${name} | ${fateOf(rule)} | ${rule.about} |`;

const fateOf = (rule: FieldRule): string => {
  switch (rule.use) {
    case 'read':
      return 'honoured';
    case 'returned':
      return 'comes back';
    case 'limited':
      return `refused, except ${rule.taken}`;
    default:
      return rule.use;
  }
};

/** The tags of a group's entries share the fate of its count field. */
const memberRows = (
  dictionary: FixDictionary,
  level: LevelDefinition,
  tag: number,
): readonly string[] => {
  const group = level.groups.get(tag);
  if (group === undefined) return [];
  return tagsOf(group).map((member) => {
    const name = dictionary.fields.get(member)?.name ?? '';
    return `| ${member} | ${name} | as ${tag} | in the group of ${dictionary.label(tag)} |`;
  });
};

const tagsOf = (group: LevelDefinition): readonly number[] =>
  [...group.fields.keys()].flatMap((tag) => {
    const nested = group.groups.get(tag);
    return nested === undefined ? [tag] : [tag, ...tagsOf(nested)];
  });

const HEADER = `The session layer reads these. What is refused here is refused of D, q and AF only, in the same answer as a
field of the body.`;

const INTRODUCTION = `# What a client may send, and what becomes of it

<!-- Generated from fix-dictionaries/FATHOM-FIX44.xml and src/upstream/fix/fields by \`npm run docs:client-messages\`. Do not edit. -->

Every tag that [FATHOM-FIX44.xml](../fix-dictionaries/FATHOM-FIX44.xml) has for D, F, G, q, H, AF and AN. The same table checks the messages.

- **honoured**: read and acted on, or refused where its value cannot be.
- **comes back**: yours; every report of the order has it again.
- **ignored**: carries no instruction, so nothing is lost.
- **refused**: asks for what is not done. The whole message is refused, with ReasonCode(20002) UNSUPPORTED_FIELD (of a mass cancel
  UNSUPPORTED_SCOPE), and Text(58) names each such field. A value other than the one in the table counts as refused, too.
- A tag that the dictionary does not have for the message is answered by Reject(3); one from 5000 on is refused like the others, because
  nobody here can tell what it asks for. On F it is ignored: a cancel is never refused for what it says beside its order.

An order that the books refuse (size, price, route: [routing.md](routing.md) has the codes) is answered by ExecutionReport(8) as well. The reports of refusals
repeat Symbol(55), Side(54), OrderQty(38), Price(44), StopPx(99), OrdType(40), TimeInForce(59), Account(1) and
SecondaryClOrdID(526) as they were sent.

**Age.** An order or a mass cancel whose SendingTime(52) or OrigSendingTime(122) is older than \`staleOrders.ageMsMax\` (30 s) plus
\`staleOrders.clockToleranceMs\` (10 s) when it arrives is refused as STALE, OrdRejReason(103)=8; one from further ahead than the
tolerance as TIME_AHEAD. TransactTime(60) counts as well on q, on an order with PossDupFlag(43)=Y or PossResend(97)=Y, on every order where
\`staleOrders.transactTime\` is \`always\`. The ClOrdID is used up. A cancel of one order is never too old.

**Day orders.** TimeInForce(59)=0, or none, is refused as UNSUPPORTED_TIME_IN_FORCE unless the session says \`"dayOrders": "gtc"\`.

**In doubt.** When the venue has not answered an order or a cancel within \`ackTimeoutMs\`, and when the link breaks before it did, the
client gets ExecutionReport(8) with ExecType(150)=I and ReasonCode(20002)=IN_DOUBT; OrdStatus(39) stays what it was.

**Questions.** H is answered by one ExecutionReport(8) with ExecType(150)=I and ExecID(17)=0 from the books, AF by one for each open order in
its scope: MassStatusReqID(584), TotNumReports(911) and, on the last, LastRptRequested(912)=Y. An order is answered about with its state
at the moment of the report, and only to the session that placed it. Neither reaches the venue or changes anything. Where there is
no such order, the one answer has OrdStatus(39)=8 and OrdRejReason(103)=5. A list comes in slices; a second AF while one is being
answered is refused as STATUS_BUSY, one of more than 10,000 orders as TOO_MANY_ORDERS. Closed orders are answered by H alone.

**Positions.** AN is answered by one RequestForPositionsAck(AO), then by one PositionReport(AP) for each account and instrument in its
scope: TotalNumPosReports(727), LongQty(704) and ShortQty(705) of PosType(703)=TQ, SettlPrice(730) with SettlPriceType(731)=2, the mark price.
Account(1) is that of the orders that made the position, or the name of the session where they had none; with \`positionRequests\` of
\`account\` it is the venue session, and the positions are those of the whole account. A quantity that may lack executions has
PosReqResult(728)=99, a price that is not known is left out; Text(58) says INCOMPLETE and why. Without any position the one answer is AO with
728=2. A flat instrument that was traded is told with 0 on both sides.

**Kill switch.** An order that an operator's kill switch refuses has OrdRejReason(103)=0 and ReasonCode(20002)=KILL_SWITCH; the report of an
order that it cancels has the same code, and both say in Text(58) what is stopped, by whom and why.

**Sent again.** With PossResend(97)=Y, D with the ClOrdID and the terms of an order, and F with the ClOrdID of a cancel of the order that it
names, are answered by ExecutionReport(8) with ExecType(150)=I and the state of the order, a refused one with its reason; nothing is sent. So is G. q with the ClOrdID and the scope
of one that was accepted is answered by the same OrderMassCancelReport(r); with another scope it is a new request. Without
PossResend(97)=Y a used ClOrdID is refused as DUPLICATE_CLORDID, of q alone it is a new request. Answers to q are remembered for 25 hours, at
most 10,000 of a session: an older q is STALE, and one with PossResend(97)=Y that may be forgotten is refused as DUPLICATE_CLORDID.

**Replaces.** G is carried out as \`replace\` of the session says, \`refuse\` by default. ClOrdID(11) is a new one, OrigClOrdID(41) the last that
was accepted for the order; quantity, limit and trigger price may change, all else must be repeated as it is or left out. The answers are 150=E
(39=E), then 150=5 with the new ClOrdID, or 35=9 with CxlRejResponseTo(434)=2, and fills between them keep the old ClOrdID. OrderQty(38) is
the total: at or below CumQty(14) the rest is cancelled, and the order ends as Filled with OrderQty = CumQty.

- \`editOrder\`: \`editorder\` by REST, by the venue's order id: one order all the while, with its SecondaryOrderID(198), also while the order
  itself went by FIX (RouteName(20001) is the order's). A quantity at or below CumQty is a cancel of the rest. What the venue refuses is 35=9 with
  its reason. A lost answer is IN_DOUBT: it is never sent again, and until it is settled the instrument takes no orders of the account. Whether
  Kraken edits orders that were placed by FIX is not documented (UAT-6 of [routing](routing.md#9-uat-measurements-to-make)): try it with one
  order of minimal size first; a venue that does not answers 35=9 with TOO_LATE.
- \`cancelThenNew\`: the venue's order is cancelled; only its report of that cancel lets the new order go out, for OrderQty - CumQty by then. You see
  one order: OrderID(37), CumQty and AvgPx(6) go on, SecondaryOrderID(198) is the new venue order's. It loses its place in the queue. When the new
  order is refused, cannot be sent, is more than 30 s late, or the link or the engine broke meanwhile, the order ends as Canceled (150=4) with the reason in
  Text(58) and ReasonCode(20002), and the request is answered by 35=9. A cancel, a mass cancel and the venue's own cancel win over it. Fills
  of the old venue order that come late are booked on yours.
- \`amend\`: OrderCancelReplaceRequest(G) to the venue, which takes it in UAT, not in production. A filled order may be replaced by more.
- A replace may name the ClOrdID of one that is still under way: it follows when that one has succeeded, and fails with it. Another one for the same
  order is refused (102=3).

Refusals (CxlRejReason(102)): UNKNOWN_ORDER 1, TOO_LATE 0, NOT_SUPPORTED 2, ALREADY_PENDING, MASS_CANCEL and CHANGE_PENDING 3, DUPLICATE_CLORDID 6;
with 99 ORDER_MISMATCH, IMMUTABLE_FIELD, NOT_ACKNOWLEDGED, ROUTE_CLOSED, DOUBT_FREEZE, RATE_LIMITED, STALE, UNSUPPORTED_FIELD and those of
the limits on a new order, which hold the new terms.

**Details that come later.** Fee (12, 13, 479), LastLiquidityInd(851), SecondaryExecID(527) and TradeID(1003) of an execution that were not known when
it was reported follow by ExecutionReport(8) with ExecType(150)=I, ReasonCode(20002)=EXECUTION_DETAILS and ExecRefID(19), the ExecID(17) of
the report that told it. Such a report changes no quantity.

**Late fills.** A fill that arrives after a cancel is booked and reported. With nothing left the order is Filled (39=2), otherwise it stays
cancelled (39=4).`;

if (import.meta.filename === process.argv[1]) {
  void formattedClientMessagesPage().then((page) => {
    writeFileSync(CLIENT_MESSAGES_PAGE, page);
  });
}
