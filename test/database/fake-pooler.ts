/**
 * A connection pooler as PgBouncer is in transaction mode, as small as the test needs it: each transaction of a client runs on
 * whatever session of the server is free, and prepared statements are left behind there.
 */
import { createServer, type Server, Socket } from 'node:net';
import { afterAll } from '@jest/globals';

const opened: { close(): void }[] = [];
afterAll(() => {
  for (const each of opened) each.close();
});

/** One message of the protocol: its type, and all its bytes. */
type Message = { readonly type: string; readonly bytes: Buffer };

/** Cuts a stream into messages; the first one of a client has no type. */
function messagesOf(onMessage: (message: Message) => void, { startsBare }: { startsBare: boolean }) {
  let rest = Buffer.alloc(0);
  let isBare = startsBare;
  return (chunk: Buffer): void => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const head = isBare ? 0 : 1;
      if (rest.length < head + 4) return;
      const length = head + rest.readInt32BE(head);
      if (rest.length < length) return;
      const bytes = rest.subarray(0, length);
      rest = rest.subarray(length);
      onMessage({ type: isBare ? 'startup' : String.fromCharCode(bytes[0] ?? 0), bytes });
      isBare = false;
    }
  };
}

/** A session of the server. */
type Session = { readonly socket: Socket; user: ((message: Message) => void) | undefined };

/** `to`: the server's host (or folder of its socket) and port. Resolves with the port of the pooler. */
export async function startPooler(to: { host: string; port: number }): Promise<number> {
  const free: Session[] = [];
  const sockets = new Set<Socket>();

  function open(startup: Buffer, greet: (messages: Buffer) => void): Promise<Session> {
    return new Promise((resolve, reject) => {
      const socket = new Socket();
      sockets.add(socket);
      const session: Session = { socket, user: undefined };
      const greeting: Buffer[] = [];
      let isReady = false;
      const read = messagesOf(
        (message) => {
          if (isReady) session.user?.(message);
          else {
            // K: the key by which the server's session is cancelled is none of the client's
            greeting.push(
              message.type === 'K' ? Buffer.from([75, 0, 0, 0, 12, 0, 0, 0, 1, 0, 0, 0, 1]) : message.bytes,
            );
            if (message.type !== 'Z') return;
            isReady = true;
            greet(Buffer.concat(greeting));
            resolve(session);
          }
        },
        { startsBare: false },
      );
      socket.on('error', reject);
      socket.on('data', read);
      const where = to.host.startsWith('/') ? { path: `${to.host}/.s.PGSQL.${to.port}` } : to;
      socket.connect(where, () => socket.write(startup));
    });
  }

  function serve(client: Socket): void {
    sockets.add(client);
    let startup = Buffer.alloc(0);
    let session: Session | undefined;
    let owed = 0;
    const waiting: Buffer[] = [];
    let isOpening = false;

    const take = async (): Promise<void> => {
      isOpening = true;
      session = free.pop() ?? (await open(startup, () => undefined));
      isOpening = false;
      session.user = ({ type, bytes }) => {
        client.write(bytes);
        if (type !== 'Z') return;
        owed -= 1;
        const isIdle = bytes[5] === 'I'.charCodeAt(0);
        if (!isIdle || owed > 0 || session === undefined) return;
        session.user = undefined;
        free.push(session); // who asks next gets it
        session = undefined;
      };
      for (const bytes of waiting.splice(0)) session.socket.write(bytes);
    };

    client.on('error', () => undefined);
    client.on(
      'data',
      messagesOf(
        ({ type, bytes }) => {
          if (type === 'startup') {
            startup = Buffer.from(bytes);
            open(startup, (greeting) => void client.write(greeting)).then(
              (made) => void free.push(made),
              () => client.destroy(),
            );
            return;
          }
          if (type === 'X') return void client.end();
          if (type === 'S' || type === 'Q') owed += 1; // each is answered by one ReadyForQuery
          if (session !== undefined && !isOpening) session.socket.write(bytes);
          else {
            waiting.push(Buffer.from(bytes));
            if (!isOpening) take().catch(() => client.destroy());
          }
        },
        { startsBare: true },
      ),
    );
  }

  const server: Server = createServer(serve);
  opened.push({
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
