import { expect } from 'chai';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { epochMs, toUtcTimestamp } from '../../src/lib/time.ts';
import { commandsIn, documentedCommands } from '../support/documented-commands.ts';
import { freePortBase } from '../support/engine-process.ts';
import { FATHOM, runFathom } from '../support/fathom-process.ts';
import { inTurns } from '../support/in-turns.ts';
import { RawFixClient } from '../support/raw-fix-client.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FATHOM_LINE = /^(?:npx )?fathom\b ?/;

const secret = Buffer.alloc(48, 7).toString('base64');
/** What config/simulator-keys.example.json needs, as docs/simulator.md says. */
const ENVIRONMENT = {
  SANDBOX_API_KEY: secret,
  SANDBOX_API_SECRET: secret,
  SANDBOX_FIX_API_KEY: secret,
  SANDBOX_FIX_API_SECRET: secret,
};

/** A sandbox that the commands find. */
interface Stage {
  readonly dir: string;
  readonly config: string;
  readonly dataDir: string;
  readonly quickfix: string;
  readonly admin: string;
}

interface Rule {
  readonly lines: RegExp;
  /** Words to run instead of the line's, which names files and ports of a reader. */
  readonly run?: (words: readonly string[], stage: Stage) => Promise<readonly string[]>;
  /** Exit codes that are right; 0 when left out. */
  readonly codes?: readonly number[];
  /** Why the line is not run here. */
  readonly reason?: string;
}

const withConfig = (words: readonly string[], { config }: Stage): Promise<readonly string[]> =>
  Promise.resolve([
    ...words.map((word) => (/^(?:FILE|my-uat\.json|c\.json)$/.test(word) ? config : word)),
    ...(words.includes('--config') ? [] : ['--config', config]),
  ]);

