import { type Clock, epochMs, type EpochMs, type Timers } from '../../../lib/time.ts';
import { type FaultOf, type RestFault } from '../../faults/fault.ts';
import { type FaultRegistry } from '../../faults/fault-registry.ts';
import { failure, failures, type RestAnswer } from './answer.ts';
import {
  type ServedEndpoint,
  isAnswer,
  type RestCall,
  type RestVenue,
} from './endpoints/endpoint.ts';
import { Fields } from './fields.ts';
import { type Credentials, type Gate, historyRefusal, nonceRefusal } from './gate.ts';
import { Secret } from '../../../lib/secret.ts';
import {
  isJsonObject,
  type JsonObject,
  parseLosslessJson,
  toJsonText,
} from '../../../lib/lossless-json.ts';

/** One HTTP request as the server hands it in. */
interface RestRequest {
  readonly endpoint: ServedEndpoint;
  readonly path: string;
  readonly pathParams: Readonly<Record<string, string>>;
  readonly query: string;
  readonly body: string;
  readonly apiKey: string | undefined;
  readonly authent: string | undefined;
  readonly nonce: string | undefined;
  readonly algoId: string | undefined;
}

/** The outcome of a request: an answer, an answer that breaks off, or none. */
type RestReply =
  | { readonly type: 'answer'; readonly answer: RestAnswer }
  | { readonly type: 'cut'; readonly answer: RestAnswer }
  | { readonly type: 'lost' };

interface RestApiDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly gate: Gate;
  readonly venue: RestVenue;
  readonly faults: FaultRegistry;
}

type Met = readonly RestFault[];

const NO_PARAMS = { fields: new Fields(), path: {}, algoId: undefined } as const;
const NO_SECRET = new Secret('');

/**
 * Answers requests as the venue does, and applies the faults in force. It does not touch sockets.
 */
export class RestApi {
  readonly #deps: RestApiDeps;
  #downUntil: EpochMs | undefined;
  #frozen: ReadonlyMap<string, RestAnswer> | undefined;

  constructor(deps: RestApiDeps) {
    this.#deps = deps;
  }

  /** The venue's clock. */
  now(): EpochMs {
    return epochMs(this.#deps.clock.wall() + this.#deps.venue.skewMs());
  }

  /** Answers every request with 503 until then [rest 11]. */
  setDown(until: EpochMs | undefined): void {
    this.#downUntil = until;
  }

  /** Freezes the views of these accounts at their present answers; `undefined` ends that. */
  async freeze(
    accounts: readonly string[] | undefined,
    views: readonly ServedEndpoint[],
  ): Promise<void> {
    if (accounts === undefined) {
      this.#frozen = undefined;
      return;
    }
    const frozen = new Map<string, RestAnswer>();
    for (const account of accounts) {
      for (const view of views) {
        const call = { ...NO_PARAMS, at: this.now(), key: keyOf(account) };
        frozen.set(`${account} ${view.id}`, await view.answer(call, this.#deps.venue));
      }
    }
    this.#frozen = frozen;
  }

  async handle(request: RestRequest): Promise<RestReply> {
    const { endpoint } = request;
    const account = this.#deps.gate.accountOf(request.apiKey);
    const met = this.#deps.faults.meet({
      endpoint: endpoint.id,
      account,
      at: this.#deps.clock.wall(),
    });
    await this.#wait(met, 'before');
    if (isDown(this.#downUntil, this.#deps.clock.wall())) return answer(DOWN);
    if (isLost(met, 'before')) return { type: 'lost' };
    const early = errorOf(met, 'before', this.now()) ?? refusalOf(met, endpoint, this.now());
    if (early !== undefined) return answer(early);
    const written = await this.#perform(request, has(met, 'duplicate'));
    const { legacyLowerCase } = this.#deps.venue.options;
    const given = legacyLowerCase ? withLowerCaseSymbols(written) : written;
    await this.#wait(met, 'after');
    await this.#sleep(this.#lateMs(account));
    if (isLost(met, 'after')) return { type: 'lost' };
    const late = errorOf(met, 'after', this.now());
    if (late !== undefined) return answer(late);
    if (has(met, 'answer-cut')) return { type: 'cut', answer: given };
    return answer(has(met, 'odd-answer') ? unexpectedAnswer(given) : given);
  }

  async #perform(request: RestRequest, isTwice: boolean): Promise<RestAnswer> {
    const { endpoint, query, body, path } = request;
    const { gate, venue, clock } = this.#deps;
    const call = {
      at: this.now(),
      fields: new Fields(query, body),
      path: request.pathParams,
      algoId: request.algoId,
    };
    const credentials: Credentials = {
      apiKey: request.apiKey,
      authent: request.authent,
      nonce: request.nonce,
      postData: `${query}${body}`,
      path,
    };
    const admitted = gate.admit(endpoint, call, credentials, clock.monotonic());
    if (isAnswer(admitted)) return admitted;
    const frozen = this.#frozen?.get(`${admitted.key?.account ?? ''} ${endpoint.id}`);
    if (frozen !== undefined) return frozen;
    const first = endpoint.answer(admitted, venue);
    if (isTwice) await Promise.all([first, endpoint.answer(admitted, venue)]);
    return first;
  }

  #wait(met: Met, when: 'before' | 'after'): Promise<void> {
    const delayMs = met.reduce(
      (sum, fault) => sum + (fault.kind === 'delay' && fault.when === when ? fault.delayMs : 0),
      0,
    );
    return this.#sleep(delayMs);
  }

  /** The delay of REST behind the other channels for this account. */
  #lateMs(account: string | undefined): number {
    const { faults, clock } = this.#deps;
    return faults
      .draw(
        (fault): fault is FaultOf<'reorder'> =>
          fault.kind === 'reorder' &&
          fault.late === 'rest' &&
          (fault.account === undefined || fault.account === account),
        clock.wall(),
      )
      .reduce((sum, { delayMs }) => sum + delayMs, 0);
  }

