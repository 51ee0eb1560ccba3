import { problemToLine } from '../../config/config-problem.ts';
import { type InspectedConfig } from '../../config/load/inspect-config.ts';
import { fileFault } from '../../lib/files/file-fault.ts';
import { dictionaryPath, loadDictionary } from '../../fix/dictionary/jspurefix.ts';
import { MODE, openModeOf } from '../../lib/files/open-mode.ts';
import { type Result } from '../../lib/result.ts';
import { type ConfigProblem } from '../../config/config-problem.ts';
import { fail, type CheckResult, ok, skipped, warn } from './check.ts';

/** The configuration file to check; `undefined` without one. */
export type GivenConfig = Result<InspectedConfig, ConfigProblem> | undefined;

const lines = (problems: readonly ConfigProblem[]): string =>
  problems.map((one) => problemToLine(one).replace(/^config: /, '')).join('\n');

/** Checks the configuration without its secrets, which have a row of their own. */
export const checkConfiguration = (given: GivenConfig): CheckResult => {
  if (given === undefined) return skipped('no --config: only what needs none is checked');
  const advice = 'mend these keys; docs/configuration.md describes each';
  if (!given.ok) return fail(lines([given.error]), advice);
  const { problems, secretProblems, whole } = given.value;
  if (whole === undefined)
    return fail(lines(problems.filter((one) => !secretProblems.includes(one))), advice);
  const { venue, sessions, instruments } = whole.config;
  return ok(
    `${venue.kind}, ${venue.environment}; ${sessions.length} sessions, ${instruments.length} instruments`,
  );
};

/** Whether each secret is where the configuration says, and its file readable by its owner only. */
export const checkSecrets = (given: GivenConfig): CheckResult => {
  if (given?.ok !== true) return skipped('no configuration');
  const { secrets, secretProblems } = given.value;
  if (secretProblems.length > 0)
    return fail(lines(secretProblems), 'set the variable, or make the file readable for this user');
  if (secrets.length === 0) return ok('the configuration names none');
  const files = [
    ...new Set(
      secrets.flatMap(({ source }) => (source.startsWith('file:') ? [source.slice(5)] : [])),
    ),
  ];
  const read = `${secrets.length} read, ${files.length} files among them`;
  const opened = files.flatMap((path) => modeProblem(path) ?? []);
  if (opened.length === 0) return ok(read);
  const detail = `${read}; ${opened.map(({ text }) => text).join('; ')}`;
  const advice = `chmod 600 ${opened.map(({ path }) => path).join(' ')}`;
  return opened.some(({ isWritable }) => isWritable) ? fail(detail, advice) : warn(detail, advice);
};

/** What others than the owner may do with a file. */
const modeProblem = (path: string) => {
  try {
    return openModeOf(path, MODE.anyOther);
  } catch (cause) {
    return { path, isWritable: false, text: `${path}: ${fileFault(cause)}` };
  }
};

const DICTIONARIES = ['KRAKEN-DRV-FIX44.xml', 'FATHOM-FIX44.xml'] as const;

export const checkDictionaries = (): CheckResult => {
  for (const file of DICTIONARIES) {
    const loaded = loadDictionary(dictionaryPath(file));
    if (!loaded.ok) return fail(`${file}: ${loaded.error}`, 'install Fathom again');
  }
  return ok(`${DICTIONARIES.join(' and ')} load`);
};
