import { expect } from 'chai';
import { classifyReply } from '../../../../src/kraken/outcome/rest-outcome.ts';
import { FAULT_SETTINGS, ONCE_ONLY, PLACED, respond, settle } from './fault-support.ts';
import { makeTestClient, startRawFake } from './support.ts';

/**
 * What the server does to the wire; the outcome of a call that changes something must be Unknown.
 */
const faults: readonly [string, Parameters<typeof startRawFake>[0]][] = [
  ['reset on the first byte', { onFirstByte: (socket) => socket.resetAndDestroy() }],
  ['reset after the whole request', { onRequest: (socket) => socket.resetAndDestroy() }],
  ['closed without an answer', { onRequest: (socket) => socket.end() }],
  [
    'reset in the middle of the head',
    { onRequest: (socket) => socket.write('HTTP/1.1 200 O', () => socket.resetAndDestroy()) },
  ],
  [
    'half a body, then closed',
    {
      onRequest: (socket) => socket.end(respond('200 OK', PLACED).slice(0, -20)),
    },
  ],
  [
    'half a body without a length, then closed',
    { onRequest: (socket) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${PLACED.slice(0, -20)}`) },
  ],
  ['no answer at all', {}],
  [
    'an answer that drips too slowly',
    {
      onRequest: (socket) => {
        const text = respond('200 OK', PLACED);
        let at = 0;
        const drip = setInterval(() => {
          socket.write(text[at] ?? '');
          at += 1;
        }, 20);
        socket.on('close', () => {
          clearInterval(drip);
        });
      },
    },
  ],
  ['an HTML body with 200', { onRequest: (socket) => socket.write(respond('200 OK', '<html>')) }],
  ['502 with HTML', { onRequest: (socket) => socket.write(respond('502 Bad Gateway', '<html>')) }],
  [
    '503 with a JSON refusal',
    {
      onRequest: (socket) =>
        socket.write(respond('503 X', '{"result":"error","error":"apiLimitExceeded"}')),
    },
  ],
  ['520 of the edge', { onRequest: (socket) => socket.write(respond('520 X', '')) }],
  ['204 without a body', { onRequest: (socket) => socket.write('HTTP/1.1 204 X\r\n\r\n') }],
  [
    'a body of 10 MB',
    { onRequest: (socket) => socket.write(respond('200 OK', '1'.repeat(10_000_000))) },
  ],
  [
    'a chunked body of 10 MB',
    {
      onRequest: (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
        for (let sent = 0; sent < 100; sent += 1)
          socket.write(`186a0\r\n${' '.repeat(100_000)}\r\n`);
      },
    },
  ],
  [
    'two verdicts in one body',
    {
      onRequest: (socket) => {
        const twice = '{"status":"placed","status":"invalidPrice"}';
        const keys = ['sendStatus', 'editStatus', 'batchStatus'].map((key) => `"${key}":${twice}`);
        socket.write(respond('200 OK', `{"result":"success",${keys.join(',')}}`));
      },
    },
  ],
  [
    'a body that is longer than it says',
    {
      onRequest: (socket) => socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n${PLACED}`),
    },
  ],
  [
    'chunks that are none',
    {
      onRequest: (socket) =>
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\nhello'),
    },
  ],
  [
    'nesting without end',
    { onRequest: (socket) => socket.write(respond('200 OK', '{"a":'.repeat(100_000))) },
  ],
  ['bytes that are not HTTP', { onRequest: (socket) => socket.write('hello\r\n\r\n') }],
  [
    'a head that never ends',
    {
      onRequest: (socket) =>
        socket.write(`HTTP/1.1 200 OK\r\n${'x-filler: 0123456789\r\n'.repeat(20_000)}`),
    },
  ],
];
for (const status of ['301', '302', '303', '307', '308'])
  (faults as unknown[]).push([
    `redirect ${status} to the same server`,
    {
      onRequest: (socket: { write: (text: string) => void }) => {
        socket.write(`HTTP/1.1 ${status} X\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n`);
      },
    },
  ]);

describe('network faults (issue: exactly one request per order call)', () => {
  for (const [what, behave] of faults)
    it(`leaves the outcome unknown and sends once: ${what}`, async () => {
      for (const [name, call, send] of ONCE_ONLY) {
        const fake = await startRawFake(behave);
        const { client, close } = makeTestClient(fake.origin, FAULT_SETTINGS);
        const outcome = classifyReply(await send(client), call);
        await settle(fake);
        expect(outcome.type, `${name}: ${outcome.type} ${outcome.text}`).to.equal('Unknown');
        expect(fake.touchedConnections(), `${name}: connections with bytes`).to.equal(1);
        expect(fake.wholeRequests(), `${name}: whole requests`).to.be.at.most(1);
        await close();
        await fake.close();
      }
    });
});
