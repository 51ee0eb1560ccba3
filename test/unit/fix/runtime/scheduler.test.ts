import { expect } from 'chai';
import { type CalendarSettings, windowAt } from '../../../../src/fix/runtime/calendar.ts';
import { makeMemoryStore } from '../../../../src/fix/runtime/memory-store.ts';
import {
  makeCalendarScheduler,
  makeRolloverScheduler,
  type SessionScheduler,
} from '../../../../src/fix/runtime/scheduler.ts';
import { KRAKEN_ROLLOVER } from '../../../support/kraken-rollover.ts';
import {
  type FixSession,
  type SessionStore,
} from '../../../../src/fix/session/model/session-types.ts';
import { epochMs, type EpochMs } from '../../../../src/lib/time.ts';
import { VirtualTime } from '../../../support/virtual-time.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const utc = (text: string): EpochMs => epochMs(Date.parse(`${text}Z`));
const iso = (at: EpochMs): string => new Date(at).toISOString().slice(0, 16);

/** A session that is never connected: its numbers begin anew as soon as that is asked for. */
const makeWorld = (
  startAt: EpochMs,
  make: (deps: {
    session: FixSession;
    store: SessionStore;
    clock: VirtualTime;
    timers: VirtualTime;
  }) => SessionScheduler,
) => {
  const time = new VirtualTime(startAt);
  const store = makeMemoryStore({ createdAt: epochMs(startAt - HOUR) });
  const world = { time, calls: [] as string[], isOpen: false };
  const note = (what: string): void => {
    world.calls.push(`${new Date(time.wall()).toISOString().slice(8, 19)} ${what}`);
  };
  const close = (): void => {
    world.isOpen = false;
    note('close');
  };
  const session = {
    view: () => ({ phase: 'Disconnected' }),
    logon: () => {
      world.isOpen = true;
      note('open');
    },
    reset: () => {
      note('reset');
      store.reset(time.wall());
    },
    logout: close,
    stop: () => {
      close();
      return Promise.resolve();
    },
  } as unknown as FixSession;
  make({ session, store, clock: time, timers: time }).start();
  return world;
};

const calendarWorld = (calendar: CalendarSettings, startAt: EpochMs) =>
  makeWorld(startAt, (deps) => makeCalendarScheduler({ ...deps, calendar, reset: 'at-open' }));

const venueWorld = (startAt: EpochMs) =>
  makeWorld(startAt, (deps) => makeRolloverScheduler({ ...deps, rollover: KRAKEN_ROLLOVER }));

const resetsOf = (calls: readonly string[]): readonly string[] =>
  calls.filter((call) => call.endsWith('reset'));

describe('a session whose start equals its end', () => {
  it('begins at 1 each day while it runs', async () => {
    const calendar = { startTime: '00:00:00', endTime: '00:00:00', timeZone: 'UTC' };
    const world = calendarWorld(calendar, utc('2026-11-29T20:00:00'));
    const { time, calls } = world;
    await time.advance(72 * HOUR);
    expect(world.isOpen).to.equal(true);
    expect(resetsOf(calls)).to.deep.equal([
      '30T00:00:00 reset',
      '01T00:00:00 reset',
      '02T00:00:00 reset',
    ]);
  });

  it('begins at 1 at the local time through the change of clocks', async () => {
    const calendar = { startTime: '17:00:00', endTime: '17:00:00', timeZone: 'America/New_York' };
    const { time, calls } = calendarWorld(calendar, utc('2026-10-31T12:00:00'));
    await time.advance(60 * HOUR);
    expect(resetsOf(calls)).to.deep.equal([
      '31T21:00:00 reset',
      '01T22:00:00 reset',
      '02T22:00:00 reset',
    ]);
  });

  it('begins at 1 each week where it lasts a week', async () => {
    const calendar = {
      ...{ startTime: '17:00:00', endTime: '17:00:00', timeZone: 'America/New_York' },
      ...{ startDay: 7, endDay: 7 },
    };
    const { time, calls } = calendarWorld(calendar, utc('2026-11-25T12:00:00'));
    await time.advance(15 * 24 * HOUR);
    expect(resetsOf(calls)).to.deep.equal(['29T22:00:00 reset', '06T22:00:00 reset']);
  });

  it('begins at 1 where one night follows the other without a pause', async () => {
    const calendar = {
      ...{ startTime: '21:30:00', endTime: '21:30:00', timeZone: 'Asia/Kolkata' },
      days: [1, 2, 3],
    };
    // 2026-11-23 is a Monday; the last window ends on Thursday.
    const { time, calls } = calendarWorld(calendar, utc('2026-11-23T10:00:00'));
    await time.advance(96 * HOUR);
    expect(calls.slice(1)).to.deep.equal([
      '23T16:00:00 reset',
      '23T16:00:00 open',
      '24T16:00:00 reset',
      '24T16:00:00 open',
      '25T16:00:00 reset',
      '25T16:00:00 open',
      '26T16:00:00 close',
    ]);
  });
});

