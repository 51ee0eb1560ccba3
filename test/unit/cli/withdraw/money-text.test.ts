import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signedToText } from '../../../../src/cli/withdraw/money-text.ts';
import { resultToText } from '../../../../src/cli/shared/result-text.ts';
import { withdrawCommand } from '../../../../src/cli/withdraw/index.ts';
import { makeControlServer } from '../../../../src/control/control-server.ts';
import { makeOperatorKey } from '../../../../src/kraken/funds/approval.ts';
import { type MoneyRequest } from '../../../../src/kraken/funds/money-request.ts';
import { ok } from '../../../../src/lib/result.ts';
import { epochMs } from '../../../../src/lib/time.ts';

const REQUEST = {
  ...{ id: 'M1', kind: 'Withdrawal', account: 'desk', currency: 'xbt', amount: '0.9' },
  ...{ from: 'cash', to: 'spot', proposedBy: 'carl', proposedAt: epochMs(0) },
  expiresAt: epochMs(1),
} as unknown as MoneyRequest;

describe('what an operator signs', () => {
  it('is shown without a character that a terminal obeys, on one line a field', () => {
    const shown = signedToText({ ...REQUEST, proposedBy: 'carl\u001b[6A\u001b[13C0.001\n' }, 'd');
    expect(shown).to.include('carl\\u001b[6A\\u001b[13C0.001\\u000a').and.include('0.9');
    expect(shown).to.match(/^[\x20-\x7e\n\u2500-\u257f]*$/);
    expect(shown.split('\n')).to.have.length(signedToText(REQUEST, 'd').split('\n').length);
  });

  it('is nothing that an engine put beside the fields that are signed', () => {
    const beside = { ...REQUEST, 'amount\u200b': '0.001' };
    expect(signedToText(beside, 'd')).to.equal(signedToText(REQUEST, 'd'));
  });

  it('is not signed when a field shows something else than it says', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'fathom-sign-'));
    const key = join(dir, 'ann.pem');
    writeFileSync(key, makeOperatorKey().privateKeyPem, { mode: 0o600 });
    const verbs: string[] = [];
    let request: MoneyRequest = { ...REQUEST, proposedBy: 'carl\u001b[6A0.001' };
    const path = join(dir, 'control.sock');
    const made = await makeControlServer({
      path,
      handlers: {
        'withdraw.show': () => ok({ id: 'M1', request }),
        'withdraw.approve': () => ok({ id: 'M1' }),
      },
      audit: ({ verb }) => verbs.push(verb),
    });
    if (!made.ok) throw new Error(made.error.message);
    const sign = async (): Promise<{ readonly err: string; readonly code: number }> => {
      let [err, code] = ['', 0];
      const io = {
        out: () => undefined,
        err: (line: string) => (err += `${line}\n`),
        env: {},
        setExitCode: (to: number) => (code = to),
      };
      const args = ['approve', 'M1', '--operator', 'ann', '--key', key, '--yes', '--socket', path];
      await withdrawCommand(io).parseAsync(args, { from: 'user' });
      return { err, code };
    };
    try {
      const refused = await sign();
      expect(refused.code).to.equal(1);
      expect(refused.err).to.include('cannot be signed: proposedBy holds the control character');
      request = REQUEST;
      expect((await sign()).code).to.equal(0);
      expect(verbs).to.deep.equal(['withdraw.show', 'withdraw.show', 'withdraw.approve']);
    } finally {
      await made.value.close();
      rmSync(dir, { recursive: true });
    }
  });

  it('keeps a list of foreign texts in its table', () => {
    const shown = resultToText([{ text: '\u001b[2J', 'ke\ty': 1 }]);
    expect(shown).to.include('\\u001b[2J').and.include('ke\\u0009y');
  });
});
