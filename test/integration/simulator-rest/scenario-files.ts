import { readdirSync, readFileSync } from 'node:fs';
import {
  readScenario,
  runScenario,
  type Scenario,
} from '../../../src/simulator/faults/scenario.ts';
import { type Simulator } from '../../../src/simulator/simulator.ts';
import { VirtualTime } from '../../support/virtual-time.ts';

const DIRECTORY = new URL('../../../config/scenarios/', import.meta.url);

/** Names of the scenario files, without `.json`. */
export const SCENARIO_FILES: readonly string[] = readdirSync(DIRECTORY)
  .filter((name) => name.endsWith('.json') && name !== 'scenario.schema.json')
  .map((name) => name.replace('.json', ''));

const scenarioOf = (name: string): Scenario => {
  const read = readScenario(readFileSync(new URL(`${name}.json`, DIRECTORY), 'utf8'));
  if (!read.ok) throw new Error(`${name}: ${read.error}`);
  return read.value;
};

/** A scenario whose time is moved by the test, so that no two of its moments fall together. */
export interface Scene {
  /** Injects the steps of the next moment. */
  readonly next: () => Promise<void>;
}

/** Runs a file; its steps at zero are done when this resolves. */
export const playScenario = async (name: string, simulator: Simulator): Promise<Scene> => {
  const scenario = scenarioOf(name);
  const time = new VirtualTime();
  runScenario(scenario, time, (fault) => simulator.faults.inject(fault));
  let now = 0;
  const moments = [...new Set(scenario.steps.map(({ atMs }) => atMs))].sort((a, b) => a - b);
  const next = async (): Promise<void> => {
    const moment = moments.shift();
    if (moment === undefined) throw new Error(`${name} has no further step`);
    await time.advance(moment - now);
    now = moment;
  };
  await next();
  return { next };
};
