import { expect } from 'chai';
import { exampleFrame } from '../../../../kraken/websocket/examples.ts';
import { at, parseFrame, shapeOf, summary } from '../feed-world.ts';
import { FULL, makeScene, NEW, summaries, type Scene } from './order-scene.ts';

describe('an order’s life on the simulator’s WebSocket [websocket 9]', () => {
  it('rests: one frame', () => {
    const { world, a } = makeScene();
    world.place('A', { side: 'buy', size: '1', limitPrice: '83900', cliOrdId: 'x' });
    expect(summaries(a)).to.deep.equal([NEW]);
  });

  it('is hit as a maker: the order’s frame first, then the fill’s, as the recorded scenario', () => {
    const { world, a } = makeScene();
    world.place('A', { side: 'sell', size: '1', limitPrice: '84100', cliOrdId: 'x' });
    world.place('B', { side: 'buy', size: '0.14', orderType: 'ioc', limitPrice: '84100' });
    world.place('B', { side: 'buy', size: '2', orderType: 'ioc', limitPrice: '84100' });
    const frames = a.frames();
    const scenario = 'open_orders.scenarios.maker_order_placed_partially_filled_fully_filled';
    expect(frames.map(shapeOf)).to.deep.equal(
      frames.map((_, i) => shapeOf(parseFrame(exampleFrame(`${scenario}[${i}]`)))),
    );
    expect(frames.map(summary)).to.deep.equal([
      NEW,
      'open_orders:partial_fill:body:false',
      'fills:maker',
      FULL,
      'fills:maker',
    ]);
    expect([at(frames[1], 'order.qty'), at(frames[1], 'order.filled')]).to.deep.equal([
      '0.86',
      '0.14',
    ]);
    expect(at(frames[4], 'fills.0.remaining_order_qty')).to.equal('0.0');
    expect(at(frames[2], 'fills.0.taker_order_type')).to.equal('ioc');
  });

  it('is filled whole on arrival: only the fills tell', () => {
    for (const orderType of ['lmt', 'mkt', 'ioc', 'fok'] as const) {
      const { world, a } = makeScene();
      world.place('B', { side: 'sell', size: '1', limitPrice: '84000' });
      world.place('A', {
        ...{ side: 'buy', size: '1', orderType },
        ...(orderType === 'mkt' ? {} : { limitPrice: '84000' }),
      });
      expect(summaries(a), orderType).to.deep.equal(['fills:taker']);
    }
  });

  it('is filled in part on arrival and rests: fills, then the rest as new', () => {
    const { world, a } = makeScene();
    world.place('B', { side: 'sell', size: '0.3', limitPrice: '84000' });
    world.place('A', { side: 'buy', size: '1', limitPrice: '84000' });
    const frames = a.frames();
    expect(frames.map(summary)).to.deep.equal(['fills:taker', NEW]);
    expect([at(frames[1], 'order.qty'), at(frames[1], 'order.filled')]).to.deep.equal([
      '0.7',
      '0.3',
    ]);
  });

  it('is reported in the other order and with the other reason, when switched so', () => {
    const { world, a } = makeScene({
      immediatePartialFill: 'order-first',
      immediatePartialFillReason: 'partial_fill',
      makerFill: 'fills-first',
      fullFillShape: 'id-only',
      cancelShape: 'body',
    });
    world.place('B', { side: 'sell', size: '0.3', limitPrice: '84000' });
    world.place('A', { side: 'buy', size: '1', limitPrice: '84000', cliOrdId: 'x' });
    world.place('B', { side: 'sell', size: '0.2', limitPrice: '84000' });
    world.place('B', { side: 'sell', size: '0.5', limitPrice: '84000' });
    world.place('A', { side: 'buy', size: '1', limitPrice: '83000', cliOrdId: 'y' });
    world.cancel('A', 'y');
    expect(summaries(a)).to.deep.equal([
      'open_orders:partial_fill:body:false',
      'fills:taker',
      'fills:maker',
      'open_orders:partial_fill:body:false',
      'fills:maker',
      'open_orders:full_fill:id:true',
      NEW,
      'open_orders:cancelled_by_user:body:true',
    ]);
  });

  it('an IOC’s remainder is not summaries, unless switched so', () => {
    const play = ({ world, a }: Scene): readonly string[] => {
      world.place('B', { side: 'sell', size: '0.3', limitPrice: '84000' });
      world.place('A', { side: 'buy', size: '1', orderType: 'ioc', limitPrice: '84000' });
      return summaries(a);
    };
    expect(play(makeScene())).to.deep.equal(['fills:taker']);
    expect(play(makeScene({ iocRemainder: 'terminal' }))).to.deep.equal([
      'fills:taker',
      'open_orders:ioc_order_failed_because_it_would_not_be_executed:body:true',
    ]);
  });

  it('an IOC or a refused order that met nothing leaves no frame', () => {
    const { world, a } = makeScene();
    world.place('A', { side: 'buy', size: '1', orderType: 'ioc', limitPrice: '84000' });
    world.place('A', { side: 'buy', size: '1', limitPrice: '84000.3' });
    expect(summaries(a)).to.deep.equal([]);
  });

  it('a post-only order that would cross: id-only on both feeds and in the other spelling, when switched so', () => {
    const { world, a } = makeScene({
      postReject: 'id-only-on-both',
      postRejectReason: 'post_order_failed_because_it_would_filled',
    });
    world.place('B', { side: 'sell', size: '1', limitPrice: '84000' });
    world.place('A', {
      ...{ side: 'buy', size: '1', orderType: 'post', limitPrice: '84000', cliOrdId: 'p' },
    });
    const [frame] = a.frames();
    expect(shapeOf(frame)).to.deep.equal(
      shapeOf(parseFrame(exampleFrame('open_orders.variants.post_only_rejected_id_only[0]'))),
    );
    expect(at(frame, 'reason')).to.equal('post_order_failed_because_it_would_filled');
  });

  it('is edited without a match: the same id, a new time', () => {
    const { world, a } = makeScene();
    world.place('A', { side: 'buy', size: '1', limitPrice: '83900', cliOrdId: 'x' });
    world.wait(250);
    world.edit('A', { cliOrdId: 'x', limitPrice: '83901', size: '2' });
    const [placed, edited] = a.frames();
    expect(shapeOf(edited)).to.deep.equal(
      shapeOf(parseFrame(exampleFrame('open_orders.variants.edited_by_user[0]'))),
    );
    expect(at(edited, 'reason')).to.equal('edited_by_user');
    expect(at(edited, 'order.order_id')).to.equal(at(placed, 'order.order_id'));
    expect(at(edited, 'order.time')).to.equal(at(placed, 'order.time'));
    expect(Number(at(edited, 'order.last_update_time'))).to.equal(
      Number(at(placed, 'order.time')) + 250,
    );
  });

  it('is edited so that it crosses: fills first, then what became of it', () => {
    const { world, a } = makeScene();
    world.place('A', { side: 'buy', size: '1', limitPrice: '83900', cliOrdId: 'x' });
    world.place('B', { side: 'sell', size: '0.4', limitPrice: '84000' });
    world.edit('A', { cliOrdId: 'x', limitPrice: '84000' });
    expect(summaries(a)).to.deep.equal([
      NEW,
      'fills:takerAfterEdit',
      'open_orders:edited_by_user:body:false',
    ]);
    world.place('B', { side: 'sell', size: '5', limitPrice: '84001' });
    world.edit('A', { cliOrdId: 'x', limitPrice: '84002' });
    expect(summaries(a)).to.deep.equal(['fills:takerAfterEdit', FULL]);
  });

  it('is edited so that it crosses: the order first, when switched so', () => {
    const { world, a } = makeScene({ crossingEdit: 'order-first' });
    world.place('A', { side: 'buy', size: '1', limitPrice: '83900', cliOrdId: 'x' });
    world.place('B', { side: 'sell', size: '5', limitPrice: '84000' });
    world.edit('A', { cliOrdId: 'x', limitPrice: '84000' });
    expect(summaries(a)).to.deep.equal([NEW, FULL, 'fills:takerAfterEdit']);
  });

  it('is cancelled after a partial fill: id only, without the filled quantity', () => {
    const { world, a } = makeScene();
    world.place('A', { side: 'sell', size: '1', limitPrice: '84100', cliOrdId: 'x' });
    world.place('B', { side: 'buy', size: '0.4', limitPrice: '84100' });
    a.take();
    world.cancel('A', 'x');
    world.cancel('A', 'x');
    const frames = a.frames();
    expect(frames).to.have.length(1);
    expect(shapeOf(frames[0])).to.deep.equal(
      shapeOf(parseFrame(exampleFrame('open_orders.scenarios.partial_fill_then_user_cancel[2]'))),
    );
  });
});
