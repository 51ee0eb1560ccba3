import { type Timers } from '../lib/time.ts';
import { type EngineEmitter } from './loop/publish.ts';

export interface UntilOpenOptions {
  /** Default 30 s. */
  readonly timeoutMs?: number;
  /** One of `engine.accounts`; all of them when it is left out. */
  readonly account?: string;
}

/**
 * New orders did not pass in time, or never will again; the text says what the trading session is
 * doing.
 */
export class NotOpenError extends Error {
  override readonly name = 'NotOpenError';
  readonly code = 'FATHOM_NOT_OPEN';
}

export interface OpenWatch {
  readonly isOpen: () => boolean;
  /** For people. */
  readonly whyNot: () => string;
  readonly emitter: EngineEmitter;
  readonly timers: Timers;
  /** Aborted when the engine is stopped; `halted` when it has stopped deciding. */
  readonly stopped: AbortSignal;
  readonly halted: () => boolean;
}

const TIMEOUT_MS = 30_000;

/**
 * Resolves when new orders pass. Rejects with a NotOpenError after the time, or as soon as they
 * never will.
 */
export const untilOpen = (
  watch: OpenWatch,
  { timeoutMs = TIMEOUT_MS }: UntilOpenOptions = {},
): Promise<void> =>
  new Promise((resolve, reject) => {
    const { emitter, stopped } = watch;
    const end = (fault?: string): void => {
      timer.cancel();
      emitter.off('trading', look);
      emitter.off('halt', look);
      stopped.removeEventListener('abort', look);
      if (fault === undefined) resolve();
      else reject(new NotOpenError(fault));
    };
    const look = (): void => {
      if (stopped.aborted) end('the engine was stopped');
      else if (watch.halted()) end('the engine is halted: see its log for the cause');
      else if (watch.isOpen()) end();
    };
    const timer = watch.timers.set(timeoutMs, () => {
      end(`no order passes after ${timeoutMs} ms: ${watch.whyNot()}`);
    });
    emitter.on('trading', look);
    emitter.on('halt', look);
    stopped.addEventListener('abort', look);
    look();
  });
