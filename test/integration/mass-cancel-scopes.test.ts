import { expect } from 'chai';
import { systemClock } from '../../src/app/system-clock.ts';
import { toUtcTimestamp } from '../../src/lib/time.ts';
import { MatrixStage } from '../support/matrix-over-fix.ts';

interface Ordered {
  readonly id: string;
  readonly symbol?: string;
  readonly side?: string;
  readonly account?: string;
}

describe('a client’s OrderMassCancelRequest(q) by account, side and symbol', function () {
  this.timeout(180_000);
  let stage: MatrixStage;
  const now = (): string => toUtcTimestamp(systemClock.wall());

  const ORDERS: readonly Ordered[] = [
    { id: 'A', account: 'ACC1' },
    { id: 'B', account: 'ACC1', side: '2' },
    { id: 'C', account: 'ACC1', symbol: 'PF_ETHUSD' },
    { id: 'D', account: 'ACC2' },
    { id: 'E' },
  ];

  beforeEach(async () => {
    stage = await MatrixStage.open();
    for (const [n, { id, symbol = 'PF_XBTUSD', side = '1', account }] of ORDERS.entries()) {
      const of = account === undefined ? '' : `|1=${account}`;
      stage.client.send(
        'D',
        `11=${id}|55=${symbol}|54=${side}|60=${now()}|38=10|40=2|44=100|59=1${of}`,
      );
      const sent = await stage.venue.receive('D', n + 1);
      const ids = `11=${sent.get('11') ?? ''}|37=V${id}|55=${symbol}|54=${side}`;
      stage.venue.say('8', `${ids}|40=2|38=10|44=100|6=0|17=N${id}|150=0|39=0|14=0|151=10`);
    }
    await stage.venue.inStep();
  });
  afterEach(() => stage.close());

  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['530=7|1=ACC1', ['A', 'B', 'C']],
    ['530=1|55=PF_XBTUSD|1=ACC1', ['A', 'B']],
    ['530=1|55=PF_XBTUSD|1=ACC1|54=2', ['B']],
    ['530=7|54=2', ['B']],
    ['530=7|1=ACC9', []],
  ];
  for (const [body, ids] of cases) {
    it(`${body} cancels ${ids.join(', ') || 'nothing'}`, async () => {
      stage.client.send('q', `11=Q|60=${now()}|${body}`);
      const report = await stage.client.expect(({ type }) => type === 'r', 'the answer');
      expect(report.get('531')).to.equal(body[4]);
      expect(report.get('533')).to.equal(String(ids.length));
      for (const tag of ['1', '54']) {
        expect(report.get(tag), tag).to.equal(new RegExp(`\\|${tag}=(\\w+)`).exec(body)?.[1]);
      }
      await stage.venue.inStep();
      const canceled = stage.venue.received
        .filter((message) => message.get('35') === 'F')
        .map((message) => message.get('37'));
      expect(canceled).to.have.members(ids.map((id) => `V${id}`));
      expect(stage.venue.count('q')).to.equal(0);
    });
  }
});
