import { type InputBody } from '../../core/input.ts';
import { type SessionName } from '../../domain/ids.ts';
import { type RestOrderCalls } from '../../kraken/rest/orders/order-calls.ts';
import { epochMs, type EpochMs, type TimeDeps } from '../../lib/time.ts';

export interface DeadManSwitchDeps extends TimeDeps {
  readonly session: SessionName;
  readonly calls: Pick<RestOrderCalls, 'cancelAllOrdersAfter'>;
  readonly submit: (body: InputBody) => void;
}

/** Renewals within one time-out. */
const RENEWALS_PER_TIMEOUT = 4;
/** Calls in a row without a confirmed echo after which the state counts as unknown. */
const FAILURES_MAX = 2;
const RETRY_MS = 1_000;
/** The venue counts in whole seconds, and its clock is not ours. */
const ECHO_SLACK_MS = 2_000;

/**
 * The venue's dead man's switch on one account: armed, renewed and switched off by the core's word.
 * The venue's echo is read back each time; what it does not confirm is told as unconfirmed, and not
 * renewed any more. One call at a time, so that no late renewal follows a switching off. [rest 2.1]
 */
export class DeadManSwitchKeeper {
  readonly #deps: DeadManSwitchDeps;
  #want: { readonly timeoutSeconds: number } | 'off' | undefined;
  #timer: { readonly cancel: () => void } | undefined;
  #isCalling = false;
  #failures = 0;
  /** Latest time at which a call that may have arrived can still fire. */
  #firesBy: EpochMs | undefined;

  constructor(deps: DeadManSwitchDeps) {
    this.#deps = deps;
  }

  set(want: 'armed' | 'off', timeoutSeconds: number): void {
    this.#want = want === 'off' ? 'off' : { timeoutSeconds };
    this.#failures = 0;
    this.#timer?.cancel();
    this.#timer = undefined;
    void this.#call();
  }

  /** Renews no more: the venue cancels the account's orders when the time-out has passed. */
  stop(): void {
    this.#want = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  async #call(): Promise<void> {
    // The call that is under way sees the new wish when it is over.
    if (this.#isCalling || this.#want === undefined) return;
    const want = this.#want;
    const seconds = want === 'off' ? 0 : want.timeoutSeconds;
    this.#isCalling = true;
    const answer = await this.#deps.calls.cancelAllOrdersAfter(seconds);
    this.#isCalling = false;
    const latest = epochMs(this.#deps.clock.wall() + seconds * 1_000 + ECHO_SLACK_MS);
    if (seconds > 0) this.#firesBy = latest;
    if (want !== this.#want) {
      void this.#call();
      return;
    }
    const fault = answer.ok ? faultOf(answer.value.value, seconds) : answer.error.type;
    if (fault === undefined) this.#confirmed(seconds);
    else this.#failed(`cancelallordersafter ${seconds}: ${fault}`);
  }

  #confirmed(seconds: number): void {
    const { session, submit } = this.#deps;
    this.#failures = 0;
    if (seconds === 0) {
      this.#want = undefined;
      this.#firesBy = undefined;
      submit({ type: 'DeadManSwitchSeen', session, state: 'off' });
      return;
    }
    this.#callAfter((seconds * 1_000) / RENEWALS_PER_TIMEOUT);
    submit({ type: 'DeadManSwitchSeen', session, state: 'armed' });
  }

  #failed(detail: string): void {
    this.#failures += 1;
    if (this.#failures <= FAILURES_MAX) {
      this.#callAfter(RETRY_MS);
      return;
    }
    const { session, submit } = this.#deps;
    this.#want = undefined;
    submit({
      ...{ type: 'DeadManSwitchSeen', session, state: 'unconfirmed', detail },
      ...(this.#firesBy === undefined ? {} : { firesBy: this.#firesBy }),
    });
  }

  #callAfter(afterMs: number): void {
    this.#timer = this.#deps.timers.set(afterMs, () => {
      void this.#call();
    });
  }
}

/** What is wrong with the venue's echo; `undefined` when it is what was asked for. */
const faultOf = (
  { currentTime, triggerAt }: { readonly currentTime: EpochMs; readonly triggerAt?: EpochMs },
  seconds: number,
): string | undefined => {
  if (seconds === 0) return triggerAt === undefined ? undefined : 'it is still armed';
  if (triggerAt === undefined) return 'it is not armed';
  const differsByMs = Math.abs(triggerAt - currentTime - seconds * 1_000);
  return differsByMs <= ECHO_SLACK_MS ? undefined : `it fires ${differsByMs} ms off`;
};
