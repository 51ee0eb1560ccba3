import { epochMs, type EpochMs } from '../../lib/time.ts';
import { runTriggers } from './activation.ts';
import { cancelMany, cancelOne } from './cancellation.ts';
import { type ExchangeCommand } from './commands.ts';
import { type CommandError, type ExchangeEvent } from './events.ts';
import { nextRelease, releaseDue } from './maker-protection.ts';
import { place } from './placement.ts';
import { setIndex } from './prices.ts';
import { type ExchangeQueries, makeQueries } from './queries.ts';
import { emit, type ExchangeConfig, makeVenue, type Venue } from './venue.ts';

export interface Exchange {
  /** Does what is due by `at`, then the command; answers with everything that happened, in order. `at` never goes back. */
  readonly handle: (command: ExchangeCommand, at: EpochMs) => readonly ExchangeEvent[];
  readonly queries: ExchangeQueries;
  /** When time alone makes something happen next (a held order leaves, a switch fires): send a Tick then. */
  readonly nextDueAt: () => EpochMs | undefined;
  /** The parts' own state, for tests and benchmarks. */
  readonly venue: Venue;
}

export const makeExchange = (config: ExchangeConfig): Exchange => {
  const venue = makeVenue(config);
  const handle = (command: ExchangeCommand, at: EpochMs): readonly ExchangeEvent[] => {
    venue.at = at > venue.at ? at : venue.at;
    venue.events = [];
    releaseDue(venue);
    const requestId = 'requestId' in command ? command.requestId : undefined;
    venue.requestId = requestId;
    const held = venue.held.length;
    perform(venue, command);
    const isHeld = venue.held.length > held;
    if (requestId !== undefined && !isHeld) emit(venue, { type: 'RequestCompleted' });
    venue.requestId = undefined;
    for (const market of venue.markets.values())
      if (market.triggers.size > 0) runTriggers(venue, market);
    return venue.events;
  };
  return { handle, queries: makeQueries(venue), nextDueAt: () => nextDueAt(venue), venue };
};

const perform = (venue: Venue, command: ExchangeCommand): void => {
  switch (command.type) {
    case 'PlaceOrder':
      place(venue, command);
      return;
    case 'CancelOrder':
      cancelOne(venue, command);
      return;
    case 'CancelOrders':
      cancelMany(venue, command);
      return;
    case 'SetIndex': {
      const market = venue.markets.get(command.symbol);
      const isSet = market !== undefined && setIndex(venue, market, command.price);
      if (!isSet)
        refuse(venue, command.type, market === undefined ? 'contractNotFound' : 'invalidArgument');
      return;
    }
    case 'Tick':
      return;
  }
};

const refuse = (venue: Venue, command: string, reason: CommandError): void => {
  emit(venue, { type: 'CommandRefused', command, reason });
};

const nextDueAt = (venue: Venue): EpochMs | undefined => {
  const release = nextRelease(venue);
  return release === undefined ? undefined : epochMs(release);
};
