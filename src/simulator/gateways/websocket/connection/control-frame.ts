import { toJsonText } from '../../../../lib/lossless-json.ts';
import { defined } from '../../../../lib/defined.ts';
import { type SignedChallenge } from './client-request.ts';
import { type FeedSettings } from './feed-settings.ts';

export const INFO_FRAME = '{"event":"info","version":1}';

export const challengeFrame = (challenge: string): string =>
  toJsonText({ event: 'challenge', message: challenge });

export const alertFrame = (message: string): string => toJsonText({ event: 'alert', message });
export const errorFrame = (message: string): string => toJsonText({ event: 'error', message });

/** The request that is acknowledged. */
export interface Acknowledged {
  readonly event: 'subscribe' | 'unsubscribe';
  readonly feed: string;
  readonly products: readonly string[] | undefined;
  readonly credentials?: SignedChallenge | undefined;
}

const PARTICIPLE = { subscribe: 'subscribed', unsubscribe: 'unsubscribed' } as const;

export const acknowledgement = (about: Acknowledged, settings: FeedSettings): string =>
  toJsonText(
    defined({
      event: PARTICIPLE[about.event],
      feed: about.feed,
      product_ids: about.products,
      ...(settings.privateAck === 'echo-credentials' && about.credentials !== undefined
        ? {
            api_key: about.credentials.apiKey,
            original_challenge: about.credentials.originalChallenge,
            signed_challenge: about.credentials.signedChallenge,
          }
        : {}),
    }),
  );

/** Why a subscription failed [websocket 4.4]. */
type Failure = 'InvalidFeed' | 'InvalidProduct' | 'NotAuthenticated';

/** A refusal in the spelling of the wire, or in one of the two spellings of the documentation. */
export const failureFrame = (
  failure: Failure,
  about: Acknowledged,
  settings: FeedSettings,
): string => {
  if (settings.failure === 'subscribed_failed')
    return toJsonText(
      defined({
        event: `${PARTICIPLE[about.event]}_failed`,
        feed: about.feed,
        product_ids: about.products,
      }),
    );
  const product = about.products?.[0] ?? '';
  switch (failure) {
    case 'InvalidFeed':
      return settings.failure === 'error'
        ? errorFrame('Invalid feed')
        : alertFrame("Couldn't subscribe to invalid feed");
    case 'InvalidProduct':
      return settings.failure === 'error'
        ? errorFrame('Invalid product id')
        : alertFrame(`Couldn't subscribe to invalid product \`${product}\``);
    case 'NotAuthenticated':
      return alertFrame('Failed to subscribe to authenticated feed');
  }
};
