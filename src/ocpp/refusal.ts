/** Answers an upgrade request that is not granted, as a rule on the raw socket. It must say nothing of the server or of who exists. */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};
/** So long may a client take to read its refusal and to hang up. Destroying at once could reset the connection before it has read. */
const LINGER_MS = 1_000;

export type Refusal = {
  readonly status: 400 | 401 | 403 | 404 | 405 | 426 | 429 | 503;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export function refuse(socket: Duplex, { status, text, headers = {} }: Refusal): void {
  if (socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = `${text}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  const cut = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(cut));
  socket.once('end', () => socket.destroy());
  socket.resume(); // whatever it still sends is thrown away
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** Of one whose handshake had to be completed: it is told why, and what it sends is thrown away. */
export function dismiss(socket: WebSocket, code: number, reason: string): void {
  const cut = setTimeout(() => socket.terminate(), LINGER_MS);
  socket.once('close', () => clearTimeout(cut));
  socket.on('error', () => undefined); // ws closes by itself
  socket.close(code, reason);
}
