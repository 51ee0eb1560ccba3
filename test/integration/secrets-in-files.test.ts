import { expect } from 'chai';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWithVenue, type StartedEngine } from '../../src/app/start-engine.ts';
import { callControl } from '../../src/control/control-client.ts';
import { dumpJournal } from '../../src/journal/dump.ts';
import { RawFixClient } from '../support/raw-fix-client.ts';
import { until } from '../support/until.ts';

const USER = 'desk-one-user';
const PASSWORD = 'right-Passw0rd"+/|=';
/** What clients send that no configuration knows, by where it is sent. */
const STRANGE = {
  wrong: 'wrong-Passw0rd with blanks',
  renewed: 'renewed-Passw0rd',
  raw: 'raw-Passw0rd',
  rawBehindSoh: 'behind-Passw0rd',
  encrypted: 'encrypted-Passw0rd',
  renewedEncrypted: 'renewed-encrypted-Passw0rd',
  garbled: 'garbled-Passw0rd',
  stranger: 'stranger-Passw0rd',
  live: 'live-Passw0rd',
  piped: 'piped-Passw0rd',
  argument: 'argument-Passw0rd',
};

interface FileConfig {
  engine: { dataDir: string };
  logging?: object;
  sessions: { desk1: Record<string, unknown>; books?: object };
}

/** Every file below the folder, with its bytes as text. */
const filesBelow = (dir: string): readonly (readonly [string, string])[] =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(dir, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => [path, readFileSync(path, 'latin1')]);

