import { calendarDate, choice, count, milliseconds, path, secretReference, url } from './kinds.ts';

const timeout = (what: string, ms: number) =>
  milliseconds(`Time for ${what}, from the first byte written to the last byte read.`)
    .between(100, 600_000)
    .withDefault(ms);

/** Kraken Derivatives over HTTP: market data, account, history, transfers. */
export const REST = {
  origin: url(
    'https:',
    'http:',
  )(
    'Where Derivatives REST is, e.g. `https://futures.kraken.com`. `http:` is for a simulator on loopback only.',
  ).optional('REST is not used'),
  proxyUrl: url(
    'http:',
    'https:',
  )('HTTP proxy for all REST calls.').optional('calls go straight to the venue'),
  caFile: path('PEM file of the certificate authorities to trust.').optional('those of Node.js'),
  credentials: {
    apiKey: secretReference('REST API key; it needs no right to move money'),
    apiSecret: secretReference('REST API secret in base64'),
  },
  connectTimeoutMs: milliseconds('Time for resolving, connecting and the TLS handshake.')
    .between(100, 120_000)
    .withDefault(3_000),
  startWithinMs: milliseconds(
    'Longest time between a call and its first byte, in line and connecting included. Later it is refused and never sent.',
  )
    .between(100, 120_000)
    .withDefault(5_000),
  timeoutMs: {
    order: timeout('calls that change orders or settings', 5_000),
    read: timeout('reads of account and market', 10_000),
    history: timeout('a page of history or charts', 60_000),
    money: timeout('withdrawals and transfers; after it the money is in doubt', 30_000),
  },
};

export const WEB_SOCKET = {
  url: url(
    'wss:',
    'ws:',
  )(
    'Where the feeds are, e.g. `wss://futures.kraken.com/ws/v1`. `ws:` is for a simulator on loopback only.',
  ).optional('the feeds are not used'),
  proxyUrl: url(
    'http:',
    'https:',
  )('HTTP proxy for the feeds, asked to CONNECT.').optional('`rest.proxyUrl`'),
  caFile: path('PEM file of the certificate authorities to trust.').optional('`rest.caFile`'),
  books: choice(
    'Which order books come from the feeds: `all` instruments, with FIX market data preferred while its book is healthy; only those that `missing` FIX market data leaves out; or `none`.',
  )
    .of('all', 'missing', 'none')
    .withDefault('all'),
  account: {
    pollIntervalMs: milliseconds(
      'With `rest.credentials` the private feeds run. Time between two rounds of REST look-ups (orders, fills, positions, balances: 8 points) that are held against them; 0: only when the feeds leave a question.',
    )
      .between(0, 3_600_000)
      .withDefault(30_000),
    settleMs: milliseconds(
      'How far REST may be behind the feeds: an answer counts as what was so this long before it.',
    )
      .between(0, 600_000)
      .withDefault(90_000),
    alertAfterMs: milliseconds(
      'A difference between our books and the venue’s view of the account that lasts this long is an alert; a FIX report may be on its way.',
    )
      .between(100, 600_000)
      .withDefault(10_000),
    fillsLookBackMs: milliseconds('Fills before the start that are read at the start.')
      .between(0, 604_800_000)
      .withDefault(3_600_000),
  },
};

export const RECONCILIATION = {
  intervalMs: milliseconds(
    'Where the private feeds run: time between two comparisons of books and venue (open orders, fills, positions, balances). One follows each opening of a route as well. 0: none by schedule.',
  )
    .between(0, 86_400_000)
    .withDefault(900_000),
  dir: path('Folder of the reports, one JSON file each.').optional(
    '`<engine.dataDir>/reconciliations`',
  ),
  keepMax: count('Reports that are kept; the oldest make room.')
    .between(1, 100_000)
    .withDefault(2_000),
};

export const END_OF_LIFE = {
  noticeFrom: calendarDate(
    'From this day (UTC) operators are told that Derivatives REST and WebSocket v1 end.',
  ).withDefault('2027-01-01'),
  endsOn: calendarDate(
    'The day (UTC) on which they end, as the venue announced it; it may move.',
  ).withDefault('2027-03-01'),
};
