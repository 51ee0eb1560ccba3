import { expect } from 'chai';
import { systemClock } from '../../src/app/system-clock.ts';
import { toUtcTimestamp } from '../../src/lib/time.ts';
import { MatrixStage } from '../support/matrix-over-fix.ts';
import { type RawFixClient } from '../support/raw-fix-client.ts';

type Message = ReadonlyMap<string, string>;

describe('RequestForPositions(AN) over real FIX bytes', function () {
  this.timeout(180_000);
  let stage: MatrixStage;
  let other: RawFixClient;
  let asked = 0;
  const now = (): string => toUtcTimestamp(systemClock.wall());

  before(async () => {
    stage = await MatrixStage.open();
    other = await stage.other();
    await trade(stage.client, 'A', { symbol: 'PF_XBTUSD', side: '1', account: 'ACC1', qty: '4' });
    await trade(stage.client, 'B', { symbol: 'PF_ETHUSD', side: '2', account: 'ACC1', qty: '6' });
    await trade(stage.client, 'C', { symbol: 'PF_XBTUSD', side: '1', qty: '2' });
    await trade(other, 'D', { symbol: 'PF_XBTUSD', side: '1', account: 'ACC1', qty: '9' });
  });
  after(async () => {
    other.close();
    await stage.close();
  });

  const trade = async (
    client: RawFixClient,
    id: string,
    {
      symbol,
      side,
      qty,
      account,
    }: Readonly<Record<'symbol' | 'side' | 'qty', string>> & {
      readonly account?: string;
    },
  ): Promise<void> => {
    const before = stage.venue.count('D');
    const of = account === undefined ? '' : `|1=${account}`;
    client.send('D', `11=${id}|55=${symbol}|54=${side}|60=${now()}|38=10|40=2|44=100|59=1${of}`);
    const sent = await stage.venue.receive('D', before + 1);
    const ids = `11=${sent.get('11') ?? ''}|37=V${id}|55=${symbol}|54=${side}`;
    const rest = `40=2|38=10|44=100|6=0|17=T${id}|150=F|39=1|14=${qty}|151=${10 - Number(qty)}`;
    stage.venue.say('8', `${ids}|${rest}|32=${qty}|31=100`);
    await client.expect(({ get }) => get(11) === id && get(150) === 'F', `trade of ${id}`);
  };

  const ask = async (
    body = '',
  ): Promise<{ readonly ack: Message; readonly reports: Message[] }> => {
    asked += 1;
    const id = `P${asked}`;
    const more = body === '' ? '' : `|${body}`;
    stage.client.send('AN', `710=${id}|724=0|60=${now()}${more}`);
    const ack = await stage.client.expect(({ type, get }) => type === 'AO' && get(710) === id, id);
    await stage.clientInStep();
    const reports = stage.client.received.filter(
      (message) => message.get('35') === 'AP' && message.get('710') === id,
    );
    return { ack, reports };
  };
  const shown = (reports: readonly Message[]): readonly (readonly unknown[])[] =>
    reports.map((one) => [one.get('1'), one.get('55'), one.get('704'), one.get('705')]);

  it('is answered by AO and one AP for each account and instrument of the client', async () => {
    const { ack, reports } = await ask();
    expect([ack.get('727'), ack.get('728')]).to.deep.equal(['3', '0']);
    expect(shown(reports)).to.have.deep.members([
      ['ACC1', 'PF_ETHUSD', '0', '6'],
      ['ACC1', 'PF_XBTUSD', '4', '0'],
      ['desk1', 'PF_XBTUSD', '2', '0'],
    ]);
    for (const one of reports) expect([one.get('727'), one.get('702')]).to.deep.equal(['3', '1']);
    const ids = new Set([ack, ...reports].map((one) => one.get('721')));
    expect(ids.size).to.equal(4);
  });

  it('is narrowed by Account(1) and Symbol(55)', async () => {
    const one = await ask('1=ACC1|55=PF_XBTUSD');
    expect(shown(one.reports)).to.deep.equal([['ACC1', 'PF_XBTUSD', '4', '0']]);
    const own = await ask('1=desk1');
    expect(shown(own.reports)).to.deep.equal([['desk1', 'PF_XBTUSD', '2', '0']]);
  });

  it('without a position is answered by AO with PosReqResult(728)=2, and no AP', async () => {
    const { ack, reports } = await ask('1=ACC9');
    expect(reports).to.deep.equal([]);
    expect([ack.get('727'), ack.get('728'), ack.get('729')]).to.deep.equal(['0', '2', '0']);
    expect(ack.get('58')).to.match(/^NO_POSITIONS/);
  });

  it('says which price is not known, and leaves it out', async () => {
    const { ack, reports } = await ask('1=desk1');
    expect(ack.get('729')).to.equal('1');
    expect(reports[0]?.has('730')).to.equal(false);
    expect(reports[0]?.get('58')).to.equal('INCOMPLETE: SettlPrice(730): no mark price');
    expect(reports[0]?.get('20002')).to.equal('INCOMPLETE');
  });

  it('says of a quantity that may lack executions that it is not whole', async () => {
    const before = stage.venue.count('D');
    const terms = '55=PF_ETHUSD|54=1|38=10|40=2|44=100|59=1';
    stage.client.send('D', `11=Q|60=${now()}|${terms}`);
    await stage.venue.receive('D', before + 1);
    stage.venue.say('8', `17=TX|37=VX|55=PF_ETHUSD|54=1|150=F|39=1|14=1|151=9|32=1|31=100|6=0`);
    await stage.venue.inStep();
    const { reports } = await ask('55=PF_ETHUSD');
    expect(reports[0]?.get('728')).to.equal('99');
    expect(reports[0]?.get('58')).to.include('1 reports of the instrument fit no order yet');
  });

  it('refuses what it cannot tell, and names the field', async () => {
    const cases = [
      ['263=1', 'SubscriptionRequestType(263)=1'],
      ['15=USD', 'Currency(15)'],
      ['715=20200101', 'ClearingBusinessDate(715)'],
      ['716=ITD', 'SettlSessID(716)'],
    ] as const;
    for (const [body, word] of cases) {
      const { ack, reports } = await ask(body);
      expect(reports, body).to.deep.equal([]);
      expect([ack.get('728'), ack.get('729')], body).to.deep.equal(['1', '2']);
      expect(ack.get('58'), body).to.include('UNSUPPORTED_SCOPE').and.include(word);
    }
    stage.client.send('AN', `710=T|724=1|60=${now()}`);
    const trades = await stage.client.expect(({ get }) => get(710) === 'T', 'answer');
    expect(trades.get('58')).to.include('PosReqType(724)=1');
  });
});
