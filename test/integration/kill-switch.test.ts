import { expect } from 'chai';
import { systemClock } from '../../src/app/system-clock.ts';
import { killCommand } from '../../src/cli/kill.ts';
import { type CliIo } from '../../src/cli/shared/cli-io.ts';
import { toUtcTimestamp } from '../../src/lib/time.ts';
import { MatrixStage } from '../support/matrix-over-fix.ts';
import { type RawFixClient } from '../support/raw-fix-client.ts';

interface Ran {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

describe('fathom kill, against a running engine and real FIX bytes', function () {
  this.timeout(180_000);
  let stage: MatrixStage;
  let ids = 0;

  beforeEach(async () => {
    stage = await MatrixStage.open();
  });
  afterEach(() => stage.close());

  const kill = async (...args: readonly string[]): Promise<Ran> => {
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
    const all = [...args, '--socket', stage.controlSocket];
    await killCommand(io).parseAsync(all, { from: 'user' });
    return ran;
  };
  const order = (client: RawFixClient, body: string): string => {
    ids += 1;
    const now = toUtcTimestamp(systemClock.wall());
    client.send('D', `11=O${ids}|55=PF_XBTUSD|54=1|60=${now}|38=10|40=2|44=100|59=1|${body}`);
    return `O${ids}`;
  };
  const report = (client: RawFixClient, id: string, execType: string) =>
    client.expect(({ get }) => get(11) === id && get(150) === execType, `${execType} of ${id}`);
  const live = async (client: RawFixClient, body = '1=ACC1'): Promise<string> => {
    const before = stage.venue.count('D');
    const id = order(client, body);
    const sent = await stage.venue.receive('D', before + 1);
    const about = `11=${sent.get('11') ?? ''}|37=V${id}|55=PF_XBTUSD|54=1|40=2|38=10|44=100|6=0`;
    stage.venue.say('8', `${about}|17=N${id}|150=0|39=0|14=0|151=10`);
    await report(client, id, '0');
    return id;
  };
  const confirmCancel = async (count: number, id: string): Promise<void> => {
    const asked = await stage.venue.receive('F', count);
    const about = `11=${asked.get('11') ?? ''}|41=${asked.get('41') ?? ''}|37=V${id}|55=PF_XBTUSD`;
    stage.venue.say('8', `${about}|54=1|40=2|38=10|44=100|6=0|17=C${id}|150=4|39=4|14=0|151=0`);
  };

  it('a dry run lists what would be cancelled, and does nothing', async () => {
    const id = await live(stage.client);
    const ran = await kill('--scope', 'engine', '--dry-run');
    expect(ran.code, ran.err).to.equal(0);
    expect(ran.out).to.include('nothing was done').and.include(id).and.include('desk1');
    const json = await kill('--scope', 'account:ACC1', '--dry-run', '--json');
    expect(JSON.parse(json.out)).to.deep.include({ dryRun: true, total: 1, scope: 'account:ACC1' });
    await stage.clientInStep();
    expect(stage.venue.count('F') + stage.venue.count('q')).to.equal(0);
    expect((await kill('list')).out).to.equal('none: orders pass\n');
  });

  it('cancels, says so in Text(58), refuses new orders, and opens again by two persons', async () => {
    const id = await live(stage.client);
    const ran = await kill('--scope', 'engine', '--reason', 'fat finger', '--by', 'ann');
    expect(ran.code, ran.err).to.equal(0);
    expect(ran.out).to.include('1 open orders are being cancelled');
    await confirmCancel(1, id);
    const ended = await report(stage.client, id, '4');
    expect(ended.get('58')).to.equal('KILL_SWITCH: engine is HALTED by operator:ann: fat finger');
    expect(ended.get('20002')).to.equal('KILL_SWITCH');
    const refused = await report(stage.client, order(stage.client, '1=ACC1'), '8');
    expect([refused.get('39'), refused.get('103')]).to.deep.equal(['8', '0']);
    expect(refused.get('58')).to.match(/^KILL_SWITCH: engine is HALTED/);
    const metrics = await stage.engine.metrics();
    expect(metrics).to.match(/fathom_kill_switches\{[^}]*scope="engine",state="HALTED"[^}]*\} 1/);
    expect(metrics).to.match(/fathom_risk_rejects_total\{[^}]*code="KILL_SWITCH"[^}]*\} 1/);
    const list = JSON.parse((await kill('list', '--json')).out) as { switches: object[] };
    expect(list.switches[0]).to.deep.include({
      ...{ scope: 'engine', state: 'HALTED', by: 'operator:ann', reason: 'fat finger' },
      openOrders: 0,
    });
    const asked = await kill('release', '--scope', 'engine', '--reason', 'checked', '--by', 'ann');
    expect(asked.code, asked.err).to.equal(0);
    expect(asked.out).to.match(
      /^K1: engine is to be ACTIVE, proposed by ann; it is HALTED until then/,
    );
    expect((await kill('list')).out)
      .to.include('proposals')
      .and.include('K1');
    await report(stage.client, order(stage.client, '1=ACC1'), '8');
    expect((await kill('approve', 'K1', '--by', 'Ann')).err).to.match(/^SAME_PERSON/);
    const released = await kill('approve', 'K1', '--by', 'bob');
    expect(released.out, released.err).to.equal('engine is ACTIVE\n');
    await live(stage.client);
    expect((await kill('approve', 'K1', '--by', 'bob')).err).to.match(/^UNKNOWN_PROPOSAL/);
    expect((await kill('list')).out).to.equal('none: orders pass\n');
  });

  it('takes a proposal back, and voids it when the switch is set again', async () => {
    await kill('--scope', 'engine', '--state', 'REDUCING', '--reason', 'x');
    const flag = await kill(
      '--scope',
      'engine',
      '--release',
      '--reason',
      'y',
      '--by',
      'ann',
      '--json',
    );
    expect(JSON.parse(flag.out)).to.deep.include({ scope: 'engine', state: 'REDUCING' });
    const back = await kill('withdraw', 'K1', '--reason', 'no', '--by', 'carl');
    expect(back.out, back.err).to.equal('engine is REDUCING\n');
    await kill('release', '--scope', 'engine', '--reason', 'y', '--by', 'ann');
    await kill('--scope', 'engine', '--state', 'CANCEL_ONLY', '--reason', 'again');
    expect((await kill('approve', 'K2', '--by', 'bob')).err).to.match(/^UNKNOWN_PROPOSAL/);
    expect((await kill('withdraw', 'K2')).code).to.equal(2);
  });

  it('of one client leaves the other alone', async () => {
    const other = await stage.other();
    await live(stage.client);
    await live(other);
    await kill('--scope', 'client:desk1', '--reason', 'test');
    await report(stage.client, order(stage.client, '1=ACC1'), '8');
    await live(other);
    expect(stage.venue.count('F')).to.equal(1);
    other.close();
  });

  it('with --wait ends with 0 when nothing is open, and with 1 while something is', async () => {
    const id = await live(stage.client);
    const early = await kill('--scope', 'engine', '--reason', 'test', '--wait', '300ms');
    expect(early.code).to.equal(1);
    expect(early.err).to.include('1 orders in engine are still open');
    await confirmCancel(1, id);
    const late = await kill('--scope', 'engine', '--reason', 'test', '--wait', '60s');
    expect(late.code, late.err).to.equal(0);
  });

  it('refuses what it cannot do, with a code that names the field', async () => {
    const cases: readonly (readonly [number, RegExp, readonly string[]])[] = [
      [2, /--scope/, []],
      [2, /--reason/, ['--scope', 'engine']],
      [1, /^BAD_SCOPE/, ['--scope', 'world', '--reason', 'x']],
      [1, /^UNKNOWN_SYMBOL.*PF_XBTUSD/, ['--scope', 'instrument:PF_NOPE', '--reason', 'x']],
      [1, /^UNKNOWN_CLIENT.*desk1/, ['--scope', 'client:desk9', '--reason', 'x']],
      [1, /^UNKNOWN_ROUTE.*trading/, ['--scope', 'route:rest', '--reason', 'x']],
      [1, /^UNKNOWN_ORDER/, ['--scope', 'order:F99', '--reason', 'x']],
      [1, /^NOT_KILLED/, ['--scope', 'engine', '--release', '--reason', 'x']],
    ];
    for (const [code, message, args] of cases) {
      const ran = await kill(...args);
      expect(ran.code, args.join(' ')).to.equal(code);
      expect(ran.err, args.join(' ')).to.match(message);
    }
    await kill('--scope', 'engine', '--reason', 'x');
    const looser = await kill('--scope', 'engine', '--state', 'REDUCING', '--reason', 'x');
    expect(looser.err).to.match(/^LOOSENS/);
  });

  it('by the library is the same, and a replay of the journal has it', async () => {
    const { engine } = stage;
    const asked = { scope: 'instrument:PF_XBTUSD', reason: 'library', by: 'bot' };
    const answer = await engine.kill(asked);
    expect(answer.ok && answer.value.state).to.equal('HALTED');
    const ack = await engine.submit({
      ...{ clientOrderID: 'L1', symbol: 'PF_XBTUSD', side: 'Buy', ordType: 'Limit' },
      ...{ orderQty: '1', price: '100' },
    });
    expect(ack).to.include({ status: 'refused', code: 'KILL_SWITCH' });
    expect([...stage.replay().killSwitches.keys()]).to.deep.equal(['instrument:PF_XBTUSD']);
    const proposed = await engine.releaseKill({ ...asked, scope: 'instrument:PF_XBTUSD' });
    const proposal = proposed.ok ? (proposed.value.proposal?.id ?? '') : '';
    expect(engine.killSwitches()).to.have.length(1);
    expect(engine.killProposals().map(({ id, by }) => [id, by])).to.deep.equal([
      [proposal, 'operator:bot'],
    ]);
    expect([...stage.replay().killProposals.keys()]).to.deep.equal([proposal]);
    expect((await engine.approveKillRelease({ proposal, by: 'ann' })).ok).to.equal(true);
    expect(engine.killSwitches()).to.deep.equal([]);
    expect(stage.replay().killProposals.size).to.equal(0);
  });
});
