import { type SessionName } from '../../domain/ids.ts';
import { type EpochMs } from '../../lib/time.ts';
import {
  type DeadManSwitch,
  type RouteCommand,
  type RoutePhase,
  type RouteToken,
} from '../route-phase.ts';

/** FIX is silent for too long: new orders are refused from here on, cancels pass. */
export interface RouteSuspected {
  readonly type: 'RouteSuspected';
  readonly at: EpochMs;
  readonly session: SessionName;
  /** Of the connection. */
  readonly epoch: number;
  readonly reason: string;
}

/** The venue answered in time: new orders pass again. */
export interface RouteTrusted {
  readonly type: 'RouteTrusted';
  readonly at: EpochMs;
  readonly session: SessionName;
  readonly epoch: number;
}

/** A step of the account between FIX and REST that no fact about the link says. */
export interface RoutePhaseChanged {
  readonly type: 'RoutePhaseChanged';
  readonly at: EpochMs;
  readonly session: SessionName;
  readonly phase: RoutePhase;
  readonly reason: string;
  /** Present when a route is granted new orders. */
  readonly token?: RouteToken;
}

/** An operator's word about a route. */
export interface RouteCommanded {
  readonly type: 'RouteCommanded';
  readonly at: EpochMs;
  readonly session: SessionName;
  readonly command: RouteCommand;
  readonly by: string;
  readonly reason: string;
  /** Hand back without two agreeing rounds. */
  readonly isForced?: true;
}

/** An operator was told what keeps the account from going on. */
export interface RouteBlocked {
  readonly type: 'RouteBlocked';
  readonly at: EpochMs;
  readonly session: SessionName;
  readonly missing: readonly string[];
}

/** The venue is asked to arm its dead man's switch and to keep it armed, or to switch it off. */
export interface DeadManSwitchAsked {
  readonly type: 'DeadManSwitchAsked';
  readonly at: EpochMs;
  readonly session: SessionName;
  readonly want: 'armed' | 'off';
  /** Of the switch, once it is armed. */
  readonly timeoutSeconds: number;
}

/** What the venue's echo, or the lack of it, says of the switch. Renewals are not noted. */
export interface DeadManSwitchNoted {
  readonly type: 'DeadManSwitchNoted';
  readonly at: EpochMs;
  readonly session: SessionName;
  readonly deadManSwitch: DeadManSwitch;
  readonly detail?: string;
}
