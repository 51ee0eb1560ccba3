import { readFileSync } from 'node:fs';
import { type Certificate } from '../../src/simulator/certificate.ts';
import { type LoadPlan, type LoadResult } from './load.ts';

/**
 * The options of a program of the session benchmark: JSON in a file whose path is its only
 * argument.
 */
export interface ProgramConfig {
  readonly role: 'server' | 'client';
  readonly port: number;
  /** TLS when given. */
  readonly certificate?: Certificate | undefined;
  readonly store: 'none' | 'memory' | 'file' | 'process' | 'disk';
  /** A folder of its own. */
  readonly dir: string;
  readonly plan: LoadPlan;
}

export const readConfig = (): ProgramConfig =>
  JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as ProgramConfig;

/** The server's one line. */
export const sayListening = (): void => {
  console.log('listening');
};

/** The client's one line; then both programs are ended by the benchmark. */
export const sayResult = (result: LoadResult): void => {
  console.log(JSON.stringify(result));
};
