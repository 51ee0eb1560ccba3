import { expect } from 'chai';
import { NumberAdvisor } from '../../../../src/app/sessions/number-advice.ts';

describe('the advice about a refused number', () => {
  let advisor: NumberAdvisor;
  beforeEach(() => {
    advisor = new NumberAdvisor((session) => session === 'trading');
  });
  const of = (code: string, text: string, session = 'trading') =>
    advisor.onNotice(session, { code, text });
  const tooLow = (expected: number, received: number): string =>
    `MsgSeqNum too low, expecting ${expected} but received ${received}`;

  it('names the command and the number that the venue expects of us', () => {
    for (const text of [
      'MsgSeqNum too low, expecting 17 but received 5',
      'MsgSeqNum too low, expected: 17, received: 5',
      'Sequence number 5 is invalid, expected 17',
    ])
      expect(of('LOGON_REFUSED', text), text)
        .to.include('`fathom session set-next-sender trading 17`')
        .and.include('`fathom session reset trading`');
    expect(of('HALTED', 'the peer refuses our numbers, set the next sender number: expecting 9'))
      .to.include('set-next-sender trading 9')
      .and.include('`fathom session logon trading`');
  });

  it('names the peer’s number where it went back while the session was up, also at later Logons', () => {
    of('LOGGED_ON', 'logged on');
    expect(of('TOO_LOW', tooLow(82, 3))).to.include('`fathom session set-next-target trading 3`');
    expect(of('HALTED', tooLow(82, 3))).to.include('set-next-target trading 3`');
    of('LINK_LOST', 'cut by us');
    // What the venue sent meanwhile, from 3 to 13, never came here.
    expect(of('TOO_LOW', tooLow(82, 14))).to.include('set-next-target trading 3`');
    expect(of('HALTED', tooLow(82, 16))).to.include('set-next-target trading 3`');
    expect(advisor.mendedBy('trading')).to.include('set-next-target trading 3`');
    of('LOGGED_ON', 'logged on');
    expect(advisor.mendedBy('trading')).to.equal(undefined);
  });

  it('has the venue send all again where nothing is known, as after a restart', () => {
    expect(of('TOO_LOW', tooLow(82, 14))).to.include('`fathom session set-next-target trading 1`');
    // A client has no reports for us.
    expect(of('TOO_LOW', tooLow(82, 14), 'desk1')).to.include('set-next-target desk1 14`');
  });

  it('goes back to the number from before an operator’s wrong one, and skips no report', () => {
    advisor.onTargetRaised('trading', 50);
    advisor.onTargetRaised('trading', 100);
    expect(of('TOO_LOW', tooLow(200, 60)))
      .to.include('`fathom session set-next-target trading 50`')
      .and.not.include('trading 60');
    // The peer is behind even that.
    expect(of('HALTED', tooLow(200, 40))).to.include('set-next-target trading 40`');
  });

  it('says where to look when the two sides count differently', () => {
    for (const code of ['SEQUENCE_LOWERED', 'RESEND_BEYOND', 'NEXT_EXPECTED'])
      expect(of(code, 'asked for 90, the last message sent is 7'), code).to.include(
        '`fathom session state trading`',
      );
  });

  it('says nothing about what is no number', () => {
    expect(of('LOGON_REFUSED', 'invalid credentials')).to.equal(undefined);
    expect(of('GARBLED', 'CheckSum(10)')).to.equal(undefined);
    expect(of('HALTED', 'the store cannot be written')).to.equal(undefined);
    expect(advisor.mendedBy('trading')).to.equal(undefined);
  });
});
