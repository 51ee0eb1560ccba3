import { defined } from '../../lib/defined.ts';
import { type FixLogConfig } from '../../config/config.ts';
import { type FixLog, openFixLog } from '../../fix/log/log.ts';
import { type SessionLog } from '../../fix/runtime/session-host.ts';
import { type Redactor } from '../../lib/redaction/redactor.ts';
import { type Clock, type Timers } from '../../lib/time.ts';

export interface FixLogsDeps {
  readonly config: FixLogConfig;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly redactor: Redactor;
  readonly onTrouble: (text: string) => void;
}

/** The FIX message and event logs of every session of an engine. */
export class FixLogs {
  readonly #deps: FixLogsDeps;
  readonly #logs: FixLog[] = [];
  #isWriting = true;

  constructor(deps: FixLogsDeps) {
    this.#deps = deps;
  }

  /** `undefined` when FIX logs are switched off. */
  of(session: {
    readonly senderCompID: string;
    readonly targetCompID: string;
    /** Tells sessions of the same CompIDs apart. */
    readonly qualifier?: string;
    readonly isMarketData?: boolean;
  }): SessionLog | undefined {
    const { config, clock, timers, redactor, onTrouble } = this.#deps;
    if (!config.enabled) return undefined;
    const log = openFixLog({
      dir: config.dir,
      beginString: 'FIX.4.4',
      senderCompID: session.senderCompID,
      targetCompID: session.targetCompID,
      ...defined({ qualifier: session.qualifier }),
      heartbeats: config.heartbeats,
      timers,
      redactor,
      onTrouble,
    });
    this.#logs.push(log);
    const hasMessages = session.isMarketData !== true || config.marketData;
    return {
      inbound: (bytes) => {
        if (hasMessages && this.#isWriting) log.message('received', bytes, clock.wall());
      },
      outbound: (bytes) => {
        if (hasMessages && this.#isWriting) log.message('sent', bytes, clock.wall());
      },
      event: (text) => {
        if (this.#isWriting) log.event(text, clock.wall());
      },
    };
  }

  /** Stops all logs, and has them go on. Whoever calls it says so. */
  setWriting(isWriting: boolean): void {
    this.#isWriting = isWriting;
    if (!isWriting) for (const log of this.#logs) log.flush();
  }

  close(): void {
    for (const log of this.#logs) log.close();
  }
}
