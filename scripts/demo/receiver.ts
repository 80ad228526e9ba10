/** A webhook receiver as an integrator would write it: HTTPS, raw body, both signatures checked with node:crypto, then 204. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';

export type WebhookEvent = {
  readonly id: string;
  readonly event: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
};
export type Received = {
  readonly event: WebhookEvent;
  /** undefined: both signatures are right. */
  readonly fault: string | undefined;
  readonly attempt: number;
  /** From the server learning of it to its arrival here, on one clock. */
  readonly tookMs: number;
};
export type Receiver = {
  /** https://127.0.0.1:port/webhooks */
  readonly url: string;
  close(): Promise<void>;
};

const MAX_BODY = 1_000_000;
/** Standard Webhooks: older or newer than this is a replay. */
const MAX_SKEW_S = 300;

export async function startReceiver(options: {
  readonly certificate: { readonly cert: string; readonly key: string };
  readonly secret: string;
  /** Default: any free one. */
  readonly port?: number;
  readonly received: (received: Received) => void;
}): Promise<Receiver> {
  const server = createServer({ cert: options.certificate.cert, key: options.certificate.key }, (request, response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY) request.destroy();
      else chunks.push(chunk);
    });
    request.on('end', () => {
      const arrived = Date.now();
      const body = Buffer.concat(chunks);
      const fault = faultOf(request, body, options.secret, arrived);
      response.writeHead(fault === undefined ? 204 : 401).end();
      const event = parsed(body);
      if (event === undefined) return;
      const learned = new Date(String(event.data['received_at'] ?? event.timestamp)).getTime();
      const attempt = Number(request.headers['x-webhook-attempt'] ?? 1);
      options.received({ event, fault, attempt, tookMs: arrived - learned });
    });
  });
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
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function faultOf(request: IncomingMessage, body: Buffer, secret: string, now: number): string | undefined {
  const header = (name: string): string => String(request.headers[name] ?? '');
  const plain = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  if (!isSame(header('x-webhook-signature'), plain)) return 'X-Webhook-Signature is wrong';
  const id = header('webhook-id');
  const timestamp = header('webhook-timestamp');
  if (Math.abs(now / 1000 - Number(timestamp)) > MAX_SKEW_S) return 'webhook-timestamp is too far from now';
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
  const standard = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  const offered = header('webhook-signature').split(' ');
  return offered.some((each) => isSame(each, `v1,${standard}`)) ? undefined : 'webhook-signature is wrong';
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function parsed(body: Buffer): WebhookEvent | undefined {
  try {
    return JSON.parse(body.toString('utf8')) as WebhookEvent; // as: shown and compared only, after its signature was checked
  } catch {
    return undefined; // the answer said 401 already
  }
}
