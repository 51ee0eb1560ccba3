import { type ConnectFailure } from '../../../../src/fix/runtime/connector.ts';
import { type Prng } from '../../../../src/lib/prng.ts';
import { err, ok, type Result } from '../../../../src/lib/result.ts';
import { type Socket } from 'node:net';
import { type LineState, SimSocket } from './sim-socket.ts';
import { type ProcessTime, type SimTime } from './sim-time.ts';
import { type Step } from '../steps.ts';

type Cut = Extract<Step, { kind: 'cut' }>;

interface Connection {
  readonly engine: SimSocket;
  readonly venue: SimSocket;
  readonly toVenue: LineState;
  readonly toEngine: LineState;
}

const CONNECT_MS = 5;

/** The network between engine and venue. */
export class SimLink {
  readonly #time: SimTime;
  readonly #random: Prng;
  readonly #venue: ProcessTime;
  readonly #accept: (socket: SimSocket) => void;
  readonly #delays = { toVenue: 0, toEngine: 0 };
  #downUntil = 0;
  #connection: Connection | undefined;
  connections = 0;
  onVenueWrite: (bytes: Buffer) => void = () => undefined;

  constructor(deps: {
    readonly time: SimTime;
    readonly random: Prng;
    readonly venue: ProcessTime;
    readonly accept: (socket: SimSocket) => void;
  }) {
    this.#time = deps.time;
    this.#random = deps.random;
    this.#venue = deps.venue;
    this.#accept = deps.accept;
  }

  open(
    process: ProcessTime,
    onWrite: (bytes: Buffer) => void,
  ): Promise<Result<Socket, ConnectFailure>> {
    return new Promise((resolve) => {
      process.set(CONNECT_MS, () => {
        if (this.#time.now < this.#downUntil) {
          resolve(err({ kind: 'Refused', text: 'the network is down' }));
          return;
        }
        resolve(ok(this.#connect(process, onWrite).asSocket()));
      });
    });
  }

  cut({ losesToVenue, losesToEngine, tells, downMs }: Cut): void {
    this.#downUntil = Math.max(this.#downUntil, this.#time.now + downMs);
    const connection = this.#connection;
    if (connection === undefined) return;
    if (losesToVenue) connection.engine.lose();
    if (losesToEngine) connection.venue.lose();
    this.mute('both');
    this.#connection = undefined;
    // What is under way and not lost arrives first.
    const afterMs = losesToVenue || losesToEngine ? 0 : 30;
    if (tells === 'both' || tells === 'engine')
      this.#time.set(afterMs, () => {
        connection.engine.reset();
      });
    if (tells === 'both' || tells === 'venue')
      this.#time.set(afterMs, () => {
        connection.venue.reset();
      });
  }

  mute(line: 'toVenue' | 'toEngine' | 'both'): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    if (line !== 'toEngine') connection.toVenue.isSilent = true;
    if (line !== 'toVenue') connection.toEngine.isSilent = true;
  }

  slow(line: 'toVenue' | 'toEngine', delayMs: number): void {
    this.#delays[line] = delayMs;
    if (this.#connection !== undefined) this.#connection[line].delayMs = delayMs;
  }

  /** Puts bytes on the line to the engine. */
  inject(bytes: Buffer): void {
    this.#connection?.venue.inject(bytes);
  }

  /** The engine's process is gone. */
  abandon(isTold: boolean): void {
    this.#connection?.engine.abandon(isTold);
    this.#connection = undefined;
  }

  heal(): void {
    this.#downUntil = 0;
    this.slow('toVenue', 0);
    this.slow('toEngine', 0);
    const connection = this.#connection;
    if (connection === undefined) return;
    if (!connection.toVenue.isSilent && !connection.toEngine.isSilent) return;
    connection.engine.reset();
    connection.venue.reset();
    this.#connection = undefined;
  }

  #connect(process: ProcessTime, onWrite: (bytes: Buffer) => void): SimSocket {
    const toVenue = { isSilent: false, delayMs: this.#delays.toVenue };
    const toEngine = { isSilent: false, delayMs: this.#delays.toEngine };
    const common = { time: this.#time, random: this.#random };
    const [engine, venue] = SimSocket.pair(
      { ...common, process, line: toVenue, name: 'engine', onWrite },
      {
        ...{ ...common, process: this.#venue, line: toEngine, name: 'venue' },
        onWrite: (bytes) => {
          this.onVenueWrite(bytes);
        },
      },
    );
    this.connections += 1;
    this.#connection = { engine, venue, toVenue, toEngine };
    this.#accept(venue);
    return engine;
  }
}
