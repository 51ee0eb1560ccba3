import { expect } from 'chai';
import fc from 'fast-check';
import { type VenueOrderID } from '../../../../../src/domain/ids.ts';
import {
  type BatchInstruction,
  type RestOrderTerms,
} from '../../../../../src/kraken/rest/orders/order-params.ts';
import { makeVenueClock } from '../../../../../src/kraken/rest/venue-clock.ts';
import { makeRestOrderCalls } from '../../../../../src/kraken/rest/orders/order-calls.ts';
import { makeCalls } from '../../../../../src/kraken/rest/raw-client.ts';
import { toJsonText } from '../../../../../src/lib/lossless-json.ts';
import { epochMs, monotonicMs } from '../../../../../src/lib/time.ts';
import { venueCase } from '../../../../support/venue-case.ts';
import { amount, examples, id, LIMIT, makeGateways, NOW, toReply } from '../gateways-support.ts';

const example = (name: string, title: RegExp): string => {
  const found = examples.find((one) => one.id === name && title.test(one.title));
  if (found === undefined) throw new Error(`no example ${name} ${title.source}`);
  return found.body;
};
const PLACED = '{"result":"success","sendStatus":{"status":"placed"}}';
const sent = (terms: Partial<RestOrderTerms>): Promise<string> => {
  const gateways = makeGateways(() => toReply(PLACED));
  return gateways.orders
    .sendOrder({ clOrdID: id('eng-1'), terms: { ...LIMIT, ...terms } })
    .then(() => gateways.requests[0]?.body ?? '(not sent)');
};

describe('order gateway over REST', () => {
  it('sends the parameters in the documented order, with a deadline of venue time + 2 s', async () =>
    expect(await sent({})).to.equal(
      'processBefore=2026-11-22T10%3A00%3A02.000Z&orderType=lmt&symbol=PF_XBTUSD&side=buy' +
        '&size=0.001&limitPrice=50000&cliOrdId=eng-1',
    ));

  const types: readonly [string, object, string][] = [
    ['post-only', { postOnly: true }, 'orderType=post'],
    ['IOC', { timeInForce: 'IOC' }, 'orderType=ioc'],
    ['fill or kill', { isFillOrKill: true }, 'orderType=fok'],
    ['market', { ordType: 'Market', price: undefined }, 'orderType=mkt'],
    ['stop', { ordType: 'Stop', price: undefined, stopPx: '1' }, 'orderType=stp'],
    ['stop limit', { ordType: 'StopLimit', stopPx: '1' }, 'orderType=stp'],
    ['take profit', { ordType: 'TakeProfitLimit', stopPx: '1' }, 'orderType=take_profit'],
    [
      'trailing stop',
      {
        ordType: 'TrailingStop',
        price: undefined,
        trailing: { maxDeviation: '1.5', unit: 'PERCENT' },
      },
      'orderType=trailing_stop',
    ],
  ];
  for (const [what, terms, expected] of types)
    it(`sends ${what} as ${expected}`, async () => expect(await sent(terms)).to.include(expected));

  for (const terms of [
    { price: undefined },
    { ordType: 'Market' },
    { ordType: 'Stop', price: undefined },
    { stopPx: '1' },
    { ordType: 'TrailingStop', price: undefined },
  ])
    it(`sends nothing for terms that contradict themselves: ${JSON.stringify(terms)}`, async () =>
      expect(await sent(terms as Partial<RestOrderTerms>)).to.equal('(not sent)'));

  it('sends no order by an unknown clock', async () => {
    let calls = 0;
    const client = makeCalls(() => {
      calls += 1;
      return Promise.resolve(toReply(PLACED));
    });
    const clock = { wall: () => epochMs(NOW), monotonic: () => monotonicMs(0) };
    const orders = makeRestOrderCalls({ client, venueClock: makeVenueClock(clock) });
    const { outcome } = await orders.sendOrder({ clOrdID: id('a'), terms: LIMIT });
    expect(outcome).to.include({ type: 'NotSent', cause: 'ClockUnknown' });
    expect(calls).to.equal(0);
    expect((await orders.cancelOrder({ clOrdID: id('a') })).outcome.type).to.not.equal('NotSent');
  });

  it('sums the executions: placed without a PLACE event is filled or gone, not resting', async () => {
    const gateways = makeGateways(() => toReply(example('sendorder', /one fill/)));
    const answer = await gateways.orders.sendOrder({ clOrdID: id('a'), terms: LIMIT });
    expect(answer).to.include({ executedQty: '0.001', isResting: false, isComplete: true });
    expect(answer.outcome.type).to.equal('Confirmed');
  });

  it('says that an answer proves nothing about fills when one event is unreadable', async () => {
    const body = example('sendorder', /one fill/).replace('"price":66596.0', '"price":"many"');
    const gateways = makeGateways(() => toReply(body));
    const answer = await gateways.orders.sendOrder({ clOrdID: id('a'), terms: LIMIT });
    expect(answer).to.include({ isComplete: false, executedQty: '0' });
    expect(answer.outcome.type).to.equal('Confirmed');
  });

  for (const type of ['FILL', 'TRADE', 'execution', 'constructor', ''])
    it(`never takes an answer with an event '${type}' for complete with nothing executed`, async () => {
      const body = toJsonText(venueCase('unknown-event-word')).replace('"FILL"', `"${type}"`);
      const gateways = makeGateways(() => toReply(body));
      const answer = await gateways.orders.sendOrder({ clOrdID: id('c1'), terms: LIMIT });
      expect(answer.outcome.type).to.equal('Confirmed');
      expect(answer.isComplete).to.equal(false);
    });

  it('reads the edit of a stop, of a take profit and of a limit order: one EDIT event, complete', async () => {
    const stop = toJsonText(venueCase('edit-of-a-trigger'));
    for (const body of [
      stop,
      stop.replaceAll('"type":"stop"', '"type":"take_profit"'),
      stop.replaceAll('"type":"stop"', '"type":"ioc"'),
      stop
        .replaceAll('"type":"stop"', '"type":"lmt"')
        .replaceAll('"limitPrice":null', '"limitPrice":1'),
      example('editorder', /documentation/),
    ]) {
      const gateways = makeGateways(() => toReply(body));
      const target = { venueOrderID: 'v1' as VenueOrderID };
      const answer = await gateways.orders.editOrder({ target, price: amount('2') });
      expect(answer.isComplete, JSON.stringify(answer.oddities)).to.equal(true);
      expect(answer.events.map(({ type }) => type)).to.deep.equal(['EDIT']);
      expect(answer.events[0]?.newOrder?.venueOrderID).to.equal(answer.venueOrderID);
    }
  });

  it('sends edits with the total size, never the remainder', async () => {
    const gateways = makeGateways(() => toReply(example('editorder', /documentation/)));
    const target = { venueOrderID: 'v' as VenueOrderID };
    await gateways.orders.editOrder({ target, orderQty: amount('2') });
    expect(gateways.requests[0]?.body).to.match(/orderId=v&size=2&qtyMode=ABSOLUTE$/);
  });

  it("reads the dead man's switch, armed and disarmed", async () => {
    const [armed, disarmed] = examples.filter((one) => one.id === 'cancelallordersafter');
    const armedState = await makeGateways(() => toReply(armed!.body)).orders.cancelAllOrdersAfter(
      60,
    );
    expect(armedState.ok && armedState.value.value.triggerAt).to.equal(
      Date.parse('2018-06-19T16:52:23.839Z'),
    );
    const off = await makeGateways(() => toReply(disarmed!.body)).orders.cancelAllOrdersAfter(0);
    expect(off.ok && off.value.value).to.not.have.property('triggerAt');
  });
});

