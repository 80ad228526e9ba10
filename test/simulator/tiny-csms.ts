/**
 * A server of a few lines on bare `ws`, none of ours: it notes what arrives on the wire and answers what a test tells it to.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { until } from '../support/until.ts';

export type Heard = {
  readonly connection: number;
  readonly text: string;
  readonly type: unknown;
  readonly id: unknown;
  readonly action: string;
  readonly payload: Record<string, unknown>;
};
/** Gives the payload of the result, an error, or undefined: no answer. */
export type Reply = (heard: Heard) => object | { error: string } | undefined;

export type Upgrade = { readonly url: string; readonly headers: IncomingMessage['headers'] };

export type TinyCsms = {
  readonly url: string;
  readonly upgrades: readonly Upgrade[];
  /** Everything that came as a CALL, in order. */
  readonly heard: readonly Heard[];
  /** Everything that came as an answer to us. */
  readonly answers: readonly unknown[][];
  readonly texts: readonly string[];
  /** How many sockets are open now. */
  open(): number;
  reply(action: string, reply: Reply): void;
  /** Calls the charger (on its newest socket) and gives its answer frame. */
  call(action: string, payload: object): Promise<unknown[]>;
  send(text: string): void;
  ping(): Promise<boolean>;
  /** Breaks all sockets without a close frame. */
  cut(): void;
  /** New connections (those of which `which` is true) get this HTTP status; undefined: they are accepted. */
  refuseWith(status: number | undefined, headers?: string, which?: (upgrade: Upgrade) => boolean): void;
  of(action: string): Heard[];
  count(action: string, least: number): Promise<Heard[]>;
  close(): Promise<void>;
};

export async function tinyCsms(): Promise<TinyCsms> {
  const heard: Heard[] = [];
  const answers: unknown[][] = [];
  const texts: string[] = [];
  const upgrades: Upgrade[] = [];
  const sockets = new Set<WebSocket>();
  let newest: WebSocket | undefined;
  let connections = 0;
  let refusal: { status: number; headers: string; which: (upgrade: Upgrade) => boolean } | undefined;
  let transactions = 100;
  let serial = 0;
  const accepted = { idTagInfo: { status: 'Accepted' } };
  const replies = new Map<string, Reply>([
    ['BootNotification', () => ({ status: 'Accepted', currentTime: new Date().toISOString(), interval: 86_400 })],
    ['Heartbeat', () => ({ currentTime: new Date().toISOString() })],
    ['Authorize', () => ({ ...accepted, idTokenInfo: { status: 'Accepted' } })],
    // 2.x: whoever shows a token is told what it is worth
    [
      'TransactionEvent',
      ({ payload }) => (payload['idToken'] === undefined ? {} : { idTokenInfo: { status: 'Accepted' } }),
    ],
    ['StartTransaction', () => ({ transactionId: ++transactions, ...accepted })],
    ['StopTransaction', () => ({})],
  ]);

  const wss = new WebSocketServer({
    noServer: true,
    autoPong: true,
    handleProtocols: (offered) =>
      [...offered].find((each) => each.toLowerCase() === 'ocpp1.6') ?? [...offered][0] ?? false,
  });
  const http = createServer((_request, response) => response.writeHead(404).end());
  // a charger may break off at any moment, also while nobody else listens to its socket
  http.on('connection', (socket) => socket.on('error', () => undefined));
  http.on('upgrade', (request, socket, head) => {
    const upgrade = { url: request.url ?? '', headers: { ...request.headers } };
    upgrades.push(upgrade);
    const offered = request.headers['sec-websocket-protocol'];
    // `ws` refuses a token that is offered twice (T7)
    if (offered !== undefined) {
      request.headers['sec-websocket-protocol'] = [...new Set(offered.split(',').map((each) => each.trim()))].join(',');
    }
    if (refusal?.which(upgrade)) {
      socket.end(`HTTP/1.1 ${refusal.status} No\r\n${refusal.headers}Content-Length: 0\r\nConnection: close\r\n\r\n`);
      return;
    }
    wss.handleUpgrade(request, socket, head, (ws) => {
      connections += 1;
      const connection = connections;
      sockets.add(ws);
      newest = ws;
      ws.on('close', () => sockets.delete(ws));
      ws.on('error', () => undefined); // a charger may break the rules of WebSocket; the close follows
      ws.on('message', (data) => {
        const text = data.toString();
        texts.push(text);
        let frame: unknown;
        try {
          frame = JSON.parse(text);
        } catch {
          return; // kept in texts
        }
        if (!Array.isArray(frame)) return;
        if (frame[0] !== 2) {
          answers.push(frame);
          return;
        }
        const [type, id, action, payload] = frame;
        const one: Heard = { connection, text, type, id, action, payload: payload ?? {} };
        heard.push(one);
        const given = replies.get(action)?.(one) ?? (replies.has(action) ? undefined : {});
        if (given === undefined) return;
        const answer = 'error' in given ? [4, id, given.error, 'as told', {}] : [3, id, given];
        ws.send(JSON.stringify(answer));
      });
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const of = (action: string) => heard.filter((each) => each.action === action);

  return {
    url: `ws://127.0.0.1:${port}/ocpp`,
    upgrades,
    heard,
    answers,
    texts,
    open: () => sockets.size,
    reply: (action, reply) => replies.set(action, reply),
    async call(action, payload) {
      serial += 1;
      const id = `srv-${serial}`;
      const ws = newest;
      ws?.send(JSON.stringify([2, id, action, payload]));
      return until(`an answer to ${action}`, () => answers.find((answer) => answer[1] === id));
    },
    send: (text) => newest?.send(text),
    ping: () =>
      new Promise((resolve) => {
        const ws = newest;
        const timer = setTimeout(() => resolve(false), 3000);
        ws?.once('pong', () => {
          clearTimeout(timer);
          resolve(true);
        });
        ws?.ping();
      }),
    cut() {
      for (const ws of sockets) ws.terminate();
    },
    refuseWith(status, headers = '', which = () => true) {
      refusal = status === undefined ? undefined : { status, headers, which };
    },
    of,
    count: (action, least) =>
      until(`${least} × ${action}`, () => (of(action).length >= least ? of(action) : undefined)),
    async close() {
      for (const ws of sockets) ws.terminate();
      wss.close();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}
