import { type Result, err } from '../lib/result.ts';
import { type ControlHandler } from './control-handler.ts';
import { type ControlArgs, type ControlError } from './control-message.ts';

/** A FIX session as an operator sees it. Refusals are values with a code and a reason. */
export interface AdministeredSession {
  readonly name: string;
  /** Flat: texts, numbers, booleans; `…At` are milliseconds since the epoch. */
  readonly view: () => Readonly<Record<string, unknown>>;
  readonly logon: () => Answer;
  readonly logout: (text: string) => Answer;
  readonly setNextSenderMsgSeqNum: (value: number) => Answer;
  readonly setNextTargetMsgSeqNum: (value: number) => Answer;
  /** Both numbers to 1. */
  readonly reset: () => Answer;
  readonly sendTestRequest: () => Answer;
}

type Answer = Result<unknown, ControlError> | Promise<Result<unknown, ControlError>>;

/**
 * The verbs `session.…` of the control socket, over the sessions that exist when a verb is called.
 */
export const makeSessionVerbs = (
  sessions: () => readonly AdministeredSession[],
): Readonly<Record<string, ControlHandler>> => {
  const onSession =
    (act: (session: AdministeredSession, args: ControlArgs) => Answer): ControlHandler =>
    (args) => {
      const found = sessions().find(({ name }) => name === args['session']);
      return found === undefined ? unknownSession(args['session'], sessions()) : act(found, args);
    };
  return {
    'session.list': () => ({
      ok: true,
      value: sessions().map((session) => ({ session: session.name, ...session.view() })),
    }),
    'session.state': onSession((session) => ({
      ok: true,
      value: { session: session.name, ...session.view() },
    })),
    'session.logon': onSession((session) => session.logon()),
    'session.logout': onSession((session, { text }) =>
      session.logout(typeof text === 'string' && text !== '' ? text : 'Logout by the operator'),
    ),
    'session.set-next-sender': onSession((session, { value }) =>
      isMsgSeqNum(value) ? session.setNextSenderMsgSeqNum(value) : badMsgSeqNum(),
    ),
    'session.set-next-target': onSession((session, { value }) =>
      isMsgSeqNum(value) ? session.setNextTargetMsgSeqNum(value) : badMsgSeqNum(),
    ),
    'session.reset': onSession((session) => session.reset()),
    'session.test-request': onSession((session) => session.sendTestRequest()),
  };
};

const MSG_SEQ_NUM_MAX = 1_000_000_000;

const isMsgSeqNum = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= MSG_SEQ_NUM_MAX;

const badMsgSeqNum = (): Result<never, ControlError> =>
  err({
    code: 'BAD_MSG_SEQ_NUM',
    message: `MsgSeqNum(34) must be a whole number from 1 to ${MSG_SEQ_NUM_MAX}`,
  });

const unknownSession = (
  name: unknown,
  sessions: readonly AdministeredSession[],
): Result<never, ControlError> =>
  err({
    code: 'UNKNOWN_SESSION',
    message: `there is no session ${JSON.stringify(name ?? '')}; this engine has ${sessions.map((session) => session.name).join(', ')}`,
  });
