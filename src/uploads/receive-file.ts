/**
 * Takes a file from a charger: is the token good, is there room, one transfer at a time, then from the socket to the disk. It
 * never believes a name, a type or a length, reads nothing before the token is known, and leaves no half file behind.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { IsTransient } from '../database/contract.ts';
import { type Ingest, PATIENCE_MS } from '../ingest/contract.ts';
import type { ArrivalReply, UploadFault } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { isLinkToken, tokenHashOf } from '../platform/link-token.ts';
import { type Folder, TooLong, type Written } from './folder.ts';
import { NoForm, readForm, readRaw } from './read-body.ts';
import type { UploadStore } from './read-store.ts';
import { type Pace, TooSlow, watchPace } from './slow-watch.ts';

export type ReceiveNeeds = {
  readonly store: Pick<UploadStore, 'byToken' | 'usedBytes'>;
  readonly folder: Folder;
  readonly submit: Ingest['submit'];
  readonly isTransient: IsTransient;
  readonly clock: Clock;
  readonly log: { info(fields: object, message: string): void; error(fields: object, message: string): void };
  readonly maxBytes: number;
  /** Of all files in the folder. */
  readonly quotaBytes: number;
  readonly pace: Pace;
};

export type Refusal = 'unknown' | 'expired' | 'used' | 'busy' | 'away' | UploadFault;
export type Received = { readonly taken: true; readonly id: string } | { readonly taken: false; readonly why: Refusal };
export type ReceiveFile = (
  request: IncomingMessage,
  asked: { readonly token: string; readonly name: string | undefined },
) => Promise<Received>;

/** A transfer that takes longer is given up: its place is free again. */
export const LONGEST_MS = 60 * 60_000;

export function createReceiveFile(needs: ReceiveNeeds): ReceiveFile {
  const { store, folder, clock, log, maxBytes, quotaBytes } = needs;
  /** Bytes that transfers of this process have brought so far and no row knows yet. */
  let underWay = 0;
  const submit: Ingest['submit'] = (input) => needs.submit(input, { patienceMs: PATIENCE_MS });

  async function begin(token: string, claim: string) {
    const meant = isLinkToken(token) ? await store.byToken(tokenHashOf(token)) : undefined;
    if (meant === undefined) return { why: 'unknown' } as const;
    const receivedAt = clock.now();
    const until = new Date(receivedAt.getTime() + LONGEST_MS);
    const about = {
      room: 'uploads',
      chargePointId: meant.chargePointId,
      receivedAt,
      uploadId: meant.id,
      claim,
    } as const;
    const reply = (await submit({ ...about, type: 'arriving', until })) as ArrivalReply; // what the room promises
    return reply.taken ? { about } : { why: reply.why ?? 'unknown' };
  }

  async function take(
    request: IncomingMessage,
    about: { uploadId: string; claim: string },
    given: string | undefined,
  ): Promise<{ written: Written; name: string | undefined } | UploadFault> {
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > maxBytes + FORM_OVERHEAD) return 'too_large';
    const room = quotaBytes - (await store.usedBytes()) - underWay;
    if (room <= 0 || announced > room + FORM_OVERHEAD) return 'no_space';
    const watch = watchPace(needs.pace);
    const longest = setTimeout(() => request.destroy(new TooSlow()), LONGEST_MS);
    const onAbort = (): void => void request.destroy(watch.signal.reason as Error);
    watch.signal.addEventListener('abort', onAbort);
    let bytes = 0;
    const write = (source: Readable): Promise<Written> =>
      folder.write({
        id: about.uploadId,
        claim: about.claim,
        source,
        limit: Math.min(maxBytes, room),
        onBytes(count) {
          bytes += count;
          underWay += count;
        },
      });
    request.on('data', (chunk: Buffer) => watch.moved(chunk.length)).pause();
    try {
      const type = request.headers['content-type'] ?? '';
      const isForm = /^multipart\/form-data\b/i.test(type);
      const { written, name } = isForm
        ? await readForm(request, write)
        : { written: await readRaw(request, write), name: given };
      if (written.sizeBytes === 0) {
        await folder.remove(written.storedAs);
        return 'empty';
      }
      return { written, name: storable(name ?? given) };
    } catch (cause) {
      return faultOf(cause, room < maxBytes, request);
    } finally {
      underWay -= bytes;
      clearTimeout(longest);
      watch.stop();
    }
  }

  function faultOf(cause: unknown, quotaRuled: boolean, request: IncomingMessage): UploadFault {
    if (cause instanceof TooSlow || request.errored instanceof TooSlow) return 'too_slow';
    if (cause instanceof TooLong) return quotaRuled ? 'no_space' : 'too_large';
    if (cause instanceof NoForm) return 'unreadable';
    const code: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'code') : undefined;
    if (code === 'ENOSPC' || code === 'EDQUOT') return 'no_space';
    if (request.destroyed && !request.complete) return 'aborted'; // its socket went
    log.error({ err: cause }, 'an uploaded file could not be stored');
    return 'internal';
  }

  return async (request, { token, name }) => {
    const claim = randomBytes(8).toString('hex');
    try {
      const begun = await begin(token, claim);
      if (begun.why !== undefined) return { taken: false, why: begun.why };
      const { about } = begun;
      const stored = await take(request, about, name);
      if (typeof stored === 'string') {
        await submit({ ...about, receivedAt: clock.now(), type: 'broken', why: stored });
        return { taken: false, why: stored };
      }
      const { written, name: fileName } = stored;
      const isTaken = await submit({ ...about, receivedAt: clock.now(), type: 'arrived', ...written, fileName }).then(
        (reply) => (reply as ArrivalReply).taken,
        async (cause: unknown) => {
          // Not committed as far as is known; if it was, the retention job finds the row without its file.
          await folder.remove(written.storedAs);
          throw cause;
        },
      );
      if (isTaken) return { taken: true, id: about.uploadId };
      await folder.remove(written.storedAs);
      return { taken: false, why: 'busy' };
    } catch (cause) {
      const isAway = (cause instanceof AppError && cause.code === 'unavailable') || needs.isTransient(cause);
      if (isAway) return { taken: false, why: 'away' };
      if (cause instanceof AppError && cause.code === 'not_found') return { taken: false, why: 'unknown' };
      throw cause;
    }
  };
}

/** Shown and kept, never used: PostgreSQL stores neither NUL nor half a surrogate pair. */
const storable = (name: string | undefined): string | undefined =>
  name
    ?.slice(0, 255)
    .replace(/[\p{Cc}\p{Surrogate}]/gu, '')
    .trim() || undefined;

/** What a form adds to its file. */
const FORM_OVERHEAD = 16 * 1024;
