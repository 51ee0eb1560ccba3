import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { expect } from 'chai';
import selfsigned from 'selfsigned';
import { startConnectProxy } from '../../../support/connect-proxy.ts';
import { makeTestClient, startHttpFake } from './support.ts';

const listen = (server: { listen: (...args: never[]) => unknown; address: () => unknown }) =>
  new Promise<number>((resolve) => {
    (server as unknown as { listen: (p: number, h: string, f: () => void) => void }).listen(
      0,
      '127.0.0.1',
      () => {
        resolve((server.address() as AddressInfo).port);
      },
    );
  });

describe('the way to the venue', () => {
  it('goes through a proxy when one is set, and sends nothing when the proxy refuses', async () => {
    const venue = await startHttpFake((_request, _body, response) => {
      response.end('{"result":"success"}');
    });
    const proxy = await startConnectProxy();
    const proxyUrl = proxy.url;
    const open = makeTestClient(venue.origin, { proxyUrl });
    expect((await open.client.openorders({})).type).to.equal('Answered');
    expect(proxy.tunnels).to.deep.equal([new URL(venue.origin).host]);
    await open.close();
    proxy.isOpen = false;
    const shut = makeTestClient(venue.origin, { proxyUrl });
    const order = { orderType: 'mkt', symbol: 'PF_XBTUSD', side: 'buy', size: '1' };
    expect(await shut.client.sendorder(order)).to.include({
      type: 'NotSent',
      cause: 'ConnectFailed',
    });
    expect(venue.requests).to.have.length(1);
    await shut.close();
    await venue.close();
    await proxy.close();
  });

  it('trusts only the authority it was given, and sends nothing to another server', async () => {
    const pems = await selfsigned.generate([{ name: 'commonName', value: '127.0.0.1' }], {
      extensions: [
        { name: 'basicConstraints', cA: true },
        { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
      ],
    } as never);
    let requests = 0;
    const server = createTlsServer({ key: pems.private, cert: pems.cert }, (_request, response) => {
      requests += 1;
      response.end('{"result":"success"}');
    });
    const origin = `https://127.0.0.1:${await listen(server)}`;
    const stranger = makeTestClient(origin);
    const refused = await stranger.client.withdrawal({ currency: 'xbt', amount: '1' });
    expect(refused).to.include({ type: 'NotSent', cause: 'ConnectFailed' });
    expect(requests).to.equal(0);
    await stranger.close();
    const trusted = makeTestClient(origin, { ca: pems.cert });
    const reply = await trusted.client.openorders({});
    expect(reply.type, JSON.stringify(reply)).to.equal('Answered');
    await trusted.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
