import { type ControlAudit, type ControlHandler } from '../../control/control-handler.ts';
import { type ControlServer, makeControlServer } from '../../control/control-server.ts';
import { type AdministeredSession, makeSessionVerbs } from '../../control/session-verbs.ts';
import { type ControlError } from '../../control/control-message.ts';
import { type FixSession, type SessionView } from '../../fix/session/model/session-types.ts';
import { type Journal } from '../../journal/journal.ts';
import { encodeAudit, RECORD_KIND } from '../../journal/record.ts';
import { type Redactor } from '../../lib/redaction/redactor.ts';
import { defined } from '../../lib/defined.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type Clock } from '../../lib/time.ts';
import { type Logger } from '../../observability/logger.ts';

export interface ControlDeps {
  readonly path: string;
  readonly sessions: () => readonly FixSession[];
  /** More about a session than it knows itself: its orders. */
  readonly aboutSession: (session: string) => Readonly<Record<string, unknown>>;
  /** Whether a session's numbers begin at 1 with every Logon. */
  readonly resetsAtLogon: (session: string) => boolean;
  /** An operator raised the peer's number that is expected next, from this one. */
  readonly onTargetRaised: (session: string, from: number) => void;
  /**
   * Before a session is ended by an operator: cancels what is open where that is the policy. `cut`:
   * what is left is for the venue's cancel-on-disconnect.
   */
  readonly beforeEnd: (session: string) => Promise<'quiet' | 'cut' | 'keep'>;
  /** Verbs beside those of the sessions. */
  readonly handlers: Readonly<Record<string, ControlHandler>>;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly redactor: Redactor;
}

/**
 * The control handlers of a running engine. Every call is a record of the journal and a line of the
 * log.
 */
export const openControl = async (deps: ControlDeps): Promise<Result<ControlServer, string>> => {
  const server = await makeControlServer({
    path: deps.path,
    handlers: {
      ...makeSessionVerbs(() => deps.sessions().map((session) => toAdministered(session, deps))),
      ...deps.handlers,
    },
    redact: deps.redactor.value,
    audit: (call) => audit(deps, call),
  });
  return server.ok ? server : err(`control socket: ${server.error.message}`);
};

const audit = async (
  { journal, clock, logger }: ControlDeps,
  call: ControlAudit,
): Promise<void> => {
  journal.append(RECORD_KIND.audit, encodeAudit(clock.wall(), call));
  logger.info('operator call', { ...call });
  // A halted journal has told its owner already.
  await journal.commit().catch(() => undefined);
};

const toAdministered = (
  session: FixSession,
  { aboutSession, beforeEnd, resetsAtLogon, onTargetRaised }: ControlDeps,
): AdministeredSession => ({
  name: session.view().id,
  view: () => ({ ...publicView(session.view()), ...aboutSession(session.view().id) }),
  logon: () => {
    session.logon();
    return ok(stateOf(session));
  },
  logout: async (text) => {
    if ((await beforeEnd(session.view().id)) === 'cut') await session.cut(text);
    else session.logout(text);
    return ok(stateOf(session));
  },
  setNextSenderMsgSeqNum: (value) =>
    lostAtLogon(session, resetsAtLogon) ??
    endsSession(session, value, 'sender') ??
    numberSet(session.setNextSenderMsgSeqNum(value), session),
  setNextTargetMsgSeqNum: (value) =>
    lostAtLogon(session, resetsAtLogon) ??
    endsSession(session, value, 'target') ??
    setTarget(session, value, onTargetRaised),
  reset: async () => {
    // A completed Logout would keep the orders that could not be cancelled, and the reset the proof
    // of what becomes of them.
    session.reset({ isCut: (await beforeEnd(session.view().id)) === 'cut' });
    return ok(stateOf(session));
  },
  sendTestRequest: () => {
    if (session.view().phase !== 'LoggedOn') {
      return err({ code: 'NOT_LOGGED_ON', message: 'the session is not logged on' });
    }
    session.sendTestRequest();
    return ok(stateOf(session));
  },
});

/** Says which messages of the peer a higher number skips: they may be reports. */
const setTarget = (
  session: FixSession,
  value: number,
  onTargetRaised: ControlDeps['onTargetRaised'],
): Result<unknown, ControlError> => {
  const { id, nextTargetMsgSeqNum: before } = session.view();
  const answer = numberSet(session.setNextTargetMsgSeqNum(value), session);
  if (!answer.ok || value <= before) return answer;
  onTargetRaised(id, before);
  const skipped = value - 1 === before ? String(before) : `${before} to ${value - 1}`;
  return ok({
    ...answer.value,
    skipped: `MsgSeqNum(34) ${skipped} of the peer will not be asked for`,
  });
};

const numberSet = (isSet: boolean, session: FixSession) =>
  isSet
    ? ok(stateOf(session))
    : err({ code: 'BAD_MSG_SEQ_NUM', message: 'a MsgSeqNum(34) is a whole number from 1' });

/** Where every Logon begins at 1, a number that is set before it would be lost in silence. */
const lostAtLogon = (
  session: FixSession,
  resetsAtLogon: ControlDeps['resetsAtLogon'],
): Result<never, ControlError> | undefined => {
  const { id, phase } = session.view();
  return phase === 'LoggedOn' || !resetsAtLogon(id)
    ? undefined
    : err({
        code: 'NUMBERS_BEGIN_AT_1',
        message: `session ${id} begins at 1 with every Logon, by its configuration, so a number that is set now would be lost; \`fathom session logon ${id}\` is enough`,
      });
};

/**
 * A session that is up ends over a number that is too low: ours below what we sent, which would
 * leave the orders under it in doubt for good, or the peer's below what we expect, whose reports
 * would be dropped.
 */
const endsSession = (
  session: FixSession,
  value: number,
  side: 'sender' | 'target',
): Result<never, ControlError> | undefined => {
  const { id, phase, nextSenderMsgSeqNum, nextTargetMsgSeqNum } = session.view();
  if (phase !== 'LoggedOn') return undefined;
  const isTooLow = side === 'sender' ? value < nextSenderMsgSeqNum : value > nextTargetMsgSeqNum;
  const why =
    side === 'sender'
      ? `next is MsgSeqNum(34) ${nextSenderMsgSeqNum}, and the peer would refuse ${value} as too low`
      : `the peer's next MsgSeqNum(34) is ${nextTargetMsgSeqNum}, and would be refused as too low`;
  return isTooLow
    ? err({
        code: 'ENDS_SESSION',
        message: `session ${id} is up: ${why}; \`fathom session logout ${id}\` first if both sides agreed on this number`,
      })
    : undefined;
};

/** What an operator needs of a session; the count of its connections is our own affair. */
const publicView = ({
  role,
  phase,
  since,
  reason,
  nextAttemptAt,
  resetDue,
  ...view
}: SessionView): Readonly<Record<string, unknown>> =>
  defined({
    ...{ role, phase, since, reason, nextAttemptAt, resetDue },
    nextSenderMsgSeqNum: view.nextSenderMsgSeqNum,
    nextTargetMsgSeqNum: view.nextTargetMsgSeqNum,
    lastReceivedAt: view.lastReceivedAt,
    lastSentAt: view.lastSentAt,
    peer: view.peer,
  });

const stateOf = (session: FixSession): Readonly<Record<string, unknown>> => {
  const { id, phase, nextSenderMsgSeqNum, nextTargetMsgSeqNum, resetDue } = session.view();
  return { session: id, phase, nextSenderMsgSeqNum, nextTargetMsgSeqNum, ...defined({ resetDue }) };
};
