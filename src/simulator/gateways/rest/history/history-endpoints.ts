import { type JsonValue } from '../../../../lib/lossless-json.ts';
import { accountUid } from '../../../account-uid.ts';
import {
  accountOf,
  costs,
  type ServedEndpoint,
  type RestCall,
  type RestVenue,
  UNPUBLISHED_TOKENS,
} from '../endpoints/endpoint.ts';
import { orderEvent } from './history-order-json.ts';
import { changeOf, ownExecution, type PositionChange, positionUpdate } from './history-json.ts';
import { type OrderRecord, type PositionRecord } from './history-store.ts';
import { iso } from '../json.ts';
import { type PagedLog } from './paged-log.ts';
import { checkNumbers, element, page, paged, paths, PRIVATE } from './history-pages.ts';

const ownHead = (call: RestCall): Record<string, JsonValue> => ({
  accountUid: accountUid(accountOf(call)),
  serverTime: iso(call.at),
});

const isOn = (call: RestCall, symbol: string): boolean => {
  const tradeable = call.fields.get('tradeable')?.toUpperCase();
  return tradeable === undefined || tradeable === symbol;
};

const isTrue = (call: RestCall, name: string): boolean => call.fields.get(name) === 'true';

export const executions: ServedEndpoint = {
  ...PRIVATE,
  id: 'history-executions',
  paths: paths('executions'),
  cost: costs(1),
  check: checkNumbers,
  answer: (call, venue) => {
    const account = accountOf(call);
    const found = page(
      venue.history.executions,
      call,
      venue,
      ({ account: owner, record }) =>
        owner === account && record.busted !== true && isOn(call, record.trade.symbol),
    );
    return paged(found, ownHead(call), (row) =>
      element(row, row.item.uid, ownExecution(row.item, venue.options.executionLayout)),
    );
  },
};

const OPENING = new Set(['OrderPlaced', 'OrderTriggerPlaced']);
const CLOSING = new Set([
  'OrderCancelled',
  'OrderRejected',
  'OrderTriggerCancelled',
  'OrderTriggerActivated',
]);

/** `opened` and `closed` are OR-ed; neither keeps everything. */
const isInFamily = (call: RestCall, { event }: OrderRecord): boolean => {
  const [opened, closed] = [isTrue(call, 'opened'), isTrue(call, 'closed')];
  if (!opened && !closed) return true;
  const isFull = event.kind === 'OrderUpdated' && event.reason === 'FULL_FILL';
  return (opened && OPENING.has(event.kind)) || (closed && (CLOSING.has(event.kind) || isFull));
};

const orderPages = (
  id: string,
  rest: string,
  log: (venue: RestVenue) => PagedLog<OrderRecord>,
): ServedEndpoint => ({
  ...PRIVATE,
  id,
  paths: paths(rest),
  cost: costs(1),
  check: checkNumbers,
  answer: (call, venue) => {
    const account = accountOf(call);
    const found = page(
      log(venue),
      call,
      venue,
      (item) => item.account === account && isOn(call, item.symbol) && isInFamily(call, item),
    );
    return paged(found, ownHead(call), (row) =>
      element(row, row.item.uid, orderEvent(row.item.event, 'own')),
    );
  },
});

export const orders = orderPages('history-orders', 'orders', ({ history }) => history.orders);
export const triggers = orderPages(
  'history-triggers',
  'triggers',
  ({ history }) => history.triggers,
);

const CHANGES: readonly (readonly [string, PositionChange])[] = [
  ['opened', 'open'],
  ['closed', 'close'],
  ['increased', 'increase'],
  ['decreased', 'decrease'],
  ['reversed', 'reverse'],
  ['no_change', 'noChange'],
];
const REASONS: readonly (readonly [string, PositionRecord['change']['reason']])[] = [
  ['trades', 'trade'],
  ['funding_realization', 'fundingRealisation'],
  ['settlement', 'settlement'],
];

/** Within a family OR, between the families AND [rest 2.12]. */
const isInFamilies = (call: RestCall, record: PositionRecord): boolean => {
  const changes = CHANGES.filter(([name]) => isTrue(call, name)).map(([, change]) => change);
  const reasons = REASONS.filter(([name]) => isTrue(call, name)).map(([, reason]) => reason);
  return (
    (changes.length === 0 || changes.includes(changeOf(record))) &&
    (reasons.length === 0 || reasons.includes(record.change.reason))
  );
};

export const positions: ServedEndpoint = {
  ...PRIVATE,
  id: 'history-positions',
  paths: paths('positions'),
  cost: costs(UNPUBLISHED_TOKENS),
  check: checkNumbers,
  answer: (call, venue) => {
    const account = accountOf(call);
    const found = page(
      venue.history.positions,
      call,
      venue,
      (item) =>
        item.account === account && isOn(call, item.change.symbol) && isInFamilies(call, item),
    );
    return paged(found, ownHead(call), (row) =>
      element(row, row.item.uid, positionUpdate(row.item)),
    );
  },
};
