import {
  type ClientSessionConfig,
  type MarketDataSessionConfig,
  type TradingSessionConfig,
  type VenueSessionConfig,
} from '../../config/config.ts';
import { makeSettings, type SessionSettings } from '../../fix/session/model/settings.ts';

/** Messages behind a gap; the longest message has room twice. */
const GAP_QUEUE_BYTES_MAX = 16 * 1_048_576;

const BEGIN_STRING = 'FIX.4.4';

/**
 * Half an interval: a Heartbeat that is sent exactly at the interval arrives late at Kraken.
 * [fix 1.7]
 */
const VENUE_HEARTBEAT_INTERVALS = 0.5;

const ofVenue = (config: VenueSessionConfig): SessionSettings => {
  const { reconnect } = config;
  const intervalsMs = [reconnect.firstDelayMs];
  for (let delay = reconnect.firstDelayMs * 2; delay < reconnect.delayMsMax; delay *= 2) {
    if (delay === 0) break;
    intervalsMs.push(delay);
  }
  return makeSettings({
    id: config.name,
    role: 'initiator',
    beginString: BEGIN_STRING,
    senderCompID: config.senderCompID,
    targetCompID: config.targetCompID,
    heartBtIntSeconds: config.heartBtIntSeconds,
    heartbeatIntervals: VENUE_HEARTBEAT_INTERVALS,
    // Kraken documents OrigSendingTime(122) as optional on what it repeats. [fix 3]
    requireOrigSendingTime: false,
    tolerateUnknown: true,
    resetSeqNumFlag: config.resetSeqNumFlag,
    sequenceRefusalsMax: reconnect.sequenceRefusalsMax,
    reconnect: {
      intervalsMs: [...intervalsMs, reconnect.delayMsMax],
      jitterRatio: 0.2,
      refusedFirstMs: reconnect.refusedDelayMs,
      refusedStepMs: reconnect.refusedDelayMs,
      refusedMaxMs: reconnect.refusedDelayMsMax,
    },
    ...common(config),
  });
};

/**
 * Orders and reports with the venue: orders are never replayed, and a probe after Logon tells when
 * both sides are in step.
 */
export const tradingSettings = (config: TradingSessionConfig): SessionSettings => ({
  ...ofVenue(config),
  resendPolicy: 'gap-fill-orders',
  probeAfterLogon: true,
  endByComplaint: config.cancelOrdersOnDisconnect ? 'disconnect' : 'logout',
});

export const marketDataSettings = (config: MarketDataSessionConfig): SessionSettings =>
  ofVenue(config);

/**
 * Execution reports for a client that is away keep their numbers and wait for its ResendRequest.
 */
export const clientSettings = (config: ClientSessionConfig): SessionSettings =>
  makeSettings({
    id: config.name,
    role: 'acceptor',
    beginString: BEGIN_STRING,
    senderCompID: config.senderCompID,
    targetCompID: config.targetCompID,
    heartBtIntMinSeconds: config.heartBtIntSecondsMin,
    heartBtIntMaxSeconds: config.heartBtIntSecondsMax,
    sendWhenLoggedOff: 'store',
    ...resend(config),
    resetOnLogon: config.resetPolicy.onLogon,
    resetOnLogout: config.resetPolicy.onLogout,
    resetOnDisconnect: config.resetPolicy.onDisconnect,
    ...common(config),
  });

/** Reports are replayed, or nothing of the application is: then the client reconciles by itself. */
const resend = ({ resendPolicy }: ClientSessionConfig): Partial<SessionSettings> =>
  resendPolicy === 'full'
    ? { resendPolicy: 'full' }
    : { resendPolicy: 'gap-fill-orders', neverReplay: ['8', '9', 'j', 'r'] };

const common = (config: VenueSessionConfig | ClientSessionConfig): Partial<SessionSettings> => ({
  logonTimeoutMs: config.logonTimeoutMs,
  logoutTimeoutMs: config.logoutTimeoutMs,
  checkLatency: config.sendingTimeToleranceSeconds > 0,
  maxLatencyMs: config.sendingTimeToleranceSeconds * 1_000,
  invalidApplicationMessage: config.invalidApplicationMessage,
  queueMax: config.gapQueueLengthMax,
  queueBytesMax: Math.max(GAP_QUEUE_BYTES_MAX, 2 * config.messageBytesMax),
  resendChunkSize: config.resend.chunkSize,
  resendReaskMs: config.resend.reaskMs,
});
