import { type SessionStore } from '../session/model/session-types.ts';

/** The one thing a session needs of a socket. */
export interface SessionTransport {
  readonly write: (bytes: Buffer) => void;
  /** Bytes handed to `write` that the operating system has not taken. */
  readonly unsentBytes: () => number;
  /** How long bytes wait without the operating system taking any, in ms; 0 while none waits. */
  readonly stalledForMs?: () => number;
  /** Closes after everything written was sent. */
  readonly close: () => void;
  /** Closes at once; `text` is the reason that the owner gets. */
  readonly destroy: (text?: string) => void;
  /** Address of the peer, for logs and views. */
  readonly peer: string;
}

/** A resend that makes its bytes as the peer reads them. */
export interface ReplayTask {
  /** The next frames, about `bytesMax` of them; may be empty before it is done. */
  readonly next: (bytesMax: number) => readonly Buffer[];
  readonly isDone: boolean;
}

export interface OutboxOptions {
  readonly store: SessionStore;
  /** More than this unsent, and a resend waits for the peer to read. */
  readonly replayBytesMax: number;
  readonly onWrite: (frame: Buffer) => void;
  readonly onReplayWritten: () => void;
  /** `commit` was rejected. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Sends frames in order, those of one turn in one write, and none before the store's commit has
 * resolved. A resend is queued like a frame. One that is long, or whose peer does not read, holds
 * nothing up: the frames behind it leave between its parts. Only a Logout(5) waits for its end.
 */
export class SessionOutbox {
  readonly #options: OutboxOptions;
  #transport: SessionTransport | undefined;
  /** Waits for a commit that begins after it was saved. */
  #fresh: (Buffer | ReplayTask)[] = [];
  /** Committed. */
  #ready: (Buffer | ReplayTask)[] = [];
  readonly #behind = new WeakSet<Buffer | ReplayTask>();
  #freshBytes = 0;
  #readyBytes = 0;
  #isScheduled = false;
  /** The next part of a resend has its turn soon. */
  #isPartDue = false;
  #isClosing = false;
  /** The store failed on this connection: nothing more is sent. */
  #isBroken = false;
  /** The connection was cut: later messages go to the store only. */
  #isCut = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Bytes that have not reached the operating system. */
  get unsentBytes(): number {
    return this.#freshBytes + this.#readyBytes + (this.#transport?.unsentBytes() ?? 0);
  }

  attach(transport: SessionTransport): void {
    this.#clear();
    this.#transport = transport;
  }

  /** The connection is gone; what has not left stays in the store, for the peer's ResendRequest. */
  detach(): void {
    this.#clear();
    this.#transport = undefined;
  }

  /** Frames that wait for a commit or behind a resend. */
  get unsentFrames(): number {
    return this.#fresh.length + this.#ready.length;
  }

  /** `staysBehind`: does not leave before a resend that was pushed before. */
  push(item: Buffer | ReplayTask, { staysBehind = false } = {}): void {
    if (this.#isBroken) return;
    if (this.#transport === undefined || this.#isClosing || this.#isCut) {
      // It was saved: the peer asks for it when it reconnects.
      this.#schedule();
      return;
    }
    this.#fresh.push(item);
    if (staysBehind) this.#behind.add(item);
    if (Buffer.isBuffer(item)) this.#freshBytes += item.length;
    this.#schedule();
  }

  /** Closes once everything pushed was sent. */
  close(): void {
    this.#isClosing = true;
    if (!this.#isBroken) this.#schedule();
  }

  destroy(): void {
    const transport = this.#transport;
    this.#clear();
    this.#isBroken = true;
    transport?.destroy();
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** Ends the connection at once. Unsent frames are dropped; the store has them. */
  cut(text: string): void {
    const transport = this.#transport;
    this.#clear();
    this.#isCut = true;
    transport?.destroy(text);
  }

  /** Makes what was saved durable although nothing is to be sent. */
  commitOnly(): void {
    this.#schedule();
  }

  #clear(): void {
    this.#fresh = [];
    this.#ready = [];
    this.#freshBytes = 0;
    this.#readyBytes = 0;
    this.#isClosing = false;
    this.#isBroken = false;
    this.#isCut = false;
  }

  /** Runs one commit at a time; frames pushed meanwhile share the next. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      const transport = this.#transport;
      const batch = this.#fresh;
      this.#fresh = [];
      this.#readyBytes += this.#freshBytes;
      this.#freshBytes = 0;
      const isClosing = this.#isClosing;
      this.#options.store.commit().then(
        () => {
          this.#isScheduled = false;
          if (transport !== this.#transport) {
            this.#schedule();
            return;
          }
          if (!this.#isCut) this.#ready.push(...batch);
          this.pump();
          if (this.#fresh.length > 0 || this.#isClosing !== isClosing) this.#schedule();
        },
        (error: unknown) => {
          this.#isScheduled = false;
          this.destroy();
          this.#options.onFailure(error);
        },
      );
    });
  }

  /** Writes committed frames. The caller calls it again when the socket has drained. */
  pump(): void {
    const transport = this.#transport;
    if (transport === undefined) return;
    for (;;) {
      this.#write(this.#takeFrames(0));
      const [replay] = this.#ready;
      if (replay === undefined) break;
      if (Buffer.isBuffer(replay)) continue;
      const room = this.#options.replayBytesMax - transport.unsentBytes();
      const isTurn = room > 0 && !this.#isPartDue;
      if (isTurn) this.#writePart(replay, room);
      if (replay.isDone) {
        this.#ready.shift();
        continue;
      }
      this.#write(this.#takeFrames(1));
      if (isTurn) this.#scheduleNextPart();
      return;
    }
    if (this.#isClosing && this.#fresh.length === 0) transport.close();
  }

  /** A long resend lets the sockets be read between its parts; without room it waits for one. */
  #scheduleNextPart(): void {
    this.#isPartDue = true;
    setImmediate(() => {
      this.#isPartDue = false;
      this.pump();
    });
  }

  #writePart(replay: ReplayTask, room: number): void {
    const frames = replay.next(room);
    if (frames.length === 0) return;
    this.#options.onReplayWritten();
    this.#write(frames);
  }

  #write(frames: readonly Buffer[]): void {
    const [first] = frames;
    if (first === undefined) return;
    for (const frame of frames) this.#options.onWrite(frame);
    this.#transport?.write(frames.length === 1 ? first : Buffer.concat(frames));
  }

  /** Takes the frames from `from` on, up to the next resend, or to what stays behind one. */
  #takeFrames(from: number): readonly Buffer[] {
    const stops = (item: Buffer | ReplayTask): boolean =>
      !Buffer.isBuffer(item) || (from > 0 && this.#behind.has(item));
    const next = this.#ready.findIndex((item, index) => index >= from && stops(item));
    const count = (next === -1 ? this.#ready.length : next) - from;
    const frames = this.#ready.splice(from, count) as Buffer[];
    for (const frame of frames) this.#readyBytes -= frame.length;
    return frames;
  }
}
