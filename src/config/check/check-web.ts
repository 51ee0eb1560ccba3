import { type Report } from '../config-problem.ts';
import { checkPair, checkReadable } from './check-references.ts';
import { type RawConfig, type Unchecked } from '../schema/schema.ts';

type UncheckedConfig = Unchecked<RawConfig>;

/** Contradictions within `rest`, `webSocket` and `endOfLife`. */
export const checkWeb = (config: UncheckedConfig, report: Report): void => {
  checkRest(config, report);
  checkPlain(config.webSocket?.url, 'webSocket.url', config, report);
  checkReadable(config.webSocket?.caFile, 'webSocket.caFile', report);
  checkPriceSource(config, report);
  const { noticeFrom = '', endsOn = '9' } = config.endOfLife ?? {};
  if (noticeFrom > endsOn) report('endOfLife.noticeFrom', 'must not be after endsOn');
};

const checkPriceSource = (
  { risk, webSocket, sessions = {} }: UncheckedConfig,
  report: Report,
): void => {
  if (webSocket?.url !== undefined) return;
  if (risk?.referencePrice === 'mark')
    report('risk.referencePrice', 'the mark price comes from the feeds: webSocket.url is required');
  if (risk === undefined || risk.withoutReferencePrice === 'allow') return;
  reportLimits(risk, [...TICKER_LIMITS], {
    reason: 'mark and index prices come from the feeds: webSocket.url is required',
    report,
  });
  const isFed = Object.values(sessions).some((session) => session?.role?.startsWith('marketData'));
  if (isFed) return;
  const reason =
    'nothing brings a reference price: webSocket.url or a marketData session is required';
  reportLimits(risk, [...BOOK_LIMITS], { reason, report });
};

const TICKER_LIMITS = ['markCollarPercent', 'indexCollarPercent'] as const;
const BOOK_LIMITS = ['priceCollarPercent', 'touchCollarPercent', 'marketDataAgeMsMax'] as const;
type PriceLimit = (typeof TICKER_LIMITS | typeof BOOK_LIMITS)[number];

/** A limit without a source of prices would refuse every order that it holds. */
const reportLimits = (
  risk: NonNullable<UncheckedConfig['risk']>,
  names: readonly PriceLimit[],
  { reason, report }: { readonly reason: string; readonly report: Report },
): void => {
  const check = (path: string, limits: Partial<Record<PriceLimit, unknown>> | undefined): void => {
    for (const name of names) if (limits?.[name] !== undefined) report(`${path}.${name}`, reason);
  };
  check('risk', risk);
  for (const kind of ['symbols', 'accounts', 'clients', 'strategies'] as const) {
    for (const [name, limits] of Object.entries(risk[kind] ?? {})) {
      check(`risk.${kind}.${name}`, limits);
    }
  }
};

const checkRest = (config: UncheckedConfig, report: Report): void => {
  const { rest } = config;
  if (rest === undefined) return;
  const { origin } = rest;
  checkPlain(origin, 'rest.origin', config, report);
  if (origin !== undefined && new URL(origin).pathname !== '/')
    report('rest.origin', 'must end after host and port: paths are the client’s part');
  const hasKey = checkPair(rest.credentials, ['apiKey', 'apiSecret'], {
    path: 'rest.credentials',
    report,
  });
  if (hasKey && origin === undefined) report('rest.origin', 'is required with rest.credentials');
  checkReadable(rest.caFile, 'rest.caFile', report);
};

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Without TLS a key would travel in the open: on loopback only, and never in production. */
const checkPlain = (
  text: string | undefined,
  path: string,
  { venue }: UncheckedConfig,
  report: Report,
): void => {
  if (text === undefined || isTls(text)) return;
  if (venue?.environment === 'production') report(path, 'must use TLS in production');
  else if (!isLoopback(text)) report(path, 'must use TLS unless the host is loopback');
};

/** Of a URL that parses. */
export const isTls = (url: string): boolean => /^(?:https|wss):/.test(new URL(url).protocol);
export const isLoopback = (url: string): boolean => LOOPBACK.has(new URL(url).hostname);
