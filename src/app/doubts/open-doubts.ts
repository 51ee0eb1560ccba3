import { type AskVenue } from '../../core/effect.ts';
import { type InputBody } from '../../core/input.ts';
import { type EngineState } from '../../core/state.ts';
import { type SessionName } from '../../domain/ids.ts';
import { type ViewReaders } from '../../kraken/account/resolution-reading.ts';
import { makeRestAccountGateway } from '../../kraken/rest/account/account-gateway.ts';
import { makeRestHistoryGateway } from '../../kraken/rest/history/history-gateway.ts';
import { makeRestOrderCalls } from '../../kraken/rest/orders/order-calls.ts';
import { makeRawClient } from '../../kraken/rest/raw-client.ts';
import { makeVenueClock } from '../../kraken/rest/venue-clock.ts';
import { type Setup } from '../sessions/open-sessions.ts';
import { restSettingsOf } from '../venue-view/rest-access.ts';
import { type VenueView } from '../venue-view/venue-view.ts';
import { DoubtAsker } from './doubt-asker.ts';

export interface DoubtAccess {
  readonly ask: (effect: AskVenue) => void;
  readonly stop: () => Promise<void>;
}

interface Wiring {
  readonly books: () => EngineState;
  readonly submit: (body: InputBody) => void;
  readonly venueView: Pick<VenueView, 'budgetsOf' | 'feedsOf'>;
}

/** Asks over REST with each account's own key, within the budget that all its users share. */
export const openDoubtAsker = (
  { config, tradingSessions, deps }: Setup,
  { books, submit, venueView }: Wiring,
): DoubtAccess => {
  const bySession = new Map<SessionName, ViewReaders>();
  const clients: { readonly close: () => Promise<void> }[] = [];
  for (const { name, restCredentials: credential } of tradingSessions) {
    if (config.rest === undefined || credential === undefined) continue;
    const { clock, timers, random } = deps;
    const budgets = venueView.budgetsOf(credential.apiKey);
    const raw = makeRawClient(restSettingsOf(config.rest, credential), {
      ...{ clock, timers, random, budgets },
    });
    clients.push(raw);
    const { client } = raw;
    bySession.set(name, {
      account: makeRestAccountGateway(client),
      orders: makeRestOrderCalls({ client, venueClock: makeVenueClock(clock) }),
      history: makeRestHistoryGateway(client),
      feeds: () => venueView.feedsOf(name),
    });
  }
  const asker = new DoubtAsker({ readers: (session) => bySession.get(session), books, submit });
  return {
    ask: (effect) => {
      asker.ask(effect);
    },
    stop: async () => {
      const isStopped = asker.stop();
      await Promise.all(clients.map((client) => client.close()));
      await isStopped;
    },
  };
};
