import { expect } from 'chai';
import { SilenceWatch } from '../../../../src/app/routes/silence-watch.ts';
import { type InputBody } from '../../../../src/core/input.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import { Bench, cancel, place, SESSION } from '../../../support/bench.ts';
import { acked, type Step } from '../../../support/given.ts';
import { VirtualTime } from '../../../support/virtual-time.ts';

/** A core whose FIX is up, and a session that receives nothing unless told to. */
class Stage {
  readonly time = new VirtualTime();
  readonly bench = Bench.ready();
  readonly inputs: string[] = [];
  testRequests = 0;
  stalledMs = 0;
  lastReceivedAt = epochMs(1);
  readonly #watch: SilenceWatch;

  constructor() {
    this.#watch = new SilenceWatch({
      ...{ clock: this.time, timers: this.time, testRequestMs: 36_000 },
      config: { name: SESSION, routing: { ackSuspectMs: 2_000, writeStallMs: 5_000 } as never },
      session: {
        view: () => ({ phase: 'LoggedOn', lastReceivedAt: this.lastReceivedAt }) as never,
        stalledForMs: () => this.stalledMs,
        sendTestRequest: () => {
          this.testRequests += 1;
        },
      },
      epoch: () => this.bench.epoch,
      books: () => this.bench.state,
      submit: (body: InputBody) => {
        this.inputs.push(body.type === 'SuspectRoute' ? `suspect: ${body.reason}` : body.type);
        this.bench.input(body);
      },
    });
    this.bench.onSent = ({ clOrdID }) => {
      this.#watch.onSent(clOrdID);
    };
    this.#watch.start();
  }

  async pass(ms: number): Promise<void> {
    await this.time.advance(ms);
  }

  /** The venue says something that answers nothing, as heartbeats do. */
  hear(): this {
    this.lastReceivedAt = epochMs(this.lastReceivedAt + 1);
    return this;
  }

  place(clientOrderID: string): this {
    this.bench.input(place(clientOrderID));
    return this;
  }

  run(step: Step): this {
    if (typeof step === 'function') step(this.bench);
    else this.bench.input(step);
    return this;
  }
}

describe('a link that is up and silent', () => {
  it('is suspect once an order has no answer for ackSuspectMs, and no sooner', async () => {
    const stage = new Stage().place('A');
    await stage.pass(1_900);
    expect(stage.inputs).to.deep.equal([]);
    await stage.pass(600);
    expect(stage.inputs).to.have.length(1);
    expect(stage.inputs[0]).to.match(/^suspect: request \S+ has no answer after 2\d\d\d ms$/);
    expect(stage.testRequests).to.equal(1);
  });

  it('is trusted again once the venue answered, and said once each', async () => {
    const stage = new Stage().place('A');
    await stage.pass(5_000);
    await stage.run(acked('A')).pass(1_000);
    expect(stage.inputs.map((text) => text.slice(0, 8))).to.deep.equal(['suspect:', 'TrustRou']);
  });

  it('is not suspect for an order that the venue passed over, while it answers later ones', async () => {
    const stage = new Stage().place('A');
    await stage.pass(100);
    await stage.place('B').pass(100);
    await stage.run(acked('B')).pass(9_000);
    expect(stage.inputs).to.deep.equal([]);
  });

  it('is suspect over a cancel without an answer, too', async () => {
    const stage = new Stage().place('A').run(acked('A')).run(cancel('C', 'A'));
    await stage.pass(3_000);
    expect(stage.inputs).to.have.length(1);
  });

  it('is suspect when the connection takes no bytes', async () => {
    const stage = new Stage();
    await stage.pass(1_000);
    stage.stalledMs = 5_100;
    await stage.pass(500);
    expect(stage.inputs).to.deep.equal(['suspect: the connection takes no bytes for 5100 ms']);
    stage.stalledMs = 0;
    await stage.pass(500);
    expect(stage.inputs.at(-1)).to.equal('TrustRoute');
  });

  it('is suspect when a TestRequest has brought nothing either, without any order', async () => {
    const stage = new Stage().hear();
    await stage.pass(37_000);
    expect(stage.inputs).to.deep.equal([]);
    await stage.pass(2_000);
    expect(stage.inputs[0]).to.match(/^suspect: nothing was received for 38\d\d\d ms/);
    await stage.hear().pass(500);
    expect(stage.inputs.at(-1)).to.equal('TrustRoute');
  });

  it('is left alone while it is down', async () => {
    const stage = new Stage().place('A');
    stage.bench.cut();
    await stage.pass(60_000);
    expect(stage.inputs).to.deep.equal([]);
  });
});
