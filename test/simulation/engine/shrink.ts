import { type Outcome, playScene, type PlayOptions } from './play.ts';
import { type Scene, type Step } from './steps.ts';

/** What a breach is about, without its numbers: `I2`, `liveness`, `books`. */
export const kindOf = ({ breaches }: Pick<Outcome, 'breaches'>): string | undefined =>
  /ms: (\S+)/.exec(breaches[0] ?? '')?.[1];

/**
 * Cuts a failing history down to steps of which none can be left out: delta debugging over the list
 * (Zeller and Hildebrandt 2002). What counts as the same failure is the invariant that breaks
 * first.
 */
export const shrink = async (
  scene: Scene,
  options: PlayOptions = {},
  playsMax = 2_000,
): Promise<Scene> => {
  const wanted = kindOf(await playScene(scene, options));
  if (wanted === undefined) return scene;
  let plays = 0;
  const fails = async (steps: readonly Step[]): Promise<boolean> => {
    plays += 1;
    return kindOf(await playScene({ ...scene, steps }, options)) === wanted;
  };
  let { steps } = scene;
  for (let parts = 2; steps.length > 1 && plays < playsMax;) {
    const size = Math.ceil(steps.length / parts);
    const without = await firstThatFails(steps, size, fails);
    if (without !== undefined) {
      steps = without;
      parts = Math.max(2, parts - 1);
    } else if (size === 1) break;
    else parts = Math.min(steps.length, parts * 2);
  }
  return { ...scene, steps };
};

const firstThatFails = async (
  steps: readonly Step[],
  size: number,
  fails: (steps: readonly Step[]) => Promise<boolean>,
): Promise<readonly Step[] | undefined> => {
  for (let from = 0; from < steps.length; from += size) {
    const without = [...steps.slice(0, from), ...steps.slice(from + size)];
    if (await fails(without)) return without;
  }
  return undefined;
};
