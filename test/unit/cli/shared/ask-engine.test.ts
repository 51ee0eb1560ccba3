import { Command } from 'commander';
import { expect } from 'chai';
import {
  showFromEngine,
  type ShowOptions,
  withShow,
} from '../../../../src/cli/shared/ask-engine.ts';
import { type CliIo } from '../../../../src/cli/shared/cli-io.ts';
import { type callControl } from '../../../../src/control/control-client.ts';
import { err, ok } from '../../../../src/lib/result.ts';

interface Counted {
  readonly count: number;
}

const collector = (): CliIo & { readonly lines: string[]; readonly errors: string[] } => {
  const lines: string[] = [];
  const errors: string[] = [];
  return {
    lines,
    errors,
    env: {},
    out: (line) => lines.push(line),
    err: (line) => errors.push(line),
    setExitCode: () => undefined,
  };
};

const shown = {
  verb: 'things.list',
  toText: ({ count }: Counted): string => `${count} things`,
  exitCodeOf: ({ count }: Counted): number => (count > 1 ? 1 : 0),
};

const answering = (...counts: readonly number[]): typeof callControl => {
  const left = [...counts];
  return () => Promise.resolve(ok({ count: left.length > 1 ? left.shift() : left[0] }));
};

const show = (options: ShowOptions, io: CliIo, call: typeof callControl): Promise<number> =>
  showFromEngine({ socket: '/run/fathom.sock', ...options }, { io, call }, shown);

describe('a command that shows something of a running engine', () => {
  it('shows it once as text, and ends with the code of what it shows', async () => {
    const io = collector();
    expect(await show({}, io, answering(1))).to.equal(0);
    expect(await show({}, io, answering(2))).to.equal(1);
    expect(io.lines).to.deep.equal(['1 things', '2 things']);
  });

  it('shows it again and again with --watch, as one JSON object a line with --json', async () => {
    const io = collector();
    const code = await show({ watch: 1, for: 60, json: true }, io, answering(5, 3, 1));
    expect(code).to.equal(0);
    expect(io.lines.slice(0, 3)).to.deep.equal(['{"count":5}', '{"count":3}', '{"count":1}']);
  });

  it('says why there is no answer: 2 without an engine’s name, 3 when none listens', async () => {
    const io = collector();
    const refusing =
      (code: string): typeof callControl =>
      () =>
        Promise.resolve(err({ code, message: 'why' }));
    expect(await showFromEngine({}, { io }, shown)).to.equal(2);
    expect(await show({}, io, refusing('NO_ENGINE'))).to.equal(3);
    expect(await show({}, io, refusing('BAD_FILTER'))).to.equal(1);
    expect(io.errors).to.deep.equal([
      'name the engine by --config FILE or --socket PATH',
      'NO_ENGINE: why',
      'BAD_FILTER: why',
    ]);
  });

  it('reads the interval of --watch and the end of it', () => {
    const command = withShow(new Command('x')).action(() => undefined);
    command.parse(['--watch', '500ms', '--for', '2m', '--json'], { from: 'user' });
    expect(command.opts()).to.deep.equal({ watch: 500, for: 120_000, json: true });
  });
});
