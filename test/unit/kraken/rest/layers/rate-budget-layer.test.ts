import { expect } from 'chai';
import {
  DERIVATIVES_BUDGET,
  HISTORY_BUDGET,
  makeSlidingBudget,
  makeTokenBudget,
  WEBSOCKET_BUDGET,
} from '../../../../../src/kraken/rate-budget.ts';
import { makeCalls, type RawClient } from '../../../../../src/kraken/rest/raw-client.ts';
import { withPace } from '../../../../../src/kraken/rest/layers/rate-budget-layer.ts';
import { type Reply } from '../../../../../src/kraken/rest/reply.ts';
import { parseLosslessJson } from '../../../../../src/lib/lossless-json.ts';
import { type Clock, epochMs, monotonicMs, type Timers } from '../../../../../src/lib/time.ts';

/** A clock that stands still until it is moved; timers fire while it moves. */
class Bench {
  now = 0;
  readonly sent: { id: string; at: number; startWithinMs: number | undefined }[] = [];
  answer: (id: string) => string = () => '{"result":"success"}';
  readonly #timers: { at: number; fire: () => void }[] = [];
  readonly clock: Clock = {
    wall: () => epochMs(this.now),
    monotonic: () => monotonicMs(this.now),
  };
  readonly timers: Timers = {
    set: (afterMs, fire) => {
      const timer = { at: this.now + afterMs, fire };
      this.#timers.push(timer);
      return {
        cancel: () => {
          const index = this.#timers.indexOf(timer);
          if (index >= 0) this.#timers.splice(index, 1);
        },
      };
    },
  };
  readonly client: RawClient;

  constructor() {
    const budgets = {
      derivatives: makeSlidingBudget(DERIVATIVES_BUDGET),
      history: makeTokenBudget(HISTORY_BUDGET),
      websocket: makeSlidingBudget(WEBSOCKET_BUDGET),
    };
    const layer = withPace({
      clock: this.clock,
      timers: this.timers,
      budgets,
      startWithinMs: 60_000,
      waitersMax: 50,
    });
    this.client = makeCalls(
      layer((request, options) => {
        const { id } = request.endpoint;
        this.sent.push({ id, at: this.now, startWithinMs: options.startWithinMs });
        return Promise.resolve(answered(this.answer(id)));
      }),
    );
  }

  async advance(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      await drain();
      const due = this.#timers
        .filter((timer) => timer.at <= end)
        .reduce<{ at: number; fire: () => void } | undefined>(
          (first, timer) => (first === undefined || timer.at < first.at ? timer : first),
          undefined,
        );
      if (due === undefined) break;
      this.#timers.splice(this.#timers.indexOf(due), 1);
      this.now = Math.max(this.now, due.at);
      due.fire();
    }
    this.now = end;
    await drain();
  }
}

const drain = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

const answered = (bodyText: string): Reply => {
  const json = parseLosslessJson(bodyText);
  return {
    type: 'Answered',
    httpStatus: 200,
    headers: {},
    bodyText,
    json: json.ok ? json.value : undefined,
    latencyMs: 1,
  };
};

const ORDER = { orderType: 'lmt', symbol: 'PF_XBTUSD', side: 'buy', size: '1', limitPrice: '1' };

describe('pace layer', () => {
  it('never lets a priced order wait longer than its age: it is refused, and nothing is sent', async () => {
    const bench = new Bench();
    for (let order = 0; order < 34; order += 1) void bench.client.sendorder(ORDER);
    await bench.advance(0);
    expect(bench.sent).to.have.length(34);
    const late = bench.client.sendorder(ORDER, { startWithinMs: 500 });
    await bench.advance(500);
    expect(await late).to.include({ type: 'NotSent', cause: 'RateLimitedLocally' });
    await bench.advance(20_000);
    expect(bench.sent).to.have.length(34);
  });

  it('refuses it in time even when it stands behind a patient call', async () => {
    const bench = new Bench();
    for (let order = 0; order < 34; order += 1) void bench.client.sendorder(ORDER);
    await bench.advance(1);
    const patient = bench.client.unwindqueue({});
    const late = bench.client.sendorder(ORDER, { startWithinMs: 300 });
    let lateAt = -1;
    void late.then(() => {
      lateAt = bench.now;
    });
    await bench.advance(30_000);
    expect(lateAt).to.equal(301);
    expect((await patient).type).to.equal('Answered');
    expect(bench.sent.at(-1)).to.include({ id: 'unwindqueue', at: 10_000 });
  });

  it('serves in order, each as soon as its points are free', async () => {
    const bench = new Bench();
    for (let order = 0; order < 40; order += 1) void bench.client.sendorder(ORDER);
    await bench.advance(9_999);
    expect(bench.sent).to.have.length(34);
    await bench.advance(1);
    expect(bench.sent).to.have.length(40);
    expect(bench.sent.at(-1)?.at).to.equal(10_000);
  });

  it('lets safety calls pass the line by the reserve', async () => {
    const bench = new Bench();
    for (let order = 0; order < 50; order += 1) void bench.client.sendorder(ORDER);
    await bench.advance(0);
    const kill = bench.client.cancelallorders({}, { purpose: 'safety' });
    await bench.advance(0);
    expect((await kill).type).to.equal('Answered');
    expect(bench.sent.at(-1)).to.include({ id: 'cancelallorders', at: 0 });
  });

  it('counts no public call and does not mix the pools', async () => {
    const bench = new Bench();
    for (let call = 0; call < 34; call += 1) void bench.client.sendorder(ORDER);
    void bench.client.tickers({});
    void bench.client.historyExecutions({});
    await bench.advance(0);
    expect(bench.sent).to.have.length(36);
  });

  it('stops ordinary calls for a second after apiLimitExceeded', async () => {
    const bench = new Bench();
    bench.answer = () => '{"result":"error","error":"apiLimitExceeded"}';
    void bench.client.accounts({});
    await bench.advance(0);
    bench.answer = () => '{"result":"success"}';
    void bench.client.accounts({});
    await bench.advance(999);
    expect(bench.sent).to.have.length(1);
    await bench.advance(1);
    expect(bench.sent).to.have.length(2);
  });

  it('refuses when the line is full', async () => {
    const bench = new Bench();
    for (let order = 0; order < 84; order += 1) void bench.client.sendorder(ORDER);
    expect(await bench.client.sendorder(ORDER)).to.include({ type: 'NotSent', cause: 'Busy' });
  });

  it('hands what is left of the age to the layer below', async () => {
    const bench = new Bench();
    for (let order = 0; order < 34; order += 1) void bench.client.sendorder(ORDER);
    void bench.client.accounts({}, { startWithinMs: 12_000 });
    await bench.advance(10_000);
    expect(bench.sent.at(-1)).to.deep.equal({ id: 'accounts', at: 10_000, startWithinMs: 2_000 });
  });
});
