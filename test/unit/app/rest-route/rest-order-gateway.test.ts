import { expect } from 'chai';
import { makeRestOrderGateway } from '../../../../src/app/rest-route/rest-order-gateway.ts';
import { type InputBody } from '../../../../src/core/input.ts';
import { type ClOrdID, type VenueOrderID } from '../../../../src/domain/ids.ts';
import { type OrderTerms } from '../../../../src/domain/order.ts';
import { makeAccountBudgets } from '../../../../src/kraken/rate-budget.ts';
import { type HttpRequest } from '../../../../src/kraken/rest/http-request.ts';
import { withRepeat } from '../../../../src/kraken/rest/layers/repeat-layer.ts';
import { makeRestOrderCalls } from '../../../../src/kraken/rest/orders/order-calls.ts';
import { makeCalls } from '../../../../src/kraken/rest/raw-client.ts';
import { type Reply } from '../../../../src/kraken/rest/reply.ts';
import { makeVenueClock } from '../../../../src/kraken/rest/venue-clock.ts';
import { epochMs, monotonicMs } from '../../../../src/lib/time.ts';
import { c, PF_XBTUSD, SESSION, START_MS, TERMS, text } from '../../../support/bench.ts';
import { toReply } from '../../kraken/rest/gateways-support.ts';

type Answered = Extract<InputBody, { type: 'RestAnswered' }>;

const clock = { wall: () => START_MS, monotonic: () => monotonicMs(0) };
const v = (n: number): VenueOrderID => `venue-${n}` as VenueOrderID;

/** The gateway over one kind of answer, with the layer that repeats. */
const stageOf = (answer: (request: HttpRequest) => Reply) => {
  const requests: HttpRequest[] = [];
  const answered: Answered[] = [];
  const dispatch = withRepeat({
    ...{ attemptsMax: 3, backOffMs: 1, backOffMsMax: 1, random: () => 0 },
    timers: {
      set: (_afterMs, run) => {
        setImmediate(run);
        return { cancel: () => undefined };
      },
    },
  })((request) => {
    requests.push(request);
    return Promise.resolve(answer(request));
  });
  const venueClock = makeVenueClock(clock);
  venueClock.sample(epochMs(START_MS), 0);
  const gateway = makeRestOrderGateway(SESSION, {
    calls: makeRestOrderCalls({ client: makeCalls(dispatch), venueClock }),
    budget: makeAccountBudgets().derivatives,
    clock,
    submit: (body) => answered.push(body as Answered),
    limits: { requestsMax: 50, bytesMax: 100_000, ordersMax: 10 },
  });
  const place = (n: number, terms: Partial<OrderTerms> = {}) =>
    gateway.sendNewOrder({ clOrdID: c(n), terms: { ...TERMS, ...terms }, at: START_MS });
  const cancel = (n: number) =>
    gateway.sendCancel({
      ...{ clOrdID: c(n), origClOrdID: c(n), venueOrderID: v(n), at: START_MS },
      ...{ symbol: PF_XBTUSD, side: 'Buy' },
    });
  const release = async (...numbers: readonly number[]): Promise<void> => {
    gateway.release(numbers.map(c));
    await gateway.idle();
  };
  const outcomes = (): readonly string[] => answered.map(({ outcome }) => outcome.type);
  return { gateway, requests, answered, place, cancel, release, outcomes };
};

const PLACED = toReply('{"result":"success","sendStatus":{"status":"placed","order_id":"o1"}}');
const LOST: Reply = { type: 'Lost', cause: 'Timeout', message: 'no answer' };

