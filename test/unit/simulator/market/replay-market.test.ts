import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { epochMs } from '../../../../src/lib/time.ts';
import { BACKGROUND_ACCOUNTS } from '../../../../src/simulator/market/background-market.ts';
import { makeReplayMarket, parseReplay } from '../../../../src/simulator/market/replay-market.ts';
import { makeWorld, only, type World } from '../exchange/exchange-world.ts';

const recording = parseReplay(
  readFileSync(new URL('../../../fixtures/simulator/replay.jsonl', import.meta.url), 'utf8'),
);

const playTo = (ms: number, speed = 1): World => {
  if (!recording.ok) throw new Error(recording.error);
  const world = makeWorld({ accounts: BACKGROUND_ACCOUNTS });
  const market = makeReplayMarket(recording.value, speed);
  for (let elapsed = 0; elapsed <= ms; elapsed += 250) {
    for (const command of market.step(epochMs(world.now()))) world.send(command);
    world.wait(250);
  }
  return world;
};

describe('replay market', () => {
  it('shows the recorded book and prints the recorded trades against it', () => {
    const world = playTo(750);
    const { queries } = world.exchange;
    expect(queries.ticker('PF_XBTUSD')).to.include({
      indexPrice: '77340.22',
      bid: '77333',
      bidSize: '0.0776',
      ask: '77334',
      askSize: '0.4815',
      last: '77334',
      lastSize: '0.0114',
    });
    expect(
      only(world.events, 'Trade').map(({ trade }) => [trade.price, trade.size, trade.takerSide]),
    ).to.deep.equal([['77334', '0.0114', 'buy']]);
  });

  it('takes levels away, and makes the other side of trades in a market without levels', () => {
    const { queries } = playTo(2_000).exchange;
    expect(queries.book('PF_XBTUSD')?.bids).to.deep.equal([]);
    expect(
      queries.trades('PF_ETHUSD').map(({ price, size, takerSide }) => [price, size, takerSide]),
    ).to.deep.equal([['1869.1', '0.5', 'sell']]);
    expect(queries.book('PF_ETHUSD')).to.deep.include({ bids: [], asks: [] });
  });

  it('plays faster when asked to', () => {
    expect(playTo(500, 4).exchange.queries.trades('PF_ETHUSD')).to.have.length(1);
    expect(playTo(500, 1).exchange.queries.trades('PF_ETHUSD')).to.have.length(0);
  });

  const broken = [
    [
      '{"at":1,"kind":"index","symbol":"PF_XBTUSD","price":"1"}\nnonsense',
      'line 2: no index, trade or level record',
    ],
    ['[1]', 'line 1: no index, trade or level record'],
    [
      '{"at":1,"kind":"trade","symbol":"X","side":"up","price":"1","size":"1"}',
      'line 1: no index, trade or level record',
    ],
    [
      '{"at":1,"kind":"level","symbol":"X","side":"buy","price":"1e3","size":"1"}',
      'line 1: no index, trade or level record',
    ],
    [
      '{"at":1,"kind":"trade","symbol":"X","side":"buy","price":"1","size":"-1"}',
      'line 1: no index, trade or level record',
    ],
    [
      '{"at":2,"kind":"index","symbol":"X","price":"1"}\n{"at":1,"kind":"index","symbol":"X","price":"1"}',
      'line 2: time goes back',
    ],
  ] as const;
  for (const [text, error] of broken) {
    it(`refuses ${JSON.stringify(text)}: ${error}`, () => {
      expect(parseReplay(text)).to.deep.equal({ ok: false, error });
    });
  }
});
