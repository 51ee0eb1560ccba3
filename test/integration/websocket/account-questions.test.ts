import { expect } from 'chai';
import { systemClock, systemTimers } from '../../../src/app/system-clock.ts';
import { type VenueOrderID } from '../../../src/domain/ids.ts';
import { AccountReconciler } from '../../../src/kraken/account/account-reconciler.ts';
import { makeAccountBudgets } from '../../../src/kraken/rate-budget.ts';
import { makeRestAccountGateway } from '../../../src/kraken/rest/account/account-gateway.ts';
import { makeRestHistoryGateway } from '../../../src/kraken/rest/history/history-gateway.ts';
import { makeRestOrderCalls } from '../../../src/kraken/rest/orders/order-calls.ts';
import { makeRawClient } from '../../../src/kraken/rest/raw-client.ts';
import { makeVenueClock } from '../../../src/kraken/rest/venue-clock.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { openStage } from '../simulator-rest/stage.ts';
import { until } from '../../support/until.ts';

const POLL_MS = 50;

describe('account monitor on the real clock, whose times carry microseconds', () => {
  it('asks history about an order that no other source knows, and goes on polling meanwhile', async () => {
    const stage = await openStage({ feeds: { port: 0 } });
    const calls: string[] = [];
    const { apiKey, apiSecret } = stage.alice;
    const credential = { apiKey: new Secret(apiKey), apiSecret };
    const clocks = { clock: systemClock, timers: systemTimers, random: () => 0.5 };
    const { client, close } = makeRawClient(
      { origin: stage.url, credential },
      { ...clocks, budgets: makeAccountBudgets(), observers: [({ id }) => calls.push(id)] },
    );
    const notices: string[] = [];
    const reconciler = new AccountReconciler(
      {
        url: `ws://127.0.0.1:${stage.simulator.feedsPort}/ws/v1`,
        credential,
        pollIntervalMs: POLL_MS,
        settleMs: 0,
        fillsLookBackMs: 60_000,
      },
      {
        ...clocks,
        readers: {
          account: makeRestAccountGateway(client),
          orders: makeRestOrderCalls({ client, venueClock: makeVenueClock(systemClock) }),
          history: makeRestHistoryGateway(client),
        },
        onNotice: ({ code }) => notices.push(code),
        onOutput: () => undefined,
        onAlarm: () => undefined,
      },
    );
    const count = (call: string): number => calls.filter((id) => id === call).length;
    try {
      reconciler.start();
      reconciler.ask({
        type: 'Order',
        venueOrderID: '11111111-1111-4111-8111-111111111111' as VenueOrderID,
      });
      await until(() => count('history-triggers') > 0, 'history was asked');
      const before = count('openpositions');
      await until(() => count('openpositions') > before + 1, 'two more rounds of polls');
      expect(count('history-orders')).to.be.greaterThan(0);
      expect(notices).to.deep.equal([]);
    } finally {
      const stopped = reconciler.stop();
      await close();
      await stopped;
      await stage.stop();
    }
  });
});
