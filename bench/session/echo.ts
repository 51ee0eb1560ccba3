import { connect, createServer, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { Load } from './load.ts';
import { readConfig, sayListening, sayResult } from './program.ts';

// The floor: a socket that sends back what it gets, in messages as long as an order. No FIX, no
// numbers, no store.
const ORDER_BYTES = 150;
const config = readConfig();
const { certificate, port, plan } = config;

const echo = (socket: Socket): void => {
  socket.setNoDelay(true);
  socket.on('data', (chunk) => socket.write(chunk));
  socket.on('error', () => undefined);
};

const runClient = async (): Promise<void> => {
  const socket =
    certificate === undefined
      ? connect(port, '127.0.0.1')
      : connectTls({ port, host: '127.0.0.1', ca: certificate.cert, servername: 'localhost' });
  await new Promise((resolve) =>
    socket.once(certificate === undefined ? 'connect' : 'secureConnect', resolve),
  );
  socket.setNoDelay(true);
  const order = Buffer.alloc(ORDER_BYTES, 'x');
  let received = 0;
  const load = new Load(plan, () => socket.write(order));
  socket.on('data', (chunk: Buffer) => {
    received += chunk.length;
    for (; received >= ORDER_BYTES; received -= ORDER_BYTES) load.onReport();
  });
  sayResult(await load.run());
};

if (config.role === 'client') {
  await runClient();
} else {
  const server =
    certificate === undefined ? createServer(echo) : createTlsServer({ ...certificate }, echo);
  server.listen(port, '127.0.0.1', sayListening);
}
