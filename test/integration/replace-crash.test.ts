import { expect } from 'chai';
import { setTimeout as delay } from 'node:timers/promises';
import { callControl } from '../../src/control/control-client.ts';
import { epochMs, toUtcTimestamp } from '../../src/lib/time.ts';
import { makeMulberry32 } from '../../src/lib/prng.ts';
import { type RawFixClient } from '../support/raw-fix-client.ts';
import { startTradingProcess, type TradingProcess } from '../support/trading-process.ts';
import { until } from '../support/until.ts';

/** One by default: a life takes seconds. */
const KILLS = Math.ceil(Number(process.env['FATHOM_ENGINE_KILLS'] ?? '8') / 15);
const SEED = Number(process.env['FATHOM_SEED'] ?? '20261130');
const KILL_AFTER_MS_MAX = 25;
const WAIT_MS = 120_000;
const now = (): string => toUtcTimestamp(epochMs(Date.now()));
const TERMS = '55=PF_XBTUSD|54=1|40=2|59=1';

describe('kill -9 of an engine in the middle of a replace', function () {
  this.timeout(KILLS * WAIT_MS + 60_000);
  let run: TradingProcess;

  afterEach(() => run.close());

  const isOpen = async (): Promise<boolean> => {
    const socket = `${run.files.dataDir}/run/control.sock`;
    const answer = await callControl(socket, 'session.state', { session: 'trading' }, 30_000);
    return answer.ok && (answer.value as { readonly phase?: string }).phase === 'LoggedOn';
  };
  /** Sends the order again and again, with another id, until the gate takes it. */
  const placed = async (client: RawFixClient, life: number): Promise<string> => {
    let id = '';
    let tries = 0;
    await until(
      () => {
        if (id === '' || refused(client, id)) {
          tries += 1;
          id = `O${life}-${tries}`;
          client.send('D', `11=${id}|${TERMS}|38=0.002|44=100|60=${now()}`);
        }
        return client.received.some((m) => m.get('11') === id && m.get('39') === '0');
      },
      'an order is open',
      WAIT_MS,
    );
    return id;
  };
  const refused = (client: RawFixClient, id: string): boolean =>
    client.received.some((m) => m.get('11') === id && m.get('39') === '8');

  for (const replace of ['cancelThenNew', 'amend']) {
    it(`by ${replace} leaves at most one order at the venue, and nothing twice`, async () => {
      run = await startTradingProcess({
        trading: { cancelOrdersOnDisconnect: false },
        desk1: { replace },
      });
      const prng = makeMulberry32(SEED);
      for (let life = 1; life <= KILLS; life += 1) {
        const note = `SEED=${SEED} ${replace} kill ${life}`;
        await run.start();
        await until(isOpen, `the venue session, ${note}`, WAIT_MS);
        const client = run.client('DESK1');
        await client.logon();
        // What the last life left is cancelled first: at most one order per parent, so none stays.
        client.send('q', `11=Q${life}|530=7|60=${now()}`);
        await until(() => run.venueOpen() === 0, `nothing is open, ${note}`, WAIT_MS);
        const id = await placed(client, life);
        expect(run.venueOpen(), note).to.equal(1);
        client.send('G', `11=R${life}|41=${id}|${TERMS}|38=0.003|44=101|60=${now()}`);
        await delay(Math.floor(prng.next() * KILL_AFTER_MS_MAX));
        run.engine().child.kill('SIGKILL');
        await run.engine().exited;
        expect(run.venueOpen(), `${note}: never both`).to.be.at.most(1);
        client.close();
      }
      await run.start();
      await until(isOpen, 'the venue session after the last kill', WAIT_MS);
      const client = run.client('DESK1');
      await client.logon();
      client.send('q', `11=QL|530=7|60=${now()}`);
      await until(() => run.venueOpen() === 0, 'nothing is open at the end', WAIT_MS);
      const accepted = run.simulator.ledger
        .entries()
        .flatMap((e) => (e.kind === 'order' && e.event === 'accepted' ? [e.cliOrdId ?? ''] : []));
      expect(new Set(accepted).size, 'no ClOrdID twice').to.equal(accepted.length);
      // Each order of the client, and at most one more for its replace.
      expect(accepted.length).to.be.within(KILLS, 2 * KILLS);
      run.engine().child.kill('SIGTERM');
      expect((await run.engine().exited).code, run.engine().errors()).to.equal(0);
    });
  }
});
