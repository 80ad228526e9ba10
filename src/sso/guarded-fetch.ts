/**
 * How the server speaks with identity providers, whose addresses are chosen by owners of organizations: https to public addresses only,
 * through the guard of webhooks. It follows no redirect, decompresses nothing, and reads little.
 */
import { createSecureContext, rootCertificates } from 'node:tls';
import type { CustomFetch, FetchBody } from 'openid-client';
import { Pool } from 'undici';
import { createGuardedConnect, type Resolve, type TargetGuard, TargetRefused } from '../webhooks/index.ts';

const CONNECT_MS = 10_000;
const MOST_BYTES = 256 * 1024;

/** It could not be asked: nothing is wrong with what was asked. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

export type GuardedFetchOptions = {
  readonly guard: Pick<TargetGuard, 'allows' | 'allowsHost'>;
  readonly resolve: Resolve;
  /** PEM that is trusted beside the public authorities. */
  readonly caPem: string | undefined;
  /** Of one whole exchange. */
  readonly timeoutMs: number;
};

export function createGuardedFetch({ guard, resolve, caPem, timeoutMs }: GuardedFetchOptions): CustomFetch {
  const secureContext = caPem === undefined ? undefined : createSecureContext({ ca: [...rootCertificates, caPem] });
  const connect = createGuardedConnect({ guard, resolve, timeoutMs: Math.min(CONNECT_MS, timeoutMs), secureContext });

  return async (address, { method, headers, body }) => {
    const url = new URL(address);
    if (url.protocol !== 'https:') throw new Unreachable(`${url.origin} is not https`);
    const pool = new Pool(url.origin, { connect, connections: 1 }); // asked rarely
    try {
      const reply = await pool.request({
        ...{ method: methodOf(method), path: `${url.pathname}${url.search}`, body: textOf(body) },
        headers: { ...headers, 'accept-encoding': 'identity' },
        signal: AbortSignal.timeout(timeoutMs),
      });
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of reply.body) {
        const piece = Buffer.from(chunk as Uint8Array); // as: undici types it loosely
        bytes += piece.length;
        if (bytes > MOST_BYTES) throw new Error(`the answer is longer than ${MOST_BYTES} bytes`);
        chunks.push(piece);
      }
      if (reply.statusCode >= 500) throw new Error(`it answered ${reply.statusCode}`);
      return new Response(bytes === 0 ? null : Buffer.concat(chunks), {
        status: reply.statusCode,
        headers: headersOf(reply.headers),
      });
    } catch (cause) {
      throw new Unreachable(`${url.host}: ${reasonOf(cause)}`, { cause });
    } finally {
      await pool.destroy();
    }
  };
}

const headersOf = (all: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> =>
  Object.fromEntries(
    ['content-type', 'www-authenticate'].flatMap((name) => {
      const value = all[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );

function methodOf(method: string): 'GET' | 'POST' {
  if (method === 'GET' || method === 'POST') return method;
  throw new Error(`no ${method} is sent`);
}

function textOf(body: FetchBody): string | null {
  if (body === null || body === undefined) return null;
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new Error('only text is sent');
}

const reasonOf = (cause: unknown): string => {
  if (cause instanceof TargetRefused) return 'leads to a private, local or otherwise reserved address';
  if (!(cause instanceof Error)) return 'could not be asked';
  return cause.name === 'TimeoutError' ? 'did not answer in time' : cause.message.slice(0, 200);
};
