import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';
import { marketCommand } from '../../../../src/cli/market/index.ts';
import { lineOf, marketState, screenOf } from '../../../../src/cli/market/screen.ts';
import { type CliIo } from '../../../../src/cli/shared/cli-io.ts';
import { LiveBook } from '../../../../src/kraken/books/live-book.ts';
import { parseFrame } from '../../../../src/kraken/websocket/parse/parse-frame.ts';
import { exampleFrame } from '../../kraken/websocket/examples.ts';
import { levels, ms, symbolOf } from '../../kraken/books/levels.ts';

describe('market screen', () => {
  const book = new LiveBook(symbolOf('PF_XBTUSD'));
  book.replace(levels('82380 0.0003, 82379.5 1'), levels('82381 0.6051'), ms(0));
  const ticker = parseFrame(exampleFrame('ticker.update')).event;
  const trade = parseFrame(exampleFrame('trade.update')).event;
  const parts = {
    symbol: 'PF_XBTUSD',
    book,
    ticker: ticker.type === 'Ticker' ? { ...ticker, isSuspended: true } : undefined,
    trades: trade.type === 'Trade' ? [trade] : [],
    remark: '',
  };

  it('shows health, mark price, flags, levels side by side, spread and trades', () => {
    expect(screenOf(marketState(parts, ms(0)), 2, 5)).to.deep.equal([
      'PF_XBTUSD  book Healthy',
      'mark 79873.40587777576  index 79871.28  funding 0.9941052570914733  SUSPENDED',
      '',
      '       bid qty           bid         offer     offer qty',
      '        0.0003         82380         82381        0.6051',
      '             1       82379.5',
      'spread 1',
      '',
      '          time          side         price           qty',
      '  18:13:24.381          Sell         83994        0.0002',
    ]);
  });

  it('shows a stale book as stale', () => {
    const state = marketState({ ...parts, remark: 'no frame' }, ms(60_001));
    expect(screenOf(state, 1, 0)[0]).to.equal('PF_XBTUSD  book Stale  (no frame)');
  });

  it('writes one line for pipes', () => {
    expect(lineOf(marketState(parts, ms(0)))).to.equal(
      'PF_XBTUSD Healthy  bid 0.0003 @ 82380  offer 0.6051 @ 82381  last Sell 0.0002 @ 83994',
    );
    const empty = { ...parts, book: undefined, trades: [] };
    expect(lineOf(marketState(empty, ms(0)))).to.equal('PF_XBTUSD Down  bid -  offer -  last -');
  });
});

