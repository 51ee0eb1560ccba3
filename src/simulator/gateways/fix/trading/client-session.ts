import { type FixSession } from '../../../../fix/session/model/session-types.ts';
import { type RecentCount } from './recent-count.ts';
import { type SessionMemory } from './session-memory.ts';
import { type Requester } from './trading-requests.ts';

/** One CompID's seat: its session, its orders, and what its last Logon asked for. */
export interface ClientSession {
  readonly who: Requester;
  session: Pick<FixSession, 'send'> | undefined;
  cancelsOnDisconnect: boolean;
  readonly memory: SessionMemory;
  /** In 10 s. */
  readonly requests: RecentCount;
  /** In a second. */
  readonly errors: RecentCount;
}
