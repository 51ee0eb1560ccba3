/** Comments hold 100 columns, as the code does: prettier wraps the code and leaves comments alone. */
export const COLUMNS = 100;

const DIRECTIVE = /^\s*(?:eslint|prettier-ignore|@ts-|c8 ignore|global |#region|#endregion|\/)/;

/** Directives are one line, whatever their length. */
export const isDirective = (text) => DIRECTIVE.test(text);

/**
 * The lines of a comment in at most `width` columns. Paragraphs and list items are filled again, but only those with a
 * line that is too long. Code, tables, drawings and tags with their alignment stay as they are.
 */
export const wrapLines = (lines, width) =>
  paragraphsOf(lines).flatMap(({ kind, lines: own }) =>
    kind === 'prose' && own.some((line) => line.length > width) ? fill(own, width) : own,
  );

const ITEM = /^(\s*)(?:[-*] |\d+[.)] |@\w+ )/;
const isDrawing = (line) =>
  /\S {2,}\S|[─│┌┐└┘├┤┬┴┼►▶◄◀▲▼]|^\s*\|/.test(line) || /^\s{3,}\S/.test(line);

const paragraphsOf = (lines) => {
  const found = [];
  let isCode = false;
  for (const line of lines) {
    const isFence = line.trimStart().startsWith('```');
    const isVerbatim = isCode || isFence || isDrawing(line) || line.trim() === '';
    if (isFence) isCode = !isCode;
    const last = found.at(-1);
    if (isVerbatim) found.push({ kind: 'verbatim', lines: [line] });
    else if (last?.kind === 'prose' && !ITEM.test(line) && continues(last, line))
      last.lines.push(line);
    else found.push({ kind: 'prose', lines: [line] });
  }
  return found;
};

/** A line under a list item belongs to it when it is indented; plain prose goes on without. */
const continues = ({ lines: [first] }, line) => {
  const isItem = ITEM.test(first) && !/^\s*@/.test(first);
  return isItem ? /^\s/.test(line) : indentOf(line) === indentOf(first) || /^@/.test(first);
};

const indentOf = (line) => line.length - line.trimStart().length;

const fill = (lines, width) => {
  const [, indent = ''] = /^(\s*)/.exec(lines[0]);
  const [marker = ''] = /^(?:[-*] |\d+[.)] )/.exec(lines[0].trimStart()) ?? [];
  const rest = indent + ' '.repeat(marker.length);
  const out = [];
  let line = lines[0].slice(0, indent.length + marker.length);
  let isEmpty = true;
  for (const word of wordsOf(textOf(lines).slice(marker.length))) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      out.push(line);
      line = rest + word;
    } else {
      line += isEmpty ? word : ` ${word}`;
    }
    isEmpty = false;
  }
  out.push(line);
  return out;
};

const textOf = (lines) => lines.map((line) => line.trim()).join(' ');

/** Citations and short pieces of code are not torn apart, and nothing begins a line that would be read as a list. */
const wordsOf = (text) => {
  const words = [];
  for (const word of text.match(/(?:\[[a-z-]+ \d[^\]]*\]|`[^`]{1,40}`|\S)+/g) ?? []) {
    if (words.length > 0 && /^(?:[-*+]$|\d+[.)]$|@)/.test(word))
      words.push(`${words.pop()} ${word}`);
    else words.push(word);
  }
  return words;
};
