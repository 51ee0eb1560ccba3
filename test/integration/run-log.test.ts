import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callControl } from '../../src/control/control-client.ts';
import { type Engine, startEngine } from '../../src/index.ts';
import { type Logger, silentLogger } from '../../src/observability/logger.ts';
import { RawFixClient } from '../support/raw-fix-client.ts';
import { until } from '../support/until.ts';

interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const recordingLogger = (lines: Line[]): Logger => {
  const write =
    (level: string) =>
    (message: string, fields: Line['fields'] = {}) => {
      lines.push({ level, message, fields });
    };
  return {
    ...silentLogger,
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
  };
};

describe('the log of guesses at a password', () => {
  it('has one line for each alert, and an event for the host process', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'fathom-guesses-'));
    const demo = JSON.parse(readFileSync('config/demo.json', 'utf8')) as {
      engine: { dataDir: string };
      sessions: { desk1: object };
    };
    demo.engine.dataDir = join(dir, 'data');
    const secret = { env: 'DESK1_PASSWORD' };
    Object.assign(demo.sessions.desk1, { credentials: { username: secret, password: secret } });
    const lines: Line[] = [];
    const engine = await startEngine({
      config: demo,
      env: { DESK1_PASSWORD: 'the-right-one' },
      logger: recordingLogger(lines),
    });
    const alerts: string[] = [];
    engine.on('alert', ({ code }) => alerts.push(code));
    for (let guess = 0; guess < 5; guess += 1) {
      const port = engine.clientPorts.get('desk1') ?? 0;
      const client = new RawFixClient(port, { sender: 'DESK1', target: 'FATHOM' });
      client.send('A', `98=0|108=30|553=desk1|554=guess-${guess}`);
      await client.expect(({ type }) => type === '5', 'refused');
      client.close();
    }
    await until(() => alerts.includes('LOGON_GUESSING'), 'the alert');
    await engine.stop();
    const said = lines.filter(({ fields }) => fields['code'] === 'LOGON_GUESSING');
    expect(said.map(({ level, message }) => [level, message])).to.deep.equal([
      ['error', '5 different wrong credentials from 127.0.0.1, the last for session desk1'],
    ]);
    expect(alerts.filter((code) => code === 'LOGON_GUESSING')).to.have.length(1);
    rmSync(dir, { recursive: true, force: true });
  });
});

