import { expect } from 'chai';
import { systemClock } from '../../src/app/system-clock.ts';
import { toUtcTimestamp } from '../../src/lib/time.ts';
import { plain } from '../support/bench.ts';
import { MatrixStage } from '../support/matrix-over-fix.ts';
import { type RawFixClient } from '../support/raw-fix-client.ts';

type Answer = ReadonlyMap<string, string>;

describe('what a client asks about its orders', function () {
  this.timeout(180_000);
  let stage: MatrixStage;
  let other: RawFixClient;
  let asked = 0;

  before(async () => {
    stage = await MatrixStage.open();
    other = await stage.other();
    for (const [id, more] of [
      ['A', '55=PF_XBTUSD|54=1|1=fund-7|526=S1'],
      ['B', '55=PF_ETHUSD|54=1|1=fund-7'],
      ['C', '55=PF_XBTUSD|54=2|1=fund-8'],
    ] as const) {
      place(stage.client, id, more);
    }
    place(other, 'A', '55=PF_XBTUSD|54=1');
    for (const [at, id] of ['A', 'B', 'C'].entries()) {
      const sent = await stage.venue.receive('D', at + 1);
      acknowledge(sent, id);
    }
    await stage.venue.inStep();
    await stage.clientInStep();
  });
  after(async () => {
    other.close();
    await stage.close();
  });

  const place = (client: RawFixClient, id: string, more: string): void => {
    const now = toUtcTimestamp(systemClock.wall());
    client.send('D', `11=${id}|60=${now}|38=10|40=2|44=100|59=1|${more}`);
  };
  const acknowledge = (sent: Answer, id: string): void => {
    const name = `11=${sent.get('11') ?? ''}|37=V${id}|55=${sent.get('55') ?? ''}`;
    const side = `54=${sent.get('54') ?? ''}|40=2|38=10|44=100|6=0`;
    stage.venue.say('8', `${name}|${side}|17=N${id}|150=0|39=0|14=0|151=10`);
    if (id !== 'A') return;
    stage.venue.say('8', `${name}|${side}|17=T${id}|150=F|39=1|14=4|151=6|32=4|31=100`);
  };
  const answerTo = async (body: string, client = stage.client): Promise<Answer> => {
    asked += 1;
    const id = `Q${asked}`;
    client.send('H', `790=${id}|${body}`);
    return client.expect(({ get }) => get(790) === id, `an answer to ${body}`);
  };
  const listOf = async (body: string, client = stage.client): Promise<readonly Answer[]> => {
    asked += 1;
    const id = `M${asked}`;
    client.send('AF', `584=${id}|${body}`);
    await client.expect(({ get }) => get(584) === id && get(912) === 'Y', `a list for ${body}`);
    return client.received.filter((message) => message.get('584') === id);
  };
  const namesOf = (answers: readonly Answer[]): readonly (string | undefined)[] =>
    answers.map((answer) => answer.get('11'));

  it('an order is answered about from the books, and nothing changes', async () => {
    const books = plain(stage.engine.state);
    const answer = await answerTo('11=A|55=PF_XBTUSD|54=1');
    const tags = ['17', '150', '39', '14', '151', '38', '6', '1', '526', '198'];
    expect(tags.map((tag) => answer.get(tag))).to.deep.equal([
      ...['0', 'I', '1', '4', '6', '10', '100', 'fund-7', 'S1', 'VA'],
    ]);
    const byOrderID = await answerTo(`11=NONE|37=${answer.get('37') ?? ''}|55=PF_XBTUSD|54=1`);
    expect(byOrderID.get('11')).to.equal('A');
    expect(plain(stage.engine.state)).to.deep.equal(books);
    expect(stage.venue.count('H'), 'nothing reaches the venue').to.equal(0);
  });

  it('an order that the client does not have is unknown, another client’s too', async () => {
    const mine = await answerTo('11=A|55=PF_XBTUSD|54=1');
    for (const [body, client] of [
      ['11=Z|55=PF_XBTUSD|54=1', stage.client],
      ['11=B|55=PF_ETHUSD|54=1', other],
      [`11=A|37=${mine.get('37') ?? ''}|55=PF_XBTUSD|54=1`, other],
    ] as const) {
      const answer = await answerTo(body, client);
      const tags = ['150', '39', '103', '37', '17', '151', '20002'];
      expect(
        tags.map((tag) => answer.get(tag)),
        body,
      ).to.deep.equal([...['I', '8', '5', 'NONE', '0', '0', 'UNKNOWN_ORDER']]);
      expect(answer.get('58'), body).to.contain('no such order of this client');
    }
    const same = await answerTo('11=A|55=PF_XBTUSD|54=1', other);
    expect(same.get('37'), 'the same ClOrdID of two clients').not.to.equal(mine.get('37'));
  });

  it('a question that contradicts the order is answered by name', async () => {
    for (const [body, name] of [
      ['11=A|55=PF_ETHUSD|54=1', 'Symbol(55) is PF_ETHUSD'],
      ['11=A|55=PF_XBTUSD|54=2', 'Side(54) is 2'],
      ['11=A|55=PF_XBTUSD|54=1|1=fund-8', 'Account(1) is fund-8'],
    ] as const) {
      const answer = await answerTo(body);
      expect([answer.get('39'), answer.get('103'), answer.get('20002')], body) //
        .to.deep.equal(['8', '99', 'ORDER_MISMATCH']);
      expect(answer.get('58'), body).to.contain(name);
    }
  });

  it('the open orders of a client are listed by symbol, account, side, and all', async () => {
    for (const [body, names] of [
      ['585=7', ['A', 'B', 'C']],
      ['585=1|55=PF_XBTUSD', ['A', 'C']],
      ['585=7|1=fund-7', ['A', 'B']],
      ['585=1|55=PF_XBTUSD|54=2', ['C']],
    ] as const) {
      const list = await listOf(body);
      expect(namesOf(list), body).to.deep.equal(names);
      expect(
        list.map((answer) => answer.get('911')),
        body,
      ) //
        .to.deep.equal(names.map(() => String(names.length)));
      expect(
        list.map((answer) => answer.get('912')),
        body,
      ) //
        .to.deep.equal(names.map((_, at) => (at === names.length - 1 ? 'Y' : 'N')));
      for (const answer of list)
        expect([answer.get('150'), answer.get('17')]).to.deep.equal(['I', '0']);
    }
    expect(namesOf(await listOf('585=7', other))).to.deep.equal(['A']);
  });

  it('a list of nothing, and one that cannot be narrowed as it says, is one refusal', async () => {
    for (const [body, reason, code] of [
      ['585=7|1=fund-9', '5', 'NO_ORDERS'],
      ['585=1|55=PF_NOPE', '5', 'NO_ORDERS'],
      ['585=3|460=1', '11', 'UNSUPPORTED_MASS_STATUS'],
      ['585=7|336=1', '11', 'UNSUPPORTED_SCOPE'],
      ['585=7|55=PF_XBTUSD', '99', 'AMBIGUOUS_SCOPE'],
      ['585=1', '99', 'MISSING_SYMBOL'],
    ] as const) {
      const [answer, ...more] = await listOf(body);
      const tags = ['150', '39', '103', '911', '912', '20002'];
      expect(
        tags.map((tag) => answer?.get(tag)),
        body,
      ) //
        .to.deep.equal(['I', '8', reason, '0', 'Y', code]);
      expect(more, body).to.be.empty;
    }
  });

  it('the answer about an order with a cancel under way is found by the id of either', async () => {
    const now = toUtcTimestamp(systemClock.wall());
    stage.client.send('F', `11=C-cancel|41=C|55=PF_XBTUSD|54=2|60=${now}`);
    await stage.venue.receive('F', 1);
    const byOrder = await answerTo('11=C|55=PF_XBTUSD|54=2');
    const byCancel = await answerTo('11=C-cancel|55=PF_XBTUSD|54=2');
    expect([byOrder.get('39'), byOrder.get('11'), byOrder.get('41')]) //
      .to.deep.equal(['6', 'C', undefined]);
    expect([byCancel.get('39'), byCancel.get('11'), byCancel.get('41')]) //
      .to.deep.equal(['6', 'C-cancel', 'C']);
  });

  it('a long list comes in slices, and a second one meanwhile is refused', async () => {
    for (let n = 1; n <= 350; n += 1) place(other, `L${n}`, '55=PF_ETHUSD|54=1');
    await stage.venue.receive('D', 354);
    asked += 2;
    const first = listOf('585=1|55=PF_ETHUSD', other);
    other.send('AF', '584=second|585=7');
    const list = await first;
    expect(list).to.have.length(350);
    expect(new Set(namesOf(list)).size).to.equal(350);
    expect(list.filter((answer) => answer.get('912') === 'Y')).to.have.length(1);
    const refused = await other.expect(({ get }) => get(584) === 'second', 'the second');
    expect([refused.get('20002'), refused.get('911')]).to.deep.equal(['STATUS_BUSY', '0']);
    expect(await listOf('585=1|55=PF_ETHUSD', other)).to.have.length(350);
  });
});