describe('orders of an account by REST', () => {
  it('are not called before their intents are durable', async () => {
    const stage = stageOf(() => PLACED);
    expect(stage.place(1)).to.deep.equal({ sent: true });
    await stage.gateway.idle();
    expect(stage.requests).to.have.length(0);
    await stage.release(1);
    expect(stage.requests.map(({ path }) => path)).to.deep.equal(['/derivatives/api/v3/sendorder']);
    expect(stage.answered[0]).to.deep.include({ clOrdID: c(1), session: SESSION });
    expect(stage.answered[0]?.outcome).to.deep.include({ type: 'Accepted', venueOrderID: 'o1' });
  });

  it('F22: what creates or changes an order is called exactly once, whatever becomes of it', async () => {
    for (const reply of [LOST, toReply('<html>bad gateway</html>', 502), toReply('{"a":1}')]) {
      const stage = stageOf(() => reply);
      stage.place(1);
      stage.gateway.sendReplace({
        ...{ clOrdID: c(2), origClOrdID: c(1), venueOrderID: v(1), symbol: PF_XBTUSD },
        ...{ side: 'Buy', terms: TERMS, at: START_MS },
      });
      await stage.release(1, 2);
      expect(stage.requests).to.have.length(2);
      expect(stage.outcomes()).to.deep.equal(['Unknown', 'Unknown']);
    }
  });

  it('are released once: a second release calls nothing', async () => {
    const stage = stageOf(() => PLACED);
    stage.place(1);
    await stage.release(1);
    await stage.release(1);
    expect(stage.requests).to.have.length(1);
  });

  it('a burst that became durable together goes in one batch, each with its own answer', async () => {
    const stage = stageOf(() =>
      toReply(
        `{"result":"success","batchStatus":[
          {"status":"placed","order_tag":"1","order_id":"o1","orderEvents":[]},
          {"status":"insufficientAvailableFunds","order_tag":"2","orderEvents":[]}]}`,
      ),
    );
    stage.place(1);
    stage.place(2);
    await stage.release(1, 2);
    expect(stage.requests.map(({ path }) => path)).to.deep.equal([
      '/derivatives/api/v3/batchorder',
    ]);
    expect(stage.outcomes()).to.deep.equal(['Accepted', 'Refused']);
    expect(stage.answered[1]?.outcome).to.deep.include({ code: 'INSUFFICIENT_FUNDS' });
  });

  it('market stops, which batches cannot carry, go singly beside the batch', async () => {
    const stage = stageOf(() => PLACED);
    stage.place(1);
    stage.place(2);
    stage.place(3, { ordType: 'Stop', stopPx: text('90'), price: undefined as never });
    await stage.release(1, 2, 3);
    const paths = stage.requests.map(({ path }) => path.split('/').at(-1));
    expect(paths).to.deep.equal(['batchorder', 'sendorder']);
    expect(stage.requests[1]?.body).to.include('triggerSignal=last');
  });

  it('cancels are batched from three on; what the batch leaves open is asked singly', async () => {
    const cancelled = toReply(
      '{"result":"success","cancelStatus":{"status":"cancelled","order_id":"venue-1"}}',
    );
    const stage = stageOf(({ path }) => (path.endsWith('batchorder') ? LOST : cancelled));
    for (const n of [1, 2, 3]) stage.cancel(n);
    await stage.release(1, 2, 3);
    const paths = stage.requests.map(({ path }) => path.split('/').at(-1));
    expect(paths).to.deep.equal(['batchorder', 'cancelorder', 'cancelorder', 'cancelorder']);
    expect(stage.outcomes()).to.deep.equal(['Accepted', 'Accepted', 'Accepted']);
    expect(stage.requests[0]?.body).not.to.include('processBefore');
  });

  it('a lost cancel is called again, which is safe', async () => {
    let calls = 0;
    const stage = stageOf(() => {
      calls += 1;
      return calls < 3
        ? LOST
        : toReply('{"result":"success","cancelStatus":{"status":"notFound"}}');
    });
    stage.cancel(1);
    await stage.release(1);
    expect(stage.requests).to.have.length(3);
    expect(stage.answered[0]?.outcome).to.deep.include({ type: 'Refused', code: 'UNKNOWN_ORDER' });
  });

  it('are bounded: orders are refused as BUSY while cancels still find room', () => {
    const stage = stageOf(() => PLACED);
    const answers = Array.from({ length: 12 }, (_, n) => stage.place(n).sent);
    expect(answers.filter(Boolean)).to.have.length(10);
    expect(stage.place(20)).to.deep.equal({ sent: false, reason: 'BUSY' });
    expect(stage.cancel(21)).to.deep.equal({ sent: true });
  });

  it('leave the reserve of the rate budget to cancels', () => {
    const stage = stageOf(() => PLACED);
    const wide = makeRestOrderGateway(SESSION, {
      calls: {} as never,
      budget: makeAccountBudgets().derivatives,
      clock,
      submit: () => undefined,
    });
    let sent = 0;
    const at = START_MS;
    while (wide.sendNewOrder({ clOrdID: c(sent), terms: TERMS, at }).sent) sent += 1;
    expect(sent, '340 of 400 points at 10 each').to.equal(34);
    const clOrdID = 'x' as ClOrdID;
    expect(wide.sendMassCancel({ clOrdID, at })).to.deep.equal({ sent: true });
    expect(stage.requests).to.have.length(0);
  });
});
