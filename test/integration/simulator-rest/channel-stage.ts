import { Secret } from '../../../src/lib/secret.ts';
import { type FixToggles } from '../../../src/simulator/settings/fix-toggles.ts';
import { MARKET_DATA_COMP_ID } from '../../../src/simulator/gateways/fix/market-data/market-data-gateway.ts';
import { RawFixClient } from '../../support/raw-fix-client.ts';
import { until } from '../../support/until.ts';
import { RawFeed, RawTrader } from './channel-clients.ts';
import { playScenario, type Scene } from './scenario-files.ts';
import { call, callJson, openStage, type Params, type Reply, type Stage, V3 } from './stage.ts';

export const COMP_ID = 'TESTER';
export const KEY = { apiKey: new Secret('k'), apiSecret: new Secret('c2VjcmV0') };

export const FORM: Params = {
  ...{ orderType: 'lmt', symbol: 'PF_XBTUSD', side: 'buy', size: '0.01', limitPrice: '83000' },
};

/** A venue with every channel, and raw clients of each; alice has the FIX session too. */
export class ChannelStage {
  readonly stage: Stage;
  readonly closers: (() => void)[] = [];

  constructor(stage: Stage) {
    this.stage = stage;
  }

  static async open(fix: Partial<FixToggles> = {}): Promise<ChannelStage> {
    const stage = await openStage({
      fix,
      symbols: ['PF_XBTUSD'],
      clients: [{ compID: COMP_ID, account: 'alice', key: KEY }],
      feeds: { port: 0 },
      marketData: { l2Port: 0, l3Port: 0 },
    });
    return new ChannelStage(stage);
  }

  async stop(): Promise<void> {
    for (const close of this.closers.splice(0)) close();
    await this.stage.stop();
  }

  play(name: string): Promise<Scene> {
    return playScenario(name, this.stage.simulator);
  }

  /** Until every fault has met what it waits for. */
  spent(): Promise<void> {
    const { faults } = this.stage.simulator;
    return until(() => faults.waiting().length === 0, 'the faults to be used up');
  }

  async trade(keepsOrders = true): Promise<RawTrader> {
    const trader = this.trader();
    await trader.logon(KEY, keepsOrders);
    return trader;
  }

  /** A connection that has said nothing yet. */
  trader(): RawTrader {
    const trader = new RawTrader(this.stage.simulator.tradingPort, COMP_ID);
    this.closers.push(() => {
      trader.raw.close();
    });
    return trader;
  }

  async feed(): Promise<RawFeed> {
    const opened = await RawFeed.open(this.stage.simulator.feedsPort ?? 0);
    this.closers.push(() => {
      opened.socket.terminate();
    });
    return opened;
  }

  /** A connection to market data that has said nothing yet. */
  marketDataPeer(level: 'l2' | 'l3'): RawFixClient {
    const { l2Port = 0, l3Port = 0 } = this.stage.simulator.marketData ?? {};
    const client = new RawFixClient(level === 'l2' ? l2Port : l3Port, {
      ...{ sender: COMP_ID, target: MARKET_DATA_COMP_ID },
    });
    this.closers.push(() => {
      client.close();
    });
    return client;
  }

  async marketData(level: 'l2' | 'l3'): Promise<RawFixClient> {
    const client = this.marketDataPeer(level);
    await client.logon();
    const scope = level === 'l2' ? '' : '266=N|';
    client.send('V', `262=R|263=1|264=0|265=1|${scope}267=2|269=0|269=1|146=1|55=PF_XBTUSD`);
    await client.expect(({ type }) => type === 'W', 'the snapshot');
    return client;
  }

  post(path: string, params: Params, key = this.stage.alice): Promise<Reply> {
    return call(this.stage.url, { method: 'POST', path: `${V3}/${path}`, params, key });
  }

  /** Alice's, as REST lists them. */
  async fills(): Promise<readonly Record<string, unknown>[]> {
    const { url, alice } = this.stage;
    const { fills } = await callJson(url, { path: `${V3}/fills`, key: alice });
    return fills as Record<string, unknown>[];
  }

  /** One contract of bob's. */
  bid(price: number): void {
    this.stage.simulator.submit({
      ...{ type: 'PlaceOrder', account: 'bob', owner: 'test', symbol: 'PF_XBTUSD', side: 'buy' },
      ...{ orderType: 'lmt', size: '1', limitPrice: String(price) },
    });
  }
}