  #sleep(delayMs: number): Promise<void> {
    if (delayMs === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#deps.timers.set(delayMs, resolve);
    });
  }
}

const answer = (given: RestAnswer): RestReply => ({ type: 'answer', answer: given });

const keyOf = (account: string): RestCall['key'] => ({
  apiKey: '',
  apiSecret: NO_SECRET,
  account,
  permissions: { general: 'READ_ONLY', transfer: 'NO_ACCESS' },
});

const isDown = (until: EpochMs | undefined, at: EpochMs): boolean =>
  until !== undefined && at < until;

const has = (met: Met, kind: RestFault['kind']): boolean =>
  met.some((fault) => fault.kind === kind);

const isLost = (met: Met, when: 'before' | 'after'): boolean =>
  met.some((fault) => fault.kind === 'answer-lost' && fault.when === when);

const html = (status: number): RestAnswer => ({
  status,
  contentType: 'text/html; charset=UTF-8',
  body: `<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center><hr><center>cloudflare</center></body></html>`,
});

/** The answer to every request during maintenance. */
const DOWN = html(503);

/** The address to which the former demo host redirects [rest 8]. */
const REDIRECT_TO = 'http://127.0.0.1:9/features/trading-derivatives';

const errorOf = (met: Met, when: 'before' | 'after', at: EpochMs): RestAnswer | undefined => {
  const error = met.find(
    (fault): fault is FaultOf<'http-error'> => fault.kind === 'http-error' && fault.when === when,
  );
  if (error === undefined) return undefined;
  const { status, body = 'html' } = error;
  switch (body) {
    case 'html':
      return html(status);
    case 'json':
      return failures(at, status, { code: 0, message: 'INTERNAL_SERVER_ERROR' });
    case 'empty':
      return { status, contentType: 'text/plain', body: '' };
    case 'redirect':
      return { status, contentType: 'text/html', body: '', headers: { location: REDIRECT_TO } };
  }
};

const HISTORY_WAIT_SECONDS = 6;

const refusalOf = (met: Met, endpoint: ServedEndpoint, at: EpochMs): RestAnswer | undefined => {
  if (has(met, 'rate-limit')) {
    return endpoint.service === 'history'
      ? historyRefusal(HISTORY_WAIT_SECONDS)
      : failure(at, 'apiLimitExceeded');
  }
  const nonce = met.find((fault) => fault.kind === 'nonce-error');
  return nonce === undefined ? undefined : nonceRefusal(endpoint.service, { at }, nonce.error);
};

const SYMBOL = /"(?:symbol|tradeable|cancelOnly)":"[A-Z0-9_.]+"/g;

/** Contracts in the lower case of the years until about 2023: `pf_ethusd` [rest 6.1, 13 row 2]. */
const withLowerCaseSymbols = (given: RestAnswer): RestAnswer => ({
  ...given,
  body: given.body.replaceAll(SYMBOL, (member) => member.replace(/[A-Z0-9_.]+"$/, lower)),
});

const lower = (text: string): string => text.toLowerCase();

const STATUS_OBJECTS = ['sendStatus', 'editStatus', 'cancelStatus'];

/**
 * The answer with an unknown field and an unknown status word, as a later version may have
 * [rest 13 row 16].
 */
const unexpectedAnswer = (given: RestAnswer): RestAnswer => {
  const parsed = parseLosslessJson(given.body);
  if (!parsed.ok || !isJsonObject(parsed.value)) return given;
  const changed: JsonObject = { ...withUnknownStatus(parsed.value), futureField: { version: '2' } };
  return { ...given, body: toJsonText(changed) };
};

const withUnknownStatus = (body: JsonObject): JsonObject => {
  for (const name of STATUS_OBJECTS) {
    const status = body[name];
    if (isJsonObject(status)) return { ...body, [name]: { ...status, status: 'unknown' } };
  }
  return body;
};
