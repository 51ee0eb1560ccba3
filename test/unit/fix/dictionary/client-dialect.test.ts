import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), 'utf8');

const MESSAGE =
  /(<!-- (?:Not handled|Not sent)[^>]*-->\s*)?<message name="\w+" msgtype="(\w+)" msgcat="app">/g;
const SENT = ['8', '9', 'r', 'j', 'AO', 'AP'];

describe('FATHOM-FIX44.xml', () => {
  const messages = [...read('fix-dictionaries/FATHOM-FIX44.xml').matchAll(MESSAGE)].map(
    ([, mark = '', msgType = '']) => ({ mark, msgType }),
  );
  /** What the client's session has a case for. */
  const handled = [...read('src/upstream/fix/client-application.ts').matchAll(/case '(\w+)':/g)]
    .map(([, msgType = '']) => msgType)
    .filter((msgType) => msgType !== '3');

  it('marks every message that is answered by BusinessMessageReject(j), and no other', () => {
    const unmarked = messages.filter(({ mark }) => mark === '').map(({ msgType }) => msgType);
    expect(unmarked.sort()).to.deep.equal([...handled, ...SENT].sort());
    expect(handled).to.include.members(['D', 'F', 'q']);
  });

  it('says of each marked one in which direction it is missing', () => {
    const marked = messages.filter(({ mark }) => mark !== '');
    expect(marked.length).to.be.above(10);
    const user = marked.find(({ msgType }) => msgType === 'BE');
    expect(user?.mark).to.include('BusinessMessageReject(j), 380=3');
    expect(marked.find(({ msgType }) => msgType === 'y')?.mark).to.include('Not sent');
  });
});
