/**
 * The charger's line to the server: one WebSocket at a time, opened again with exponential back-off and jitter when it breaks.
 * Knows nothing of OCPP beyond the subprotocol. Its times are real ones.
 */
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { ConnectPlan } from './types.ts';

export type TlsOptions = {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly rejectUnauthorized?: boolean;
};

export type LinkOptions = {
  readonly plan: () => ConnectPlan;
  readonly reconnect: { readonly minMs: number; readonly maxMs: number };
  readonly handshakeTimeoutMs: number;
  readonly jitterless: boolean;
  readonly random: () => number;
  readonly tls: () => TlsOptions;
  readonly opened: (protocol: string) => void;
  readonly message: (text: string) => void;
  readonly closed: (code: number, reason: string) => void;
  readonly refused: (httpStatus: number) => void;
  readonly failed: (cause: Error) => void;
};

export type Link = {
  isOpen(): boolean;
  /** False: there is no line. */
  send(text: string): boolean;
  /** Bytes past the WebSocket layer, for a charger that breaks its rules. */
  sendRaw(bytes: Buffer): boolean;
  ping(): void;
  /** Opens the line and keeps it open. */
  up(): void;
  /** Takes the line away; `up()` brings it back. */
  down(how: 'cleanly' | 'abruptly'): void;
  /** Down, and up again after the pause. */
  bounce(how: 'cleanly' | 'abruptly', pauseMs: number): void;
  /** Opens a second socket without closing the first, which goes silent and is closed after that time (undefined: never). */
  abandon(closeAfterMs?: number): void;
  /** The connection proved itself: the next back-off begins from its least. */
  settled(): void;
  close(): Promise<void>;
};

export function createLink(options: LinkOptions): Link {
  const { reconnect, random } = options;
  let wanted = false;
  let socket: WebSocket | undefined;
  let stream: Duplex | undefined;
  let failures = 0;
  let challenged = false;
  let retry: NodeJS.Timeout | undefined;
  const alive = new Set<WebSocket>();
  const pauses = new Set<NodeJS.Timeout>();

  /** The n-th try waits up to min × 2ⁿ, at least half of it. */
  function backOffMs(): number {
    const ceiling = Math.min(reconnect.maxMs, reconnect.minMs * 2 ** failures);
    return options.jitterless ? 0 : ceiling * (0.5 + 0.5 * random());
  }

  function again(delayMs: number): void {
    clearTimeout(retry);
    retry = setTimeout(() => {
      retry = undefined;
      open();
    }, delayMs);
  }

  function open(): void {
    if (!wanted || socket !== undefined) return;
    const plan = options.plan();
    const withCredentials = plan.password !== undefined && (!plan.waitForChallenge || challenged);
    const ws = new WebSocket(plan.url, [...plan.subprotocols], {
      perMessageDeflate: false,
      handshakeTimeout: options.handshakeTimeoutMs,
      autoPong: plan.autoPong,
      ...options.tls(),
      ...(withCredentials ? { headers: { authorization: basic(plan.username, plan.password ?? '') } } : {}),
      ...(plan.rawSubprotocols === undefined
        ? {}
        : {
            finishRequest: (request: ClientRequest) => {
              request.setHeader('Sec-WebSocket-Protocol', plan.rawSubprotocols ?? '');
              request.end();
            },
          }),
    });
    socket = ws;
    alive.add(ws);
    let refusal = false;
    ws.on('upgrade', (response: IncomingMessage) => {
      if (socket === ws) stream = response.socket;
    });
    ws.on('open', () => {
      challenged = false; // every connection waits to be asked again
      if (socket === ws) options.opened(ws.protocol);
    });
    ws.on('message', (data, isBinary) => {
      if (socket === ws && !isBinary) options.message(data.toString());
    });
    ws.on('unexpected-response', (_request, response: IncomingMessage) => {
      refusal = true;
      response.resume();
      const status = response.statusCode ?? 0;
      if (status === 401 && plan.waitForChallenge && !challenged && response.headers['www-authenticate']) {
        challenged = true;
        failures = -1; // asked for, not refused: at once
      } else if (socket === ws) {
        options.refused(status);
      }
      ws.terminate();
    });
    ws.on('error', (cause) => {
      if (!refusal && socket === ws) options.failed(cause);
    });
    ws.on('close', (code, reason) => {
      alive.delete(ws);
      if (socket !== ws) return;
      const wasOpen = stream !== undefined;
      socket = undefined;
      stream = undefined;
      if (wasOpen) options.closed(code, reason.toString());
      if (!wanted || retry !== undefined) return;
      const delayMs = failures < 0 ? 0 : backOffMs();
      failures = Math.max(0, failures) + (failures < 0 ? 0 : 1);
      again(delayMs);
    });
  }

  function down(how: 'cleanly' | 'abruptly'): void {
    wanted = false;
    clearTimeout(retry);
    retry = undefined;
    const ws = socket;
    if (ws === undefined) return;
    const wasOpen = stream !== undefined;
    socket = undefined;
    stream = undefined;
    if (how === 'cleanly' && ws.readyState === WebSocket.OPEN) ws.close(1000);
    else ws.terminate();
    if (wasOpen) options.closed(how === 'cleanly' ? 1000 : 1006, 'by the charger');
  }

  function pause(ms: number, then: () => void): void {
    const timer = setTimeout(() => {
      pauses.delete(timer);
      then();
    }, ms);
    pauses.add(timer);
  }

  return {
    isOpen: () => socket?.readyState === WebSocket.OPEN,
    send(text) {
      if (socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(text);
      return true;
    },
    sendRaw(bytes) {
      if (socket?.readyState !== WebSocket.OPEN || stream === undefined) return false;
      stream.write(bytes);
      return true;
    },
    ping() {
      if (socket?.readyState === WebSocket.OPEN) socket.ping();
    },
    up() {
      wanted = true;
      if (retry === undefined) open();
    },
    down,
    bounce(how, pauseMs) {
      down(how);
      wanted = true;
      again(pauseMs);
    },
    abandon(closeAfterMs) {
      const old = socket;
      if (old === undefined) return;
      const wasOpen = stream !== undefined;
      socket = undefined;
      stream = undefined;
      if (wasOpen) options.closed(1006, 'abandoned by the charger');
      if (closeAfterMs !== undefined) pause(closeAfterMs, () => old.close(1000));
      open();
    },
    settled() {
      failures = 0;
    },
    async close() {
      down('cleanly');
      for (const timer of pauses) clearTimeout(timer);
      await Promise.all([...alive].map((ws) => gone(ws)));
    },
  };
}

/** A server that does not answer the close gets a second to do so. */
function gone(ws: WebSocket): Promise<void> {
  if (ws.readyState === WebSocket.CLOSED) return Promise.resolve();
  return new Promise((resolve) => {
    const impatient = setTimeout(() => ws.terminate(), 1000);
    ws.once('close', () => {
      clearTimeout(impatient);
      resolve();
    });
    ws.once('error', () => undefined); // its close event follows
    if (ws.readyState === WebSocket.OPEN) ws.close(1000);
    else if (ws.readyState === WebSocket.CONNECTING) ws.terminate();
  });
}

/** RFC 7617; the password may be any bytes (T11). */
function basic(username: string, password: string | Buffer): string {
  const secret = typeof password === 'string' ? Buffer.from(password, 'utf8') : password;
  return `Basic ${Buffer.concat([Buffer.from(`${username}:`, 'utf8'), secret]).toString('base64')}`;
}
