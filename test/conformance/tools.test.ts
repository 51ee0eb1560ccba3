import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { play, settingsOf } from './play.ts';
import { makeToolStage } from './tools-stage.ts';

const FOLDER = import.meta.dirname;
const TIMEOUT_MS = 240_000;
/** Played always; all of them with FATHOM_CONFORMANCE_TCP=1, which takes about eight minutes. */
const ALWAYS: readonly string[] = [
  '8_AdminAndApplicationMessages',
  'RejectResentMessage',
  '2b_TooHigh',
  '13d_ReconnectAfterDrop',
];
const isAll = process.env['FATHOM_CONFORMANCE_TCP'] !== undefined;

for (const role of ['initiator', 'acceptor'] as const) {
  describe(`conformance program over TCP, ${role}`, () => {
    const cases = readdirSync(join(FOLDER, role)).map((name) => name.replace('.fix', ''));
    // The cases beyond the standard need settings that the programs do not have.
    const standard = cases.filter((each) => !each.startsWith('X_'));
    for (const name of standard.filter((each) => isAll || ALWAYS.includes(each))) {
      it(name, async () => {
        const source = readFileSync(join(FOLDER, role, `${name}.fix`), 'utf8');
        const stage = await makeToolStage(role, settingsOf(source));
        try {
          await play(source, stage);
        } finally {
          await stage.close();
        }
      }).timeout(TIMEOUT_MS);
    }
  });
}
