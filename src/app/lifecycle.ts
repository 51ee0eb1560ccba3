import { leaveVenue, type LeaveParts } from './leave-venue.ts';

export interface StopParts extends LeaveParts {
  readonly stopListening: () => void;
  readonly closeClientSessions: () => Promise<void>;
  readonly stopTimers: () => void;
  readonly closeFiles: () => Promise<void>;
}

/**
 * Stops in order: refuses new client connections, leaves the venue, gives the clients their reports
 * and logs them out, closes logs and journal. Bounded in time: what the venue has not answered by
 * then is settled at the next start. A step that fails does not keep later ones from running.
 */
export const stopEngine = async (parts: StopParts): Promise<void> => {
  const { loop, stopListening, stopTimers, closeClientSessions, closeFiles } = parts;
  const failures: unknown[] = [];
  const attempt = async (step: () => unknown): Promise<void> => {
    try {
      await step();
    } catch (cause) {
      failures.push(cause);
    }
  };
  await attempt(stopListening);
  await attempt(() => leaveVenue(parts, 'shutdown', 'shutting down'));
  await attempt(() => loop.settled());
  await attempt(closeClientSessions);
  await attempt(() => loop.settled());
  await attempt(stopTimers);
  await attempt(closeFiles);
  if (failures.length > 0) throw failures[0];
};
