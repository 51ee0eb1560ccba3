import { type OrderRoute } from '../domain/order.ts';
import { type EpochMs } from '../lib/time.ts';
import { type Route } from './state.ts';

/**
 * Where an account stands between FIX and REST. New orders pass in FIX_ACTIVE by FIX and in
 * REST_ACTIVE by REST, never by both. [routing 8]
 */
export const ROUTE_PHASES = [
  'FIX_RECOVERING',
  'FIX_ACTIVE',
  'FIX_SUSPECT',
  'DOWN_FENCED',
  'RESOLVING',
  'REST_ACTIVE',
  'HANDBACK',
  'CANCEL_ONLY',
  'HALTED',
] as const;
export type RoutePhase = (typeof ROUTE_PHASES)[number];

/**
 * - LoggedOn, InStep, LinkLost: the FIX session
 * - Suspected, Answered: the venue is silent for too long, and answers after all
 * - GracePassed: FIX has been down for `graceMs`
 * - RestAllowed: every guard of REST order entry holds [routing 5]
 * - RestUnfit, RestFit: one of them is broken while orders go by REST, and holds again
 * - HandbackBegun, HandbackRefused, HandedBack: the way back to FIX [routing 6]
 * - Restarted: a new run of the engine
 * - Halted, Resumed: an operator's word, or the limit of drops
 */
export type RouteEvent =
  | 'LoggedOn'
  | 'InStep'
  | 'LinkLost'
  | 'Suspected'
  | 'Answered'
  | 'GracePassed'
  | 'RestAllowed'
  | 'RestUnfit'
  | 'RestFit'
  | 'HandbackBegun'
  | 'HandbackRefused'
  | 'HandedBack'
  | 'Restarted'
  | 'Halted'
  | 'Resumed';

/** What is not named here changes nothing. */
export const ROUTE_TRANSITIONS: Readonly<
  Record<RoutePhase, Readonly<Partial<Record<RouteEvent, RoutePhase>>>>
> = {
  FIX_RECOVERING: { InStep: 'FIX_ACTIVE', LinkLost: 'DOWN_FENCED', Halted: 'HALTED' },
  FIX_ACTIVE: {
    Suspected: 'FIX_SUSPECT',
    LinkLost: 'DOWN_FENCED',
    LoggedOn: 'FIX_RECOVERING',
    Halted: 'HALTED',
  },
  FIX_SUSPECT: {
    Answered: 'FIX_ACTIVE',
    LinkLost: 'DOWN_FENCED',
    LoggedOn: 'FIX_RECOVERING',
    Halted: 'HALTED',
  },
  DOWN_FENCED: { LoggedOn: 'FIX_RECOVERING', GracePassed: 'RESOLVING', Halted: 'HALTED' },
  RESOLVING: {
    LoggedOn: 'FIX_RECOVERING',
    InStep: 'FIX_ACTIVE',
    RestAllowed: 'REST_ACTIVE',
    HandbackBegun: 'HANDBACK',
    Halted: 'HALTED',
  },
  REST_ACTIVE: {
    RestUnfit: 'CANCEL_ONLY',
    HandbackBegun: 'HANDBACK',
    Restarted: 'RESOLVING',
    Halted: 'HALTED',
  },
  HANDBACK: {
    HandedBack: 'FIX_ACTIVE',
    HandbackRefused: 'RESOLVING',
    LinkLost: 'RESOLVING',
    Restarted: 'RESOLVING',
    Halted: 'HALTED',
  },
  CANCEL_ONLY: {
    RestFit: 'RESOLVING',
    HandbackBegun: 'HANDBACK',
    Restarted: 'RESOLVING',
    Halted: 'HALTED',
  },
  HALTED: { Resumed: 'RESOLVING' },
};

/** Which route may take new orders. Each grant has a number of its own, across restarts. */
export interface RouteToken {
  readonly route: OrderRoute;
  /** The fencing epoch: what was decided under a lower one is not sent any more. */
  readonly epoch: number;
}

