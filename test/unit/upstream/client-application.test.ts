import { expect } from 'chai';
import { type ClientName } from '../../../src/domain/ids.ts';
import { type LoggedOut } from '../../../src/fix/session/session-types.ts';
import { epochMs } from '../../../src/lib/time.ts';
import { makeClientApplication } from '../../../src/upstream/fix/client-application.ts';

/** What a client's FIX session tells its door when a connection ends so. */
const downsOf = (cause: LoggedOut['cause']): readonly string[] => {
  const downs: string[] = [];
  const application = makeClientApplication({
    client: 'fix:client-1' as ClientName,
    submit: () => undefined,
    hasRoom: () => true,
    send: () => undefined,
    onUp: () => undefined,
    onDown: (info) => downs.push(info.cause),
    onNotice: () => undefined,
  });
  application.onLoggedOut({ at: epochMs(0), epoch: 1, cause, text: '' });
  return downs;
};

describe('a client’s FIX session', () => {
  it('is not down because somebody’s Logon under its name was refused: its orders stay', () => {
    expect(downsOf('LogonRefused')).to.deep.equal([]);
    expect(downsOf('LogonTimedOut')).to.deep.equal([]);
  });

  it('is down when its connection is lost', () => {
    expect(downsOf('Disconnected')).to.deep.equal(['Disconnected']);
  });
});
