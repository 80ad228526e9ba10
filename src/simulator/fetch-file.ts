/**
 * A file as a charger fetches it over a weak line: part by part (RFC 9110 §14), each taken up again where the line broke. A server
 * that knows no parts sends the whole, and one whose file has changed meanwhile (If-Range) as well.
 */
import { exchange, type Fetched, type HttpFile } from './http.ts';

const PART_BYTES = 256 * 1024;
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_BREAKS = 5;

type Network = Pick<HttpFile, 'tls' | 'signal'>;

/** undefined: it cannot be had. Never rejects. */
export async function fetchFile(url: string, network: Network): Promise<Pick<Fetched, 'body' | 'headers'> | undefined> {
  const parts: Buffer[] = [];
  let [got, breaks, tag] = [0, 0, ''];
  for (;;) {
    const range = { range: `bytes=${got}-${got + PART_BYTES - 1}`, ...(tag !== '' && { 'if-range': tag }) };
    const answer = await exchange({ method: 'GET', url, headers: range, ...network }).catch(() => undefined);
    if (answer === undefined) {
      breaks += 1;
      if (breaks > MOST_BREAKS || network.signal.aborted) return undefined;
      continue;
    }
    const { status, headers, body } = answer;
    if (status === 200) return body.length === 0 ? undefined : { body, headers };
    const said = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(String(headers['content-range'] ?? ''));
    const [from, to, size] = (said?.slice(1) ?? []).map(Number);
    if (status !== 206 || from !== got || to === undefined || size === undefined || size > MOST_BYTES) return undefined;
    if (body.length !== to - from + 1) return undefined;
    parts.push(body);
    got += body.length;
    tag = typeof headers.etag === 'string' ? headers.etag : tag;
    if (got >= size) return { body: Buffer.concat(parts), headers };
  }
}
