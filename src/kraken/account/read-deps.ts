import { type Clock, type EpochMs } from '../../lib/time.ts';
import { type RestAccountGateway } from '../rest/account/account-gateway.ts';
import { type RestHistoryGateway } from '../rest/history/history-gateway.ts';
import { type RestOrderCalls } from '../rest/orders/order-calls.ts';
import { type NotConfirmed } from '../rest/reading.ts';
import { type CallOptions } from '../rest/transport.ts';
import { type PrivateState } from '../websocket/views/private-state.ts';
import { type Answer } from './question.ts';

export interface AccountReaders {
  readonly account: Pick<RestAccountGateway, 'fills' | 'positions' | 'wallets'>;
  readonly orders: Pick<RestOrderCalls, 'openOrders' | 'orderStates'>;
  readonly history: Pick<RestHistoryGateway, 'executions' | 'orders' | 'triggers'>;
}

export interface ReadDeps extends AccountReaders {
  /**
   * The purpose of the calls. Polls are ordinary, look-ups that end a doubt may use the reserve.
   */
  readonly call: CallOptions;
  readonly state: PrivateState;
  readonly clock: Clock;
  /**
   * REST may lag behind the feeds by this time ([routing 4], T_settle). An answer proves the state
   * this long before its time, so that a poll never overwrites a later push.
   */
  readonly settleMs: number;
  /** Fills before this time (venue's clock) are not read. */
  readonly fillsSince: () => EpochMs;
  /** Every fill up to here has been read. */
  readonly onFillsProven: (until: EpochMs) => void;
}

export const failed = (what: string, error: NotConfirmed): Answer => ({
  outcome: isAboutTheVenue(error) ? 'Failed' : 'Refused',
  findings: [],
  text: `${what}: ${error.type} ${error.text}`,
});

/** Whether any other call would fail the same way now. */
const isAboutTheVenue = (error: NotConfirmed): boolean => {
  switch (error.type) {
    case 'Refused':
      return error.reason === 'RateLimit';
    case 'NotSent':
      return error.cause !== 'InvalidParams';
    case 'Unknown':
      return VENUE_WIDE.has(error.cause);
  }
};

const VENUE_WIDE: ReadonlySet<string> = new Set([
  'Timeout',
  'ConnectionLost',
  'BodyTooLarge',
  'BadHttp',
  'ServerError',
  'Redirected',
]);
