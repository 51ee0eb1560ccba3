import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { play, settingsOf } from './play.ts';
import { makeStage, type Role } from './stage.ts';

const FOLDER = import.meta.dirname;
/** The standard's cases for an initiator, and the names of the acceptor's suite. */
const CASES: Readonly<Record<Role, number>> = { initiator: 68, acceptor: 59 };

for (const role of ['initiator', 'acceptor'] as const) {
  describe(`FIX session test cases, ${role}`, () => {
    const files = readdirSync(join(FOLDER, role)).filter((name) => name.endsWith('.fix'));

    it(`has every one of the ${CASES[role]} cases`, () => {
      const cases = files.filter((name) => !name.startsWith('X_'));
      expect(cases).to.have.lengthOf(CASES[role]);
    });

    for (const file of files) {
      const source = readFileSync(join(FOLDER, role, file), 'utf8');
      const title = /^# (.+)$/m.exec(source)?.[1] ?? '';
      it(`${file.replace('.fix', '')}: ${title}`, async () => {
        const stage = makeStage(role, settingsOf(source));
        await play(source, stage);
        void stage.close();
        await stage.wait(60_000);
      });
    }
  });
}
