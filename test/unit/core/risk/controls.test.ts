import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { LIMIT_CONTROLS, RULE_CONTROLS } from '../../../../src/core/risk/controls.ts';
import {
  formattedRiskControlsPage,
  RISK_CONTROLS_PAGE,
} from '../../../support/write-risk-controls-page.ts';

describe('the table of risk controls', () => {
  it('has a page that is what it says (npm run docs:risk-controls)', async () => {
    expect(readFileSync(RISK_CONTROLS_PAGE, 'utf8')).to.equal(await formattedRiskControlsPage());
  });

  it('names each code and each key once', () => {
    const codes = [...LIMIT_CONTROLS, ...RULE_CONTROLS].map(({ code }) => code);
    expect(new Set(codes).size).to.equal(codes.length);
    const limits = LIMIT_CONTROLS.map(({ limit }) => limit);
    expect(new Set(limits).size).to.equal(limits.length);
  });
});
