import { expect } from 'chai';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { ENDPOINTS } from '../../../../src/simulator/gateways/rest/endpoints/catalogue.ts';
import { faultHelp } from '../../../../src/simulator/faults/fault-help.ts';
import { type Fault, FaultSchema } from '../../../../src/simulator/faults/fault.ts';
import {
  readFault,
  readScenario,
  ScenarioSchema,
} from '../../../../src/simulator/faults/scenario.ts';
import { seededScenario } from '../../../../src/simulator/faults/seeded-scenario.ts';

const SCHEMA = new URL('../../../../config/scenarios/scenario.schema.json', import.meta.url);

const SYMBOLS = ['PF_XBTUSD', 'PI_XBTUSD'];

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
      const scenario = seededScenario(seed, 60_000, SYMBOLS);
      expect(seededScenario(seed, 60_000, SYMBOLS), `SEED=${seed}`).to.deep.equal(scenario);
      expect(readScenario(JSON.stringify(scenario)), `SEED=${seed}`).to.deep.include({ ok: true });
    }
  });

  it('seeds draw every kind of fault, those of one market for the contracts of the venue only', () => {
    const drawn = (symbols: readonly string[]): readonly Fault[] =>
      seededScenario(7, 3_600_000, symbols).steps.map(({ fault }) => fault);
    const kinds = new Set(drawn(SYMBOLS).map(({ kind }) => kind));
    const all = FaultSchema.anyOf.map(({ properties }) => properties.kind.const);
    expect(all.filter((kind) => !kinds.has(kind))).to.deep.equal([]);
    for (const fault of drawn(SYMBOLS))
      if (fault.kind === 'index-jump' || fault.kind === 'hold-takers')
        expect(SYMBOLS).to.include(fault.symbol);
    expect(drawn([]).filter(({ kind }) => kind === 'index-jump')).to.deep.equal([]);
  });

  it('the README names every file and every kind, and the help every kind with its fields', () => {
    const readme = readFileSync(new URL('README.md', SCHEMA), 'utf8');
    const files = readdirSync(new URL('.', SCHEMA)).filter((name) => name.endsWith('.json'));
    for (const file of files.filter((name) => name !== 'scenario.schema.json'))
      expect(readme, file).to.include(`| \`${file}\``);
    const help = faultHelp();
    for (const { properties } of FaultSchema.anyOf) {
      const kind = properties.kind.const;
      expect(readme, kind).to.include(`\`${kind}\``);
      const own = help.split(/\n(?= {2}\S)/).find((part) => part.trim().split('\n')[0] === kind);
      for (const field of Object.keys(properties).filter((name) => name !== 'kind'))
        expect(own, `${kind} ${field}`).to.match(new RegExp(`\\n {6}${field}\\*? `));
    }
  });

  it('names the field and the reason', () => {
    const wrong = (fault: object): unknown => {
      const read = readFault(fault);
      return read.ok ? undefined : read.error;
    };
    expect(wrong({ kind: 'frame-drop' })).to.equal('/channel is missing');
    expect(wrong({ kind: 'rollover', now: true })).to.equal('/now is no field of it');
    expect(wrong({ kind: 'link-cut', how: 'axe' })).to.equal(
      '/how must be equal to one of the allowed values: FIN, RST, silent, half-open',
    );
    expect(wrong({ kind: 'late-fill', afterMs: 9_000 })).to.equal('/afterMs must be <= 4000');
    expect(wrong({ kind: 'trade-correction', price: 84_000 })).to.equal('/price must be string');
  });

  it('names what is wrong with a file', () => {
    const steps = [{ atMs: 0, fault: { kind: 'http-error', status: 99, when: 'before' } }];
    const read = readScenario(JSON.stringify({ name: 'x', description: 'x', steps }));
    expect(read).to.deep.equal({ ok: false, error: 'steps[0].fault: /status must be >= 300' });
  });
});
