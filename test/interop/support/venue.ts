import { systemClock, systemTimers } from '../../../src/app/system-clock.ts';
import { type FixAcceptor, makeAcceptor } from '../../../src/fix/runtime/acceptor/acceptor.ts';
import { type FixMessage } from '../../../src/fix/codec/fix-message.ts';
import {
  type FixSession,
  type LoggedOn,
  type LoggedOut,
  type SessionNotice,
  type SessionStore,
} from '../../../src/fix/session/model/session-types.ts';
import { type SessionOptions } from '../../../src/fix/session/model/settings.ts';
import { type Certificate } from '../../../src/simulator/certificate.ts';
import { until } from '../../support/until.ts';
import { FIX44 } from './trader.ts';

export interface VenueOptions {
  readonly store: SessionStore;
  readonly certificate?: Certificate | undefined;
  readonly settings?: Partial<SessionOptions>;
  readonly port?: number;
}

/**
 * Our acceptor with an application that acknowledges and fills every order, and keeps all it is
 * told.
 */
export class Venue {
  readonly acceptor: FixAcceptor;
  readonly orders: string[] = [];
  readonly logons: LoggedOn[] = [];
  readonly logouts: LoggedOut[] = [];
  readonly notices: SessionNotice[] = [];
  readonly turnedAway: string[] = [];
  possDupOrders = 0;

  constructor({ store, certificate, settings, port = 0 }: VenueOptions) {
    this.acceptor = makeAcceptor({
      listen: {
        host: '127.0.0.1',
        port,
        ...(certificate !== undefined && { tls: certificate }),
      },
      sessions: [
        {
          settings: {
            id: 'S',
            beginString: 'FIX.4.4',
            senderCompID: 'FATHOM',
            targetCompID: 'QUICKFIX',
            ...settings,
          },
          application: {
            onLoggedOn: (info) => {
              this.logons.push(info);
            },
            onLoggedOut: (info) => {
              this.logouts.push(info);
            },
            onMessage: (message, context) => {
              if (message.msgType !== 'D') return;
              if (context.possDup) this.possDupOrders++;
              this.orders.push(message.get(11) ?? '');
              this.#report(message, '0', '0');
              this.#report(message, 'F', '2');
            },
            onEvent: (notice) => {
              this.notices.push(notice);
            },
          },
          store,
        },
      ],
      dictionary: FIX44,
      clock: systemClock,
      timers: systemTimers,
      onTurnedAway: (text) => {
        this.turnedAway.push(text);
      },
    });
  }

  get session(): FixSession {
    const session = this.acceptor.session('S');
    if (session === undefined) throw new Error('the acceptor has its session');
    return session;
  }

  get isLoggedOn(): boolean {
    return this.session.view().phase === 'LoggedOn';
  }

  until(what: string, condition: () => boolean, timeoutMs = 40_000): Promise<void> {
    return until(condition, what, timeoutMs).catch((cause: unknown) => {
      const notices = this.notices.map(({ code, text }) => `${code} ${text}`).slice(-8);
      throw new Error(`${String(cause)}; venue: ${notices.join('; ')}; ${this.turnedAway.join()}`);
    });
  }

  #report(order: FixMessage, execType: string, ordStatus: string): void {
    const clOrdID = order.get(11) ?? '';
    const isFill = execType === 'F';
    const sent = this.session.send({
      msgType: '8',
      fields: [
        [37, `O-${clOrdID}`],
        [17, `${clOrdID}-${execType}`],
        [150, execType],
        [39, ordStatus],
        [11, clOrdID],
        [55, 'X'],
        [54, '1'],
        [38, '1'],
        ...(isFill
          ? ([
              [32, '1'],
              [31, '100'],
            ] as const)
          : []),
        [151, isFill ? '0' : '1'],
        [14, isFill ? '1' : '0'],
        [6, isFill ? '100' : '0'],
      ],
    });
    if (!sent.ok) throw new Error(`${clOrdID}: ${sent.error}`);
  }
}
