import { expect } from 'chai';
import { windowAt } from '../../../../src/fix/runtime/calendar.ts';
import { makeMemoryStore } from '../../../../src/fix/runtime/memory-store.ts';
import { nextReconnect, RECONNECT_START } from '../../../../src/fix/session/reconnect.ts';
import { isPlannedDrop, planOf, rolloverPlan } from '../../../../src/fix/session/schedule.ts';
import {
  type FixSession,
  type SessionView,
} from '../../../../src/fix/session/model/session-types.ts';
import {
  makeCalendarScheduler,
  makeRolloverScheduler,
} from '../../../../src/fix/runtime/scheduler.ts';
import { epochMs, type EpochMs } from '../../../../src/lib/time.ts';
import { KRAKEN_ROLLOVER } from '../../../support/kraken-rollover.ts';
import { VirtualTime } from '../../../support/virtual-time.ts';

const utc = (text: string): EpochMs => epochMs(Date.parse(`${text}Z`));
const iso = (at: EpochMs): string => new Date(at).toISOString().slice(0, 16);

/** A session that records the verbs called on it. */
const makeRecorder = (
  time: VirtualTime,
): { readonly session: FixSession; readonly done: string[]; phase: SessionView['phase'] } => {
  const done: string[] = [];
  const note = (what: string): void => {
    done.push(`${new Date(time.wall()).toISOString().slice(8, 19)} ${what}`);
  };
  const recorder = {
    done,
    phase: 'Disconnected' as SessionView['phase'],
    session: {
      view: () => ({ phase: recorder.phase }),
      logon: () => note('logon'),
      logout: () => note('logout'),
      stop: () => {
        note('stop');
        return Promise.resolve();
      },
      reset: () => note('reset'),
    } as unknown as FixSession,
  };
  return recorder;
};

describe('the hours of a session', () => {
  const daily = { startTime: '08:00:00', endTime: '17:30:00', timeZone: 'Europe/London' };

  it('follow the local time through the change of clocks', () => {
    const winter = windowAt(daily, utc('2026-03-28T12:00:00'));
    const summer = windowAt(daily, utc('2026-03-29T12:00:00'));
    expect([iso(winter.opensAt), iso(winter.closesAt)]).to.deep.equal([
      '2026-03-28T08:00',
      '2026-03-28T17:30',
    ]);
    expect([iso(summer.opensAt), iso(summer.closesAt)]).to.deep.equal([
      '2026-03-29T07:00',
      '2026-03-29T16:30',
    ]);
  });

  it('are the next ones when the session is closed', () =>
    expect(iso(windowAt(daily, utc('2026-11-22T18:00:00')).opensAt)).to.equal('2026-11-23T08:00'));

  it('may run past midnight, or all day', () => {
    const night = { startTime: '22:00:00', endTime: '06:00:00', timeZone: 'UTC' };
    const window = windowAt(night, utc('2026-11-22T01:00:00'));
    expect([iso(window.opensAt), iso(window.closesAt)]).to.deep.equal([
      '2026-11-21T22:00',
      '2026-11-22T06:00',
    ]);
    const always = windowAt(
      { startTime: '22:00:00', endTime: '22:00:00', timeZone: 'UTC' },
      utc('2026-11-22T22:00:00'),
    );
    expect([iso(always.opensAt), iso(always.closesAt)]).to.deep.equal([
      '2026-11-22T22:00',
      '2026-11-23T22:00',
    ]);
  });

  it('may open on some days only', () => {
    // 2026-11-22 is a Sunday.
    const window = windowAt({ ...daily, days: [1, 2, 3, 4, 5] }, utc('2026-11-20T18:00:00'));
    expect(iso(window.opensAt)).to.equal('2026-11-23T08:00');
  });

  it('may last from one day of the week to another', () => {
    const weekly = {
      startTime: '17:00:00',
      endTime: '16:00:00',
      startDay: 7,
      endDay: 5,
      timeZone: 'America/New_York',
    };
    const window = windowAt(weekly, utc('2026-11-25T12:00:00'));
    expect([iso(window.opensAt), iso(window.closesAt)]).to.deep.equal([
      '2026-11-22T22:00',
      '2026-11-27T21:00',
    ]);
    expect(iso(windowAt(weekly, utc('2026-11-27T22:00:00')).opensAt)).to.equal('2026-11-29T22:00');
  });

  it('decide whether the numbers are old', () => {
    const window = windowAt(daily, utc('2026-11-22T12:00:00'));
    const at = utc('2026-11-22T12:00:00');
    const old = utc('2026-11-21T08:00:00');
    expect(planOf(window, at, old, 'at-open').isResetDue).to.equal(true);
    expect(planOf(window, at, old, 'never').isResetDue).to.equal(false);
    expect(planOf(window, at, utc('2026-11-22T08:00:01'), 'at-open').isResetDue).to.equal(false);
    expect(planOf(window, window.closesAt, old, 'at-open').phase).to.equal('closed');
  });

  it('open and close it, with new numbers each day', async () => {
    const time = new VirtualTime(utc('2026-11-22T07:00:00'));
    const { session, done } = makeRecorder(time);
    const store = makeMemoryStore();
    const scheduler = makeCalendarScheduler({
      session,
      store,
      clock: time,
      timers: time,
      calendar: daily,
      reset: 'at-open',
    });
    scheduler.start();
    await time.advance(26 * 3_600_000);
    scheduler.stop();
    expect(done).to.deep.equal([
      '22T07:00:00 stop',
      '22T08:00:00 reset',
      '22T08:00:00 logon',
      '22T17:30:00 stop',
      '23T08:00:00 reset',
      '23T08:00:00 logon',
    ]);
    expect(time.pending).to.equal(0);
  });
});

