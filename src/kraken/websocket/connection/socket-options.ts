import { HttpsProxyAgent } from 'https-proxy-agent';
import { type FeedDriverOptions } from './feed-driver.ts';

/** How the feeds reach the venue: whom TLS trusts, and the HTTP proxy (CONNECT) on the way out. */
export interface SocketSettings {
  /** PEM; Node's authorities when left out. */
  readonly ca?: string;
  readonly proxyUrl?: string;
}

export const socketOptionsOf = ({
  ca,
  proxyUrl,
}: SocketSettings): NonNullable<FeedDriverOptions['socketOptions']> => ({
  ...(ca === undefined ? {} : { ca }),
  ...(proxyUrl === undefined ? {} : { agent: new HttpsProxyAgent(proxyUrl) }),
});
