import { epochMs, type EpochMs } from '../../lib/time.ts';
import { type Result } from '../../lib/result.ts';
import { type BackgroundMarket } from '../../simulator/market/background-market.ts';
import { type Certificate, makeLoopbackCertificate } from '../../simulator/certificate.ts';
import { readScenario, type Scenario } from '../../simulator/faults/scenario.ts';
import { seededScenario } from '../../simulator/faults/seeded-scenario.ts';
import { makeReplayMarket, parseReplay } from '../../simulator/market/replay-market.ts';
import { listed } from '../../simulator/simulator.ts';
import { type Environment } from '../../config/load/overrides.ts';
import {
  checkSame,
  fromKept,
  type KeptRun,
  type Made,
  marketName,
  openKeptRun,
  toKept,
} from './kept-run.ts';
import { readKeysFile } from './keys-file.ts';
import { makeKeys, type SimulationKeys } from '../../simulator/settings/keys.ts';
import { DEFAULT_CLIENTS, DEFAULT_COMP_ID, DEFAULT_SEED, type Options } from './options.ts';
import { readFileOf, StartRefusal } from './refusal.ts';
import { readSettings } from './settings.ts';
import { type Settings } from '../../simulator/settings/settings-schema.ts';

const need = <T>(result: Result<T, string>): T => {
  if (!result.ok) throw new StartRefusal(result.error);
  return result.value;
};

/** A run before its ports are opened. */
export interface PreparedRun {
  readonly seed: number;
  readonly symbols: readonly string[];
  readonly keys: SimulationKeys;
  readonly settings: Settings;
  readonly certificate: Certificate;
  readonly scenario: Scenario | undefined;
  /** A recording instead of the seeded agents. */
  readonly background: BackgroundMarket | undefined;
  readonly kept: { readonly run: KeptRun; readonly startAt: EpochMs } | undefined;
}

/**
 * How often a recording is read. Pauses of more than a second in it mean that the venue was away.
 */
const RECORDING_PAUSE_MS_MAX = 1_000;

/**
 * Reads and checks every file and option. Throws a Refusal after unlocking the state directory.
 */
export const prepare = async (
  options: Options,
  env: Environment,
  now: EpochMs,
): Promise<PreparedRun> => {
  const settings = need(readSettings(options.settings, options.set));
  const fromFile = scenarioOf(options);
  const given = options.keys === undefined ? undefined : need(readKeysFile(options.keys, env, now));
  const run = options.state === undefined ? undefined : need(openKeptRun(options.state));
  try {
    const { made, keys, startAt } = await settle(run, { options, settings, given, env, now });
    return {
      ...{ seed: made.seed, symbols: made.symbols, keys, settings },
      scenario: fromFile ?? drawnScenario(options, made.symbols),
      certificate: made.certificate,
      background: recordingOf(options, made.symbols),
      kept: run === undefined ? undefined : { run, startAt },
    };
  } catch (cause) {
    run?.close();
    throw cause;
  }
};

/** What the run is made of; written to the state directory when there is one. */
const settle = async (run: KeptRun | undefined, asked: Asked) => {
  const before = run?.meta;
  const found = before === undefined ? await makeNew(asked) : resume(before.made, asked);
  const keys = asked.given ?? fromKept(found);
  const certificate = await freshCertificate(found, asked.now);
  const made = { ...found, keys: toKept(keys), certificate };
  const startAt = before?.startAt ?? asked.now;
  // Written only when something in it is new.
  if (JSON.stringify(before?.made) !== JSON.stringify(made)) run?.create(startAt, made);
  return { made, keys, startAt };
};

interface Asked {
  readonly options: Options;
  readonly settings: Settings;
  readonly given: SimulationKeys | undefined;
  readonly env: Environment;
  readonly now: EpochMs;
}

