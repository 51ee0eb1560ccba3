import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { frameOf } from '../../fix/codec/support.ts';
import { header, heartbeat, json, run, writeLog } from './fix-log-support.ts';

const OURS = 'test/fixtures/fix-log/ours.messages.log';

describe('fathom fix-log, what it shows', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-fix-log-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  const logOf = (...lines: readonly (string | Buffer)[]): string => writeLog(dir, lines);

  describe('decodes', () => {
    it('repeating groups, indented, within groups too', async () => {
      const body = `35=D|${header('A', 'B')}11=id|453=2|448=a|447=D|452=1|802=1|523=x|803=1|448=b|452=3|55=X|`;
      const { out } = await run(logOf(frameOf(body)));
      const rows = out.split('\n').map((row) => row.replaceAll(/ +/g, ' ').trim());
      const from = rows.findIndex((row) => row.startsWith('453 '));
      expect(rows.slice(from, from + 13)).to.deep.equal([
        '453 NoPartyIDs 2',
        '[1]',
        '448 PartyID a',
        '447 PartyIDSource D ProprietaryCustomCode',
        '452 PartyRole 1 ExecutingFirm',
        '802 NoPartySubIDs 1',
        '[1]',
        '523 PartySubID x',
        '803 PartySubIDType 1 Firm',
        '[2]',
        '448 PartyID b',
        '452 PartyRole 3 ClientId',
        '55 Symbol X',
      ]);
      const indent = (text: string): number =>
        out
          .split('\n')
          .find((row) => row.includes(text))!
          .indexOf(text);
      expect(indent('NoPartySubIDs')).to.be.greaterThan(indent('NoPartyIDs'));
      expect(indent('PartySubIDType')).to.be.greaterThan(indent('NoPartySubIDs'));
    });

    it('UTF-8 as it was written, and what a terminal obeys as an escape', async () => {
      const text = Buffer.from('Größe €5', 'utf8').toString('latin1');
      const path = logOf(frameOf(`35=D|${header('A', 'B')}11=id|58=${text} \x1b[2J|`));
      expect((await run(path)).out).to.match(/58 +Text +Größe €5 \\x1b\[2J/);
      const [entry] = await json(path);
      expect(entry?.fields?.find(({ tag }) => tag === 58)?.value).to.equal('Größe €5 \\x1b[2J');
    });

    it('the same groups as JSON', async () => {
      const body = `35=D|${header('A', 'B')}11=id|453=2|448=a|452=1|448=b|452=3|55=X|`;
      const [entry] = await json(logOf(frameOf(body)));
      const parties = entry?.fields?.find(({ tag }) => tag === 453);
      expect(
        parties?.entries?.map((one) => one.map(({ tag, value }) => [tag, value])),
      ).to.deep.equal([
        [
          [448, 'a'],
          [452, '1'],
        ],
        [
          [448, 'b'],
          [452, '3'],
        ],
      ]);
    });

    it("Kraken's dialect by CompID, fields of its own included", async () => {
      const entries = await json(OURS);
      const fieldsOf = (name: string) => entries.find((entry) => entry.name === name)?.fields;
      expect(fieldsOf('Logon')?.find(({ tag }) => tag === 8674)?.name).to.equal(
        'CancelOrdersOnDisconnect',
      );
      expect(entries.map(({ name }) => name)).to.deep.equal([
        'Logon',
        'Logon',
        'NewOrderSingle',
        'ExecutionReport',
      ]);
    });

    it('each code of a list of codes', async () => {
      const body = `35=D|${header('A', 'B')}11=id|18=1 6|55=X|`;
      const [entry] = await json(logOf(frameOf(body)));
      expect(entry?.fields?.find(({ tag }) => tag === 18)?.meaning).to.equal(
        'NotHeld, ParticipateDontInitiate',
      );
    });

    it('by the dictionary that is given', async () => {
      const file = logOf(frameOf(`${heartbeat('A', 'B')}8674=1|`));
      const [plain] = await json(file);
      expect(plain?.fields?.find(({ tag }) => tag === 8674)?.name).to.equal(undefined);
      const dictionary = 'fix-dictionaries/KRAKEN-DRV-FIX44.xml';
      const [named] = await json(file, { dictionary });
      expect(named?.fields?.find(({ tag }) => tag === 8674)?.name).to.equal(
        'CancelOrdersOnDisconnect',
      );
    });

    it('FIX 4.2 with its own codes', async () => {
      const frame = frameOf(
        `35=8|${header('A', 'B')}37=O|17=E|20=0|150=1|39=1|55=X|54=1|`,
        'FIX.4.2',
      );
      const [entry] = await json(logOf(frame));
      expect(entry?.fields?.find(({ tag }) => tag === 150)?.meaning).to.match(/Partial/);
    });
  });

  describe('shows', () => {
    it('no credential, in good lines and bad ones, whatever the output', async () => {
      const logon = `35=A|${header('ME', 'YOU')}98=0|108=30|553=my-key|554=my-password|5025=1795348800000|`;
      const good = frameOf(logon);
      const bad = Buffer.from(good.toString('latin1').replace('98=0', '98=1'), 'latin1');
      const file = logOf(good, bad, bad.toString('latin1').replaceAll('\x01', '|'));
      for (const options of [{}, { json: true }]) {
        const { out, err } = await run(file, options);
        expect(out + err).to.not.match(/my-key|my-password|1795348800000/);
        expect(out).to.include('***');
      }
    });

    it('garbled lines with their numbers and reasons, and counts them', async () => {
      const good = frameOf(heartbeat('A', 'B'));
      const wrongSum = Buffer.from(good.toString('latin1').replace('35=0', '35=1'), 'latin1');
      const { code, out, err } = await run(
        logOf(good, wrongSum, good.subarray(0, 30), 'what is this', Buffer.concat([good, good])),
      );
      expect(code).to.equal(0);
      expect(out.match(/Heartbeat/g)).to.have.lengthOf(2);
      const said = err.split('\n');
      expect(said[0]).to.match(/^2: garbled, .*8=FIX\.4\.4\|/);
      expect(said[1]).to.match(/^3: garbled, incomplete: 8=FIX\.4\.4\|/);
      expect(said[2]).to.equal('4: garbled, neither a message nor an event: what is this');
      expect(said[3]).to.match(/^5: garbled, bytes behind the message/);
      expect(said[4]).to.equal('1 messages, 0 events, 1 of them shown; 4 garbled lines');
    });

    it('control characters of a value as text', async () => {
      const { out } = await run(logOf(frameOf(`${heartbeat('A', 'B')}58=\x1b[31mred|`)));
      expect(out).to.include('\\x1b[31mred').and.not.include('\x1b');
    });
  });
});
