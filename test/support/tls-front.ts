/** What stands before the server where chargers speak TLS: ends it, asks for a client certificate if told to, passes bytes on. */
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { TestCertificate } from '../webhooks/support/certificate.ts';

export type TlsFront = {
  /** wss, as a charger is told it. */
  readonly url: string;
  /** Handshakes that failed. */
  refused(): number;
  /** Common names of the clients that were let in; undefined: without a certificate. */
  readonly clients: readonly (string | undefined)[];
  close(): Promise<void>;
};

export async function startTlsFront(options: {
  /** Of the server behind it: http://127.0.0.1:… */
  readonly to: string;
  readonly certificate: TestCertificate;
  /** Only clients with a certificate of this authority get through. */
  readonly clientCa?: string;
}): Promise<TlsFront> {
  const { certificate, clientCa } = options;
  const to = Number(new URL(options.to).port);
  const clients: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  let refused = 0;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  };
  const server = createServer(
    {
      cert: certificate.cert,
      key: certificate.key,
      minVersion: 'TLSv1.2',
      ...(clientCa !== undefined && { ca: clientCa, requestCert: true, rejectUnauthorized: true }),
    },
    (client) => {
      const name: unknown = client.getPeerCertificate()?.subject?.CN;
      clients.push(typeof name === 'string' ? name : undefined);
      const behind = connect(to, '127.0.0.1');
      keep(client);
      keep(behind);
      client.pipe(behind).pipe(client);
      client.on('close', () => behind.destroy());
      behind.on('close', () => client.destroy());
    },
  );
  server.on('tlsClientError', () => {
    refused += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `wss://127.0.0.1:${(server.address() as AddressInfo).port}/ocpp`,
    refused: () => refused,
    clients,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
