import { COLUMNS, isDirective, wrapLines } from './wrap-comment.js';

/** A comment line is at most 100 columns wide. `--fix` fills the paragraph again. */
const commentColumns = {
  meta: {
    type: 'layout',
    fixable: 'whitespace',
    schema: [],
    messages: { tooLong: 'A comment line of {{length}} columns; at most {{max}}.' },
  },
  create: ({ sourceCode, report }) => ({
    Program: () => {
      for (const group of groupsOf(sourceCode)) check(sourceCode, group, report);
    },
  }),
};

/** Line comments that stand below each other are one text; each block comment is one. */
const groupsOf = (sourceCode) => {
  const groups = [];
  for (const comment of sourceCode.getAllComments()) {
    if (comment.type === 'Shebang') continue;
    const last = groups.at(-1)?.at(-1);
    const isNext =
      comment.type === 'Line' &&
      last?.type === 'Line' &&
      last.loc.end.line + 1 === comment.loc.start.line &&
      last.loc.start.column === comment.loc.start.column &&
      standsAlone(sourceCode, last) &&
      !isDirective(last.value) &&
      !isDirective(comment.value);
    if (isNext) groups.at(-1).push(comment);
    else groups.push([comment]);
  }
  return groups.filter(([comment]) => !isDirective(comment.value));
};

const standsAlone = (sourceCode, { loc }) =>
  sourceCode.lines[loc.start.line - 1].slice(0, loc.start.column).trim() === '';

const check = (sourceCode, group, report) => {
  const first = group[0].loc.start.line;
  const last = group.at(-1).loc.end.line;
  let fix = fixOf(sourceCode, group);
  for (let line = first; line <= last; line++) {
    const { length } = sourceCode.lines[line - 1];
    // An address cannot be wrapped.
    if (length <= COLUMNS || /\S{80,}/.test(sourceCode.lines[line - 1])) continue;
    const data = { length: String(length), max: String(COLUMNS) };
    const loc = { start: { line, column: COLUMNS }, end: { line, column: length } };
    report({ loc, messageId: 'tooLong', data, fix });
    fix = null;
  }
};

const fixOf = (sourceCode, group) => {
  const [comment] = group;
  if (!standsAlone(sourceCode, comment)) return null;
  const indent = ' '.repeat(comment.loc.start.column);
  const text = comment.type === 'Line' ? lineText(group, indent) : blockText(comment, indent);
  if (text === undefined) return null;
  const range = [comment.range[0], group.at(-1).range[1]];
  if (text === sourceCode.text.slice(...range)) return null;
  return (fixer) => fixer.replaceTextRange(range, text);
};

const lineText = (group, indent) => {
  const lines = group.map(({ value }) => value.replace(/^ /, ''));
  return wrapLines(lines, COLUMNS - indent.length - 3)
    .map((line) => `// ${line}`.trimEnd())
    .join(`\n${indent}`);
};

/** Only the usual shape, every line behind its star. */
const blockText = ({ value }, indent) => {
  const isDoc = value.startsWith('*');
  const [head, ...others] = value.slice(isDoc ? 1 : 0).split('\n');
  if (others.some((line) => !/^\s*(?:\*|$)/.test(line))) return undefined;
  const lines = [head.trim(), ...others.map((line) => line.replace(/^\s*\* ?/, '').trimEnd())];
  while (lines.at(-1) === '') lines.pop();
  if (lines[0] === '') lines.shift();
  const wrapped = wrapLines(lines, COLUMNS - indent.length - 3);
  const open = isDoc ? '/**' : '/*';
  const whole = `${open} ${wrapped[0]} */`;
  if (wrapped.length === 1 && indent.length + whole.length <= COLUMNS) return whole;
  const filled = wrapped.length === 1 ? wrapLines(lines, COLUMNS - indent.length - 3) : wrapped;
  return [open, ...filled.map((line) => ` * ${line}`.trimEnd()), ' */'].join(`\n${indent}`);
};

export const fathomLint = { rules: { 'comment-columns': commentColumns } };
