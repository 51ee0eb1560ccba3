import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { type FixLogOptions, openFixLog, sessionStem } from '../../../../src/fix/log/log.ts';
import { parseFixLogLine } from '../../../../src/fix/log/log-line.ts';
import { makeRedactor } from '../../../../src/lib/redaction/redactor.ts';
import { Secret } from '../../../../src/lib/secret.ts';
import { type Timers, epochMs } from '../../../../src/lib/time.ts';

const NOON = epochMs(Date.UTC(2026, 10, 22, 12, 0, 0, 7));
const MESSAGES = 'FIX.4.4-ME-VENUE.messages.20261122.log';
const EVENTS = 'FIX.4.4-ME-VENUE.event.20261122.log';

const frame = (text: string): Buffer => Buffer.from(text.replaceAll('|', '\u0001'), 'latin1');

describe('FIX log', () => {
  let dir: string;
  let options: FixLogOptions;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-fixlog-'));
    options = {
      dir: join(dir, 'fix'),
      beginString: 'FIX.4.4',
      senderCompID: 'ME',
      targetCompID: 'VENUE',
    };
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  const read = (name: string): string => readFileSync(join(dir, 'fix', name), 'latin1');

  it('writes one raw message a line, SOH kept, behind the time', () => {
    const log = openFixLog(options);
    const heartbeat = frame('8=FIX.4.4|9=5|35=0|10=163|');
    log.message('received', heartbeat, NOON);
    log.message('sent', heartbeat, epochMs(NOON + 1));
    log.close();
    const raw = heartbeat.toString('latin1');
    expect(read(MESSAGES)).to.equal(
      `20261122-12:00:00.007: ${raw}\n20261122-12:00:00.008: ${raw}\n`,
    );
  });

  it('marks the direction when asked, and reads its own lines and those of QuickFIX', () => {
    const log = openFixLog({ ...options, direction: 'arrows' });
    log.message('received', frame('8=FIX.4.4|35=0|'), NOON);
    log.message('sent', frame('8=FIX.4.4|35=1|'), NOON);
    log.close();
    const lines = read(MESSAGES).split('\n').slice(0, -1).map(parseFixLogLine);
    expect(lines).to.deep.equal([
      { at: NOON, direction: 'received', body: '8=FIX.4.4\u000135=0\u0001' },
      { at: NOON, direction: 'sent', body: '8=FIX.4.4\u000135=1\u0001' },
    ]);
    expect(parseFixLogLine('20261122-12:00:00.007 : 8=FIX.4.4')).to.deep.equal({
      at: NOON,
      direction: undefined,
      body: '8=FIX.4.4',
    });
    expect(parseFixLogLine('8=FIX.4.4')).to.deep.equal({
      at: undefined,
      direction: undefined,
      body: '8=FIX.4.4',
    });
  });

  it('masks secret fields in both files, known secrets in event texts, and keeps the frame a frame', () => {
    const redactor = makeRedactor([new Secret('top-secret')]);
    const log = openFixLog({ ...options, redactor });
    log.message(
      'sent',
      frame('8=FIX.4.4|9=1|35=A|553=user1|554=pass1|5025=123|58=5 554=x|10=000|'),
      NOON,
    );
    log.event('logon with top-secret refused', NOON);
    log.event('garbled: 35=A|554=my pass word|925=new|108=30|', NOON);
    log.close();
    expect(read(MESSAGES)).to.match(
      /553=\*{5}\u0001554=\*{5}\u00015025=\*{3}\u000158=5 554=\*\u000110=\d{3}\u0001\n$/,
    );
    expect(read(EVENTS)).to.equal(
      '20261122-12:00:00.007: logon with <redacted> refused\n20261122-12:00:00.007: garbled: 35=A|554=<redacted>|925=<redacted>|108=30|\n',
    );
  });

  it('begins a new file each UTC day and stays in it when the clock goes back', () => {
    const log = openFixLog(options);
    const midnight = epochMs(Date.UTC(2026, 10, 23));
    log.event('before', epochMs(midnight - 1));
    log.event('after', midnight);
    log.event('back', epochMs(midnight - 1));
    log.close();
    expect(read(EVENTS)).to.equal('20261122-23:59:59.999: before\n');
    expect(read('FIX.4.4-ME-VENUE.event.20261123.log').split('\n')).to.have.length(3);
  });

  it('tells where each line begins, also in a file that it continues', () => {
    const first = openFixLog(options);
    first.message('sent', frame('8=FIX.4.4|35=0|'), NOON);
    first.close();
    const second = openFixLog(options);
    second.message('sent', frame('8=FIX.4.4|35=1|'), NOON);
    const place = second.message('sent', frame('8=FIX.4.4|35=2|'), NOON);
    second.close();
    expect(place?.file).to.equal(MESSAGES);
    expect(read(MESSAGES).slice(place?.offset)).to.contain('35=2').and.not.to.contain('35=1');
  });

  it('keeps one message on one line', () => {
    const log = openFixLog(options);
    log.message('received', frame('8=FIX.4.4|58=a\r\nb|'), NOON);
    log.close();
    expect(read(MESSAGES)).to.equal('20261122-12:00:00.007: 8=FIX.4.4\u000158=a  b\u0001\n');
  });

  it('holds nothing that a terminal obeys, in messages and in events', () => {
    const log = openFixLog(options);
    log.message('received', frame('8=FIX.4.4|58=\x1b]0;owned\x07 \x00|10=000|'), NOON);
    log.event('peer said \x1b[2J\u202e and Z\u00c3\u00bcrich', NOON);
    log.close();
    expect(read(MESSAGES)).to.match(/58=\?\]0;owned\? \?\u000110=\d{3}\u0001\n$/);
    expect(readFileSync(join(dir, 'fix', EVENTS), 'utf8')).to.equal(
      '20261122-12:00:00.007: peer said \\u001b[2J\\u202e and Zürich\n',
    );
  });

  it('leaves heartbeats and test requests out when asked', () => {
    const log = openFixLog({ ...options, heartbeats: false });
    for (const type of ['0', '1', '8', '10'])
      log.message('sent', frame(`8=FIX.4.4|9=5|35=${type}|`), NOON);
    log.close();
    expect(read(MESSAGES).match(/35=\w+/g)).to.deep.equal(['35=8', '35=10']);
  });

  it('keeps session names out of the file system', () => {
    expect(
      sessionStem({ ...options, targetCompID: '../../etc/passwd', qualifier: 'a/b' }),
    ).to.equal('FIX.4.4-ME-.._.._etc_passwd-a_b');
  });

  it('writes at the end of each turn by itself', async () => {
    const log = openFixLog(options);
    log.event('one', NOON);
    log.event('two', NOON);
    await Promise.resolve();
    expect(read(EVENTS).split('\n')).to.have.length(3);
    log.close();
  });

  it('waits a short time when asked, by the timers it is given', () => {
    const fires: (() => void)[] = [];
    const timers: Timers = {
      set: (_afterMs, fire) => {
        fires.push(fire);
        return { cancel: () => undefined };
      },
    };
    const log = openFixLog({ ...options, timers, flushAfterMs: 20 });
    log.event('one', NOON);
    log.event('two', NOON);
    expect(fires).to.have.length(1);
    fires[0]?.();
    expect(read(EVENTS).split('\n')).to.have.length(3);
    log.close();
  });

  it('tells once that it cannot write, drops lines instead of growing, and says how many', () => {
    let isFull = true;
    const troubles: string[] = [];
    const log = openFixLog({
      ...options,
      bufferBytesMax: 100,
      onTrouble: (text) => troubles.push(text),
      write: (_fd, bytes) => {
        if (isFull) throw new Error('ENOSPC');
        return bytes.length;
      },
    });
    for (let i = 0; i < 50; i += 1) log.event(`event number ${i}`, NOON);
    log.flush();
    expect(troubles).to.deep.equal([`${EVENTS} cannot be written: ENOSPC`]);
    isFull = false;
    log.flush();
    expect(troubles[1]).to.match(/writing again, 4\d lines were dropped$/);
    log.event('after', NOON);
    log.close();
    expect(troubles).to.have.length(2);
  });

  it('reports a directory that cannot be made and goes on', () => {
    const troubles: string[] = [];
    const log = openFixLog({
      ...options,
      dir: '/dev/null/fix',
      onTrouble: (text) => troubles.push(text),
    });
    log.event('x', NOON);
    log.message('sent', frame('8=FIX.4.4|'), NOON);
    log.flush();
    log.close();
    // Once for each of the two files.
    expect(troubles).to.have.length(2);
    for (const trouble of troubles) expect(trouble).to.contain('ENOTDIR');
  });

  it('makes files that only their owner reads', () => {
    const log = openFixLog(options);
    log.event('x', NOON);
    log.close();
    expect(readdirSync(join(dir, 'fix'))).to.deep.equal([EVENTS]);
    expect(statSync(join(dir, 'fix')).mode & 0o777).to.equal(0o700);
    expect(statSync(join(dir, 'fix', EVENTS)).mode & 0o777).to.equal(0o600);
  });
});
