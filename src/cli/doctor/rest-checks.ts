import { type InstrumentConfig } from '../../config/config.ts';
import { makeRestAccountGateway } from '../../kraken/rest/account/account-gateway.ts';
import { type RestInstrument } from '../../kraken/rest/market/market-readers.ts';
import { type RawClient } from '../../kraken/rest/raw-client.ts';
import { type NotConfirmed, type Reading, serverTimeOf } from '../../kraken/rest/reading.ts';
import { type Reply } from '../../kraken/rest/reply.ts';
import { toInstrument } from '../../kraken/rest/market/to-instrument.ts';
import { decimal, isMultipleOf } from '../../lib/decimal.ts';
import { type Result } from '../../lib/result.ts';
import { type Clock, epochMs, type EpochMs } from '../../lib/time.ts';
import { reasonOf } from '../account/account-view.ts';
import { fail, type CheckResult, ok, warn } from './check.ts';

export type ListedInstruments = Result<Reading<readonly RestInstrument[]>, NotConfirmed>;

export const checkRestAnswers = async (
  instruments: () => Promise<ListedInstruments>,
): Promise<CheckResult> => {
  const read = await instruments();
  if (!read.ok)
    return fail(
      `no list of instruments: ${reasonOf(read.error)}`,
      'look at rest.origin, rest.caFile, rest.proxyUrl, and at status.kraken.com',
    );
  const text = `${read.value.value.length} instruments are listed`;
  return read.value.isComplete
    ? ok(text)
    : warn(`${text}, and some could not be understood`, 'look for a newer Fathom');
};

const SAMPLES = 5;
/** Nonce(5025) of a FIX Logon is good within 5 s of the venue's clock [fix 2]. */
const SKEW_FAIL_MS = 5_000;
const SKEW_WARN_MS = 1_000;
/** The Date header counts whole seconds, cut off. */
const DATE_RESOLUTION_MS = 1_000;

interface Sample {
  readonly offsetMs: number;
  readonly boundMs: number;
}

/**
 * Venue clock minus local clock, from the fastest of several requests. Its error is at most half
 * the round trip (Cristian's algorithm).
 */
export const checkClock = async (
  client: RawClient,
  symbol: string,
  clock: Clock,
): Promise<CheckResult> => {
  const samples: Sample[] = [];
  for (let round = 0; round < SAMPLES; round += 1) {
    const reply = await client.instrumentStatus({ symbol });
    const sample = sampleOf(reply, clock.wall());
    if (sample !== undefined) samples.push(sample);
  }
  const [best] = samples.sort((a, b) => a.boundMs - b.boundMs);
  if (best === undefined)
    return fail('no answer carried a time', 'look at the row of REST, or try again');
  return judgeSkew(best);
};

const sampleOf = (reply: Reply, at: EpochMs): Sample | undefined => {
  if (reply.type !== 'Answered') return undefined;
  const halfMs = reply.latencyMs / 2;
  const precise = serverTimeOf(reply.json);
  if (precise !== undefined) return { offsetMs: precise - (at - halfMs), boundMs: halfMs };
  const date = Date.parse(reply.headers['date'] ?? '');
  if (Number.isNaN(date)) return undefined;
  const halfSecond = DATE_RESOLUTION_MS / 2;
  return {
    offsetMs: epochMs(date + halfSecond) - (at - halfMs),
    boundMs: halfMs + halfSecond,
  };
};

export const judgeSkew = ({ offsetMs, boundMs }: Sample): CheckResult => {
  const side = offsetMs < 0 ? 'behind' : 'ahead of';
  const ms = Math.abs(offsetMs).toFixed(1);
  const detail = `the venue's clock is ${ms} ms ${side} ours, known to ± ${boundMs.toFixed(1)} ms`;
  const atLeastMs = Math.abs(offsetMs) - boundMs;
  const advice = 'set the clock of this machine (chrony or NTP)';
  if (atLeastMs > SKEW_FAIL_MS)
    return fail(`${detail}: Logon is refused beyond ${SKEW_FAIL_MS} ms`, advice);
  if (atLeastMs > SKEW_WARN_MS) return warn(detail, advice);
  return boundMs > SKEW_WARN_MS
    ? warn(`${detail}: too vague to judge`, 'try again on a quieter line')
    : ok(detail);
};

