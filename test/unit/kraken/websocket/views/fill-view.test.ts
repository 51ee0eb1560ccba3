import { expect } from 'chai';
import { FillsView } from '../../../../../src/kraken/websocket/views/fill-view.ts';
import { type Fill } from '../../../../../src/kraken/websocket/events/private-events.ts';
import { epochMs } from '../../../../../src/lib/time.ts';
import { fillBody, polledFills } from './private-frames.ts';

const KEPT = 2_000;
/** From here the oldest are forgotten. */
const FULL = KEPT + 1_000;

const fill = (nth: number): Fill => {
  const [made] = polledFills(fillBody('o', `f${nth}`, [1, 0], { time: nth, seq: nth }));
  if (made === undefined) throw new Error('no fill');
  return made;
};
const fills = (from: number, count: number): readonly Fill[] =>
  Array.from({ length: count }, (_, i) => fill(from + i));

describe('fill view: what is forgotten', () => {
  it('a fill that was proven and forgotten counts no second time when it comes back', () => {
    const view = new FillsView(undefined, KEPT);
    view.applyPoll(fills(1, FULL - 1));
    view.prove(epochMs(1), epochMs(FULL));
    expect(view.applyPoll([fill(FULL)]).findings).to.deep.equal([]);
    expect(view.size).to.equal(KEPT);
    expect(view.applyPoll(fills(1, FULL)).fresh).to.deep.equal([]);
    expect(view.applyPoll([fill(FULL + 1)]).fresh).to.have.length(1);
  });

  it('nothing unproven is forgotten; it is asked about once in a while', () => {
    const view = new FillsView(undefined, KEPT);
    const asked = fills(1, FULL + 1_500).flatMap((each) => view.applyUpdate([each], true).findings);
    expect(asked).to.deep.equal(
      Array.from({ length: 2 }, () => ({ type: 'CheckFills', reason: 'Unproven' })),
    );
    expect(view.size).to.equal(FULL + 1_500);
    expect(view.applyPoll(fills(1, 10)).fresh).to.deep.equal([]);
  });

  it('fills from before the proven span are news whenever they come', () => {
    const view = new FillsView(undefined, KEPT);
    view.prove(epochMs(1_000), epochMs(10_000));
    view.applyPoll(fills(1_000, FULL));
    expect(view.size).to.equal(KEPT);
    expect(view.applyPoll([fill(999)]).fresh).to.have.length(1);
    expect(view.applyPoll([fill(1_000)]).fresh).to.have.length(0);
  });
});
