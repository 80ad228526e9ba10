/** A webhook receiver over HTTPS that writes down which delivery came, and nothing else: a full run hears millions. */
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { LocalCertificate } from '../kit/certificate.ts';

export type Heard = { readonly path: string; readonly deliveryId: string; readonly eventId: string };
export type Receiver = {
  readonly port: number;
  readonly heard: Heard[];
  /** Connections that are open now. */
  open(): number;
  close(): Promise<void>;
};

export async function startReceiver({ cert, key }: Pick<LocalCertificate, 'cert' | 'key'>): Promise<Receiver> {
  const heard: Heard[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ cert, key }, (request, response) => {
    request.resume();
    request.on('end', () => {
      heard.push({
        path: request.url ?? '',
        deliveryId: String(request.headers['x-webhook-delivery']),
        eventId: String(request.headers['webhook-id']),
      });
      response.writeHead(204).end();
    });
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined); // whoever sent was killed
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => undefined); // likewise
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve));
  return {
    port: (server.address() as AddressInfo).port, // as: it listens on a port
    heard,
    open: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