describe('a clock that jumps, or stands still', () => {
  const daily = { startTime: '08:00:00', endTime: '17:00:00', timeZone: 'UTC' };

  for (const [what, jumpMs] of [
    ['ahead by a day', 24 * HOUR],
    ['ahead by eight hours', 8 * HOUR],
    ['ahead by a week', 7 * 24 * HOUR],
    ['back by five hours', -5 * HOUR],
    ['back by a day', -24 * HOUR],
  ] as const) {
    it(`leaves a session open that was open, once it is right again: ${what}`, async () => {
      const world = calendarWorld(daily, utc('2026-11-24T10:00:00'));
      await world.time.advance(5 * MINUTE);
      world.time.jumpWall(jumpMs);
      await world.time.advance(2 * MINUTE);
      world.time.jumpWall(-jumpMs);
      await world.time.advance(2 * MINUTE);
      expect(world.isOpen).to.equal(true);
      world.calls.length = 0;
      await world.time.advance(24 * HOUR);
      expect(world.calls, 'the next day').to.deep.equal([
        '24T17:00:00 close',
        '25T08:00:00 reset',
        '25T08:00:00 open',
      ]);
    });
  }

  it('begins nothing anew when the clock was back for a moment', async () => {
    for (const jumpMs of [-5 * HOUR, -90 * MINUTE, -24 * HOUR]) {
      const world = calendarWorld(daily, utc('2026-11-24T10:00:00'));
      await world.time.advance(5 * MINUTE);
      world.time.jumpWall(jumpMs);
      await world.time.advance(2 * MINUTE);
      world.time.jumpWall(-jumpMs);
      await world.time.advance(HOUR);
      expect(resetsOf(world.calls), `${jumpMs} ms`).to.deep.equal([]);
      expect(world.isOpen).to.equal(true);
    }
  });

  it('catches up the opening of a new day that fell into a standstill', async () => {
    const world = calendarWorld(daily, utc('2026-11-24T10:00:00'));
    await world.time.advance(6 * HOUR);
    world.time.stall(18 * HOUR);
    await world.time.advance(10 * MINUTE);
    expect(resetsOf(world.calls)).to.deep.equal(['25T10:00:00 reset']);
    expect(world.isOpen).to.equal(true);
  });

  it('closes a session whose end fell into a standstill', async () => {
    const world = calendarWorld(daily, utc('2026-11-24T10:00:00'));
    await world.time.advance(6 * HOUR);
    world.time.stall(3 * HOUR);
    await world.time.advance(10 * MINUTE);
    expect(world.calls).to.deep.equal(['24T10:00:00 open', '24T19:00:00 close']);
  });

  for (const [what, standstill] of [
    ['after the orders were to be stopped', [119 * MINUTE, 3 * MINUTE]],
    ['before', [110 * MINUTE, 20 * MINUTE]],
    ['after the Logout', [120 * MINUTE - 2_000, 2 * HOUR]],
  ] as const) {
    it(`catches up the venue’s rollover that fell into a standstill that began ${what}`, async () => {
      const world = venueWorld(utc('2026-11-24T20:00:00'));
      const [beforeMs, forMs] = standstill;
      await world.time.advance(beforeMs);
      world.time.stall(forMs);
      await world.time.advance(10 * MINUTE);
      expect(resetsOf(world.calls)).to.have.length(1);
      expect(world.isOpen).to.equal(true);
    });
  }

  it('does not lose the venue’s rollover to a jump two hours before it', async () => {
    const world = venueWorld(utc('2026-11-24T20:00:00'));
    await world.time.advance(5 * MINUTE);
    world.time.jumpWall(24 * HOUR);
    await world.time.advance(2 * MINUTE);
    world.time.jumpWall(-24 * HOUR);
    await world.time.advance(3 * HOUR);
    expect(resetsOf(world.calls).at(-1)).to.equal('24T22:00:45 reset');
    expect(world.isOpen).to.equal(true);
  });

  it('asks once for a reset that has to wait for the next logon', async () => {
    const world = venueWorld(utc('2026-11-24T20:00:00'));
    await world.time.advance(1 * MINUTE);
    world.time.jumpWall(3 * HOUR);
    await world.time.advance(HOUR);
    expect(resetsOf(world.calls)).to.have.length(1);
  });
});

describe('hours on a day on which the clocks change', () => {
  const zone = { timeZone: 'Europe/Berlin' };
  const opens = (calendar: Omit<CalendarSettings, 'timeZone'>, at: string): readonly string[] => {
    const window = windowAt({ ...calendar, ...zone }, utc(at));
    return [iso(window.opensAt), iso(window.closesAt)];
  };

  it('end on the day itself although the clocks skip their start', () => {
    // 02:30 is 03:30 on 2026-03-29, when it would follow its end at 04:00 by less than it should.
    const hours = { startTime: '02:30:00', endTime: '04:00:00' };
    expect(opens(hours, '2026-03-29T01:00:00')).to.deep.equal([
      '2026-03-29T01:30',
      '2026-03-29T02:00',
    ]);
  });

  it('are none where the clocks skip nearly all of them', () => {
    const hours = { startTime: '02:30:00', endTime: '03:15:00' };
    expect(opens(hours, '2026-03-28T12:00:00')).to.deep.equal([
      '2026-03-30T00:30',
      '2026-03-30T01:15',
    ]);
  });

  it('are an hour longer in the night on which the clocks go back', () => {
    const hours = { startTime: '22:00:00', endTime: '06:00:00' };
    expect(opens(hours, '2026-10-25T00:00:00')).to.deep.equal([
      '2026-10-24T20:00',
      '2026-10-25T05:00',
    ]);
  });
});
