import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadDictionary } from '../../../../src/fix/dictionary/jspurefix.ts';
import { fathom, kraken, stock42, stock44 } from '../codec/support.ts';

describe('dictionary of Kraken Derivatives', () => {
  const messages = (category: string): string[] =>
    [...kraken.messages.values()]
      .filter((message) => message.category === category)
      .map((message) => message.msgType)
      .sort();

  it('has every message of the dialect', () => {
    expect(messages('admin').join(' ')).to.equal('0 1 2 3 4 5 A');
    expect(messages('app').join(' ')).to.equal('8 D F G H V W X Y g h j q x y');
  });

  it('requires what an order on derivatives must carry, ExecInst(18) included', () =>
    expect(kraken.messages.get('D')?.required).to.have.members([11, 55, 54, 40, 38, 59, 60, 18]));

  it('has the custom tags with their values', () => {
    expect(kraken.fields.get(5025)).to.include({ name: 'Nonce', type: 'STRING' });
    expect([...(kraken.fields.get(8674)?.enums?.keys() ?? [])]).to.deep.equal(['0', '1']);
    expect(kraken.fieldsByName.get('ChecksumOrderBook')?.tag).to.equal(5041);
  });

  it('has the groups with their members in the order of the wire', () => {
    const members = (msgType: string, countTag: number): number[] => [
      ...(kraken.group(msgType, countTag)?.fields.keys() ?? []),
    ];
    expect(members('8', 136)).to.deep.equal([137, 138, 139, 891]);
    expect(members('D', 78)).to.deep.equal([79]);
    expect(members('V', 267)).to.deep.equal([269]);
    expect(members('V', 146)).to.deep.equal([55]);
    expect(members('W', 268)).to.deep.equal([269, 278, 270, 271, 273, 5060, 5273]);
    expect(members('X', 268)).to.deep.equal([279, 269, 278, 270, 271, 273, 5060, 5273, 40, 2446]);
    expect(kraken.group('X', 268)?.delimiter).to.equal(279);
    expect(kraken.group('y', 146)?.delimiter).to.equal(55);
    expect(kraken.messages.get('X')?.fields.has(5041)).to.equal(true);
  });

  it('knows header, trailer and begin string', () => {
    expect(kraken.beginString).to.equal('FIX.4.4');
    expect([8, 9, 35, 34, 49, 52, 56, 43, 97, 122].every((tag) => kraken.isHeader(tag))).to.be.true;
    expect(kraken.isHeader(11)).to.equal(false);
    expect(kraken.isTrailer(10)).to.equal(true);
    expect(kraken.label(54)).to.equal('Side(54)');
    expect(kraken.label(4711)).to.equal('4711');
  });
});

describe('dictionary of our clients', () => {
  it('has the messages of an order gateway', () => {
    for (const msgType of 'A 0 1 2 3 4 5 D F G H q AF AN BE V x e g 8 9 r j AO AP BF W X Y y f h B'.split(
      ' ',
    )) {
      expect(fathom.messages.has(msgType), msgType).to.equal(true);
    }
  });

  it('requires ClOrdID, Symbol, Side, OrdType, OrderQty and TransactTime of a new order', () =>
    expect(fathom.messages.get('D')?.required).to.have.members([11, 55, 54, 38, 40, 60]));

  it('has our own tags, the venue types of order, and groups within groups', () => {
    expect(fathom.messages.get('8')?.fields.has(20001)).to.equal(true);
    expect(fathom.messages.get('9')?.fields.has(20002)).to.equal(true);
    expect([...(fathom.fields.get(40)?.enums?.keys() ?? [])]).to.include.members([
      '1',
      '4',
      'R',
      'U',
    ]);
    expect([...(fathom.fields.get(18)?.enums?.keys() ?? [])]).to.include.members([
      'E',
      'P',
      's',
      '6',
    ]);
    const parties = fathom.group('D', 453);
    expect(parties?.delimiter).to.equal(448);
    expect(parties?.groups.get(802)?.delimiter).to.equal(523);
  });
});

describe('dictionary loading', () => {
  it('reads the stock dictionaries, with data fields and their lengths', () => {
    expect(stock44.messages.size).to.be.greaterThan(90);
    expect(stock42.beginString).to.equal('FIX.4.2');
    expect(stock44.dataTagOf(95)).to.equal(96);
    expect(stock44.lengthTagOf(355)).to.equal(354);
    expect(stock44.lengthTagOf(89)).to.equal(93);
    expect(stock44.isData(96)).to.equal(true);
    expect(stock44.isData(58)).to.equal(false);
    expect(stock44.messages.get('D')?.required).to.include(55);
  });

  it('answers what is wrong with a file, by its name', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fathom-dictionary-'));
    const broken = {
      'none.xml': undefined,
      'empty.xml': '',
      'text.xml': 'not xml at all',
      'cut.xml': '<fix type="FIX" major="4" minor="4"><header>',
      'unknown-field.xml':
        '<fix type="FIX" major="4" minor="4"><header/><messages><message name="A" msgtype="A" msgcat="admin">' +
        '<field name="Nothing" required="Y"/></message></messages><trailer/><components/><fields/></fix>',
    };
    try {
      for (const [name, text] of Object.entries(broken)) {
        const path = join(folder, name);
        if (text !== undefined) writeFileSync(path, text);
        const result = loadDictionary(path);
        expect(result.ok, name).to.equal(false);
        if (!result.ok) expect(result.error).to.match(new RegExp(`${name}: .`));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('leaves out the heavy parts of jspurefix', () => {
    const script = `
      import { createRequire } from 'node:module';
      import { loadDictionary } from './src/fix/dictionary/jspurefix.ts';
      const loaded = loadDictionary('fix-dictionaries/KRAKEN-DRV-FIX44.xml').ok;
      const paths = Object.keys(createRequire(import.meta.url).cache);
      const count = (part) => paths.filter((path) => path.includes(part)).length;
      console.log(loaded, count('jspurefix/dist') > 0, count('mathjs') + count('tsyringe'));`;
    const output = execFileSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', script],
      { encoding: 'utf8' },
    );
    expect(output.trim()).to.equal('true true 0');
  });
});
