import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect } from 'chai';
import { Secret } from '../../../src/lib/secret.ts';
import { type Clock, epochMs, monotonicMs } from '../../../src/lib/time.ts';
import { type LoggerOptions, makeLogger, silentLogger } from '../../../src/observability/logger.ts';

const MIDNIGHT = Date.UTC(2026, 10, 23);

describe('logger', () => {
  let dir: string;
  let now: number;
  let shown: string;
  const clock: Clock = { wall: () => epochMs(now), monotonic: () => monotonicMs(0) };
  const screen = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      shown += chunk;
      done();
    },
  });

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-log-'));
    now = MIDNIGHT - 1_000;
    shown = '';
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  it('shows a text of the venue that holds terminal escapes as text, on one line', async () => {
    const logger = make();
    logger.warn('refused: \u001b[1A\u001b[2Kfilled\n12:00:00 INFO all is well', {
      text: '\u202e9.0',
    });
    await logger.close();
    const file = readFileSync(join(dir, readdirSync(dir)[0] ?? ''), 'utf8');
    for (const written of [shown, file]) {
      expect(written.trimEnd().split('\n')).to.have.length(1);
      expect(written)
        .to.match(/^[\x20-\x7e]*\n$/)
        .and.include('\\u001b[1A')
        .and.include('\\u202e9.0');
    }
  });

  const make = (options: Partial<LoggerOptions> = {}) =>
    makeLogger({
      level: 'info',
      format: 'text',
      dir,
      name: 'fathom',
      clock,
      console: screen,
      ...options,
    });

  const linesOf = (file: string) =>
    readFileSync(join(dir, file), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('writes JSON lines into a file per UTC day, and readable lines to the console', async () => {
    const logger = make();
    logger.info('session is up', { session: 'trading', epoch: 2 });
    now = MIDNIGHT + 5;
    logger.child({ session: 'desk1' }).warn('client sent rubbish', { count: 3 });
    await logger.close();
    expect(linesOf('fathom-20261122.jsonl')).to.deep.equal([
      {
        time: '20261122-23:59:59.000',
        level: 'info',
        name: 'fathom',
        message: 'session is up',
        session: 'trading',
        epoch: 2,
      },
    ]);
    expect(linesOf('fathom-20261123.jsonl')).to.have.length(1);
    expect(shown).to.equal(
      '23:59:59.000 INFO  session is up session=trading epoch=2\n' +
        '00:00:00.005 WARN  client sent rubbish session=desk1 count=3\n',
    );
  });

  it('has each line in the file before the call returns', async () => {
    const logger = make();
    logger.error('last words');
    expect(linesOf('fathom-20261122.jsonl')).to.have.length(1);
    await logger.close();
  });

  it('leaves out what is less severe than its level', async () => {
    const logger = make({ level: 'warn' });
    logger.info('not this');
    logger.debug('nor this');
    logger.error('but this');
    await logger.close();
    expect(linesOf('fathom-20261122.jsonl').map((line) => line['message'])).to.deep.equal([
      'but this',
    ]);
  });

  it('writes no secret, neither to the file nor to the console', async () => {
    const secret = new Secret('c2VjcmV0LW9mLWEtdGVzdA==');
    const logger = make({ secrets: [secret] });
    logger.info(`logon with ${secret.reveal()}`, {
      apiKey: 'key-of-a-test',
      frame: '35=A\u0001553=key-of-a-test\u0001554=pw-of-a-test\u0001',
      secret,
      error: new Error(`refused: ${secret.reveal()}`),
    });
    await logger.close();
    const everything = shown + readFileSync(join(dir, 'fathom-20261122.jsonl'), 'utf8');
    expect(everything).not.to.match(/c2VjcmV0|key-of-a-test|pw-of-a-test/);
    expect(everything).to.contain('<redacted>');
  });

  it('prints JSON to the console when asked, and nothing when it is off', async () => {
    const json = make({ format: 'json' });
    json.info('hello', { a: 1 });
    await json.close();
    expect(JSON.parse(shown)).to.include({ message: 'hello', a: 1 });
    shown = '';
    const off = make({ format: 'off' });
    off.info('hello');
    await off.close();
    expect(shown).to.equal('');
    expect(linesOf('fathom-20261122.jsonl')).to.have.length(2);
  });

  it('needs no folder, and makes the one it is given, readable by owner and group only', async () => {
    const consoleOnly = makeLogger({
      level: 'info',
      format: 'text',
      name: 'x',
      clock,
      console: screen,
    });
    consoleOnly.info('hello');
    await consoleOnly.close();
    expect(shown).to.equal('23:59:59.000 INFO  hello\n');
    const deep = join(dir, 'a', 'b');
    const logger = make({ dir: deep });
    logger.info('hello');
    await logger.close();
    expect(statSync(join(deep, 'fathom-20261122.jsonl')).mode & 0o007).to.equal(0);
  });

  it('says once that its file cannot be written and goes on without it', async () => {
    const file = join(dir, 'file');
    writeFileSync(file, '');
    const logger = make({ dir: file });
    logger.info('one');
    logger.info('two');
    await logger.close();
    expect(shown.match(/cannot be written/g)).to.have.length(1);
    expect(shown).to.contain('INFO  two');
    expect(readdirSync(dir)).to.deep.equal(['file']);
  });

  it('has a twin that says nothing', async () => {
    silentLogger.child({ a: 1 }).error('x');
    await silentLogger.close();
    expect(shown).to.equal('');
  });
});
