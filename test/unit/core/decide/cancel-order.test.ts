import { expect } from 'chai';
import { type ClientName } from '../../../../src/domain/ids.ts';
import { type InputBody } from '../../../../src/core/input.ts';
import { err } from '../../../../src/lib/result.ts';
import { c, cancel, CLIENT, DEPS, place, PF_XBTUSD, SESSION } from '../../../support/bench.ts';
import {
  businessReject,
  canceled,
  canceledUnasked,
  cancelRejected,
  given,
  givenDeps,
  live,
  traded,
  v,
} from '../../../support/given.ts';

const OTHER = 'fix:DESK2' as ClientName;

describe('cancelling an order', () => {
  it('sends a request under a ClOrdID of its own and reports PendingCancel', () => {
    const { bench } = given(live('A'))
      .when(cancel('B', 'A'))
      .then(
        { type: 'CancelIntended', clOrdID: c(2), origClOrdID: c(1), clientOrderID: 'B' as never },
        { type: 'RequestSent', clOrdID: c(2) },
      )
      .causing(
        {
          type: 'SendCancel',
          clOrdID: c(2),
          origClOrdID: c(1),
          venueOrderID: v('A'),
          symbol: PF_XBTUSD,
          side: 'Buy',
          session: SESSION,
        },
        { type: 'ReportExecution' },
      );
    expect(bench.effectsOfType('ReportExecution')[0]!.report).to.deep.include({
      clientOrderID: 'B',
      origClientOrderID: 'A',
      execType: 'PendingCancel',
      ordStatus: 'PendingCancel',
    });
  });

  it('goes by the ClOrdID alone while the order is not acknowledged', () => {
    const { bench } = given(place('A')).when(cancel('B', 'A'));
    expect(bench.effectsOfType('SendCancel')[0]).to.not.have.property('venueOrderID');
  });

  for (const [what, said] of [
    ['another symbol', { symbol: 'PF_ETHUSD' }],
    ['the other side', { side: 'Sell' }],
    ['another symbol and side', { symbol: 'PI_XBTUSD', side: 'Sell' }],
    ['a symbol in small letters', { symbol: 'pf_xbtusd' }],
  ] as const) {
    it(`is refused when the client names ${what} than the order’s, and cancels nothing`, () => {
      const request = { client: CLIENT, clientOrderID: 'B' as never, ...said };
      for (const order of [{ origClientOrderID: 'A' as never }, { orderID: 'F1' }]) {
        const { bench } = given(live('A'))
          .when({ type: 'CancelOrder', request: { ...request, ...order } })
          .then({ type: 'CancelRefused', code: 'ORDER_MISMATCH', cxlRejReason: 99 });
        expect(bench.order('A')).to.deep.include({ base: 'New', pending: [] });
        expect(bench.effectsOfType('RejectCancel')[0]?.report.text).to.match(
          /^ORDER_MISMATCH: (Symbol\(55\)|Side\(54\)) is \w+, order F1 is /,
        );
      }
    });
  }

  it('passes when the client names the order’s own symbol and side', () => {
    const request = {
      client: CLIENT,
      clientOrderID: 'B' as never,
      origClientOrderID: 'A' as never,
    };
    const { bench } = given(live('A')).when({
      type: 'CancelOrder',
      request: { ...request, symbol: PF_XBTUSD, side: 'Buy' },
    });
    expect(bench.factsOfType('CancelIntended')).to.have.length(1);
  });

  it('gives back SecondaryClOrdID(526) and the account in its refusal, at once and later', () => {
    const request = {
      client: CLIENT,
      clientOrderID: 'B' as never,
      origClientOrderID: 'A' as never,
      secondaryClientOrderID: 'S-9',
    };
    const own = { account: 'fund-7' };
    const refused = given(place('A', {}, own), (at) => at.cut()).when({
      type: 'CancelOrder',
      request,
    }).bench;
    const failed = given(live('A', {}, own), { type: 'CancelOrder', request }).when(
      cancelRejected('A'),
    ).bench;
    for (const bench of [refused, failed]) {
      expect(bench.effectsOfType('RejectCancel').at(-1)?.report).to.deep.include({
        secondaryClientOrderID: 'S-9',
        account: 'fund-7',
      });
    }
  });

  it('goes by our OrderID(37) as well', () => {
    const { bench } = given(live('A')).when((at) =>
      at.input({
        type: 'CancelOrder',
        request: { client: CLIENT, clientOrderID: 'B' as never, orderID: at.order('A').orderID },
      }),
    );
    expect(bench.factsOfType('CancelIntended')).to.have.length(1);
  });

  it("ends with the report that names the client's request", () => {
    const { bench } = given(live('A'), traded('A', '4'), cancel('B', 'A')).when(canceled('A'));
    expect(bench.effectsOfType('ReportExecution')[0]!.report).to.deep.include({
      clientOrderID: 'B',
      origClientOrderID: 'A',
      execType: 'Canceled',
      ordStatus: 'Canceled',
      cumQty: '4',
      leavesQty: '0',
      unsolicited: false,
    });
  });

  it('takes a cancel without our ids as the answer too, when one is under way', () => {
    given(live('A'), cancel('B', 'A'))
      .when(canceledUnasked('A'))
      .then({ type: 'OrderCanceled', unsolicited: false, clientOrderID: 'B' as never });
  });

  describe('asked again with PossResend(97)=Y', () => {
    const again = (clientOrderID: string, origClientOrderID: string): InputBody => ({
      type: 'CancelOrder',
      request: {
        client: CLIENT,
        clientOrderID: clientOrderID as never,
        origClientOrderID: origClientOrderID as never,
        possResend: true,
      },
    });

    for (const [when, ordStatus, ended] of [
      ['while it is under way', 'PendingCancel', []],
      ['after the order was cancelled', 'Canceled', [canceled('A')]],
      ['after the venue refused it', 'New', [cancelRejected('A')]],
    ] as const) {
      it(`is answered by the state of the order ${when}, never by a reject`, () => {
        const { bench } = given(live('A'), cancel('B', 'A'), ...ended).when(again('B', 'A'));
        expect(bench.effectsOfType('RejectCancel')).to.be.empty;
        expect(bench.effectsOfType('SendCancel')).to.be.empty;
        expect(bench.effectsOfType('ReportExecution')).to.have.length(1);
        const { report } = bench.effectsOfType('ReportExecution')[0]!;
        expect(report).to.include({
          ...{ clientOrderID: 'B', origClientOrderID: 'A', execType: 'OrderStatus', ordStatus },
        });
        expect(report).to.not.have.property('code');
      });
    }

    it('is carried out when it never came before', () => {
      const { bench } = given(live('A')).when(again('B', 'A'));
      expect(bench.effectsOfType('SendCancel')).to.have.length(1);
    });

    it('is refused as a duplicate when its ClOrdID(11) names an order or another’s cancel', () => {
      for (const id of ['A', 'B', 'C']) {
        given(live('A'), live('B'), cancel('C', 'B'))
          .when(again(id, 'A'))
          .then({ type: 'CancelRefused', code: 'DUPLICATE_CLORDID', cxlRejReason: 6 });
      }
    });
  });

  describe('is refused with CxlRejReason(102)', () => {
    it('1 for an unknown order', () => {
      given()
        .when(cancel('B', 'A'))
        .then({ type: 'CancelRefused', code: 'UNKNOWN_ORDER', cxlRejReason: 1 });
    });

    it('1 for an order of another client', () => {
      const { bench } = given((at) => at.input(place('A', {}, { client: OTHER }))).when(
        cancel('B', 'A'),
      );
      expect(bench.factsOfType('CancelRefused')[0]!.cxlRejReason).to.equal(1);
      const byID = given((at) => at.input(place('A', {}, { client: OTHER }))).when((at) =>
        at.input({
          type: 'CancelOrder',
          request: { client: CLIENT, clientOrderID: 'B' as never, orderID: 'F1' },
        }),
      );
      expect(byID.bench.factsOfType('CancelRefused')[0]!.cxlRejReason).to.equal(1);
    });

    it('99 and the order’s own status when OrderID(37) is not what OrigClOrdID(41) names', () => {
      const request = { client: CLIENT, clientOrderID: 'C' as never };
      for (const orderID of ['F2', 'F99']) {
        const outcome = given(live('A'), live('B')).when({
          type: 'CancelOrder',
          request: { ...request, orderID, origClientOrderID: 'A' as never },
        });
        outcome.then({ type: 'CancelRefused', code: 'ORDER_MISMATCH', cxlRejReason: 99 });
        const { report } = outcome.bench.effectsOfType('RejectCancel')[0]!;
        expect(report).to.include({ orderID: 'F1', ordStatus: 'New' });
        expect(report.text).to.equal(
          `ORDER_MISMATCH: OrderID(37) is ${orderID}, OrigClOrdID(41) names order F1`,
        );
      }
    });

    it('0 for a filled order', () => {
      const outcome = given(live('A'), traded('A', '10')).when(cancel('B', 'A'));
      outcome.then({ type: 'CancelRefused', code: 'TOO_LATE', cxlRejReason: 0 });
      expect(outcome.bench.effectsOfType('RejectCancel')[0]!.report.ordStatus).to.equal('Filled');
    });

    it('3 while another cancel is under way', () => {
      const outcome = given(live('A'), cancel('B', 'A')).when(cancel('C', 'A'));
      outcome.then({ type: 'CancelRefused', code: 'ALREADY_PENDING', cxlRejReason: 3 });
      expect(outcome.bench.effectsOfType('RejectCancel')[0]!.report.ordStatus).to.equal(
        'PendingCancel',
      );
    });

    it('6 for a ClOrdID that was used before', () => {
      given(live('A')).when(cancel('A', 'A')).then({ type: 'CancelRefused', cxlRejReason: 6 });
    });

    it('99 while the session is down', () => {
      given(live('A'), (bench) => bench.cut())
        .when(cancel('B', 'A'))
        .then({ type: 'CancelRefused', code: 'ROUTE_CLOSED', cxlRejReason: 99 });
    });

    it('99 when no ClOrdID can be made', () => {
      let isBehind = false;
      const nextClOrdID: typeof DEPS.nextClOrdID = (last, at) =>
        isBehind ? err('CLOCK_BEHIND') : DEPS.nextClOrdID(last, at);
      givenDeps({ nextClOrdID }, live('A'), () => (isBehind = true))
        .when(cancel('B', 'A'))
        .then({ type: 'CancelRefused', code: 'CLOCK_BEHIND', cxlRejReason: 99 });
    });
  });

  it('passes while the gate is shut but the session is logged on', () => {
    const { bench } = given(
      live('A'),
      (at) => at.cut(),
      (at) => {
        at.logOn();
      },
    ).when(cancel('B', 'A'));
    expect(bench.effectsOfType('SendCancel')).to.have.length(1);
  });

  it('that the adapter could not write is rejected to the client, and may be tried again', () => {
    const { bench } = given(live('A'), (at) => (at.adapter = 'refuses')).when(cancel('B', 'A'));
    expect(bench.effectsOfType('RejectCancel')[0]!.report).to.deep.include({
      clientOrderID: 'B',
      origClientOrderID: 'A',
      code: 'NOT_SENT',
      ordStatus: 'New',
    });
    bench.adapter = 'writes';
    bench.input(cancel('C', 'A'));
    expect(bench.order('A').pending).to.have.length(1);
  });

  describe('refused by the venue (35=j)', () => {
    it('after a fill that crossed it is too late: CxlRejReason(102)=0', () => {
      const { bench } = given(live('A'), cancel('B', 'A'), traded('A', '10')).when(
        cancelRejected('A'),
      );
      expect(bench.effectsOfType('RejectCancel')[0]!.report).to.deep.include({
        ...{ code: 'TOO_LATE', cxlRejReason: 0, ordStatus: 'Filled' },
      });
      expect(bench.state.openOrderIDs.size).to.equal(0);
    });

    it('for an order that the venue never acknowledged is an unknown order', () => {
      const { bench } = given(place('A'), cancel('B', 'A')).when(cancelRejected('A'));
      expect(bench.effectsOfType('RejectCancel')[0]!.report).to.deep.include({
        ...{ code: 'UNKNOWN_ORDER', cxlRejReason: 1, ordStatus: 'PendingNew' },
      });
    });

    it('for an order that we hold for live is alerted, because a report is missing', () => {
      const { bench } = given(live('A'), cancel('B', 'A')).when(cancelRejected('A'));
      expect(bench.effectsOfType('RejectCancel')[0]!.report).to.deep.include({
        ...{ code: 'TOO_LATE', cxlRejReason: 0, ordStatus: 'New' },
      });
      expect(bench.alerts()).to.deep.equal(['GONE_AT_VENUE']);
    });

    it('after the order was cancelled changes nothing', () => {
      const { bench } = given(live('A'), cancel('B', 'A'), canceled('A')).when(
        businessReject('F', () => c(2), 'EOrder:Unknown order', 101),
      );
      expect(bench.facts.map(({ type }) => type)).to.deep.equal(['ReportIgnored']);
      expect(bench.effects).to.be.empty;
    });
  });
});
