import { expect } from 'chai';
import {
  type DecimalText,
  type TradingSymbol,
  type VenueOrderID,
} from '../../../../src/domain/ids.ts';
import { type Question } from '../../../../src/kraken/account/question.ts';
import { answerQuestion } from '../../../../src/kraken/account/read-answers.ts';
import { type ReadDeps } from '../../../../src/kraken/account/read-deps.ts';
import { PrivateState } from '../../../../src/kraken/websocket/views/private-state.ts';
import { ok } from '../../../../src/lib/result.ts';
import { epochMs, type EpochMs, monotonicMs } from '../../../../src/lib/time.ts';

const T = 1_795_000_000_000;
const PAGE = 100;
const HISTORY_PAGE = 400;
const SETTLE_MS = 1_000;
const order = {
  venueOrderID: 'v1' as VenueOrderID,
  symbol: 'PF_XBTUSD' as TradingSymbol,
  side: 'Buy',
};
const traded = { lastQty: '1' as DecimalText, lastPx: '100' as DecimalText };

interface Row {
  readonly executionID: string;
  readonly at: EpochMs;
}

/** So many fills, `everyMs` apart, the oldest first. */
const rows = (count: number, everyMs: number): readonly Row[] =>
  Array.from({ length: count }, (_, nth) => ({
    executionID: `f${nth}`,
    at: epochMs(T + nth * everyMs),
  }));

/** A venue that pages as Kraken does [rest 2.4, 2.12]; `onFills` happens while REST answers. */
const scene = (all: readonly Row[], isReadable: (row: Row) => boolean = () => true) => {
  const state = new PrivateState();
  const asked: string[] = [];
  const purposes = new Set<string | undefined>();
  const clock = { wall: () => epochMs(T), monotonic: () => monotonicMs(1) };
  let proven = epochMs(T - 0.25);
  let onFills = (): void => undefined;
  const deps = {
    state,
    clock,
    settleMs: SETTLE_MS,
    call: { purpose: 'safety' },
    fillsSince: () => proven,
    onFillsProven: (until: EpochMs) => (proven = until),
    account: {
      fills: (before?: string, options?: { readonly purpose?: string }) => {
        asked.push('fills');
        purposes.add(options?.purpose);
        const end = before === undefined ? Number.POSITIVE_INFINITY : Date.parse(before);
        const newestFirst = all.filter(({ at }) => at < end).reverse();
        const value = newestFirst
          .slice(0, PAGE)
          .map((row) => ({ ...order, ...traded, ...row, type: 'maker' }));
        onFills();
        return Promise.resolve(
          ok({ value, isComplete: true, hasEveryElement: true, oddities: [] }),
        );
      },
    },
    history: {
      executions: (query: { readonly since: number; readonly continuationToken?: string }) => {
        asked.push('history');
        const from = Number(query.continuationToken ?? 0);
        const found = all.filter(({ at }) => at >= query.since);
        const elements = found.slice(from, from + HISTORY_PAGE).map((row) => ({
          uid: row.executionID,
          name: 'Execution',
          event: {
            execution: { ...traded, ...row, ...(isReadable(row) ? { order } : {}) },
          },
        }));
        const next = from + HISTORY_PAGE;
        const link = next < found.length ? { continuationToken: String(next) } : {};
        return Promise.resolve(
          ok({ value: { elements, ...link }, isComplete: true, hasEveryElement: true }),
        );
      },
    },
  } as unknown as ReadDeps;
  return {
    state,
    asked,
    purposes,
    ask: async (question: Question) => {
      asked.length = 0;
      return answerQuestion(question, deps);
    },
    proven: () => proven,
    whileRestAnswers: (act: () => void) => {
      onFills = act;
    },
  };
};

describe('rounds of fills', () => {
  it('beyond ten pages history is read once: the next round begins where it ended', async () => {
    const { ask, asked, state, proven } = scene(rows(1_200, 1_000));
    expect((await ask({ type: 'Fills' })).outcome).to.equal('Done');
    expect(state.fills.size).to.equal(1_200);
    expect(asked.filter((call) => call === 'history')).to.have.length(3);
    expect(proven()).to.equal(T + 1_199_000 - SETTLE_MS);
    expect((await ask({ type: 'Fills' })).outcome).to.equal('Done');
    expect(asked).to.deep.equal(['fills']);
  });

  it('more fills in one moment than a page holds are read from history', async () => {
    const { ask, asked, state } = scene(rows(150, 0));
    expect((await ask({ type: 'Fills' })).outcome).to.equal('Done');
    expect(state.fills.size).to.equal(150);
    expect(asked).to.include('history');
  });

  it('an execution that cannot be read leaves the question open, takes the others, and proves nothing', async () => {
    const { ask, state, proven } = scene(
      rows(1_200, 1_000),
      ({ executionID }) => executionID !== 'f10',
    );
    const before = proven();
    expect(await ask({ type: 'Fills' })).to.deep.include({
      outcome: 'Again',
      text: 'history has executions that cannot be read',
    });
    expect(state.fills.size).to.equal(1_199);
    expect(proven()).to.equal(before);
  });

  it('a missing fill is not found by another one that the feed brings meanwhile', async () => {
    const { ask, state, whileRestAnswers } = scene([]);
    whileRestAnswers(() =>
      state.fills.applyUpdate(
        [
          {
            fillID: 'live',
            symbol: order.symbol,
            venueOrderID: order.venueOrderID,
            side: 'Buy',
            at: epochMs(T),
            liquidity: 'Maker',
            fillType: 'maker',
            ...traded,
          },
        ],
        true,
      ),
    );
    expect((await ask({ type: 'MissingFills' })).outcome).to.equal('Again');
    const found = scene(rows(1, 0));
    expect((await found.ask({ type: 'MissingFills' })).outcome).to.equal('Done');
  });

  it('spend what their asker may spend', async () => {
    const { ask, purposes } = scene([]);
    await ask({ type: 'Fills' });
    expect([...purposes]).to.deep.equal(['safety']);
  });
});
