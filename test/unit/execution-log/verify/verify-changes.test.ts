import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { executionsCommand } from '../../../../src/cli/executions.ts';
import { type ExecutionRecord } from '../../../../src/execution-log/execution-record.ts';
import { FIRST_HASH } from '../../../../src/execution-log/record-line.ts';
import { fill, opened, withDir } from '../log-harness.ts';
import {
  JSONL,
  CSV,
  RECORDS,
  VENUE_LINES,
  CLIENT_LINES,
  clientOrder,
  venueReport,
  verify,
  problemsOf,
  edit,
} from './verify-harness.ts';

describe('executions verify, when somebody changed the logs', () => {
  /** JSON lines with another content, and a chain that was made anew over all of it. */
  const rechained = (change: (line: string) => string) =>
    edit(JSONL, (text) => {
      let prevHash = FIRST_HASH;
      const lines = text
        .split('\n')
        .slice(0, -1)
        .map((line) => {
          const object = change(line).replace(/,"prevHash":.*$/, '');
          const covered = `${object},"prevHash":"${prevHash}"`;
          prevHash = createHash('sha256').update(covered).digest('hex');
          return `${covered},"hash":"${prevHash}"}\n`;
        });
      return lines.join('');
    });
  /** Column by column: what a cheat might change in the third record. */
  const CHANGES = [
    ['lastPx', '64123.5', '64000'],
    ['side', 'Buy', 'Sell'],
    ['symbol', 'PF_XBTUSD', 'PF_ETHUSD'],
    ['fee', '0.25', '0.05'],
    ['feeCcy', 'USD', 'EUR'],
    ['liquidity', 'Taker', 'Maker'],
    ['price', '64200', '65000'],
    ['account', 'A7', 'B9'],
    ['ordStatus', 'PartiallyFilled', 'Filled'],
    ['leavesQty', '1', '0'],
    ['tVenue', '1764000000000000000', '1764000001000000000'],
  ] as const;
  const RICH: readonly ExecutionRecord[] = RECORDS.map((record) => ({
    ...record,
    ...{ fee: '0.25', feeCcy: 'USD', liquidity: 'Taker', price: '64200', account: 'A7' },
    tVenue: '1764000000000000000',
  }));
  const NO_FIX = { venue: VENUE_LINES, client: [] };

  for (const [column, was, is] of CHANGES) {
    it(`finds ${column} that was changed in the JSON lines with the chain made anew`, async () => {
      const change = rechained((line) =>
        line.includes('"seq":"3"')
          ? line.replace(`"${column}":"${was}"`, `"${column}":"${is}"`)
          : line,
      );
      const problems = await problemsOf({ records: RICH, ...NO_FIX, change });
      expect(problems.join('\n')).to.contain(`${column} is ${is} in JSON lines, ${was} in CSV`);
      expect(problems.join('\n')).to.contain('its chain made anew');
    });

    it(`finds ${column} that was changed in the CSV`, async () => {
      const change = edit(CSV, (text) =>
        text
          .split('\r\n')
          .map((row) => (row.startsWith('er/1,3,') ? row.replace(`,${was},`, `,${is},`) : row))
          .join('\r\n'),
      );
      const problems = await problemsOf({ records: RICH, ...NO_FIX, change });
      expect(problems).to.have.length(1);
      expect(problems[0])
        .to.match(/^er-20261122-01\.jsonl line 3: /)
        .and.contain(` in CSV`);
    });
  }

  it('finds what both files were changed in alike by the journal, and by the FIX logs', async () => {
    const both = (dir: string): void => {
      rechained((line) => line.replace('"lastPx":"64123.5"', '"lastPx":"64000"'))(dir);
      edit(CSV, (text) => text.replaceAll('64123.5', '64000'))(dir);
      rmSync(join(dir, 'er-head.json'));
    };
    const byFix = await problemsOf({ change: both });
    expect(byFix.join('\n')).to.contain('lastPx is 64000 in JSON lines, tag 31 is 64123.5');
    const story = { venue: VENUE_LINES, client: [], change: both };
    const byJournal = await problemsOf({ ...story, journal: RECORDS });
    expect(byJournal).to.have.length(4);
    expect(byJournal[0]).to.equal(
      `${JSONL} line 1: lastPx is 64000 in JSON lines, 64123.5 in journal (journal record 1)`,
    );
  });

  it('finds a side, a symbol and a price that the FIX logs tell otherwise', async () => {
    const changes = [
      ['54=1', '54=2'],
      ['55=PF_XBTUSD', '55=PF_ETHUSD'],
      ['31=64123.5', '31=64000'],
      ['11=c1', '11=c2'],
    ] as const;
    for (const [was, is] of changes) {
      const client = CLIENT_LINES.map((line, i) => (i === 0 ? line.replace(was, is) : line));
      const problems = await problemsOf({ client });
      expect(problems, was).to.have.length(1);
      expect(problems[0], was).to.match(/^FIX.4.4-FATHOM-DESK1.* line 1: execution E1: /);
    }
    const venue = VENUE_LINES.map((line) => line.replace('17=x1\u0001', '17=x1\u000131=1\u0001'));
    expect((await problemsOf({ venue })).join()).to.contain('execution x1: lastPx is 64123.5');
  });

  it('finds a text and a TransactTime that the FIX logs tell otherwise', async () => {
    const at = Date.UTC(2026, 10, 22, 12, 59, 59, 250);
    const records = RECORDS.map((record) => ({
      ...record,
      text: 'Überfüllung → 1',
      tVenue: `${at}125000`,
    }));
    const told = '58=Überfüllung ? 1\u000160=20261122-12:59:59.250\u0001';
    const withTold = (line: string): string => line.replace('10=000', `${told}10=000`);
    const order = clientOrder('11=c1|55=PF_XBTUSD');
    const [venue, client] = [VENUE_LINES.map(withTold), [order, ...CLIENT_LINES.map(withTold)]];
    expect(await problemsOf({ records, venue, client })).to.deep.equal([]);
    const onlyFirst = (lines: readonly string[], at: number, was: string, is: string) =>
      lines.map((line, i) => (i === at ? line.replace(was, is) : line));
    const changes = [
      [{ venue, client: onlyFirst(client, 1, 'Über', 'Unter') }, /E1: text is Über.*58 is Unter/],
      [{ venue, client: onlyFirst(client, 2, '58=', '5858=') }, /E2: text is Über.*58 is empty/],
      [{ venue, client: onlyFirst(client, 1, '59.250', '59.251') }, /E1: transactTime is .*251$/],
      [{ venue, client: onlyFirst(client, 1, '60=2', '60=x2') }, /E1: transactTime is .* x2026/],
      [{ client, venue: onlyFirst(venue, 1, '12:59', '12:58') }, /x1: transactTime is .*12:58/],
    ] as const;
    for (const [logs, why] of changes) {
      const problems = await problemsOf({ records, ...logs });
      expect(problems.join('\n')).to.match(why);
      expect(problems).to.have.length(1);
    }
  });

  it('takes the Text(58) that a client gave its order for what its reports must say', async () => {
    const texts = [{ text: 'the venue says so' }, {}, { text: 'filled' }, {}];
    const records = RECORDS.map((record, i) => ({ ...record, ...texts[i] }));
    const own = (line: string): string => line.replace('10=000', '58=VWAP 7 €\u000110=000');
    const told = (line: string): string => line.replace('10=000', '58=VWAP 7 ???\u000110=000');
    // The client writes UTF-8, the log keeps its bytes, and the report says them again.
    const order = own(clientOrder('11=c1|55=PF_XBTUSD')).replace('€', '\u00e2\u0082\u00ac');
    const reports = CLIENT_LINES.map((line) => told(line).replace('???', '\u00e2\u0082\u00ac'));
    expect(await problemsOf({ records, client: [order, ...reports] })).to.deep.equal([]);
    // Its D may be in a file that is gone.
    expect(await problemsOf({ records, client: reports })).to.deep.equal([]);
    const [first = '', second = ''] = reports;
    const changed = second.replace('VWAP 7', 'VWAP 8');
    for (const before of [[order], []]) {
      const problems = await problemsOf({ records, client: [...before, first, changed] });
      expect(problems.join()).to.match(/E2: text is filled in JSON lines, tag 58 is VWAP 8/);
      expect(problems).to.have.length(1);
    }
  });

  it('takes no data field of a client for a trade', async () => {
    const data = '354=30|355=x|35=8|49=FATHOM|150=F|37=F1|17=E9|32=5|14=5';
    const client = [clientOrder(`11=c9|${data}`), ...CLIENT_LINES];
    expect(await problemsOf({ client })).to.deep.equal([]);
  });

  it('takes no report that a client sends for a trade of the venue', async () => {
    const forged = venueReport('37=ZZ|17=E9|32=5|14=5')
      .replace('49=KRAKEN-DRV', '49=DESK1')
      .replace('56=ME', '56=FATHOM');
    const logon = clientOrder('553=<redacted>').replace('35=D', '35=A');
    for (const before of [logon, clientOrder('11=c1'), ...CLIENT_LINES.slice(0, 1)]) {
      const client = [before, forged, ...CLIENT_LINES];
      expect(await problemsOf({ client })).to.deep.equal([]);
    }
  });

  it('takes no text of a client for the reason of a refusal', async () => {
    const refused = { text: 'MAX_QUANTITY: too much', reasonCode: 'MAX_QUANTITY' };
    const records = RECORDS.map((record, i) => (i === 1 ? { ...record, ...refused } : record));
    const order = clientOrder('11=c1|58=mine');
    const client = CLIENT_LINES.map((line) => line.replace('10=000', '58=mine\u000110=000'));
    const problems = await problemsOf({ records, client: [order, ...client] });
    expect(problems.join()).to.contain('E1: text is MAX_QUANTITY: too much in JSON lines');
  });

  it('calls no chain whole beside a line that is wrong, lost, doubled or out of its place', async () => {
    const edits: readonly ((lines: string[]) => string[])[] = [
      (lines) => lines.map((line, i) => (i === 1 ? line.replace('"0.1"', '"0.2"') : line)),
      (lines) => lines.filter((_, i) => i !== 2),
      (lines) => [lines[0]!, lines[0]!, ...lines.slice(1)],
      (lines) => [lines[1]!, lines[0]!, ...lines.slice(2)],
      (lines) => [...lines.slice(0, 2), 'hello', ...lines.slice(2)],
    ];
    for (const change of edits)
      await withDir(async (dir) => {
        const { log } = opened({ dir, fileBytesMax: 1_000_000 });
        for (const record of RECORDS) log.append(record);
        log.close();
        edit(JSONL, (text) => `${change(text.trimEnd().split('\n')).join('\n')}\n`)(dir);
        const lines: string[] = [];
        let exitCode = 0;
        const io = {
          out: (line: string) => lines.push(line),
          err: () => undefined,
          env: {},
          setExitCode: (code: number) => (exitCode = code),
        };
        await executionsCommand(io).parseAsync(['verify', dir], { from: 'user' });
        expect(lines.join('\n')).to.match(/hash chain .* broken: the disagreements say where/);
        expect(exitCode).to.equal(1);
      });
  });

  it('finds a tail that was cut off every file, by the head and by the journal', async () => {
    const cut = (dir: string): void => {
      edit(JSONL, (text) => text.split('\n').slice(0, -2).join('\n') + '\n')(dir);
      edit(CSV, (text) => text.split('\r\n').slice(0, -2).join('\r\n') + '\r\n')(dir);
    };
    const fix = { venue: VENUE_LINES.slice(0, 4), client: [] };
    expect(await problemsOf({ ...fix, change: cut })).to.deep.equal([
      `head: ${JSONL} had come to sequence 4 with another content: its tail was cut, or its chain made anew`,
    ]);
    const byJournal = await problemsOf({ ...fix, change: cut, journal: RECORDS });
    expect(byJournal[0]).to.contain('JSON lines ends after sequence 3: 1 records');
    expect(byJournal[1]).to.contain('CSV ends after sequence 3: 1 records');
  });

  it('compares with a journal whose old segments were removed from where it begins', async () => {
    const kept = { journal: RECORDS.slice(2), journalFrom: 3 };
    const verified = await verify(kept);
    expect(verified.disagreements).to.deep.equal([]);
    expect(verified).to.deep.include({ journalFrom: 3, verifiedTo: 4 });
    // A journal that has no execution any more leaves the log as far as it is.
    const empty = await verify({ journal: [], journalFrom: 5 });
    expect(empty.disagreements).to.deep.equal([]);
    expect(empty.verifiedTo).to.equal(4);
    // What it still has is held against the log.
    expect(await problemsOf({ ...kept, journal: RECORDS.slice(3) })).to.deep.equal([
      `${JSONL} line 3: missing in journal`,
    ]);
  });

  it('goes to the last complete record of a running engine, and says so', async () => {
    const change = edit(CSV, (text) => text.slice(0, -20));
    const verified = await verify({ change, journal: RECORDS, isRunning: true });
    expect(verified.disagreements).to.deep.equal([]);
    expect(verified).to.deep.include({ isRunning: true, verifiedTo: 3 });
  });

  it('nets busts: a trade that was cancelled is no longer part of the sum', async () => {
    const bust = fill(5, {
      ...{ execType: 'TradeCancel', execRefId: 'E2', cumQty: '0.1', execId: 'E5' },
      venueExecId: 'x5',
    });
    const verified = await verify({ records: [...RECORDS, bust] });
    expect(verified.disagreements).to.deep.equal([]);
    expect(verified.totals.lastQty).to.equal('5.1');
    const wrong = await problemsOf({ records: [...RECORDS, { ...bust, cumQty: '0.2' }] });
    expect(wrong).to.deep.equal([
      'order F1: LastQty does not add up to CumQty: 2 trades, LastQty 0.1, CumQty 0.2',
    ]);
  });
});
