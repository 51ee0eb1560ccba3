import { type ServerResponse } from 'node:http';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type CliIo } from '../../../src/cli/shared/cli-io.ts';
import { withdrawCommand } from '../../../src/cli/withdraw/index.ts';
import { type ControlServer, makeControlServer } from '../../../src/control/control-server.ts';
import { openAuditTrail } from '../../../src/kraken/funds/audit-record.ts';
import { makeFundsService } from '../../../src/kraken/funds/funds-service.ts';
import { makeMoneyVerbs } from '../../../src/kraken/funds/money-verbs.ts';
import { makeRestFundsGateway } from '../../../src/kraken/rest/funds/funds-gateway.ts';
import { placeOf, POLICY } from '../../unit/kraken/funds/funds-service-support.ts';
import {
  type HttpFake,
  makeTestClient,
  realClock,
  startHttpFake,
} from '../../unit/kraken/rest/support.ts';

const CALL = '/derivatives/api/v3/withdrawal currency=xbt&amount=0.5&sourceWallet=cash';

describe('fathom withdraw, over the control socket to the wire', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fathom-withdraw-'));
  const socket = join(folder, 'control.sock');
  const lines: string[] = [];
  let exitCode = 0;
  const io: CliIo = {
    out: (line) => lines.push(line),
    err: (line) => lines.push(line),
    env: {},
    setExitCode: (code) => {
      exitCode = code;
    },
  };
  const fathom = async (...args: string[]): Promise<string> => {
    lines.length = 0;
    exitCode = 0;
    const isLocal = args[0] === 'keygen';
    const way = isLocal ? [] : ['--socket', socket];
    await withdrawCommand(io).parseAsync([...args, ...way], { from: 'user' });
    return lines.join('\n');
  };
  const succeed = (response: ServerResponse): void => {
    response.end('{"uid":"9053db5f","result":"success","serverTime":"2022-06-28T14:48:58.711Z"}');
  };
  const byCarl = ['--by', 'carl', '--key', join(folder, 'carl.pem')];
  let answer = succeed;
  let venue: HttpFake;
  let server: ControlServer;
  const closers: (() => Promise<void>)[] = [];

  before(async () => {
    venue = await startHttpFake((_request, _body, response) => {
      answer(response);
    });
    const operators = [];
    for (const name of ['ann', 'bob', 'carl'])
      operators.push({
        name,
        mayApprove: name !== 'carl',
        publicKeyPem: await fathom('keygen', '--out', join(folder, `${name}.pem`)),
      });
    const opened = await openAuditTrail({
      ...placeOf(join(folder, 'money.jsonl')),
      headPath: join(folder, 'head.json'),
    });
    if (!opened.ok) throw new Error(opened.error);
    const { client, close } = makeTestClient(venue.origin);
    const fundsService = await makeFundsService({
      policy: { ...POLICY, operators },
      ...opened.value,
      clock: realClock,
      funds: makeRestFundsGateway(client),
      readLog: () => Promise.resolve([]),
      alert: () => undefined,
    });
    const made = await makeControlServer({
      path: socket,
      handlers: makeMoneyVerbs(fundsService),
      audit: () => undefined,
    });
    if (!made.ok) throw new Error(made.error.message);
    server = made.value;
    closers.push(close, opened.value.audit.close);
  });
  after(async () => {
    await server.close();
    for (const close of closers) await close();
    await venue.close();
    rmSync(folder, { recursive: true });
  });

  it('moves money only after two operators signed what they saw', async () => {
    const proposal = ['--account', 'A', '--currency', 'xbt', '--amount', '0.5', ...byCarl];
    expect(await fathom('propose', ...proposal)).to.include('M1');
    expect(await fathom('send', 'M1', '--by', 'carl')).to.equal('REFUSED: 0 of 2 approvals');
    expect(exitCode).to.equal(1);
    const ann = ['--operator', 'ann', '--key', join(folder, 'ann.pem')];
    expect(await fathom('approve', 'M1', ...ann)).to.include('nothing was signed');
    await fathom('approve', 'M1', ...ann, '--yes');
    const forged = ['--operator', 'bob', '--key', join(folder, 'ann.pem'), '--yes'];
    expect(await fathom('approve', 'M1', ...forged)).to.include("the signature is not bob's");
    const dry = await fathom('dry-run', 'M1');
    expect(dry).to.include('1 of 2 approvals');
    expect(dry).to.include(`POST ${CALL}`);
    expect(venue.requests).to.have.length(0);
    await fathom('approve', 'M1', '--operator', 'bob', '--key', join(folder, 'bob.pem'), '--yes');
    expect(await fathom('send', 'M1', '--by', 'carl')).to.include('9053db5f');
    expect(exitCode).to.equal(0);
    expect(venue.requests.map(({ url, body }) => `${url} ${body}`)).to.deep.equal([CALL]);
    expect(await fathom('send', 'M1', '--by', 'carl')).to.include('has ended: Done');
    expect(venue.requests).to.have.length(1);
    expect(await fathom('list')).to.include('Done');
    const denied = readFileSync(join(folder, 'money.jsonl'), 'utf8').match(/"type":"Denied"/g);
    expect(denied).to.have.length(3);
  });

  it('writes private keys for the owner only and never over another', async () => {
    expect(statSync(join(folder, 'ann.pem')).mode & 0o777).to.equal(0o600);
    const before = readFileSync(join(folder, 'ann.pem'), 'utf8');
    await fathom('keygen', '--out', join(folder, 'ann.pem'));
    expect(exitCode).to.equal(1);
    expect(readFileSync(join(folder, 'ann.pem'), 'utf8')).to.equal(before);
  });

  it('signs with no key that others can read', async () => {
    const copy = join(folder, 'open.pem');
    writeFileSync(copy, readFileSync(join(folder, 'bob.pem')));
    const proposal = ['--account', 'A', '--currency', 'xbt', '--amount', '0.1', '--by', 'carl'];
    for (const mode of [0o644, 0o640, 0o602]) {
      chmodSync(copy, mode);
      const said = await fathom('propose', ...proposal, '--key', copy);
      expect(said).to.match(/open\.pem can be (?:read|written) by others .*signs in your name$/);
      expect(exitCode).to.equal(1);
    }
  });

  it('says in a line that a file cannot sign, and sends nothing', async () => {
    const proposal = ['--account', 'A', '--currency', 'xbt', '--amount', '0.1', ...byCarl];
    await fathom('propose', ...proposal);
    const requests = venue.requests.length;
    for (const file of ['none.pem', 'money.jsonl', '']) {
      const key = ['--operator', 'bob', '--key', join(folder, file), '--yes'];
      const said = await fathom('approve', 'M2', ...key);
      expect(said).to.match(/: give the file that keygen wrote$/);
      expect(exitCode).to.equal(1);
    }
    expect(venue.requests).to.have.length(requests);
  });

  it('ends `send` with 1 and says why, when the money did not move or may have moved', async () => {
    const send = async (amount: string): Promise<string> => {
      const proposal = ['--account', 'A', '--currency', 'xbt', '--amount', amount, ...byCarl];
      const id = /M\d+/.exec(await fathom('propose', ...proposal))?.[0] ?? '';
      for (const name of ['ann', 'bob']) {
        const key = ['--operator', name, '--key', join(folder, `${name}.pem`), '--yes'];
        await fathom('approve', id, ...key);
      }
      return fathom('send', id, '--by', 'carl');
    };
    answer = (response) => {
      response.end(
        '{"result":"error","error":"insufficientFunds","serverTime":"2022-06-28T14:48:58.711Z"}',
      );
    };
    expect(await send('0.2')).to.match(/NotDone[^]*no money moved: Refused: .*insufficientFunds/);
    expect(exitCode).to.equal(1);
    answer = (response) => response.destroy();
    expect(await send('0.3')).to.match(/InDoubt[^]*MONEY_IN_DOUBT: .*withdraw investigate M\d+`$/);
    expect(exitCode).to.equal(1);
    answer = succeed;
  });

  it('says that no engine listens', async () => {
    await withdrawCommand(io).parseAsync(['list', '--socket', join(folder, 'nobody')], {
      from: 'user',
    });
    expect(exitCode).to.equal(3);
  });
});
