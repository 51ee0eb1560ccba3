import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { format } from 'prettier';
import { readKeysFile } from '../../../../src/cli/simulate/keys-file.ts';
import { readSettings } from '../../../../src/cli/simulate/settings.ts';
import { INSTRUMENT_CATALOGUE } from '../../../../src/simulator/exchange/model/instruments/instrument-catalogue.ts';
import { parseReplay } from '../../../../src/simulator/market/replay-market.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import { settings, settingsLists } from '../../../support/simulator-settings-lists.ts';

const PAGE = 'docs/simulator.md';
const SANDBOX = {
  SANDBOX_API_KEY: 'key',
  SANDBOX_API_SECRET: 'c2VjcmV0',
  SANDBOX_FIX_API_KEY: 'fix-key',
  SANDBOX_FIX_API_SECRET: 'Zml4LXNlY3JldA==',
};

describe('files of fathom simulate', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fathom-settings-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const file = (text: string): string => {
    const path = join(folder, 'given.json');
    writeFileSync(path, text);
    return path;
  };
  const settingsError = (text: string, ...set: readonly string[]): string => {
    const read = readSettings(file(text), set);
    return read.ok ? 'accepted' : read.error;
  };
  const keysError = (value: unknown): string => {
    const read = readKeysFile(file(JSON.stringify(value)), SANDBOX, epochMs(0));
    return read.ok ? 'accepted' : read.error;
  };

  it('takes every setting that its page lists, at its default', () => {
    const tried = settings().filter(({ schema }) => 'default' in schema);
    for (const { path, schema } of tried) {
      const { default: value } = schema as unknown as { readonly default: unknown };
      const read = readSettings(undefined, [`${path}=${String(value)}`]);
      expect(read.ok, `${path}=${String(value)}`).to.equal(true);
    }
    expect(tried.length).to.be.greaterThan(50);
  });

  it('has a page with every setting (FATHOM_WRITE_DOCS=1 writes it)', async () => {
    const page = readFileSync(PAGE, 'utf8');
    const prose = page.slice(0, page.search(/^### `fix`$|^\| setting/m)).trimEnd();
    const whole = await format(`${prose}\n\n${settingsLists()}\n`, {
      parser: 'markdown',
      printWidth: 100,
      proseWrap: 'preserve',
    });
    if (process.env['FATHOM_WRITE_DOCS'] === '1') writeFileSync(PAGE, whole);
    expect(readFileSync(PAGE, 'utf8')).to.equal(whole);
  });

  it('reads the example of settings, with an override over it', () => {
    const read = readSettings('config/simulator-settings.example.json', [
      'feeds.makerFill=order-first',
      'exchange.takerFee=0.0003',
    ]);
    expect(read).to.have.nested.property('value.feeds.makerFill', 'order-first');
    expect(read).to.have.nested.property('value.exchange.takerFee', '0.0003');
    expect(read).to.have.nested.property('value.fix.realAvgPx', true);
  });

  it('names the key of a setting that is wrong', () => {
    expect(settingsError('{"feeds":{"inof":"omit"}}')).to.contain(
      'feeds.inof: there is no such key',
    );
    expect(settingsError('{"fix":{"secondLogon":"both"}}')).to.contain(
      'fix.secondLogon: must be one of evict-old, refuse-new',
    );
    expect(settingsError('{', 'a=b')).to.contain('line 1');
    expect(settingsError('{"fix":{},"fix":{}}')).to.contain('fix is given twice');
    expect(settingsError('{}', 'feeds.infoDelayMs=soon')).to.contain('feeds.infoDelayMs');
    expect(settingsError('{}', 'feeds')).to.contain('give it as path=value');
  });

  it('reads the example of keys: accounts, permissions, secrets of the environment', () => {
    const read = readKeysFile('config/simulator-keys.example.json', SANDBOX, epochMs(0));
    if (!read.ok) throw new Error(read.error);
    const { rest, clients, accounts } = read.value;
    expect(rest.map(({ account, permissions }) => [account, permissions.transfer])).to.deep.equal([
      ['desk-a', 'FULL_ACCESS'],
      ['desk-a-algo', 'NO_ACCESS'],
    ]);
    expect(rest[0]?.apiSecret.reveal()).to.equal('c2VjcmV0');
    expect(clients.map(({ compID, account }) => [compID, account])).to.deep.equal([
      ['DESK-A-DRV', 'desk-a'],
    ]);
    expect(accounts.map(({ uid, master }) => [uid, master])).to.deep.equal([
      ['desk-a', undefined],
      ['desk-a-algo', 'desk-a'],
    ]);
    expect(accounts[0]?.balances).to.deep.equal({
      flex: { USD: '2000000' },
      cash: { USD: '50000' },
    });
  });

  it('names what is wrong with a file of keys', () => {
    const key = { account: 'a', apiKey: 'k', apiSecret: 'c2VjcmV0' };
    expect(keysError({ keys: [] })).to.contain('keys: must NOT have fewer than 1');
    expect(keysError({ keys: [{ ...key, apiSecret: 'no base64!' }] })).to.contain(
      'keys[0].apiSecret is not base64',
    );
    expect(keysError({ keys: [key, key] })).to.contain('the apiKey of keys[1] is given twice');
    expect(keysError({ keys: [{ ...key, apiSecret: { env: 'NOWHERE' } }] })).to.contain(
      'NOWHERE is not set',
    );
    expect(keysError({ keys: [{ ...key, fixApiKey: 'f' }] })).to.contain('senderCompID is missing');
    expect(keysError({ keys: [key], accounts: { a: { master: 'b' } } })).to.contain(
      'accounts.a.master: there is no account b',
    );
    expect(
      keysError({ keys: [key], accounts: { a: { balances: { purse: { USD: '1' } } } } }),
    ).to.contain('accounts.a.balances.purse');
  });

  it('reads the example recording against the listed contracts', () => {
    const text = readFileSync('config/replay/example.jsonl', 'utf8');
    const listed = new Set(INSTRUMENT_CATALOGUE.map(({ symbol }) => symbol));
    const records = parseReplay(text, listed);
    expect(records.ok && records.value.length).to.equal(text.trimEnd().split('\n').length);
    expect(parseReplay(text, new Set(['PI_XBTUSD'])).ok).to.equal(false);
  });
});
