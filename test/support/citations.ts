import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

/** The places of one document that a citation can name. */
interface Places {
  readonly sections: ReadonlySet<string>;
  /** `9 row 3`: an entry of the numbered list in a section. */
  readonly rows: ReadonlySet<string>;
  /** `2.4 accounts`: a heading without a number in a section. */
  readonly names: ReadonlySet<string>;
}

/**
 * Documents by the name that citations use: `rest` is docs/venue/rest.md, `adr` the folder of
 * decisions.
 */
export type Documents = ReadonlyMap<string, Places>;

/** Files below a folder of the repository, as paths from `root`. */
export const filesBelow = (root: string, folder: string, name: RegExp): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));

export const readDocuments = (root: string): Documents => {
  const documents = new Map<string, Places>();
  const files = filesBelow(root, 'docs', /(?<!README)\.md$/);
  for (const file of files) {
    if (file.startsWith('docs/adr/')) continue;
    const name = basename(file, '.md').toLowerCase();
    documents.set(name, placesOf(readFileSync(join(root, file), 'utf8')));
  }
  const adrs = files
    .filter((file) => file.startsWith('docs/adr/'))
    .map((file) => String(Number(basename(file).slice(0, 4))));
  documents.set('adr', { sections: new Set(adrs), rows: new Set(), names: new Set() });
  return documents;
};

const placesOf = (text: string): Places => {
  const sections = new Set<string>();
  const rows = new Set<string>();
  const names = new Set<string>();
  let section = '';
  for (const line of withoutCode(text).split('\n')) {
    const [, heading] = /^#{2,3} (\d+(?:\.\d+)*)\.? /.exec(line) ?? [];
    const [, name] = /^#### (\S+)/.exec(line) ?? [];
    const [, item, cell] = /^(?:(\d+)\. |\| *(\d+) *\|)/.exec(line) ?? [];
    const row = item ?? cell;
    if (heading !== undefined) sections.add((section = heading));
    if (name !== undefined) names.add(`${section} ${name}`);
    if (row !== undefined) rows.add(`${section} row ${row}`);
  }
  return { sections, rows, names };
};

const withoutCode = (text: string): string => text.replaceAll(/^```.*?^```$/gms, '');

const PLACE = String.raw`\d{1,2}(?:\.\d+)*(?: row \d+| [a-z][a-z\d-]*)?(?: to \d+(?:\.\d+)*)?`;
const LIST = `[a-z][a-z-]* ${PLACE}(?:, ${PLACE})*`;
const CITATION = new RegExp(String.raw`\[(${LIST}(?:; ${LIST})*)\]`, 'g');

/**
 * What looks like a citation and is not in the one form. FIX 4.0 to 4.4 and 5.0 are versions of the
 * standard.
 */
const OTHER_FORMS = [
  /(?<![\w.`-])(?:rest|websocket|unified|fix) (?:sections? )?\d+(?:\.\d+)*(?![\d.]*\w)/g,
  /(?<![\w.-])FIX (?!4\.[0-4]\b|5\.0\b|4\.x)(?:[1-9]|1\d)\.\d+\b/g,
  /\breference,? (?:rest|websocket|unified|fix|FIX|REST|WebSocket)?,? ?(?:sections? )?\d+(?:\.\d+)*/g,
  /\b[\w-]+\.md,? (?:sections? |§ ?)?\d+(?:\.\d+)*/g,
  /\bADRs? \d+/g,
];

/**
 * The citations in a text that lead nowhere, and those that are written otherwise than
 * `[rest 2.4]`.
 */
export const wrongCitations = (text: string, documents: Documents): readonly string[] => {
  const wrong: string[] = [];
  const rest = text.replaceAll(CITATION, (whole, citation: string) => {
    for (const list of citation.split('; ')) {
      const [name = '', ...words] = list.split(' ');
      const places = documents.get(name);
      if (places === undefined) wrong.push(`${whole}: there is no document ${name}`);
      else
        wrong.push(
          ...words
            .join(' ')
            .split(/, | to /)
            .filter((place) => !leadsSomewhere(place, places))
            .map((place) => `${whole}: ${name} has no ${place}`),
        );
    }
    return '';
  });
  for (const form of OTHER_FORMS)
    wrong.push(...[...rest.matchAll(form)].map(([found]) => `${found}: write [rest 2.4]`));
  return wrong;
};

const leadsSomewhere = (place: string, { sections, rows, names }: Places): boolean =>
  sections.has(place) || rows.has(place) || names.has(place);

/** Sections that a document names of itself ("section 4", "(3.5)") and does not have. */
export const wrongSections = (text: string): readonly string[] => {
  const { sections } = placesOf(text);
  const found = withoutCode(text).matchAll(/\b[Ss]ections? (\d+(?:\.\d+)*)|\((\d+\.\d+)\)/g);
  return [...found]
    .map(([whole, named, bare]) => ({ whole, section: named ?? bare ?? '' }))
    .filter(({ section }) => !sections.has(section))
    .map(({ whole }) => whole);
};
