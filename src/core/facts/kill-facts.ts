import { type ClientName } from '../../domain/ids.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type KillScope, type KillState } from '../kill-scope.ts';

/** An operator stops orders in a scope. It lasts over restarts until it is released. */
export interface KillSwitchSet {
  readonly type: 'KillSwitchSet';
  readonly at: EpochMs;
  readonly scope: KillScope;
  readonly state: Exclude<KillState, 'ACTIVE'>;
  readonly by: ClientName;
  readonly reason: string;
  /** Orders of EXTERNAL in the scope are cancelled as well. */
  readonly withExternal: boolean;
  /** Open orders in the scope at this moment that are to be cancelled. */
  readonly affected: number;
}

/** The scope is opened, or held less strictly: `state` is what holds from here on. */
export interface KillSwitchReleased {
  readonly type: 'KillSwitchReleased';
  readonly at: EpochMs;
  readonly scope: KillScope;
  readonly state: Exclude<KillState, 'HALTED'>;
  readonly by: ClientName;
  readonly reason: string;
  /** The second person and what was approved; absent where one person was enough. */
  readonly approvedBy?: ClientName;
  readonly proposalID?: string;
}

/** A scope is to be opened, or held less strictly, once a second person agrees. */
export interface KillReleaseProposed {
  readonly type: 'KillReleaseProposed';
  readonly at: EpochMs;
  readonly proposalID: string;
  readonly scope: KillScope;
  readonly state: Exclude<KillState, 'HALTED'>;
  readonly by: ClientName;
  readonly reason: string;
  readonly expiresAt: EpochMs;
}

/** A proposal ended without effect: taken back, or not approved in time. */
export interface KillReleaseEnded {
  readonly type: 'KillReleaseEnded';
  readonly at: EpochMs;
  readonly proposalID: string;
  readonly by: ClientName;
  readonly reason: string;
}
