const COLUMNS_MAX = 100;

/** Words, with code spans, citations and links in one piece. */
const WORD = /(?:`[^`]*`|\[[^\]]*\](?:\([^)]*\))?|\S)+/g;

/** An item of a Markdown list, wrapped at 100 columns, with `notes` as a list below it. */
export const listItem = (text: string, notes: readonly string[] = []): string =>
  [wrapped(text, '- '), ...notes.map((note) => wrapped(note, '  - '))].join('');

/** The notes of `text`: its parts between semicolons, those in brackets left whole. */
export const notesOf = (text: string): readonly string[] =>
  text === '' ? [] : text.split(/;\s(?![^(]*\))/);

const wrapped = (text: string, bullet: string): string => {
  const lines: string[] = [];
  let line = bullet.trimEnd();
  for (const word of text.match(WORD) ?? []) {
    if (line.length + 1 + word.length > COLUMNS_MAX && line.trim() !== '-') {
      lines.push(line);
      line = `${' '.repeat(bullet.length)}${word}`;
    } else line += ` ${word}`;
  }
  return `${[...lines, line].join('\n')}\n`;
};
