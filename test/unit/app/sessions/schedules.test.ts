import { expect } from 'chai';
import { makeTradingSchedule } from '../../../../src/app/sessions/schedules.ts';
import { type TradingSessionConfig } from '../../../../src/config/config.ts';
import { type InputBody } from '../../../../src/core/input.ts';
import { makeMemoryStore } from '../../../../src/fix/runtime/memory-store.ts';
import { type FixSession } from '../../../../src/fix/session/model/session-types.ts';
import { epochMs, monotonicMs, type Timers } from '../../../../src/lib/time.ts';

const AT_NOON = Date.UTC(2026, 10, 22, 12);

/** Time that moves only when told, and tells what happened when. */
class Day {
  now = AT_NOON;
  readonly said: string[] = [];
  readonly #timers: { at: number; fire: () => void; isOn: boolean }[] = [];

  readonly clock = { wall: () => epochMs(this.now), monotonic: () => monotonicMs(this.now) };
  readonly timers: Timers = {
    set: (afterMs, fire) => {
      const timer = { at: this.now + afterMs, fire, isOn: true };
      this.#timers.push(timer);
      return {
        cancel: () => {
          timer.isOn = false;
        },
      };
    },
  };

  say(text: string): void {
    this.said.push(`${new Date(this.now).toISOString().slice(11, 19)} ${text}`);
  }

  runUntil(hour: number, minute: number): void {
    const end = Date.UTC(2026, 10, 22, hour, minute);
    for (;;) {
      const [next] = this.#timers
        .filter(({ isOn, at }) => isOn && at <= end)
        .sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      next.isOn = false;
      this.now = next.at;
      next.fire();
    }
    this.now = end;
  }
}

const config = {
  name: 'trading',
  rollover: {
    enabled: true,
    time: '22:00',
    prepareSeconds: 30,
    resumeSeconds: 45,
    toleranceSeconds: 120,
  },
} as unknown as TradingSessionConfig;

describe('a trading session’s day [fix 1.5]', () => {
  it('stops and cancels before the rollover, logs out, and comes back with new numbers', () => {
    const day = new Day();
    const session = {
      view: () => ({ phase: 'LoggedOn' }),
      logon: () => {
        day.say('logon');
      },
      logout: () => {
        day.say('logout');
      },
      reset: () => {
        day.say('reset');
      },
    } as unknown as FixSession;
    const scheduler = makeTradingSchedule(config, {
      session,
      store: makeMemoryStore({ createdAt: epochMs(AT_NOON - 3_600_000) }),
      clock: day.clock,
      timers: day.timers,
      submit: (body: InputBody) => {
        day.say(body.type);
      },
    });
    scheduler?.start();
    day.runUntil(22, 5);
    scheduler?.stop();
    expect(day.said).to.deep.equal([
      '12:00:00 logon',
      '21:59:30 PauseRoute',
      '21:59:30 CancelAll',
      '21:59:55 logout',
      '22:00:45 reset',
      '22:00:45 logon',
    ]);
  });

  it('has no day when the configuration switches the rollover off', () => {
    const off = { ...config, rollover: { ...config.rollover, enabled: false } };
    const deps = {} as unknown as Parameters<typeof makeTradingSchedule>[1];
    expect(makeTradingSchedule(off, deps)).to.equal(undefined);
  });
});