/** The venue's dead man's switch on the account, as far as we know it. */
export interface DeadManSwitch {
  /**
   * `asked`: a call is under way. `unconfirmed`: a call has no answer, so it may be armed until
   * `firesBy`, when it has fired.
   */
  readonly state: 'off' | 'asked' | 'armed' | 'unconfirmed';
  /** Latest time, by our clock, at which it can still fire; absent while it is off. */
  readonly firesBy?: EpochMs;
}

export type RouteCommand = 'fallback' | 'handback' | 'halt' | 'resume';

/** What the books keep of an account's way to the venue, beside the FIX link. */
export interface Routing {
  readonly phase: RoutePhase;
  readonly since: EpochMs;
  readonly reason: string;
  readonly token: RouteToken;
  /** When FIX stopped to take orders; absent while it takes them. */
  readonly downSince?: EpochMs;
  /** FIX is in step since then, whoever takes the orders. */
  readonly inStepSince?: EpochMs;
  /** When FIX was lost while it took orders, oldest first; at most DROPS_KEPT_MAX. */
  readonly drops: readonly EpochMs[];
  /** An operator's word, until it is carried out. */
  readonly commanded?: {
    readonly command: 'fallback' | 'handback';
    readonly by: string;
    readonly isForced: boolean;
  };
  readonly deadManSwitch: DeadManSwitch;
  /** What an operator was told is missing. */
  readonly missing?: readonly string[];
}

export const DROPS_KEPT_MAX = 100;

/** What the configuration says about an account between FIX and REST; times in ms. */
export interface RoutingRules {
  readonly fallback: 'off' | 'manual' | 'auto';
  readonly graceMs: number;
  readonly codMaxMs: number;
  readonly restReservePoints: number;
  readonly restWithoutWs: boolean;
  readonly deadManSwitchSeconds: number;
  readonly handbackStableMs: number;
  readonly flapDropsMax: number;
  readonly flapWindowMs: number;
  readonly onFlap: 'stayOnRest' | 'halt';
}

/** What the shell sees of REST and the feeds of an account, as of the input that carries it. */
export interface RouteSurvey {
  /** The venue's REST clock minus ours, in ms; absent without a fresh sample. */
  readonly clockSkewMs?: number;
  /** REST answered the last queries. */
  readonly isRestAnswering: boolean;
  /** Points of the REST budget that ordinary calls could take now. */
  readonly restPoints: number;
  /** The private feeds are up, with their snapshots. */
  readonly areFeedsUp: boolean;
  /** Comparisons of books and venue in a row, since FIX is in step, that found no difference. */
  readonly roundsAgreed: number;
  /** FIX is away by plan: the venue's daily rollover. */
  readonly isPlanned: boolean;
}

/** Journals of earlier versions knew the FIX link alone. */
const PHASE_OF_LINK: Readonly<Record<Route['phase'], RoutePhase>> = {
  Down: 'DOWN_FENCED',
  Recovering: 'FIX_RECOVERING',
  Active: 'FIX_ACTIVE',
};

export const routingOf = (route: Route | undefined): Routing =>
  route?.routing ?? {
    phase: PHASE_OF_LINK[route?.phase ?? 'Down'],
    since: route?.since ?? (0 as EpochMs),
    reason: route?.reason ?? 'FIX has not logged on',
    token: { route: 'FIX', epoch: 0 },
    drops: [],
    deadManSwitch: { state: 'off' },
  };

export const routePhaseOf = (route: Route | undefined): RoutePhase =>
  route?.routing?.phase ?? PHASE_OF_LINK[route?.phase ?? 'Down'];

/**
 * REST has the token, or its dead man's switch may be armed: FIX takes orders again only by a hand
 * back.
 */
export const isRestInvolved = ({ token, deadManSwitch }: Routing): boolean =>
  token.route === 'REST' || deadManSwitch.state !== 'off';

/** The phase after an event; the same one where the table has no transition. */
export const phaseAfter = (routing: Routing, event: RouteEvent): RoutePhase => {
  const isHeldByRest = isRestInvolved(routing) && (event === 'LoggedOn' || event === 'InStep');
  return isHeldByRest ? routing.phase : (ROUTE_TRANSITIONS[routing.phase][event] ?? routing.phase);
};
