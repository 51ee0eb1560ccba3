/** The plan of a load run. */
export interface LoadPlan {
  readonly forMs: number;
  readonly instruments: number;
  readonly rest: number;
  readonly ws: number;
  readonly fix: number;
  readonly seed: number;
  /** Requests a second of one REST client, on average. */
  readonly restRate: number;
  /** Orders and cancels a second of one FIX session, on average. */
  readonly fixRate: number;
  /** Rows that the simulator's private histories keep (its setting memory.rowsMax). */
  readonly rows: number;
}

/** What `fathom simulate --json` prints; only what the clients use. */
export interface Venue {
  readonly rest: string;
  readonly ws: string;
  readonly admin: string;
  readonly fix: Readonly<Record<'trading' | 'marketDataL2' | 'marketDataL3', FixService>>;
  readonly keys: readonly VenueKey[];
  readonly symbols: readonly string[];
}

export interface FixService {
  readonly host: string;
  readonly port: number;
  readonly targetCompID: string;
  readonly tls: boolean;
  readonly ca?: string;
}

export interface VenueKey {
  readonly account: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly fixApiKey?: string;
  readonly fixApiSecret?: string;
  readonly senderCompID?: string;
}

export const CHANNELS = ['rest', 'ws', 'fix'] as const;
/** One process of clients each. */
export type Channel = (typeof CHANNELS)[number];

/** From the parent to a process of clients: once at its start. */
export interface ClientJob {
  readonly channel: Channel;
  readonly plan: LoadPlan;
  readonly venue: Venue;
}

/** From a process of clients to the parent: while it runs, and once at its end. */
export interface ClientNews {
  readonly counts: Readonly<Record<string, number>>;
  readonly latencies?: readonly LatencyRow[];
  readonly isDone: boolean;
}

/** Milliseconds. */
export interface LatencyRow {
  readonly name: string;
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * A full key that trades an account of its own: REST and WebSocket clients share accounts, FIX
 * sessions have theirs.
 */
export const tradingKeys = ({ keys }: Venue): readonly VenueKey[] =>
  keys.filter((key) => key.senderCompID !== undefined);

export const accountsWanted = ({ rest, ws, fix }: LoadPlan): number => Math.max(rest, ws) + fix;
