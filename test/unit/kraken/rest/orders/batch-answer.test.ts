import { expect } from 'chai';
import { type Outcome } from '../../../../../src/kraken/outcome/rest-outcome.ts';
import { toBatchAnswers } from '../../../../../src/kraken/rest/orders/order-answer.ts';
import { type BatchInstruction } from '../../../../../src/kraken/rest/orders/order-params.ts';
import { id, LIMIT, toReply } from '../gateways-support.ts';

const SEND: BatchInstruction = { type: 'send', clOrdID: id('a'), terms: LIMIT };
const EDIT: BatchInstruction = { type: 'edit', target: { clOrdID: id('b') } };
const CANCEL: BatchInstruction = { type: 'cancel', target: { clOrdID: id('c') } };

const outcomesOf = (body: object, ...instructions: BatchInstruction[]): readonly Outcome[] =>
  toBatchAnswers(toReply(JSON.stringify(body)), instructions).map(({ outcome }) => outcome);
const outcomeOf = (leg: object, instruction: BatchInstruction): Outcome | undefined =>
  outcomesOf({ result: 'success', batchStatus: [leg] }, instruction)[0];

describe('legs of a batch', () => {
  it('are judged with their events, as single answers are', () => {
    const refused = { order_tag: '1', status: 'postWouldExecute' };
    expect(outcomeOf({ ...refused, orderEvents: [{ type: 'PLACE' }] }, SEND)).to.include({
      type: 'Unknown',
      cause: 'Contradiction',
    });
    const edited = { cliOrdId: 'b', status: 'wouldNotReducePosition' };
    expect(outcomeOf({ ...edited, orderEvents: [{ type: 'EDIT' }] }, EDIT)).to.include({
      type: 'Unknown',
      cause: 'Contradiction',
    });
  });

  it('may have filled when a refusal comes with an execution, be it unreadable', () => {
    const orderEvents = [{ type: 'EXECUTION', executionId: 'e1' }];
    const leg = { order_tag: '1', status: 'insufficientAvailableFunds', orderEvents };
    expect(outcomeOf(leg, SEND)).to.include({ type: 'Refused', mayHaveFilled: true });
  });

  it('each read "not found" for the whole batch as it would for themselves', () => {
    const outcomes = outcomesOf({ result: 'error', error: 'notFound' }, SEND, EDIT, CANCEL);
    const mayHaveFilled = outcomes.map((one) => one.type === 'Refused' && one.mayHaveFilled);
    expect(mayHaveFilled).to.deep.equal([false, true, true]);
  });
});
