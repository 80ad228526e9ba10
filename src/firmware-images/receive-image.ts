/**
 * Takes the file of an image: from the socket to the disk at constant memory, its SHA-256 computed on the way. It believes no
 * length and no name, and leaves no half file behind. An image never changes: the first file that is whole stays.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { type Folder, type Pace, readRaw, TooLong, TooSlow, type Written, watchPace } from '../uploads/index.ts';
import { isSignedBy } from './signature.ts';
import type { ImageStore } from './store.ts';
import type { FirmwareImage } from './types.ts';

export type ReceiveNeeds = {
  readonly store: Pick<ImageStore, 'find' | 'stored' | 'usedBytes'>;
  readonly folder: Folder;
  readonly clock: Clock;
  readonly maxBytes: number;
  /** Of all files in the folder. */
  readonly quotaBytes: number;
  readonly pace: Pace;
};
/** Throws not_found, conflict, payload_too_large, validation_failed. */
export type ReceiveImage = (request: IncomingMessage, image: FirmwareImage) => Promise<FirmwareImage>;

export function createReceiveImage(needs: ReceiveNeeds): ReceiveImage {
  const { store, folder, clock, maxBytes, quotaBytes } = needs;
  /** Bytes that transfers of this process have brought so far and no row knows yet. */
  let underWay = 0;

  async function write(request: IncomingMessage, id: string, limit: number): Promise<Written> {
    const watch = watchPace(needs.pace);
    const onAbort = (): void => void request.destroy(watch.signal.reason as Error);
    watch.signal.addEventListener('abort', onAbort);
    let bytes = 0;
    try {
      return await readRaw(request, (source) =>
        folder.write({
          id,
          claim: randomBytes(8).toString('hex'),
          source,
          limit,
          onBytes(count) {
            bytes += count;
            underWay += count;
            watch.moved(count);
          },
        }),
      );
    } finally {
      underWay -= bytes;
      watch.stop();
    }
  }

  return async (request, image) => {
    const { organizationId, id } = image;
    if (image.source !== 'upload') throw new AppError('conflict', 'Chargers fetch this image from its URL');
    if (image.storedAs !== null) throw new AppError('conflict', 'The image has its file; create another one instead');
    const announced = Number(request.headers['content-length'] ?? 0);
    const room = quotaBytes - (await store.usedBytes()) - underWay;
    if (announced > maxBytes) throw tooLarge('The image is larger than FIRMWARE_MAX_MIB allows');
    if (room <= 0 || announced > room) throw tooLarge('There is no room: FIRMWARE_QUOTA_MIB is reached');
    const written = await write(request, id, Math.min(maxBytes, room)).catch((cause: unknown) => {
      throw faultOf(cause, request, room < maxBytes);
    });
    const fault =
      written.sizeBytes === 0
        ? 'is empty'
        : image.sha256 !== null && image.sha256 !== written.sha256
          ? `has the SHA-256 ${written.sha256}, which is not the one that the image was created with`
          : undefined;
    const isForged = fault === undefined && !(await isAsSigned(image, written));
    const isTaken = fault === undefined && !isForged && (await takes(image, written));
    if (!isTaken) await folder.remove(written.storedAs);
    if (fault !== undefined)
      throw new AppError('validation_failed', `The file ${fault}`, { details: [{ field: '', message: fault }] });
    if (isForged)
      throw new AppError('validation_failed', `The signature of the image ${NOT_SIGNED}`, {
        details: [{ field: 'signature', message: NOT_SIGNED }],
      });
    const stored = await store.find(organizationId, id);
    if (stored === undefined) throw new AppError('not_found', 'The image was deleted meanwhile');
    if (!isTaken) throw new AppError('conflict', 'Another file of this image has arrived before');
    return stored;
  };

  /** Chargers would refuse it: better here, once, than on each of them (2.0.1 L01). */
  async function isAsSigned(image: FirmwareImage, written: Written): Promise<boolean> {
    const { signature, signingCertificate: certificate } = image;
    if (signature === null || certificate === null) return true;
    try {
      const file = await folder.read(written.storedAs);
      return file !== undefined && (await isSignedBy(file.stream, { signature, certificate }));
    } catch (cause) {
      await folder.remove(written.storedAs);
      throw cause;
    }
  }

  async function takes(image: FirmwareImage, written: Written): Promise<boolean> {
    try {
      return await store.stored(image, { ...written, at: clock.now() });
    } catch (cause) {
      await folder.remove(written.storedAs); // not committed as far as is known; if it was, its row is without a file
      throw cause;
    }
  }
}

const NOT_SIGNED = 'is not one of this file by the key of signing_certificate (RSASSA-PSS or ECDSA, over SHA-256)';

const tooLarge = (message: string): AppError => new AppError('payload_too_large', message);

function faultOf(cause: unknown, request: IncomingMessage, quotaRuled: boolean): unknown {
  if (cause instanceof TooLong)
    return quotaRuled
      ? tooLarge('There is no room: FIRMWARE_QUOTA_MIB is reached')
      : tooLarge('The image is larger than FIRMWARE_MAX_MIB allows');
  const code: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'code') : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') return tooLarge('There is no room: the disk is full');
  const isCut = cause instanceof TooSlow || (request.destroyed && !request.complete);
  return isCut ? new AppError('validation_failed', 'The file was not complete', { cause }) : cause;
}
