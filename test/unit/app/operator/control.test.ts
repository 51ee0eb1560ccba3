import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openControl } from '../../../../src/app/operator/control.ts';
import { systemClock } from '../../../../src/app/system-clock.ts';
import { callControl } from '../../../../src/control/control-client.ts';
import { type FixSession } from '../../../../src/fix/session/model/session-types.ts';
import { openJournal } from '../../../../src/journal/open-journal.ts';
import { makeRedactor } from '../../../../src/lib/redaction/redactor.ts';
import { silentLogger } from '../../../../src/observability/logger.ts';

const CALL_MS_MAX = 60_000;

/** Answers one call about a session over a control socket of its own. */
const ask = async (
  place: string,
  session: object,
  call: {
    readonly verb: string;
    readonly params: object;
    readonly ends?: 'quiet' | 'keep' | 'cut';
    readonly onTargetRaised?: (session: string, from: number) => void;
  },
) => {
  const opened = await openJournal({ dir: place });
  if (!opened.ok) throw new Error(opened.error.message);
  const { journal } = opened.value;
  const path = `${place}.sock`;
  const server = await openControl({
    ...{ path, journal, clock: systemClock, logger: silentLogger, handlers: {} },
    redactor: makeRedactor(),
    sessions: () => [session as FixSession],
    aboutSession: () => ({}),
    resetsAtLogon: () => false,
    onTargetRaised: call.onTargetRaised ?? (() => undefined),
    beforeEnd: () => Promise.resolve(call.ends ?? 'quiet'),
  });
  if (!server.ok) throw new Error(server.error);
  const answer = await callControl(
    path,
    call.verb,
    { session: 'trading', ...call.params },
    CALL_MS_MAX,
  );
  await server.value.close();
  await journal.close();
  return answer;
};

describe('an operator’s reset of the session with the venue', () => {
  const dir = mkdtempSync(join(tmpdir(), 'fathom-control-'));
  after(() => rmSync(dir, { recursive: true }));

  for (const [what, before, expected] of [
    ['logs out when nothing is open', 'quiet', { isCut: false }],
    ['logs out when the policy keeps the orders', 'keep', { isCut: false }],
    ['cuts when orders are left to the venue, which a Logout would keep', 'cut', { isCut: true }],
  ] as const) {
    it(what, async () => {
      const resets: unknown[] = [];
      const session = {
        view: () => ({ id: 'trading', phase: 'LoggedOn' }),
        reset: (how: unknown) => resets.push(how),
      };
      const call = { verb: 'session.reset', params: {}, ends: before };
      const answer = await ask(join(dir, before), session, call);
      expect(answer.ok).to.equal(true);
      expect(resets).to.deep.equal([expected]);
    });
  }
});

describe('an operator’s number for a session that is up', () => {
  const dir = mkdtempSync(join(tmpdir(), 'fathom-numbers-'));
  after(() => rmSync(dir, { recursive: true }));

  const askedOf = async (phase: string, verb: string, value: number) => {
    const set: number[] = [];
    const record = (to: number): boolean => set.push(to) > 0;
    const session = {
      view: () => ({ id: 'trading', phase, nextSenderMsgSeqNum: 5, nextTargetMsgSeqNum: 14 }),
      setNextSenderMsgSeqNum: record,
      setNextTargetMsgSeqNum: record,
    };
    const place = join(dir, `${phase}-${verb}-${value}`);
    const answer = await ask(place, session, { verb: `session.${verb}`, params: { value } });
    return { set, code: answer.ok ? undefined : answer.error.code, answer };
  };

  for (const [verb, value, what] of [
    ['set-next-sender', 3, 'a number of ours that the peer has seen, whose orders stay in doubt'],
    [
      'set-next-target',
      900,
      'a number of the peer’s that is ahead, whose reports would be dropped',
    ],
  ] as const) {
    it(`is refused when it is ${what}`, async () => {
      const { set, answer } = await askedOf('LoggedOn', verb, value);
      expect(set).to.deep.equal([]);
      if (answer.ok) throw new Error('it was taken');
      expect(answer.error.code).to.equal('ENDS_SESSION');
      expect(answer.error.message).to.include('`fathom session logout trading` first');
      // Logged out, both sides may have agreed on it.
      expect((await askedOf('Disconnected', verb, value)).set).to.deep.equal([value]);
    });
  }

  it('is taken when the session goes on with it', async () => {
    for (const [verb, value] of [
      ['set-next-sender', 5],
      ['set-next-sender', 500],
      ['set-next-target', 14],
      ['set-next-target', 3],
    ] as const) {
      expect((await askedOf('LoggedOn', verb, value)).set).to.deep.equal([value]);
    }
  });
});

describe('an operator’s higher number of the peer', () => {
  const dir = mkdtempSync(join(tmpdir(), 'fathom-raised-'));
  after(() => rmSync(dir, { recursive: true }));

  it('is told to skip messages, which may be reports; a lower one skips none', async () => {
    let nextTargetMsgSeqNum = 14;
    const session = {
      view: () => ({
        ...{ id: 'trading', phase: 'Disconnected', nextSenderMsgSeqNum: 5, nextTargetMsgSeqNum },
      }),
      setNextTargetMsgSeqNum: (value: number) => {
        nextTargetMsgSeqNum = value;
        return true;
      },
    };
    const raised: unknown[] = [];
    const set = async (value: number) => {
      const onTargetRaised = (...from: unknown[]) => raised.push(from);
      const call = { verb: 'session.set-next-target', params: { value }, onTargetRaised };
      const answer = await ask(join(dir, String(value)), session, call);
      if (!answer.ok) throw new Error(answer.error.message);
      return (answer.value as { skipped?: string }).skipped;
    };
    expect(await set(100)).to.equal('MsgSeqNum(34) 14 to 99 of the peer will not be asked for');
    expect(await set(101)).to.equal('MsgSeqNum(34) 100 of the peer will not be asked for');
    expect(await set(14)).to.equal(undefined);
    expect(raised).to.deep.equal([
      ['trading', 14],
      ['trading', 100],
    ]);
  });
});
