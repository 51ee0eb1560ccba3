import { type FixMessage } from '../codec/fix-message.ts';
import {
  connectionOf,
  disconnect,
  emit,
  expect,
  halt,
  notice,
  textField,
  type Turn,
  updateConnection,
} from './turn.ts';

const TEXT = 58;
const NO_REASON = 'the peer gives no reason';

/**
 * The owner logs out: Logout(5), then wait for the answer; messages in flight are delivered.
 */
export const askLogout = (turn: Turn, text: string | undefined): void => {
  const { connection } = turn.state;
  if (connection === undefined || connection.isClosing) return;
  const end = { cause: 'LogoutByUs', text: text ?? '' } as const;
  const kind = connection.logout?.kind;
  if (kind === 'asked' || kind === 'complaint') return;
  if (kind === 'deferred') {
    answerDeferredLogout(turn);
    return;
  }
  if (!connection.isLoggedOn || kind === 'answered') {
    disconnect(turn, end);
    return;
  }
  emit(turn, '5', textField(text));
  updateConnection(turn, { logout: { kind: 'asked', at: turn.mono }, end });
  turn.state = { ...turn.state, phase: 'LogoutSent' };
};

/**
 * The peer broke a rule that ends the session: Logout(5), then wait for the answer or the time-out.
 * Text(58) says why, unless a Reject(3) has just said it.
 */
export const complain = (turn: Turn, code: string, text: string, isTold = false): void => {
  notice(turn, 'error', code, text);
  const connection = connectionOf(turn);
  if (connection.isClosing || connection.logout?.kind === 'complaint') return;
  if (turn.config.settings.endByComplaint === 'disconnect') {
    disconnect(turn, { cause: 'Halted', text });
    return;
  }
  emit(turn, '5', isTold ? [] : textField(text));
  updateConnection(turn, {
    logout: { kind: 'complaint', at: turn.mono },
    end: { cause: 'LogoutByUs', text, isComplaint: true },
  });
  turn.state = { ...turn.state, phase: 'LogoutSent' };
};

/**
 * Refuses a peer before the session is up: Logout(5) that says why, and close; without a text close
 * alone.
 */
export const refuse = (turn: Turn, code: string, text: string): void => {
  notice(turn, 'error', code, text === '' ? 'closed without an answer' : text);
  if (text !== '') emit(turn, '5', textField(text));
  disconnect(turn, { cause: 'LogonRefused', text });
};

/**
 * The peer's Logout(5), in order, or when the messages before it do not come. Only the expected
 * number is consumed, so a gap before it is asked for again at the next logon.
 */
export const onLogout = (turn: Turn, message: FixMessage): void => {
  if (message.msgSeqNum === turn.state.nextTarget) expect(turn, turn.state.nextTarget + 1);
  const { logout } = connectionOf(turn);
  const text = message.get(TEXT) ?? '';
  if (logout?.kind === 'answered') return;
  if (logout === undefined || logout.kind === 'deferred') {
    notice(turn, 'info', 'LOGOUT_RECEIVED', text === '' ? NO_REASON : text);
    answerLogout(turn, text);
    return;
  }
  disconnect(turn, { cause: 'LogoutByUs', text });
};

/**
 * The peer's Logout(5) came behind a gap, and waits in the queue. FIX 4.4 vol. 2, "Logout": the
 * missing messages are asked for before it is answered; the time for that is the Logout time-out.
 */
export const deferLogout = (turn: Turn, message: FixMessage): void => {
  const { logout } = connectionOf(turn);
  if (logout !== undefined) return;
  const end = { cause: 'LogoutByPeer', text: message.get(TEXT) ?? '' } as const;
  updateConnection(turn, { logout: { kind: 'deferred', at: turn.mono }, end });
};

/** The gap before the peer's Logout(5) is closed. */
export const answerDeferredLogout = (turn: Turn): void => {
  const { logout, end } = connectionOf(turn);
  if (logout?.kind === 'deferred') answerLogout(turn, end?.text ?? '');
};

/** The messages before the peer's Logout(5) have not come in time: it is answered all the same. */
export const onDeferredLogoutDue = (turn: Turn): void => {
  const text = `logged out with a gap from ${turn.state.nextTarget} on, asked for at the next Logon`;
  notice(turn, 'warn', 'LOGOUT_BEHIND_GAP', text);
  answerDeferredLogout(turn);
};

const answerLogout = (turn: Turn, text: string): void => {
  emit(turn, '5', []);
  const end = { cause: 'LogoutByPeer', text } as const;
  turn.state = { ...turn.state, phase: 'LogoutSent' };
  if (turn.config.settings.role === 'acceptor') {
    disconnect(turn, end);
  } else {
    // FIX session test case 13b: the side that sent the first Logout closes the connection.
    updateConnection(turn, { logout: { kind: 'answered', at: turn.mono }, end });
  }
};

const SEQUENCE_REFUSAL = /msgseqnum|sequence|seq\s?num|too (?:low|high)/i;

/**
 * The peer answers our Logon with Logout(5) or Reject(3). Its number is not consumed: no session
 * was established.
 */
export const onLogonRefused = (turn: Turn, message: FixMessage): void => {
  const text = message.get(TEXT) ?? '';
  notice(turn, 'error', 'LOGON_REFUSED', text === '' ? NO_REASON : text);
  if (SEQUENCE_REFUSAL.test(text)) {
    const sequenceRefusals = turn.state.sequenceRefusals + 1;
    turn.state = { ...turn.state, sequenceRefusals };
    if (sequenceRefusals >= turn.config.settings.sequenceRefusalsMax) {
      halt(turn, `the peer refuses our numbers, set the next sender number: ${text}`);
    }
  }
  disconnect(turn, { cause: 'LogonRefused', text, isRefusal: true });
};
