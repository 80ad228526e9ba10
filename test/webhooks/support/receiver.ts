/** A real HTTPS receiver on a free port, that behaves as each test wants it to. Closed by closeReceivers(). */

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TestCertificate } from './certificate.ts';

export type Received = { readonly headers: IncomingHttpHeaders; readonly path: string; readonly body: string };
export type Behaviour = (req: IncomingMessage, res: ServerResponse, received: Received) => void;

export type Receiver = {
  readonly port: number;
  readonly received: Received[];
  /** TCP connections so far. */
  connections(): number;
  /** Of these, those that are open now. */
  open(): number;
  /** Bytes that were written to its sockets. */
  bytesSent(): number;
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
};

export const answer =
  (status: number, headers: Record<string, string> = {}, body = ''): Behaviour =>
  (_req, res) => {
    res.writeHead(status, headers).end(body);
  };
export const hang: Behaviour = () => undefined;

export async function startReceiver(
  { cert, key }: TestCertificate,
  behaviour: Behaviour = answer(200),
  host = '127.0.0.1',
): Promise<Receiver> {
  let behave = behaviour;
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let sent = 0;
  const server: Server = createServer({ cert, key }, (req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const got = { headers: req.headers, path: req.url ?? '', body: Buffer.concat(chunks).toString('utf8') };
      received.push(got);
      behave(req, res, got);
    });
  });
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      sent += socket.bytesWritten;
    });
    socket.on('error', () => undefined); // reset by the test
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    received,
    connections: () => connections,
    open: () => sockets.size,
    bytesSent: () => sent + [...sockets].reduce((all, socket) => all + socket.bytesWritten, 0),
    behave: (next) => {
      behave = next;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Waits until it holds; fails with what it waited for. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
