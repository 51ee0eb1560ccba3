import { createServer } from 'node:net';
import { expect } from 'chai';
import { classifyReply } from '../../../../src/kraken/outcome/rest-outcome.ts';
import { makeTestClient, startRawFake, until } from './support.ts';
import {
  FAULT_SETTINGS as settings,
  ONCE_ONLY,
  ORDER,
  PLACED,
  respond,
  settle,
} from './fault-support.ts';

describe('a call that changes something goes out at most once', () => {
  it('proves that nothing was sent when no server listens', async () => {
    const origin = await closedOrigin();
    const { client, close } = makeTestClient(origin);
    for (const [name, call, send] of ONCE_ONLY)
      expect(classifyReply(await send(client), call), name).to.include({
        type: 'NotSent',
        cause: 'ConnectFailed',
      });
    await close();
  });

  it('proves that nothing was sent when the name does not resolve or TLS is refused', async () => {
    const unresolved = makeTestClient('http://nowhere.invalid');
    expect((await unresolved.client.sendorder(ORDER)).type).to.equal('NotSent');
    await unresolved.close();
    const fake = await startRawFake({ onFirstByte: (socket) => socket.end('no TLS here\r\n') });
    const plain = makeTestClient(fake.origin.replace('http:', 'https:'));
    expect((await plain.client.sendorder(ORDER)).type).to.equal('NotSent');
    await plain.close();
    await fake.close();
  });

  it('repeats a read and a cancel after a lost answer, and gives the good one', async () => {
    for (const call of ['openorders', 'cancelorder'] as const) {
      const fake = await startRawFake({
        onRequest: (socket, count) => {
          if (count < 3) socket.resetAndDestroy();
          else socket.write(respond('200 OK', '{"result":"success"}'));
        },
      });
      const { client, close } = makeTestClient(fake.origin, settings);
      const reply =
        call === 'openorders'
          ? await client.openorders({})
          : await client.cancelorder({ cliOrdId: 'x' });
      expect(reply.type).to.equal('Answered');
      expect(fake.wholeRequests()).to.equal(3);
      await close();
      await fake.close();
    }
  });

  it('gives up a read after its attempts', async () => {
    const fake = await startRawFake({ onRequest: (socket) => socket.resetAndDestroy() });
    const { client, close } = makeTestClient(fake.origin, settings);
    expect(await client.openorders({})).to.include({ type: 'Lost', cause: 'ConnectionLost' });
    expect(fake.wholeRequests()).to.equal(3);
    await close();
    await fake.close();
  });

  it('writes nothing of an order that waited too long for a connection', async () => {
    const fake = await startRawFake({});
    const { client, close } = makeTestClient(fake.origin, {
      ...settings,
      connections: { order: 1, read: 1, history: 1, money: 1 },
    });
    const first = client.sendorder(ORDER);
    await until(() => fake.wholeRequests() === 1);
    const second = await client.sendorder(ORDER, { startWithinMs: 20 });
    expect(classifyReply(second, 'send')).to.include({ type: 'NotSent', cause: 'TooOld' });
    expect(await first).to.include({ type: 'Lost', cause: 'Timeout' });
    await settle(fake);
    expect(fake.wholeRequests(), 'the late order must never leave').to.equal(1);
    await close();
    await fake.close();
  });

  it('sends each order at most once when the venue closes idle connections under it', async () => {
    const fake = await startRawFake({
      onRequest: (socket) => {
        socket.write(respond('200 OK', PLACED), () => {
          setTimeout(() => socket.end(), 1);
        });
      },
    });
    const { client, close } = makeTestClient(fake.origin, settings);
    const outcomes = { Confirmed: 0, Refused: 0, NotSent: 0, Unknown: 0 };
    for (let sent = 0; sent < 30; sent += 1) {
      outcomes[classifyReply(await client.sendorder(ORDER), 'send').type] += 1;
      await new Promise((resolve) => setTimeout(resolve, sent % 3));
    }
    const seen = JSON.stringify(outcomes);
    expect(outcomes.Refused + outcomes.NotSent, seen).to.equal(0);
    expect(fake.wholeRequests(), seen).to.be.within(outcomes.Confirmed, 30);
    await close();
    await fake.close();
  });

  it('sends at most once when connections are reset before the first byte', async () => {
    const fake = await startRawFake({ onConnection: (socket) => socket.resetAndDestroy() });
    const { client, close } = makeTestClient(fake.origin, { ...settings, startWithinMs: 100 });
    for (const [name, call, send] of ONCE_ONLY) {
      const outcome = classifyReply(await send(client), call);
      expect(outcome.type, name).to.be.oneOf(['NotSent', 'Unknown']);
    }
    expect(fake.wholeRequests()).to.equal(0);
    await close();
    await fake.close();
  });

  it('breaks what is in flight when it is closed, and refuses later calls', async () => {
    const fake = await startRawFake({});
    const { client, close } = makeTestClient(fake.origin);
    const pending = client.sendorder(ORDER);
    await until(() => fake.wholeRequests() === 1);
    await close();
    expect((await pending).type).to.equal('Lost');
    expect(await client.sendorder(ORDER)).to.include({ type: 'NotSent', cause: 'Closed' });
    await fake.close();
  });
});

const closedOrigin = async (): Promise<string> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 1) : 1}`;
};
