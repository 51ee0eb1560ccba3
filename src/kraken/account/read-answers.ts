import { type Result } from '../../lib/result.ts';
import { epochMs, type EpochMs } from '../../lib/time.ts';
import { type NotConfirmed, type Reading } from '../rest/reading.ts';
import { isEven } from '../websocket/order-state.ts';
import { type Fill } from '../websocket/private-events.ts';
import { type Answer, done, type Question } from './question.ts';
import { failed, type ReadDeps } from './read-deps.ts';
import { answerOrder } from './read-order.ts';
import { executionToFill, toBalances, toFill, toOpenOrder, toPosition } from './rest-to-view.ts';

/** Asks REST and gives the answer to the views; it never settles anything by itself. */
export const answerQuestion = (question: Question, deps: ReadDeps): Promise<Answer> => {
  switch (question.type) {
    case 'Fills':
      return answerFills(deps);
    case 'MissingFills':
      return answerMissingFills(deps);
    case 'OrderFills':
      return answerOrderFills(question, deps);
    case 'OpenOrders':
      return answerOpenOrders(deps);
    case 'Positions':
      return answerPositions(deps);
    case 'Balances':
      return answerBalances(deps);
    case 'Order':
      return answerOrder(question.venueOrderID, deps);
  }
};

/** REST gives 100 fills a page; beyond these pages history is cheaper and surer. */
const FILL_PAGES_MAX = 10;
const FILL_PAGE_SIZE = 100;
/** Clocks of different services of the venue. */
const TIME_SLACK_MS = 1_000;

const answerFills = async (deps: ReadDeps): Promise<Answer> => {
  const { state, account, clock } = deps;
  const since = deps.fillsSince();
  const findings: Answer['findings'][number][] = [];
  let before: string | undefined;
  let newest = since;
  for (let page = 0; page < FILL_PAGES_MAX; page += 1) {
    const read = await account.fills(before, { purpose: 'safety' });
    if (!read.ok) return { ...failed('fills', read.error), findings };
    const fills = read.value.value.map(toFill);
    findings.push(...state.applyFillsPoll(fills, clock.monotonic()));
    if (!read.value.isComplete) break;
    const oldest = fills.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
    for (const { at } of fills) newest = epochMs(Math.max(newest, at));
    if (fills.length < FILL_PAGE_SIZE || oldest < since - TIME_SLACK_MS) {
      // The views may lag behind the fills of the last seconds: those are proven by the next round.
      deps.onFillsProven(epochMs(Math.max(since, newest - deps.settleMs)));
      return done(findings);
    }
    before = nextBefore(oldest, before);
  }
  const walked = await walkExecutions(deps, since);
  return { ...walked, findings: [...findings, ...walked.findings] };
};

/** Several fills share a time: the next page begins with the oldest time once more, unless that brought nothing new. */
const nextBefore = (oldest: number, before: string | undefined): string => {
  const again = new Date(oldest + 1).toISOString();
  return again === before ? new Date(oldest).toISOString() : again;
};

/** REST may be behind the feed: an answer without news is no answer yet. */
const answerMissingFills = async (deps: ReadDeps): Promise<Answer> => {
  const { fills } = deps.state;
  const before = fills.size;
  const answer = await answerFills(deps);
  if (answer.outcome !== 'Done' || fills.size > before) return answer;
  return {
    ...answer,
    outcome: 'Again',
    text: 'a fill number was skipped, and REST has no new fill',
  };
};

/** First what REST fills hold, then history, which comes later but forgets nothing. */
const answerOrderFills = async (
  { venueOrderID }: Extract<Question, { type: 'OrderFills' }>,
  deps: ReadDeps,
): Promise<Answer> => {
  const fills = await answerFills(deps);
  const order = deps.state.orders.get(venueOrderID);
  if (fills.outcome === 'Failed' || order === undefined || isEven(order)) return fills;
  const since = epochMs((order.body?.placedAt ?? order.venueTime) - TIME_SLACK_MS);
  const walked = await walkExecutions(deps, since);
  const findings = [...fills.findings, ...walked.findings];
  const after = deps.state.orders.get(venueOrderID);
  if (walked.outcome === 'Failed' || after === undefined || isEven(after))
    return { ...walked, findings };
  return { outcome: 'Again', findings, text: `fills of ${venueOrderID} are not in history yet` };
};

const HISTORY_PAGES_MAX = 50;

const walkExecutions = async (deps: ReadDeps, since: EpochMs): Promise<Answer> => {
  const { state, history, clock } = deps;
  const findings: Answer['findings'][number][] = [];
  let token: string | undefined;
  for (let page = 0; page < HISTORY_PAGES_MAX; page += 1) {
    const next = token === undefined ? {} : { continuationToken: token };
    const read = await history.executions({ since, sort: 'asc', ...next }, { purpose: 'safety' });
    if (!read.ok) return { ...failed('history executions', read.error), findings };
    const { elements, continuationToken } = read.value.value;
    const fills = elements.map(executionToFill).filter((fill): fill is Fill => fill !== undefined);
    findings.push(...state.applyFillsPoll(fills, clock.monotonic()));
    if (continuationToken === undefined) return done(findings);
    token = continuationToken;
  }
  return { outcome: 'Done', findings, text: 'history has more pages than are read at once' };
};

const answerOpenOrders = async (deps: ReadDeps): Promise<Answer> => {
  const { state, orders, clock, settleMs } = deps;
  const read = await orders.openOrders();
  if (!read.ok) return failed('openorders', read.error);
  const { value, isComplete } = read.value;
  const open = value.map(toOpenOrder).filter((order) => order !== undefined);
  // An incomplete list, or one without a time, proves that nothing is absent.
  const isProof = isComplete && open.length === value.length;
  const asOf = isProof ? (read.value.serverTime ?? NEVER) : NEVER;
  return done(state.applyOpenOrdersPoll(open, { asOf, settleMs }, clock.monotonic()));
};

const NEVER = epochMs(0);

const asOfReading = <T>(
  read: Result<Reading<T>, NotConfirmed>,
  settleMs: number,
): EpochMs | undefined => {
  const serverTime = read.ok ? read.value.serverTime : undefined;
  return serverTime === undefined ? undefined : epochMs(serverTime - settleMs);
};

const answerPositions = async ({ state, account, settleMs }: ReadDeps): Promise<Answer> => {
  const read = await account.positions();
  if (!read.ok) return failed('openpositions', read.error);
  const at = asOfReading(read, settleMs);
  if (at === undefined) return done();
  const { value, isComplete } = read.value;
  state.positions.apply({ positions: value.map(toPosition), isComplete, at });
  return done();
};

const answerBalances = async ({ state, account, settleMs }: ReadDeps): Promise<Answer> => {
  const read = await account.wallets();
  if (!read.ok) return failed('accounts', read.error);
  const at = asOfReading(read, settleMs);
  if (at !== undefined) state.balances.applyPoll(toBalances(read.value.value, at));
  return done();
};
