import { expect } from 'chai';
import { makeConversation } from './conversation.ts';
import { exampleFrame } from '../examples.ts';
import { SimRandom } from '../sim-random.ts';
import { HEARTBEAT } from './venue-frames.ts';

describe('feed machine: connection', () => {
  it('waits for the greeting before it asks for anything', () => {
    const talk = makeConversation({ subscriptions: [HEARTBEAT] }).give({ type: 'Start' });
    expect(talk.types()).to.deep.equal(['Connect']);
    expect(talk.give({ type: 'Opened' }).sent()).to.deep.equal([]);
    talk.frame(exampleFrame('connection.update'));
    expect(talk.sent()).to.deep.equal([{ event: 'subscribe', feed: 'heartbeat' }]);
  });

  it('goes on without a greeting after five seconds', () => {
    const talk = makeConversation({ subscriptions: [HEARTBEAT] });
    talk.give({ type: 'Start' }).give({ type: 'Opened' }).pass(4_999);
    expect(talk.sent()).to.deep.equal([]);
    expect(talk.pass(1).sent()).to.deep.equal([{ event: 'subscribe', feed: 'heartbeat' }]);
  });

  it('leaves a venue that speaks another version', () => {
    const talk = makeConversation({ subscriptions: [HEARTBEAT] });
    talk.give({ type: 'Start' }).give({ type: 'Opened' }).take();
    const types = talk.frame({ event: 'info', version: 2 }).types();
    expect(types).to.deep.equal(['Notice', 'Terminate', 'ConnectionLost', 'Notice']);
    expect(talk.machine.status().phase).to.equal('Waiting');
  });

  it('pings with control frames every 20 seconds, never with JSON', () => {
    const talk = makeConversation({ subscriptions: [] }).connect();
    talk.take();
    const pings: number[] = [];
    for (let second = 1; second <= 60; second++) {
      talk.pass(1_000).give({ type: 'PongReceived' });
      if (talk.take().some(({ type }) => type === 'SendPing')) pings.push(second);
    }
    expect(pings).to.deep.equal([20, 40, 60]);
  });

  it('takes 30 seconds without any frame for a dead connection, and a pong for life', () => {
    const talk = makeConversation({ subscriptions: [] }).connect();
    talk.take();
    talk.pass(29_000).give({ type: 'PongReceived' }).pass(29_999).take();
    expect(talk.machine.status().phase).to.equal('Ready');
    expect(talk.pass(1).types()).to.deep.equal(['Terminate', 'ConnectionLost', 'Notice']);
  });

  it('gives up an attempt that does not open within ten seconds', () => {
    const talk = makeConversation({ subscriptions: [] }).give({ type: 'Start' });
    talk.take();
    expect(talk.pass(10_000).types()).to.deep.equal(['Terminate', 'Notice']);
  });

  it('waits longer after each failure, up to 30 seconds, with jitter', () => {
    const talk = makeConversation({ subscriptions: [] }).give({ type: 'Start' });
    const waits: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++) {
      talk.give({ type: 'Closed', reason: 'ECONNREFUSED' });
      waits.push((talk.machine.nextWakeAt() ?? 0) - talk.now);
      talk.pass(waits.at(-1) ?? 0);
    }
    // random() is 0.5: three quarters of the doubled wait.
    expect(waits).to.deep.equal([750, 1_500, 3_000, 6_000, 12_000, 22_500, 22_500, 22_500]);
  });

  it('is not back before the time that a refusal names, and no later than its own wait without', () => {
    const talk = makeConversation({ subscriptions: [] }).give({ type: 'Start' });
    const waits: number[] = [];
    for (const retryAfterMs of [120_000, 0, undefined]) {
      const closed = { type: 'Closed', reason: 'HTTP 503' } as const;
      talk.give(retryAfterMs === undefined ? closed : { ...closed, retryAfterMs });
      waits.push((talk.machine.nextWakeAt() ?? 0) - talk.now);
      talk.pass(waits.at(-1) ?? 0);
    }
    expect(waits).to.deep.equal([120_000, 1_500, 3_000]);
  });

  it('starts from the shortest wait again after a connection of a minute', () => {
    const talk = makeConversation({ subscriptions: [] }).give({ type: 'Start' });
    for (let attempt = 0; attempt < 5; attempt++)
      talk.give({ type: 'Closed', reason: 'refused' }).pass(30_000).take();
    talk.greet();
    for (let beat = 0; beat < 6; beat++) talk.pass(10_000).give({ type: 'PongReceived' });
    talk.give({ type: 'Closed', reason: 'bye' });
    expect((talk.machine.nextWakeAt() ?? 0) - talk.now).to.equal(750);
  });

  it('makes no more than 100 attempts within ten minutes', () => {
    const limits = { backoffMinMs: 10, backoffMaxMs: 10 };
    const talk = makeConversation({ subscriptions: [], limits }).give({ type: 'Start' });
    const attempts: number[] = [0];
    while (talk.now < 1_300_000) {
      talk.give({ type: 'Closed', reason: 'refused' });
      talk.take();
      talk.pass((talk.machine.nextWakeAt() ?? 0) - talk.now);
      attempts.push(talk.now);
    }
    for (const at of attempts) {
      const within = attempts.filter((other) => other >= at && other < at + 600_000);
      expect(within.length).to.be.at.most(100);
    }
    expect(attempts.length).to.be.greaterThan(200);
  });

  it('is woken once per deadline, also at times with fractions that do not add up', () => {
    const random = new SimRandom(20_261_122);
    for (let run = 0; run < 200; run++) {
      const talk = makeConversation({ subscriptions: [] });
      talk.now = random.unit() * 1e8;
      talk.connect();
      // `pass` throws when the machine asks to be woken at the time at which it was just woken.
      for (let beat = 0; beat < 5; beat++)
        talk.pass(random.unit() * 29_000).give({ type: 'PongReceived' });
      expect(talk.pass(40_000).machine.status().phase).not.to.equal('Ready');
    }
  });

  it('stops for good when asked to', () => {
    const talk = makeConversation({ subscriptions: [HEARTBEAT] }).connect();
    talk.take();
    expect(talk.give({ type: 'Stop' }).types()).to.deep.equal(['Terminate', 'ConnectionLost']);
    expect(talk.machine.nextWakeAt()).to.equal(undefined);
    expect(talk.give({ type: 'Closed', reason: 'x' }).pass(100_000).take()).to.deep.equal([]);
  });
});
