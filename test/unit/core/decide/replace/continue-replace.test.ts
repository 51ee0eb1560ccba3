import { expect } from 'chai';
import { type Fact } from '../../../../../src/core/fact.ts';
import {
  type ClOrdID,
  type VenueExecID,
  type VenueOrderID,
} from '../../../../../src/domain/ids.ts';
import { type VenueExecutionReport } from '../../../../../src/domain/venue-report.ts';
import {
  Bench,
  cancel,
  CLIENT,
  plain,
  replace,
  replayed,
  text,
} from '../../../../support/bench.ts';
import {
  businessReject,
  canceled,
  canceledUnasked,
  cut,
  doubtsOf,
  execID,
  given,
  live,
  logOn,
  type Step,
  synchronize,
  traded,
} from '../../../../support/given.ts';

const NEW = 'V-X2' as VenueOrderID;
const more = { orderQty: text('15'), price: text('101') };
const asked: Step = replace('Y', 'X', more);

/** A report of the new order; its sums are the venue's own, from 0 on. */
const onNew =
  (report: Partial<VenueExecutionReport>): Step =>
  (bench) => {
    const { venueClOrdID, terms } = bench.order('X');
    bench.report({
      ...{ venueOrderID: NEW, clOrdID: venueClOrdID!, side: terms.side, symbol: terms.symbol },
      ...report,
    });
  };
const newAcked = onNew({ execType: 'New', ordStatus: 'New', leavesQty: text('11') });
const newFill = (qty: string, px: string, cum: string): Step =>
  onNew({
    ...{ execType: 'Trade', ordStatus: 'PartiallyFilled', lastQty: text(qty), lastPx: text(px) },
    ...{ cumQty: text(cum), leavesQty: text('1') },
  });

const reports = (bench: Bench) =>
  bench.effectsOfType('ReportExecution').map(({ report }) => report);
const sentOrders = (bench: Bench) => bench.effectsOfType('SendNewOrder');

