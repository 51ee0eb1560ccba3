import { expect } from 'chai';
import { type Bench, plain, replace, replayed, SESSION, text } from '../../../../support/bench.ts';
import { cut, doubtsOf, live, logOn, synchronize, traded, v } from '../../../../support/given.ts';
import {
  accepted,
  answered,
  NOT_CALLED,
  refusedBy,
  restReady,
  UNKNOWN,
} from '../../../../support/rest-orders.ts';

const edit = (to: string, of: string, terms: Parameters<typeof replace>[2]) =>
  replace(to, of, terms, { policy: 'editOrder' });
const EDITED = accepted({ text: 'edited' });

describe('replace by editorder', () => {
  let bench: Bench;
  const run = (...steps: readonly (ReturnType<typeof edit> | ReturnType<typeof live>)[]): void => {
    for (const step of steps) {
      if (typeof step === 'function') step(bench);
      else bench.input(step);
    }
  };
  const request = (n = 0) => bench.order('A').pending[n]!.clOrdID;
  beforeEach(() => {
    bench = restReady();
    run(live('A'));
  });
  afterEach(() => {
    expect(plain(replayed(bench.journal, bench.manager))).to.deep.equal(plain(bench.state));
  });

  it('asks REST for the whole order, by the venue’s id, also of an order that went by FIX', () => {
    run(edit('B', 'A', { orderQty: text('12'), price: text('101') }));
    expect(bench.effectsOfType('SendReplace').at(-1)).to.deep.include({
      ...{ route: 'REST', venueOrderID: v('A'), session: SESSION },
    });
    expect(bench.effectsOfType('SendReplace').at(-1)?.terms).to.deep.include({
      ...{ orderQty: '12', price: '101' },
    });
    expect(bench.effectsOfType('ReportExecution').at(-1)?.report).to.deep.include({
      ...{ execType: 'PendingReplace', ordStatus: 'PendingReplace', clientOrderID: 'B' },
    });
  });

  it('is Replaced with the client’s new id; the venue’s ids stay', () => {
    const { venueClOrdID } = bench.order('A');
    run(edit('B', 'A', { orderQty: text('12') }));
    answered(bench, request(), EDITED);
    expect(bench.order('A')).to.deep.include({
      ...{ clientOrderID: 'B', venueOrderID: v('A'), venueClOrdID, pending: [], leavesQty: '12' },
    });
    expect(bench.effectsOfType('ReportExecution').at(-1)?.report).to.deep.include({
      ...{ execType: 'Replaced', clientOrderID: 'B', origClientOrderID: 'A', route: 'FIX' },
    });
  });

  it('keeps fills that came between request and answer', () => {
    run(edit('B', 'A', { orderQty: text('12') }), traded('A', '4'));
    answered(bench, request(), EDITED);
    expect(bench.order('A')).to.deep.include({ base: 'PartiallyFilled', cumQty: '4' });
    expect(bench.order('A').leavesQty).to.equal('8');
  });

  it('fails by 35=9 with 434=2 when the venue refuses or nothing was sent', () => {
    for (const [to, outcome, code] of [
      ['B', refusedBy('POST_WOULD_EXECUTE'), 'POST_WOULD_EXECUTE'],
      ['C', NOT_CALLED, 'NOT_SENT'],
      ['D', refusedBy('UNKNOWN_ORDER', true), 'TOO_LATE'],
    ] as const) {
      run(edit(to, 'A', { price: text('101') }));
      answered(bench, request(), outcome);
      expect(bench.effectsOfType('RejectCancel').at(-1)?.report).to.deep.include({
        ...{ cxlRejResponseTo: 2, code, clientOrderID: to },
      });
      expect(bench.order('A')).to.deep.include({ clientOrderID: 'A', base: 'New', pending: [] });
    }
  });

  it('F11: a lost answer is D5; neither FIX nor REST is asked again', () => {
    run(edit('B', 'A', { price: text('101') }));
    answered(bench, request(), UNKNOWN);
    expect(doubtsOf(bench)).to.deep.equal(['D5']);
    const sends = bench.effectsOfType('SendReplace').length;
    run(cut, logOn, synchronize);
    expect(doubtsOf(bench)).to.deep.equal(['D5']);
    expect(bench.effectsOfType('SendReplace')).to.have.length(sends);
    run(edit('C', 'A', { price: text('102') }));
    expect(bench.effectsOfType('RejectCancel').at(-1)?.report.cxlRejResponseTo).to.equal(2);
  });

  it('follows the replace before it, one call at a time', () => {
    run(edit('B', 'A', { price: text('101') }), edit('C', 'B', { price: text('102') }));
    expect(bench.effectsOfType('SendReplace')).to.have.length(1);
    answered(bench, request(), EDITED);
    expect(bench.effectsOfType('SendReplace').at(-1)?.terms.price).to.equal('102');
    answered(bench, request(), EDITED);
    expect(bench.order('A')).to.deep.include({ clientOrderID: 'C', pending: [] });
  });

  it('cancels the rest when the quantity is to be what is filled: the order ends as Filled', () => {
    run(traded('A', '4'), edit('B', 'A', { orderQty: text('3') }));
    expect(bench.effectsOfType('SendReplace')).to.have.length(0);
    expect(bench.effectsOfType('SendCancel')).to.have.length(1);
  });

  it('is refused without a key for REST, before the acknowledgement, and while no route is open', () => {
    const { code } = (() => {
      const without = restReady({ accounts: [{ ...bench.deps.accounts[0], hasRest: false }] });
      const step = live('A');
      if (typeof step === 'function') step(without);
      without.input(edit('B', 'A', { price: text('101') }));
      return without.effectsOfType('RejectCancel').at(-1)!.report;
    })();
    expect(code).to.equal('ROUTE_CLOSED');
    run(cut, edit('B', 'A', { price: text('101') }));
    expect(bench.effectsOfType('RejectCancel').at(-1)?.report.code).to.equal('ROUTE_CLOSED');
  });
});