describe('secrets and the files of a run', function () {
  this.timeout(600_000);
  let dir: string;
  let started: StartedEngine;
  const clients: RawFixClient[] = [];
  const answers: string[] = [];

  const open = (sender = 'DESK1'): RawFixClient => {
    const port = started.engine.clientPorts.get('desk1') ?? 0;
    const client = new RawFixClient(port, { sender, target: 'FATHOM' });
    clients.push(client);
    return client;
  };

  /** Sends a Logon(A) and waits until the engine has answered it or has ended the connection. */
  const tryLogon = async (fields: string, sender?: string): Promise<RawFixClient> => {
    const client = open(sender);
    client.send('A', `98=0|108=30|141=Y|${fields}`);
    await until(() => client.received.length > 0 || client.isClosed, `${fields} answered`, 60_000);
    return client;
  };

  const breakCheckSum = (frame: Buffer): Buffer =>
    Buffer.from(frame.toString('latin1').replace(/10=\d+\u0001$/, '10=000\u0001'), 'latin1');

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-secrets-'));
    const config = JSON.parse(readFileSync('config/demo.json', 'utf8')) as FileConfig;
    config.engine.dataDir = join(dir, 'data');
    config.logging = { level: 'debug', format: 'off', dir: join(dir, 'data', 'log') };
    delete config.sessions.books;
    config.sessions.desk1['credentials'] = {
      username: { env: 'CASE_USER' },
      password: { env: 'CASE_PASSWORD' },
    };
    const path = join(dir, 'config.json');
    writeFileSync(path, JSON.stringify(config));
    const env = { CASE_USER: USER, CASE_PASSWORD: PASSWORD };
    started = await startWithVenue({ config: path, env });
    await until(() => started.engine.isOpen, 'the engine is open', 60_000);
    await refusedLogons();
    await liveSession();
    await operatorCall();
    await started.engine.stop();
  });
  after(() => {
    for (const client of clients) client.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const refusedLogons = async (): Promise<void> => {
    const { wrong, renewed, raw, rawBehindSoh, encrypted, renewedEncrypted } = STRANGE;
    const right = `553=${USER}|554=${PASSWORD.replace('|', '!')}`;
    await tryLogon(`553=${USER}|554=${wrong}`);
    await tryLogon(`${right}|925=${renewed}`);
    await tryLogon(`95=${raw.length}|96=${raw}|${right}`);
    const data = `${raw}|${rawBehindSoh}`;
    await tryLogon(`95=${data.length}|96=${data}|553=${USER}|554=${wrong}`);
    await tryLogon(
      `1401=${encrypted.length}|1402=${encrypted}|1403=${renewedEncrypted.length}|1404=${renewedEncrypted}|${right}`,
    );
    await tryLogon(`553=${USER}|554=${STRANGE.stranger}`, 'STRANGER');
    const garbled = open();
    garbled.sendRaw(breakCheckSum(garbled.frameOf('A', 1, `98=0|108=30|554=${STRANGE.garbled}`)));
    // As a person pastes it: the pipes go out as they stand.
    garbled.sendRaw(Buffer.from(`8=FIX.4.4|9=9|35=A|553=${USER}|554=${STRANGE.piped}|10=000|\r\n`));
    garbled.sendRaw(garbled.frameOf('A', 1, `98=0|108=30|141=Y|553=${USER}|554=${wrong}`));
    await until(() => garbled.received.length > 0 || garbled.isClosed, 'garbled answered', 60_000);
  };

  /** As a client does whose Logon has no answer: on a new connection, once more. */
  const loggedOn = async (): Promise<RawFixClient> => {
    for (let attempt = 1; ; attempt += 1) {
      const client = open();
      const logon = client
        .frameOf('A', 1, `98=0|108=30|141=Y|553=${USER}|554=${'?'.repeat(PASSWORD.length)}`)
        .toString('latin1');
      client.sendRaw(withPassword(logon));
      const isIn = (): boolean => client.received.some((message) => message.get('35') === 'A');
      const answered = until(isIn, 'the right Logon answered', 30_000);
      const failure = await answered.then(
        () => undefined,
        (cause: unknown) => cause as Error,
      );
      if (failure === undefined) return client;
      if (attempt === 3) throw failure;
      client.close();
    }
  };

  const liveSession = async (): Promise<void> => {
    const client = await loggedOn();
    const { live, renewed } = STRANGE;
    const request = `923=u1|924=3|553=${USER}|554=${live}|925=${renewed}`;
    const refusal = client.frameOf('BE', 2, request);
    client.sendRaw(breakCheckSum(refusal));
    client.sendRaw(refusal);
    await client.expect(({ type }) => ['3', 'j', '5'].includes(type), 'UserRequest(BE) refused');
    client.sendRaw(client.frameOf('D', 3, `11=A|55=PF_XBTUSD|54=1|58=my 554=${live}|38=x|40=2`));
    await client.expect(({ get }) => get(45) === '3' || get(11) === 'A', 'the order is refused');
  };

  /** The password holds a `|`, which the helper would make a SOH. */
  const withPassword = (logon: string): Buffer => {
    const text = logon.replace('?'.repeat(PASSWORD.length), PASSWORD).replace(/10=\d+\u0001$/, '');
    let sum = 0;
    for (const byte of Buffer.from(text, 'latin1')) sum += byte;
    return Buffer.from(`${text}10=${String(sum % 256).padStart(3, '0')}\u0001`, 'latin1');
  };

  const operatorCall = async (): Promise<void> => {
    const path = started.config.engine.controlSocket;
    for (const text of [`554=${STRANGE.argument}`, `the password is ${PASSWORD}`]) {
      const answer = await callControl(path, 'session.logout', { session: text, text });
      answers.push(JSON.stringify(answer));
    }
  };

  const valuesOf = (): readonly (readonly [string, string])[] => {
    const [access] = started.venue?.access.trading.values() ?? [];
    const { apiKey, apiSecret } = access?.credential ?? {};
    return [
      ...Object.entries(STRANGE),
      ['password', PASSWORD],
      ['password in JSON', JSON.stringify(PASSWORD).slice(1, -1)],
      ['password in a form', encodeURIComponent(PASSWORD)],
      ['user', USER],
      ['API key', apiKey?.reveal() ?? ''],
      ['API secret', apiSecret?.reveal() ?? ''],
    ];
  };

  it('stands in no file that the engine wrote: logs, journal, executions', () => {
    const files = filesBelow(join(dir, 'data'));
    const names = files.map(([path]) => path).join('\n');
    for (const kind of ['messages', 'event', 'journal', 'jsonl'])
      expect(names, `files of a run: ${names}`).to.contain(kind);
    const found = files.flatMap(([path, text]) =>
      valuesOf()
        .filter(([, value]) => text.includes(value))
        .map(([name]) => `${name} in ${path}`),
    );
    for (const [name, value] of valuesOf()) expect(value, name).to.have.length.above(5);
    expect(found.join('\n')).to.equal('');
  });

  it('stands in no line of a journal dump, as text or as JSON, nor in an answer to an operator', () => {
    const journal = join(started.config.engine.dataDir, 'journal');
    const lines = [false, true].flatMap((json) => {
      const dumped = dumpJournal({ dir: journal, json });
      return dumped.ok ? [...dumped.value.lines] : [];
    });
    expect(lines.length).to.be.above(4);
    expect(answers).to.have.length(2);
    const text = [...lines, ...answers].join('\n');
    for (const [name, value] of valuesOf()) expect(text.includes(value), name).to.equal(false);
  });

  it('leaves the fields readable around what is masked', () => {
    const text = filesBelow(join(dir, 'data'))
      .map(([, content]) => content)
      .join('\n');
    expect(text).to.match(/\u000135=BE\u0001.*\u0001553=\*+\u0001554=\*+\u0001925=\*+\u0001/);
    expect(text).to.match(/\u000195=28\u000196=\*{28}\u0001553=/);
  });
});
