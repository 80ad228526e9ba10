/** A webhook receiver that only counts and times: HTTPS with keep-alive, 204 at once. A process of its own. */
import { createServer } from 'node:https';
import { createRecorder } from './measure.ts';

export type ReceiverOrder =
  | { readonly do: 'listen'; readonly cert: string; readonly key: string }
  | { readonly do: 'count' }
  | { readonly do: 'begin' };
export type ReceiverReport =
  | { readonly tell: 'listening'; readonly port: number }
  | {
      readonly tell: 'counted';
      readonly total: number;
      readonly measured: number;
      readonly p50: number;
      readonly p95: number;
      readonly p99: number;
      readonly max: number;
    };

let total = 0;
let recorder = createRecorder();
const FIELD = '"received_at":"';

function listen({ cert, key }: { cert: string; key: string }): void {
  const server = createServer({ cert, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(204).end();
      total += 1;
      const body = Buffer.concat(chunks).toString();
      const at = body.indexOf(FIELD);
      if (at >= 0) recorder.add(Date.now() - Date.parse(body.slice(at + FIELD.length, at + FIELD.length + 24)));
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
    const address = server.address();
    process.send?.({
      tell: 'listening',
      port: typeof address === 'object' && address !== null ? address.port : 0,
    } satisfies ReceiverReport);
  });
}

process.on('message', (message) => {
  const order = message as ReceiverOrder; // as: our own parent's
  if (order.do === 'listen') listen(order);
  else if (order.do === 'begin') recorder = createRecorder();
  else {
    const report: ReceiverReport = { tell: 'counted', total, measured: recorder.count(), ...recorder.percentiles() };
    process.send?.(report);
  }
});
process.on('disconnect', () => process.exit(0));
