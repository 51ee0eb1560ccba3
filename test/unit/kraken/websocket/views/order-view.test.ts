import { expect } from 'chai';
import fc from 'fast-check';
import { monotonicMs } from '../../../../../src/lib/time.ts';
import { exampleFrame, SERVER_FRAMES } from '../examples.ts';
import {
  Account,
  fillBody,
  fillsFrame,
  fillsSnapshot,
  goneFrame,
  orderBody,
  orderFrame,
  placed,
  polledFills,
} from './private-frames.ts';

const scenario = (name: string): string[] =>
  SERVER_FRAMES.filter((frame) => frame.name.startsWith(`open_orders.scenarios.${name}[`)).map(
    ({ text }) => text,
  );
const play = (name: string): Account => {
  const account = new Account().ready();
  for (const frame of scenario(name)) account.frame(frame);
  return account.pass(10_000);
};
describe('order view: recorded lives [websocket 9]', () => {
  it('follows a maker order through two fills, float noise included', () => {
    const account = play('maker_order_placed_partially_filled_fully_filled');
    expect(account.shown('9f04ea45-da4d-45a1-a40c-8ca38151ab03')).to.equal('Filled 1');
    expect(account.findings()).to.deep.equal([]);
  });

  it('knows an aggressive order from its fill alone', () => {
    const account = play('aggressive_limit_fills_at_once_no_open_orders_frame');
    expect(account.shown('9f04ea9e-38f2-41e1-b1e0-617656e5ae82')).to.equal('Filled 1');
    expect(account.state.orders.byClOrdID('qgAFWJWVrB0AAQAAAAAA').length).to.equal(1);
    expect(account.findings()).to.deep.equal([]);
  });

  it('takes the fill of a crossing edit before the order frame', () => {
    const account = play('edit_that_crosses_fills_before_open_orders');
    expect(account.shown('00000000-0000-4000-8000-000000000005')).to.equal('Filled 1');
    expect(account.findings()).to.deep.equal([]);
  });

  it('keeps the filled quantity of an order whose cancel frame has none', () => {
    const account = play('partial_fill_then_user_cancel');
    expect(account.shown('00000000-0000-4000-8000-000000000006')).to.equal('Canceled 0.4');
    expect(account.findings()).to.deep.equal([]);
  });

  it('keeps a terminal frame of an order that it never saw', () => {
    const account = new Account().ready().frame(exampleFrame('open_orders_verbose.update'));
    expect(account.shown('fa9806c9-cba9-4661-9f31-8c5fd045a95d')).to.equal('Rejected 0');
    // The "new" frame, should it come late, does not open the order again.
    account.frame(
      exampleFrame('open_orders_verbose.update').replace('"is_cancel":true', '"is_cancel":false'),
    );
    expect(account.shown('fa9806c9-cba9-4661-9f31-8c5fd045a95d')).to.equal('Rejected 0');
  });
});