const briefly = async (words: readonly string[], { dir }: Stage): Promise<readonly string[]> => {
  const base = String(await freePortBase());
  const placed = words.map((word) => (word === '4000' ? base : word.replace(/^var\//, `${dir}/`)));
  return [...placed, '--for', '1s'];
};

const RULES: readonly Rule[] = [
  {
    lines: /[…[]|\b(?:KIND|VERB|COMMAND|WHY|SCOPE)\b/,
    reason: 'a synopsis; its words and options are held against --help',
  },
  {
    lines: /^(?:[A-Z_]+=\d+ )?npm |^bash \.ci/,
    reason: 'CI and people run it; that the script exists is checked here',
  },
  { lines: /^node --import tsx bench\//, reason: 'a measurement of minutes, run by hand' },
  { lines: /^npx tsx /, reason: 'writes a page that a unit test holds against its source' },
  { lines: /^export FATHOM_SIM/, reason: 'part of the block that readme.test.ts runs whole' },
  {
    lines: /fathom start\b/,
    reason: 'readme.test.ts runs it with the simulator, until it is ended',
  },
  {
    lines: /fathom withdraw\b/,
    reason: 'moves money; engine-withdraw.test.ts and withdraw-command.test.ts run each verb',
  },
  {
    lines: /^npx fathom$/,
    reason: 'without a command it prints the help and ends with 2: usage-errors.test.ts',
  },
  { lines: /--help$/, run: (words) => Promise.resolve(words) },
  {
    lines: /fathom sandbox/,
    run: (words, { dir }) =>
      Promise.resolve([...words, '--dir', join(dir, 'another'), '--port', '0', '--for', '1s']),
  },
  {
    lines: /simulate wait/,
    run: (_words, { admin }) => Promise.resolve(['simulate', 'wait', '--admin', admin]),
  },
  { lines: /fathom simulate\b/, run: briefly },
  { lines: /fathom check-config/, run: withConfig },
  // A busy or small machine may fail it for its disk.
  { lines: /fathom doctor/, run: withConfig, codes: [0, 1] },
  { lines: /fathom account --engine/, run: withConfig, codes: [0, 1] },
  {
    lines: /fathom limits (?:set|propose|approve|withdraw|enable)/,
    reason: 'changes limits; limits-at-run-time.test.ts runs each verb',
  },
  { lines: /fathom limits/, run: withConfig },
  {
    lines: /fathom doubts (?:resolve|approve|withdraw)/,
    reason: 'settles an order that is in doubt; doubts-by-rest.test.ts runs them',
  },
  { lines: /fathom doubts/, run: withConfig },
  {
    lines: /fathom route (?:fallback|handback|halt|resume)/,
    reason: 'sends orders another way; routes/fallback.test.ts runs each of them',
  },
  { lines: /fathom route/, run: withConfig },
  { lines: /fathom positions/, run: withConfig, codes: [0, 1] },
  { lines: /fathom reconcile/, run: withConfig, codes: [0, 1] },
  { lines: /fathom account/, run: withConfig },
  { lines: /fathom session list/, run: withConfig },
  {
    lines: /fathom session (?:state|logon|logout)/,
    reason: 'for a session that is halted or out of step; session-command.test.ts runs each verb',
  },
  {
    lines: /^fathom kill$/,
    reason: 'names the command; it ends with 2 without a scope: kill-switch.test.ts',
  },
  { lines: /fathom kill/, run: withConfig },
  { lines: /fathom orders|fathom executions list/, run: withConfig },
  {
    lines: /fathom market/,
    run: async (words, stage) => [...(await withConfig(words, stage)), '--for', '2s'],
  },
  {
    lines: /fathom history/,
    run: async (words, stage) =>
      (await withConfig(words, stage)).map((word) =>
        /^\w[\w-]*\.(?:jsonl|csv|parquet)$/.test(word) ? join(stage.dir, word) : word,
      ),
  },
  {
    lines: /fathom import-quickfix/,
    run: (_words, { quickfix }) => Promise.resolve(['import-quickfix', quickfix]),
  },
  {
    lines: /fathom executions verify/,
    run: (_words, { dataDir }) => Promise.resolve(['executions', 'verify', dataDir]),
  },
  {
    lines: /fathom journal verify/,
    run: (_words, { dataDir }) => Promise.resolve(['journal', 'verify', dataDir]),
  },
  {
    lines: /fathom journal dump/,
    run: (_words, { dataDir }) => Promise.resolve(['journal', 'dump', join(dataDir, 'journal')]),
  },
  {
    lines: /fathom fix-log/,
    run: (_words, { dataDir }) => {
      const day = /(\d{8})-\d+$/.exec(dataDir)?.[1] ?? '';
      return Promise.resolve([
        'fix-log',
        join(dataDir, 'fix-log', `FIX.4.4-FATHOM-DESK1.messages.${day}.log`),
      ]);
    },
  },
];

const ruleOf = (line: string): Rule | undefined => RULES.find(({ lines }) => lines.test(line));

describe('the command lines of README and docs', function () {
  this.timeout(600_000);
  const commands = documentedCommands();

  it('are found: in blocks without their comments, and in text', () => {
    const page = [
      'Run `npx fathom doctor` or `some code`.',
      '```sh',
      'npx fathom simulate &   # the venue',
      '# a remark',
      '```',
      '```ts',
      'npm is no command here',
      '```',
      '',
    ].join('\n');
    expect(commandsIn(page)).to.deep.equal(['npx fathom simulate', 'npx fathom doctor']);
    expect(commands.length).to.be.above(50);
  });

  it('each have a rule that runs them or says why not, and no rule is for nothing', () => {
    const ruleless = commands.filter(({ line }) => ruleOf(line) === undefined);
    expect(ruleless).to.deep.equal([]);
    const idle = RULES.filter((rule) => !commands.some(({ line }) => ruleOf(line) === rule));
    expect(idle.map(({ lines }) => String(lines))).to.deep.equal([]);
    for (const { run, reason } of RULES) expect(run === undefined).to.equal(reason !== undefined);
  });

  it('that npm runs name scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const { line, file } of commands) {
      for (const [, name = ''] of line.matchAll(/npm run ([\w:-]+)/g))
        expect(scripts, `${file}: ${line}`).to.have.property(name);
      if (/npm (?:start|test)/.test(line)) expect(scripts).to.include.keys('start', 'test');
    }
  });

  it('use words and options that `--help` knows', async () => {
    const lines = commands.filter(({ line }) => FATHOM_LINE.test(line));
    const wordsOf = (line: string): readonly string[] => {
      // Every verb of `session` takes the same options but one.
      const words = line.replace(FATHOM_LINE, '').replace('VERB', 'list').split(/\s+/);
      const end = words.findIndex((word) => !/^[a-z][a-z-]*$/.test(word));
      return end === -1 ? words : words.slice(0, end);
    };
    const helps = new Map<string, string>();
    const helpOf = async (words: readonly string[]): Promise<string> => {
      const key = words.join(' ');
      const known = helps.get(key);
      if (known !== undefined) return known;
      const { code, out } = await runFathom([...words, '--help']);
      expect(code, `${key} --help`).to.equal(0);
      helps.set(key, out);
      return out;
    };
    await inTurns(lines, async ({ line, file }) => {
      // `history executions`: the second word is a value, and its help is that of the first.
      const words = wordsOf(line).filter((word) => word !== '');
      const help = await helpOf(words);
      for (const [option] of line.matchAll(/(?<![\w-])--[a-z][a-z-]*/g))
        if (option !== '--help') expect(help, `${file}: ${line}`).to.include(option);
    });
  });

  describe('run', () => {
    let stage: Stage;
    let child: ChildProcess;

    before(async () => {
      const dir = mkdtempSync(join(tmpdir(), 'fathom-documented-'));
      const args = ['sandbox', '--json', '--dir', join(dir, 'sandbox'), '--port', '0'];
      const started = spawn(process.execPath, [FATHOM, ...args], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      child = started;
      const line = await new Promise<string>((resolve) => {
        createInterface(started.stdout).once('line', resolve);
      });
      const run = JSON.parse(line) as {
        client: { port: number; quickfix: string };
        simulator: { admin: string };
        config: string;
        dataDir: string;
      };
      stage = {
        ...{ dir, config: run.config, dataDir: run.dataDir },
        ...{ quickfix: run.client.quickfix, admin: run.simulator.admin },
      };
      await trade(run.client.port);
    });
    after(async () => {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
      rmSync(stage.dir, { recursive: true, force: true });
    });

    for (const { line, file } of commands) {
      const rule = ruleOf(line);
      if (rule?.run === undefined) continue;
      const { run, codes = [0] } = rule;
      it(`${line} (${file})`, async () => {
        const words = line.replace(FATHOM_LINE, '').split(/\s+/);
        const { code, out, err } = await runFathom(await run(words, stage), ENVIRONMENT);
        expect(codes, `exit code ${code}: ${err}${out.slice(-2_000)}`).to.include(code);
      });
    }
  });
});

/** Something for the logs: an order that the venue takes. */
const trade = async (port: number): Promise<void> => {
  const client = new RawFixClient(port, { sender: 'DESK1', target: 'FATHOM' });
  await client.logon();
  const now = toUtcTimestamp(epochMs(Date.now()));
  client.send('D', `11=T-1|55=PF_XBTUSD|54=1|38=0.01|40=2|44=84000|59=1|60=${now}`);
  await client.expect(
    ({ type, get }) => type === '8' && ['0', '2'].includes(get(39) ?? ''),
    'the order is taken',
  );
  client.close();
};