describe('batches', () => {
  const send = (clOrdID: string): BatchInstruction => ({
    type: 'send',
    clOrdID: id(clOrdID),
    terms: LIMIT,
  });
  const cancel = (clOrdID: string): BatchInstruction => ({
    type: 'cancel',
    target: { clOrdID: id(clOrdID) },
  });
  const answersTo = async (
    instructions: readonly BatchInstruction[],
    legs: readonly object[],
  ): Promise<readonly string[]> => {
    const body = JSON.stringify({ result: 'success', batchStatus: legs });
    const gateways = makeGateways(() => toReply(body));
    const answers = await gateways.orders.sendBatch(instructions);
    return answers.map(({ outcome }) => outcome.type);
  };

  it('writes amounts as JSON numbers with exactly their digits', async () => {
    const gateways = makeGateways(() => toReply('{"result":"success","batchStatus":[]}'));
    await gateways.orders.sendBatch([
      { ...send('a'), terms: { ...LIMIT, orderQty: amount('0.10000000000000000001') } } as never,
      cancel('b'),
    ]);
    const json = new URLSearchParams(gateways.requests[0]?.body).get('json');
    expect(json).to.equal(
      '{"batchOrder":[{"order":"send","order_tag":"1","orderType":"lmt","symbol":"PF_XBTUSD",' +
        '"side":"buy","size":0.10000000000000000001,"limitPrice":50000,"cliOrdId":"a"},' +
        '{"order":"cancel","cliOrdId":"b"}]}',
    );
    expect(gateways.requests[0]?.cost).to.equal(11);
  });

  it('matches results by tag, whatever their order', () =>
    fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }), async (order) => {
        const words = [
          'placed',
          'invalidPrice',
          'placed',
          'selfFill',
          'clientOrderIdAlreadyExist',
          'placed',
        ];
        const legs = order.map((index) => ({ status: words[index], order_tag: String(index + 1) }));
        const types = await answersTo(['a', 'b', 'c', 'd', 'e', 'f'].map(send), legs);
        expect(types).to.deep.equal([
          'Confirmed',
          'Refused',
          'Confirmed',
          'Refused',
          'Unknown',
          'Confirmed',
        ]);
      }),
    ));

  it('leaves a leg without a result unknown', async () =>
    expect(
      await answersTo([send('a'), send('b'), cancel('c')], [{ status: 'placed', order_tag: '2' }]),
    ).to.deep.equal(['Unknown', 'Confirmed', 'Unknown']));

  it('falls back to the position only when the counts agree and the result has no key', async () => {
    const missing = { status: 'requiredArgumentMissing', orderEvents: [] };
    expect(await answersTo([send('a'), send('b')], [missing, missing])).to.deep.equal([
      'Refused',
      'Refused',
    ]);
    expect(await answersTo([send('a'), send('b')], [missing])).to.deep.equal([
      'Unknown',
      'Unknown',
    ]);
    const foreign = { status: 'placed', order_tag: '9' };
    expect(await answersTo([send('a'), send('b')], [foreign, missing])).to.deep.equal([
      'Unknown',
      'Refused',
    ]);
  });

  it('gives every leg the outcome of a batch that was lost or refused as a whole', async () => {
    const gateways = makeGateways(() => ({ type: 'Lost', cause: 'Timeout', message: '' }));
    const lost = await gateways.orders.sendBatch([send('a'), cancel('b')]);
    expect(lost.map(({ outcome }) => outcome.type)).to.deep.equal(['Unknown', 'Unknown']);
  });

  it('sends no batch over its size, and no market stop within one', async () => {
    const gateways = makeGateways(() => toReply('{}'));
    const many = Array.from({ length: 41 }, (_, index) => send(String(index)));
    const answers = await gateways.orders.sendBatch(many);
    expect(answers.every(({ outcome }) => outcome.type === 'NotSent')).to.equal(true);
    const { price, ...noPrice } = LIMIT;
    expect(price).to.equal('50000');
    const stop = { ...noPrice, ordType: 'Stop' as const, stopPx: amount('1') };
    await gateways.orders.sendBatch([{ type: 'send', clOrdID: id('s'), terms: stop }]);
    expect(gateways.requests).to.have.length(0);
  });
});