describe('fathom market', () => {
  let server: WebSocketServer;
  let answer: (socket: WebSocket, feed: string) => void;

  beforeEach(async () => {
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket) => {
      socket.send(exampleFrame('connection.update'));
      socket.on('message', (data) => {
        const { feed } = JSON.parse((data as Buffer).toString()) as { feed: string };
        answer(socket, feed);
      });
    });
    await new Promise((resolve) => server.once('listening', resolve));
  });
  afterEach(async () => {
    for (const socket of server.clients) socket.terminate();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });

  const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const out: string[] = [];
    const errors: string[] = [];
    let exitCode: number | undefined;
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws/v1`;
    const io: CliIo = {
      out: (line) => out.push(line),
      err: (line) => errors.push(line),
      env: { FATHOM_WEBSOCKET_URL: url, ...env },
      setExitCode: (code) => (exitCode = code),
    };
    const before = ['SIGINT', 'SIGTERM'].map((signal) =>
      process.listeners(signal as NodeJS.Signals),
    );
    await marketCommand(io).parseAsync(args, { from: 'user' });
    // The command of a process of its own leaves its signal handlers behind.
    for (const [at, signal] of (['SIGINT', 'SIGTERM'] as const).entries())
      for (const listener of process.listeners(signal))
        if (!before[at]?.includes(listener)) process.removeListener(signal, listener);
    return { out, errors, exitCode };
  };

  it('prints tops and trades as JSON lines, amounts as exact text', async () => {
    answer = (socket, feed) => {
      if (feed === 'heartbeat') socket.send(exampleFrame('heartbeat.subscribed'));
      if (feed === 'heartbeat') return;
      socket.send(exampleFrame(`${feed}.subscribed`));
      if (feed !== 'ticker') socket.send(exampleFrame(`${feed}.snapshot`));
      socket.send(exampleFrame(`${feed}.update`));
    };
    const { out, exitCode } = await run(['pf_xbtusd', '--json', '--for', '600ms']);
    const lines = out.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(exitCode).to.equal(0);
    expect(lines.find(({ type, health }) => type === 'top' && health === 'Healthy')).to.deep.equal({
      type: 'top',
      symbol: 'PF_XBTUSD',
      health: 'Healthy',
      bid: { price: '82380', qty: '0.0003' },
      offer: { price: '82381', qty: '0.6051' },
    });
    expect(lines.find(({ type }) => type === 'trade')).to.include({
      price: '83994',
      qty: '0.0002',
    });
  });

  it('fails when the time is over and the venue never answered, and says what hindered it', async () => {
    answer = () => undefined;
    const silent = await run(['PF_XBTUSD', '--for', '200ms']);
    expect(silent.exitCode).to.equal(1);
    expect(silent.errors.at(-1)).to.include('nothing came in this time');
    const nobody = await run(['PF_XBTUSD', '--for', '300ms', '--url', 'ws://127.0.0.1:1/']);
    expect(nobody.exitCode).to.equal(1);
    expect(nobody.errors.at(-1)).to.match(
      /^ws:\/\/127\.0\.0\.1:1\/: nothing came in this time \(connect ECONNREFUSED/,
    );
  });

  it('shows no secret of the configuration, whatever the venue says', async () => {
    answer = (socket, feed) => {
      const message = `mind ${SECRET} and "apiKey": "an-unknown-one" in ${feed}`;
      socket.send(JSON.stringify({ event: 'alert', message }));
    };
    const folder = mkdtempSync(join(tmpdir(), 'fathom-market-'));
    const config = join(folder, 'config.json');
    writeFileSync(config, JSON.stringify(configWith(folder, { env: 'MARKET_SECRET' })));
    for (const form of [[], ['--json']]) {
      const args = ['PF_XBTUSD', '--config', config, '--for', '300ms', ...form];
      const { out, errors } = await run(args, { MARKET_SECRET: SECRET });
      const printed = [...out, ...errors].join('\n');
      expect(printed).to.include('mind <redacted> and');
      for (const secret of [SECRET, 'an-unknown-one']) expect(printed).to.not.include(secret);
    }
    rmSync(folder, { recursive: true });
  });
  const SECRET = Buffer.from('a secret of the market').toString('base64');
  const configWith = (dataDir: string, secret: object): object => ({
    engine: { name: 'market', dataDir },
    venue: { kind: 'kraken', environment: 'uat' },
    sessions: {
      trading: {
        ...{ role: 'trading', senderCompID: 'CLIENT', targetCompID: 'KRAKEN-DRV-TRD' },
        ...{ hosts: ['localhost:1'], cancelOrdersOnDisconnect: true },
        credentials: { apiKey: secret, apiSecret: secret },
      },
    },
    instruments: {
      PF_XBTUSD: { contractType: 'linear', tickSize: '1', qtyStep: '0.0001', qtyMin: '0.0001' },
    },
    risk: { orderQtyMax: '10', notionalMax: '100000' },
  });

  it('fails when the venue does not know the symbol', async () => {
    answer = (socket, feed) => {
      if (feed === 'heartbeat') socket.send(exampleFrame('heartbeat.subscribed'));
      else
        socket.send('{"event":"alert","message":"Couldn\'t subscribe to invalid product `PF_NO`"}');
    };
    const { errors, exitCode } = await run(['PF_NO', '--for', '4000ms']);
    expect(exitCode).to.equal(1);
    expect(errors.at(-1)).to.equal('book PF_NO was refused by the venue');
  });
});
