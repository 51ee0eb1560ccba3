import { expect } from 'chai';
import { systemClock, systemRandom, systemTimers } from '../../../src/app/system-clock.ts';
import { type TradingSymbol } from '../../../src/domain/ids.ts';
import { dictionaryPath, loadDictionary } from '../../../src/fix/dictionary/jspurefix.ts';
import { makeMemoryStore } from '../../../src/fix/runtime/memory-store.ts';
import { makeInitiator } from '../../../src/fix/runtime/initiator-session.ts';
import { type FixSession } from '../../../src/fix/session/model/session-types.ts';
import { MarketDataFeed } from '../../../src/kraken/fix/market-data/market-data-feed.ts';
import { type MarketDataInput } from '../../../src/kraken/fix/market-data/market-data-types.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { MARKET_DATA_COMP_ID } from '../../../src/simulator/gateways/fix/market-data/market-data-gateway.ts';
import { RawFixClient } from '../../support/raw-fix-client.ts';
import { until } from '../../support/until.ts';
import { openStage, type Stage } from '../simulator-rest/stage.ts';

const SYMBOLS = ['PF_XBTUSD', 'PF_ETHUSD', 'PI_XBTUSD', 'PF_PEPEUSD'] as const;
const COMP_ID = 'ME-DRV';

interface Wired {
  readonly feed: MarketDataFeed;
  readonly session: FixSession;
  readonly notices: string[];
  readonly counts: { trades: number };
  readonly stop: () => Promise<void>;
}

/** Our feed on a real session, as the engine has it. */
const wire = (port: number, level: 'L2' | 'L3'): Wired => {
  const dictionary = loadDictionary(dictionaryPath('KRAKEN-DRV-FIX44.xml'));
  if (!dictionary.ok) throw new Error(dictionary.error);
  const feed = new MarketDataFeed({
    ...{ symbols: SYMBOLS as readonly string[] as readonly TradingSymbol[], level, depth: 0 },
    ...{ requestPrefix: 'R', bookLimits: { crossedMsMax: 1_000, staleAfterMs: 60_000 } },
  });
  const notices: string[] = [];
  const counts = { trades: 0 };
  let timer: { readonly cancel: () => void } | undefined;
  const give = (input: MarketDataInput): void => {
    const at = systemClock.monotonic();
    for (const output of feed.step(input, at)) {
      if (output.type === 'Send') session.send(output.message);
      if (output.type === 'Notice') notices.push(`${output.code} ${output.text}`);
      if (output.type === 'Traded') counts.trades += 1;
    }
    timer?.cancel();
    const wakeAt = feed.nextWakeAt();
    if (wakeAt === undefined) return;
    timer = systemTimers.set(Math.max(1, wakeAt - at), () => {
      give({ type: 'Woken' });
    });
  };
  const session: FixSession = makeInitiator({
    settings: {
      ...{ id: level, role: 'initiator', beginString: 'FIX.4.4' },
      ...{ senderCompID: COMP_ID, targetCompID: MARKET_DATA_COMP_ID },
    },
    application: {
      onLoggedOn: () => {
        give({ type: 'LoggedOn' });
      },
      onLoggedOut: () => {
        give({ type: 'LoggedOut' });
      },
      onMessage: (message) => {
        give({ type: 'Message', message });
      },
    },
    store: makeMemoryStore({ createdAt: systemClock.wall() }),
    dictionary: dictionary.value,
    ...{ clock: systemClock, timers: systemTimers, random: systemRandom },
    connection: { hosts: [{ host: '127.0.0.1', port }], connectTimeoutMs: 5_000 },
  });
  session.start();
  return {
    ...{ feed, session, notices, counts },
    stop: async () => {
      await session.stop();
      timer?.cancel();
    },
  };
};

