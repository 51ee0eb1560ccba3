import { type EpochMs } from '../../lib/time.ts';
import { type ExchangeCommand } from '../exchange/model/commands.ts';

/**
 * What a kept venue writes down, in the order in which it happened. The exchange is a function of
 * its commands and their times, so these are enough to make everything again.
 */
export type StateRecord =
  /** A command of whoever; `seq` is the number of the exchange's last event before it. */
  | {
      readonly k: 'command';
      readonly at: EpochMs;
      readonly seq: number;
      readonly command: ExchangeCommand;
    }
  /** The background market's next step, and the tick after it. */
  | { readonly k: 'step'; readonly at: EpochMs; readonly seq: number }
  | StateNote;

/** What happened beside the exchange. */
export type StateNote =
  /** An application message of a FIX client, before the desk read it. `frame` is latin1. */
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
  /** Of REST: preferences that the exchange does not know, notices, nonces. */
  | { readonly k: 'rest'; readonly about: string; readonly value: unknown };

/** Where notes go. Without a state directory nobody listens. */
export interface StateKeeper {
  readonly note: (note: StateNote) => void;
  /** Everything noted so far survives the death of the process. */
  readonly flush: () => void;
}
