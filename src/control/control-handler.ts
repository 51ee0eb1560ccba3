import { type Result } from '../lib/result.ts';
import { type ControlArgs, type ControlError } from './control-message.ts';

/** Does what a verb says. It may throw: the caller gets INTERNAL, the audit the message. */
export type ControlHandler = (
  args: ControlArgs,
) => Result<unknown, ControlError> | Promise<Result<unknown, ControlError>>;

/** One call, whatever came of it. Secrets are masked already, also among the arguments. */
export interface ControlAudit {
  /**
   * Who may call is decided by the owner of the socket's folder and mode: the engine's own user
   * (uid) or root.
   */
  readonly uid: number;
  /** Counts connections since the server began. */
  readonly connection: number;
  readonly verb: string;
  readonly args: ControlArgs;
  readonly outcome: 'ok' | 'refused';
  /** Code and message of a refusal. */
  readonly error?: ControlError;
}
