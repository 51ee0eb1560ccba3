import { expect } from 'chai';
import { makeRestOrderGateway } from '../../src/app/rest-route/rest-order-gateway.ts';
import { type OrderGateway, type RestOrderGateway } from '../../src/domain/ports.ts';
import { type OutboundMessage } from '../../src/fix/codec/fix-message.ts';
import { type FixSession } from '../../src/fix/session/model/session-types.ts';
import { makeFixOrderGateway } from '../../src/kraken/fix/trading/order-gateway.ts';
import { makeSlidingBudget } from '../../src/kraken/rate-budget.ts';
import { ok } from '../../src/lib/result.ts';
import { monotonicMs } from '../../src/lib/time.ts';
import { c, PF_XBTUSD, SESSION, START_MS, TERMS } from '../support/bench.ts';

/** What both gateways have in common. */
type Gateway = Pick<
  OrderGateway | RestOrderGateway,
  'session' | 'sendNewOrder' | 'sendCancel' | 'sendReplace' | 'sendMassCancel'
>;

interface Opened {
  readonly gateway: Gateway;
  /** Everything that would go to the venue by now, in order: `new <ClOrdID>`. */
  readonly out: () => Promise<readonly string[]>;
}

/** 40 points: three orders of 10, and 10 that cancels alone may use. */
const BUDGET = { pointsMax: 40, windowMs: 10_000, reservePoints: 10 };
const at = monotonicMs(0);

const WORDS: Readonly<Record<string, string>> = { D: 'new', F: 'cancel', G: 'edit', q: 'all' };

const openFix = (): Opened => {
  const sent: string[] = [];
  const budget = makeSlidingBudget(BUDGET);
  const session = {
    view: () => ({ phase: 'LoggedOn' }),
    send: ({ msgType, fields }: OutboundMessage) => {
      const id = String(fields.find(([tag]) => tag === 11)?.[1] ?? '');
      sent.push(`${WORDS[msgType] ?? msgType} ${id}`);
      return ok({ msgSeqNum: sent.length });
    },
  } as unknown as FixSession;
  const gateway = makeFixOrderGateway(SESSION, session, {
    takeBudget: (kind) =>
      budget.take(10, kind === 'order' ? 'ordinary' : 'safety', at).type === 'Granted',
    epoch: () => 1,
  });
  return { gateway, out: () => Promise.resolve(sent) };
};

const openRest = (): Opened => {
  const called: string[] = [];
  const budget = makeSlidingBudget(BUDGET);
  const taken: ReturnType<typeof c>[] = [];
  const refused = () => Promise.reject(new Error('the wire is not part of this suite'));
  const gateway = makeRestOrderGateway(SESSION, {
    calls: {
      sendOrder: ({ clOrdID }) => (called.push(`new ${clOrdID}`), refused()),
      sendBatch: (all) => {
        for (const one of all) if (one.type === 'send') called.push(`new ${one.clOrdID}`);
        return refused();
      },
      editOrder: () => (called.push('edit'), refused()),
      cancelOrder: () => (called.push('cancel'), refused()),
      cancelBatch: () => (called.push('cancels'), refused()),
      cancelAllOrders: () => (called.push('all'), refused()),
    },
    budget,
    clock: { wall: () => START_MS, monotonic: () => at },
    submit: () => undefined,
  });
  const noted =
    <M extends { readonly clOrdID: ReturnType<typeof c> }, A>(send: (message: M) => A) =>
    (message: M): A => {
      taken.push(message.clOrdID);
      return send(message);
    };
  return {
    gateway: {
      session: gateway.session,
      sendNewOrder: noted(gateway.sendNewOrder),
      sendCancel: noted(gateway.sendCancel),
      sendReplace: noted(gateway.sendReplace),
      sendMassCancel: noted(gateway.sendMassCancel),
    },
    out: async () => {
      gateway.release(taken.splice(0));
      await gateway.idle();
      return called;
    },
  };
};

for (const [name, open] of [
  ['FIX', openFix],
  ['REST', openRest],
] as const)
  describe(`the order gateway by ${name}`, () => {
    const place = ({ gateway }: Opened, n: number) =>
      gateway.sendNewOrder({ clOrdID: c(n), terms: TERMS, at: START_MS });
    const cancel = ({ gateway }: Opened, n: number) =>
      gateway.sendCancel({
        ...{ clOrdID: c(n), origClOrdID: c(1), symbol: PF_XBTUSD, side: 'Buy', at: START_MS },
        venueOrderID: 'V1' as never,
      });

    it('belongs to one session', () => {
      expect(open().gateway.session).to.equal(SESSION);
    });

    it('takes an order at once, and it goes out once, under its own ClOrdID', async () => {
      const opened = open();
      expect(place(opened, 1).sent).to.equal(true);
      expect(await opened.out()).to.deep.equal([`new ${c(1)}`]);
      expect(await opened.out(), 'asked again').to.deep.equal([`new ${c(1)}`]);
    });

    it('says RATE_LIMITED when the budget is spent, and nothing of that order goes out', async () => {
      const opened = open();
      const answers = [1, 2, 3, 4].map((n) => place(opened, n));
      expect(answers.map(({ sent }) => sent)).to.deep.equal([true, true, true, false]);
      expect(answers[3]).to.deep.equal({ sent: false, reason: 'RATE_LIMITED' });
      expect(await opened.out()).to.deep.equal([1, 2, 3].map((n) => `new ${c(n)}`));
    });

    it('keeps the reserve for cancels', () => {
      const opened = open();
      for (const n of [1, 2, 3]) place(opened, n);
      expect(cancel(opened, 10).sent).to.equal(true);
      expect(cancel(opened, 11)).to.deep.equal({ sent: false, reason: 'RATE_LIMITED' });
    });
  });
