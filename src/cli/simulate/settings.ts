import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';
import { parseJsonText } from '../../config/load/json-text.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type Settings, SettingsSchema } from '../../simulator/settings/settings-schema.ts';

const validate = new Ajv({ allErrors: true, strict: false }).compile(SettingsSchema);

/** A JSON file read strictly, or one line that says what is wrong with it and where. */
export const readJsonFile = (file: string): Result<unknown, string> => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    return err(code === 'ENOENT' ? `${file}: there is no such file` : `${file}: ${code}`);
  }
  const parsed = parseJsonText(text);
  if (!parsed.ok) {
    const { line, column, reason } = parsed.error;
    return err(`${file}: line ${line}, column ${column}: ${reason}`);
  }
  const [twice] = parsed.value.duplicates;
  return twice === undefined
    ? ok(parsed.value.value)
    : err(`${file}: line ${twice.line}: ${twice.path} is given twice`);
};

/** The first problem that a schema finds, with the dotted path of the key. */
export const problemOf = (errors: readonly ErrorObject[] | null | undefined): string => {
  const error =
    (errors ?? []).find(({ keyword }) => keyword === 'additionalProperties') ?? errors?.[0];
  if (error === undefined) return 'is wrong';
  const path = error.instancePath.slice(1).replaceAll('/', '.');
  const params = error.params as {
    readonly additionalProperty?: string;
    readonly allowedValues?: readonly unknown[];
  };
  if (params.additionalProperty !== undefined) {
    return `${[path, params.additionalProperty].filter((part) => part !== '').join('.')}: there is no such key`;
  }
  const words = params.allowedValues;
  const what =
    words === undefined ? (error.message ?? 'is wrong') : `must be one of ${words.join(', ')}`;
  return `${path === '' ? 'it' : path}: ${what}`;
};

/** The settings of a file with those of `--set path=value` put over them. */
export const readSettings = (
  file: string | undefined,
  overrides: readonly string[],
): Result<Settings, string> => {
  const given = file === undefined ? ok({}) : readJsonFile(file);
  if (!given.ok) return given;
  if (!validate(given.value)) return err(`${file ?? ''}: ${problemOf(validate.errors)}`);
  let settings: Settings = given.value;
  for (const override of overrides) {
    const changed = withOverride(settings, override);
    if (!changed.ok) return err(`--set ${override}: ${changed.error}`);
    settings = changed.value;
  }
  return ok(settings);
};

const withOverride = (settings: Settings, override: string): Result<Settings, string> => {
  const at = override.indexOf('=');
  if (at < 1) return err('give it as path=value, e.g. feeds.info=omit');
  const path = override.slice(0, at).split('.');
  const text = override.slice(at + 1);
  // An amount is a text that may look like a number.
  for (const value of [text, valueOf(text)]) {
    const changed = put(settings, path, value);
    if (validate(changed)) return ok(changed as Settings);
  }
  return err(problemOf(validate.errors));
};

type Tree = Readonly<Record<string, unknown>>;

const put = (tree: Tree, [key = '', ...rest]: readonly string[], value: unknown): Tree => {
  if (rest.length === 0) return { ...tree, [key]: value };
  const below = Object.hasOwn(tree, key) ? tree[key] : undefined;
  const branch = typeof below === 'object' && below !== null ? (below as Tree) : {};
  return { ...tree, [key]: put(branch, rest, value) };
};

const valueOf = (text: string): unknown => {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
};
