/**
 * Asks a server of the operator's own: an HTTPS POST of JSON, signed like a webhook, to a target that is guarded like one. It must
 * never be followed to another address.
 */
import { createSecureContext, rootCertificates } from 'node:tls';
import { Pool } from 'undici';
import type { Clock } from '../platform/clock.ts';
import {
  createGuardedConnect,
  plainSignature,
  type Resolve,
  standardSignature,
  type TargetGuard,
} from '../webhooks/index.ts';

const CONNECT_MS = 10_000;

export type SignedPostNeeds = {
  readonly url: string;
  readonly secret: string;
  readonly guard: Pick<TargetGuard, 'allows' | 'allowsHost'>;
  readonly resolve: Resolve;
  readonly caPem: string | undefined;
  /** Of the whole exchange. */
  readonly timeoutMs: number;
  readonly clock: Clock;
};

/** Throws when it could not be asked, or when its answer is longer than that. */
export type SignedPost = (request: {
  /** The same request, asked again, has the same. */
  readonly id: string;
  readonly body: object;
  readonly accept: string;
  readonly userAgent: string;
  readonly mostBytes: number;
}) => Promise<{ readonly status: number; readonly text: string }>;

export function createSignedPost(needs: SignedPostNeeds): SignedPost {
  const { secret, guard, resolve, caPem, timeoutMs, clock } = needs;
  const url = new URL(needs.url);
  const secureContext = caPem === undefined ? undefined : createSecureContext({ ca: [...rootCertificates, caPem] });
  const connect = createGuardedConnect({ guard, resolve, timeoutMs: Math.min(CONNECT_MS, timeoutMs), secureContext });

  return async ({ id, body: json, accept, userAgent, mostBytes }) => {
    const body = JSON.stringify(json);
    const pool = new Pool(url.origin, { connect, connections: 1 }); // asked rarely
    try {
      const timestampS = Math.floor(clock.now().getTime() / 1000);
      const reply = await pool.request({
        method: 'POST',
        path: `${url.pathname}${url.search}`,
        headers: {
          'Content-Type': 'application/json',
          Accept: accept,
          'User-Agent': userAgent,
          'Idempotency-Key': id,
          'X-Webhook-Signature': plainSignature(secret, body),
          'webhook-id': id,
          'webhook-timestamp': String(timestampS),
          'webhook-signature': standardSignature(secret, id, timestampS, body),
        },
        body,
        signal: AbortSignal.timeout(timeoutMs),
      });
      let text = '';
      for await (const chunk of reply.body) {
        text += String(chunk);
        if (text.length > mostBytes) throw new Error(`the answer is longer than ${mostBytes} bytes`);
      }
      return { status: reply.statusCode, text };
    } finally {
      await pool.destroy();
    }
  };
}

/** What the server will say again, whoever asks again. */
export const isFinal = (status: number): boolean => status >= 400 && status < 500 && ![408, 425, 429].includes(status);
