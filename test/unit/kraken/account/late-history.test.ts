import { expect } from 'chai';
import {
  type DecimalText,
  type TradingSymbol,
  type VenueOrderID,
} from '../../../../src/domain/ids.ts';
import { answerQuestion } from '../../../../src/kraken/account/read-answers.ts';
import { type ReadDeps } from '../../../../src/kraken/account/read-deps.ts';
import { PrivateState } from '../../../../src/kraken/websocket/views/private-state.ts';
import {
  type Fill,
  type OpenOrder,
} from '../../../../src/kraken/websocket/events/private-events.ts';
import { ok } from '../../../../src/lib/result.ts';
import { epochMs, monotonicMs } from '../../../../src/lib/time.ts';

const WHOLE = { hasEveryOrder: true, isComplete: true };
const ID = 'v1' as VenueOrderID;
const SYMBOL = 'PF_XBTUSD' as TradingSymbol;
const text = (amount: string): DecimalText => amount as DecimalText;
const T = 1_795_000_000_000;

const OPEN: OpenOrder = {
  symbol: SYMBOL,
  venueOrderID: ID,
  side: 'Buy',
  kind: 'Limit',
  isReduceOnly: false,
  leavesQty: text('2'),
  cumQty: text('0'),
  limitPx: text('100'),
  placedAt: epochMs(T),
  updatedAt: epochMs(T),
};

const read = <V>(value: V, serverTime = T + 60_000) =>
  Promise.resolve(
    ok({
      value,
      isComplete: true,
      hasEveryElement: true,
      oddities: [],
      serverTime: epochMs(serverTime),
    }),
  );

interface Told {
  status: string | undefined;
  history: { name: string; leavesQty?: string } | undefined;
  /** Came after `history`. */
  later?: string;
  fills: readonly string[];
  executions: readonly string[];
}

/** A view that believes an order open, and a REST that tells what it is told to. */
const scene = () => {
  const state = new PrivateState();
  const at = monotonicMs(1);
  state.apply({ type: 'OpenOrdersSnapshot', orders: [OPEN], unread: [], ...WHOLE }, at);
  state.apply({ type: 'OpenOrdersSnapshot', orders: [], unread: [], ...WHOLE }, at);
  const told: Told = { status: undefined, history: undefined, fills: [], executions: [] };
  const own = { ...OPEN, ordType: 'Limit', enteredAt: OPEN.placedAt };
  const deps = {
    state,
    clock: { wall: () => epochMs(T), monotonic: () => at },
    settleMs: 0,
    call: {},
    fillsSince: () => epochMs(T - 1_000),
    onFillsProven: () => undefined,
    account: {
      fills: () =>
        read(
          told.fills.map((executionID, nth) => ({
            executionID,
            venueOrderID: ID,
            symbol: SYMBOL,
            side: 'Buy',
            type: 'maker',
            lastQty: text('1'),
            lastPx: text('100'),
            at: epochMs(T + nth),
          })),
        ),
    },
    orders: {
      orderStates: () =>
        read(
          told.status === undefined
            ? []
            : [{ order: { venueOrderID: ID, symbol: SYMBOL }, status: told.status }],
        ),
    },
    history: {
      orders: () =>
        read({
          elements:
            told.history === undefined
              ? []
              : [
                  ...(told.later === undefined
                    ? []
                    : [{ uid: 'l', name: told.later, event: { oldOrder: own } }]),
                  {
                    uid: 'e',
                    name: told.history.name,
                    event: { order: { ...own, leavesQty: told.history.leavesQty ?? '2' } },
                  },
                ],
        }),
      triggers: () => read({ elements: [] }),
      executions: () =>
        read({
          elements: told.executions.map((executionID) => ({
            uid: executionID,
            name: 'Execution',
            event: {
              execution: {
                executionID,
                order: own,
                at: epochMs(T),
                executionType: 'maker',
                lastQty: text('1'),
                lastPx: text('100'),
                orderData: { fee: text('0.01') },
              },
            },
          })),
        }),
    },
  } as unknown as ReadDeps;
  const ask = () => answerQuestion({ type: 'Order', venueOrderID: ID }, deps);
  const askFills = () => answerQuestion({ type: 'OrderFills', venueOrderID: ID }, deps);
  return { state, told, ask, askFills, order: () => state.orders.get(ID) };
};

describe('an order that vanished while the feed was down', () => {
  it('has a presumed end until history, which comes late, has the real one', async () => {
    const { told, ask, order } = scene();
    expect(order()).to.deep.include({ isOpen: false, isGuess: true, cause: 'Unknown' });
    expect((await ask()).outcome).to.equal('Again');
    expect(order()).to.deep.include({ isGuess: true, cause: 'Unknown' });
    told.history = { name: 'OrderCancelled' };
    expect((await ask()).outcome).to.equal('Done');
    expect(order()).to.deep.include({ isOpen: false, isGuess: false, cause: 'Canceled' });
  });

  it('has ended although a refused edit is the last that history tells of it', async () => {
    const { told, ask, order } = scene();
    told.history = { name: 'OrderCancelled' };
    told.later = 'OrderEditRejected';
    expect((await ask()).outcome).to.equal('Done');
    expect(order()).to.deep.include({ isOpen: false, isGuess: false, cause: 'Canceled' });
  });

  it('is what orders/status says while the venue still knows', async () => {
    for (const [status, cause] of [
      ['FULLY_EXECUTED', 'Filled'],
      ['CANCELLED', 'Canceled'],
      ['REJECTED', 'Rejected'],
    ] as const) {
      const { told, ask, order } = scene();
      told.status = status;
      const answer = await ask();
      expect(order(), status).to.deep.include({ isGuess: false, cause });
      // A close says nothing about its fills.
      expect(answer.findings.map(({ type }) => type)).to.deep.equal(['CheckFills']);
    }
  });

  it('is asked for in the full list when orders/status says that it is open', async () => {
    const { told, ask, order } = scene();
    told.status = 'ENTERED_BOOK';
    const { findings } = await ask();
    expect(findings.map(({ type }) => type)).to.deep.equal(['CheckOpenOrders']);
    expect(order()?.isGuess).to.equal(true);
  });

  it('is filled when history placed it with nothing left, or when its fills are its size', async () => {
    const placed = scene();
    placed.told.history = { name: 'OrderPlaced', leavesQty: '0' };
    await placed.ask();
    expect(placed.order()).to.deep.include({ isGuess: false, cause: 'Filled' });
    const summed = scene();
    summed.told.fills = ['f1', 'f2'];
    await summed.askFills();
    await summed.ask();
    expect(summed.order()).to.deep.include({ isGuess: false, cause: 'Filled', filledQty: '2' });
  });

  it('gets its fills from history when REST fills no longer have them, each once', async () => {
    const { state, told, ask, askFills, order } = scene();
    told.status = 'FULLY_EXECUTED';
    await ask();
    expect((await askFills()).outcome, 'history is late').to.equal('Again');
    told.fills = ['f1'];
    expect((await askFills()).outcome, 'one of two').to.equal('Again');
    expect(order()?.filledQty).to.equal('1');
    told.executions = ['f1', 'f2'];
    expect((await askFills()).outcome).to.equal('Done');
    expect(order()?.filledQty).to.equal('2');
    const fees = ['f1', 'f2'].map((id) => (state.fills.get(id) as Fill).fee);
    expect(fees, 'the fee is known to history only').to.deep.equal(['0.01', '0.01']);
  });
});
