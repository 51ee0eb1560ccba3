import { expect } from 'chai';
import { type VenueOrderID } from '../../../../src/domain/ids.ts';
import { Answerer, DEFAULT_ANSWERER } from '../../../../src/kraken/account/answerer.ts';
import {
  type Answer,
  done,
  keyOf,
  type Question,
} from '../../../../src/kraken/account/question.ts';
import { VirtualTime } from '../../../support/virtual-time.ts';

const ORDER: Question = { type: 'Order', venueOrderID: 'v1' as VenueOrderID };
const failed: Answer = { outcome: 'Failed', findings: [], text: 'no' };
const again: Answer = { outcome: 'Again', findings: [], text: 'not yet' };

/** An answerer whose venue answers as told, on time moved by hand. */
const scene = (answers: (question: Question, nth: number) => Answer | Promise<Answer>) => {
  const time = new VirtualTime();
  const asked: string[] = [];
  const notices: string[] = [];
  const answerer = new Answerer({
    timers: time,
    random: () => 0.5,
    answer: async (question) => {
      asked.push(keyOf(question));
      return Promise.resolve(answers(question, asked.length));
    },
    onFindings: (findings) => {
      for (const { type } of findings) notices.push(type);
    },
    onNotice: (_severity, code) => notices.push(code),
    limits: { ...DEFAULT_ANSWERER, questionsMax: 3, attemptsMax: 3 },
  });
  return { time, asked, notices, answerer };
};

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

describe('questions to REST', () => {
  it('are asked once, however often they come up while they wait', async () => {
    const { asked, answerer } = scene(() => done());
    for (let times = 0; times < 3; times++) answerer.ask(ORDER);
    answerer.ask({ type: 'Fills' });
    await settle();
    expect(asked).to.deep.equal(['Order v1', 'Fills']);
    expect(answerer.waiting).to.equal(0);
  });

  it('wait with growing pauses while REST fails, and nothing else is asked meanwhile', async () => {
    const { time, asked, notices, answerer } = scene((_, nth) => (nth < 4 ? failed : done()));
    answerer.ask(ORDER);
    await settle();
    answerer.ask({ type: 'Fills' });
    await settle();
    expect(asked).to.deep.equal(['Order v1']);
    expect(answerer.failures).to.equal(1);
    await time.advance(999);
    await settle();
    expect(asked).to.have.length(1);
    await time.advance(1);
    await settle();
    expect(asked).to.have.length(2);
    await time.advance(1_999);
    await settle();
    expect(asked).to.have.length(2);
    await time.advance(1);
    await settle();
    await time.advance(4_000);
    await settle();
    expect(asked.slice(2)).to.deep.equal(['Order v1', 'Order v1', 'Fills']);
    expect(notices).to.deep.equal(['REST_FAILING', 'REST_BACK']);
  });

  it('are put again when the venue does not know yet, and given up with a word', async () => {
    const { time, asked, notices, answerer } = scene(({ type }) =>
      type === 'Order' ? again : done(),
    );
    answerer.ask(ORDER);
    await settle();
    answerer.ask({ type: 'Fills' });
    await settle();
    expect(asked, 'others do not wait for it').to.deep.equal(['Order v1', 'Fills']);
    await time.advance(10_000);
    await settle();
    await time.advance(10_000);
    await settle();
    await time.advance(600_000);
    await settle();
    expect(asked.filter((key) => key === 'Order v1')).to.have.length(3);
    expect(notices).to.deep.equal(['QUESTION_UNANSWERED']);
    expect(answerer.waiting).to.equal(0);
  });

  it('are dropped with a word when too many wait', async () => {
    const { notices, answerer } = scene(() => failed);
    answerer.ask(ORDER);
    await settle();
    for (const type of ['Fills', 'Positions', 'Balances'] as const) answerer.ask({ type });
    expect(answerer.waiting).to.equal(3);
    expect(notices).to.deep.equal(['REST_FAILING', 'QUESTION_DROPPED']);
  });

  it('survive a reader that throws: it is this question that cannot be answered, others are', async () => {
    const { asked, notices, answerer } = scene(({ type }) => {
      if (type === 'Order') throw new Error('bug');
      return done();
    });
    answerer.ask(ORDER);
    answerer.ask({ type: 'Fills' });
    await settle();
    expect(asked).to.deep.equal(['Order v1', 'Fills']);
    expect(notices).to.deep.equal(['QUESTION_REFUSED']);
  });

  it('step aside when they alone are refused, and are given up with a word', async () => {
    const refused: Answer = { outcome: 'Refused', findings: [], text: 'no right' };
    const { time, asked, notices, answerer } = scene(({ type }) =>
      type === 'Order' ? refused : done(),
    );
    answerer.ask(ORDER);
    for (const type of ['Fills', 'Positions'] as const) answerer.ask({ type });
    await settle();
    expect(asked).to.deep.equal(['Order v1', 'Fills', 'Positions']);
    expect(answerer.failures).to.equal(0);
    for (let times = 0; times < 3; times++) {
      await time.advance(10_000);
      await settle();
    }
    expect(asked.filter((key) => key === 'Order v1')).to.have.length(3);
    expect(notices).to.deep.equal(['QUESTION_REFUSED', 'QUESTION_UNANSWERED']);
    expect(answerer.waiting).to.equal(0);
  });

  it('that come up while the same one is in flight are asked once more: the answer may be older', async () => {
    let answer: (given: Answer) => void = () => undefined;
    const { asked, answerer } = scene((_, nth) =>
      nth > 1 ? done() : new Promise<Answer>((resolve) => (answer = resolve)),
    );
    answerer.ask(ORDER);
    await settle();
    for (let times = 0; times < 3; times++) answerer.ask(ORDER);
    answer(done());
    await settle();
    expect(asked).to.deep.equal(['Order v1', 'Order v1']);
    expect(answerer.waiting).to.equal(0);
  });

  it('are asked with the priority of a doubt as soon as a doubt needs them', async () => {
    const askedFor: string[] = [];
    const time = new VirtualTime();
    const answerer = new Answerer({
      timers: time,
      random: () => 0.5,
      onFindings: () => undefined,
      onNotice: () => undefined,
      answer: (_question, why) => Promise.resolve(done()).then((it) => (askedFor.push(why), it)),
    });
    answerer.ask({ type: 'Fills' }, 'Poll');
    answerer.ask({ type: 'Fills' });
    answerer.ask({ type: 'Positions' }, 'Poll');
    await settle();
    expect(askedFor).to.deep.equal(['Doubt', 'Poll']);
  });

  it('end with the stop, and leave no timer behind', async () => {
    const { time, asked, answerer } = scene(() => again);
    answerer.ask(ORDER);
    await settle();
    await answerer.stop();
    answerer.ask({ type: 'Fills' });
    await time.advance(600_000);
    await settle();
    expect(asked).to.have.length(1);
    expect(time.pending).to.equal(0);
  });
});
