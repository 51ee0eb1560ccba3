import { Command } from 'commander';
import { systemClock, systemTimers } from '../../app/system-clock.ts';
import { type AcceptedSession, makeAcceptor } from '../../fix/runtime/acceptor/acceptor.ts';
import { makeMemoryStore } from '../../fix/runtime/memory-store.ts';
import { ECHOED_MSG_TYPES, makeEchoApplication } from './echo-application.ts';
import { dictionaryOf, exitOnSignals, fail, print, toInt } from './tool.ts';

interface Options {
  readonly port: number;
  readonly host: string;
  readonly beginString: string;
  readonly senderCompId: string;
  readonly targetCompId: readonly string[];
  readonly heartBtInt: number;
  readonly logoutTimeout: number;
  readonly resetOnLogon: boolean;
  readonly dictionary?: string;
  readonly echo: boolean;
  readonly allowUserDefined: boolean;
}

const collect = (value: string, all: readonly string[]): readonly string[] => [...all, value];

const options = new Command('fix-acceptor')
  .description('A bare FIX acceptor for conformance suites; numbers and messages live in memory.')
  .requiredOption('--port <port>', 'port to listen on; 0 picks one', toInt)
  .option('--host <host>', 'address to listen on', '127.0.0.1')
  .option('--begin-string <text>', 'BeginString(8)', 'FIX.4.4')
  .option('--sender-comp-id <id>', 'our CompID', 'ISLD')
  .option('--target-comp-id <id>', "a client's CompID; may be repeated", collect, [])
  .option('--heart-bt-int <seconds>', "used until the client's Logon says its own", toInt, 30)
  .option('--logout-timeout <seconds>', 'wait for the answer to our Logout', toInt, 2)
  .option('--reset-on-logon', 'every connection begins at 1', false)
  .option('--dictionary <file>', 'QuickFIX XML dictionary instead of the stock one')
  .option('--echo', 'send application messages back', false)
  .option('--allow-user-defined', 'tolerate tags from 5000 that the dictionary lacks', false)
  .parse()
  .opts<Options>();

const dictionary = dictionaryOf(options.beginString, options.dictionary);

const sessionOf = (targetCompID: string): AcceptedSession => ({
  settings: {
    id: targetCompID,
    beginString: options.beginString,
    senderCompID: options.senderCompId,
    targetCompID,
    heartBtIntSeconds: options.heartBtInt,
    logoutTimeoutMs: options.logoutTimeout * 1_000,
    resetOnLogon: options.resetOnLogon,
    allowUserDefined: options.allowUserDefined,
    ...(options.echo && { supportedMsgTypes: ECHOED_MSG_TYPES }),
  },
  application: options.echo
    ? makeEchoApplication(
        dictionary,
        () => acceptor.session(targetCompID) ?? fail(`no session ${targetCompID}`),
        print,
      )
    : {
        onLoggedOn: () => {
          print(`logged on: ${targetCompID}`);
        },
        onLoggedOut: (info) => {
          print(`logged out: ${targetCompID} ${info.cause} ${info.text}`);
        },
        onMessage: (message) => {
          print(`received: ${message.msgType}`);
        },
      },
  store: makeMemoryStore(),
});

const targets = options.targetCompId.length === 0 ? ['TW'] : options.targetCompId;
const acceptor = makeAcceptor({
  listen: { host: options.host, port: options.port },
  sessions: targets.map(sessionOf),
  dictionary,
  clock: systemClock,
  timers: systemTimers,
  onTurnedAway: (text) => {
    print(`turned away: ${text}`);
  },
});
exitOnSignals();
try {
  const { port } = await acceptor.listen();
  print(`listening on ${port}`);
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
