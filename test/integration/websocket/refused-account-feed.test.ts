import { expect } from 'chai';
import { type Engine, startEngine } from '../../../src/index.ts';
import { type Logger, silentLogger } from '../../../src/observability/logger.ts';
import { until } from '../../support/until.ts';
import { type ConfiguredVenue, startConfiguredVenue } from '../rest/venue-with-config.ts';

const REFUSAL = '{"event":"alert","message":"Failed to subscribe to authenticated feed"}';

describe('an engine one of whose private feeds is refused', function () {
  this.timeout(240_000);
  let venue: ConfiguredVenue;
  let engine: Engine;
  let isRefused = true;
  const lines: string[] = [];
  const keep = (text: string): void => {
    lines.push(text);
  };
  const logger: Logger = { ...silentLogger, warn: keep, error: keep, child: () => logger };

  before(async () => {
    venue = await startConfiguredVenue({
      intercept: (frame, pass) => {
        if (!isRefused || !frame.text.includes('account_log')) pass();
        else if (frame.text.includes('"event":"subscribed"')) pass(REFUSAL);
      },
    });
    const url = `wss://127.0.0.1:${venue.simulator.feedsPort}/ws/v1`;
    const config = venue.writeConfig('refused', {
      engine: { dataDir: `${venue.folder}/refused`, stopTimeoutMs: 500 },
      webSocket: { url },
    });
    engine = await startEngine({ config, env: venue.env, logger });
  });
  after(async () => {
    await engine.stop();
    await venue.stop();
  });

  const isReady = (): boolean => engine.account()?.health.isReady === true;

  it('shows its account as not ready, says when the feed is asked for again, and is ready once the venue accepts it', async () => {
    const said = (): string | undefined =>
      lines.find((text) => /^account_log: refused .*again in/.test(text));
    await until(() => said() !== undefined, 'a line about account_log', 40_000);
    expect(said()).to.match(
      /refused by the venue \(Failed to subscribe to authenticated feed\); asked again in \d+ ms$/,
    );
    expect(isReady()).to.equal(false);
    isRefused = false;
    await until(isReady, 'the account view', 30_000);
  });
});