describe('cancelThenNew: a replace by cancel and new order', () => {
  it('sends the new order only when the cancel is proven, for what is left by then', () => {
    const { bench } = given(live('X'), traded('X', '3'), asked, traded('X', '1'))
      .when(canceled('X'))
      .then({ type: 'ReplacementIntended' }, { type: 'RequestSent' })
      .causing({ type: 'SendNewOrder' });
    expect(sentOrders(bench)[0]!.terms).to.deep.include({ orderQty: '11', price: '101' });
    expect(bench.order('X')).to.deep.include({ cumQty: '4', leavesQty: '6' });
  });

  it('shows the client one order: Replaced, with CumQty and AvgPx over both venue orders', () => {
    const { bench } = given(live('X'), traded('X', '4', '100'), asked, canceled('X')).when(
      newAcked,
      newFill('11', '115', '11'),
    );
    const [replaced, filled] = reports(bench);
    expect(replaced).to.deep.include({
      ...{ execType: 'Replaced', ordStatus: 'PartiallyFilled', clientOrderID: 'Y' },
      ...{ origClientOrderID: 'X', cumQty: '4', leavesQty: '11', avgPx: '100' },
      venueOrderID: NEW,
    });
    expect(replaced!.terms).to.deep.include({ orderQty: '15', price: '101' });
    expect(filled).to.deep.include({
      ...{ execType: 'Trade', ordStatus: 'Filled', clientOrderID: 'Y', cumQty: '15' },
      ...{ leavesQty: '0', avgPx: '111' },
    });
    expect(bench.alerts(), 'the sums of both agree').to.be.empty;
  });

  it('says Replaced before a fill that overtakes the acknowledgement of the new order', () => {
    const { bench } = given(live('X'), asked, canceled('X')).when(newFill('2', '101', '2'));
    expect(reports(bench).map(({ execType }) => execType)).to.deep.equal(['Replaced', 'Trade']);
    expect(bench.order('X')).to.deep.include({ cumQty: '2', leavesQty: '13' });
  });

  for (const qty of ['4', '3']) {
    it(`to ${qty} with 4 filled ends as Filled at what is filled, and sends nothing`, () => {
      const { bench } = given(
        live('X'),
        traded('X', '4'),
        replace('Y', 'X', { orderQty: text(qty) }),
      ).when(canceled('X'));
      expect(sentOrders(bench)).to.be.empty;
      expect(reports(bench)).to.have.length(1);
      expect(reports(bench)[0]).to.deep.include({
        ...{ execType: 'Replaced', ordStatus: 'Filled', cumQty: '4', leavesQty: '0' },
        ...{ clientOrderID: 'Y', origClientOrderID: 'X' },
      });
      expect(reports(bench)[0]!.terms.orderQty).to.equal('4');
      expect(bench.state.openOrderIDs.size).to.equal(0);
    });
  }

  it('ends the order where the venue cancelled it for a reason of its own', () => {
    const { bench } = given(live('X'), asked).when(canceledUnasked('X', { text: 'no margin' }));
    expect(sentOrders(bench)).to.be.empty;
    expect(reports(bench)[0]).to.deep.include({ execType: 'Canceled', clientOrderID: 'X' });
    expect(bench.effectsOfType('RejectCancel')[0]!.report).to.deep.include({
      ...{ clientOrderID: 'Y', cxlRejResponseTo: 2, cxlRejReason: 0, ordStatus: 'Canceled' },
    });
  });

  it('yields to a cancel of the client that comes while it is under way', () => {
    const { bench } = given(live('X'), asked, cancel('C', 'X')).when(canceled('X'));
    expect(sentOrders(bench)).to.be.empty;
    expect(reports(bench)[0]).to.deep.include({
      ...{ execType: 'Canceled', ordStatus: 'Canceled', clientOrderID: 'C' },
    });
    expect(bench.effectsOfType('RejectCancel')[0]!.report).to.deep.include({ clientOrderID: 'Y' });
    expect(bench.state.openOrderIDs.size).to.equal(0);
  });

  it('yields to a mass cancel', () => {
    const all = { type: 'CancelAll', by: CLIENT, client: CLIENT } as const;
    const { bench } = given(live('X'), asked, all).when(canceled('X'));
    expect(sentOrders(bench)).to.be.empty;
    expect(bench.order('X').base).to.equal('Canceled');
    expect(bench.state.activeMassCancels.size).to.equal(0);
  });

  it('yields to a kill switch', () => {
    const { bench } = given(live('X'), asked, {
      ...{ type: 'SetKillSwitch', scope: { type: 'engine' }, state: 'CANCEL_ONLY' },
      ...{ by: CLIENT, reason: 'wrong prices', withExternal: false },
    }).when(canceled('X'));
    expect(sentOrders(bench)).to.be.empty;
    expect(reports(bench)[0]).to.deep.include({ execType: 'Canceled', code: 'KILL_SWITCH' });
  });

  it('cancels the new order when the client asks before the venue has acknowledged it', () => {
    const { bench } = given(live('X'), asked, canceled('X')).when(cancel('C', 'X'));
    const { venueClOrdID } = bench.order('X');
    expect(bench.effectsOfType('SendCancel')[0]).to.deep.include({ origClOrdID: venueClOrdID });
  });

  const refusals: readonly (readonly [string, Step, string])[] = [
    [
      'the venue refuses the new order',
      businessReject('D', (b) => b.order('X').venueClOrdID, 'EGeneral:INSUFFICIENT_MARGIN'),
      'INSUFFICIENT_MARGIN',
    ],
    [
      'the venue cancels the new order instead of taking it',
      onNew({ execType: 'Canceled', ordStatus: 'Canceled', text: 'POST_WOULD_EXECUTE_REASON' }),
      'POST_WOULD_EXECUTE',
    ],
    [
      'the venue rejects the new order',
      onNew({ execType: 'Rejected', ordStatus: 'Rejected', text: 'PRICE_COLLAR' }),
      'PRICE_COLLAR',
    ],
  ];
  for (const [title, refusal, code] of refusals) {
    it(`ends as Canceled with the reason when ${title}`, () => {
      const { bench } = given(live('X'), traded('X', '4'), asked, canceled('X')).when(refusal);
      expect(reports(bench)).to.have.length(1);
      const [report] = reports(bench);
      expect(report).to.deep.include({
        ...{ execType: 'Canceled', ordStatus: 'Canceled', clientOrderID: 'X', cumQty: '4' },
        ...{ leavesQty: '0', code },
      });
      expect(report!.text).to.match(new RegExp(`^${code}: .*no new one is at the venue$`));
      expect(bench.effectsOfType('RejectCancel')[0]!.report).to.deep.include({
        ...{ clientOrderID: 'Y', origClientOrderID: 'X', ordStatus: 'Canceled' },
        ...{ cxlRejResponseTo: 2, cxlRejReason: 99, code },
      });
      expect(bench.state.openOrderIDs.size).to.equal(0);
    });
  }

  it('ends as Canceled when the new order cannot be written', () => {
    const { bench } = given(live('X'), asked, (b: Bench) => {
      b.adapter = 'refuses';
    }).when(canceled('X'));
    expect(reports(bench)[0]).to.deep.include({ execType: 'Canceled', code: 'NOT_SENT' });
    expect(bench.order('X').base).to.equal('Canceled');
  });

  it('sends no new order when the sums of both sides differ: what is left is not certain', () => {
    const { bench } = given(live('X'), asked).when(canceled('X', { cumQty: text('2') }));
    expect(sentOrders(bench)).to.be.empty;
    expect(reports(bench)[0]).to.deep.include({ execType: 'Canceled', code: 'CUM_QTY_MISMATCH' });
    expect(bench.alerts()).to.include('CUM_QTY_MISMATCH');
  });

  it('sends no new order half a minute later: the market has moved on', () => {
    const { bench } = given(live('X'), asked, (b: Bench) => {
      b.at = (b.at + 30_001) as never;
    }).when(canceled('X'));
    expect(sentOrders(bench)).to.be.empty;
    expect(reports(bench)[0]).to.deep.include({ execType: 'Canceled', code: 'STALE' });
  });

  it('books a late fill and a bust of the old order on the one that the client sees', () => {
    const late: Step = (b) => {
      const { terms } = b.order('X');
      const ids = { venueOrderID: 'V-X' as VenueOrderID, side: terms.side, symbol: terms.symbol };
      const trade = { lastQty: text('2'), lastPx: text('100') };
      b.report({
        ...{ execType: 'Trade', ordStatus: 'Canceled', ...ids, ...trade },
        ...{ execID: execID('LATE'), cumQty: text('2'), leavesQty: text('0') },
      });
    };
    const { bench } = given(live('X'), asked, canceled('X'), newAcked).when(late);
    expect(bench.order('X')).to.deep.include({ cumQty: '2', venueOrderID: NEW });
    expect(bench.order('X').earlier![0]).to.deep.include({ cumQty: '2', venueOrderID: 'V-X' });
    expect(reports(bench)[0]).to.deep.include({ execType: 'Trade', clientOrderID: 'Y' });
    expect(bench.alerts()).to.deep.equal(['FILL_AFTER_REPLACE']);
    bench.effects.length = 0;
    bench.report({
      ...{ execType: 'TradeCancel', ordStatus: 'Canceled', execRefID: 'LATE' as VenueExecID },
      ...{ venueOrderID: 'V-X' as VenueOrderID, cumQty: text('0'), leavesQty: text('0') },
    });
    expect(bench.order('X')).to.deep.include({ cumQty: '0', leavesQty: '15' });
    expect(bench.alerts()).to.deep.equal(['TRADE_CHANGED']);
  });

  it('keeps waiting when the old order is cancelled a second time', () => {
    given(live('X'), asked, canceled('X'))
      .when((b) =>
        b.report({
          ...{ execType: 'Canceled', ordStatus: 'Canceled', leavesQty: text('0') },
          venueOrderID: 'V-X' as VenueOrderID,
        }),
      )
      .then({ type: 'ReportIgnored' });
  });
});

