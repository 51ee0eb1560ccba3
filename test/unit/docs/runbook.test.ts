import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const RUNBOOK = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8');

const sourcesIn = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(ROOT, folder, name), 'utf8'));

/** Codes of the alerts that the core raises, and of differences from the venue's view. */
const alertCodes = (): readonly string[] => {
  const raised = /(?:\.alert\(\s*'\w+',|alertLate\(booking,)\s*'([A-Z_]+)'/g;
  const differs = /'(VENUE_[A-Z]+_[A-Z]+)'/g;
  const alerted = /#alert\('\w+', '([A-Z_]+)'/g;
  const found = [
    ...sourcesIn('src/core').flatMap((text) => [...text.matchAll(raised)]),
    ...sourcesIn('src/app/venue-view').flatMap((text) => [...text.matchAll(differs)]),
    ...sourcesIn('src/app/reconciliation').flatMap((text) => [...text.matchAll(alerted)]),
  ];
  return [...new Set(found.map(([, code = '']) => code))].sort();
};

const entries = new Map(
  RUNBOOK.split('\n### ')
    .slice(1)
    .map((entry) => [entry.slice(0, entry.indexOf('\n')), entry]),
);

describe('docs/runbook.md', () => {
  it('has an entry for every alert that the engine can raise', () => {
    const codes = alertCodes();
    expect(codes.length).to.be.above(30);
    const missing = codes.filter((code) => !entries.has(code));
    expect(missing).to.deep.equal([]);
  });

  it('says of each what it means, what to check and what to do', () => {
    for (const [code, entry] of entries) {
      for (const part of ['- Means: ', '- Check: ', '- Do: ']) expect(entry, code).to.include(part);
    }
  });
});
