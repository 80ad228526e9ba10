/** A webhook receiver as an integrator would write it: HTTPS, raw body, signatures checked, each event once, then 204. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { verifyWebhook } from '../../src/webhooks/receiving.ts';
import { createCutter, type Failing, fail, nameOf } from '../kit/failing.ts';

export type WebhookEvent = {
  readonly id: string;
  readonly event: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
};
export type Received = {
  readonly event: WebhookEvent;
  /** undefined: the signatures are right. */
  readonly fault: string | undefined;
  readonly attempt: number;
  /** This event was received, and its receipt acknowledged, before. */
  readonly isRepeated: boolean;
  /** How it was failed on purpose. */
  readonly failedBy: string | undefined;
  /** From the server learning of it to its arrival here, on one clock. */
  readonly tookMs: number;
};
export type Receiver = {
  /** https://127.0.0.1:port/webhooks */
  readonly url: string;
  close(): Promise<void>;
};

const MAX_BODY = 1_000_000;
/** Ids that are remembered; the oldest is forgotten first. In earnest: a unique key in a table. */
const REMEMBERED = 100_000;

export async function startReceiver(options: {
  readonly certificate: { readonly cert: string; readonly key: string };
  /** Several while one is being replaced. */
  readonly secret: string | readonly string[];
  /** Default: any free one. */
  readonly port?: number;
  readonly failing?: Failing | undefined;
  readonly received: (received: Received) => void;
}): Promise<Receiver> {
  const { certificate, secret, failing, received } = options;
  const seen = new Set<string>();
  const timers = new Set<NodeJS.Timeout>();
  let toFail = failing?.count ?? 0;

  function take(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const arrived = Date.now();
    const verdict = verifyWebhook(body, request.headers, secret);
    const event = parsed(body);
    const isFailed = failing !== undefined && toFail > 0 && event !== undefined;
    if (isFailed) toFail -= 1;
    const isRepeated = event !== undefined && seen.has(event.id);
    const answer = (): void => {
      if (isFailed && fail(failing, response, () => cut(request.socket.remotePort))) return;
      response.writeHead(verdict.ok && event !== undefined ? 204 : 401).end();
    };
    if (verdict.ok && event !== undefined && (!isFailed || failing.how === 'none')) remember(event.id);
    if (isFailed && failing.delayMs > 0) later(answer, failing.delayMs);
    else answer();
    if (event === undefined) return;
    const learned = new Date(String(event.data['received_at'] ?? event.timestamp)).getTime();
    received({
      event,
      fault: verdict.ok ? undefined : verdict.message,
      attempt: Number(request.headers['x-webhook-attempt'] ?? 1),
      isRepeated,
      failedBy: isFailed ? nameOf(failing) : undefined,
      tookMs: arrived - learned,
    });
  }

  function remember(id: string): void {
    seen.add(id);
    const oldest = seen.size > REMEMBERED ? seen.values().next().value : undefined;
    if (oldest !== undefined) seen.delete(oldest);
  }

  function later(work: () => void, ms: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
  }

  const server = createServer({ cert: certificate.cert, key: certificate.key }, (request, response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY) request.destroy();
      else chunks.push(chunk);
    });
    request.on('end', () => take(request, response, Buffer.concat(chunks)));
  });
  const cut = createCutter(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `https://127.0.0.1:${port}/webhooks`,
    close: () =>
      new Promise((resolve) => {
        for (const timer of timers) clearTimeout(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function parsed(body: Buffer): WebhookEvent | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    const isEvent = typeof value === 'object' && value !== null && 'id' in value && 'data' in value && 'event' in value;
    return isEvent ? (value as WebhookEvent) : undefined; // as: shown and compared only, after its signature was checked
  } catch {
    return undefined; // it was answered 401
  }
}
