import { expect } from 'chai';
import { type LimitKey } from '../../src/core/limit.ts';
import { LIMIT_CONTROLS, RULE_CONTROLS } from '../../src/core/risk/controls.ts';
import { LIMIT_CASES, type LimitCase, RULE_CASES } from '../support/limit-cases.ts';
import { LimitStage } from '../support/limit-stage.ts';

interface Control {
  readonly code: string;
  readonly reject: number;
  readonly limit?: LimitKey;
}

const caseOf = (control: Control): LimitCase | undefined =>
  control.limit === undefined ? RULE_CASES[control.code] : LIMIT_CASES[control.code];

const played = async (
  channel: 'FIX' | 'library',
  control: Control,
  what: 'passes' | 'refused',
): Promise<{
  readonly code: string | undefined;
  readonly reason: string | undefined;
  readonly text: string | undefined;
  readonly rejects: number;
}> => {
  const one = caseOf(control);
  if (one === undefined) throw new Error(`${control.code} has no case in limit-cases.ts`);
  const stage = await LimitStage.open(channel, control.limit, one);
  try {
    const acts = [...(one.before ?? []), ...one[what]];
    const before = await stage.play(acts.slice(0, -1));
    expect(before.code, `before the last act: ${before.text ?? ''}`).to.equal(undefined);
    const answer = await stage.play(acts.slice(-1));
    return { ...answer, rejects: await stage.rejects(control.code) };
  } finally {
    await stage.close();
  }
};

describe('each risk control, from the one table', function () {
  this.timeout(240_000);
  const controls: readonly Control[] = [...LIMIT_CONTROLS, ...RULE_CONTROLS];

  it('has a case, and each case a control', () => {
    const codes = controls.map(({ code }) => code);
    const cases = [...Object.keys(LIMIT_CASES), ...Object.keys(RULE_CASES)];
    expect(cases.sort()).to.deep.equal(codes.sort());
  });

  for (const channel of ['FIX', 'library'] as const) {
    for (const control of controls) {
      const { code } = control;
      it(`${code} over ${channel}: an order passes at the limit, and is refused just beyond it`, async () => {
        const passed = await played(channel, control, 'passes');
        expect(passed.code, passed.text).to.equal(undefined);
        const refused = await played(channel, control, 'refused');
        expect(refused.code, refused.text).to.equal(code);
        expect(refused.text).to.match(new RegExp(`^${code}: |already names another order`));
        if (channel === 'FIX') expect(refused.reason).to.equal(String(control.reject));
        expect(refused.rejects, 'fathom_risk_rejects_total').to.be.at.least(1);
      });
    }
  }
});
