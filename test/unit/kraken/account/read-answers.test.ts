import { expect } from 'chai';
import { type VenueOrderID } from '../../../../src/domain/ids.ts';
import { type Question } from '../../../../src/kraken/account/question.ts';
import { answerQuestion } from '../../../../src/kraken/account/read-answers.ts';
import { type Finding } from '../../../../src/kraken/websocket/events/finding.ts';
import { PrivateState } from '../../../../src/kraken/websocket/views/private-state.ts';
import { parseFrame, type FeedEvent } from '../../../../src/kraken/websocket/parse/parse-frame.ts';
import {
  type JsonObject,
  JsonNumber,
  type JsonValue,
  parseLosslessJson,
  toJsonText,
} from '../../../../src/lib/lossless-json.ts';
import { epochMs, monotonicMs } from '../../../../src/lib/time.ts';
import { venueCase } from '../../../support/venue-case.ts';
import { makeGateways, toReply } from '../rest/gateways-support.ts';

const AT = monotonicMs(1);
const NOW = Date.parse('2026-11-20T10:00:00.000Z');

/** A view that asks REST; each call is answered with the payload of its path, or with nothing. */
const scene = (answers: Readonly<Record<string, JsonValue>>) => {
  const state = new PrivateState();
  const gateways = makeGateways(({ endpoint }) =>
    toReply(toJsonText(answers[endpoint.id] ?? { elements: [] })),
  );
  const deps = {
    ...gateways,
    ...{ state, settleMs: 0, call: {}, onFillsProven: () => undefined },
    clock: { wall: () => epochMs(NOW), monotonic: () => monotonicMs(10) },
    fillsSince: () => epochMs(NOW - 3_600_000),
  };
  return {
    state,
    ask: (question: Question) => answerQuestion(question, deps),
    frame: (frame: object | string) => {
      const text = typeof frame === 'string' ? frame : JSON.stringify(frame);
      return state.apply(parseFrame(text).event as FeedEvent, AT);
    },
  };
};

const toJson = (value: object): JsonValue => {
  const json = parseLosslessJson(JSON.stringify(value));
  return json.ok ? json.value : null;
};

const openOrder = (orderID: string) => ({
  instrument: 'PF_SOLUSD',
  time: NOW - 3_600_000,
  last_update_time: NOW - 3_600_000,
  ...{ qty: 5, filled: 0, limit_price: 174.6, stop_price: 0.0, type: 'limit' },
  ...{ order_id: orderID, direction: 1, reduce_only: false },
});

const snapshot = (...ids: readonly string[]) => ({
  feed: 'open_orders_verbose_snapshot',
  account: 'a',
  orders: ids.map(openOrder),
});

const asked = (findings: readonly Finding[]) =>
  findings.flatMap((finding) =>
    finding.type === 'CheckOrder' ? [`${finding.venueOrderID} ${finding.reason}`] : [],
  );

/** The payload with the second open order changed; `undefined` leaves the field out. */
const withSecond = (
  payload: JsonObject,
  change: Readonly<Record<string, JsonValue | undefined>>,
) => {
  const [first, second] = payload['openOrders'] as readonly JsonObject[];
  return { ...payload, openOrders: [first ?? null, { ...second, ...change } as JsonValue] };
};