describe('FIX market data over real sessions [fix 4.9, 4.10]', () => {
  let stage: Stage;
  const wired: Wired[] = [];

  const open = async (marketIntervalMs: number, idleDropMs = 0): Promise<void> => {
    const key = { apiKey: new Secret('k'), apiSecret: new Secret('c2VjcmV0') };
    stage = await openStage({
      symbols: SYMBOLS,
      clients: [{ compID: COMP_ID, account: 'alice', key }],
      marketData: { l2Port: 0, l3Port: 0, idleDropMs },
      marketIntervalMs,
    });
  };
  const portOf = (level: 'L2' | 'L3'): number => {
    const { l2Port = 0, l3Port = 0 } = stage.simulator.marketData ?? {};
    return level === 'L2' ? l2Port : l3Port;
  };
  afterEach(async () => {
    await Promise.all(wired.splice(0).map((each) => each.stop()));
    await stage.stop();
  });

  /** Whether our books are the exchange's at this instant. */
  const isEqual = ({ feed }: Wired): boolean =>
    SYMBOLS.every((symbol) => {
      const truth = stage.simulator.queries.book(symbol);
      const held = feed.book(symbol as TradingSymbol);
      const levels = (side: 'Bid' | 'Offer'): string =>
        JSON.stringify(held?.depth(side, 1_000).map(({ price, qty }) => [price, qty]));
      const told = (list: readonly { price: string; size: string }[] = []): string =>
        JSON.stringify(list.map(({ price, size }) => [price, size]));
      return levels('Bid') === told(truth?.bids) && levels('Offer') === told(truth?.asks);
    });

  for (const level of ['L2', 'L3'] as const)
    it(`keeps our ${level} books equal to the exchange’s at quiet points, every checksum right`, async () => {
      await open(40);
      const client = wire(portOf(level), level);
      wired.push(client);
      const { feed } = client;
      await until(() => feed.counters().snapshots === SYMBOLS.length, 'every snapshot');
      for (let quiet = 0; quiet < 15; quiet++) {
        const { updates } = feed.counters();
        await until(() => feed.counters().updates > updates, 'the market moves');
        await until(() => isEqual(client), `quiet point ${quiet}: books equal the exchange's`);
      }
      const { mismatches, unchecked, foreign } = feed.counters();
      expect({ mismatches, unchecked, foreign }).to.deep.equal({
        mismatches: 0,
        unchecked: 0,
        foreign: 0,
      });
      expect(client.notices).to.deep.equal([]);
      if (level === 'L2') await until(() => client.counts.trades > 0, 'trades');
      else expect(client.counts.trades).to.equal(0);
    });

  it('has sessions and numbers of its own on each port, and asks for no credentials', async () => {
    await open(0);
    const compIDs = { sender: COMP_ID, target: MARKET_DATA_COMP_ID };
    const [l2, l3] = [
      new RawFixClient(portOf('L2'), compIDs),
      new RawFixClient(portOf('L3'), compIDs),
    ];
    await Promise.all([l2.logon(), l3.logon()]);
    l2.send('x', '320=S1|263=0|559=1|167=FUT');
    const list = await l2.expect(({ type }) => type === 'y', 'the instrument list');
    expect([list.get('34'), list.get('560'), list.get('146')]).to.deep.equal(['2', '0', '4']);
    l3.send('V', '262=1|263=1|264=0|265=1|266=N|267=2|269=0|269=1|146=1|55=NOPE');
    const reject = await l3.expect(({ type }) => type === 'Y', 'a reject');
    expect([reject.get('34'), reject.get('281'), reject.get('58')]).to.deep.equal([
      '2',
      '0',
      'Unknown symbol: NOPE',
    ]);
    l3.close();
    l2.close();
  });

  it('turns strangers away', async () => {
    await open(0);
    const stranger = new RawFixClient(portOf('L2'), { sender: 'WHO', target: MARKET_DATA_COMP_ID });
    stranger.send('A', '98=0|108=30|141=Y');
    await until(() => stranger.isClosed, 'closed');
    expect(stranger.received).to.have.length(0);
  });

  it('drops a session that never subscribes, and forgets subscriptions with the connection', async () => {
    await open(0, 200);
    const compIDs = { sender: COMP_ID, target: MARKET_DATA_COMP_ID };
    const idle = new RawFixClient(portOf('L2'), compIDs);
    await idle.logon();
    const logout = await idle.expect(({ type }) => type === '5', 'a Logout');
    expect(logout.get('58')).to.equal('No market data subscription');
    idle.close();
    const busy = new RawFixClient(portOf('L2'), compIDs);
    await busy.logon();
    const subscribe = '262=1|263=1|264=0|265=1|267=2|269=0|269=1|146=1|55=PF_XBTUSD';
    busy.send('V', subscribe);
    await busy.expect(({ type }) => type === 'W', 'an empty snapshot');
    busy.close();
    await until(() => busy.isClosed, 'closed');
    const again = new RawFixClient(portOf('L2'), compIDs);
    await again.logon();
    again.send('V', subscribe);
    await again.expect(({ type }) => type === 'W', 'the same MDReqID is new again');
    again.close();
  });
});