describe('replaces that follow each other', () => {
  const then: Step = replace('Z', 'Y', { price: text('102') });

  it('wait: the second begins when the first has succeeded, with the terms of both', () => {
    const { bench } = given(live('X'), asked, then).when(canceled('X'), newAcked);
    const replaced = reports(bench)[0];
    expect(replaced).to.deep.include({
      ...{ execType: 'Replaced', clientOrderID: 'Y', ordStatus: 'PendingReplace' },
    });
    expect(bench.effectsOfType('SendCancel')).to.have.length(1);
    const { pending } = bench.order('X');
    expect(pending).to.have.length(1);
    expect(pending[0]).to.deep.include({ clientOrderID: 'Z' });
    expect(pending[0]!.replace!.terms).to.deep.include({ orderQty: '15', price: '102' });
  });

  it('fail together when the first fails', () => {
    const { bench } = given(live('X'), asked, then).when(
      businessReject('F', (b) => b.order('X').pending[0]!.clOrdID, 'EGeneral:busy'),
    );
    const rejects = bench.effectsOfType('RejectCancel').map(({ report }) => report);
    expect(rejects.map(({ clientOrderID, cxlRejReason }) => [clientOrderID, cxlRejReason])) //
      .to.deep.equal([
        ['Y', 99],
        ['Z', 1],
      ]);
    expect(bench.order('X')).to.deep.include({ base: 'New', clientOrderID: 'X' });
    expect(bench.order('X').pending).to.be.empty;
  });

  it('go to the venue at once where it replaces by itself, each naming the one before', () => {
    const amend = { policy: 'amend' } as const;
    const { bench } = given(live('X')).when(
      replace('Y', 'X', more, amend),
      replace('Z', 'Y', { price: text('102') }, amend),
    );
    const [first, second] = bench.effectsOfType('SendReplace');
    expect(second!.origClOrdID).to.equal(first!.clOrdID);
    expect(second!.terms).to.deep.include({ orderQty: '15', price: '102' });
  });
});

