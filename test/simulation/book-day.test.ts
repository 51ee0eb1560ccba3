import { expect } from 'chai';
import { SimRandom } from '../unit/kraken/websocket/sim-random.ts';
import { type BookLine, depthOf, differences, FixLine, WebSocketLine } from './book-day.ts';
import { type LineFaults, NO_FAULTS } from './faulty-line.ts';
import { SimulatedVenue } from './simulated-venue.ts';

const SEED = Number(process.env['FATHOM_SEED'] ?? 20_261_126);
/** Simulated hours; the figure is 24 with 100 instruments, which .ci/run sets. */
const HOURS = Number(process.env['FATHOM_BOOK_HOURS'] ?? 1);
const INSTRUMENTS = 100;
const FAULTS: LineFaults = { lose: 0.002, duplicate: 0.002, cut: 0.000_5 };
const QUIET_EVERY_MS = 1_800_000;
/** Mean time between two moves of some market's agents. */
const MOVE_EVERY_MS = 4_000;
/** No keep-alive of ours or the venue's is missed. */
const STEP_MS = 1_000;

const advance = (venue: SimulatedVenue, lines: readonly BookLine[], to: number): void => {
  while (venue.now < to) {
    venue.passTo(Math.min(to, venue.now + STEP_MS));
    for (const line of lines) line.catchUp();
  }
};

/**
 * Faults off, every market moves once (a lost last update shows only when the next one comes), time
 * to ask anew.
 */
const settle = (venue: SimulatedVenue, lines: readonly BookLine[]): void => {
  for (const line of lines) line.faults = NO_FAULTS;
  for (let round = 0; round < 30; round++) {
    for (let at = 0; at < venue.symbols.length; at++) venue.move(at);
    advance(venue, lines, venue.now + 20_000);
    if (lines.every((line) => differences(line, depthOf(line)).length === 0)) return;
  }
};

describe('a day of books against the simulator', function () {
  this.timeout(60_000 + HOURS * 30_000);

  it(`equals the simulator at every quiet point of ${HOURS} simulated hours with ${INSTRUMENTS} instruments, over WebSocket and FIX`, () => {
    const random = new SimRandom(SEED);
    const venue = new SimulatedVenue(SEED, INSTRUMENTS);
    for (let at = 0; at < INSTRUMENTS; at++) venue.move(at);
    const webSocket = new WebSocketLine(venue, random);
    const fix = new FixLine(venue, random);
    const lines = [webSocket, fix];
    let compared = 0;
    for (let end = QUIET_EVERY_MS; end <= HOURS * 3_600_000; end += QUIET_EVERY_MS) {
      for (const line of lines) line.faults = FAULTS;
      while (venue.now < end) {
        const gap = Math.ceil(-Math.log(1 - random.unit()) * MOVE_EVERY_MS);
        advance(venue, lines, Math.min(end, venue.now + gap));
        venue.move(random.below(INSTRUMENTS));
        if (random.chance(0.05)) venue.tick();
      }
      settle(venue, lines);
      for (const line of lines) {
        const hint = `FATHOM_SEED=${SEED} at ${venue.now} ms ${line.constructor.name}`;
        expect(differences(line, depthOf(line)), hint).to.deep.equal([]);
        compared += venue.symbols.length;
      }
    }
    const hint = `FATHOM_SEED=${SEED} ${JSON.stringify({
      ...{ compared, commands: venue.commands, resyncs: webSocket.resyncs },
      ...{ webSocket: webSocket.counts, fix: fix.counts, fixFeed: fix.feed.counters() },
    })}`;
    // A run without faults would prove nothing.
    for (const { counts } of lines) {
      for (const fault of ['lost', 'doubled', 'cuts'] as const)
        expect(counts[fault], hint).to.be.greaterThan(0);
      expect(counts.frames, hint).to.be.greaterThan(HOURS * 2_000);
    }
    expect(webSocket.resyncs, hint).to.be.greaterThan(0);
    expect(fix.feed.counters().mismatches, hint).to.be.greaterThan(0);
    expect(venue.symbols).to.have.length(INSTRUMENTS);
    if (process.env['FATHOM_BOOK_HOURS'] !== undefined) console.log(`      ${hint}`);
  });

  it('notices a level that is not the simulator’s', () => {
    const venue = new SimulatedVenue(SEED, 3);
    const line = new WebSocketLine(venue, new SimRandom(SEED));
    settle(venue, [line]);
    expect(differences(line, 10)).to.deep.equal([]);
    line.faults = { lose: 1, duplicate: 0, cut: 0 };
    for (let at = 0; at < 10; at++) venue.move(0);
    expect(differences(line, 10)).not.to.deep.equal([]);
  });
});
