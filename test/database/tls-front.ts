/** TLS in front of the test's PostgreSQL, begun as PostgreSQL and PgBouncer begin it (SSLRequest, one byte, then TLS). */
import { createServer, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterAll } from '@jest/globals';

const opened: { close(): void }[] = [];
afterAll(() => {
  for (const each of opened) each.close();
});

export type Front = {
  readonly port: number;
  /** What was said to the server, in bytes, once TLS stood; in the clear nothing but the request for it can be. */
  said(): number;
};

const SSL_REQUEST = 80877103;

/** `clientCa`: who has no certificate of it is cut off. `offersTls` false: a server without, or somebody who takes it away. */
export async function startFront(
  to: { readonly host: string; readonly port: number },
  tls: { readonly cert: string; readonly key: string; readonly clientCa?: string; readonly offersTls?: boolean },
): Promise<Front> {
  const sockets = new Set<Socket>();
  let heard = 0;
  const keep = <S extends Socket>(socket: S): S => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()); // the other side of a refusal
    return socket;
  };
  const server = createServer((raw) => {
    keep(raw).once('data', (first) => {
      if (first.length !== 8 || first.readInt32BE(4) !== SSL_REQUEST) {
        heard += first.length; // in the clear: never
        return void raw.destroy();
      }
      if (tls.offersTls === false) return void raw.write('N');
      raw.write('S');
      const isMutual = tls.clientCa !== undefined;
      const secure = keep(
        new TLSSocket(raw, {
          ...{ isServer: true, cert: tls.cert, key: tls.key, requestCert: isMutual, rejectUnauthorized: isMutual },
          ...(isMutual && { ca: tls.clientCa }),
        }),
      );
      secure.once('secure', () => {
        const behind = keep(new Socket());
        if (to.host.startsWith('/')) behind.connect(`${to.host}/.s.PGSQL.${to.port}`);
        else behind.connect(to.port, to.host);
        secure.on('data', ({ length }) => {
          heard += length;
        });
        secure.pipe(behind).pipe(secure);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  });
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, said: () => heard };
}