describe("the venue's daily rollover [fix 1.5]", () => {
  it('K-3: stops, logs out, and comes back with a reset', async () => {
    const time = new VirtualTime(utc('2026-11-22T21:00:00'));
    const { session, done } = makeRecorder(time);
    const store = makeMemoryStore({ createdAt: utc('2026-11-22T09:00:00') });
    const phases: string[] = [];
    const scheduler = makeRolloverScheduler({
      session,
      store,
      clock: time,
      timers: time,
      rollover: KRAKEN_ROLLOVER,
      onPhase: (phase) =>
        phases.push(`${new Date(time.wall()).toISOString().slice(11, 19)} ${phase}`),
    });
    scheduler.start();
    await time.advance(2 * 3_600_000);
    scheduler.stop();
    expect(done).to.deep.equal([
      '22T21:00:00 logon',
      '22T21:59:55 logout',
      '22T22:00:45 reset',
      '22T22:00:45 logon',
    ]);
    expect(phases).to.deep.equal([
      '21:00:00 trading',
      '21:59:30 stopping',
      '21:59:55 away',
      '22:00:45 trading',
    ]);
  });

  it('resets after a night that the process was down', () => {
    const at = utc('2026-11-23T09:00:00');
    expect(rolloverPlan(KRAKEN_ROLLOVER, at, utc('2026-11-22T09:00:00')).isResetDue).to.equal(true);
    expect(rolloverPlan(KRAKEN_ROLLOVER, at, utc('2026-11-22T22:00:45')).isResetDue).to.equal(
      false,
    );
  });

  it('leaves a halted session to its operator', async () => {
    const time = new VirtualTime(utc('2026-11-22T21:00:00'));
    const recorder = makeRecorder(time);
    recorder.phase = 'Halted';
    const store = makeMemoryStore();
    const rollover = KRAKEN_ROLLOVER;
    const scheduler = makeRolloverScheduler({
      session: recorder.session,
      store,
      clock: time,
      timers: time,
      rollover,
    });
    scheduler.start();
    await time.advance(1_000);
    scheduler.stop();
    expect(recorder.done).to.deep.equal([]);
  });

  it('tells a planned drop from another', () => {
    const planned = (text: string): boolean => isPlannedDrop(KRAKEN_ROLLOVER, utc(text));
    expect(planned('2026-11-22T21:58:00')).to.equal(true);
    expect(planned('2026-11-22T22:02:00')).to.equal(true);
    expect(planned('2026-11-22T21:57:59')).to.equal(false);
    expect(planned('2026-11-22T22:02:01')).to.equal(false);
  });
});

describe('the pause before the next connection', () => {
  const settings = {
    intervalsMs: [1_000, 5_000],
    jitterRatio: 0.2,
    refusedFirstMs: 60_000,
    refusedStepMs: 60_000,
    refusedMaxMs: 900_000,
  };

  const delaysAfter = (ends: readonly Parameters<typeof nextReconnect>[2][]): readonly number[] => {
    let state = RECONNECT_START;
    return ends.map((end) => {
      const next = nextReconnect(settings, state, end, 0.5);
      ({ state } = next);
      return next.delayMs;
    });
  };
  const failed = { outcome: 'failed' } as const;
  const lasted = (lastedMs: number) => ({ outcome: 'logged-on', lastedMs }) as const;

  it('grows with failures and starts anew after a session that has lasted', () => {
    const delays = delaysAfter([failed, failed, failed, lasted(60_000)]);
    expect(delays).to.deep.equal([1_000, 5_000, 5_000, 1_000]);
  });

  for (const lastedMs of [0, 500, 10_000, 59_999]) {
    it(`grows with a peer that takes each logon and cuts after ${lastedMs} ms`, () => {
      const ends = [lasted(lastedMs), lasted(lastedMs), lasted(lastedMs)];
      expect(delaysAfter(ends)).to.deep.equal([1_000, 5_000, 5_000]);
    });
  }

  it('is long and grows by a minute up to a quarter of an hour when the peer refuses', () => {
    let state = RECONNECT_START;
    const delays = Array.from({ length: 17 }, () => {
      const next = nextReconnect(settings, state, { outcome: 'refused' }, 0.5);
      ({ state } = next);
      return next.delayMs / 60_000;
    });
    expect(delays.slice(0, 3)).to.deep.equal([1, 2, 3]);
    expect(delays.slice(-3)).to.deep.equal([15, 15, 15]);
  });

  it('is spread by chance, a tenth to either side here', () => {
    expect(nextReconnect(settings, RECONNECT_START, failed, 0).delayMs).to.equal(900);
    expect(nextReconnect(settings, RECONNECT_START, failed, 0.999).delayMs).to.be.closeTo(1_100, 1);
  });
});
