import { type FixMessage, type OutboundMessage } from '../../fix/codec/fix-message.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type BackgroundMarket } from '../market/background-market.ts';
import { stepCommands, type VenueRuntime } from '../venue-runtime.ts';
import { type FixStores } from './fix-stores.ts';
import { DamagedRecord } from './record-file.ts';
import { type StateNote, type StateRecord } from './state-record.ts';

/** Replays what FIX clients sent to the trading service. Its answers are collected and not sent. */
export interface ReplayedService {
  readonly receive: (session: string, message: FixMessage, at: EpochMs) => void;
  /** Messages of the service since the last record, by session. */
  readonly said: Map<string, OutboundMessage[]>;
}

interface ReplayParts {
  readonly runtime: VenueRuntime;
  /** The market that made the steps. */
  readonly background: BackgroundMarket;
  readonly stores: FixStores;
  readonly service: ReplayedService;
  readonly readFrame: (frame: Buffer) => FixMessage | undefined;
  readonly rest: ((note: Extract<StateNote, { readonly k: 'rest' }>) => void) | undefined;
}

/** Session messages, which the trading service does not make. Both make Reject(3). */
const ADMIN_MSG_TYPES = 'A01245';

/**
 * Brings a new venue to the state of a kept one. Returns the number of records, or why it failed.
 */
export const replayState = (
  records: Iterable<StateRecord>,
  parts: ReplayParts,
): Result<number, string> => {
  let count = 0;
  try {
    for (const record of records) {
      count += 1;
      const problem = replayOne(record, parts);
      if (problem !== undefined) return err(`record ${count}: ${problem}`);
    }
  } catch (cause) {
    if (cause instanceof DamagedRecord) return err(cause.message);
    throw cause;
  }
  return ok(count);
};

const DIVERGED =
  'the exchange does not decide as it did when this was written: the state is of another version of the program';

const replayOne = (record: StateRecord, parts: ReplayParts): string | undefined => {
  const { runtime, background, stores, service } = parts;
  switch (record.k) {
    case 'command':
      service.said.clear();
      return runtime.replay([record.command], record.at, record.seq) ? undefined : DIVERGED;
    case 'step': {
      service.said.clear();
      const commands = stepCommands(background, record.at);
      return runtime.replay(commands, record.at, record.seq) ? undefined : DIVERGED;
    }
    case 'fix-in': {
      service.said.clear();
      stores.replay(record);
      const message = parts.readFrame(Buffer.from(record.frame, 'latin1'));
      if (message === undefined) return 'a FIX message that cannot be read';
      service.receive(record.session, message, record.at);
      return undefined;
    }
    case 'fix-out':
      stores.replay(record);
      if (!ADMIN_MSG_TYPES.includes(msgTypeOf(record.frame)))
        service.said.get(record.session)?.shift();
      return undefined;
    case 'rest':
      parts.rest?.(record);
      return undefined;
    default:
      stores.replay(record);
      return undefined;
  }
};

const msgTypeOf = (frame: string): string => /\x0135=([^\x01]+)\x01/.exec(frame)?.[1] ?? '';
