import { compIDLockPath } from '../../app/sessions/comp-id-lock.ts';
import { marketDataSettings, tradingSettings } from '../../app/sessions/settings.ts';
import { systemClock, systemRandom, systemTimers } from '../../app/system-clock.ts';
import { connectionOf } from '../../app/sessions/venue-access.ts';
import { type VenueSessionConfig } from '../../config/config.ts';
import { dictionaryPath, loadDictionary } from '../../fix/dictionary/jspurefix.ts';
import { makeMemoryStore } from '../../fix/runtime/memory-store.ts';
import { makeInitiator } from '../../fix/runtime/initiator-session.ts';
import { type SessionApplication } from '../../fix/session/model/session-types.ts';
import { makeLogonFields } from '../../kraken/fix/logon.ts';
import { lookAtLock } from '../../lib/files/lock-file.ts';
import { fail, type CheckResult, ok, skipped } from './check.ts';

/**
 * Logs on and out again. Allowed only where both sides begin at 1 with every Logon and no engine on
 * this machine has the session. Otherwise the numbers belong to an engine's journal: a second logon
 * would use them up, or evict the engine.
 */
export const checkLogon = (
  session: VenueSessionConfig,
  signal: AbortSignal,
): Promise<CheckResult> => {
  if (session.resetSeqNumFlag !== 'on-logon')
    return Promise.resolve(
      skipped(
        'its sequence numbers are kept in the journal of an engine: fathom start is the logon',
      ),
    );
  const lock = lookAtLock(compIDLockPath(session));
  // A process of another host cannot be judged from here, but evicted it can be.
  if (lock.state === 'held' || lock.state === 'elsewhere')
    return Promise.resolve(
      skipped(`CompID ${lock.text} (${compIDLockPath(session)}): a second logon would evict it`),
    );
  return logOnAndOut(session, signal);
};

const logOnAndOut = async (
  session: VenueSessionConfig,
  signal: AbortSignal,
): Promise<CheckResult> => {
  const dictionary = loadDictionary(dictionaryPath('KRAKEN-DRV-FIX44.xml'));
  if (!dictionary.ok) return fail(dictionary.error, 'install Fathom again');
  const outcome = makeOutcome();
  const initiator = makeInitiator({
    settings: session.role === 'trading' ? tradingSettings(session) : marketDataSettings(session),
    application: makeApplication(session, outcome.conclude),
    store: makeMemoryStore({ createdAt: systemClock.wall() }),
    dictionary: dictionary.value,
    ...{ clock: systemClock, timers: systemTimers, random: systemRandom },
    connection: connectionOf(session),
    frameBytesMax: session.messageBytesMax,
  });
  signal.addEventListener('abort', () => {
    outcome.conclude(fail('no answer to the Logon', 'look at CompIDs, and at the row of the host'));
  });
  initiator.start();
  const finding = await outcome.concluded;
  await initiator.stop('doctor');
  return finding;
};

/** Only the first result counts. */
const makeOutcome = () => {
  let settle: ((finding: CheckResult) => void) | undefined;
  const concluded = new Promise<CheckResult>((resolve) => {
    settle = resolve;
  });
  return {
    concluded,
    conclude: (finding: CheckResult): void => {
      settle?.(finding);
    },
  };
};

const makeApplication = (
  session: VenueSessionConfig,
  conclude: (finding: CheckResult) => void,
): SessionApplication => {
  const { senderCompID, targetCompID, clientID } = session;
  return {
    logonFields: makeLogonFields({
      ...{ senderCompID, targetCompID },
      ...(clientID === undefined ? {} : { clientID: Number(clientID) }),
      ...(session.role === 'trading' && {
        ...(session.credentials && { credential: session.credentials }),
        cancelOrdersOnDisconnect: session.cancelOrdersOnDisconnect,
        ...(session.signTargetCompID && { signedTargetCompID: session.signTargetCompID }),
      }),
    }),
    onLoggedOn: () => {
      conclude(ok(`${senderCompID} logged on and out`));
    },
    onLoggedOut: ({ cause, text }) => {
      conclude(fail(`${cause}: ${text}`, 'look at CompIDs, key, clock and allow-list'));
    },
    onMessage: () => undefined,
    onEvent: ({ severity, code, text }) => {
      if (severity !== 'info') conclude(fail(`${code}: ${text}`, 'look at the row of the host'));
    },
  };
};
