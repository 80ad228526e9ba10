/**
 * One attempt over HTTPS: a pool per origin on the guarded connect. It follows no redirect, decompresses nothing, reads at most
 * 16 KiB of a reply, and ends within its time-out whatever the receiver does. It never throws for what a receiver did.
 */
import { createSecureContext, rootCertificates } from 'node:tls';
import { type Dispatcher, Pool } from 'undici';
import { createGuardedConnect } from './guarded-connect.ts';
import { createExcerpt, type ReplyHeaders } from './reply.ts';
import type { Resolve } from './resolve.ts';
import { parseTarget, type TargetGuard, TargetRefused } from './target-guard.ts';
import type { Reply } from './types.ts';

export type SendRequest = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type Answer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly retryAfter: string | undefined;
      readonly reply?: Reply | undefined;
    }
  /** `status`: it began to answer, but did not come to an end. */
  | {
      readonly kind: 'unanswered';
      readonly status?: number;
      readonly why: string;
      readonly reply?: Reply | undefined;
    };

export type Sender = {
  send(request: SendRequest): Promise<Answer>;
  /** Breaks off what is still in flight: those attempts come back unanswered. */
  close(): Promise<void>;
};

export type SenderOptions = {
  readonly guard: Pick<TargetGuard, 'allows' | 'allowsHost'>;
  readonly resolve: Resolve;
  /** Over the whole exchange: DNS, connection, TLS, request, reply. */
  readonly timeoutMs: number;
  /** Certificates (PEM) that are trusted beside the public ones: an authority of one's own. */
  readonly caPem?: string | undefined;
};

const MAX_REPLY_BYTES = 16 * 1024;
const CONNECT_MS = 10_000;
/** Most servers keep an idle connection for 5 s or longer: below that a request hardly ever meets one that is just closing. */
const KEEP_ALIVE_MS = 4000;
const POOL_IDLE_MS = 60_000;

class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

type Origin = { readonly pool: Pool; inFlight: number; usedAt: number };

export function createSender({ guard, resolve, timeoutMs, caPem }: SenderOptions): Sender {
  const secureContext = caPem === undefined ? undefined : createSecureContext({ ca: [...rootCertificates, caPem] });
  const connect = createGuardedConnect({ guard, resolve, timeoutMs: Math.min(CONNECT_MS, timeoutMs), secureContext });
  const origins = new Map<string, Origin>();
  let sweptAt = performance.now();
  let isClosed = false;

  function originOf(name: string): Origin {
    const now = performance.now();
    if (now - sweptAt > POOL_IDLE_MS) {
      sweptAt = now;
      for (const [key, origin] of origins)
        if (origin.inFlight === 0 && now - origin.usedAt > POOL_IDLE_MS) {
          origins.delete(key);
          void origin.pool.destroy(); // nothing is in flight: only idle sockets end
        }
    }
    let origin = origins.get(name);
    if (origin === undefined) {
      const pool = new Pool(name, {
        connect,
        connections: null, // endpoints that share a host must not wait for each other; the dispatcher bounds them
        keepAliveTimeout: KEEP_ALIVE_MS,
        // one time-out rules over all: undici's own restart with every byte that drips in
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      origin = { pool, inFlight: 0, usedAt: now };
      origins.set(name, origin);
    }
    origin.inFlight += 1;
    origin.usedAt = now;
    return origin;
  }

  return {
    async send({ url: text, headers, body }) {
      if (isClosed) return { kind: 'unanswered', why: 'aborted' };
      const target = parseTarget(text);
      if ('fault' in target) return { kind: 'unanswered', why: `target_refused: ${target.fault}` };
      const url = new URL(text);
      const origin = originOf(url.origin);
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(new TimedOut()), timeoutMs);
      let status: number | undefined;
      let headersOfReply: ReplyHeaders = {};
      const excerpt = createExcerpt();
      try {
        const reply = await origin.pool.request({
          method: 'POST',
          path: `${url.pathname}${url.search}`,
          headers,
          body,
          signal: abort.signal,
          highWaterMark: MAX_REPLY_BYTES,
        });
        status = reply.statusCode;
        headersOfReply = reply.headers;
        await readSome(reply.body, excerpt.add);
        return {
          kind: 'answered',
          status,
          retryAfter: firstOf(reply.headers['retry-after']),
          reply: excerpt.reply(headersOfReply),
        };
      } catch (cause) {
        return {
          kind: 'unanswered',
          ...(status !== undefined && { status, reply: excerpt.reply(headersOfReply) }),
          why: isClosed ? 'aborted' : whyOf(cause),
        };
      } finally {
        clearTimeout(timer);
        origin.inFlight -= 1;
      }
    },
    async close() {
      isClosed = true;
      const pools = [...origins.values()].map(({ pool }) => pool);
      origins.clear();
      await Promise.all(pools.map((pool) => pool.destroy()));
    },
  };
}

/** To its end, so that the connection can be used again; or until it is long enough, then the connection is broken off. */
async function readSome(body: Dispatcher.ResponseData['body'], keep: (chunk: Buffer) => void): Promise<void> {
  let bytes = 0;
  for await (const read of body) {
    const chunk = read as Buffer; // undici's stream has no encoding set
    keep(chunk);
    bytes += chunk.length;
    if (bytes >= MAX_REPLY_BYTES) break; // leaving the loop destroys the stream
  }
}

const firstOf = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

const DNS_CODES = new Set([
  'ENOTFOUND',
  'ENODATA',
  'EAI_AGAIN',
  'EAI_FAIL',
  'ESERVFAIL',
  'EREFUSED',
  'ETIMEOUT',
  'EBADNAME',
]);
const TLS_CODE = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/;

/** A code that a person understands and a colon with Node's own; no texts of the receiver. */
function whyOf(cause: unknown): string {
  if (cause instanceof TimedOut) return 'timeout';
  if (cause instanceof TargetRefused) return `target_refused: ${cause.message}`;
  const code = textOf(cause, 'code');
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return 'timeout: connect';
  if (DNS_CODES.has(code)) return `dns_failed: ${code}`;
  if (TLS_CODE.test(code)) return `tls_failed: ${code}`;
  if (textOf(cause, 'name') === 'HTTPParserError' || code === 'UND_ERR_HEADERS_OVERFLOW')
    return code === '' ? 'invalid_reply' : `invalid_reply: ${code}`;
  return code === '' ? 'connection_failed' : `connection_failed: ${code}`;
}

const textOf = (cause: unknown, name: 'code' | 'name'): string => {
  const value: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, name) : undefined;
  return typeof value === 'string' ? value : '';
};
