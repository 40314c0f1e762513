import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A server on this machine for one test: its address, what it was asked, and how to end it whatever is still open. */
export interface FileServer {
  readonly url: string;
  readonly requests: { url: string; range: string | undefined }[];
  close(): Promise<void>;
}

export async function serve(listener: RequestListener): Promise<FileServer> {
  const sockets = new Set<Socket>();
  const requests: FileServer['requests'] = [];
  const server: Server = createServer((request, response) => {
    requests.push({ url: request.url ?? '', range: request.headers.range });
    listener(request, response);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
