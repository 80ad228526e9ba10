/**
 * Asks OCSP responders for the status of certificates, and remembers what they said until it is out of date (C07.FR.05: "real-time
 * or cached"). It must never take an answer for a status that it has not verified.
 */
import { randomBytes } from 'node:crypto';
import type { X509Certificate } from '@peculiar/x509';
import type { Clock } from '../platform/clock.ts';
import { type Fetch, readUrl } from './fetch.ts';
import { encodeOcspRequest } from './ocsp-request.ts';
import { judgeOcspResponse } from './ocsp-response.ts';
import type { StatusAnswer, StatusQuestion } from './types.ts';

/** A response with a few certificates has some kilobytes. */
const LONGEST_RESPONSE = 64 * 1024;
const MOST_REMEMBERED = 5_000;
/** However long an answer holds, it is asked for again after a day: a contract may end. */
const LONGEST_MS = 86_400_000;
/** A responder that cannot be asked is left alone for a moment. */
const FAILED_MS = 15_000;
const AT_ONCE = 16;
const MOST_WAITING = 256;
const NONCE_BYTES = 32;
const LENGTHS = { SHA256: 64, SHA384: 96, SHA512: 128 } as const;

export type OcspClient = (
  question: StatusQuestion,
  /** Authorities that are known here: one of them may have signed, or have appointed who did. */
  authorities: readonly X509Certificate[],
) => Promise<StatusAnswer>;

type Needs = { readonly fetch: Fetch; readonly clock: Clock };

export function createOcspClient({ fetch, clock }: Needs): OcspClient {
  const remembered = new Map<string, { readonly answer: StatusAnswer; readonly untilMs: number }>();
  const asking = new Map<string, Promise<StatusAnswer>>();
  const limited = limit(AT_ONCE, MOST_WAITING);

  async function ask({ hash, url }: StatusQuestion, authorities: readonly X509Certificate[]): Promise<StatusAnswer> {
    const nonce = randomBytes(NONCE_BYTES);
    try {
      const { status, body } = await limited(() =>
        fetch({
          url,
          body: encodeOcspRequest(hash, nonce),
          headers: { 'Content-Type': 'application/ocsp-request', Accept: 'application/ocsp-response' },
          mostBytes: LONGEST_RESPONSE,
        }),
      );
      if (status !== 200) return failed('unavailable', `The responder answered with HTTP status ${status}`);
      return judgeOcspResponse(body, { hash, nonce, now: clock.now(), authorities });
    } catch (cause) {
      return failed('unavailable', cause instanceof Error ? cause.message.slice(0, 200) : 'It could not be asked');
    }
  }

  function remember(key: string, answer: StatusAnswer): void {
    remembered.delete(key);
    if (remembered.size >= MOST_REMEMBERED) {
      const [oldest] = remembered.keys();
      if (oldest !== undefined) remembered.delete(oldest);
    }
    const now = clock.now().getTime();
    const longest = now + (answer.at === 'known' ? LONGEST_MS : FAILED_MS);
    // Without nextUpdate newer information is always to be had (RFC 6960 §4.2.2.1).
    const holds = answer.at === 'known' ? (answer.nextUpdate?.getTime() ?? now) : longest;
    remembered.set(key, { answer, untilMs: Math.min(longest, holds) });
  }

  return async (question, authorities) => {
    const fault = faultOf(question);
    if (fault !== undefined) return fault;
    const key = JSON.stringify([question.url, ...Object.values(question.hash)]);
    const known = remembered.get(key);
    // Whom nobody could verify may be verified now, with other authorities.
    const isOpen = known?.answer.at === 'failed' && known.answer.fault === 'unverified' && authorities.length > 0;
    if (known !== undefined && known.untilMs > clock.now().getTime() && !isOpen) return known.answer;
    const already = asking.get(key);
    if (already !== undefined) return already;
    const answer = ask(question, authorities);
    asking.set(key, answer);
    try {
      remember(key, await answer);
      return await answer;
    } finally {
      asking.delete(key);
    }
  };
}

function faultOf({ hash, url }: StatusQuestion): StatusAnswer | undefined {
  if (readUrl(url) === undefined) return failed('bad_url', 'The address of the responder is none of a web server');
  const isHex = (text: string, length: number): boolean => text.length === length && /^[0-9a-f]+$/.test(text);
  const length = LENGTHS[hash.hashAlgorithm];
  const areHashes = isHex(hash.issuerNameHash, length) && isHex(hash.issuerKeyHash, length);
  if (areHashes && /^[0-9a-f]{1,40}$/.test(hash.serialNumber)) return undefined;
  return failed('invalid', `The certificate is not named by hashes of ${hash.hashAlgorithm} and a serial number`);
}

const failed = (fault: 'bad_url' | 'unavailable' | 'invalid', why: string): StatusAnswer => ({
  at: 'failed',
  fault,
  why,
});

/** So many at once, so many in line; who comes beyond is turned away. */
function limit(most: number, mostWaiting: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) {
      if (waiting.length >= mostWaiting) throw new Error('too many responders are being asked');
      await new Promise<void>((go) => waiting.push(go));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next(); // it takes this place
    }
  };
}
