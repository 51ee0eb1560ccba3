import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openControl } from '../../../../src/app/operator/control.ts';
import { systemClock } from '../../../../src/app/system-clock.ts';
import { callControl } from '../../../../src/control/control-client.ts';
import { type FixSession } from '../../../../src/fix/session/model/session-types.ts';
import { openJournal } from '../../../../src/journal/open-journal.ts';
import { makeRedactor } from '../../../../src/lib/redaction/redactor.ts';
import { silentLogger } from '../../../../src/observability/logger.ts';

describe('an operator’s reset of the session with the venue', () => {
  const dir = mkdtempSync(join(tmpdir(), 'fathom-control-'));
  after(() => rmSync(dir, { recursive: true }));

  for (const [what, before, expected] of [
    ['logs out when nothing is open', 'quiet', { isCut: false }],
    ['logs out when the policy keeps the orders', 'keep', { isCut: false }],
    ['cuts when orders are left to the venue, which a Logout would keep', 'cut', { isCut: true }],
  ] as const) {
    it(what, async () => {
      const resets: unknown[] = [];
      const session = {
        view: () => ({ id: 'trading', phase: 'LoggedOn' }),
        reset: (how: unknown) => resets.push(how),
      } as unknown as FixSession;
      const opened = await openJournal({ dir: join(dir, before) });
      if (!opened.ok) throw new Error(opened.error.message);
      const { journal } = opened.value;
      const path = join(dir, `${before}.sock`);
      const server = await openControl({
        ...{ path, journal, clock: systemClock, logger: silentLogger, handlers: {} },
        redactor: makeRedactor(),
        sessions: () => [session],
        aboutSession: () => ({}),
        resetsAtLogon: () => false,
        beforeEnd: () => Promise.resolve(before),
      });
      if (!server.ok) throw new Error(server.error);
      const answer = await callControl(path, 'session.reset', { session: 'trading' }, 10_000);
      await server.value.close();
      await journal.close();
      expect(answer.ok).to.equal(true);
      expect(resets).to.deep.equal([expected]);
    });
  }
});
