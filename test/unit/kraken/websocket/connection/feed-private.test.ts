import { expect } from 'chai';
import { CREDENTIAL, makeConversation } from './conversation.ts';
import { exampleFrame } from '../examples.ts';
import {
  HEARTBEAT,
  FILLS,
  VERBOSE,
  PLAIN,
  subscribed,
  alert,
  challenge,
  signedRequest,
  statesOf,
  privateFeed,
} from './venue-frames.ts';

describe('feed machine: private subscriptions [websocket 5]', () => {
  it('asks for a challenge once and signs every private request with it', () => {
    const talk = makeConversation({ subscriptions: [VERBOSE, FILLS], credential: CREDENTIAL });
    expect(talk.connect().sent()).to.deep.equal([{ event: 'challenge', api_key: 'KEY' }]);
    talk.frame(challenge()).pass(50);
    // Fills first, whatever the order of the configuration.
    expect(talk.sent()).to.deep.equal([signedRequest('subscribe', 'fills')]);
    talk.frame(subscribed('fills')).pass(50);
    expect(talk.sent()).to.deep.equal([signedRequest('subscribe', 'open_orders_verbose')]);
    talk.frame(subscribed('open_orders_verbose')).pass(50);
    talk.give({ type: 'Unsubscribe', subscription: VERBOSE });
    expect(talk.sent()).to.deep.equal([signedRequest('unsubscribe', 'open_orders_verbose')]);
  });

  it('counts a private feed as down until its snapshot came', () => {
    const talk = privateFeed().frame(challenge()).pass(50).frame(subscribed('fills'));
    expect(talk.machine.status().isPrivateUp).to.equal(false);
    talk.take();
    talk.frame(exampleFrame('fills.snapshot'));
    expect(talk.machine.status().isPrivateUp).to.equal(true);
    expect(talk.types()).to.deep.equal(['Event', 'SubscriptionChanged']);
  });

  it('marks what carries a signature as secret', () => {
    const talk = privateFeed().frame(challenge()).pass(50);
    const secret = talk.take().filter((output) => output.type === 'SendText' && output.hasSecret);
    expect(secret.length).to.equal(1);
  });

  it('asks for a fresh challenge on every connection', () => {
    const talk = privateFeed().frame(challenge()).pass(50).frame(subscribed('fills'));
    talk.give({ type: 'Closed', reason: 'x' }).pass(1_000).take();
    expect(talk.greet().sent()).to.deep.equal([{ event: 'challenge', api_key: 'KEY' }]);
    talk.frame(challenge('C2')).pass(50);
    expect(talk.sent()).to.deep.equal([signedRequest('subscribe', 'fills', 'C2')]);
  });

  it('renews the challenge once when a subscription is refused, then raises, and tries again after a wait', () => {
    const refused = alert('Failed to subscribe to authenticated feed');
    const talk = privateFeed([FILLS, HEARTBEAT]);
    talk.frame(subscribed('heartbeat')).pass(50).frame(challenge()).pass(50).take();
    expect(talk.frame(refused).pass(50).sent()).to.deep.equal([
      { event: 'challenge', api_key: 'KEY' },
    ]);
    talk.frame(challenge('C2')).pass(50);
    expect(talk.sent()).to.deep.equal([signedRequest('subscribe', 'fills', 'C2')]);
    expect(talk.frame(refused).codes()).to.deep.equal(['ALERT', 'AUTHENTICATION_FAILED']);
    expect(talk.pass(1_900).sent()).to.deep.equal([]);
    // Market data goes on.
    expect(statesOf(talk)).to.deep.equal(['heartbeat Live', 'fills Refused']);
    expect(talk.machine.status().phase).to.equal('Ready');
    expect(talk.pass(100).sent()).to.deep.equal([{ event: 'challenge', api_key: 'KEY' }]);
    talk.frame(challenge('C3')).pass(50).frame(subscribed('fills'));
    expect(statesOf(talk)).to.deep.equal(['heartbeat Live', 'fills Acknowledged']);
  });

  it('succeeds with a renewed challenge', () => {
    const talk = privateFeed().frame(challenge()).pass(50);
    talk.frame(alert('Failed to subscribe to authenticated feed')).pass(50);
    talk.frame(challenge('C2')).pass(50).frame(subscribed('fills'));
    expect(statesOf(talk)).to.deep.equal(['fills Acknowledged']);
  });

  it('tries a refused private feed again on the next connection', () => {
    const refused = alert('Failed to subscribe to authenticated feed');
    const talk = privateFeed().frame(challenge()).pass(50).frame(refused).pass(50);
    talk.frame(challenge('C2')).pass(50).frame(refused);
    talk.give({ type: 'Closed', reason: 'x' }).pass(1_000).take();
    expect(talk.greet().sent()).to.deep.equal([{ event: 'challenge', api_key: 'KEY' }]);
  });

  it('takes subscribed_failed for a refusal as well', () => {
    const talk = privateFeed().frame(challenge()).pass(50);
    talk.take();
    talk.frame({ event: 'subscribed_failed', feed: 'fills' }).pass(50);
    expect(talk.sent()).to.deep.equal([{ event: 'challenge', api_key: 'KEY' }]);
  });

  it('falls back to open_orders when only the verbose feed is refused', () => {
    const refused = alert('Failed to subscribe to authenticated feed');
    const talk = privateFeed([FILLS, VERBOSE]).frame(challenge()).pass(50);
    talk
      .frame(subscribed('fills'))
      .pass(50)
      .frame(refused)
      .pass(50)
      .frame(challenge('C2'))
      .pass(50);
    talk.take();
    talk.frame(refused).pass(50);
    expect(talk.sent()).to.deep.equal([signedRequest('subscribe', 'open_orders', 'C2')]);
    talk.frame(subscribed('open_orders')).frame(exampleFrame('open_orders.snapshot'));
    expect(statesOf(talk)).to.deep.equal(['fills Acknowledged', 'open_orders Live']);
    // The next connection asks for the better feed again.
    talk.give({ type: 'Closed', reason: 'x' }).pass(1_000).take();
    expect(statesOf(talk)).to.deep.equal(['fills Wanted', 'open_orders_verbose Wanted']);
  });

  it('falls back to open_orders when the verbose feed does not exist', () => {
    const talk = privateFeed([VERBOSE]).frame(challenge()).pass(50);
    talk.take();
    talk.frame(alert("Couldn't subscribe to invalid feed")).pass(50);
    expect(talk.sent()).to.deep.equal([signedRequest('subscribe', 'open_orders')]);
  });

  it('refuses private feeds without a credential and goes on', () => {
    const talk = makeConversation({ subscriptions: [FILLS, HEARTBEAT] }).connect();
    expect(talk.sent()).to.deep.equal([{ event: 'subscribe', feed: 'heartbeat' }]);
    talk.frame(subscribed('heartbeat')).pass(100);
    expect(statesOf(talk)).to.deep.equal(['heartbeat Live', 'fills Refused']);
  });

  it('gives the private feeds up when the challenge itself is refused', () => {
    const talk = privateFeed([PLAIN]);
    expect(talk.frame({ event: 'error', message: 'Json Error' }).codes()).to.deep.equal([
      'ALERT',
      'AUTHENTICATION_FAILED',
    ]);
    talk.pass(100);
    expect(statesOf(talk)).to.deep.equal(['open_orders Refused']);
    expect(talk.pass(2_000).sent()).to.deep.equal([{ event: 'challenge', api_key: 'KEY' }]);
  });

  it('blames no private feed for an alert that names none, and asks again when no answer came', () => {
    const talk = privateFeed().frame(challenge()).pass(50);
    talk.take();
    talk.frame(alert('Scheduled maintenance in 10 minutes')).pass(50);
    expect(talk.sent()).to.deep.equal([]);
    expect(statesOf(talk)).to.deep.equal(['fills Requested']);
    expect(talk.pass(12_000).sent()).to.deep.equal([{ event: 'challenge', api_key: 'KEY' }]);
  });

  it('takes a new connection when the challenge is not answered twice', () => {
    const talk = privateFeed();
    talk.take();
    expect(talk.pass(12_000).sent()).to.deep.equal([{ event: 'challenge', api_key: 'KEY' }]);
    talk.give({ type: 'PongReceived' });
    expect(talk.pass(10_000).types()).to.include('Terminate');
  });
});
