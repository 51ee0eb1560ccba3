import { expect } from 'chai';
import { callControl } from '../../../src/control/control-client.ts';
import { routeCommand } from '../../../src/cli/route.ts';
import { until } from '../../support/until.ts';
import { RouteStage } from './stage.ts';

/** FIX goes away and comes back by an operator's hand, so that it stays away as long as needed. */
const session = async (stage: RouteStage, verb: 'logout' | 'logon'): Promise<void> => {
  const answer = await callControl(stage.controlSocket, `session.${verb}`, { session: 'trading' });
  if (!answer.ok) throw new Error(answer.error.message);
};

const FAST = { graceMs: 100, handbackStableMs: 300, deadManSwitchSeconds: 20 };

describe('an account between FIX and REST, against the simulator', function () {
  this.timeout(240_000);
  const stage = new RouteStage();
  const lines: string[] = [];
  let exitCode = 0;
  const io = {
    out: (text: string) => lines.push(text),
    err: (text: string) => lines.push(text),
    setExitCode: (code: number) => (exitCode = code),
  };
  const route = async (...args: readonly string[]): Promise<string> => {
    lines.length = 0;
    const at = ['--socket', stage.controlSocket];
    await routeCommand(io as never).parseAsync([...args, ...at], { from: 'user' });
    return lines.join('\n');
  };
  const word = (name: string): Promise<string> =>
    route(name, '--account', 'main', '--by', 'alice', '--reason', 'rehearsal');

  before(() => stage.start({ fallback: 'manual', ...FAST }));
  after(() => stage.stop());

  it('is listed with phase, reason, token and what is missing', async () => {
    expect(await route()).to.match(/main.*trading.*FIX_ACTIVE.*FIX/);
    const json = JSON.parse(await route('--json')) as { routes: readonly { phase: string }[] };
    expect(json.routes[0]?.phase).to.equal('FIX_ACTIVE');
  });

  it('waits for an operator with `manual`, who is told what to type', async () => {
    expect(await word('fallback')).to.include('ROUTE_REFUSED');
    expect(exitCode).to.equal(1);
    await session(stage, 'logout');
    await stage.untilPhase('RESOLVING');
    await stage.until(({ missing }) => missing.length > 0 && missing[0]?.guard === 'OPERATOR');
    expect(await route()).to.include('fathom route fallback --account A --by NAME --reason WHY');
    const ack = await stage.submit();
    expect(ack.code).to.equal('ROUTE_CLOSED');
  });

  it('goes to REST by that word, with the dead man’s switch armed first', async () => {
    await word('fallback');
    expect(exitCode).to.equal(0);
    await stage.untilPhase('REST_ACTIVE');
    const row = await stage.route();
    expect(row.granted.route).to.equal('REST');
    expect(row.deadManSwitch).to.equal('armed');
    expect(stage.alerts).to.include('ROUTE_REST_ACTIVE');
  });

  it('places orders by REST meanwhile, each once, and says so in its reports', async () => {
    const before = stage.simulator.queries.openOrders('main').length;
    const routes: string[] = [];
    const note = ({ execType, route: by }: { execType: string; route: string }): void => {
      if (execType === 'New') routes.push(by);
    };
    stage.engine.on('execution', note);
    expect((await stage.submit()).status).to.equal('accepted');
    await until(() => routes.length === 1, 'the report of the order');
    stage.engine.off('execution', note);
    expect(routes).to.deep.equal(['REST']);
    expect(stage.simulator.queries.openOrders('main').length).to.equal(before + 1);
  });

  it('goes back to FIX by another word, with the switch off and a new token', async () => {
    const before = await stage.route();
    await session(stage, 'logon');
    await stage.until(({ missing }) => missing.some(({ guard }) => guard === 'HANDBACK_OPERATOR'));
    await word('handback');
    await stage.untilPhase('FIX_ACTIVE');
    const row = await stage.route();
    expect(row.granted).to.deep.equal({ route: 'FIX', epoch: before.granted.epoch + 1 });
    expect(row.deadManSwitch).to.equal('off');
    expect((await stage.submit()).status).to.equal('accepted');
  });

  it('is halted and resumed by an operator', async () => {
    await word('halt');
    expect((await stage.submit()).code).to.equal('ROUTE_CLOSED');
    expect(await word('handback')).to.include('there is nothing to hand back');
    await word('resume');
    await stage.untilPhase('FIX_ACTIVE');
    expect((await stage.submit()).status).to.equal('accepted');
  });

  it('says what is wrong with a command', async () => {
    const unknown = ['--account', 'other', '--by', 'a', '--reason', 'b'];
    expect(await route('fallback', ...unknown)).to.include('account must be one of main');
  });
});
