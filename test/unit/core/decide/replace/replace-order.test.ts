import { expect } from 'chai';
import { type InputBody } from '../../../../../src/core/input.ts';
import { type ClientName } from '../../../../../src/domain/ids.ts';
import {
  Bench,
  type BenchDeps,
  cancel,
  CLIENT,
  limitsOf,
  place,
  replace,
  text,
} from '../../../../support/bench.ts';
import {
  canceledUnasked,
  cut,
  given,
  givenDeps,
  live,
  type Step,
  traded,
} from '../../../../support/given.ts';

const more = { orderQty: text('15') };

/** The refusal of the last request, as an OrderCancelReject(9) to the client has it. */
const refusalOf = (bench: Bench): Record<string, unknown> => {
  const reports = bench.effectsOfType('RejectCancel').map(({ report }) => report);
  expect(reports, 'one refusal').to.have.length(1);
  const { code, cxlRejReason, cxlRejResponseTo, ordStatus, clientOrderID } = reports[0]!;
  return { code, cxlRejReason, cxlRejResponseTo, ordStatus, clientOrderID };
};

describe('a replace request of a client', () => {
  it('sends the cancel of the old order and nothing else, and is reported as PendingReplace', () => {
    const { bench } = given(live('X'), traded('X', '4'))
      .when(replace('Y', 'X', { ...more, price: text('101') }))
      .then({ type: 'ReplaceIntended', method: 'cancelThenNew' }, { type: 'RequestSent' })
      .causing({ type: 'SendCancel' }, { type: 'ReportExecution' });
    const { report } = bench.effectsOfType('ReportExecution')[0]!;
    expect(report).to.deep.include({
      ...{ execType: 'PendingReplace', ordStatus: 'PendingReplace' },
      ...{ clientOrderID: 'Y', origClientOrderID: 'X', cumQty: '4', leavesQty: '6' },
    });
    expect(report.terms, 'unchanged until it is accepted').to.deep.include({
      ...{ orderQty: '10', price: '100' },
    });
  });

  it('goes to the venue whole where the venue replaces by itself', () => {
    const { bench } = given(live('X')).when(replace('Y', 'X', more, { policy: 'amend' }));
    const [sent] = bench.effectsOfType('SendReplace');
    expect(sent).to.deep.include({ venueOrderID: 'V-X' });
    expect(sent!.terms).to.deep.include({ orderQty: '15', price: '100' });
    expect(bench.effectsOfType('SendCancel')).to.be.empty;
  });

  interface Case {
    readonly title: string;
    readonly before?: readonly Step[];
    readonly when?: InputBody;
    readonly deps?: Partial<BenchDeps>;
    readonly code: string;
    readonly reason: number;
    readonly ordStatus?: string;
  }
  const REFUSED: readonly Case[] = [
    {
      ...{ title: 'of an order that nobody knows', before: [] },
      ...{ code: 'UNKNOWN_ORDER', reason: 1, ordStatus: 'Rejected' },
    },
    {
      ...{ title: 'of a filled order', before: [live('X'), traded('X', '10')] },
      ...{ code: 'TOO_LATE', reason: 0, ordStatus: 'Filled' },
    },
    {
      ...{ title: 'of a cancelled order', before: [live('X'), canceledUnasked('X')] },
      ...{ code: 'TOO_LATE', reason: 0, ordStatus: 'Canceled' },
    },
    {
      title: 'where the configuration refuses replaces',
      when: replace('Y', 'X', more, { policy: 'refuse' }),
      ...{ code: 'NOT_SUPPORTED', reason: 2 },
    },
    {
      ...{ title: 'under a ClOrdID that was used before', when: replace('X', 'X', more) },
      ...{ code: 'DUPLICATE_CLORDID', reason: 6 },
    },
    {
      ...{ title: 'while a cancel is under way', before: [live('X'), cancel('C', 'X')] },
      ...{ code: 'ALREADY_PENDING', reason: 3, ordStatus: 'PendingCancel' },
    },
    {
      title: 'of what another replace is about to change',
      ...{ before: [live('X'), replace('Y', 'X', more)], when: replace('Z', 'X', more) },
      ...{ code: 'ALREADY_PENDING', reason: 3, ordStatus: 'PendingReplace' },
    },
    {
      title: 'while a mass cancel of it goes on',
      before: [live('X'), { type: 'CancelAll', by: CLIENT, client: CLIENT }],
      ...{ code: 'ALREADY_PENDING', reason: 3, ordStatus: 'PendingCancel' },
    },
    {
      title: 'by the side of another order',
      when: replace('Y', 'X', { ...more, unchanged: { side: 'Sell' } }),
      ...{ code: 'ORDER_MISMATCH', reason: 99 },
    },
    {
      title: 'to another order type',
      when: replace('Y', 'X', { ...more, unchanged: { ordType: 'Stop' } }),
      ...{ code: 'IMMUTABLE_FIELD', reason: 99 },
    },
    {
      title: 'for another account',
      when: replace('Y', 'X', { ...more, account: 'OTHER' }),
      ...{ code: 'ORDER_MISMATCH', reason: 99 },
    },
    {
      ...{ title: 'to a price off the tick', when: replace('Y', 'X', { price: text('100.3') }) },
      ...{ code: 'OFF_TICK', reason: 99 },
    },
    {
      title: 'to a quantity above the limit',
      deps: { limits: limitsOf({ engine: { orderQtyMax: '1000000' } }) },
      when: replace('Y', 'X', { orderQty: text('1000001') }),
      ...{ code: 'MAX_QUANTITY', reason: 99 },
    },
    {
      title: 'to a price outside of the collar',
      deps: { limits: limitsOf({ engine: { priceCollarPercent: '5' } }) },
      when: replace(
        'Y',
        'X',
        { price: text('106') },
        { reference: { type: 'Price', px: text('100'), source: 'mid' } },
      ),
      ...{ code: 'PRICE_COLLAR', reason: 99 },
    },
    {
      ...{ title: 'while the session is down', before: [live('X'), cut] },
      ...{ code: 'ROUTE_CLOSED', reason: 99 },
    },
    {
      title: 'while the rate budget has no room for the new order',
      deps: { hasOrderRoom: () => false },
      ...{ code: 'RATE_LIMITED', reason: 99 },
    },
    {
      title: 'that the adapter could not read',
      when: replace('Y', 'X', {}, { refusal: { code: 'BAD_PRICE', reason: 99, text: 'BAD' } }),
      ...{ code: 'BAD_PRICE', reason: 99 },
    },
  ];
  for (const { title, before = [live('X')], when, deps = {}, ...expected } of REFUSED) {
    it(`is refused ${title}: ${expected.code}, CxlRejReason(102)=${expected.reason}`, () => {
      const asked = when ?? replace('Y', 'X', more);
      const { bench } = givenDeps(deps, ...before).when(asked);
      expect(refusalOf(bench)).to.deep.equal({
        code: expected.code,
        cxlRejReason: expected.reason,
        cxlRejResponseTo: 2,
        ordStatus: expected.ordStatus ?? 'New',
        clientOrderID: asked.type === 'ReplaceOrder' ? asked.request.clientOrderID : '',
      });
      expect(bench.effectsOfType('SendCancel')).to.be.empty;
    });
  }

  it('passes when as many orders are open as may be: it is not one more', () => {
    const limits = limitsOf({ engine: { openOrdersMax: '1' } });
    const { bench } = givenDeps({ limits }, live('X')).when(replace('Y', 'X', more));
    expect(bench.factsOfType('ReplaceIntended')).to.have.length(1);
  });

  it('of another client’s order finds none', () => {
    const other = replace('Y', 'X', { ...more, client: 'fix:DESK2' as ClientName });
    const { bench } = given(live('X')).when(other);
    expect(refusalOf(bench)).to.deep.include({ code: 'UNKNOWN_ORDER', ordStatus: 'Rejected' });
  });

  it('sent again with PossResend is answered with the state of the order, and does nothing', () => {
    given(live('X'), replace('Y', 'X', more))
      .when(replace('Y', 'X', { ...more, possResend: true }))
      .then({ type: 'DuplicateAnswered', samePayload: true })
      .causing({ type: 'ReportExecution' });
  });

  it('finds the order by OrderID alone, and by its last accepted ClOrdID only', () => {
    const bench = Bench.ready();
    const steps: Step[] = [live('X'), replace('Y', 'X', more, { policy: 'amend' })];
    for (const step of steps) if (typeof step === 'function') step(bench);
    bench.input(replace('Y', 'X', more, { policy: 'amend' }));
    const { orderID, pending } = bench.order('X');
    bench.report({
      ...{ execType: 'Replaced', ordStatus: 'New', clOrdID: pending[0]!.clOrdID },
      ...{ venueOrderID: 'V-X' as never, orderQty: text('15'), leavesQty: text('15') },
    });
    bench.effects.length = 0;
    bench.input(replace('Z', 'X', { orderQty: text('20') }));
    expect(refusalOf(bench)).to.deep.include({ code: 'UNKNOWN_ORDER', cxlRejReason: 1 });
    const byID = { orderID, orderQty: text('20') };
    const request = replace('Z2', 'none', byID) as Extract<InputBody, { type: 'ReplaceOrder' }>;
    const { client, clientOrderID, unchanged } = request.request;
    bench.input({ ...request, request: { client, clientOrderID, unchanged, ...byID } });
    expect(bench.order('X').pending).to.have.length(1);
  });

  it('may be made before the venue has acknowledged the order', () => {
    const { bench } = given(place('X')).when(replace('Y', 'X', more));
    expect(bench.effectsOfType('SendCancel')[0]).not.to.have.property('venueOrderID');
    expect(bench.order('X').pending[0]!.replace).to.deep.include({ step: 'asked' });
  });

  it('leaves the order alone when the venue refuses the cancel, and says that it was too late', () => {
    const { bench } = given(live('X'), replace('Y', 'X', more), traded('X', '10')).when((b) =>
      b.input({
        type: 'VenueReported',
        report: {
          ...{ type: 'BusinessReject', refMsgType: 'F', reason: 101 },
          ...{ refID: b.order('X').pending[0]!.clOrdID, text: 'EOrder:Unknown order' },
        },
        source: {
          channel: 'fix',
          session: 'TRD' as never,
          epoch: 1,
          possDup: false,
          possResend: false,
        },
      }),
    );
    expect(refusalOf(bench)).to.deep.include({
      ...{ code: 'TOO_LATE', cxlRejReason: 0, ordStatus: 'Filled', cxlRejResponseTo: 2 },
    });
    expect(bench.order('X')).to.deep.include({ base: 'Filled', clientOrderID: 'X' });
  });
});
