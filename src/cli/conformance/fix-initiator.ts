import { Command, Option } from 'commander';
import { systemClock, systemRandom, systemTimers } from '../../app/system-clock.ts';
import { makeMemoryStore } from '../../fix/runtime/memory-store.ts';
import { makeInitiator } from '../../fix/runtime/initiator-session.ts';
import { makeOrderApplication, ORDER_MSG_TYPES } from './order-application.ts';
import { dictionaryOf, exitOnSignals, print, toInt } from './tool.ts';

interface Options {
  readonly host: string;
  readonly port: number;
  readonly beginString: string;
  readonly senderCompId: string;
  readonly targetCompId: string;
  readonly heartBtInt: number;
  readonly logonTimeout: number;
  readonly logoutTimeout: number;
  readonly reconnectInterval: number;
  readonly resend: 'full' | 'gap-fill';
  readonly userDefined: boolean;
  readonly dictionary?: string;
}

const options = new Command('fix-initiator')
  .description('A bare FIX initiator for conformance suites; numbers and messages live in memory.')
  .option('--host <host>', 'where to connect', '127.0.0.1')
  .requiredOption('--port <port>', 'where to connect', toInt)
  .option('--begin-string <text>', 'BeginString(8)', 'FIX.4.4')
  .option('--sender-comp-id <id>', 'our CompID', 'ME')
  .option('--target-comp-id <id>', "the venue's CompID", 'VENUE')
  .option('--heart-bt-int <seconds>', 'HeartBtInt(108)', toInt, 30)
  .option('--logon-timeout <seconds>', 'wait for the answer to our Logon', toInt, 10)
  .option('--logout-timeout <seconds>', 'wait for the answer to our Logout', toInt, 2)
  .option('--reconnect-interval <seconds>', 'between two connections', toInt, 1)
  .addOption(
    new Option('--resend <policy>', 'replay orders, or gap-fill them')
      .choices(['full', 'gap-fill'])
      .default('full'),
  )
  .option('--no-user-defined', 'refuse tags from 5000 that the dictionary lacks')
  .option('--dictionary <file>', 'QuickFIX XML dictionary instead of the stock one')
  .parse()
  .opts<Options>();

const intervalMs = options.reconnectInterval * 1_000;

const session = makeInitiator({
  settings: {
    id: options.senderCompId,
    role: 'initiator',
    beginString: options.beginString,
    senderCompID: options.senderCompId,
    targetCompID: options.targetCompId,
    heartBtIntSeconds: options.heartBtInt,
    logonTimeoutMs: options.logonTimeout * 1_000,
    logoutTimeoutMs: options.logoutTimeout * 1_000,
    resendPolicy: options.resend === 'full' ? 'full' : 'gap-fill-orders',
    allowUserDefined: options.userDefined,
    invalidApplicationMessage: 'reject',
    supportedMsgTypes: ORDER_MSG_TYPES,
    probeAfterLogon: false,
    onTooLow: 'reconnect',
    reconnect: {
      intervalsMs: [intervalMs],
      jitterRatio: 0,
      refusedFirstMs: intervalMs,
      refusedStepMs: 0,
      refusedMaxMs: intervalMs,
    },
  },
  application: makeOrderApplication(options.beginString, () => session, print),
  store: makeMemoryStore(),
  dictionary: dictionaryOf(options.beginString, options.dictionary),
  clock: systemClock,
  timers: systemTimers,
  random: systemRandom,
  connection: {
    hosts: [{ host: options.host, port: options.port }],
    connectTimeoutMs: options.logonTimeout * 1_000,
  },
});
exitOnSignals();
session.start();
