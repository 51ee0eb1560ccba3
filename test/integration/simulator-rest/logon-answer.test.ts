import { expect } from 'chai';
import { ChannelStage, KEY } from './channel-stage.ts';

describe('the answer to a Logon on the simulator’s FIX ports [fix 4.1]', () => {
  let at: ChannelStage;
  beforeEach(async () => {
    at = await ChannelStage.open();
  });
  afterEach(() => at.stop());

  for (const [said, flag] of [
    ['141=Y', 'Y'],
    ['141=N', 'N'],
    ['nothing', undefined],
  ] as const) {
    const field = flag === undefined ? '' : `|141=${flag}`;

    it(`has what was said of ResetSeqNumFlag(141) to a trading client: ${said}`, async () => {
      const { raw, signed } = withSigned(at);
      raw.send('A', `98=0|108=30${field}|${signed}`);
      const answer = await raw.expect(({ type }) => type === 'A', 'the Logon is answered');
      expect(['34', '98', '108', '141'].map((tag) => answer.get(tag))).to.deep.equal([
        ...['1', '0', '30'],
        flag,
      ]);
      expect(answer.has('553'), 'no credentials').to.equal(false);
    });

    it(`has what was said of ResetSeqNumFlag(141) to a market data client: ${said}`, async () => {
      const raw = at.marketDataPeer('l2');
      raw.send('A', `98=0|108=30${field}`);
      const answer = await raw.expect(({ type }) => type === 'A', 'the Logon is answered');
      expect(answer.get('141')).to.equal(flag);
    });
  }
});

const withSigned = (at: ChannelStage) => {
  const trader = at.trader();
  return { raw: trader.raw, signed: trader.signed(KEY, 1) };
};
