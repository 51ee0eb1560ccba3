// jspurefix's own session as a program: an acceptor that fills every order, or an initiator that sends orders. For the interop suite
// and the session benchmark, which start it as a process of its own; its argument is a file of JSON:
//   package   folder of jspurefix      dictionary  QuickFIX XML        role  acceptor|initiator
//   port, dir, store (memory|file), senderCompID, targetCompID, resetSeqNumFlag
//   reports   per order: 1 or 2        plan, load  benchmark: what to do, and the module that does it
// It says what happens by lines of JSON, and takes `send N`, `logout` and `stop` on standard input.
'use strict';
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { createInterface } = require('node:readline');
const { join } = require('node:path');

const config = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const packageRequire = createRequire(join(config.package, 'package.json'));
packageRequire('reflect-metadata');
const { AsciiSession, EmptyLogFactory, SessionLauncher } = packageRequire(config.package);

const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
let session;
let sent = 0;
let load;

const sendOrder = (clOrdID) =>
  session.send('D', {
    ClOrdID: clOrdID,
    Instrument: { Symbol: 'X' },
    Side: '1',
    TransactTime: new Date(),
    OrderQtyData: { OrderQty: 1 },
    OrdType: '2',
    Price: 100,
  });

const sendReport = (to, clOrdID, execType) => {
  const isFill = execType === 'F';
  to.send('8', {
    OrderID: `O-${clOrdID}`,
    ExecID: `${clOrdID}-${execType}`,
    ExecType: execType,
    OrdStatus: isFill ? '2' : '0',
    ClOrdID: clOrdID,
    Instrument: { Symbol: 'X' },
    Side: '1',
    OrderQtyData: { OrderQty: 1 },
    LeavesQty: isFill ? 0 : 1,
    CumQty: isFill ? 1 : 0,
    AvgPx: isFill ? 100 : 0,
  });
};

class Session extends AsciiSession {
  onApplicationMsg(msgType, view) {
    const clOrdID = view.getString('ClOrdID');
    if (msgType === 'D') {
      if (!config.plan) say({ event: 'order', clOrdID });
      sendReport(this, clOrdID, '0');
      if (config.reports === 2) sendReport(this, clOrdID, 'F');
    } else if (msgType === '8') {
      if (load) load.onReport();
      else
        say({
          event: 'report',
          clOrdID,
          execID: view.getString('ExecID'),
          execType: view.getString('ExecType'),
        });
    }
  }

  onDecoded() {}
  onEncoded() {}
  onLogon() {
    return true;
  }

  onReady() {
    session = this;
    if (config.plan && config.role === 'initiator') {
      import(config.load).then(async ({ Load }) => {
        load = new Load(config.plan, (order) => sendOrder(`order-${order}`));
        say(await load.run());
      });
    } else say({ event: 'logon' });
  }

  onStopped() {
    if (!config.plan) say({ event: 'logout' });
  }
}

class Launcher extends SessionLauncher {
  constructor(description) {
    const isInitiator = description.application.type === 'initiator';
    super(
      isInitiator ? description : null,
      isInitiator ? null : description,
      new EmptyLogFactory(),
    );
  }

  makeFactory() {
    return { makeSession: (sessionConfig) => new Session(sessionConfig) };
  }
}

const launcher = new Launcher({
  application: {
    type: config.role,
    name: config.role,
    tcp: { host: '127.0.0.1', port: config.port },
    protocol: 'ascii',
    dictionary: config.dictionary,
    reconnectSeconds: 1,
  },
  Name: config.role,
  EncryptMethod: 0,
  ResetSeqNumFlag: config.resetSeqNumFlag === true,
  HeartBtInt: 30,
  SenderCompId: config.senderCompID,
  TargetCompID: config.targetCompID,
  TargetSubID: '',
  SenderSubID: '',
  Username: '',
  Password: '',
  BeginString: 'FIX.4.4',
  BodyLengthChars: 4,
  store: { type: config.store, directory: config.dir },
});

launcher.run().then(
  () => say({ event: 'ended' }),
  (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  },
);
setImmediate(() => (config.plan ? process.stdout.write('listening\n') : say({ event: 'started' })));

createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (line.startsWith('send ')) {
      for (let count = Number(line.slice(5)); count > 0; count--) sendOrder(`j${++sent}`);
      say({ event: 'sent' });
    } else if (line === 'logout') session.done();
    else if (line === 'stop') process.exit(0);
  })
  .on('close', () => process.exit(0));
