import { type Result } from '../lib/result.ts';
import { type ControlArgs, type ControlError } from './control-message.ts';

/** Runs a verb. When it throws, caller and audit get INTERNAL with the message. */
export type ControlHandler = (
  args: ControlArgs,
) => Result<unknown, ControlError> | Promise<Result<unknown, ControlError>>;

/** One call and its outcome. Secrets are already masked, in the arguments too. */
export interface ControlAudit {
  /**
   * The engine's own user. The owner and mode of the socket and its folder decide who may call:
   * this user or root.
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
