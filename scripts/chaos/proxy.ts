/** A TCP proxy that can go silent: nothing passes and nobody is told, as when a network swallows everything. */
import { connect, createServer, type Socket } from 'node:net';

export type Line = {
  readonly port: number;
  /** From now on nothing passes, in either direction; new connections are taken and hear nothing. */
  swallow(): void;
  /** What was held up passes, late: TCP repeats what nobody has acknowledged. */
  pass(): void;
  /** Likewise, but the connections of before are cut. */
  cut(): void;
  close(): Promise<void>;
};

/** `target`: where net.connect connects to. */
export async function startProxy(target: { readonly path: string } | { readonly port: number }): Promise<Line> {
  let isSilent = false;
  const sockets = new Set<Socket>();
  /** Connections that were taken while nothing passed. */
  const held: Socket[] = [];
  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined); // the close follows
    socket.on('close', () => sockets.delete(socket));
    if (isSilent) socket.pause();
  }
  function join(near: Socket): void {
    if (near.destroyed) return;
    const far = connect({ host: '127.0.0.1', ...target });
    keep(far);
    near.on('data', (chunk: Buffer) => void far.write(chunk));
    far.on('data', (chunk: Buffer) => void near.write(chunk));
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    if (isSilent) for (const socket of [near, far]) socket.pause();
  }
  const server = createServer({ pauseOnConnect: true }, (near) => {
    keep(near);
    if (isSilent) held.push(near);
    else {
      join(near);
      near.resume();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const destroyAll = (): void => {
    for (const socket of sockets) socket.destroy();
    held.length = 0;
  };
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    swallow() {
      isSilent = true;
      for (const socket of sockets) socket.pause();
    },
    pass() {
      isSilent = false;
      for (const near of held.splice(0)) join(near);
      for (const socket of sockets) socket.resume();
    },
    cut() {
      isSilent = false;
      destroyAll();
    },
    async close() {
      destroyAll();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
