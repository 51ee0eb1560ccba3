import { expect } from 'chai';
import { systemClock } from '../../src/app/system-clock.ts';
import { callControl } from '../../src/control/control-client.ts';
import { toUtcTimestamp } from '../../src/lib/time.ts';
import { type Fault } from '../../src/simulator/faults/fault.ts';
import { startTradingProcess, type TradingProcess } from '../support/trading-process.ts';
import { until } from '../support/until.ts';

const WAIT_MS = 60_000;
const DUPLICATE: Fault = { kind: 'frame-duplicate', channel: 'trading' };
/** Its SequenceReset(4) comes with a SendingTime(52) of another hour. */
const CLOCK_AHEAD: Fault = { kind: 'clock-skew', skewMs: 3_600_000 };
const NEXT_MESSAGE: Fault = { kind: 'sequence-reset', skip: 5 };
const TOO_LOW: Fault = { kind: 'fix-sequence', nextSenderMsgSeqNum: 3 };

const now = (): string => toUtcTimestamp(systemClock.wall());

describe('an engine that leaves the venue by its own will', function () {
  this.timeout(180_000);
  let run: TradingProcess;

  const start = async (trading: Record<string, unknown> = {}, count = 12): Promise<void> => {
    run = await startTradingProcess({ trading });
    await run.start();
    const client = run.client('DESK1');
    await client.logon();
    await until(async () => (await state())['phase'] === 'LoggedOn', 'logged on', WAIT_MS);
    let ids = 0;
    await until(
      () => {
        ids += 1;
        if (run.venueOpen() < count) {
          const body = `55=PF_XBTUSD|54=1|38=0.001|40=2|44=100|59=1|60=${now()}`;
          client.send('D', `11=O${ids}|${body}`);
        }
        return run.venueOpen() >= count;
      },
      `${count} orders open`,
      WAIT_MS,
    );
  };
  const verb = async (name: string, args: Record<string, string>): Promise<unknown> => {
    const socket = `${run.files.dataDir}/run/control.sock`;
    const answer = await callControl(socket, name, args, 30_000);
    return answer.ok ? answer.value : {};
  };
  const state = async (): Promise<Record<string, unknown>> =>
    (await verb('session.state', { session: 'trading' })) as Record<string, unknown>;
  const halted = (): Promise<void> =>
    until(async () => (await state())['phase'] === 'Halted', 'halted', WAIT_MS);

  afterEach(() => run.close());

  for (const [what, fault] of [
    ['a frame came twice', DUPLICATE],
    ['the venue’s numbers went back', TOO_LOW],
  ] as const) {
    it(`because ${what} leaves no order open where the venue cancels on disconnect`, async () => {
      await start();
      run.fault(fault);
      await probe();
      await halted();
      await until(() => run.venueOpen() === 0, 'nothing open', WAIT_MS);
    });
  }

  it('names the orders that it keeps there, where that is the policy', async () => {
    await start({ cancelOrdersOnDisconnect: false });
    run.fault(TOO_LOW);
    await probe();
    await halted();
    const { ordersOpen, openOrderIDs } = await state();
    expect(run.venueOpen()).to.be.at.least(12);
    expect(ordersOpen).to.be.at.least(12);
    expect(openOrderIDs).to.match(/^F\w+-\d+ F\w+-\d+/);
  });

  it('because its clock is off leaves no order open where the venue cancels on disconnect', async () => {
    await start();
    run.fault(CLOCK_AHEAD);
    run.fault(NEXT_MESSAGE);
    await until(() => run.venueOpen() === 0, 'nothing open', WAIT_MS);
    const { ordersOpen } = await state();
    expect(ordersOpen, 'unconfirmed until the next logon').to.be.at.least(12);
  });

  it('because its clock is off names the orders that it keeps, where that is the policy', async () => {
    await start({ cancelOrdersOnDisconnect: false });
    run.fault(CLOCK_AHEAD);
    run.fault(NEXT_MESSAGE);
    await until(async () => (await state())['phase'] !== 'LoggedOn', 'ended', WAIT_MS);
    expect(run.venueOpen()).to.be.at.least(12);
    await until(
      () => run.engine().errors().includes('ORDERS_KEPT'),
      'the alert names them',
      WAIT_MS,
    );
  });

  it('at SIGTERM cancels more orders than the rate budget lets through one by one', async () => {
    await start({ rateBudget: { unitsMax: 120, orderUnits: 1, reservedForCancelsUnits: 40 } }, 60);
    run.engine().child.kill('SIGTERM');
    expect((await run.engine().exited).code).to.equal(0);
    await until(() => run.venueOpen() === 0, 'nothing open', WAIT_MS);
  });

  it('at an operator’s logout or reset cancels first', async () => {
    await start();
    await verb('session.logout', { session: 'trading' });
    expect(run.venueOpen()).to.equal(0);
    await until(async () => (await state())['phase'] === 'Disconnected', 'logged out', WAIT_MS);
    expect((await state())['ordersOpen']).to.equal(0);
  });

  /** One order more, whose report is the message that the fault meets. */
  const probe = async (): Promise<void> => {
    const client = run.client('DESK2');
    await client.logon();
    const body = `55=PF_ETHUSD|54=1|38=0.01|40=2|44=10|59=1|60=${now()}`;
    client.send('D', `11=P1|${body}`);
  };
});