describe('answers of REST about the account', () => {
  const stop = venueCase('trigger-without-remainder');

  it('ask about a vanished order although a stop beside it has no remainder', async () => {
    const { frame, ask } = scene({ openorders: stop });
    frame(snapshot('kept', 'trig', 'vanished'));
    const { findings } = await ask({ type: 'OpenOrders' });
    expect(asked(findings)).to.deep.equal(['vanished AbsentFromPoll']);
  });

  const SPOILT: readonly (readonly [string, Readonly<Record<string, JsonValue | undefined>>])[] = [
    ['a side that nobody knows', { side: 'flat' }],
    ['an amount that is none', { filledSize: 'some' }],
    ['a time in another format', { receivedTime: '20.11.2026 09:00' }],
    ['no flag of reduce-only', { reduceOnly: undefined }],
  ];
  for (const [what, change] of SPOILT)
    it(`ask about a vanished order although another one has ${what}`, async () => {
      const { frame, ask, state } = scene({ openorders: withSecond(stop, change) });
      frame(snapshot('kept', 'trig', 'vanished'));
      const { findings } = await ask({ type: 'OpenOrders' });
      expect(asked(findings)).to.deep.equal(['vanished AbsentFromPoll']);
      expect(state.unread, 'and say that the list is incomplete').to.deep.equal(['openOrders']);
    });

  it('prove no absence by an order without a readable id', async () => {
    for (const id of [new JsonNumber('7'), '', undefined]) {
      const { frame, ask } = scene({ openorders: withSecond(stop, { order_id: id }) });
      frame(snapshot('kept', 'trig', 'vanished'));
      const { findings } = await ask({ type: 'OpenOrders' });
      expect(asked(findings)).to.deep.equal([]);
    }
  });

  it('show an order that only REST knows, though its body cannot be read', async () => {
    const { ask, state, frame } = scene({ openorders: withSecond(stop, { side: 'flat' }) });
    frame(snapshot('kept'));
    const { findings } = await ask({ type: 'OpenOrders' });
    expect(state.orders.open().map(({ venueOrderID }) => venueOrderID)).to.deep.equal([
      'kept',
      'trig',
    ]);
    expect(asked(findings)).to.deep.equal(['trig BodyUnreadable']);
    expect(asked((await ask({ type: 'OpenOrders' })).findings), 'once').to.deep.equal([]);
  });

  it('give a fill of an unknown type the same liquidity and alarm over REST, feed and history', async () => {
    const { rest, feed } = venueCase('unknown-fill-type') as { rest: JsonObject; feed: JsonObject };
    const polled = scene({ fills: rest });
    const answer = await polled.ask({ type: 'Fills' });
    const pushed = scene({});
    const pushedFindings = pushed.frame(toJsonText(feed));
    const alarms = (findings: readonly Finding[]) =>
      findings.filter(({ type }) => type === 'Alarm');
    expect(alarms(answer.findings)).to.deep.equal(alarms(pushedFindings));
    expect(alarms(answer.findings)).to.deep.equal([
      { type: 'Alarm', code: 'FORCED_FILL', text: 'o-1: adlSettlement' },
    ]);
    const liquidity = (state: PrivateState) => state.fills.get('f-1')?.liquidity;
    expect(liquidity(polled.state)).to.equal(liquidity(pushed.state));
  });

  for (const type of ['adlSettlement', 'blockTrade', 'constructor', ''])
    it(`never call a fill of the type '${type}' maker or taker`, async () => {
      const { rest } = venueCase('unknown-fill-type') as { rest: JsonObject };
      const [fill] = rest['fills'] as readonly JsonObject[];
      const { ask, state } = scene({ fills: { ...rest, fills: [{ ...fill, fillType: type }] } });
      await ask({ type: 'Fills' });
      expect(state.fills.get('f-1')?.liquidity).to.equal('Forced');
    });

  it('read a price of 0 as no price, over REST and feed alike', async () => {
    const { rest, feed } = venueCase('zero-prices') as { rest: JsonObject; feed: JsonObject };
    const polled = scene({ openorders: rest });
    await polled.ask({ type: 'OpenOrders' });
    const pushed = scene({});
    pushed.frame(snapshot());
    pushed.frame(toJsonText(feed));
    for (const { state } of [polled, pushed])
      expect(state.orders.get('o1' as VenueOrderID)?.body).to.not.have.any.keys(
        'limitPx',
        'stopPx',
      );
  });

  it('know by orders/status that a trigger without its side is open', async () => {
    const { ask, frame, state } = scene({ 'orders-status': venueCase('trigger-without-side') });
    frame(snapshot('v1'));
    frame({ ...snapshot(), orders: [] });
    const answer = await ask({ type: 'Order', venueOrderID: 'v1' as VenueOrderID });
    expect(answer.outcome).to.equal('Done');
    expect(state.orders.get('v1' as VenueOrderID)?.isOpen).to.equal(true);
  });

  for (const status of ['SLEEPING', 'constructor', 'entered_book', ''])
    it(`take the status '${status}' for neither open nor ended`, async () => {
      const known = venueCase('trigger-without-side');
      const [row] = known['orders'] as readonly JsonObject[];
      const { ask, frame, state } = scene({
        'orders-status': { ...known, orders: [{ ...row, status }] },
      });
      frame(snapshot('v1'));
      frame({ ...snapshot(), orders: [] });
      const answer = await ask({ type: 'Order', venueOrderID: 'v1' as VenueOrderID });
      expect(answer.outcome).to.equal('Again');
      const order = state.orders.get('v1' as VenueOrderID);
      expect(order).to.deep.include({ isOpen: false, isGuess: true, cause: 'Unknown' });
    });

  it('never read a position of an unknown side as long, and call no other market flat', async () => {
    const row = { symbol: 'PF_XBTUSD', price: 1, size: 2, fillTime: '2026-11-20T09:00:00.000Z' };
    for (const side of ['flat', 'LONG', '', undefined]) {
      const second = { ...row, symbol: 'PF_ETHUSD', ...(side === undefined ? {} : { side }) };
      const body = {
        result: 'success',
        serverTime: '2026-11-20T10:00:00.000Z',
        openPositions: [{ ...row, side: 'short' }, second],
      };
      const asking = scene({ openpositions: toJson(body) });
      await asking.ask({ type: 'Positions' });
      const { positions } = asking.state;
      expect(positions.get('PF_XBTUSD' as never)?.qty).to.equal('-2');
      expect(positions.get('PF_ETHUSD' as never)).to.equal(undefined);
      expect(positions.isKnown('PF_XBTUSD' as never)).to.equal(true);
      expect(positions.isKnown('PF_ETHUSD' as never)).to.equal(false);
      expect(asking.state.unread).to.deep.equal(['positions']);
    }
  });
});
