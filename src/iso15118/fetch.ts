/**
 * Asks a server that a charging station or a certificate names: over HTTP or HTTPS, guarded as webhooks are. Such addresses are
 * anybody's to choose: none but public ones are dialled (or those of WEBHOOK_ALLOW_SUBNETS), what was checked is what is dialled,
 * no redirect is followed, and an answer is bounded in size and in the time that it may take.
 */
import { createSecureContext, rootCertificates } from 'node:tls';
import { Pool } from 'undici';
import { createGuardedConnect, type Resolve, type TargetGuard } from '../webhooks/index.ts';

const LONGEST_URL = 2000;
const CONNECT_MS = 5_000;

export type FetchNeeds = {
  readonly guard: Pick<TargetGuard, 'allows' | 'allowsHost'>;
  readonly resolve: Resolve;
  readonly caPem: string | undefined;
  /** Of the whole exchange. */
  readonly timeoutMs: number;
};

export type Fetched = { readonly status: number; readonly body: Buffer };
/** Throws when it could not be asked; the text of the error is for logs and operators. */
export type Fetch = (request: {
  readonly url: string;
  /** Absent: a GET. */
  readonly body?: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly mostBytes: number;
}) => Promise<Fetched>;

export function createFetch({ guard, resolve, caPem, timeoutMs }: FetchNeeds): Fetch {
  const secureContext = caPem === undefined ? undefined : createSecureContext({ ca: [...rootCertificates, caPem] });
  const connect = createGuardedConnect({ guard, resolve, timeoutMs: Math.min(CONNECT_MS, timeoutMs), secureContext });
  return async ({ url: text, body, headers, mostBytes }) => {
    const url = readUrl(text);
    if (url === undefined) throw new Error('it is no address of a web server');
    const pool = new Pool(url.origin, { connect, connections: 1 }); // hosts are many, and asked rarely
    try {
      const reply = await pool.request({
        method: body === undefined ? 'GET' : 'POST',
        path: `${url.pathname}${url.search}`,
        headers: { 'User-Agent': 'DynamoCSMS/1.0', ...headers },
        ...(body !== undefined && { body }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const chunks: Buffer[] = [];
      let length = 0;
      for await (const chunk of reply.body as AsyncIterable<Buffer>) {
        length += chunk.length;
        if (length > mostBytes) throw new Error(`its answer is longer than ${mostBytes} bytes`);
        chunks.push(chunk);
      }
      return { status: reply.statusCode, body: Buffer.concat(chunks) };
    } finally {
      await pool.destroy();
    }
  };
}

/** undefined: nothing that could be asked. Names that two readers could read in two ways are none. */
export function readUrl(text: string): URL | undefined {
  if (text.length > LONGEST_URL || /[\s\p{Cc}\\]/u.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  return isWeb && url.username === '' && url.password === '' && url.hostname !== '' ? url : undefined;
}
