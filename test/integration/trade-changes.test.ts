import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/app/system-clock.ts';
import { type StartedEngine, startWithVenue } from '../../src/app/start-engine.ts';
import { executionsOfJournal } from '../../src/app/loop/journal-executions.ts';
import { verifyExecutions } from '../../src/execution-log/verify/verify.ts';
import { type ClientExecutionReport } from '../../src/index.ts';
import { decimal, decimalToText } from '../../src/lib/decimal.ts';
import { silentLogger } from '../../src/observability/logger.ts';
import { type Fault } from '../../src/simulator/faults/fault.ts';
import { until } from '../support/until.ts';

const SYMBOL = 'PF_ETHUSD';

describe('an engine whose venue changes its mind about trades', () => {
  let dir: string;
  let started: StartedEngine;
  let logs: string;
  const reports: ClientExecutionReport[] = [];

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-trade-changes-'));
    const demo = JSON.parse(readFileSync('config/demo.json', 'utf8')) as {
      engine: { dataDir: string };
    };
    demo.engine.dataDir = join(dir, 'data');
    writeFileSync(join(dir, 'demo.json'), JSON.stringify(demo));
    started = await startWithVenue({
      config: join(dir, 'demo.json'),
      env: {},
      logger: silentLogger,
    });
    logs = started.config.engine.dataDir;
    started.engine.on('execution', (report) => reports.push(report));
    await until(() => started.engine.isOpen, 'engine open');
    // A market order is valued by the book.
    const book = () => started.engine.book(SYMBOL);
    await until(() => book()?.health(systemClock.monotonic()) === 'Healthy', 'the book');
    await until(() => book()?.best('Offer') !== undefined, 'quotes');
  });

  after(async () => {
    await started.engine.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const simulator = () => {
    if (started.venue === undefined) throw new Error('no simulator');
    return started.venue.simulator;
  };
  const inject = (fault: Fault): void => {
    const asked = simulator().faults.ask(fault);
    if (!asked.ok) throw new Error(asked.error);
  };
  const orderOf = (clientOrderID: string) => {
    const order = [...started.engine.state.orders.values()].find(
      (each) => each.clientOrderID === clientOrderID,
    );
    if (order === undefined) throw new Error(`no order ${clientOrderID}`);
    return order;
  };
  /** Signed sum of what the ledger says of a client's fills, busts and corrections. */
  const positionByLedger = (): string => {
    let sum = decimal('0');
    for (const entry of simulator().ledger.ofAccount('demo')) {
      if (!('lastQty' in entry) || entry.symbol !== SYMBOL) continue;
      const before = entry.kind === 'fill' ? '0' : entry.oldQty;
      const change = decimal(entry.lastQty).minus(decimal(before));
      sum = entry.side === 'buy' ? sum.plus(change) : sum.minus(change);
    }
    return decimalToText(sum);
  };
  const positionByEngine = (): string => {
    let sum = decimal('0');
    for (const { terms, cumQty } of started.engine.state.orders.values()) {
      const qty = decimal(cumQty);
      sum = terms.side === 'Buy' ? sum.plus(qty) : sum.minus(qty);
    }
    return decimalToText(sum);
  };
  const positionByVenue = (): string =>
    simulator()
      .queries.positions('demo')
      .find(({ symbol }) => symbol === SYMBOL)?.size ?? '0';

  const buy = async (clientOrderID: string, orderQty: string): Promise<void> => {
    const ack = await started.engine.submit({
      ...{ clientOrderID, symbol: SYMBOL, side: 'Buy', ordType: 'Market', orderQty },
    });
    expect(ack.status).to.equal('accepted');
    await until(() => orderOf(clientOrderID).base === 'Filled', `${clientOrderID} filled`);
  };
  const told = (clientOrderID: string, execType: string): ClientExecutionReport | undefined =>
    reports.find((each) => each.clientOrderID === clientOrderID && each.execType === execType);

  it('a bust takes the quantity out of the order, the position and the log', async () => {
    await buy('B-1', '0.5');
    await buy('B-2', '0.2');
    inject({ kind: 'trade-bust', account: 'demo', symbol: SYMBOL });
    await until(() => told('B-2', 'TradeCancel') !== undefined, 'the bust is told');
    await until(() => orderOf('B-2').base === 'Canceled', 'the venue ends the order');
    expect(told('B-2', 'TradeCancel')?.cumQty).to.equal('0');
    expect(orderOf('B-2').cumQty).to.equal('0');
    expect([positionByEngine(), positionByLedger(), positionByVenue()]) //
      .to.deep.equal(['0.5', '0.5', '0.5']);
  });

  it('a correction changes quantity and price', async () => {
    await buy('C-1', '0.4');
    inject({ kind: 'trade-correction', account: 'demo', symbol: SYMBOL, size: '0.1' });
    await until(() => told('C-1', 'TradeCorrect') !== undefined, 'the correction is told');
    await until(() => orderOf('C-1').base === 'Canceled', 'the venue ends the order');
    expect(told('C-1', 'TradeCorrect')).to.deep.include({ lastQty: '0.1', cumQty: '0.1' });
    expect([positionByEngine(), positionByLedger(), positionByVenue()]) //
      .to.deep.equal(['0.6', '0.6', '0.6']);
  });

  it('a fill after an acknowledged cancel is booked', async () => {
    inject({ kind: 'late-fill', account: 'demo' });
    await started.engine.submit({
      ...{ clientOrderID: 'L-1', symbol: SYMBOL, side: 'Buy', ordType: 'Limit' },
      ...{ orderQty: '0.3', price: '1500' },
    });
    await until(() => told('L-1', 'New') !== undefined, 'the order rests');
    await started.engine.cancel({ clientOrderID: 'L-2', origClientOrderID: 'L-1' });
    await until(() => orderOf('L-1').base === 'Canceled', 'the cancel is acknowledged');
    expect(orderOf('L-1').cumQty).to.equal('0');
    await until(() => orderOf('L-1').cumQty === '0.3', 'the late fill');
    expect([positionByEngine(), positionByLedger(), positionByVenue()]) //
      .to.deep.equal(['0.9', '0.9', '0.9']);
  });

  it('the execution logs agree with each other after all that', async () => {
    await started.engine.stop();
    const journal = executionsOfJournal(join(logs, 'journal'));
    if (!journal.ok) throw new Error(journal.error);
    const verified = await verifyExecutions(logs, { journal: journal.value });
    if (!verified.ok) throw new Error(verified.error);
    expect(verified.value.disagreements).to.deep.equal([]);
  });
});
