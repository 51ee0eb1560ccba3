import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { feedKind } from '../../../../../src/simulator/gateways/websocket/connection/feed-hub.ts';
import { DEFAULT_FEED_SETTINGS } from '../../../../../src/simulator/gateways/websocket/connection/feed-settings.ts';
import {
  isPrivateFeed,
  PRIVATE_FEEDS,
} from '../../../../../src/simulator/gateways/websocket/private/private-feeds.ts';
import { PRODUCT_FEEDS } from '../../../../../src/simulator/gateways/websocket/public/public-feeds.ts';

const PAGE = readFileSync(
  new URL('../../../../../docs/simulator-feeds.md', import.meta.url),
  'utf8',
);

/** The items of the list under a heading: the name in back-ticks, what follows it, the notes. */
const itemsUnder = (
  heading: string,
): readonly { readonly name: string; readonly told: string; readonly notes: string }[] => {
  const section = PAGE.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  return section
    .split(/^(?=- `)/m)
    .slice(1)
    .map((item) => {
      const [, name = '', told = '', notes = ''] =
        /^- `(\w+)`: ([^\n]*)((?:\n +[^\n]*)*)/.exec(item) ?? [];
      return { name, told: told.replaceAll('`', ''), notes };
    });
};

describe('docs/simulator-feeds.md', () => {
  it('has an item for every feed, and says of each whether it is exact or simplified and how', () => {
    const items = itemsUnder('WebSocket feeds');
    const feeds = [...PRODUCT_FEEDS, 'heartbeat', ...PRIVATE_FEEDS];
    expect(items.map(({ name }) => name)).to.have.members(feeds);
    for (const { name: feed, told: state, notes: how } of items) {
      expect(feedKind(feed), feed).to.be.oneOf(['product', 'account', 'plain']);
      expect(state, feed).to.be.oneOf(['exact', 'simplified']);
      expect(how.length, feed).to.be.greaterThan(8);
    }
  });

  it('has an item for every switch, with its default', () => {
    const items = itemsUnder('Dialogue');
    expect(items.map(({ name }) => name)).to.have.members(Object.keys(DEFAULT_FEED_SETTINGS));
    for (const { name, told } of items) {
      const value: unknown = Reflect.get(DEFAULT_FEED_SETTINGS, name);
      if (typeof value === 'string') expect(told, name).to.match(new RegExp(`^${value}\\b`));
      if (typeof value === 'number' && value < 1e6)
        expect(told, name).to.match(new RegExp(`^${value}\\b`));
    }
  });

  it('says what becomes of legacy feeds', () => {
    for (const feed of ['account_balances_and_margins', 'deposits_withdrawals']) {
      expect(PAGE).to.contain(feed);
      expect([feedKind(feed), isPrivateFeed(feed)]).to.deep.equal([undefined, false]);
    }
  });
});
