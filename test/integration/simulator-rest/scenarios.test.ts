import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { Secret } from '../../../src/lib/secret.ts';
import { until } from '../../support/until.ts';
import { playScenario, SCENARIO_FILES, type Scene } from './scenario-files.ts';
import { call, callJson, openStage, type Params, type Reply, type Stage, V3 } from './stage.ts';

/** Where the files are played. */
const PLAYERS = ['scenarios.test.ts', 'scenarios-fix.test.ts', 'scenarios-feeds.test.ts'];

describe('scenario files (config/scenarios/README.md)', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage({
      symbols: ['PF_XBTUSD', 'PF_ETHUSD'],
      clients: [
        {
          compID: 'TESTER',
          account: 'alice',
          key: { apiKey: new Secret('k'), apiSecret: new Secret('cw==') },
        },
      ],
    });
  });
  afterEach(() => stage.stop());

  const play = (name: string): Promise<Scene> => playScenario(name, stage.simulator);

  const open = (account = 'alice') => stage.simulator.queries.openOrders(account);
  const form = {
    orderType: 'lmt',
    symbol: 'PF_XBTUSD',
    side: 'buy',
    size: '0.01',
    limitPrice: '83000',
  };
  const post = (path: string, params: Params, key = stage.alice): Promise<Reply> =>
    call(stage.url, { method: 'POST', path: `${V3}/${path}`, params, key });
  const get = (path: string): Promise<Reply> =>
    call(stage.url, { path: `${V3}/${path}`, key: stage.alice });
  const failure = async (promise: Promise<unknown>): Promise<unknown> => {
    try {
      await promise;
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it('answer-lost: the order rests although no answer came', async () => {
    await play('answer-lost');
    expect(await failure(post('sendorder', form))).to.be.instanceOf(Error);
    expect(open()).to.have.length(1);
  });

  it('gateway-errors: a 502 places nothing, a 504 places an order, the redirect cancels nothing', async () => {
    await play('gateway-errors');
    expect(await post('sendorder', form)).to.include({ status: 502 });
    expect(open()).to.have.length(0);
    expect(await post('sendorder', form, stage.bob)).to.include({ status: 504 });
    expect(open('bob')).to.have.length(1);
    const orderId = open('bob')[0]?.orderId ?? '';
    expect(await post('cancelorder', { order_id: orderId }, stage.bob)).to.include({ status: 301 });
    expect(open('bob')).to.have.length(1);
  });

  it('rate-limit: three orders are refused in a 200, history by 429 with its header', async () => {
    await play('rate-limit');
    for (let n = 0; n < 3; n += 1) {
      const reply = await post('sendorder', form);
      expect(reply.status).to.equal(200);
      expect(reply.text).to.include('"error":"apiLimitExceeded"');
    }
    expect((await post('sendorder', form)).text).to.include('"placed"');
    const history = await call(stage.url, { path: '/api/history/v3/executions', key: stage.alice });
    expect(history.status).to.equal(429);
    expect(Number(history.headers.get('rate-limit-reset'))).to.be.greaterThan(0);
  });

  it('nonce-refused: one request is below the threshold, the next is said to be a duplicate', async () => {
    await play('nonce-refused');
    expect((await get('accounts')).text).to.include('nonceBelowThreshold');
    expect((await get('openorders')).text).to.include('nonceDuplicate');
    expect((await get('openorders')).text).to.include('success');
  });

  it('slow-engine: the order is placed late; the cancel is done long before its answer', async () => {
    await play('slow-engine');
    const started = performance.now();
    const sent = post('sendorder', form);
    expect(open()).to.have.length(0);
    await sent;
    expect(performance.now() - started).to.be.at.least(290);
    const canceled = post('cancelorder', { order_id: open()[0]?.orderId ?? '' });
    let isAnswered = false;
    void canceled.then(() => {
      isAnswered = true;
    });
    await until(() => open().length === 0, 'the cancel is done');
    expect(isAnswered).to.equal(false);
    expect((await canceled).text).to.include('"cancelled"');
  });

  it('history-lag: an order is missing from the history, and is there when it has caught up', async () => {
    await play('history-lag');
    await post('sendorder', form);
    const path = '/api/history/v3/orders';
    expect(await callJson(stage.url, { path, key: stage.alice })).to.include({ len: 0 });
    await eventually(
      async () => (await callJson(stage.url, { path, key: stage.alice }))['len'] === 1,
      'the history has caught up',
    );
  });

  it('stale-views: openorders shows nothing of a new order; orders/status knows it', async () => {
    await play('stale-views');
    await post('sendorder', form);
    const orderId = open()[0]?.orderId ?? '';
    expect((await get('openorders')).text).to.not.include(orderId);
    expect((await post('orders/status', { orderIds: orderId })).text).to.include('ENTERED_BOOK');
    await eventually(
      async () => (await get('openorders')).text.includes(orderId),
      'the view moves again',
    );
  });

  it('clock-ahead: a deadline in two seconds has passed', async () => {
    await play('clock-ahead');
    const processBefore = new Date(Date.now() + 2_000).toISOString();
    expect((await post('sendorder', { processBefore, ...form })).text).to.include(
      'wouldProcessAfterSpecifiedTime',
    );
    const order = () => ({
      processBefore: new Date(Date.now() + 2_000).toISOString(),
      ...form,
    });
    await eventually(
      async () => (await post('sendorder', order())).text.includes('"placed"'),
      'the clock is right again',
    );
  });

  it('maintenance: 503, then post-only, then open; announced in notifications', async () => {
    await play('maintenance');
    expect((await get('tickers')).status).to.equal(503);
    await eventually(
      async () => (await post('sendorder', form)).text.includes('marketIsPostOnly'),
      'post-only',
    );
    expect((await get('notifications')).text).to.include('"type":"maintenance"');
    await eventually(
      async () => (await post('sendorder', form)).text.includes('"placed"'),
      'open again',
    );
  });

  /** Asks again and again until the answer is as wanted. */
  const eventually = async (ask: () => Promise<boolean>, what: string): Promise<void> => {
    await until(ask, what);
  };

  const visit = (): Promise<Socket> =>
    new Promise((resolve) => {
      const socket = connect(stage.simulator.tradingPort, '127.0.0.1', () => {
        // A listener makes nothing for a connection that never says a word.
        socket.write('8=FIX');
        resolve(socket);
      });
      socket.on('error', () => undefined);
    });

  it('fix-link: RST and FIN reach the client, the number jumps by seven, the rollover begins at 1', async () => {
    const first = await visit();
    let reset = '';
    first.on('error', (error: NodeJS.ErrnoException) => {
      reset = error.code ?? '';
    });
    await until(() => stage.simulator.proxy.connections === 1, 'the venue has the connection');
    const scene = await play('fix-link');
    await until(() => reset !== '', 'RST');
    expect(reset).to.equal('ECONNRESET');
    await until(() => stage.simulator.proxy.connections === 0, 'the venue has lost it');
    const second = await visit();
    await until(() => stage.simulator.proxy.connections === 1, 'the venue has the second');
    let isEnded = false;
    second.on('end', () => {
      isEnded = true;
    });
    second.resume();
    await scene.next();
    await until(() => isEnded, 'FIN');
    const next = () => stage.simulator.acceptor.session('TESTER')?.view().nextSenderMsgSeqNum;
    await scene.next();
    await until(() => next() === 8, 'the number jumps');
    await scene.next();
    await until(() => next() === 1, 'the rollover');
    second.destroy();
  });

  it('late-fill-after-cancel: the cancel says cancelled, the placement fills', async () => {
    await post(
      'sendorder',
      { ...form, orderType: 'post', side: 'sell', limitPrice: '84100' },
      stage.bob,
    );
    await play('late-fill-after-cancel');
    const held = post('sendorder', { ...form, limitPrice: '84200', cliOrdId: 'late' });
    await eventually(
      async () => (await post('cancelorder', { cliOrdId: 'late' })).text.includes('"cancelled"'),
      'the cancel of the held order',
    );
    expect((await held).text).to.include('"EXECUTION"');
    expect(stage.simulator.queries.fills('alice')).to.have.length(1);
  });

  it('unsolicited-cancel: what rests is gone, then the market is suspended for a moment', async () => {
    await post('sendorder', form);
    const orderId = open()[0]?.orderId ?? '';
    const scene = await play('unsolicited-cancel');
    expect(open()).to.have.length(0);
    expect((await post('orders/status', { orderIds: orderId })).text).to.include(
      'CANCELLED_BY_ADMIN',
    );
    await scene.next();
    await until(() => stage.simulator.queries.ticker('PF_XBTUSD')?.suspended === true, 'suspended');
    expect((await post('sendorder', form)).text).to.include('marketSuspended');
    await until(
      () => stage.simulator.queries.ticker('PF_XBTUSD')?.suspended === false,
      'open again',
    );
  });

  it('broken-answers: half a body, an unknown status, two orders out of one request', async () => {
    await play('broken-answers');
    expect(await failure(post('sendorder', form))).to.be.instanceOf(Error);
    const orderId = open()[0]?.orderId ?? '';
    const odd = await post('cancelorder', { order_id: orderId });
    expect(odd.text).to.include('"status":"unknown"').and.to.include('futureField');
    await post('sendorder', form, stage.bob);
    expect(open('bob')).to.have.length(2);
  });

  it('every file is played by a test', () => {
    const texts = PLAYERS.map((name) =>
      readFileSync(new URL(name, import.meta.url), 'utf8'),
    ).join();
    const played = [...texts.matchAll(/await play\('([^']+)'\)/g)].map(([, name]) => name);
    expect(SCENARIO_FILES).to.have.length.at.least(10);
    expect(played.sort()).to.deep.equal([...SCENARIO_FILES].sort());
  });
});
