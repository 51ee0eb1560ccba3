import { systemClock, systemRandom, systemTimers } from '../../app/system-clock.ts';
import { type KeyPair } from '../../config/config.ts';
import { signText } from '../../kraken/signature.ts';
import { FeedDriver, socketOptionsOf } from '../../kraken/websocket/connection/feed-driver.ts';
import { FeedMachine } from '../../kraken/websocket/connection/feed-machine.ts';
import { type FeedOutput } from '../../kraken/websocket/connection/feed-types.ts';
import { type WebSocketPlace } from '../shared/venue-place.ts';
import { fail, type CheckResult, ok } from './check.ts';

/** Subscribes to a feed, public without a key and private with it, and closes when confirmed. */
export const checkFeed = (
  { url, socket }: WebSocketPlace,
  credential: KeyPair | undefined,
  signal: AbortSignal,
): Promise<CheckResult> =>
  new Promise((resolve) => {
    const feed = credential === undefined ? 'heartbeat' : 'open_positions';
    const machine = new FeedMachine({
      subscriptions: [{ feed, products: [] }],
      random: systemRandom,
      ...(credential && {
        credential: {
          apiKey: credential.apiKey.reveal(),
          sign: (challenge: string) => signText(challenge, credential.apiSecret),
        },
      }),
    });
    const finish = (finding: CheckResult): void => {
      driver.stop();
      resolve(finding);
    };
    const driver = new FeedDriver(machine, {
      ...{ url, clock: systemClock, timers: systemTimers },
      socketOptions: socketOptionsOf(socket),
      onOutput: (output) => {
        const finding = judge(output, credential !== undefined);
        // Deferred: the machine must finish its step first.
        if (finding !== undefined)
          queueMicrotask(() => {
            finish(finding);
          });
      },
    });
    signal.addEventListener('abort', () => {
      driver.stop();
    });
    driver.start();
  });

const judge = (output: FeedOutput, isPrivate: boolean): CheckResult | undefined => {
  if (output.type === 'SubscriptionChanged' && output.state === 'Live')
    return ok(
      isPrivate ? 'the signed challenge is accepted' : 'greets, and acknowledges a subscription',
    );
  if (output.type === 'SubscriptionChanged' && output.state === 'Refused')
    return isPrivate
      ? fail('the signed challenge is refused', 'look at the key, its secret and its right to read')
      : fail(`the feed ${output.feed} is refused`, 'look at webSocket.url');
  // Only the first connection counts: the machine would otherwise wait and try again.
  return output.type === 'Notice' && output.code === 'LOST'
    ? fail(
        output.text.replace(/; next attempt.*$/, ''),
        'look at webSocket.url, rest.caFile, and at status.kraken.com',
      )
    : undefined;
};
