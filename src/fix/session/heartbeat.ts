import { type FixMessage, type OutboundMessage } from '../codec/fix-message.ts';
import { complain } from './logout.ts';
import { type SessionSettings } from './model/settings.ts';
import { type Connection, isHeldByLength, type Probe } from './model/state.ts';
import { connectionOf, emit, notice, type Turn, updateConnection } from './turn.ts';

const TEST_REQ_ID = 112;

export const onTestRequest = (turn: Turn, message: FixMessage): void => {
  const testReqID = message.get(TEST_REQ_ID) ?? '';
  emit(turn, '0', testReqID === '' ? [] : [[TEST_REQ_ID, testReqID]]);
};

/** A TestRequest(1) with a name of its own: the connection's count makes it. */
export const sendTestRequest = (turn: Turn): string => {
  const { testRequests } = connectionOf(turn);
  const testReqID = `TEST-${turn.state.epoch}-${testRequests + 1}`;
  emit(turn, '1', [[TEST_REQ_ID, testReqID]]);
  updateConnection(turn, { testRequests: testRequests + 1, testReqID });
  return testReqID;
};

export const onHeartbeat = (turn: Turn, message: FixMessage): void => {
  const { probes, gap, isSynchronized } = connectionOf(turn);
  const testReqID = message.get(TEST_REQ_ID);
  if (isSynchronized || !probes.some((probe) => probe.testReqID === testReqID)) return;
  // Answered, but messages are missing, fills perhaps. Probe again when the gap is closed.
  if (gap === undefined) synchronized(turn);
  else updateConnection(turn, { probes: [] });
};

/** FIX session test case 16b: both directions are in step, so held messages are sent. */
const synchronized = (turn: Turn): void => {
  const { held } = connectionOf(turn);
  updateConnection(turn, { isSynchronized: true, held: [], heldBytes: 0 });
  const released: { readonly message: OutboundMessage; readonly msgSeqNum: number }[] = [];
  for (const message of held) {
    const msgSeqNum = emit(turn, message.msgType, message.fields, message.header);
    released.push({ message, msgSeqNum });
  }
  for (const release of released) turn.calls.push({ type: 'Released', ...release });
  turn.calls.push({ type: 'Synchronized' });
};

/**
 * Asks whether both sides are in step, unless that is known, asked already, or numbers are missing:
 * then it waits for them.
 */
export const probeIfDue = (turn: Turn): void => {
  const { connection } = turn.state;
  if (connection === undefined || !isRecovering(connection, turn.config.settings)) return;
  if (connection.gap === undefined && connection.probes.length === 0) probe(turn);
};

/** Logged on, and the proof that both sides are in step is still out. */
export const isRecovering = (connection: Connection, settings: SessionSettings): boolean =>
  settings.probeAfterLogon &&
  connection.isLoggedOn &&
  !connection.isSynchronized &&
  connection.logout === undefined;

const probe = (turn: Turn): void => {
  const msgSeqNum = turn.state.nextSender;
  const testReqID = sendTestRequest(turn);
  const { probes } = connectionOf(turn);
  updateConnection(turn, { probes: [...probes, { testReqID, msgSeqNum }], probedAt: turn.mono });
};

/**
 * A resend covers these numbers of ours: session messages among them are gap-filled, so the peer
 * may drop a probe unread that waited behind its gap. The next one goes out behind the resend, and
 * proves that it has arrived.
 */
export const voidProbes = (turn: Turn, beginSeqNo: number, endSeqNo: number): void => {
  const { connection } = turn.state;
  if (connection === undefined || connection.probes.length === 0) return;
  const isCovered = ({ msgSeqNum }: Probe): boolean =>
    beginSeqNo <= msgSeqNum && msgSeqNum <= endSeqNo;
  updateConnection(turn, { probes: connection.probes.filter((one) => !isCovered(one)) });
  probeIfDue(turn);
};

/** The numbers begin anew within a connection: answers to earlier probes prove nothing. */
export const beginRecovery = (turn: Turn): void => {
  updateConnection(turn, {
    isSynchronized: false,
    probes: [],
    recoveringSince: turn.mono,
    recoveryAlerts: 0,
  });
  probeIfDue(turn);
};

/**
 * A probe that is not answered: ask again, and at last give the connection up, which lets both
 * sides begin afresh.
 */
export const reprobe = (turn: Turn): void => {
  if (isHeldByLength(turn.state)) {
    // Its answer waits behind the message; to give the connection up would mend nothing.
    updateConnection(turn, { probedAt: turn.mono });
    return;
  }
  const { probes } = connectionOf(turn);
  if (probes.length > turn.config.settings.resendReasksMax) {
    const text = `${probes.length} TestRequests after the Logon, none answered`;
    complain(turn, 'PROBE_UNANSWERED', text);
    return;
  }
  notice(turn, 'warn', 'PROBE_REASKED', `no answer to ${probes.at(-1)?.testReqID ?? ''}`);
  probe(turn);
};

/** Reports what a session that is logged on waits for; held messages are not sent meanwhile. */
export const tellRecovering = (turn: Turn): void => {
  const { recoveringSince, recoveryAlerts } = connectionOf(turn);
  const seconds = Math.round((turn.mono - recoveringSince) / 1_000);
  const why = waitsFor(turn);
  updateConnection(turn, { recoveryAlerts: recoveryAlerts + 1 });
  notice(turn, 'error', 'RECOVERING_LASTS', `logged on for ${seconds} s and not in step: ${why}`);
};

const waitsFor = ({ state }: Turn): string => {
  const { nextTarget, connection } = state;
  if (isHeldByLength(state)) return `message ${nextTarget} is longer than messageBytesMax`;
  const { gap, probes = [] } = connection ?? {};
  if (gap === undefined) return `${probes.length} TestRequests wait for an answer`;
  return `message ${nextTarget} is missing, ${gap.seen} has come, asked again ${gap.reasks} times`;
};
