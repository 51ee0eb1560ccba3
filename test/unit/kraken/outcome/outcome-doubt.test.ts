import { expect } from 'chai';
import { classifyStatus } from '../../../../src/kraken/outcome/rest-outcome.ts';
import { classify, envelope, send, verdict } from './outcome-support.ts';

describe('what takes the proof from a refusal over REST', () => {
  it('marks a refusal after a partial fill, whatever its word', () => {
    const outcome = send('invalidPrice', {
      orderEvents: [{ type: 'EXECUTION' }, { type: 'REJECT' }],
    });
    expect(verdict(outcome)).to.equal('f');
  });

  it('sees the contradiction of a refusal beside a PLACE event', () => {
    const outcome = send('invalidPrice', { orderEvents: [{ type: 'PLACE' }] });
    expect(outcome).to.include({ type: 'Unknown', cause: 'Contradiction' });
  });

  it('sees the contradiction of a refused edit beside an EDIT, of a refused cancel beside a CANCEL', () => {
    const beside = (type: string) => ({ status: 'postWouldExecute', orderEvents: [{ type }] });
    for (const type of ['EDIT', 'PLACE', 'CANCEL', 'NEWS'])
      expect(classifyStatus(beside(type), 'edit'), type).to.include({ cause: 'Contradiction' });
    const gone = { status: 'notFound', orderEvents: [{ type: 'CANCEL' }] };
    expect(classifyStatus(gone, 'cancel')).to.include({ cause: 'Contradiction' });
    for (const type of ['REJECT', 'CANCEL'])
      expect(verdict(classifyStatus(beside(type), 'send')), type).to.equal('-');
  });

  it('believes no refusal beside events that it cannot read', () => {
    for (const orderEvents of [[{}], ['PLACE'], 'PLACE', [null]])
      expect(send('invalidPrice', { orderEvents })).to.include({ cause: 'Contradiction' });
    expect(verdict(send('invalidPrice', { orderEvents: null }))).to.equal('-');
  });

  it('sees the contradiction of an error beside success or beside a payload', () => {
    const error = { result: 'error', error: 'insufficientFunds' };
    const bodies = [
      { ...error, sendStatus: { status: 'placed' } },
      { ...error, result: 'success' },
      { result: 'success', errors: [{ code: 11, message: 'Argument invalid' }] },
    ];
    for (const body of bodies)
      expect(classify(body, 'send'), JSON.stringify(body)).to.include({
        type: 'Unknown',
        cause: 'Contradiction',
      });
    expect(classify(error, 'send').type).to.equal('Refused');
    expect(classify({ ...error, uid: '9053db5f' }, 'money').type).to.equal('Unknown');
  });

  it('takes the proof from a list of errors when one of them is in no reference', () => {
    const errors = [{ code: 11, message: 'Argument invalid' }];
    const novel = [...errors, { code: 999, message: 'something new' }];
    expect(verdict(classify({ result: 'error', errors }, 'send'))).to.equal('-');
    expect(verdict(classify({ result: 'error', errors: novel }, 'send'))).to.equal('?!');
  });

  it('reads every text of a list of errors before the HTTP status may prove anything', () => {
    const unproven = ['Server Error', 'unknownError', 'clientOrderIdAlreadyExist', 'Unavailable'];
    const more = ['CLIENT_ORDER_ID_IN_USE', 'selfFill', 'nonceDuplicate', 'Internal server error'];
    for (const message of [...unproven, ...more])
      for (const errors of [[{ code: 0, message }], [message], ['x', { code: 11, message }]])
        expect(verdict(classify({ result: 'error', errors }, 'send', 400)), message).to.equal('?');
    const codes = [{ code: 0, message: '400 BAD_REQUEST' }];
    expect(verdict(classify({ result: 'error', errors: codes }, 'send', 400))).to.equal('-');
  });

  it('takes the proof from an error word when a text beside it in errors[] proves nothing', () => {
    const beside = (message: string, error = 'invalidArgument: size'): string =>
      verdict(classify({ result: 'error', error, errors: [{ code: 0, message }] }, 'send', 400));
    expect(beside('Server Error')).to.equal('?');
    expect(beside('400 BAD_REQUEST')).to.equal('-');
    expect(beside('400 BAD_REQUEST', 'invalidArgument: Server Error')).to.equal('?');
  });

  it('sends to the fills when the order of a cancel or an edit is not found, wherever that is said', () => {
    for (const call of ['cancel', 'edit'] as const) {
      for (const [http, message] of [
        [404, 'Order not found'],
        [400, 'notFound'],
        [404, ''],
      ] as const)
        expect(verdict(classify(envelope(0, message), call, http)), message).to.equal('f');
      expect(classify(envelope(0, 'Order not found'), call, 404)).to.include({
        reason: 'UnknownOrder',
      });
      expect(verdict(classify(envelope(11, 'Argument invalid: symbol'), call, 400))).to.equal('-');
    }
  });
});
