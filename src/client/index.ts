/**
 * The typed client of the REST API, for programs of others (`dynamo-csms/client`) and for the console: every path, parameter, body and answer as
 * the OpenAPI document has it. It needs nothing but fetch, and knows nothing of the server's code.
 */
import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './schema.ts';

export type { Client } from 'openapi-fetch';
export type { paths, Schemas } from './schema.ts';

export type ClientOptions = {
  /** Where the server is reached: https://csms.example. Paths bring their /api/v1 along. */
  readonly baseUrl: string;
  /** An API key, or the access token of somebody who is logged in. */
  readonly apiKey?: string;
  /** Instead of the global one: for retries, proxies, tokens that are renewed. */
  readonly fetch?: (request: Request) => Promise<Response>;
};

export function createDynamoClient({ baseUrl, apiKey, fetch }: ClientOptions): Client<paths> {
  return createClient<paths>({
    baseUrl,
    ...(apiKey !== undefined && { headers: { authorization: `Bearer ${apiKey}` } }),
    ...(fetch !== undefined && { fetch }),
  });
}

/** A POST that is sent twice with the same one is done once. Not randomUUID, which pages on plain http do not have. */
export function onlyOnce(): { 'Idempotency-Key': string } {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return { 'Idempotency-Key': Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('') };
}

type Page<Item> = {
  readonly data: readonly Item[];
  readonly next_cursor: string | null;
  /** Of lists that can be asked for more at any time: these are all that there are now. */
  readonly at_end?: boolean;
};
type Asked<Item> = Promise<{ readonly data?: Page<Item>; readonly error?: unknown; readonly response: Response }>;

/** Thrown by whoever goes through pages, when one is refused: what the API said. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: number;
  readonly body: unknown;
  constructor(status: number, body: unknown) {
    super(`The API answered ${status}`);
    this.status = status;
    this.body = body;
  }
}

/**
 * Every item of a list, page by page: `for await (const session of allOf((cursor) => client.GET('/api/v1/sessions', { params: { query: { cursor } } })))`.
 * It ends where the list ends now, also that of events, which can be asked for more at any time: whoever polls keeps the last cursor,
 * and has a loop and a pause of their own. A page may be empty and not the last one. What else pages tell (`incomplete` of /cdrs) is for
 * whoever asks for the pages.
 */
export async function* allOf<Item>(page: (cursor: string | undefined) => Asked<Item>): AsyncGenerator<Item> {
  for (let cursor: string | undefined; ; ) {
    const { data, error, response } = await page(cursor);
    if (data === undefined) throw new RefusedError(response.status, error);
    yield* data.data;
    const { next_cursor: next, at_end: isAtEnd = isEndOfOlderLog(data, response) } = data;
    if (next === null || next === cursor || isAtEnd) return;
    cursor = next;
  }
}

/** Of a server that does not say `at_end` yet: its log has none of such events when a page is empty, though others may move its cursor. */
const isEndOfOlderLog = ({ data }: Page<unknown>, { url }: Response): boolean =>
  data.length === 0 && /\/webhooks\/events(\?|$)/.test(url);
