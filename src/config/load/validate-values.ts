import convict from 'convict';
import { type ConfigProblem } from '../config-problem.ts';
import { type RawConfig, type Unchecked } from '../schema/raw-config.ts';
import { type Block, isSetting } from '../schema/setting.ts';
import { type Tree } from '../tree.ts';

export interface ValidatedValues {
  /** Defaults filled in; keys whose value is not of their kind are back at their default. */
  readonly values: Unchecked<RawConfig> & Tree;
  readonly problems: readonly ConfigProblem[];
}

/**
 * convict's part: defaults and the kinds of values. It is shielded from the real environment and
 * arguments, because it would convert their texts leniently and could not say where a value came
 * from.
 */
export const validateValues = (schema: Block, tree: Tree): ValidatedValues => {
  const config = convict<Tree>(toConvictSchema(schema), { env: {}, args: [] });
  config.load(tree);
  const problems: ConfigProblem[] = [];
  try {
    config.validate({ allowed: 'strict' });
  } catch (cause) {
    // convict reports by one exception, a line per key: `path: reason: value was …`.
    for (const line of (cause as Error).message.split('\n')) problems.push(lineToProblem(line));
  }
  for (const { path } of problems) config.reset(path);
  return { values: config.getProperties() as ValidatedValues['values'], problems };
};

/**
 * Formats go in by name: of a format that is a function convict converts texts by the type of the
 * default, and would take "30" for 30.
 */
const toConvictSchema = (block: Block): convict.Schema<Tree> =>
  Object.fromEntries(
    Object.entries(block).map(([key, node]) => {
      if (!isSetting(node)) return [key, toConvictSchema(node)];
      const format = `fathom ${node.kind}`;
      convict.addFormat({ name: format, validate: node.format });
      return [key, { ...node, format }];
    }),
  ) as convict.Schema<Tree>;

const lineToProblem = (line: string): ConfigProblem => {
  const colon = line.indexOf(': ');
  return { path: line.slice(0, colon), reason: line.slice(colon + 2) };
};
