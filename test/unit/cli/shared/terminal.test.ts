import { expect } from 'chai';
import {
  canRedraw,
  drawScreen,
  fitLine,
  hasColor,
  screenSize,
} from '../../../../src/cli/shared/terminal.ts';

const stream = (more: object = {}) => {
  const written: string[] = [];
  return {
    written,
    isTTY: true,
    columns: 80,
    rows: 24,
    getColorDepth: () => 8,
    write: (text: string) => written.push(text),
    ...more,
  };
};

describe('a terminal', () => {
  it('has colours, unless NO_COLOR or TERM=dumb say otherwise, or it is a pipe', () => {
    expect(hasColor(stream(), { TERM: 'xterm' })).to.equal(true);
    expect(hasColor(stream(), { TERM: 'xterm', NO_COLOR: '' })).to.equal(true);
    expect(hasColor(stream(), { TERM: 'xterm', NO_COLOR: '1' })).to.equal(false);
    expect(hasColor(stream(), { TERM: 'dumb' })).to.equal(false);
    expect(hasColor(stream({ isTTY: false }), { TERM: 'xterm' })).to.equal(false);
    expect(hasColor(stream({ getColorDepth: () => 1 }), { TERM: 'vt100' })).to.equal(false);
  });

  it('is drawn anew in place only where it can be', () => {
    expect(canRedraw(stream(), { TERM: 'xterm' })).to.equal(true);
    expect(canRedraw(stream(), { TERM: 'dumb' })).to.equal(false);
    expect(canRedraw(stream({ isTTY: undefined }), {})).to.equal(false);
  });

  it('counts as 80x24 when it does not say its size, and has the size of the moment', () => {
    expect(screenSize(stream({ columns: undefined, rows: 0 }))).to.deep.equal({
      columns: 80,
      rows: 24,
    });
    const one = stream();
    one.columns = 132;
    expect(screenSize(one)).to.deep.equal({ columns: 132, rows: 24 });
  });

  it('never scrolls: at most one line less than it has rows', () => {
    const one = stream({ rows: 5 });
    drawScreen(one, ['a', 'b', 'c', 'd', 'e', 'f']);
    expect(one.written.join('').match(/\n/g)).to.have.length(4);
    expect(one.written.join('')).to.match(/^\u001b\[Ha\u001b\[K\n/);
  });

  it('cuts a line with an ellipsis', () => {
    expect([fitLine('abcdef', 6), fitLine('abcdef', 4), fitLine('a', 0)]).to.deep.equal([
      'abcdef',
      'abc…',
      '…',
    ]);
  });
});
