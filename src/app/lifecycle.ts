import { leaveVenue, type LeaveParts } from './leave-venue.ts';

export interface StopParts extends LeaveParts {
  readonly stopListening: () => void;
  readonly closeClientSessions: () => Promise<void>;
  readonly stopTimers: () => void;
  readonly closeFiles: () => Promise<void>;
}

/**
 * The ordered stop: let no client in any more, leave the venue, let the clients have their reports
 * and log them out, close logs and journal. Bounded in time: what the venue has not answered by
 * then is settled at the next start. A step that fails keeps none of the later ones from being
 * done.
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
