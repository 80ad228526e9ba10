/** Ties a ws socket to its connection. ws hands the socket to listeners as `this`: one set of listeners serves all connections. */
import { WebSocket } from 'ws';
import type { Connection } from './connection.ts';
import { receive } from './reception.ts';

export class ChargerSocket extends WebSocket {
  connection: Connection | undefined;
}

export function listen(socket: ChargerSocket, connection: Connection): void {
  socket.connection = connection;
  socket.on('message', onMessage);
  socket.on('ping', onSignOfLife);
  socket.on('pong', onSignOfLife);
  socket.on('error', onError);
  socket.on('close', onClose);
}

// Binary frames are read like text (some chargers send them); ws gives one Buffer for either.
function onMessage(this: WebSocket, data: unknown): void {
  const connection = this instanceof ChargerSocket ? this.connection : undefined;
  if (connection !== undefined && Buffer.isBuffer(data)) receive(connection, data);
}
function onSignOfLife(this: WebSocket): void {
  const connection = this instanceof ChargerSocket ? this.connection : undefined;
  if (connection !== undefined) connection.aliveAt = connection.conduct.monotonic();
}
function onError(this: WebSocket, error: Error & { code?: string }): void {
  const connection = this instanceof ChargerSocket ? this.connection : undefined;
  if (connection === undefined) return;
  // ws closes by itself: 1009 too large, 1002 or 1007 not the protocol.
  connection.endReason ??= error.code?.startsWith('WS_ERR_UNSUPPORTED_MESSAGE_LENGTH')
    ? 'message_too_large'
    : error.code?.startsWith('WS_ERR')
      ? 'protocol_error'
      : 'connection_lost';
}
function onClose(this: WebSocket, code: number): void {
  if (this instanceof ChargerSocket) this.connection?.closed(code);
}
