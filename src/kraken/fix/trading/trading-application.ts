import { defined } from '../../../lib/defined.ts';
import { type SessionName } from '../../../domain/ids.ts';
import { type ReportSource, type VenueReport } from '../../../domain/venue-report.ts';
import { type FixField, type FixMessage } from '../../../fix/codec/fix-message.ts';
import {
  type DeliveryContext,
  type LoggedOut,
  type SessionApplication,
  type SessionNotice,
} from '../../../fix/session/model/session-types.ts';
import { type EpochMs, parseUtcTimestamp } from '../../../lib/time.ts';
import { parseVenueReport, type UnreadableReport } from './report-parser.ts';

/** Events of a trading session. Every call is synchronous. */
export interface TradingGatewayListener {
  readonly onReport: (report: VenueReport, source: ReportSource, at: EpochMs) => void;
  /** An unreadable report is never dropped in silence: it may concern an order. */
  readonly onUnreadable: (problem: UnreadableReport, message: FixMessage) => void;
  readonly onUp: (route: {
    readonly epoch: number;
    readonly reset: boolean;
    readonly at: EpochMs;
  }) => void;
  readonly onDown: (route: {
    readonly epoch: number;
    readonly cause: LoggedOut['cause'];
    readonly reason: string;
    readonly at: EpochMs;
  }) => void;
  readonly onAskedResend: (beginSeqNo: number) => void;
  readonly onSynchronized: () => void;
  readonly onNotice: (notice: SessionNotice) => void;
}

/**
 * Translates between one trading session and the engine: Logon fields out, reports in. Decides
 * nothing.
 */
export const makeTradingApplication = (
  session: SessionName,
  logonFields: (logon: { msgSeqNum: number; at: EpochMs }) => readonly FixField[],
  listener: TradingGatewayListener,
): SessionApplication => ({
  logonFields,
  onLoggedOn: ({ epoch, reset, at }) => listener.onUp({ epoch, reset, at }),
  onLoggedOut: (info: LoggedOut) => {
    const { epoch, cause } = info;
    listener.onDown({ epoch, cause, reason: `${info.cause}: ${info.text}`, at: info.at });
  },
  onMessage: (message, context) => {
    const report = parseVenueReport(message);
    if (report.ok) listener.onReport(report.value, sourceOf(session, message, context), context.at);
    else listener.onUnreadable(report.error, message);
  },
  onResendRequested: ({ beginSeqNo }) => listener.onAskedResend(beginSeqNo),
  onSynchronized: () => listener.onSynchronized(),
  onEvent: (notice) => listener.onNotice(notice),
});

const sourceOf = (
  session: SessionName,
  message: FixMessage,
  context: DeliveryContext,
): ReportSource => {
  const sentAt = parseUtcTimestamp(message.get(52) ?? '');
  return {
    channel: 'fix',
    session,
    epoch: context.epoch,
    msgSeqNum: context.msgSeqNum,
    possDup: context.possDup,
    possResend: context.possResend,
    ...defined({ sentAt }),
  };
};
