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
}