describe('the log of a run', () => {
  const lines: Line[] = [];
  const codes = () => lines.map(({ fields }) => fields['code']);
  const lineOf = (code: string, session?: string): Line => {
    const found = lines.find(
      ({ fields }) =>
        fields['code'] === code && (session === undefined || fields['session'] === session),
    );
    if (found === undefined) throw new Error(`no ${code} among ${codes().join(' ')}`);
    return found;
  };
  let dir: string;
  let engine: Engine;
  let socket: string;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-run-log-'));
    const demo = JSON.parse(readFileSync('config/demo.json', 'utf8')) as {
      engine: { dataDir: string };
    };
    demo.engine.dataDir = join(dir, 'data');
    const config = join(dir, 'demo.json');
    writeFileSync(config, JSON.stringify(demo));
    socket = join(dir, 'data/run/control.sock');
    engine = await startEngine({ config, env: {}, logger: recordingLogger(lines) });
    await engine.untilOpen();
  });
  after(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  it('begins with version, configuration file and the state of the journal', () => {
    const { message, fields } = lineOf('START');
    expect(message).to.match(/^Fathom \d+\.\d+\.\d+ starts$/);
    expect(fields['configuration']).to.equal(join(dir, 'demo.json'));
    expect(lineOf('JOURNAL_READ').fields).to.include({ facts: 0, orders: 0, ordersInDoubt: 0 });
    expect(codes().slice(0, 2)).to.deep.equal(['START', 'JOURNAL_READ']);
  });

  it('says that each session is logged on, and that orders pass', async () => {
    await until(() => codes().includes('GATE_OPEN'), 'the gate’s line');
    expect(lineOf('LOGGED_ON', 'trading').message).to.match(/^logged on with KRAKEN-DRV-TRD at /);
    await until(() => codes().filter((code) => code === 'LOGGED_ON').length >= 2, 'market data');
    expect(lineOf('LOGGED_ON', 'books').level).to.equal('info');
    expect(lineOf('LISTENING', 'desk1').message).to.match(/port \d+$/);
  });

  it('says in `session list` since when, why, and when the next attempt is', async () => {
    const sessions = async (): Promise<readonly Record<string, unknown>[]> => {
      const listed = await callControl(socket, 'session.list');
      if (!listed.ok) throw new Error(listed.error.message);
      return listed.value as readonly Record<string, unknown>[];
    };
    const trading = async () => (await sessions()).find(({ session }) => session === 'trading')!;
    expect(await trading())
      .to.include({ phase: 'LoggedOn' })
      .and.have.any.keys('since');
    // What only the program itself needs is not for operators.
    expect(await trading()).not.to.have.any.keys('epoch', 'id');
    await callControl(socket, 'session.logout', { session: 'trading', text: 'lunch' });
    await until(() => codes().includes('LOGGED_OUT'), 'logged out');
    expect(await trading()).to.include({ phase: 'Disconnected', reason: 'we logged out: lunch' });
    await until(() => codes().includes('GATE_CLOSED'), 'the gate’s line');
    expect(lineOf('GATE_CLOSED').level).to.equal('warn');
    expect(lineOf('LOGGED_OUT').message).to.include('stays away until it is logged on again');
  });

  it('refuses a number that the next Logon would undo, and says what is enough', async () => {
    const set = (session: string) =>
      callControl(socket, 'session.set-next-sender', { session, value: 9 });
    await callControl(socket, 'session.logout', { session: 'books', text: 'lunch' });
    await until(
      () => engine.sessions().find(({ id }) => id === 'books')?.phase === 'Disconnected',
      'books are away',
    );
    const refused = await set('books');
    expect(refused.ok || refused.error.code).to.equal('NUMBERS_BEGIN_AT_1');
    expect(refused.ok || refused.error.message).to.include('`fathom session logon books`');
    // The trading session keeps its numbers, so an operator may set them, and the last word counts.
    const reset = await callControl(socket, 'session.reset', { session: 'trading' });
    expect(reset.ok && reset.value).to.include({ resetDue: true });
    const isSet = await set('trading');
    expect(isSet.ok && isSet.value).to.deep.equal({
      session: 'trading',
      phase: 'Disconnected',
      nextSenderMsgSeqNum: 9,
      nextTargetMsgSeqNum: (isSet.ok && (isSet.value as never)['nextTargetMsgSeqNum']) || 0,
    });
    await callControl(socket, 'session.reset', { session: 'trading' });
    await callControl(socket, 'session.logon', { session: 'trading' });
    await engine.untilOpen();
  });

  it('names the orders that are cancelled at the end, and ends with a line', async () => {
    const ack = await engine.submit({
      clientOrderID: 'R-1',
      symbol: 'PF_XBTUSD',
      side: 'Buy',
      ordType: 'Limit',
      orderQty: '0.01',
      price: '50000',
    });
    expect(ack.status, ack.text).to.equal('accepted');
    await until(() => engine.state.openOrderIDs.size === 1, 'open');
    await engine.stop();
    expect(lineOf('STOPPING').fields).to.include({ ordersOpen: 1 });
    expect(lineOf('MASS_CANCEL').message).to.match(
      /^1 open orders are to be cancelled, asked by operator:shutdown/,
    );
    expect(lines.at(-1)?.fields).to.include({ code: 'STOPPED', ordersOpen: 0 });
  });

  it('has no empty message, and none that begins with its own code', () => {
    expect(lines.length).to.be.above(10);
    for (const { message, fields } of lines) {
      expect(message.trim(), JSON.stringify(fields)).not.to.equal('');
      expect(message.startsWith(String(fields['code'])), message).to.equal(false);
    }
  });
});
