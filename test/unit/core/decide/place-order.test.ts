import { expect } from 'chai';
import { type ClientName } from '../../../../src/domain/ids.ts';
import { type InputBody } from '../../../../src/core/input.ts';
import { err } from '../../../../src/lib/result.ts';
import { Bench, c, CLIENT, limitsOf, place, SESSION, TERMS, text } from '../../../support/bench.ts';
import { given, givenDeps, live, rejected, traded } from '../../../support/given.ts';

describe('placing an order', () => {
  it('accepts it, intends one attempt, reports PendingNew and sends it', () => {
    given()
      .when(place('A'))
      .then(
        { type: 'OrderAccepted', orderID: 'F1' as never, execID: 'E1' as never, terms: TERMS },
        { type: 'AttemptIntended', orderID: 'F1' as never, clOrdID: c(1), session: SESSION },
        { type: 'RequestSent', clOrdID: c(1), msgSeqNum: 2, epoch: 1, sequenceEpoch: 0 },
      )
      .causing(
        { type: 'ReportExecution', client: CLIENT },
        { type: 'SendNewOrder', clOrdID: c(1), terms: TERMS, session: SESSION },
      );
  });

  it('asks for the acknowledgement timer of its request', () => {
    const { bench } = given().when(place('A'));
    expect(bench.effectsOfType('SetTimer')).to.deep.equal([
      { type: 'SetTimer', name: `ack:${c(1)}`, afterMs: 2_000 },
    ]);
  });

  it('gives every order its own ids, the same in a second run', () => {
    const first = given(place('A'), place('B')).bench;
    const second = given(place('A'), place('B')).bench;
    expect(first.order('A').orderID).to.not.equal(first.order('B').orderID);
    expect(first.journal).to.deep.equal(second.journal);
  });

  it('gives back what is the client’s own in every report, accepted or refused', () => {
    const own = { account: 'fund-7', secondaryClientOrderID: 'S-9', clientText: 'rebalancing' };
    const reports = [
      ...given(live('A', {}, own), traded('A', '4')).bench.effectsOfType('ReportExecution'),
      ...given(place('A', { orderQty: text('0') }, own)).bench.effectsOfType('ReportExecution'),
    ].map(({ report }) => report);
    expect(reports.map(({ execType }) => execType)).to.deep.equal([
      'PendingNew',
      'New',
      'Trade',
      'Rejected',
    ]);
    for (const report of reports) expect(report).to.deep.include(own);
  });

  it('is refused when it came too late, with its terms, and its ClOrdID is used up', () => {
    const refusal = { code: 'STALE', reason: 8, text: 'STALE: too old' };
    const { request } = place('A') as Extract<InputBody, { type: 'PlaceOrder' }>;
    const late = { type: 'PlaceOrder', request, refusal } as const;
    const { bench } = given()
      .when(late)
      .then({ type: 'OrderRefused', code: 'STALE', ordRejReason: 8, terms: TERMS });
    expect(bench.effectsOfType('SendNewOrder')).to.be.empty;
    given(late).when(place('A')).then({ type: 'DuplicateAnswered', samePayload: true });
    // An order that was placed before is answered by its state, however late it comes again.
    given(live('A'))
      .when({ ...late, request: { ...request, possResend: true } })
      .then({ type: 'DuplicateAnswered', samePayload: true, possResend: true });
  });

  it('counts open orders, not closed ones', () => {
    const deps = { limits: limitsOf({ engine: { openOrdersMax: '1' } }) };
    givenDeps(deps, live('A'))
      .when(place('B'))
      .then({ type: 'OrderRefused', code: 'MAX_OPEN_ORDERS' });
    const { bench } = givenDeps(deps, live('A'), traded('A', '10')).when(place('B'));
    expect(bench.factsOfType('OrderAccepted')).to.have.length(1);
  });

  it('is refused while the route is closed', () => {
    const bench = new Bench();
    bench.input({ type: 'EngineStarted' });
    bench.input(place('A'));
    bench.logOn();
    bench.input(place('B'));
    expect(
      bench.factsOfType('OrderRefused').map(({ code, text: said }) => [code, said]),
    ).to.deep.equal([
      ['ROUTE_CLOSED', 'ROUTE_CLOSED: session TRD is down'],
      ['ROUTE_CLOSED', 'ROUTE_CLOSED: session TRD is recovering'],
    ]);
  });

  it('is refused when no ClOrdID can be made', () => {
    givenDeps({ nextClOrdID: () => err('CLOCK_BEHIND') })
      .when(place('A'))
      .then({ type: 'OrderRefused', code: 'CLOCK_BEHIND', ordRejReason: 99 });
  });

  describe('again under the same ClOrdID(11)', () => {
    it('with the same payload gets the state of the order and makes no second one', () => {
      given(live('A'), traded('A', '4'))
        .when(place('A'))
        .then({ type: 'DuplicateAnswered', samePayload: true, possResend: false })
        .causing({ type: 'ReportExecution' });
    });

    it('tells the client what stands', () => {
      const { bench } = given(live('A'), traded('A', '4')).when(
        place('A', {}, { possResend: true }),
      );
      expect(bench.effectsOfType('ReportExecution')[0]!.report).to.deep.include({
        execType: 'OrderStatus',
        ordStatus: 'PartiallyFilled',
        cumQty: '4',
        leavesQty: '6',
        duplicate: { samePayload: true, possResend: true },
      });
      expect(bench.effectsOfType('ReportExecution')[0]!.report).to.not.have.property(
        'ordRejReason',
      );
    });

    it('with another payload is refused with OrdRejReason(103)=6, and the order stays as it is', () => {
      const { bench } = given(live('A')).when(place('A', { orderQty: text('11') }));
      expect(bench.effectsOfType('ReportExecution')[0]!.report).to.deep.include({
        execType: 'Rejected',
        ordStatus: 'New',
        ordRejReason: 6,
        code: 'DUPLICATE_CLORDID',
        leavesQty: '10',
      });
      expect(bench.order('A').base).to.equal('New');
    });

    it('after a refusal gets the refusal again', () => {
      const { bench } = given(place('A', { orderQty: text('0') })).when(
        place('A', { orderQty: text('0') }),
      );
      expect(bench.effectsOfType('ReportExecution')[0]!.report.ordStatus).to.equal('Rejected');
      expect(bench.effectsOfType('SendNewOrder')).to.be.empty;
    });

    it('after a rejection by the venue is still a duplicate', () => {
      given(place('A'), rejected('A')).when(place('A')).then({ type: 'DuplicateAnswered' });
    });

    it('of another client is another order', () => {
      const other = 'fix:DESK2' as ClientName;
      const { bench } = given(place('A')).when(place('A', {}, { client: other }));
      expect(bench.factsOfType('OrderAccepted')).to.have.length(1);
    });

    it('that named a cancel request is refused', () => {
      given(live('A'), (bench) => {
        bench.input({
          type: 'CancelOrder',
          request: { client: CLIENT, clientOrderID: 'B' as never, origClientOrderID: 'A' as never },
        });
      })
        .when(place('B'))
        .then({ type: 'DuplicateAnswered', samePayload: false });
    });
  });

  it('that cannot be expressed is refused in the words of the client, and used up', () => {
    const refusal = {
      client: CLIENT,
      clientOrderID: 'A' as never,
      symbol: 'PF_XBTUSD',
      side: '1',
      ordType: 'V',
      orderQty: '1e3',
      ordRejReason: 11,
      reasonCode: 'UNSUPPORTED_ORD_TYPE',
      text: 'OrdType(40)=V is spot only',
    };
    const { bench } = given().when({ type: 'RefuseOrder', refusal });
    const expected = {
      orderID: 'F1',
      symbol: 'PF_XBTUSD',
      ordType: 'V',
      orderQty: '1e3',
      ordRejReason: 11,
    };
    expect(bench.effectsOfType('RefuseUnreadable')[0]!.report).to.deep.include({
      ...expected,
      text: 'UNSUPPORTED_ORD_TYPE: OrdType(40)=V is spot only',
    });
    given(live('A'))
      .when({ type: 'RefuseOrder', refusal })
      .then({ type: 'DuplicateAnswered', samePayload: false });
  });

  it('keeps the acknowledgement apart from the acceptance', () => {
    const { bench } = given(place('A'));
    expect(bench.order('A').base).to.equal('PendingNew');
    expect(given(live('A')).bench.order('A').base).to.equal('New');
  });
});
