/**
 * Switches for behaviour that the venue may have in another form [websocket 13].
 * `DEFAULT_FEED_SETTINGS` is the recorded one.
 */
export interface FeedSettings {
  readonly info: 'send' | 'omit';
  readonly infoDelayMs: number;
  /** Without a ping control frame from the client for this long, the connection is closed. */
  readonly idleCloseMs: number;
  readonly idleCloseCode: number;
  readonly jsonPing: 'alert' | 'ignore';
  /** The first full frame against its acknowledgement. */
  readonly snapshot: 'after-ack' | 'before-ack';
  readonly privateAck: 'bare' | 'echo-credentials';
  readonly failure: 'alert' | 'error' | 'subscribed_failed';
  readonly duplicateSubscribe: 'alert-and-snapshot' | 'alert-only';
  /** `undefined`: as long as the connection. */
  readonly challengeLifetimeMs: number | undefined;
  readonly immediatePartialFill: 'fills-first' | 'order-first';
  readonly immediatePartialFillReason: 'new_placed_order_by_user' | 'partial_fill';
  readonly makerFill: 'order-first' | 'fills-first';
  readonly crossingEdit: 'fills-first' | 'order-first';
  readonly fullFillShape: 'body' | 'id-only';
  readonly cancelShape: 'id-only' | 'body';
  readonly postReject: 'body-on-verbose' | 'id-only-on-both';
  readonly postRejectReason:
    'post_order_failed_because_it_would_be_filled' | 'post_order_failed_because_it_would_filled';
  /** The message of `open_orders` for an order that never rested and was not filled completely. */
  readonly iocRemainder: 'nothing' | 'terminal';
  readonly fillsSnapshotSize: number;
  /** Leaves out one number of `fills.seq` after this many; 0: never. */
  readonly fillsSeqHoleEvery: number;
  /** Remainders carry the noise of doubles. */
  readonly floatNoise: boolean;
  readonly requestsPerSecondMax: number;
  readonly overRequestLimit: 'close' | 'drop';
  readonly connectionsMax: number;
  readonly heartbeatIntervalMs: number;
  /** Interval of tickers, and of positions and balances whose valuation changed. */
  readonly tickerIntervalMs: number;
  /** Bytes not yet sent, beyond which a slow client is disconnected. */
  readonly unsentBytesMax: number;
}

export const DEFAULT_FEED_SETTINGS: FeedSettings = {
  info: 'send',
  infoDelayMs: 0,
  idleCloseMs: 60_000,
  idleCloseCode: 1000,
  jsonPing: 'alert',
  snapshot: 'after-ack',
  privateAck: 'bare',
  failure: 'alert',
  duplicateSubscribe: 'alert-and-snapshot',
  challengeLifetimeMs: undefined,
  immediatePartialFill: 'fills-first',
  immediatePartialFillReason: 'new_placed_order_by_user',
  makerFill: 'order-first',
  crossingEdit: 'fills-first',
  fullFillShape: 'body',
  cancelShape: 'id-only',
  postReject: 'body-on-verbose',
  postRejectReason: 'post_order_failed_because_it_would_be_filled',
  iocRemainder: 'nothing',
  fillsSnapshotSize: 100,
  fillsSeqHoleEvery: 0,
  floatNoise: true,
  requestsPerSecondMax: 100,
  overRequestLimit: 'close',
  connectionsMax: 100,
  heartbeatIntervalMs: 10_000,
  tickerIntervalMs: 1_000,
  unsentBytesMax: 16 * 1024 * 1024,
};
