import { expect } from 'chai';
import { numberAdvice } from '../../../../src/app/sessions/number-advice.ts';

describe('the advice about a refused number', () => {
  const of = (code: string, text: string, raisedFrom?: number) =>
    numberAdvice('trading', { code, text }, raisedFrom);

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

  it('names the other command when the peer’s number is the one too low', () => {
    expect(of('TOO_LOW', 'MsgSeqNum too low, expecting 9 but received 4')).to.include(
      '`fathom session set-next-target trading 4`',
    );
    expect(of('HALTED', 'MsgSeqNum too low, expecting 9 but received 4')).to.include(
      'set-next-target trading 4',
    );
  });

  it('goes back to the number from before an operator’s wrong one, and skips no report', () => {
    const tooLow = 'MsgSeqNum too low, expecting 100 but received 60';
    for (const code of ['TOO_LOW', 'HALTED'])
      expect(of(code, tooLow, 50))
        .to.include('`fathom session set-next-target trading 50`')
        .and.not.include('trading 60');
    // The peer is behind even that.
    expect(of('TOO_LOW', tooLow, 70)).to.include('`fathom session set-next-target trading 60`');
    // It is not known whether somebody raised it, before this run perhaps.
    expect(of('TOO_LOW', tooLow)).to.include('give the one from before that');
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
  });
});
