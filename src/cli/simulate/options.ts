import { InvalidArgumentError } from 'commander';
import {
  INSTRUMENT_CATALOGUE,
  WHOLE_CATALOGUE,
} from '../../simulator/exchange/model/instruments/instrument-catalogue.ts';

/** Options of `fathom simulate` as commander hands them over. */
export interface Options {
  readonly seed?: number;
  readonly speed: number;
  readonly portBase?: number;
  readonly compId?: string;
  readonly fixPlain?: boolean;
  readonly ledger?: string;
  readonly caFile?: string;
  readonly symbols?: readonly string[];
  readonly instruments?: number;
  readonly for?: number;
  readonly json?: boolean;
  readonly plain?: boolean;
  readonly clients?: number;
  readonly scenario?: string;
  readonly scenarioSeed?: number;
  readonly state?: string;
  readonly replay?: string;
  readonly keys?: string;
  readonly settings?: string;
  readonly set: readonly string[];
}

export const DEFAULT_SEED = 1;
export const DEFAULT_COMP_ID = 'FATHOM-DRV';
export const DEFAULT_CLIENTS = 2;

export const parseSeed = (text: string): number => {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed))
    throw new InvalidArgumentError('give a whole number');
  return seed;
};

export const parsePort = (text: string): number => {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_000) {
    throw new InvalidArgumentError('give a port from 1 to 65000');
  }
  return port;
};

const PACES: ReadonlyMap<string, number> = new Map([
  ['off', 0],
  ['slow', 0.1],
  ['normal', 1],
  ['fast', 10],
]);
const SPEED_MAX = 100;

/** A name, or how many times as fast as normal; 0 is off. */
export const parseSpeed = (text: string): number => {
  const named = PACES.get(text);
  if (named !== undefined) return named;
  const speed = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(speed === 0 || (speed >= 0.001 && speed <= SPEED_MAX))) {
    throw new InvalidArgumentError(
      `give ${[...PACES.keys()].join(', ')}, or a number from 0.001 to ${SPEED_MAX}; 0 is off`,
    );
  }
  return speed;
};

/**
 * The same rule as for a CompID of the configuration: an empty one, or one with SOH, would garble
 * every message.
 */
export const parseCompID = (text: string): string => {
  if (!/^[\x21-\x7e]{1,64}$/.test(text)) {
    throw new InvalidArgumentError('give 1 to 64 printable ASCII characters without blanks');
  }
  return text;
};

const CLIENTS_MAX = 200;

export const parseClients = (text: string): number => {
  const clients = Number(text);
  if (!Number.isInteger(clients) || clients < 1 || clients > CLIENTS_MAX) {
    throw new InvalidArgumentError(`give a number from 1 to ${CLIENTS_MAX}`);
  }
  return clients;
};

export const INSTRUMENTS_HELP = `contracts to list: recorded ones first, then made by rule, up to ${WHOLE_CATALOGUE.length} (default: the ${INSTRUMENT_CATALOGUE.length} recorded)`;

export const parseInstruments = (text: string): number => {
  const instruments = Number(text);
  const max = WHOLE_CATALOGUE.length;
  if (!Number.isInteger(instruments) || instruments < 1 || instruments > max) {
    throw new InvalidArgumentError(`give a number from 1 to ${max}`);
  }
  return instruments;
};

const LISTABLE: ReadonlySet<string> = new Set(WHOLE_CATALOGUE.map(({ symbol }) => symbol));

export const parseSymbols = (text: string): readonly string[] => {
  const symbols = text
    .split(',')
    .map((symbol) => symbol.trim())
    .filter((symbol) => symbol !== '');
  const unknown = symbols.filter((symbol) => !LISTABLE.has(symbol));
  if (unknown.length > 0) {
    throw new InvalidArgumentError(`there is no contract ${unknown.join(', ')} in the catalogue`);
  }
  if (symbols.length === 0) throw new InvalidArgumentError('give at least one contract');
  return symbols;
};

export const collect = (text: string, before: readonly string[]): readonly string[] => [
  ...before,
  text,
];
