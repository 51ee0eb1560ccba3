import { expect } from 'chai';
import { systemClock } from '../../../src/app/system-clock.ts';
import { type Engine, startEngine } from '../../../src/index.ts';
import { type Logger, silentLogger } from '../../../src/observability/logger.ts';
import { until } from '../../support/until.ts';
import { type ConfiguredVenue, startConfiguredVenue } from '../rest/venue-with-config.ts';

const SYMBOL = 'PF_XBTUSD';

describe('an engine whose feeds greet and then say nothing', function () {
  this.timeout(120_000);
  let venue: ConfiguredVenue;
  let engine: Engine;
  let isMute = true;
  const lines: string[] = [];
  const keep = (text: string): void => {
    lines.push(text);
  };
  const logger: Logger = { ...silentLogger, warn: keep, error: keep, child: () => logger };

  before(async () => {
    venue = await startConfiguredVenue({
      intercept: (frame, pass) => {
        if (!isMute || frame.text.includes('"event":"info"')) pass();
      },
    });
  });
  after(async () => {
    await engine.stop();
    await venue.stop();
  });

  const health = (): string | undefined => engine.book(SYMBOL)?.health(systemClock.monotonic());

  it('refuses an order far from the market while no price is there, says what it waits for, and has every book soon after the venue speaks again', async () => {
    const url = `wss://127.0.0.1:${venue.simulator.feedsPort}/ws/v1`;
    const config = venue.writeConfig('mute', {
      engine: { dataDir: `${venue.folder}/mute`, stopTimeoutMs: 500 },
      webSocket: { url },
      risk: { orderQtyMax: '10', notionalMax: '100000', priceCollarPercent: '1' },
    });
    engine = await startEngine({ config, env: venue.env, logger });
    await engine.untilOpen();
    // Twice as long as it took to be given up: two requests of ten seconds each.
    await until(() => lines.some((text) => text.includes('requests in a row')), 'silence', 60_000);
    expect(lines.join('\n')).to.match(
      /book .*PF_XBTUSD.*: no answer to the subscribe request within 10000 ms; asked again in 2000 ms/,
    );
    const ack = await engine.submit({
      clientOrderID: 'far',
      symbol: SYMBOL,
      side: 'Buy',
      ordType: 'Limit',
      orderQty: '0.001',
      price: '20000',
    });
    expect(ack).to.deep.include({ status: 'refused', code: 'NO_REFERENCE_PRICE' });
    isMute = false;
    await until(() => health() === 'Healthy', 'the book', 60_000);
  });
});
