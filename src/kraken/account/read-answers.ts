import { defined } from '../../lib/defined.ts';
import { type Result } from '../../lib/result.ts';
import { epochMs, type EpochMs } from '../../lib/time.ts';
import { type NotConfirmed, type Reading } from '../rest/reading.ts';
import { type Finding } from '../websocket/events/finding.ts';
import { isEven } from '../websocket/views/order-state.ts';
import { type Fill } from '../websocket/events/private-events.ts';
import { type Answer, done, type Question } from './question.ts';
import { failed, type ReadDeps } from './read-deps.ts';
import { answerOrder } from './read-order.ts';
import { executionToFill, toBalances, toFill, toOrderList, toPosition } from './rest-to-view.ts';

/** Asks REST and applies the answer to the views. */
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

/** REST gives 100 fills a page. Beyond these pages history is cheaper and more reliable. */
const FILL_PAGES_MAX = 10;
const FILL_PAGE_SIZE = 100;
/** Difference between the clocks of the venue's services. */
const TIME_SLACK_MS = 1_000;

/** An answer about fills. `found` counts those that were new to the views. */
interface FillsAnswer extends Answer {
  readonly found: number;
}

const answerFills = async (deps: ReadDeps): Promise<FillsAnswer> => {
  const since = deps.fillsSince();
  const findings: Finding[] = [];
  let found = 0;
  let before: string | undefined;
  let newest = since;
  for (let page = 0; page < FILL_PAGES_MAX; page += 1) {
    const read = await deps.account.fills(before, deps.call);
    if (!read.ok) return { ...failed('fills', read.error), findings, found };
    const fills = read.value.value.map(toFill);
    found += take(fills, findings, deps);
    if (!read.value.hasEveryElement) break;
    const oldest = fills.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
    newest = newestOf(fills, newest);
    if (fills.length < FILL_PAGE_SIZE || oldest < since - TIME_SLACK_MS) {
      prove(newest, since, deps);
      return { ...done(findings), found };
    }
    // Several fills may share a time, so the next page starts with the oldest time again. If one
    // time fills a whole page, paging cannot continue.
    const next = new Date(oldest + 1).toISOString();
    if (next === before) break;
    before = next;
  }
  const walked = await walkExecutions(deps, since);
  return {
    ...walked,
    findings: [...findings, ...walked.findings],
    found: found + walked.found,
  };
};

/** Applies fills to the views. Returns how many were new. */
const take = (fills: readonly Fill[], findings: Finding[], { state, clock }: ReadDeps): number => {
  const fresh = new Set(fills.map(({ fillID }) => fillID).filter((id) => !state.fills.has(id)));
  findings.push(...state.applyFillsPoll(fills, clock.monotonic()));
  return fresh.size;
};

/** Records the proven span. The latest fills are left to the next round, because REST may lag. */
const prove = (newest: EpochMs, since: EpochMs, { onFillsProven, settleMs }: ReadDeps): void => {
  onFillsProven(epochMs(Math.max(since, newest - settleMs)));
};

/** An answer without a new fill is asked again, because REST may lag behind the feed. */
const answerMissingFills = async (deps: ReadDeps): Promise<Answer> => {
  const answer = await answerFills(deps);
  if (answer.outcome !== 'Done' || answer.found > 0) return answer;
  return {
    ...answer,
    outcome: 'Again',
    text: 'a fill number was skipped, and REST has no new fill',
  };
};

/** Reads REST fills first, then history, which lags but is complete. */
const answerOrderFills = async (
  { venueOrderID }: Extract<Question, { type: 'OrderFills' }>,
  deps: ReadDeps,
): Promise<Answer> => {
  const fills = await answerFills(deps);
  const order = deps.state.orders.get(venueOrderID);
  const isOpenQuestion = fills.outcome === 'Done' || fills.outcome === 'Again';
  if (!isOpenQuestion || order === undefined || isEven(order)) return fills;
  const since = epochMs((order.body?.placedAt ?? order.venueTime) - TIME_SLACK_MS);
  const walked = await walkExecutions(deps, since);
  const findings = [...fills.findings, ...walked.findings];
  const after = deps.state.orders.get(venueOrderID);
  if (after === undefined || isEven(after)) return done(findings);
  if (walked.outcome !== 'Done') return { ...walked, findings };
  return { outcome: 'Again', findings, text: `fills of ${venueOrderID} are not in history yet` };
};

const HISTORY_PAGES_MAX = 50;

/** Reads every execution since `since`, oldest first. An incomplete walk is repeated. */
const walkExecutions = async (deps: ReadDeps, since: EpochMs): Promise<FillsAnswer> => {
  const findings: Finding[] = [];
  let found = 0;
  let isWhole = true;
  let token: string | undefined;
  for (let page = 0; page < HISTORY_PAGES_MAX; page += 1) {
    const next = defined({ continuationToken: token });
    const read = await deps.history.executions({ since, sort: 'asc', ...next }, deps.call);
    if (!read.ok) return { ...failed('history executions', read.error), findings, found };
    const { elements, continuationToken } = read.value.value;
    const fills = elements.map(executionToFill).filter((fill): fill is Fill => fill !== undefined);
    found += take(fills, findings, deps);
    isWhole &&= read.value.hasEveryElement && fills.length === elements.length;
    // The walk extends the proven span when it starts within it.
    if (isWhole && since <= deps.fillsSince()) prove(newestOf(fills, since), since, deps);
    token = continuationToken;
    if (token === undefined) break;
  }
  if (isWhole && token === undefined) return { ...done(findings), found };
  const text = isWhole
    ? 'history has more executions than are read at once'
    : 'history has executions that cannot be read';
  return { outcome: 'Again', findings, text, found };
};

const newestOf = (fills: readonly Fill[], atLeast: EpochMs): EpochMs =>
  fills.reduce((newest, { at }) => epochMs(Math.max(newest, at)), atLeast);

const answerOpenOrders = async (deps: ReadDeps): Promise<Answer> => {
  const { state, orders, clock, settleMs } = deps;
  const read = await orders.openOrders(deps.call);
  if (!read.ok) return failed('openorders', read.error);
  const { value, isComplete, hasEveryElement, serverTime = NEVER } = read.value;
  // A list with an order of no readable id, or one without a time, proves no absence. An order of
  // which only the id can be read takes nothing from the proof.
  const asOf = hasEveryElement ? serverTime : NEVER;
  const poll = { asOf, settleMs, isComplete };
  return done(state.applyOpenOrdersPoll(toOrderList(value), poll, clock.monotonic()));
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
  const { value, hasEveryElement: isComplete } = read.value;
  state.positions.apply({ positions: value.map(toPosition), isComplete, at });
  return done();
};

const answerBalances = async ({ state, account, settleMs }: ReadDeps): Promise<Answer> => {
  const read = await account.wallets();
  if (!read.ok) return failed('accounts', read.error);
  const at = asOfReading(read, settleMs);
  if (at === undefined) return done();
  const { value, isComplete } = read.value;
  state.balances.applyPoll(toBalances(value, { at, isComplete }));
  return done();
};
