import { expect } from 'chai';
import { type Command } from 'commander';
import { systemClock } from '../../src/app/system-clock.ts';
import { executionsCommand } from '../../src/cli/executions.ts';
import { ordersCommand } from '../../src/cli/orders.ts';
import { type CliIo } from '../../src/cli/shared/cli-io.ts';
import { toUtcTimestamp } from '../../src/lib/time.ts';
import { MatrixStage } from '../support/matrix-over-fix.ts';
import { type RawFixClient } from '../support/raw-fix-client.ts';

interface Ran {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

const run = async (make: (io: CliIo) => Command, args: readonly string[]): Promise<Ran> => {
  const ran = { out: '', err: '', code: -1 };
  const io: CliIo = {
    out: (line) => {
      ran.out += `${line}\n`;
    },
    err: (line) => {
      ran.err += `${line}\n`;
    },
    env: {},
    setExitCode: (code) => {
      ran.code = code;
    },
  };
  await make(io).parseAsync([...args], { from: 'user' });
  return ran;
};

describe('fathom orders and fathom executions list, against a running engine', function () {
  this.timeout(180_000);
  let stage: MatrixStage;
  let other: RawFixClient;

  before(async () => {
    stage = await MatrixStage.open();
    other = await stage.other();
    place(stage.client, 'A', 'PF_XBTUSD');
    const first = await stage.venue.receive('D', 1);
    place(stage.client, 'B', 'PF_ETHUSD');
    await stage.venue.receive('D', 2);
    place(other, 'C', 'PF_XBTUSD');
    await stage.venue.receive('D', 3);
    const about = `11=${first.get('11') ?? ''}|37=V1|55=PF_XBTUSD|54=1|40=2|38=10|44=100|6=0`;
    stage.venue.say('8', `${about}|17=N1|150=0|39=0|14=0|151=10`);
    stage.venue.say('8', `${about}|17=T1|150=F|39=1|14=4|151=6|32=4|31=99.5`);
    stage.venue.say('8', `${about}|17=T2|150=F|39=2|14=10|151=0|32=6|31=100`);
    await stage.venue.inStep();
  });
  after(async () => {
    other.close();
    await stage.close();
  });

  const place = (client: RawFixClient, id: string, symbol: string): void => {
    const now = toUtcTimestamp(systemClock.wall());
    client.send('D', `11=${id}|55=${symbol}|54=1|60=${now}|38=10|40=2|44=100|59=1`);
  };
  const orders = (...args: readonly string[]): Promise<Ran> =>
    run((io) => ordersCommand(io), ['--socket', stage.controlSocket, ...args]);
  const executions = (...args: readonly string[]): Promise<Ran> =>
    run((io) => executionsCommand(io), ['list', '--socket', stage.controlSocket, ...args]);
  const idsOf = ({ out }: Ran): readonly unknown[] =>
    (JSON.parse(out) as { rows: Record<string, unknown>[] }).rows.map(
      (row) => row['clientOrderID'],
    );

  it('orders are a table, and JSON with every field', async () => {
    const table = await orders();
    expect(table.code).to.equal(0);
    expect(table.out).to.match(/fix:desk1.*A.*PF_XBTUSD.*Filled/);
    expect(table.out).to.match(/fix:desk2.*C.*PF_XBTUSD.*PendingNew/);
    const json = await orders('--json');
    expect(idsOf(json)).to.deep.equal(['A', 'B', 'C']);
    const { total, rows } = JSON.parse(json.out) as { total: number; rows: object[] };
    expect(total).to.equal(3);
    expect(rows[0]).to.deep.include({
      ...{ client: 'fix:desk1', symbol: 'PF_XBTUSD', side: 'Buy', orderQty: '10', cumQty: '10' },
      ...{ leavesQty: '0', avgPx: '99.8', ordStatus: 'Filled', isOpen: false, venueOrderID: 'V1' },
    });
  });

  it('orders are filtered by client, symbol, open and count', async () => {
    expect(idsOf(await orders('--json', '--client', 'desk1'))).to.deep.equal(['A', 'B']);
    expect(idsOf(await orders('--json', '--symbol', 'PF_XBTUSD'))).to.deep.equal(['A', 'C']);
    expect(idsOf(await orders('--json', '--open'))).to.deep.equal(['B', 'C']);
    expect(idsOf(await orders('--json', '--open', '--client', 'fix:desk2'))).to.deep.equal(['C']);
    const one = await orders('--limit', '1');
    expect(one.out).to.contain('the newest 1 of 3');
    expect((await orders('--symbol', 'PF_NOPE')).out).to.equal('none\n');
  });

  it('executions are a table, and JSON with every field', async () => {
    const table = await executions();
    expect(table.out).to.match(/A.*PF_XBTUSD.*Buy.*4.*99\.5/);
    const { total, rows } = JSON.parse((await executions('--json')).out) as {
      total: number;
      rows: object[];
    };
    expect(total).to.equal(2);
    expect(rows[1]).to.deep.include({ lastQty: '6', lastPx: '100', venueExecID: 'T2' });
    expect((await executions('--client', 'desk2')).out).to.equal('none\n');
    expect((await executions('--open')).out).to.equal('none\n');
  });

  it('a watch shows one list after another until its time is over', async () => {
    const watched = await orders('--watch', '20ms', '--for', '300ms', '--json');
    const lines = watched.out.trim().split('\n');
    expect(lines.length).to.be.greaterThan(1);
    for (const line of lines) expect(JSON.parse(line)).to.have.property('total', 3);
  });

  it('says that no engine listens, and ends with 3', async () => {
    const nobody = await run((io) => ordersCommand(io), ['--socket', '/nonexistent/control.sock']);
    expect(nobody.code).to.equal(3);
    expect(nobody.err).to.contain('NO_ENGINE');
  });
});
