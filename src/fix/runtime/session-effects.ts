import { type EpochMs, toUtcTimestamp } from '../../lib/time.ts';
import { type FrameHeader } from '../codec/frame-encoder.ts';
import { type CallEffect, type SendEffect } from '../session/model/effect.ts';
import {
  type SessionApplication,
  type SessionNotice,
  type SessionStore,
} from '../session/model/session-types.ts';
import { type SessionSettings } from '../session/model/settings.ts';

const POSS_RESEND = 97;

export interface OwnerDeps {
  readonly application: SessionApplication;
  readonly store: SessionStore;
  readonly log?: { readonly event: (text: string) => void };
  readonly onOutcome?: (outcome: 'logged-on' | 'refused') => void;
}

/** Calls the owner of a session. */
export const callOwner = (call: CallEffect, deps: OwnerDeps): void => {
  const { application, store } = deps;
  switch (call.type) {
    case 'Deliver':
      application.onMessage(call.message, call.context);
      store.setNextTargetMsgSeqNum(call.nextTarget);
      return;
    case 'LoggedOn':
      deps.onOutcome?.('logged-on');
      application.onLoggedOn(call.info);
      return;
    case 'LoggedOut':
      if (call.isRefusal) deps.onOutcome?.('refused');
      application.onLoggedOut(call.info);
      return;
    case 'Synchronized':
      application.onSynchronized?.();
      return;
    case 'Released':
      application.onReleased?.(call);
      return;
    case 'HeldDropped':
      application.onHeldDropped?.(call.messages);
      return;
    case 'ResendRequested':
      application.onResendRequested?.(call.range);
      return;
    case 'Notice':
      tellNotice(call.notice, deps);
      return;
  }
};

/** Gives a notice to the owner and to the session's log. */
export const tellNotice = (
  notice: SessionNotice,
  { application, log }: Pick<OwnerDeps, 'application' | 'log'>,
): void => {
  log?.event(`${notice.code}: ${notice.text}`);
  application.onEvent?.(notice);
};

let lastMs = Number.NaN;
let lastText = '';

/** Many messages leave within one millisecond, which is all that SendingTime(52) tells. */
const sendingTimeOf = (at: EpochMs): string => {
  const ms = Math.floor(at);
  if (ms !== lastMs) {
    lastMs = ms;
    lastText = toUtcTimestamp(at);
  }
  return lastText;
};

/** The header of a message of ours. */
export const headerOf = (
  effect: SendEffect,
  settings: SessionSettings,
  at: EpochMs,
): FrameHeader => {
  const { header } = effect;
  const isPlain = header.length === 0;
  return {
    beginString: settings.beginString,
    msgType: effect.msgType,
    msgSeqNum: effect.msgSeqNum,
    senderCompID: settings.senderCompID,
    targetCompID: settings.targetCompID,
    sendingTime: sendingTimeOf(at),
    possResend: !isPlain && header.some(([tag, value]) => tag === POSS_RESEND && value === 'Y'),
    extra: isPlain
      ? settings.headerFields
      : [...settings.headerFields, ...header.filter(([tag]) => tag !== POSS_RESEND)],
  };
};
