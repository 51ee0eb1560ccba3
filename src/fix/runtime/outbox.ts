import { type SessionStore } from '../session/model/session-types.ts';

/** The one thing a session needs of a socket. */
export interface SessionTransport {
  readonly write: (bytes: Buffer) => void;
  /** Bytes handed to `write` that the operating system has not taken. */
  readonly unsentBytes: () => number;
  /** Closes after everything written was sent. */
  readonly close: () => void;
  /** Closes at once; `text` is the reason that the owner gets. */
  readonly destroy: (text?: string) => void;
  /** Address of the peer, for logs and views. */
  readonly peer: string;
}

/** A resend that makes its bytes as the peer reads them. */
export interface ReplayTask {
  /** The next frames, about `bytesMax` of them; empty when done. */
  readonly next: (bytesMax: number) => readonly Buffer[];
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
 * resolved. A resend is queued like a frame, so a new message never overtakes it.
 */
export class SessionOutbox {
  readonly #options: OutboxOptions;
  #transport: SessionTransport | undefined;
  /** Waits for a commit that begins after it was saved. */
  #fresh: (Buffer | ReplayTask)[] = [];
  /** Committed. */
  #ready: (Buffer | ReplayTask)[] = [];
  #freshBytes = 0;
  #readyBytes = 0;
  #isScheduled = false;
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

  /** Number of resends that are queued. */
  get replays(): number {
    return this.#fresh.concat(this.#ready).filter((item) => !Buffer.isBuffer(item)).length;
  }

  push(item: Buffer | ReplayTask): void {
    if (this.#isBroken) return;
    if (this.#transport === undefined || this.#isClosing || this.#isCut) {
      // It was saved: the peer asks for it when it reconnects.
      this.#schedule();
      return;
    }
    this.#fresh.push(item);
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
    while (this.#ready.length > 0) {
      const frames = this.#takeFrames(transport);
      if (frames.length === 0) return;
      for (const frame of frames) this.#options.onWrite(frame);
      const [first] = frames;
      transport.write(frames.length === 1 && first !== undefined ? first : Buffer.concat(frames));
      if (this.#ready[0] !== undefined && !Buffer.isBuffer(this.#ready[0])) {
        // A long resend lets the sockets be read between its parts.
        setImmediate(() => this.pump());
        return;
      }
    }
    if (this.#isClosing && this.#fresh.length === 0) transport.close();
  }

  /** The first frames of the queue, up to the next resend, or the next part of a resend. */
  #takeFrames(transport: SessionTransport): readonly Buffer[] {
    const isReplay = (item: Buffer | ReplayTask): item is ReplayTask => !Buffer.isBuffer(item);
    while (this.#ready[0] !== undefined && isReplay(this.#ready[0])) {
      const room = this.#options.replayBytesMax - transport.unsentBytes();
      if (room <= 0) return [];
      const frames = this.#ready[0].next(room);
      if (frames.length > 0) {
        this.#options.onReplayWritten();
        return frames;
      }
      this.#ready.shift();
    }
    const next = this.#ready.findIndex(isReplay);
    const frames = this.#ready.splice(0, next === -1 ? this.#ready.length : next) as Buffer[];
    for (const frame of frames) this.#readyBytes -= frame.length;
    return frames;
  }
}