describe('a lost link during a replace', () => {
  const back: readonly Step[] = [cut, logOn];

  it('before the cancel was processed leaves the order as it was, and the request fails', () => {
    const { bench } = given(live('X'), asked).when(...back, synchronize);
    expect(bench.effectsOfType('RejectCancel')[0]!.report).to.deep.include({
      ...{ clientOrderID: 'Y', code: 'LINK_LOST', cxlRejResponseTo: 2, ordStatus: 'New' },
    });
    expect(bench.effectsOfType('SendCancel'), 'asked again').to.be.empty;
    expect(doubtsOf(bench)).to.be.empty;
  });

  it('between cancel and report ends the order: the new one would come late', () => {
    const { bench } = given(live('X'), asked).when(...back, canceled('X'), synchronize);
    expect(sentOrders(bench)).to.be.empty;
    expect(reports(bench)[0]).to.deep.include({ execType: 'Canceled', code: 'ROUTE_CLOSED' });
    expect(doubtsOf(bench)).to.be.empty;
  });

  it('with the new order on its way is a doubt, which its report in the replay ends', () => {
    const { bench } = given(live('X'), asked, canceled('X')).when(cut);
    expect(doubtsOf(bench)).to.deep.equal(['D2']);
    for (const step of [logOn, newAcked, synchronize]) if (typeof step === 'function') step(bench);
    expect(bench.order('X')).to.deep.include({ base: 'New', clientOrderID: 'Y' });
    expect(doubtsOf(bench)).to.be.empty;
  });

  it('with the new order provably never processed ends as Canceled', () => {
    const { bench } = given(live('X'), asked, canceled('X')).when(
      ...back,
      (b) => b.askResend(b.msgSeqNum),
      synchronize,
    );
    expect(reports(bench).at(-1)).to.deep.include({ execType: 'Canceled', code: 'ABSENT' });
    expect(doubtsOf(bench)).to.be.empty;
    expect(bench.state.openOrderIDs.size).to.equal(0);
  });
});

describe('kill -9 during a replace', () => {
  /** The whole story; each of its facts is the last one of some journal. */
  const story = (): Bench => {
    const { bench } = given(live('X'), traded('X', '4')).when(asked, canceled('X'), newAcked);
    return bench;
  };
  const facts: readonly Fact[] = story().journal;
  const begins = facts.findIndex(({ type }) => type === 'ReplaceIntended');

  for (let count = begins + 1; count <= facts.length; count += 1) {
    const last = facts[count - 1]!;
    it(`after ${last.type} (fact ${count - begins}) sends nothing again, and ends or goes on`, () => {
      const bench = story();
      const cutOff = new Bench();
      cutOff.state = replayed(facts.slice(0, count), cutOff.manager);
      cutOff.journal.push(...facts.slice(0, count));
      Object.assign(cutOff, { at: bench.at, msgSeqNum: bench.msgSeqNum, epoch: 1 });
      const again = cutOff.restarted();
      again.logOn();
      // What the venue knows that the dead engine did not hear.
      const order = again.order('X');
      const wasSent = (id: ClOrdID | undefined): boolean =>
        facts.slice(0, count).some((fact) => fact.type === 'RequestSent' && fact.clOrdID === id);
      const request = order.pending.find(({ replace: r }) => r?.step === 'asked');
      if (request !== undefined && wasSent(request.clOrdID)) canceledOf(again, request.clOrdID);
      const sent = again.order('X').pending.find(({ replace: r }) => r?.step === 'sent');
      if (sent !== undefined && wasSent(again.order('X').venueClOrdID))
        run(again, onNew({ execID: execID('AGAIN'), leavesQty: text('11') }));
      again.synchronize();
      expect(again.effectsOfType('SendNewOrder'), 'a new order').to.be.empty;
      const after = again.order('X');
      expect(after.pending).to.be.empty;
      expect(doubtsOf(again)).to.be.empty;
      expect(['Canceled', 'PartiallyFilled']).to.include(after.base);
      expect(after.cumQty).to.equal('4');
      expect(plain(replayed(again.journal, again.manager))).to.deep.equal(plain(again.state));
    });
  }

  const run = (bench: Bench, step: Step): void => {
    if (typeof step === 'function') step(bench);
  };
  const canceledOf = (bench: Bench, clOrdID: ClOrdID): void => {
    run(bench, canceled('X', { clOrdID, execID: execID('AGAIN') }));
  };
});
