import { readdirSync, readFileSync } from 'node:fs';
import { systemTimers } from '../../../src/app/system-clock.ts';
import {
  readScenario,
  runScenario,
  type Scenario,
} from '../../../src/simulator/faults/scenario.ts';
import { type Simulator } from '../../../src/simulator/simulator.ts';

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

/** Runs a file; its steps at zero are done when this resolves. */
export const playScenario = async (name: string, simulator: Simulator): Promise<void> => {
  runScenario(scenarioOf(name), systemTimers, (fault) => simulator.faults.inject(fault));
  await new Promise((resolve) => setTimeout(resolve, 10));
};
