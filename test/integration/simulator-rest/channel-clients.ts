import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { systemClock } from '../../../src/app/system-clock.ts';
import { type ClOrdID } from '../../../src/domain/ids.ts';
import { makeClOrdIDSource } from '../../../src/kraken/cl-ord-id.ts';
import { logonPassword } from '../../../src/kraken/fix/logon.ts';
import { toUtcTimestamp } from '../../../src/lib/time.ts';
import { type FixKey } from '../../../src/simulator/gateways/fix/trading/trading-gateway.ts';
import { type RestKey } from '../../../src/simulator/gateways/rest/rest-key.ts';
import { TRADING_COMP_ID } from '../../../src/simulator/gateways/fix/trading/trading-gateway.ts';
import { signedChallenge } from '../../../src/simulator/gateways/websocket/connection/feed-connection.ts';
import { RawFixClient } from '../../support/raw-fix-client.ts';
import { until } from '../../support/until.ts';

type Message = ReadonlyMap<string, string>;

/**
 * A FIX order entry client by hand: it shows every frame as it came, and repairs nothing by itself.
 */
export class RawTrader {
  readonly raw: RawFixClient;
  readonly #compID: string;
  readonly #ids = makeClOrdIDSource(randomBytes);
  #lastId: ClOrdID | undefined;

  constructor(port: number, compID: string) {
    this.#compID = compID;
    this.raw = new RawFixClient(port, { sender: compID, target: TRADING_COMP_ID });
  }

  /** `keepsOrders`: 8674=1, so that the loss of the connection cancels nothing. */
  async logon(key: FixKey, keepsOrders = true): Promise<void> {
    const keeps = keepsOrders ? '|8674=1' : '';
    this.raw.send('A', `98=0|108=30|141=Y|${this.signed(key, 1)}${keeps}`);
    await this.raw.expect(({ type }) => type === 'A', 'the Logon is answered');
  }

  /** A Logon that goes on where an earlier connection ended. */
  async resume(key: FixKey, msgSeqNum: number): Promise<void> {
    this.raw.sendRaw(
      this.raw.frameOf('A', msgSeqNum, `98=0|108=30|${this.signed(key, msgSeqNum)}|8674=1`),
    );
    await this.raw.expect(({ type }) => type === 'A', 'the Logon is answered');
  }

  /** A limit order of 0.01 PF_XBTUSD; answers with its ClOrdID(11). */
  order(side: 'buy' | 'sell', price: string): string {
    const id = this.#nextId();
    const terms = `38=0.01|40=2|44=${price}|54=${side === 'buy' ? 1 : 2}|55=PF_XBTUSD|59=1`;
    this.raw.send('D', `11=${id}|18=s|${terms}|60=${now()}`);
    return id;
  }

  cancel(origClOrdID: string): string {
    const id = this.#nextId();
    this.raw.send('F', `11=${id}|41=${origClOrdID}|54=1|55=PF_XBTUSD|60=${now()}`);
    return id;
  }

  /** Execution reports so far, all of them or those of one ExecType(150). */
  reports(execType?: string): readonly Message[] {
    return this.raw.received.filter(
      (each) => each.get('35') === '8' && (execType ?? each.get('150')) === each.get('150'),
    );
  }

  async report(execType: string, count = 1): Promise<Message> {
    await until(
      () => this.reports(execType).length >= count,
      `${String(count)} reports ${execType}`,
    );
    return this.reports(execType)[count - 1] ?? new Map();
  }

  /** The credentials of a Logon with this number. */
  signed({ apiKey, apiSecret }: FixKey, msgSeqNum: number, aheadMs = 0): string {
    const nonce = String(Math.floor(systemClock.wall()) + aheadMs);
    const target = { senderCompID: this.#compID, targetCompID: TRADING_COMP_ID };
    const password = logonPassword({ msgSeqNum, ...target, apiKey, apiSecret, nonce });
    return `553=${apiKey.reveal()}|554=${password}|5025=${nonce}`;
  }

  #nextId(): string {
    const made = this.#ids.next(this.#lastId, systemClock.wall());
    if (!made.ok) throw new Error(made.error);
    this.#lastId = made.value;
    return made.value;
  }
}

const now = (): string => toUtcTimestamp(systemClock.wall());

/** Whether CheckSum(10) fits the fields. */
export const isIntact = (message: Message): boolean => {
  const text = [...message]
    .filter(([tag]) => tag !== '10')
    .map(([tag, value]) => `${tag}=${value}\x01`)
    .join('');
  let sum = 0;
  for (const byte of Buffer.from(text, 'latin1')) sum += byte;
  return message.get('10') === String(sum % 256).padStart(3, '0');
};

/** A WebSocket client that does nothing by itself. */
export class RawFeed {
  readonly frames: string[] = [];
  readonly socket: WebSocket;
  closeCode: number | undefined;
  failure: string | undefined;
  pongs = 0;

  constructor(port: number) {
    this.socket = new WebSocket(`ws://127.0.0.1:${String(port)}/ws/v1`);
    this.socket.on('message', (data) => this.frames.push((data as Buffer).toString()));
    this.socket.on('pong', () => (this.pongs += 1));
    this.socket.on('close', (code) => (this.closeCode = code));
    this.socket.on('error', ({ message }) => (this.failure = message));
  }

  static async open(port: number): Promise<RawFeed> {
    const feed = new RawFeed(port);
    await until(() => feed.frames.length > 0, 'the greeting');
    return feed;
  }

  async subscribe(request: Readonly<Record<string, unknown>>): Promise<void> {
    const before = this.frames.length;
    this.#say({ event: 'subscribe', ...request });
    await until(
      () => this.frames.slice(before).some((text) => text.includes('_snapshot"')),
      'the snapshot',
    );
  }

  /** A private feed, with a challenge of its own. */
  async subscribePrivately(feed: string, key: RestKey): Promise<void> {
    this.#say({ event: 'challenge', api_key: key.apiKey });
    const challengeOf = (): string | undefined =>
      this.frames.map((text) => /"event":"challenge","message":"([^"]+)"/.exec(text)?.[1]).at(-1);
    await until(() => challengeOf() !== undefined, 'the challenge');
    const challenge = challengeOf() ?? '';
    const signed = signedChallenge(key.apiSecret, challenge);
    const before = this.frames.length;
    const credentials = { original_challenge: challenge, signed_challenge: signed };
    this.#say({ event: 'subscribe', feed, api_key: key.apiKey, ...credentials });
    await until(
      () => this.frames.slice(before).some((text) => text.startsWith(`{"feed":"${feed}`)),
      `${feed} begins`,
    );
  }

  /** Updates of a feed, without its snapshots. */
  of(feed: string): readonly string[] {
    return this.frames.filter((text) => text.startsWith(`{"feed":"${feed}",`));
  }

  #say(request: object): void {
    this.socket.send(JSON.stringify(request));
  }
}
