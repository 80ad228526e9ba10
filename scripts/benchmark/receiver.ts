/** A webhook receiver that only counts and times: HTTPS with keep-alive, 204 at once, unless it is told to misbehave. A process of its own. */
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { createRecorder } from './measure.ts';

export type ReceiverOrder =
  | { readonly do: 'listen'; readonly cert: string; readonly key: string }
  | { readonly do: 'count' }
  | { readonly do: 'begin' }
  /** From now on /hang never answers and /drip answers a byte every 100 ms; until then they are as good as any. */
  | { readonly do: 'misbehave' };
export type ReceiverReport =
  | { readonly tell: 'listening'; readonly port: number }
  | {
      readonly tell: 'counted';
      /** Of all paths that behave. */
      readonly total: number;
      /** Of all others. */
      readonly bad: number;
      /** Since `begin`, with the time from the server's own receiving to ours. */
      readonly measured: number;
      /** When the first and the last since `begin` came, in ms; 0: none did. */
      readonly firstAt: number;
      readonly lastAt: number;
      readonly p50: number;
      readonly p95: number;
      readonly p99: number;
      readonly max: number;
    };

let total = 0;
let bad = 0;
let firstAt = 0;
let lastAt = 0;
let isBad = false;
let recorder = createRecorder();
const FIELD = '"received_at":"';
const HELD_MS = 60_000;

function listen({ cert, key }: { cert: string; key: string }): void {
  const server = createServer({ cert, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url !== '/hang' && request.url !== '/drip') return count(Buffer.concat(chunks).toString(), response);
      bad += 1;
      if (!isBad) response.writeHead(204).end();
      else if (request.url === '/drip') drip(response);
    });
  });
  server.keepAliveTimeout = HELD_MS;
  server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
    const address = server.address();
    process.send?.({
      tell: 'listening',
      port: typeof address === 'object' && address !== null ? address.port : 0,
    } satisfies ReceiverReport);
  });
}

function count(body: string, response: ServerResponse): void {
  response.writeHead(204).end();
  total += 1;
  lastAt = Date.now();
  if (firstAt === 0) firstAt = lastAt;
  const at = body.indexOf(FIELD);
  if (at >= 0) recorder.add(lastAt - Date.parse(body.slice(at + FIELD.length, at + FIELD.length + 24)));
}

function drip(response: ServerResponse): void {
  response.writeHead(200);
  const timer = setInterval(() => response.write('.'), 100);
  response.on('close', () => clearInterval(timer));
}

process.on('message', (message) => {
  const order = message as ReceiverOrder; // as: our own parent's
  if (order.do === 'listen') listen(order);
  else if (order.do === 'misbehave') isBad = true;
  else if (order.do === 'begin') {
    recorder = createRecorder();
    [firstAt, lastAt] = [0, 0];
  } else {
    const counts = { total, bad, measured: recorder.count(), firstAt, lastAt };
    const report: ReceiverReport = { tell: 'counted', ...counts, ...recorder.percentiles() };
    process.send?.(report);
  }
});
process.on('disconnect', () => process.exit(0));
