import { connect, type Socket } from 'node:net';
import { toUtcTimestamp, epochMs } from '../../src/lib/time.ts';
import { until } from './until.ts';

const SOH = '\x01';

/** `35=D|11=A|…` with a right BodyLength(9) and CheckSum(10) around it; `|` stands for SOH. */
const frame = (body: string): Buffer => {
  const text = body.replaceAll('|', SOH) + SOH;
  const head = `8=FIX.4.4${SOH}9=${text.length}${SOH}`;
  return Buffer.from(`${head}${text}10=${checkSum(head + text)}${SOH}`, 'latin1');
};

const checkSum = (text: string): string => {
  let sum = 0;
  for (const byte of Buffer.from(text, 'latin1')) sum += byte;
  return String(sum % 256).padStart(3, '0');
};

/** A client by hand: it can say anything, right or wrong. */
export class RawFixClient {
  readonly received: ReadonlyMap<string, string>[] = [];
  readonly #socket: Socket;
  readonly #header: string;
  #text = '';
  #next = 1;
  isClosed = false;

  /** `to`: a port of 127.0.0.1, or a connection that stands. */
  constructor(to: number | Socket, compIDs: { readonly sender: string; readonly target: string }) {
    this.#header = `49=${compIDs.sender}|56=${compIDs.target}`;
    this.#socket = typeof to === 'number' ? connect(to, '127.0.0.1') : to;
    this.#socket.on('data', (chunk: Buffer) => {
      this.#take(chunk.toString('latin1'));
    });
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => {
      this.isClosed = true;
    });
  }

  /** Sends a message with the next number; `body` without the standard header. */
  send(msgType: string, body: string): number {
    const seqNum = this.#next;
    this.#next += 1;
    this.sendRaw(this.frameOf(msgType, seqNum, body));
    return seqNum;
  }

  frameOf(msgType: string, seqNum: number, body: string): Buffer {
    const now = toUtcTimestamp(epochMs(Date.now()));
    const tail = body === '' ? '' : `|${body}`;
    return frame(`35=${msgType}|34=${seqNum}|${this.#header}|52=${now}${tail}`);
  }

  /** The number that the next `send` takes. */
  get nextSeqNum(): number {
    return this.#next;
  }

  /** Leaves a gap: the number is for `frameOf`, if for anything. */
  skipSeqNum(): number {
    this.#next += 1;
    return this.#next - 1;
  }

  sendRaw(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  async logon(): Promise<void> {
    this.send('A', '98=0|108=30|141=Y');
    await this.expect(({ type }) => type === 'A', 'Logon answered');
  }

  /** The first message received, from `after` on, that the test accepts; waits for it. */
  async expect(
    test: (message: { type: string; get: (tag: number) => string | undefined }) => boolean,
    what: string,
    after = 0,
  ): Promise<ReadonlyMap<string, string>> {
    let found: ReadonlyMap<string, string> | undefined;
    await until(() => {
      found = this.received
        .slice(after)
        .find((message) =>
          test({ type: message.get('35') ?? '', get: (tag) => message.get(String(tag)) }),
        );
      return found !== undefined;
    }, what);
    return found as unknown as ReadonlyMap<string, string>;
  }

  /** Reads nothing from here on. */
  pause(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#text += text;
    for (;;) {
      const end = /\x0110=\d{3}\x01/.exec(this.#text);
      if (end === null) return;
      const whole = this.#text.slice(0, end.index + end[0].length);
      this.#text = this.#text.slice(whole.length);
      const fields = whole.split(SOH).filter((field) => field !== '');
      this.received.push(
        new Map(
          fields.map((field) => {
            const at = field.indexOf('=');
            return [field.slice(0, at), field.slice(at + 1)];
          }),
        ),
      );
    }
  }
}
