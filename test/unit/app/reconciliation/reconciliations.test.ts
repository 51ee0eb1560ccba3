import { expect } from 'chai';
import { type KeptReport } from '../../../../src/app/reconciliation/kept-reports.ts';
import { type ReconcileReport } from '../../../../src/app/reconciliation/reconcile.ts';
import { Reconciliations } from '../../../../src/app/reconciliation/reconciliations.ts';
import { type InputBody } from '../../../../src/core/input.ts';
import { type SessionName } from '../../../../src/domain/ids.ts';
import { VirtualTime } from '../../../support/virtual-time.ts';

const FUTURES = 'FATHOM-DRV' as SessionName;
const MINUTE = 60_000;

const AGREES: Omit<ReconcileReport, 'at'> = {
  agrees: true,
  openOrders: { ours: 0, venue: 0 },
  fills: { venue: 0, accounted: 0 },
  positions: { compared: 0 },
  differences: [],
  incomplete: [],
  balances: { futures: {} } as never,
};

describe('reconciliation', () => {
  let time: VirtualTime;
  let kept: KeptReport[];
  let alerts: string[];
  let counted: string[];
  let runs: number;
  let isReady: boolean;
  let found: Omit<ReconcileReport, 'at'>;
  let keep: (report: KeptReport) => Promise<void>;
  let lastsMs: number;
  let reconciliations: Reconciliations;

  beforeEach(() => {
    time = new VirtualTime();
    [kept, alerts, counted] = [[], [], []];
    [runs, isReady, found, lastsMs] = [0, true, AGREES, 0];
    keep = (report) => {
      kept.push(report);
      return Promise.resolve();
    };
  });

  const begin = (intervalMs = 15 * MINUTE): void => {
    reconciliations = new Reconciliations({
      ...{ account: 'main', session: FUTURES, intervalMs, clock: time, timers: time },
      reconcile: async () => {
        runs += 1;
        if (lastsMs > 0) await new Promise<void>((resolve) => time.set(lastsMs, resolve));
        return { at: time.wall(), ...found };
      },
      isFeedReady: () => isReady,
      kept: { keep: (report) => keep(report) },
      submit: (body: InputBody) => {
        if (body.type === 'VenueViewAlerted')
          alerts.push(`${body.severity} ${body.code}: ${body.text}`);
      },
      logger: { info: () => undefined } as never,
      metrics: {
        reconciled: (account, outcome, n) => counted.push(`${account} ${outcome} ${n}`),
      },
    });
    reconciliations.start();
  };
  afterEach(() => reconciliations.stop());

  const opened = (session = FUTURES): void => {
    reconciliations.onFact({ type: 'RouteOpened', at: time.wall(), session, epoch: 1 });
  };
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  const pass = async (ms: number): Promise<void> => {
    await settle();
    await time.advance(ms, settle);
    await settle();
  };
  const causes = (): readonly string[] => kept.map(({ cause }) => cause);

  it('follows the first opening of the route, each reconnect, and the schedule', async () => {
    begin();
    opened();
    await pass(1);
    opened();
    await pass(1);
    opened('ANOTHER' as SessionName);
    await pass(15 * MINUTE);
    await pass(15 * MINUTE);
    expect(causes()).to.deep.equal(['start', 'reconnect', 'schedule', 'schedule']);
    expect(counted).to.deep.equal(Array(4).fill('main agrees 0'));
    expect(alerts).to.deep.equal([]);
  });

  it('without a schedule waits for the route alone', async () => {
    begin(0);
    await pass(600 * MINUTE);
    expect(runs).to.equal(0);
    opened();
    await pass(1);
    expect(causes()).to.deep.equal(['start']);
  });

  it('waits for the private feeds, and without them says what it does not know', async () => {
    isReady = false;
    begin(0);
    opened();
    await pass(10_000);
    expect(runs).to.equal(0);
    isReady = true;
    await pass(1_000);
    expect(causes()).to.deep.equal(['start']);
    isReady = false;
    found = { ...AGREES, agrees: false, incomplete: ['the private feeds are not current'] };
    opened();
    await pass(MINUTE + 1_000);
    expect(causes()).to.deep.equal(['start', 'reconnect']);
    expect(alerts).to.have.length(1);
    expect(alerts[0]).to.match(
      /^warning RECONCILIATION_INCOMPLETE: account main \(reconnect\): the private feeds are not current; fathom reconcile show \d{8}T\d{9}Z-reconnect-main$/,
    );
  });

  it('alerts each time while engine and venue differ, with the first differences', async () => {
    begin(MINUTE);
    const differences = [1, 2, 3, 4, 5].map((n) => ({
      ...{ what: 'order' as const, id: `o${n}`, text: `order o${n} differs` },
    }));
    found = { ...AGREES, agrees: false, differences, incomplete: ['x'] };
    await pass(MINUTE);
    await pass(MINUTE);
    expect(counted).to.deep.equal(Array(2).fill('main differs 5'));
    expect(alerts).to.have.length(2);
    expect(alerts[0]).to.include(
      'critical RECONCILIATION_DIFFERS: account main (schedule), 5 differences: order o1 differs; order o2 differs; order o3 differs; 2 more; fathom reconcile show',
    );
    expect(kept[0]?.differences).to.have.length(5);
  });

  it('runs one at a time: all who ask meanwhile get the one that follows', async () => {
    begin();
    lastsMs = 5_000;
    const first = reconciliations.run('operator');
    opened();
    const second = reconciliations.run('operator');
    await pass(4_999);
    expect(runs).to.equal(1);
    await pass(5_001);
    expect(runs).to.equal(2);
    expect((await first).id).not.to.equal((await second).id);
    expect(causes()).to.deep.equal(['operator', 'start']);
  });

  it('that cannot be kept is an alert, is refused to the operator, and stops no later one', async () => {
    begin(MINUTE);
    keep = () => Promise.reject(new Error('ENOSPC: no space left'));
    await pass(MINUTE);
    expect(alerts).to.deep.equal([
      'warning RECONCILIATION_NOT_KEPT: schedule: ENOSPC: no space left',
    ]);
    const said = await reconciliations
      .run('operator')
      .catch((cause: unknown) => (cause as Error).message);
    expect(said).to.equal('ENOSPC: no space left');
    keep = (report) => {
      kept.push(report);
      return Promise.resolve();
    };
    await pass(MINUTE);
    expect(causes()).to.deep.equal(['schedule']);
  });

  it('ends with the engine, and says nothing of what it did not see to its end', async () => {
    begin(MINUTE);
    lastsMs = 5_000;
    found = { ...AGREES, agrees: false, incomplete: ['x'] };
    await pass(MINUTE);
    const stopped = reconciliations.stop();
    await pass(5_000);
    await stopped;
    await pass(10 * MINUTE);
    expect([runs, kept.length, alerts.length, counted.length]).to.deep.equal([1, 0, 0, 0]);
    expect(time.pending).to.equal(0);
  });
});
