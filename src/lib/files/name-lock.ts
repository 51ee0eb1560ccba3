import { createServer, type Server } from 'node:net';
import { err, ok, type Result } from '../result.ts';

/**
 * Takes a name of the whole machine: an abstract socket, which the kernel keeps while its process
 * lives, for every user and wherever TMPDIR and HOME point. Linux only; elsewhere it is always
 * free. Containers with a network of their own do not see each other.
 */
export const takeName = async (name: string): Promise<Result<() => void, string>> => {
  if (process.platform !== 'linux') return ok(() => undefined);
  const server = createServer((socket) => socket.destroy());
  const fault = await listen(server, `\u0000${name}`);
  if (fault === 'EADDRINUSE') return err('another process on this machine holds it');
  if (fault !== undefined) return err(`the name cannot be taken: ${fault}`);
  server.unref();
  return ok(() => {
    server.close();
  });
};

const listen = (server: Server, path: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message);
    });
    server.listen(path, () => {
      resolve(undefined);
    });
  });
