import { expect } from 'chai';
import { type ClOrdID } from '../../../../../src/domain/ids.ts';
import { refusalCode } from '../../../../../src/core/refusal.ts';
import { statusOf } from '../../../../../src/core/effects/client-report.ts';
import { epochMs } from '../../../../../src/lib/time.ts';
import { type Bench, c, cancel, place, SOURCE, text } from '../../../../support/bench.ts';
import {
  businessReject,
  canceled,
  given,
  live,
  rejected as rejectedByVenue,
  type Step,
} from '../../../../support/given.ts';

const sessionReject = (refSeqNum: number, text = 'COMB UUIDv4 required'): Step => ({
  type: 'VenueReported',
  report: { type: 'SessionReject', refSeqNum, refMsgType: 'D', refTagID: 11, reason: 5, text },
  source: SOURCE,
});

const none = (): undefined => undefined;
const types = (bench: Bench): string[] => bench.facts.map(({ type }) => type);

describe('refusals of the venue', () => {
  it('35=j by BusinessRejectRefID(379) rejects the order', () => {
    const outcome = given(place('A')).when(businessReject('D', () => c(1), 'IOC_WOULD_ENTER_BOOK'));
    outcome.then({ type: 'OrderRejected', answers: c(1), code: 'IOC_WOULD_ENTER_BOOK' });
    expect(outcome.bench.effectsOfType('CancelTimer')[0]!.name).to.equal(`ack:${c(1)}`);
    expect(outcome.bench.effectsOfType('ReportExecution')[0]!.report).to.deep.include({
      execType: 'Rejected',
      ordStatus: 'Rejected',
      leavesQty: '0',
      text: 'IOC_WOULD_ENTER_BOOK',
    });
  });

  it('35=3 by RefSeqNum(45) rejects the order that had this number', () => {
    given(place('A'), place('B'))
      .when(sessionReject(3))
      .then({ type: 'OrderRejected', orderID: 'F2' as never, code: 'VENUE_REJECTED_FORMAT' });
  });

  it('35=3 fails the cancel that had this number, and leaves the order', () => {
    const { bench } = given(live('A'), cancel('B', 'A')).when(sessionReject(3));
    expect(types(bench)).to.deep.equal(['CancelFailed']);
    expect(bench.order('A')).to.deep.include({ base: 'New', pending: [] });
  });

  it('name the client’s own ClOrdID to it, not the one that the venue knows', () => {
    const refused = given(place('A'))
      .when(businessReject('D', () => c(1), `ClOrdID ${c(1)} : EGeneral:Other:POST_WOULD_EXECUTE`))
      .bench.effectsOfType('ReportExecution')[0]!.report;
    expect(refused.text).to.equal(
      'POST_WOULD_EXECUTE: ClOrdID A : EGeneral:Other:POST_WOULD_EXECUTE',
    );
    const { bench } = given(live('A'), cancel('B', 'A')).when(
      businessReject('F', () => c(2), `ClOrdID ${c(2).toUpperCase()} of ${c(1)}: ${c(9)} EOrder:x`),
    );
    const rejected = bench.effectsOfType('RejectCancel')[0]!.report;
    // An id that is none of this order's stays as it is.
    expect(rejected.text).to.include(`ClOrdID B of A: ${c(9)} EOrder:x`);
    // The facts keep what the venue said.
    expect(JSON.stringify(bench.facts)).to.include(c(2).toUpperCase());
  });

  it('name the client’s own ClOrdID in a report of the venue, and in a later status', () => {
    const { bench } = given(place('A')).when(
      rejectedByVenue('A', { text: text(`ClOrdID ${c(1)} : MARKET_SUSPENDED`) }),
    );
    const report = bench.effectsOfType('ReportExecution')[0]!.report;
    expect(report.text).to.equal('MARKET_SUSPENDED: ClOrdID A : MARKET_SUSPENDED');
    expect(statusOf(bench.order('A'), epochMs(0), false).text).to.equal(report.text);
  });

  it('35=3 of a number from before a reset names nothing', () => {
    const { bench } = given(
      place('A'),
      (at) => at.cut(),
      (at) => {
        at.logOn(true);
      },
    ).when(sessionReject(2));
    expect(types(bench)).to.deep.equal(['ReportIgnored', 'AlertRaised']);
    expect(bench.order('A').base).to.equal('PendingNew');
  });

  it('35=j without an id means the one request of its type in flight', () => {
    given(live('A'), place('B'))
      .when(businessReject('D', none, 'EOrder:Insufficient funds'))
      .then({ type: 'OrderRejected', orderID: 'F2' as never, code: 'INSUFFICIENT_FUNDS' });
  });

  it('35=j without an id is alerted when two requests could be meant', () => {
    const { bench } = given(place('A'), place('B')).when(
      businessReject('D', none, 'EOrder:Rate limit exceeded'),
    );
    expect(types(bench)).to.deep.equal(['ReportIgnored', 'AlertRaised']);
    expect(bench.alerts()).to.deep.equal(['REFUSAL_UNMATCHED']);
  });

  it('35=j with the id in its text only is understood', () => {
    const said = `ClOrdID ${c(1)} : EGeneral:Other:POST_WOULD_EXECUTE`;
    given(place('A'), place('B'))
      .when(businessReject('D', none, said))
      .then({ type: 'OrderRejected', orderID: 'F1' as never, code: 'POST_WOULD_EXECUTE' });
  });

  it('35=j of an id that is not ours is kept and alerted', () => {
    const { bench } = given(place('A')).when(businessReject('D', () => 'strange' as ClOrdID, 'x'));
    expect(bench.alerts()).to.deep.equal(['REFUSAL_UNMATCHED']);
  });

  it('of an order that was cancelled before (Maker Protection) changes nothing', () => {
    const { bench } = given(live('A'), cancel('B', 'A'), canceled('A')).when(
      businessReject('D', () => c(1), 'IOC_WOULD_ENTER_BOOK'),
    );
    expect(types(bench)).to.deep.equal(['ReportIgnored']);
    expect(bench.order('A').base).to.equal('Canceled');
  });

  it('of an order that was acknowledged before never rejects it', () => {
    const { bench } = given(live('A')).when(
      businessReject('D', () => c(1), 'CLIENT_ORDER_ID_IN_USE'),
    );
    expect(bench.order('A').base).to.equal('New');
    expect(bench.alerts()).to.deep.equal(['REPORT_DOUBTED']);
    expect(bench.state.doubts.get(bench.order('A').orderID)).to.equal('UNCONFIRMED');
  });

  it('that says the id is in use means that an order with this id exists', () => {
    const { bench } = given(place('A')).when(
      businessReject('D', () => c(1), 'CLIENT_ORDER_ID_IN_USE'),
    );
    expect(bench.order('A').base).to.equal('PendingNew');
    bench.input(place('B'));
    expect(bench.factsOfType('OrderRefused')[0]!.code).to.equal('DOUBT_FREEZE');
  });

  it('are distinguished by their words in every form that was seen', () => {
    const shapes: readonly (readonly [string, string])[] = [
      ['EOrder:Insufficient funds', 'INSUFFICIENT_FUNDS'],
      ['EOrder:Order minimum not met', 'ORDER_MINIMUM_NOT_MET'],
      ['EOrder:Unknown order', 'UNKNOWN_ORDER'],
      ['EOrder:Rate limit exceeded', 'RATE_LIMIT_EXCEEDED'],
      ['IOC_WOULD_ENTER_BOOK', 'IOC_WOULD_ENTER_BOOK'],
      ['ClOrdID x : EGeneral:Other:POST_WOULD_EXECUTE', 'POST_WOULD_EXECUTE'],
      ['Open Order to cancel not found', 'OPEN_ORDER_TO_CANCEL_NOT_FOUND'],
      ['EGeneral:Other:INSUFFICIENT_CLOSING_MARGIN', 'INSUFFICIENT_CLOSING_MARGIN'],
      ['ClOrdID invalid value (timestamp is out of date)', 'TIMESTAMP_IS_OUT_OF_DATE'],
      ['something else', 'VENUE_REFUSED'],
    ];
    for (const [text, code] of shapes) expect(refusalCode(text), text).to.equal(code);
    expect(refusalCode(undefined)).to.equal('VENUE_REFUSED');
  });
});
