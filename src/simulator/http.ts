/** Files over HTTP as a charger moves them: one request, no keep-alive, a time-out, and the charger's own trust in TLS. */
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { TlsOptions } from './link.ts';

export type Fetched = {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
};
export type HttpFile = {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly url: string;
  readonly body?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls: TlsOptions;
  readonly signal: AbortSignal;
};

/** Real time, for the whole exchange. */
const TIMEOUT_MS = 20_000;
const MOST_BYTES = 64 * 1024 * 1024;

export const isHttp = (url: string): boolean => /^https?:\/\//i.test(url);

/** Rejects when there is no whole answer. */
export function exchange({ method, url, body, headers, tls, signal }: HttpFile): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const options = {
      method,
      agent: false,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      headers: {
        ...headers,
        ...(body !== undefined && { 'content-type': 'application/octet-stream', 'content-length': body.length }),
      },
    };
    const read = (response: IncomingMessage): void => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MOST_BYTES) response.destroy(new Error('the file is too large'));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    };
    let asked: ClientRequest;
    try {
      asked = url.startsWith('https:')
        ? httpsRequest(url, { ...tls, ...options }, read)
        : httpRequest(url, options, read);
    } catch (cause) {
      return reject(cause); // no URL at all
    }
    asked.on('error', reject);
    asked.end(body);
  });
}
