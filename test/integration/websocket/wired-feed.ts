import { signText } from '../../../src/kraken/signature.ts';
import {
  type FeedInput,
  type FeedOutput,
} from '../../../src/kraken/websocket/connection/feed-types.ts';
import { type Oddity } from '../../../src/kraken/json/readers.ts';
import { type Finding } from '../../../src/kraken/websocket/events/finding.ts';
import { type FeedStepper } from '../../../src/kraken/websocket/connection/feed-driver.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { epochMs, monotonicMs } from '../../../src/lib/time.ts';
import { type ExchangeEvent } from '../../../src/simulator/exchange/model/events.ts';
import { NoticeStore } from '../../../src/simulator/gateways/rest/stores/notice-store.ts';
import { FeedConnection } from '../../../src/simulator/gateways/websocket/connection/feed-connection.ts';
import { FeedHub } from '../../../src/simulator/gateways/websocket/connection/feed-hub.ts';
import {
  DEFAULT_FEED_SETTINGS,
  type FeedSettings,
} from '../../../src/simulator/gateways/websocket/connection/feed-settings.ts';
import { account, makeWorld, type World } from '../../unit/simulator/exchange/exchange-world.ts';

const SECRET = new Secret(Buffer.alloc(64, 7).toString('base64'));
export const CREDENTIAL = {
  apiKey: 'key-A',
  sign: (challenge: string): string => signText(challenge, SECRET),
};

/** The simulator's exchange with its feeds, without sockets. */
export class FeedVenue {
  readonly world: World;
  readonly hub: FeedHub;
  readonly settings: FeedSettings;
  #made = 0;

  constructor(settings: Partial<FeedSettings>, seed: number) {
    this.settings = { ...DEFAULT_FEED_SETTINGS, ...settings };
    this.world = makeWorld({ accounts: [account('A'), account('B')], seed });
    const { queries } = this.world.exchange;
    const now = this.now;
    this.hub = new FeedHub({ queries, settings: this.settings, notices: new NoticeStore(), now });
  }

  now = (): ReturnType<typeof epochMs> => epochMs(this.world.now());

  connect(receive: (text: string) => void): FeedConnection {
    const keyOf = (apiKey: string) =>
      apiKey === CREDENTIAL.apiKey
        ? {
            apiKey,
            apiSecret: SECRET,
            account: 'A',
            permissions: { general: 'READ_ONLY', transfer: 'NO_ACCESS' } as const,
          }
        : undefined;
    const makeChallenge = (): string => `challenge-${this.#made++}`;
    const sink = { id: `c${this.#made++}`, send: receive };
    const { hub, settings, now } = this;
    return new FeedConnection({ hub, settings, keyOf, now, makeChallenge }, sink);
  }

  /** What one command caused goes to the feeds. */
  tell(events: readonly ExchangeEvent[]): readonly ExchangeEvent[] {
    this.hub.onBatch(events);
    return events;
  }
}

/** One of our feeds on one connection of the venue, on the world's clock. */
export class WiredFeed<T extends FeedStepper> {
  readonly feed: T;
  readonly oddities: Oddity[] = [];
  readonly findings: Finding[] = [];
  readonly notices: string[] = [];
  readonly #venue: FeedVenue;
  readonly #inbox: FeedInput[] = [];
  #connection: FeedConnection | undefined;
  #isBusy = false;

  constructor(venue: FeedVenue, feed: T) {
    this.#venue = venue;
    this.feed = feed;
    this.give({ type: 'Start' });
  }

  /** The line breaks; the machine connects again by itself. */
  cut(): void {
    this.#connection?.onClosed();
    this.#connection = undefined;
    this.#inbox.length = 0;
    this.give({ type: 'Closed', reason: 'cut' });
  }

  /** Wakes the feed as often as it wants to be until now. */
  catchUp(): void {
    for (let at = this.feed.nextWakeAt(); at !== undefined && at <= this.#venue.world.now();) {
      this.give({ type: 'Woken' });
      const next = this.feed.nextWakeAt();
      if (next === at) break;
      at = next;
    }
  }

  give(input: FeedInput): void {
    this.#inbox.push(input);
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift())
      for (const output of this.feed.step(next, monotonicMs(this.#venue.world.now())))
        this.#perform(output);
    this.#isBusy = false;
  }

  #perform(output: FeedOutput): void {
    switch (output.type) {
      case 'Connect':
        this.#connection = this.#venue.connect((text) =>
          this.give({ type: 'FrameReceived', text }),
        );
        this.#inbox.push({ type: 'Opened' });
        this.#inbox.push({ type: 'FrameReceived', text: '{"event":"info","version":1}' });
        return;
      case 'SendText':
        this.#connection?.onText(output.text);
        return;
      case 'SendPing':
        this.#inbox.push({ type: 'PongReceived' });
        return;
      case 'Oddities':
        this.oddities.push(...output.oddities);
        return;
      case 'Finding':
        this.findings.push(output.finding);
        return;
      case 'Notice':
        if (output.severity !== 'info') this.notices.push(`${output.code} ${output.text}`);
        return;
      default:
    }
  }
}
