/** One `key=value` line of a QuickFIX settings file. */
export interface CfgEntry {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

export interface CfgSection {
  readonly kind: 'DEFAULT' | 'SESSION';
  readonly line: number;
  readonly entries: readonly CfgEntry[];
}

/** A problem of one line (from 1); `key` is empty when the line has none. */
export interface CfgProblem {
  readonly line: number;
  readonly key: string;
  readonly reason: string;
}

export interface CfgFile {
  readonly sections: readonly CfgSection[];
  readonly problems: readonly CfgProblem[];
}

/**
 * Reads the settings format that QuickFIX, QuickFIX/J, /n and /Go share: `[DEFAULT]`, any number of
 * `[SESSION]`, `key=value`, and comments on lines of their own that begin with `#`. Blanks around
 * keys and values are ignored.
 */
export const parseQuickfixCfg = (text: string): CfgFile => {
  const sections: { kind: CfgSection['kind']; line: number; entries: CfgEntry[] }[] = [];
  const problems: CfgProblem[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const line = index + 1;
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) continue;
    const header = /^\[(.*)\]$/.exec(content)?.[1]?.trim().toUpperCase();
    const equals = content.indexOf('=');
    if (header === 'DEFAULT' || header === 'SESSION')
      sections.push({ kind: header, line, entries: [] });
    else if (header !== undefined)
      problems.push({ line, key: '', reason: `[${header}] is neither [DEFAULT] nor [SESSION]` });
    else if (equals < 1)
      problems.push({ line, key: '', reason: 'is neither a section, key=value, nor a comment' });
    else {
      const entry = {
        key: content.slice(0, equals).trim(),
        value: content.slice(equals + 1).trim(),
        line,
      };
      const problem = addEntry(sections.at(-1)?.entries, entry);
      if (problem !== undefined) problems.push(problem);
    }
  }
  return { sections, problems };
};

const addEntry = (entries: CfgEntry[] | undefined, entry: CfgEntry): CfgProblem | undefined => {
  const { key, line } = entry;
  if (entries === undefined) return { line, key, reason: 'stands before the first section' };
  const first = entries.find((other) => other.key.toLowerCase() === key.toLowerCase());
  if (first !== undefined) return { line, key, reason: `is given on line ${first.line} already` };
  entries.push(entry);
  return undefined;
};
