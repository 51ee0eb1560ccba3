import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { systemClock, systemRandom, systemTimers } from '../../../src/app/system-clock.ts';
import { makeSlidingBudget, makeTokenBudget } from '../../../src/kraken/rate-budget.ts';
import { type Endpoint } from '../../../src/kraken/rest/endpoint.ts';
import { endpoints } from '../../../src/kraken/rest/endpoints.ts';
import { makeRestAccountGateway } from '../../../src/kraken/rest/account/account-gateway.ts';
import { makeRestAssignmentGateway } from '../../../src/kraken/rest/account/assignment-gateway.ts';
import { makeRestChartsGateway } from '../../../src/kraken/rest/market/charts-gateway.ts';
import { makeRestFundsGateway } from '../../../src/kraken/rest/funds/funds-gateway.ts';
import { makeRestHistoryGateway } from '../../../src/kraken/rest/history/history-gateway.ts';
import { makeRestMarketGateway } from '../../../src/kraken/rest/market/market-gateway.ts';
import { makeRestOrderCalls } from '../../../src/kraken/rest/orders/order-calls.ts';
import { makeRawClient } from '../../../src/kraken/rest/raw-client.ts';
import { makeRestSettingsGateway } from '../../../src/kraken/rest/account/settings-gateway.ts';
import { makeVenueClock } from '../../../src/kraken/rest/venue-clock.ts';
import { Secret } from '../../../src/lib/secret.ts';
import {
  amount,
  domainCalls,
  type Gateways,
  id,
  LIMIT,
  XBT,
} from '../../unit/kraken/rest/gateways-support.ts';
import { openStage, type Stage } from '../simulator-rest/stage.ts';

const WIDE = { pointsMax: 1_000_000, windowMs: 10_000, reservePoints: 0 };
const WIDE_TOKENS = { tokensMax: 1_000_000, tokensPerSecond: 1, reserveTokens: 0 };

interface Judged {
  readonly ok?: boolean;
  readonly error?: { readonly type: string; readonly text: string };
  readonly value?: { readonly isComplete?: boolean; readonly oddities?: readonly object[] };
  readonly outcome?: { readonly type: string; readonly text?: string };
  readonly type?: string;
}

describe('REST gateways against the simulator', () => {
  let stage: Stage;
  let gateways: Gateways;
  let close: () => Promise<void>;

  before(async () => {
    stage = await openStage();
    const credential = {
      apiKey: new Secret(stage.alice.apiKey),
      apiSecret: stage.alice.apiSecret,
    };
    const made = makeRawClient(
      { origin: stage.url, credential },
      {
        clock: systemClock,
        timers: systemTimers,
        random: systemRandom,
        budgets: {
          derivatives: makeSlidingBudget(WIDE),
          history: makeTokenBudget(WIDE_TOKENS),
          websocket: makeSlidingBudget(WIDE),
        },
      },
    );
    const { client } = made;
    close = made.close;
    const venueClock = makeVenueClock(systemClock);
    gateways = {
      requests: [],
      venueClock,
      orders: makeRestOrderCalls({ client, venueClock }),
      market: makeRestMarketGateway(client),
      charts: makeRestChartsGateway(client),
      account: makeRestAccountGateway(client),
      settings: makeRestSettingsGateway(client),
      assignment: makeRestAssignmentGateway(client),
      funds: makeRestFundsGateway(client),
      history: makeRestHistoryGateway(client),
    };
    // The first answer tells the venue's time; without it no order leaves.
    await gateways.orders.openOrders();
  });
  after(async () => {
    await close();
    await stage.stop();
  });

  for (const { id: name } of Object.values<Endpoint>(endpoints))
    it(`${name} gets an answer that is understood whole`, async () => {
      const result = (await domainCalls[name]!(gateways)) as Judged | Judged[];
      for (const one of Array.isArray(result) ? result : [result]) {
        const verdict = one.outcome?.type ?? one.error?.type ?? one.type ?? 'Confirmed';
        // A venue may refuse what this test asks for; it may not answer what cannot be understood.
        expect(verdict, JSON.stringify(one)).to.be.oneOf(['Confirmed', 'Refused']);
        expect(one.value?.oddities ?? []).to.deep.equal([]);
      }
    });

  it('places, sees, edits and cancels an order, the same to the last digit in every view', async () => {
    const clOrdID = id(randomUUID());
    const terms = { ...LIMIT, orderQty: amount('0.0123'), price: amount('12345') };
    const placed = await gateways.orders.sendOrder({ clOrdID, terms });
    expect(placed.outcome.type, placed.outcome.text).to.equal('Confirmed');
    expect(placed).to.include({ isResting: true, executedQty: '0' });
    const open = await gateways.orders.openOrders();
    const seen = open.ok
      ? open.value.value.find((one) => one.clOrdID === clOrdID)?.order
      : undefined;
    expect(seen).to.include({
      symbol: XBT,
      side: 'Buy',
      price: '12345',
      leavesQty: '0.0123',
      cumQty: '0',
    });
    const states = await gateways.orders.orderStates({ clOrdIDs: [clOrdID] });
    expect(states.ok && states.value.value[0]?.order.venueOrderID).to.equal(placed.venueOrderID);
    const edited = await gateways.orders.editOrder({ target: { clOrdID }, price: amount('12346') });
    expect(edited.outcome.type, edited.outcome.text).to.equal('Confirmed');
    const cancelled = await gateways.orders.cancelOrder({ clOrdID });
    expect(cancelled.outcome.type).to.equal('Confirmed');
    const again = await gateways.orders.cancelOrder({ clOrdID });
    expect(again.outcome).to.include({
      type: 'Refused',
      reason: 'UnknownOrder',
      mayHaveFilled: true,
    });
  });

  for (const ordType of ['Stop', 'StopLimit', 'TakeProfit'] as const)
    it(`edits a ${ordType} order: one EDIT event, complete`, async () => {
      const limit = ordType === 'StopLimit' ? { price: amount('50000') } : {};
      const { symbol, timeInForce, orderQty, postOnly, reduceOnly } = LIMIT;
      const rest = { symbol, timeInForce, orderQty, postOnly, reduceOnly };
      const terms = { ...rest, ...limit, ordType, stopPx: amount('20000'), side: 'Sell' } as const;
      const clOrdID = id(randomUUID());
      const placed = await gateways.orders.sendOrder({ clOrdID, terms });
      expect(placed.outcome.type, placed.outcome.text).to.equal('Confirmed');
      const edit = { target: { clOrdID }, stopPx: amount('19000') };
      const edited = await gateways.orders.editOrder(edit);
      expect(edited.events.map(({ type }) => type)).to.deep.equal(['EDIT']);
      expect(edited.isComplete, JSON.stringify(edited.oddities)).to.equal(true);
      expect(edited.events[0]?.newOrder).to.include({ stopPx: '19000' });
      await gateways.orders.cancelOrder({ clOrdID });
    });

  it('leaves the second use of a client id in doubt: an earlier copy got through', async () => {
    const clOrdID = id(randomUUID());
    const terms = { ...LIMIT, price: amount('12345') };
    const sent = await gateways.orders.sendOrder({ clOrdID, terms });
    expect(sent.outcome.type).to.equal('Confirmed');
    const twice = await gateways.orders.sendOrder({ clOrdID, terms });
    expect(twice.outcome).to.include({ type: 'Unknown', cause: 'Unproven' });
    const all = await gateways.orders.cancelAllOrders();
    expect(all.status?.cancelled.map((order) => order.clOrdID)).to.include(clOrdID);
  });
});
