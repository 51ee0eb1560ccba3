import { type Changes } from './world/changes.ts';
import {
  checkEnd,
  isQuiet,
  type Residual,
  residualsOf,
  waitingOrders,
} from './oracle/final-check.ts';
import { CLIENT, World } from './world/world.ts';
import { SAFETY_MS, type Scene, sceneOf } from './steps.ts';
import { withOwnTurns } from './world/turns.ts';

/** What came of one seed. */
export interface Outcome {
  readonly seed: number;
  readonly breaches: readonly string[];
  readonly residuals: readonly Residual[];
  readonly counts: {
    readonly events: number;
    readonly requests: number;
    readonly orders: number;
    readonly fills: number;
    readonly lives: number;
    readonly halts: number;
    readonly connections: number;
  };
  readonly trace: readonly string[];
}

export interface PlayOptions {
  readonly changes?: Changes;
  readonly isTracing?: boolean;
}

const SLICE_MS = 2_000;
/** Simulated time for everything to come right once the faults have ended. */
const LIVENESS_MS = 180_000;
const FLATTEN_MS = 20_000;

export const playSeed = (seed: number, options: PlayOptions = {}): Promise<Outcome> =>
  playScene(sceneOf(seed), options);

/** Safety with faults, then liveness without, then everything is cancelled. */
export const playScene = (scene: Scene, options: PlayOptions = {}): Promise<Outcome> =>
  withOwnTurns(async () => {
    const world = new World(scene, options.changes, options.isTracing);
    try {
      await play(world);
    } catch (cause) {
      world.oracle.breach(`threw ${cause instanceof Error ? (cause.stack ?? '') : String(cause)}`);
    }
    return outcomeOf(world);
  });

const play = async (world: World): Promise<void> => {
  for (const step of world.scene.steps) {
    world.time.set(step.at, () => {
      world.apply(step);
    });
  }
  world.time.set(0, () => {
    void world.boot();
  });
  const last = world.scene.steps.at(-1)?.at ?? 0;
  await world.run(Math.min(SAFETY_MS, last + 500));
  world.heal();
  await comeToRest(world);
  if (!isQuiet(world) && !world.scene.losesReports)
    world.oracle.breach(`liveness: ${whyNotQuiet(world)}`);
  await checkEnd(world);
  world.residuals = residualsOf(world);
  await flatten(world);
};

const comeToRest = async (world: World): Promise<void> => {
  const end = world.time.now + LIVENESS_MS;
  // Twice in a row: what is still on the lines, or not yet missed, may begin something anew.
  for (let quiet = 0; quiet < 2 && world.time.now < end;) {
    await world.run(world.time.now + SLICE_MS);
    quiet = isQuiet(world) ? quiet + 1 : 0;
  }
};

/** I12: one word ends everything that is open. */
const flatten = async (world: World): Promise<void> => {
  world.time.set(0, () => {
    world.note('FLATTEN');
    world.life?.loop.submit({ type: 'CancelAll', by: CLIENT });
  });
  await world.run(world.time.now + FLATTEN_MS);
  if (world.scene.losesReports) return;
  for (const { venueOrderID, clOrdIDs } of world.truth.openOrders())
    world.oracle.breach(`I12 ${venueOrderID} (${clOrdIDs.join()}) is open after a mass cancel`);
};

const whyNotQuiet = ({ life, venue }: World): string => {
  if (life === undefined) return 'the engine is not up';
  const { state } = life.loop;
  const [route] = state.routes.values();
  const { phase, reason = '' } = life.route.session.view();
  return (
    `route ${route?.phase ?? 'none'}, session ${phase} ${reason}, ` +
    `venue ${venue.session.view().phase}, waiting ${waitingOrders(state).join()}`
  );
};

const outcomeOf = (world: World): Outcome => ({
  seed: world.scene.seed,
  breaches: world.oracle.breaches,
  residuals: world.residuals,
  counts: {
    events: world.time.events,
    requests: world.oracle.requestsSent,
    orders: world.truth.orders.size,
    fills: world.truth.fills.size,
    lives: world.counts.lives,
    halts: world.counts.halts,
    connections: world.link.connections,
  },
  trace: world.trace,
});
