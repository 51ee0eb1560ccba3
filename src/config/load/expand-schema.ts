import { type ConfigProblem } from '../config-problem.ts';
import { FIXED_SECTIONS, NAMED_SECTIONS, RISK, type NamedSection } from '../schema/schema.ts';
import { role } from '../schema/session-schema.ts';
import { type Block } from '../schema/setting.ts';
import { type Tree, isTree, valueAt } from '../tree.ts';

export interface ExpandedSchema {
  readonly schema: Block;
  readonly problems: readonly ConfigProblem[];
}

/**
 * The schema for one file: the fixed sections, and below `sessions`, `instruments`, `risk.symbols`
 * and parts of `funds` a block for each name that the file has. A name whose block cannot be told
 * (no usable `role`) is a problem and gets no block.
 */
export const expandSchema = (tree: Tree): ExpandedSchema => {
  const problems: ConfigProblem[] = [];
  const blocks = NAMED_SECTIONS.map((section) => namedBlock(section, tree, problems));
  const [sessions = {}, instruments = {}, symbols = {}, ...ofFunds] = blocks;
  const [operators = {}, destinations = {}, limits = {}] = ofFunds;
  const funds = { ...FIXED_SECTIONS.funds, operators, destinations, limits };
  return {
    schema: { ...FIXED_SECTIONS, funds, sessions, instruments, risk: { ...RISK, symbols } },
    problems,
  };
};

const namedBlock = (section: NamedSection, tree: Tree, problems: ConfigProblem[]): Block => {
  const entries = valueAt(tree, section.path);
  if (!isTree(entries)) return {};
  const block: Record<string, Block> = {};
  for (const [name, value] of Object.entries(entries)) {
    const path = [...section.path, name].join('.');
    if (!section.pattern.test(name))
      problems.push({ path, reason: `the name must be ${section.title}` });
    else if (!isTree(value)) problems.push({ path, reason: 'must be a group of keys { … }' });
    else {
      const found = section.blockFor(value);
      if (found === undefined)
        problems.push({ path: `${path}.role`, reason: roleProblem(value['role']) });
      else block[name] = found;
    }
  }
  return block;
};

const roleProblem = (value: unknown): string => {
  if (value === undefined) return `is required: one of ${role.kind}`;
  return `must be one of ${role.kind.replaceAll(' |', ',')}: value was ${JSON.stringify(value)}`;
};
