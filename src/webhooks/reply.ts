/**
 * As much of a receiver's reply as is kept with an attempt. It is foreign text: bounded, without NULs (PostgreSQL refuses them),
 * and of its headers only those that help to find a fault.
 */
import type { Reply } from './types.ts';

const MAX_BODY_BYTES = 4096;
const MAX_HEADER_CHARS = 256;
const KEPT = [
  'content-type',
  'content-length',
  'content-encoding',
  'date',
  'location',
  'retry-after',
  'server',
  'via',
  'www-authenticate',
  'x-request-id',
  'cf-ray',
] as const;

export type ReplyHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Gathers the beginning of a body while it is read. */
export function createExcerpt() {
  const chunks: Buffer[] = [];
  let room = MAX_BODY_BYTES;
  return {
    add(chunk: Buffer): void {
      if (room === 0) return;
      const kept = chunk.subarray(0, room);
      chunks.push(kept);
      room -= kept.length;
    },
    reply: (headers: ReplyHeaders): Reply => ({
      headers: keptHeaders(headers),
      body: textOf(Buffer.concat(chunks), room === 0),
    }),
  };
}

/** What is no UTF-8 becomes U+FFFD; a character that the limit has cut in two is left out. */
function textOf(bytes: Buffer, isCut: boolean): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: isCut });
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
}

function keptHeaders(headers: ReplyHeaders): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of KEPT) {
    const value = headers[name];
    if (value === undefined) continue;
    const text = typeof value === 'string' ? value : value.join(', ');
    kept[name] = text.slice(0, MAX_HEADER_CHARS).replaceAll(/\p{Cc}/gu, '');
  }
  return kept;
}