describe('views of orders', () => {
  it('know an order of which orders/status leaves something out, and say that it is incomplete', async () => {
    const whole = toJsonText(venueCase('trigger-without-side'));
    for (const body of [
      whole,
      whole.replace('"triggerSignal":"LAST_PRICE"', '"triggerSignal":"moon"'),
      whole.replace('"side":"sell"', '"side":"flat"'),
      whole.replace(/"timestamp":"[^"]*",/, ''),
    ]) {
      const reading = await makeGateways(() => toReply(body)).orders.orderStates({});
      expect(reading.ok && reading.value.value[0]).to.deep.include({ status: 'TRIGGER_PLACED' });
      expect(reading.ok && reading.value.value[0]?.order.venueOrderID).to.equal('v1');
      expect(reading.ok && reading.value.isComplete).to.equal(false);
    }
  });

  it('keep the good elements beside a bad one and say that they are incomplete', async () => {
    const body = example('openorders', /documentation/).replace(
      '"filledSize":0',
      '"filledSize":"x"',
    );
    const reading = await makeGateways(() => toReply(body)).orders.openOrders();
    if (!reading.ok) throw new Error('the whole view was thrown away');
    expect(reading.value.isComplete).to.equal(false);
    expect(reading.value.value.filter(({ order }) => order !== undefined)).to.have.length(1);
    expect(reading.value.value, 'the id of the other is known').to.have.length(2);
    expect(reading.value.hasEveryElement).to.equal(true);
  });

  it('do not count on an absence when an order has no id that can be read', async () => {
    const body = example('openorders', /documentation/).replace(
      /"order_id":"[^"]*"/,
      '"order_id":7',
    );
    const reading = await makeGateways(() => toReply(body)).orders.openOrders();
    expect(reading.ok && reading.value.value.length).to.equal(1);
    expect(reading.ok && reading.value.hasEveryElement).to.equal(false);
  });

  it('count unknown fields and stay complete; an unknown word makes them incomplete', async () => {
    const body = example('openorders', /documentation/).replace(
      '"status":"untouched"',
      '"status":"sleeping","mood":1',
    );
    const reading = await makeGateways(() => toReply(body)).orders.openOrders();
    if (!reading.ok) throw new Error('not read');
    expect(reading.value.isComplete).to.equal(false);
    expect(reading.value.value).to.have.length(2);
    expect(reading.value.oddities.map(({ kind }) => kind)).to.have.members([
      'UnknownValue',
      'UnknownField',
    ]);
  });

  it('are never complete when any scalar of the payload is spoilt', async () => {
    const sound = JSON.parse(example('openorders', /documentation/)) as {
      openOrders: Record<string, unknown>[];
    };
    for (const key of Object.keys(sound.openOrders[0]!)) {
      const spoilt = structuredClone(sound);
      spoilt.openOrders[0]![key] = { nested: [] };
      const reading = await makeGateways(() => toReply(JSON.stringify(spoilt))).orders.openOrders();
      expect(reading.ok && reading.value.isComplete, key).to.equal(false);
      if (key === 'status') continue;
      const whole = reading.ok && reading.value.value.filter(({ order }) => order !== undefined);
      expect(whole && whole.length, key).to.equal(1);
    }
  });
});
