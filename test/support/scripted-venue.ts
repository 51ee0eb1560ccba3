import { createServer, type Server } from 'node:tls';
import { makeLoopbackCertificate } from '../../src/simulator/certificate.ts';
import { epochMs, toUtcTimestamp } from '../../src/lib/time.ts';
import { RawFixClient } from './raw-fix-client.ts';
import { until } from './until.ts';

interface Sent {
  readonly msgType: string;
  readonly msgSeqNum: number;
  readonly body: string;
}

/**
 * A venue that says only what a test tells it to say: it answers Logon(A), TestRequest(1) and
 * nothing else. Real bytes, over TLS on the loopback.
 */
export class ScriptedVenue {
  readonly ca: string;
  /** Everything that it said by itself, for saying it again. */
  readonly sent: Sent[] = [];
  readonly #server: Server;
  #link: RawFixClient | undefined;
  #handled = 0;
  #probes = 0;

  private constructor(server: Server, ca: string) {
    this.#server = server;
    this.ca = ca;
  }

  static async listen(): Promise<ScriptedVenue> {
    const { cert, key } = await makeLoopbackCertificate(new Date());
    const server = createServer({ cert, key });
    const venue = new ScriptedVenue(server, cert);
    server.on('secureConnection', (socket) => {
      const link = new RawFixClient(socket, { sender: 'KRAKEN-DRV-TRD', target: 'FATHOM-DRV' });
      venue.#link = link;
      venue.#handled = 0;
      // After RawFixClient's own listener: what it read stands in `received`.
      socket.on('data', () => {
        venue.#answer(link);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return venue;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get received(): readonly ReadonlyMap<string, string>[] {
    return this.#link?.received ?? [];
  }

  say(msgType: string, body: string): void {
    const msgSeqNum = this.#connected.send(msgType, body);
    this.sent.push({ msgType, msgSeqNum, body });
  }

  /** The same numbers again, as an answer to a ResendRequest(2) has them. */
  sayAgain({ msgType, msgSeqNum, body }: Sent): void {
    const at = toUtcTimestamp(epochMs(Date.now()));
    const again = `43=Y|122=${at}|${body}`;
    this.#connected.sendRaw(this.#connected.frameOf(msgType, msgSeqNum, again));
  }

  /** Resolves when the engine has processed everything that was said before. */
  async inStep(): Promise<void> {
    this.#probes += 1;
    const probe = `venue-${this.#probes}`;
    this.#connected.send('1', `112=${probe}`);
    await this.#connected.expect(({ get }) => get(112) === probe, 'the engine in step');
  }

  /** The message number `count` of this type that the engine sent; waits for it. */
  async receive(msgType: string, count: number): Promise<ReadonlyMap<string, string>> {
    const found = (): ReadonlyMap<string, string> | undefined =>
      this.received.filter((message) => message.get('35') === msgType)[count - 1];
    await until(() => found() !== undefined, `${msgType} number ${count} at the venue`);
    return found() as ReadonlyMap<string, string>;
  }

  count(msgType: string): number {
    return this.received.filter((message) => message.get('35') === msgType).length;
  }

  close(): void {
    this.#link?.close();
    this.#server.close();
  }

  get #connected(): RawFixClient {
    if (this.#link === undefined) throw new Error('the engine has not connected');
    return this.#link;
  }

  #answer(link: RawFixClient): void {
    for (const message of link.received.slice(this.#handled)) {
      const type = message.get('35');
      if (type === 'A') {
        const reset = message.get('141');
        link.send('A', `98=0|108=30${reset === undefined ? '' : `|141=${reset}`}`);
      }
      if (type === '1') link.send('0', `112=${message.get('112') ?? ''}`);
    }
    this.#handled = link.received.length;
  }
}