const makeNew = async ({ options, settings, given, env, now }: Asked): Promise<Made> => {
  const symbols = listed(options).map(({ symbol }) => symbol);
  checkProtection(settings, symbols);
  const { clients = DEFAULT_CLIENTS, compId = DEFAULT_COMP_ID } = options;
  const keys = given ?? makeKeys({ clients, compId }, env, now);
  return {
    seed: options.seed ?? DEFAULT_SEED,
    symbols,
    market: marketOf(options),
    rules: settings.exchange ?? {},
    accounts: keys.accounts,
    keys: toKept(keys),
    certificate: await madeNow(now),
  };
};

/**
 * Continues with what a directory was made with; options that differ from it are refused.
 */
const resume = (made: Made, asked: Asked): Made => {
  const { options, settings, given } = asked;
  const listing = options.symbols ?? options.instruments;
  const symbols = listing === undefined ? undefined : listed(options).map(({ symbol }) => symbol);
  checkProtection(settings, made.symbols);
  need(
    checkSame(made, {
      seed: options.seed,
      symbols,
      market: options.replay === undefined && options.speed === 0 ? undefined : marketOf(options),
      rules: settings.exchange,
      accounts: given?.accounts,
      compIDs: (named(made, asked) ?? given)?.clients.map(({ compID }) => compID),
    }),
  );
  return made;
};

/** The clients that the options name, when they name any. */
const named = ({ keys }: Made, { options, env, now }: Asked): SimulationKeys | undefined => {
  if (options.compId === undefined && options.clients === undefined) return undefined;
  const { clients = keys.clients.length, compId = keys.clients[0]?.compID } = options;
  return makeKeys({ clients, compId: compId ?? DEFAULT_COMP_ID }, env, now);
};

const checkProtection = ({ exchange }: Settings, symbols: readonly string[]): void => {
  const unknown = Object.keys(exchange?.makerProtectionMillis ?? {}).find(
    (symbol) => !symbols.includes(symbol),
  );
  if (unknown !== undefined) {
    throw new StartRefusal(`exchange.makerProtectionMillis.${unknown}: it is not listed`);
  }
};

const CERTIFICATE_MS = 20 * 86_400_000;

const madeNow = async (now: EpochMs): Promise<Made['certificate']> => ({
  ...(await makeLoopbackCertificate(new Date(now))),
  madeAt: epochMs(now),
});

/** The certificate is kept as long as it is valid, because clients trust it by file. */
const freshCertificate = ({ certificate }: Made, now: EpochMs): Promise<Made['certificate']> =>
  now - certificate.madeAt > CERTIFICATE_MS ? madeNow(now) : Promise.resolve(certificate);

const marketOf = ({ replay, speed }: Options): string =>
  marketName(replay === undefined ? undefined : readFileOf('--replay', replay), speed);

const recordingOf = (
  { replay, speed }: Options,
  symbols: readonly string[],
): BackgroundMarket | undefined => {
  if (replay === undefined) return undefined;
  const records = parseReplay(readFileOf('--replay', replay), new Set(symbols));
  if (!records.ok) throw new StartRefusal(`--replay ${replay}: ${records.error}`);
  if (records.value.length === 0)
    throw new StartRefusal(`--replay ${replay}: there is no record in it`);
  return makeReplayMarket(records.value, speed, RECORDING_PAUSE_MS_MAX);
};

const SEEDED_SCENARIO_MS = 3_600_000;

const scenarioOf = ({ scenario }: Options): Scenario | undefined => {
  if (scenario === undefined) return undefined;
  const parsed = readScenario(readFileOf('--scenario', scenario));
  if (!parsed.ok) throw new StartRefusal(`--scenario ${scenario}: ${parsed.error}`);
  return parsed.value;
};

const drawnScenario = (
  { scenarioSeed }: Options,
  symbols: readonly string[],
): Scenario | undefined =>
  scenarioSeed === undefined
    ? undefined
    : seededScenario(scenarioSeed, SEEDED_SCENARIO_MS, symbols);
