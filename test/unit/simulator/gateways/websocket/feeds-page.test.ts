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

/** Cells of the rows whose first cell is in back-ticks, of the table under a heading. */
const rowsUnder = (heading: string): readonly (readonly string[])[] => {
  const section = PAGE.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
};

describe('docs/simulator-feeds.md', () => {
  it('has a row for every feed, and says of each whether it is exact or simplified and how', () => {
    const rows = rowsUnder('WebSocket feeds');
    const feeds = [...PRODUCT_FEEDS, 'heartbeat', ...PRIVATE_FEEDS];
    expect(rows.map(([feed]) => feed)).to.have.members(feeds);
    for (const [feed = '', state = '', how = ''] of rows) {
      expect(feedKind(feed), feed).to.be.oneOf(['product', 'account', 'plain']);
      expect(state, feed).to.be.oneOf(['exact', 'simplified']);
      expect(how.length, feed).to.be.greaterThan(8);
    }
  });

  it('has a row for every switch, with its default', () => {
    const rows = rowsUnder('Dialogue');
    expect(rows.map(([name]) => name)).to.have.members(Object.keys(DEFAULT_FEED_SETTINGS));
    for (const [name = '', told = ''] of rows) {
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
