import { type FixMessage, type OutboundMessage } from '../fix-message.ts';
import { connectionOf, emit, type Turn, updateConnection } from './turn.ts';

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
  const { probeID, gap, isSynchronized } = connectionOf(turn);
  if (isSynchronized || probeID === undefined || message.get(TEST_REQ_ID) !== probeID) return;
  // Answered, but numbers are missing: they may be the ones that matter. Ask once more when they are here.
  if (gap === undefined) synchronized(turn);
  else updateConnection(turn, { probeID: undefined });
};

/** FIX session test case 16b: with both directions in step, what the owner wants sent may go. */
export const synchronized = (turn: Turn): void => {
  const { held } = connectionOf(turn);
  updateConnection(turn, { isSynchronized: true, held: [] });
  const released: { readonly message: OutboundMessage; readonly msgSeqNum: number }[] = [];
  for (const message of held) {
    const msgSeqNum = emit(turn, message.msgType, message.fields, message.header);
    released.push({ message, msgSeqNum });
  }
  for (const release of released) turn.calls.push({ type: 'Released', ...release });
  turn.calls.push({ type: 'Synchronized' });
};

/** Asks again when the gap that stood in the way has closed. */
export const probeIfDue = (turn: Turn): void => {
  const { connection } = turn.state;
  if (connection === undefined || !connection.isLoggedOn || connection.logout !== undefined) return;
  const isDue = connection.gap === undefined && connection.probeID === undefined;
  if (!turn.config.settings.probeAfterLogon || connection.isSynchronized || !isDue) return;
  updateConnection(turn, { probeID: sendTestRequest(turn) });
};
