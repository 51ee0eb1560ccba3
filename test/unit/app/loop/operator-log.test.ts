import { expect } from 'chai';
import { OperatorLog } from '../../../../src/app/loop/operator-log.ts';
import { type Logger, silentLogger } from '../../../../src/observability/logger.ts';
import { type Bench, place } from '../../../support/bench.ts';
import {
  acked,
  canceledUnasked,
  cut,
  given,
  live,
  logOn,
  logOnWithReset,
  type Step,
  synchronize,
} from '../../../support/given.ts';

/** The lines about what the steps do, given the steps before. */
const linesOf = (before: readonly Step[], steps: readonly Step[]): readonly string[] => {
  const lines: string[] = [];
  const write =
    (level: string) =>
    (message: string, fields: Record<string, unknown> = {}) => {
      const { code, client, clOrdID, symbol } = fields as Record<string, string>;
      lines.push([level, code, message, client, clOrdID, symbol].filter(Boolean).join(' | '));
    };
  const logger: Logger = { ...silentLogger, info: write('info'), warn: write('warn') };
  let bench: Bench | undefined;
  let log: OperatorLog | undefined;
  const step =
    (one: Step): Step =>
    (on) => {
      bench = on;
      log ??= new OperatorLog(logger, on.state);
      on.facts.length = 0;
      if (typeof one === 'function') one(on);
      else on.input(one);
      log.onFacts(
        on.facts.map((fact) => ({ fact })),
        on.state,
      );
    };
  given(...before).when(...steps.map(step));
  expect(bench).not.to.equal(undefined);
  return lines;
};

describe('the log that an operator reads', () => {
  it('says when the gate closes and why, once, and when it opens', () => {
    expect(linesOf([], [cut, logOn, cut, logOn, synchronize])).to.deep.equal([
      'warn | GATE_CLOSED | new orders are refused: cut',
      'info | GATE_OPEN | new orders pass: the session is in step with the venue',
    ]);
  });

  it('names an order in doubt with client, ClOrdID and symbol, and how the doubt ended', () => {
    const lines = linesOf([place('A')], [cut, logOn, acked('A')]);
    const doubts = lines.filter((line) => line.includes('DOUBT'));
    expect(doubts).to.deep.equal([
      'warn | IN_DOUBT | order F1 is in doubt: it was sent, and the venue has not answered; its instrument takes no new orders meanwhile; the venue tells after the next Logon or over REST: `fathom doubts` shows what is missing | DESK1 | A | PF_XBTUSD',
      'info | DOUBT_SETTLED | the doubt about order F1 is settled: New | DESK1 | A | PF_XBTUSD',
    ]);
  });

  it('says that a doubt stays when the numbers begin again, and that a report ends it', () => {
    const lines = linesOf([live('A')], [cut, logOnWithReset, canceledUnasked('A')]);
    const text = lines.join('\n');
    expect(text)
      .to.include('FIX cannot prove what became of it')
      .and.include('`fathom doubts resolve` ends it by the word of two persons');
    expect(lines.at(-1)).to.include('the doubt about order F1 is settled: Canceled');
  });

  it('names what we cancel without a client’s request, and who asked', () => {
    const cancelAll = { type: 'CancelAll', by: 'operator:shutdown' } as never;
    const lines = linesOf([live('A'), live('B')], [cancelAll]);
    expect(lines[0]).to.match(
      /^info \| MASS_CANCEL \| 2 open orders are to be cancelled, asked by operator:shutdown: F1 F2/,
    );
  });

  it('bounds its lines: of many orders in doubt it lists the rest in one', () => {
    const orders = Array.from({ length: 50 }, (_, n) => place(`A${n}`));
    const lines = linesOf(orders, [cut]).filter((line) => line.includes('IN_DOUBT'));
    expect(lines).to.have.length(21);
    expect(lines.at(-1)).to.include(
      '30 more orders are in doubt, listed by `fathom orders --open`: F21 F22',
    );
  });
});
