import { type EpochMs } from '../../lib/time.ts';
import { type ExchangeCommand } from '../exchange/model/commands.ts';

/**
 * A record of a kept venue, in the order of events. The exchange is a function of its commands and
 * their times, so these records are enough to rebuild it.
 */
export type StateRecord =
  /** A command from any source. `seq` is the number of the exchange's last event before it. */
  | {
      readonly k: 'command';
      readonly at: EpochMs;
      readonly seq: number;
      readonly command: ExchangeCommand;
    }
  /** The background market's next step, and the tick after it. */
  | { readonly k: 'step'; readonly at: EpochMs; readonly seq: number }
  | StateNote;

/** What happened outside the exchange. */
export type StateNote =
  /**
   * An application message of a FIX client, before the trading service reads it. `frame` is latin1.
   */
  | {
      readonly k: 'fix-in';
      readonly session: string;
      readonly at: EpochMs;
      readonly msgSeqNum: number;
      readonly frame: string;
    }
  | {
      readonly k: 'fix-out';
      readonly session: string;
      readonly msgSeqNum: number;
      readonly frame: string;
    }
  | { readonly k: 'next-sender'; readonly session: string; readonly value: number }
  | { readonly k: 'next-target'; readonly session: string; readonly value: number }
  | { readonly k: 'fix-reset'; readonly session: string; readonly at: EpochMs }
  /** REST's own state: preferences that the exchange does not keep, notices, nonces. */
  | { readonly k: 'rest'; readonly about: string; readonly value: unknown };

/** Takes notes for a state directory. A venue without one has no keeper. */
export interface StateKeeper {
  readonly note: (note: StateNote) => void;
  /** Writes all notes so far, so that they survive the process. */
  readonly flush: () => void;
}