/** What a key may do: a trading key should not move money, the funds key must. */
export const checkKey = async (
  client: RawClient,
  use: 'trading' | 'funds',
): Promise<CheckResult> => {
  const read = await makeRestAccountGateway(client).keyCheck();
  if (!read.ok)
    return fail(
      `the venue does not take this key: ${reasonOf(read.error)}`,
      'look at key and secret, at the environment they are for, and at the key’s addresses',
    );
  const { permissions, accountUid, allowedCidrBlocks = [] } = read.value.value;
  const may = {
    read: permissions.general === 'FULL_ACCESS' || permissions.general === 'READ_ONLY',
    trade: permissions.general === 'FULL_ACCESS',
    withdraw: permissions.transfer === 'FULL_ACCESS',
  };
  const rights = Object.entries(may).map(([right, has]) => `${right} ${has ? 'yes' : 'no'}`);
  const bound = allowedCidrBlocks.length === 0 ? 'any address' : allowedCidrBlocks.join(' ');
  const detail = `account ${accountUid}: ${rights.join(', ')}; from ${bound}`;
  return use === 'funds' ? judgeFunds(detail, may) : judgeTrading(detail, may);
};

type Rights = Readonly<Record<'read' | 'trade' | 'withdraw', boolean>>;

const judgeFunds = (detail: string, { withdraw, trade }: Rights): CheckResult => {
  if (!withdraw) return fail(detail, 'fathom withdraw needs a key with the right to withdraw');
  return trade
    ? warn(detail, 'this key is for money only: take its right to trade away')
    : ok(detail);
};

const judgeTrading = (detail: string, { read, trade, withdraw }: Rights): CheckResult => {
  if (!read) return fail(detail, 'account and history need a key that may read');
  if (withdraw)
    return warn(detail, 'take the right to withdraw away: rest.credentials never moves money');
  return trade
    ? ok(detail)
    : warn(detail, 'account and history work; an order over REST would be refused');
};

/**
 * The engine checks orders by the configured tick and lot: finer ones than the venue's lead to
 * rejects.
 */
export const checkInstruments = async (
  configured: readonly InstrumentConfig[],
  instruments: () => Promise<ListedInstruments>,
): Promise<CheckResult> => {
  const read = await instruments();
  if (!read.ok) return fail(reasonOf(read.error), 'look at the row of REST');
  const bySymbol = new Map(read.value.value.map((one) => [one.symbol, one]));
  const found = configured.map((one) =>
    compare(one, bySymbol.get(one.symbol), read.value.isComplete),
  );
  const wrong = found.flatMap(({ wrong: text }) => text);
  const odd = found.flatMap(({ odd: text }) => text);
  const detail = [...wrong, ...odd].join('; ');
  if (wrong.length > 0) return fail(detail, 'mend instruments in the configuration');
  if (odd.length > 0) return warn(detail, 'make sure that this is meant');
  return ok(`${configured.map(({ symbol }) => symbol).join(', ')}: listed, tick and lot agree`);
};

interface Compared {
  readonly wrong: readonly string[];
  readonly odd: readonly string[];
}

const compare = (
  one: InstrumentConfig,
  listed: RestInstrument | undefined,
  isListComplete: boolean,
): Compared => {
  const { symbol } = one;
  if (listed === undefined) {
    const text = `${symbol} is not listed at the venue`;
    return isListComplete ? { wrong: [text], odd: [] } : { wrong: [], odd: [text] };
  }
  const venue = toInstrument(listed);
  if (venue === undefined)
    return { wrong: [`${symbol} is of the type ${listed.type}, which is not supported`], odd: [] };
  const wrong: string[] = [];
  const odd: string[] = [];
  if (one.contractType !== venue.contractType)
    wrong.push(`${symbol} is ${venue.contractType}, not ${one.contractType}`);
  for (const key of ['tickSize', 'qtyStep', 'qtyMin'] as const) {
    const [ours, theirs] = [decimal(one[key]), decimal(venue[key])];
    if (ours.eq(theirs)) continue;
    const text = `${symbol} ${key} is ${venue[key]} at the venue, ${one[key]} here`;
    if (isMultipleOf(ours, theirs)) odd.push(text);
    else wrong.push(text);
  }
  if (venue.status !== 'Online') odd.push(`${symbol} is ${venue.status}`);
  return { wrong, odd };
};
