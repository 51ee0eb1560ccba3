import { calendarDate, milliseconds, path, secretReference, url } from './kinds.ts';

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
};

export const END_OF_LIFE = {
  noticeFrom: calendarDate(
    'From this day (UTC) operators are told that Derivatives REST and WebSocket v1 end.',
  ).withDefault('2027-01-01'),
  endsOn: calendarDate(
    'The day (UTC) on which they end, as the venue announced it; it may move.',
  ).withDefault('2027-03-01'),
};
