import { type EpochMs } from '../../lib/time.ts';
import { runTriggers } from './orders/trigger.ts';
import { cancelMany, cancelOne } from './orders/cancellation.ts';
import { type BatchOrders, type ExchangeCommand } from './model/commands.ts';
import { setDeadManSwitch } from './orders/dead-man-switch.ts';
import { edit } from './orders/edit.ts';
import { type CommandError, type ExchangeEvent } from './model/events.ts';
import { fillLate } from './venue-acts/late-fill.ts';
import { performMarketCommand } from './venue-acts/market-commands.ts';
import { place } from './orders/placement.ts';
import { setPreference } from './venue-acts/preferences.ts';
import { type ExchangeQueries } from './reads/exchange-queries.ts';
import { makeQueries } from './reads/queries.ts';
import { nextDueAt, passTime } from './venue-acts/schedule.ts';
import { bustTrade, correctTrade } from './venue-acts/trade-change.ts';
import { moveFunds } from './venue-acts/transfer.ts';
import { emit, type ExchangeConfig, makeVenue, setRules, type Venue } from './model/venue.ts';

/**
 * The venue: commands in, events out. The same configuration and commands give the same events, ids
 * included.
 */
export interface Exchange {
  /**
   * Does what is due by `at`, then the command; answers with everything that happened, in order.
   * `at` never goes back.
   */
  readonly handle: (command: ExchangeCommand, at: EpochMs) => readonly ExchangeEvent[];
  readonly queries: ExchangeQueries;
  /**
   * When time alone makes something happen next (a held order leaves, a switch fires, funding is
   * paid): send a Tick then.
   */
  readonly nextDueAt: () => EpochMs;
  /** The parts' own state, for tests and benchmarks. */
  readonly venue: Venue;
}

export const makeExchange = (config: ExchangeConfig): Exchange => {
  const venue = makeVenue(config);
  const handle = (command: ExchangeCommand, at: EpochMs): readonly ExchangeEvent[] => {
    venue.events = [];
    passTime(venue, at, () => {
      runTouched(venue);
    });
    answer(venue, command);
    runTouched(venue);
    return venue.events;
  };
  return { handle, queries: makeQueries(venue), nextDueAt: () => nextDueAt(venue), venue };
};

const TOUCHED_ROUNDS_MAX = 10_000;

/** Fires the triggers of every market whose prices moved, until nothing moves. */
const runTouched = (venue: Venue): void => {
  for (let round = 0; round < TOUCHED_ROUNDS_MAX && venue.touched.size > 0; round += 1) {
    for (const market of venue.touched) {
      venue.touched.delete(market);
      runTriggers(venue, market);
    }
  }
};

/**
 * Performs a command under its requestId; a request that is held is completed when it is released.
 */
const answer = (venue: Venue, command: ExchangeCommand): void => {
  const requestId = 'requestId' in command ? command.requestId : undefined;
  venue.requestId = requestId;
  const heldBefore = venue.held.length;
  const refusal = perform(venue, command);
  venue.requestId = requestId;
  if (refusal !== undefined)
    emit(venue, { type: 'CommandRefused', command: command.type, reason: refusal });
  const isHeld = venue.held.length > heldBefore && command.type !== 'BatchOrders';
  if (requestId !== undefined && !isHeld) emit(venue, { type: 'RequestCompleted' });
  venue.requestId = undefined;
};

const perform = (venue: Venue, command: ExchangeCommand): CommandError | undefined => {
  switch (command.type) {
    case 'PlaceOrder':
      place(venue, command);
      return undefined;
    case 'EditOrder':
      edit(venue, command);
      return undefined;
    case 'CancelOrder':
      cancelOne(venue, command);
      return undefined;
    case 'CancelOrders':
      cancelMany(venue, command);
      return undefined;
    case 'BatchOrders':
      performBatch(venue, command);
      return undefined;
    case 'SetDeadManSwitch': {
      const account = venue.accounts.get(command.account);
      if (account === undefined) return 'invalidAccount';
      setDeadManSwitch(venue, account, command.timeoutSeconds);
      return undefined;
    }
    case 'SetLimits':
      setRules(venue, command.limits);
      return undefined;
    case 'Tick':
      return undefined;
    case 'Transfer':
    case 'Withdraw':
    case 'Deposit':
      return moveFunds(venue, command);
    case 'SetIndex':
    case 'SetMarketState':
    case 'SetMakerProtection':
    case 'Settle':
    case 'EndFundingPeriod':
      return performMarketCommand(venue, command);
    case 'BustTrade':
      return bustTrade(venue, command);
    case 'CorrectTrade':
      return correctTrade(venue, command);
    case 'FillLate':
      return fillLate(venue, command);
    default:
      return setPreference(venue, command);
  }
};

/**
 * Instructions one after the other, each on its own: not atomic [rest 2.1 batchorder]. From the
 * first that a market holds, all later ones wait together; cancels never wait [rest 10].
 */
const performBatch = (venue: Venue, command: BatchOrders): void => {
  venue.batchReleaseAt = undefined;
  for (const instruction of command.instructions) {
    const before = venue.held.length;
    answer(venue, instruction);
    const last = venue.held.length > before ? venue.held[venue.held.length - 1] : undefined;
    if (last !== undefined) venue.batchReleaseAt = last.releaseAt;
  }
  venue.batchReleaseAt = undefined;
};
