import { systemClock, systemRandom, systemTimers } from '../../../src/app/system-clock.ts';
import { type FixDictionary } from '../../../src/fix/dictionary/dictionary.ts';
import { loadStockDictionary } from '../../../src/fix/dictionary/jspurefix.ts';
import { type OutboundMessage } from '../../../src/fix/codec/fix-message.ts';
import { makeInitiator } from '../../../src/fix/runtime/initiator-session.ts';
import {
  type FixSession,
  type LoggedOn,
  type LoggedOut,
  type SessionApplication,
  type SessionNotice,
  type SessionStore,
} from '../../../src/fix/session/model/session-types.ts';
import { type SessionOptions } from '../../../src/fix/session/model/settings.ts';
import { type EpochMs, toUtcTimestamp } from '../../../src/lib/time.ts';
import { until } from '../../support/until.ts';

const loaded = loadStockDictionary('FIX.4.4');
if (!loaded.ok) throw new Error(loaded.error);
export const FIX44: FixDictionary = loaded.value;

/** Reconnects within a moment, so that the suite is fast. */
const QUICK_RECONNECT: NonNullable<SessionOptions['reconnect']> = {
  intervalsMs: [100],
  jitterRatio: 0,
  refusedFirstMs: 200,
  refusedStepMs: 0,
  refusedMaxMs: 200,
};

const orderOf = (clOrdID: string, at: EpochMs): OutboundMessage => ({
  msgType: 'D',
  fields: [
    [11, clOrdID],
    [55, 'X'],
    [54, '1'],
    [60, toUtcTimestamp(at)],
    [38, '1'],
    [40, '2'],
    [44, '100'],
  ],
});

export interface Report {
  readonly clOrdID: string;
  readonly execID: string;
  readonly execType: string;
}

export interface TraderOptions {
  readonly port: number;
  readonly store: SessionStore;
  /** The certificate to trust; plain TCP when left out. */
  readonly ca?: string | undefined;
  readonly settings?: Partial<SessionOptions>;
}

/** Our initiator with an application that sends orders and keeps all it is told. */
export class Trader {
  readonly session: FixSession;
  readonly reports: Report[] = [];
  /** ClOrdIDs of orders that were gap-filled: their venue never gets them. */
  readonly notReplayed: string[] = [];
  readonly logons: LoggedOn[] = [];
  readonly logouts: LoggedOut[] = [];
  readonly notices: SessionNotice[] = [];
  readonly sent: string[] = [];
  possDupReports = 0;

  constructor({ port, store, ca, settings }: TraderOptions) {
    this.session = makeInitiator({
      settings: {
        id: 'S',
        role: 'initiator',
        beginString: 'FIX.4.4',
        senderCompID: 'FATHOM',
        targetCompID: 'QUICKFIX',
        reconnect: QUICK_RECONNECT,
        ...settings,
      },
      application: this.#application(),
      store,
      dictionary: FIX44,
      clock: systemClock,
      timers: systemTimers,
      random: systemRandom,
      connection: {
        hosts: [{ host: '127.0.0.1', port }],
        connectTimeoutMs: 5_000,
        ...(ca !== undefined && { tls: { ca, servername: 'localhost' } }),
      },
    });
  }

  get isLoggedOn(): boolean {
    return this.session.view().phase === 'LoggedOn';
  }

  async start(): Promise<void> {
    this.session.start();
    await this.until('logged on', () => this.isLoggedOn);
  }

  /** Sends `count` more orders, each as soon as the session takes it. */
  async send(count: number): Promise<void> {
    for (let made = 0; made < count; made++) {
      const clOrdID = `f${this.sent.length + 1}`;
      await this.until(`${clOrdID} can be sent`, () => this.isLoggedOn);
      const sent = this.session.send(orderOf(clOrdID, systemClock.wall()));
      if (!sent.ok) throw new Error(`${clOrdID}: ${sent.error}`);
      this.sent.push(clOrdID);
      if (made % 50 === 49) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  until(what: string, condition: () => boolean, timeoutMs = 40_000): Promise<void> {
    return until(condition, what, timeoutMs).catch((cause: unknown) => {
      const notices = this.notices.map(({ code, text }) => `${code} ${text}`).slice(-8);
      throw new Error(`${String(cause)}; trader: ${notices.join('; ')}`);
    });
  }

  #application(): SessionApplication {
    return {
      onLoggedOn: (info) => {
        this.logons.push(info);
      },
      onLoggedOut: (info) => {
        this.logouts.push(info);
      },
      onMessage: (message, context) => {
        if (message.msgType !== '8') return;
        if (context.possDup) this.possDupReports++;
        this.reports.push({
          clOrdID: message.get(11) ?? '',
          execID: message.get(17) ?? '',
          execType: message.get(150) ?? '',
        });
      },
      onNotReplayed: ({ message }) => {
        if (message.msgType === 'D') this.notReplayed.push(message.get(11) ?? '');
      },
      onEvent: (notice) => {
        this.notices.push(notice);
      },
    };
  }
}
