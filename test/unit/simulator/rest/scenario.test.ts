import { expect } from 'chai';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { ENDPOINTS } from '../../../../src/simulator/rest/catalogue.ts';
import { readScenario, ScenarioSchema } from '../../../../src/simulator/faults/scenario.ts';
import { seededScenario } from '../../../../src/simulator/faults/seeded-scenario.ts';

const SCHEMA = new URL('../../../../config/scenarios/scenario.schema.json', import.meta.url);

describe('scenarios (config/scenarios/README.md)', () => {
  it('files name calls of the catalogue only: a misspelt one would never be met', () => {
    const known = new Set(ENDPOINTS.map(({ id }) => id));
    const directory = new URL('.', SCHEMA);
    for (const file of readdirSync(directory).filter((name) =>
      /^(?!scenario\.).*\.json$/.test(name),
    )) {
      const scenario = readScenario(readFileSync(new URL(file, directory), 'utf8'));
      if (!scenario.ok) throw new Error(`${file}: ${scenario.error}`);
      for (const { fault } of scenario.value.steps) {
        const named = 'endpoints' in fault ? (fault.endpoints ?? []) : [];
        expect(
          named.filter((id) => !known.has(id)),
          file,
        ).to.deep.equal([]);
      }
    }
  });

  it('the schema file is what the program reads', () => {
    const text = `${JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', ...ScenarioSchema }, null, 2)}\n`;
    if (process.env['FATHOM_WRITE_DOCS'] === '1') writeFileSync(SCHEMA, text);
    expect(JSON.parse(readFileSync(SCHEMA, 'utf8'))).to.deep.equal(JSON.parse(text));
  });

  it('a seed gives the same faults twice, and each is one that files may name', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const scenario = seededScenario(seed, 60_000);
      expect(seededScenario(seed, 60_000), `SEED=${seed}`).to.deep.equal(scenario);
      expect(readScenario(JSON.stringify(scenario)), `SEED=${seed}`).to.deep.include({ ok: true });
    }
  });

  it('names what is wrong with a file', () => {
    const steps = [{ atMs: 0, fault: { kind: 'http-error', status: 99, when: 'before' } }];
    const read = readScenario(JSON.stringify({ name: 'x', description: 'x', steps }));
    expect(read).to.deep.equal({ ok: false, error: 'steps[0].fault: /status must be >= 300' });
  });
});