describe('order view: hazards [websocket 8.1, 9.1, 10.2]', () => {
  it('asks for the fill of a full_fill when it does not come within two seconds', () => {
    const account = new Account().ready().frame(placed('a'));
    account.frame(orderFrame(orderBody('a', 0, 1, 2_000), 'full_fill', true));
    expect(account.shown('a')).to.equal('Filled 1');
    account.pass(1_999);
    expect(account.findings()).to.deep.equal([]);
    account.pass(1);
    expect(account.findings()).to.deep.equal(['CheckFills NoFillYet']);
    expect(account.pass(60_000).findings()).to.deep.equal([]);
  });

  it('asks for the fill of an id-only full_fill too', () => {
    const account = new Account().ready().frame(placed('a')).frame(goneFrame('b', 'full_fill'));
    expect(account.pass(2_000).findings()).to.deep.equal(['CheckFills NoFillYet']);
  });

  it('asks for the order when a fill of a resting order brings no order frame', () => {
    const account = new Account().ready().frame(placed('a'));
    account.frame(fillsFrame(fillBody('a', 'f1', [0.4, 0.6])));
    expect(account.pass(2_000).findings()).to.deep.equal(['CheckOrder NoOrderChangeYet']);
  });

  it('asks for an order that is known from a fill alone and should rest', () => {
    const account = new Account().ready();
    account.frame(fillsFrame(fillBody('a', 'f1', [0.4, 0.6], { order_type: 'lmt' })));
    expect(account.shown('a')).to.equal('open 0.4');
    expect(account.pass(2_000).findings()).to.deep.equal(['CheckOrder NoOrderChangeYet']);
  });

  for (const orderType of ['ioc', 'market'])
    it(`takes what is left of a partly filled ${orderType} order for gone, later fills included`, () => {
      const account = new Account().ready();
      const more = { order_type: orderType, fill_type: 'taker' };
      account.frame(fillsFrame(fillBody('a', 'f1', [0.4, 0.6], more)));
      expect(account.shown('a')).to.equal('Canceled? 0.4');
      account.frame(fillsFrame(fillBody('a', 'f2', [0.2, 0.4], more)));
      expect(account.shown('a')).to.equal('Canceled? 0.6');
      account.frame(fillsFrame(fillBody('a', 'f3', [0.4, 0], more)));
      expect(account.shown('a')).to.equal('Filled 1');
      expect(account.pass(5_000).findings()).to.deep.equal([]);
    });

  it('books a fill that comes after an acknowledged cancel and stays cancelled', () => {
    const account = new Account()
      .ready()
      .frame(placed('a'))
      .frame(goneFrame('a', 'cancelled_by_user'));
    account.frame(fillsFrame(fillBody('a', 'f1', [0.4, 0.6], { fill_type: 'taker' })));
    expect(account.shown('a')).to.equal('Canceled 0.4');
    expect(account.pass(5_000).findings()).to.deep.equal([]);
  });

  it('alarms when more is filled than the order had, and books it', () => {
    const account = new Account().ready().frame(placed('a'));
    account.frame(fillsFrame(fillBody('a', 'f1', [1, 0]), fillBody('a', 'f2', [0.5, 0])));
    expect(account.findings()).to.deep.equal(['Alarm OVERFILL']);
    expect(account.order('a')?.filledQty).to.equal('1.5');
  });

  it('counts a fill once whichever channel brings it again', () => {
    const account = new Account().ready().frame(placed('a'));
    const fill = fillBody('a', 'f1', [0.4, 0.6]);
    account.frame(fillsFrame(fill)).frame(fillsFrame(fill)).frame(fillsSnapshot(fill));
    account.state.applyFillsPoll(polledFills(fill), monotonicMs(0));
    expect(account.order('a')?.filledQty).to.equal('0.4');
  });

  it('never takes is_cancel for "cancelled": an unknown reason is a question', () => {
    const account = new Account()
      .ready()
      .frame(placed('a'))
      .frame(goneFrame('a', 'eaten_by_wolves'));
    expect(account.shown('a')).to.equal('Unknown 0');
    expect(account.findings()).to.deep.equal(['CheckOrder UnknownReason']);
  });

  it('takes an unknown reason with is_cancel false for an update', () => {
    const account = new Account().ready();
    account.frame(orderFrame(orderBody('a', 2, 0), 'blessed'));
    expect(account.shown('a')).to.equal('open 0');
  });

  it('asks about a partial_fill that says it is gone', () => {
    const account = new Account().ready().frame(placed('a'));
    account.frame(orderFrame(orderBody('a', 0.6, 0.4, 2_000), 'partial_fill', true));
    expect(account.findings()).to.deep.equal(['CheckOrder ClosedPartlyFilled']);
    expect(account.order('a')?.isOpen).to.equal(false);
  });

  it('reads would_execute_self as cancelled on a resting order and as rejected on a new one', () => {
    const account = new Account().ready().frame(placed('a'));
    account.frame(goneFrame('a', 'would_execute_self')).frame(goneFrame('b', 'would_execute_self'));
    expect([account.shown('a'), account.shown('b')]).to.deep.equal(['Canceled 0', 'Rejected 0']);
  });

  it('keeps the order when only its edit was refused', () => {
    const account = new Account().ready().frame(placed('a'));
    account.frame(goneFrame('a', 'order_for_edit_not_found'));
    expect(account.shown('a')).to.equal('open 0');
    expect(account.findings()).to.deep.equal(['CheckOrder EditRejected']);
  });

  it('alarms on forced fills and forced cancels', () => {
    const account = new Account().ready().frame(placed('a')).frame(goneFrame('a', 'liquidation'));
    account.frame(fillsFrame(fillBody('x', 'f1', [1, 0], { fill_type: 'liquidation' })));
    expect(account.findings()).to.deep.equal(['Alarm FORCED_CANCEL', 'Alarm FORCED_FILL']);
  });

  it('drops a body that is older than what is known', () => {
    const account = new Account().ready();
    account.frame(orderFrame(orderBody('a', 0.6, 0.4, 3_000), 'partial_fill'));
    account.frame(orderFrame(orderBody('a', 1, 0, 2_000), 'new_placed_order_by_user'));
    account.frame(orderFrame(orderBody('a', 0.5, 0.4, 2_500), 'edited_by_user'));
    expect(account.order('a')?.body).to.include({ leavesQty: '0.6', cumQty: '0.4' });
    account.frame(orderFrame(orderBody('a', 0.5, 0.4, 3_500), 'edited_by_user'));
    expect(account.order('a')?.body?.leavesQty).to.equal('0.5');
  });

  it('takes the noise of binary floats from quantities, whatever the size of the number', () => {
    for (const [noisy, exact] of [
      [0.8600000000000001, '0.86'],
      [0.13999999999999, '0.14'],
      [1e-17, '0'],
      [12_345_678.860000001, '12345678.86'],
    ] as const) {
      const account = new Account().ready();
      account.frame(orderFrame(orderBody('a', noisy, 1), 'partial_fill'));
      expect(account.order('a')?.body?.leavesQty).to.equal(exact);
    }
  });

  it('rounds no quantity to a configured step, and tells once that the venue has finer ones', () => {
    const account = new Account({ stepOf: () => '0.001' as never }).ready().frame(placed('a'));
    for (const [at, qty] of [0.3334, 0.3333, 0.3329, 0.0004].entries())
      account.frame(fillsFrame(fillBody('a', `f${at}`, [qty, 1], { seq: at })));
    expect(account.order('a')?.filledQty).to.equal('1');
    expect(account.order('a')?.cumQty).to.equal('1');
    expect(account.findings().filter((text) => text.includes('QTY_STEP'))).to.deep.equal([
      'Alarm QTY_STEP_DIFFERS',
    ]);
  });

  it('ends in the same state for every interleaving of the two feeds', () => {
    const parts = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        parts,
        fc.boolean(),
        fc.infiniteStream(fc.boolean()),
        (sizes, isCancelled, coins) => {
          const total = sizes.reduce((sum, size) => sum + size, isCancelled ? 1 : 0);
          let filled = 0;
          const orders = [placed('a', total)];
          const fills: object[] = [];
          for (const [at, size] of sizes.entries()) {
            filled += size;
            const isLast = filled === total;
            const body = orderBody('a', total - filled, filled, 2_000 + at);
            orders.push(orderFrame(body, isLast ? 'full_fill' : 'partial_fill', isLast));
            fills.push(fillsFrame(fillBody('a', `f${at}`, [size, total - filled], { seq: at })));
          }
          if (isCancelled) orders.push(goneFrame('a', 'cancelled_by_user'));
          const account = new Account().ready();
          while (orders.length + fills.length > 0) {
            const [first, second] = coins.next().value ? [orders, fills] : [fills, orders];
            account.frame(first.shift() ?? second.shift() ?? {});
          }
          expect(account.shown('a')).to.equal(`${isCancelled ? 'Canceled' : 'Filled'} ${filled}`);
          expect(account.order('a')?.filledQty).to.equal(String(filled));
          expect(account.pass(10_000).findings()).to.deep.equal([]);
        },
      ),
      { seed: Number(process.env['SEED'] ?? 20_261_122), numRuns: 300 },
    );
  });
});
