import { expect } from 'chai';
import { systemClock } from '../../../src/app/system-clock.ts';
import { type Ack, type Engine, startEngine } from '../../../src/index.ts';
import { silentLogger } from '../../../src/observability/logger.ts';
import { until } from '../../support/until.ts';
import {
  type ConfiguredVenue,
  type Sections,
  startConfiguredVenue,
} from '../rest/venue-with-config.ts';

const SYMBOL = 'PF_XBTUSD';

describe('the engine’s books from the public feeds, and what risk makes of them', () => {
  let venue: ConfiguredVenue;
  let engine: Engine;
  let isSilent = false;
  let made = 0;

  before(async () => {
    venue = await startConfiguredVenue({
      intercept: (_frame, pass) => {
        if (!isSilent) pass();
      },
    });
  });
  after(() => venue.stop());
  afterEach(() => engine.stop());

  /** One engine after the other, on the same journal. */
  const start = async (name: string, sections: Sections): Promise<void> => {
    const url = `wss://127.0.0.1:${venue.simulator.feedsPort}/ws/v1`;
    const engineKeys = { dataDir: `${venue.folder}/books`, stopTimeoutMs: 500 };
    const config = venue.writeConfig(name, { engine: engineKeys, webSocket: { url }, ...sections });
    engine = await startEngine({ config, env: venue.env, logger: silentLogger });
    await until(() => engine.isOpen, 'the engine');
  };
  const health = (): string | undefined => engine.book(SYMBOL)?.health(systemClock.monotonic());
  const quote = (side: 'buy' | 'sell', limitPrice: string): void => {
    venue.simulator.submit({
      type: 'PlaceOrder',
      account: 'background-maker',
      owner: 'test',
      symbol: SYMBOL,
      side,
      orderType: 'lmt',
      size: '5',
      limitPrice,
      cliOrdId: `q-${side}`,
    });
  };
  const order = (terms: object): Promise<Ack> => {
    made += 1;
    return engine.submit({
      clientOrderID: `B-${made}`,
      symbol: SYMBOL,
      side: 'Buy',
      ordType: 'Limit',
      orderQty: '0.1',
      ...terms,
    });
  };

  /** What becomes of an order without a reference price is left to the default. */
  const strict = { orderQtyMax: '10', notionalMax: '100000', priceCollarPercent: '5' };

  it('values market orders and holds limit orders to the collar by the mid of a healthy book', async () => {
    await start('mid', { risk: strict });
    await until(() => health() === 'Healthy', 'the book');
    const early = await order({ price: '83500' });
    expect(early.text).to.equal(
      'NO_REFERENCE_PRICE: no healthy reference price for PF_XBTUSD (the book has an empty side): the price collar cannot be held',
    );
    quote('buy', '83900');
    quote('sell', '84100');
    await until(() => engine.book(SYMBOL)?.best('Offer') !== undefined, 'quotes');
    expect(engine.book(SYMBOL)?.best('Bid')).to.deep.equal({ price: '83900', qty: '5' });
    const far = await order({ price: '79799' });
    expect(far).to.deep.include({
      status: 'refused',
      code: 'PRICE_COLLAR',
      text: 'PRICE_COLLAR: price 79799 is more than 5 % from 84000 (mid)',
    });
    expect((await order({ price: '79800' })).status).to.equal('accepted');
    const big = await order({ ordType: 'Market', orderQty: '1.2' });
    expect(big).to.deep.include({ status: 'refused', code: 'MAX_NOTIONAL' });
    expect((await order({ ordType: 'Market', orderQty: '1.1' })).status).to.equal('accepted');
  });

  it('refuses with the book’s state while the feed is down, or lets pass what is configured so', async () => {
    await start('down', { risk: strict });
    await until(() => health() === 'Healthy', 'the book');
    isSilent = true;
    for (const socket of venue.simulator.feeds?.connections() ?? []) socket.cut('RST');
    await until(() => health() === 'Down', 'the book to be down');
    const refused = await order({ ordType: 'Market' });
    expect(refused.text).to.include('no healthy reference price for PF_XBTUSD (the book is Down)');
    isSilent = false;
    await engine.stop();
    isSilent = true;
    await start('lenient', { risk: { ...strict, withoutReferencePrice: 'allow' } });
    expect((await order({ price: '80000' })).status).to.equal('accepted');
    isSilent = false;
  });

  it('takes the mark price of the ticker where it is asked to', async () => {
    await start('mark', { risk: { ...strict, referencePrice: 'mark' } });
    let last: Ack | undefined;
    const look = async (): Promise<void> => {
      last = await order({ price: '70000' });
    };
    await until(() => {
      if (last?.code !== 'PRICE_COLLAR') void look();
      return last?.code === 'PRICE_COLLAR';
    }, 'a mark price');
    expect(last?.text).to.match(/is more than 5 % from 8\d{4}(\.\d+)? \(mark\)$/);
  });
});
