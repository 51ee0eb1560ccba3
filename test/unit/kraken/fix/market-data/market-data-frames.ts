import { type TradingSymbol } from '../../../../../src/domain/ids.ts';
import { type FixMessage, type OutboundMessage } from '../../../../../src/fix/codec/fix-message.ts';
import { MarketDataFeed } from '../../../../../src/kraken/fix/market-data/market-data-feed.ts';
import {
  type MarketDataInput,
  type MarketDataOptions,
  type MarketDataOutput,
} from '../../../../../src/kraken/fix/market-data/market-data-types.ts';
import { monotonicMs } from '../../../../../src/lib/time.ts';
import { decodeOne, frameOf } from '../../../fix/codec/support.ts';

const HEADER = '34=2|49=KRAKEN-DRV-MD|52=20250303-14:13:24.905|56=ME|';

/** A message from the venue, through the real codec: `35=W`, then `55=…|262=…|…`. */
export const message = (msgType: string, body: string): FixMessage =>
  decodeOne(frameOf(`35=${msgType}|${HEADER}${body}`));

/** `'B 100 2'` is a bid of 2 at 100, `'O 101 3'` an offer. */
const entry = (text: string, action = ''): string => {
  const [side = '', price = '', qty = '', id = `${side}${price}`] = text.split(' ');
  return `${action}269=${side === 'B' ? 0 : 1}|278=${id}|270=${price}|271=${qty}|273=14:13:24.859|`;
};

export const snapshot = (mdReqID: string, ...entries: string[]): FixMessage => {
  const list = entries.map((text) => entry(text)).join('');
  return message('W', `55=PF_ETHUSD|262=${mdReqID}|268=${entries.length}|${list}`);
};

/** `'0 B 100 2'`: MDUpdateAction(279) first. */
export const update = (
  mdReqID: string,
  entries: readonly string[],
  checksum?: string,
): FixMessage => {
  const list = entries.map((text) => entry(text.slice(2), `279=${text.slice(0, 1)}|`)).join('');
  const check = checksum === undefined ? '' : `5041=${checksum}|`;
  return message('X', `55=PF_ETHUSD|262=${mdReqID}|268=${entries.length}|${list}${check}`);
};

export const instrumentList = (id: string, extra = ''): FixMessage =>
  message(
    'y',
    `320=${id}|322=R1|560=0|${extra}146=1|55=PF_ETHUSD|562=0.001|5010=3|5011=0.001|2349=1|5022=0.1|5032=1|`,
  );

export const ETH = 'PF_ETHUSD' as TradingSymbol;

/** A FIX market data feed played by hand. */
export class MarketDataTalk {
  readonly feed: MarketDataFeed;
  now = 0;
  outputs: MarketDataOutput[] = [];

  constructor(options: Partial<MarketDataOptions> = {}) {
    this.feed = new MarketDataFeed({
      symbols: [ETH],
      level: 'L2',
      depth: 0,
      requestPrefix: 'R',
      bookLimits: { crossedMsMax: 1_000, staleAfterMs: 60_000 },
      ...options,
    });
  }

  give(input: MarketDataInput): this {
    this.outputs.push(...this.feed.step(input, monotonicMs(this.now)));
    return this;
  }

  message(received: FixMessage): this {
    return this.give({ type: 'Message', message: received });
  }

  pass(ms: number): this {
    const end = this.now + ms;
    for (let at = this.feed.nextWakeAt(); at !== undefined && at <= end;) {
      this.now = at;
      this.give({ type: 'Woken' });
      at = this.feed.nextWakeAt();
    }
    this.now = end;
    return this;
  }

  /** What was sent since the last look, as `35=V|262=…|…`. */
  sent(): string[] {
    return this.take().flatMap((output) => (output.type === 'Send' ? [shown(output.message)] : []));
  }

  codes(): string[] {
    return this.take().flatMap((output) => (output.type === 'Notice' ? [output.code] : []));
  }

  take(): MarketDataOutput[] {
    const outputs = this.outputs;
    this.outputs = [];
    return outputs;
  }

  health(): string | undefined {
    return this.feed.book(ETH)?.health(monotonicMs(this.now));
  }

  depth(side: 'Bid' | 'Offer'): string | undefined {
    return this.feed
      .book(ETH)
      ?.depth(side, 10)
      .map(({ price, qty }) => `${price} ${qty}`)
      .join(', ');
  }
}

export const shown = ({ msgType, fields }: OutboundMessage): string =>
  `35=${msgType}|${fields.map(([tag, value]) => `${tag}=${value.toString()}|`).join('')}`;
