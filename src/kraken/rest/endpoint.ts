/**
 * One call of the venue's REST API as data. The tables in `endpoints.ts` follow the venue reference
 * [rest 2] and drive the raw client, the signer, the rate budget and docs/rest-endpoints.md.
 */
export interface Endpoint {
  /** The catalogue's name of the call, e.g. `orders-status`. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly service: Service;
  /** Below the service's base path, with `{name}` for path parameters. */
  readonly path: string;
  readonly auth: Auth;
  readonly kind: CallKind;
  /** Points or tokens of `pool`; a name when they depend on the parameters. */
  readonly cost: number | CostRule;
  readonly pool: BudgetPool;
  readonly state: 'live' | 'deprecated';
  /** In the documented order, which is the order on the wire. */
  readonly params: Params;
}

export type Params = Readonly<Record<string, Param>>;

export type Service = 'v3' | 'v4' | 'history' | 'charts' | 'auth' | 'stats';
type Auth = 'public' | 'any-key' | 'general-read' | 'general-full' | 'withdrawal';
type BudgetPool = 'none' | 'derivatives' | 'history';
type CostRule = 'batch-size' | 'fills-paging' | 'account-log-count';

/**
 * What a call does, which decides whether a layer may repeat it: `read` and `cancel` may be
 * repeated, `order` (creates or amends), `money` (moves funds) and `setting` never are. The dead
 * man's switch is a setting: a repeated call could arm a switch that was disarmed meanwhile.
 */
export type CallKind = 'read' | 'cancel' | 'order' | 'money' | 'setting';

export interface Param {
  readonly in: 'query' | 'form' | 'path' | 'header';
  readonly type: ParamType;
  readonly isRequired: boolean;
}

/** `decimal` is plain notation as text; `list` repeats its key once per element. */
export type ParamType = 'text' | 'decimal' | 'integer' | 'boolean' | 'list';

type ValueOf<T extends ParamType> = T extends 'boolean'
  ? boolean
  : T extends 'integer'
    ? number
    : T extends 'list'
      ? readonly string[]
      : string;

type RequiredNames<P extends Readonly<Record<string, Param>>> = {
  [N in keyof P]: P[N]['isRequired'] extends true ? N : never;
}[keyof P];

type OptionalNames<P extends Readonly<Record<string, Param>>> = Exclude<keyof P, RequiredNames<P>>;

/** The parameters of a call as an object, typed from its definition. */
export type ParamsOf<E extends Endpoint> = {
  readonly [N in RequiredNames<E['params']>]: ValueOf<E['params'][N]['type']>;
} & {
  readonly [N in OptionalNames<E['params']>]?: ValueOf<E['params'][N]['type']> | undefined;
};

export type ParamValue = string | number | boolean | readonly string[] | undefined;

export interface Need<I extends Param['in'], T extends ParamType> extends Param {
  readonly in: I;
  readonly type: T;
  readonly isRequired: true;
}
export interface May<I extends Param['in'], T extends ParamType> extends Param {
  readonly in: I;
  readonly type: T;
  readonly isRequired: false;
}

/** A required parameter. */
export const need = <const I extends Param['in'], const T extends ParamType>(
  where: I,
  type: T,
): Need<I, T> => ({ in: where, type, isRequired: true });

/** An optional parameter. */
export const may = <const I extends Param['in'], const T extends ParamType>(
  where: I,
  type: T,
): May<I, T> => ({ in: where, type, isRequired: false });

/** An endpoint as its table has it; the name in the table gives the id. */
export type Definition<P extends Params> = Omit<Endpoint, 'id' | 'params'> & {
  readonly params: P;
};

const NO_PARAMS = {};
type NoParams = typeof NO_PARAMS;

/** A GET that needs no key and costs nothing. */
export const publicRead = <const P extends Params = NoParams>(
  service: Service,
  path: string,
  params = NO_PARAMS as P,
): Definition<P> => ({
  method: 'GET',
  service,
  path,
  auth: 'public',
  kind: 'read',
  cost: 0,
  pool: 'none',
  state: 'live',
  params,
});

/** A GET that costs points of the account. */
export const read = <const P extends Params = NoParams>(
  service: Service,
  path: string,
  cost: Endpoint['cost'],
  params = NO_PARAMS as P,
): Definition<P> => ({
  method: 'GET',
  service,
  path,
  auth: 'general-read',
  kind: 'read',
  cost,
  pool: service === 'history' ? 'history' : 'derivatives',
  state: 'live',
  params,
});

/** A POST of the trading service. */
export const post = <const P extends Params = NoParams>(
  kind: CallKind,
  path: string,
  cost: Endpoint['cost'],
  params = NO_PARAMS as P,
): Definition<P> => ({
  method: 'POST',
  service: 'v3',
  path,
  auth: 'general-full',
  kind,
  cost,
  pool: 'derivatives',
  state: 'live',
  params,
});

/** A PUT or DELETE of the trading service: each of them is a setting. */
export const set = <const P extends Params = NoParams>(
  method: 'PUT' | 'DELETE',
  path: string,
  cost: number,
  params = NO_PARAMS as P,
): Definition<P> => ({ ...post('setting', path, cost, params), method });

/** Path of each service on the venue's host [rest 1.1]. */
export const BASE_PATH: Readonly<Record<Service, string>> = {
  v3: '/derivatives/api/v3',
  v4: '/derivatives/api/v4',
  history: '/api/history/v3',
  charts: '/api/charts/v1',
  auth: '/api/auth/v1',
  stats: '/api/stats/v1',
};

export const isRepeatable = (kind: CallKind): boolean => kind === 'read' || kind === 'cancel';
