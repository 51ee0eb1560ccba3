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
  const isFed = Object.values(sessions).some((session) => session?.role?.startsWith('marketData'));
  if (!isFed && risk?.withoutReferencePrice !== 'allow') checkCollars(risk, report);
};

/** A collar without a source of prices would refuse every Limit order. */
const checkCollars = (risk: UncheckedConfig['risk'], report: Report): void => {
  const reason =
    'nothing brings a reference price: webSocket.url or a marketData session is required';
  if (risk?.priceCollarPercent !== undefined) report('risk.priceCollarPercent', reason);
  for (const [symbol, limits] of Object.entries(risk?.symbols ?? {}))
    if (limits?.priceCollarPercent !== undefined)
      report(`risk.symbols.${symbol}.priceCollarPercent`, reason);
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
