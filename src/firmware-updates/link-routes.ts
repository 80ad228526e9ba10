/**
 * GET and HEAD FIRMWARE_URL/firmware/{token}/{name}: where chargers fetch firmware, whole or in ranges (RFC 9110 §14; `send` does
 * that part). The token is the whole credential, so this is no REST route; the name is for chargers that look at it. It never
 * redirects, and no part of the address becomes a path.
 */
import { basename, dirname } from 'node:path';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Clock } from '../platform/clock.ts';
import type { Link } from './link-store.ts';

/** A charger that takes nothing for so long has gone. */
const IDLE_MS = 120_000;
/** Side by side, of one link: a charger needs one. */
const MOST_AT_ONCE = 8;

type Needs = {
  readonly linkOf: (token: string) => Promise<Link | undefined>;
  /** The absolute name of an image's file. */
  readonly fileOf: (storedAs: string) => string;
  readonly clock: Clock;
};

export function linkRoutes({ linkOf, fileOf, clock }: Needs): RequestHandler {
  const router = Router({ caseSensitive: true });
  const running = new Map<string, number>();

  async function handle(req: Request, res: Response): Promise<void> {
    res.locals['route'] = '/firmware/:token';
    const link = await linkOf(String(req.params['token']));
    if (link === undefined) return refuse(res, 404, 'not_found', 'There is no such firmware');
    const { updateId, storedAs } = link;
    if (link.endedAt !== null || link.expiresAt <= clock.now())
      return refuse(res, 410, 'gone', 'The time for this link is over');
    if (storedAs === null) return refuse(res, 404, 'not_found', 'There is no such firmware');
    const now = (running.get(updateId) ?? 0) + 1;
    if (now > MOST_AT_ONCE) {
      res.set('Retry-After', '10');
      return refuse(res, 429, 'too_many_requests', 'It is being fetched too often at once');
    }
    running.set(updateId, now);
    res.once('close', () => {
      const left = (running.get(updateId) ?? 1) - 1;
      if (left > 0) running.set(updateId, left);
      else running.delete(updateId);
    });
    await sendImage(req, res, link, fileOf(storedAs));
  }

  for (const path of ['/firmware/:token', '/firmware/:token/*name']) {
    router.get(path, handle); // and HEAD
    router.all(path, (_req, res) => {
      res.locals['route'] = '/firmware/:token';
      res.set('Allow', 'GET, HEAD');
      refuse(res, 405, 'method_not_allowed', 'Fetch the file with GET');
    });
  }
  return router;
}

function sendImage(req: Request, res: Response, { sha256, storedAt, version }: Link, file: string): Promise<void> {
  const { socket } = req;
  const cut = (): void => void socket.destroy();
  socket.setTimeout(IDLE_MS, cut);
  res.once('close', () => {
    socket.setTimeout(0);
    socket.off('timeout', cut);
  });
  const headers = {
    'Content-Type': 'application/octet-stream',
    'Cache-Control': 'private, no-transform',
    ...(sha256 !== null && {
      ETag: `"${sha256}"`,
      // RFC 9530: of the whole file, whichever part is sent.
      'Repr-Digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
      'X-Checksum-Sha256': sha256,
    }),
    ...(storedAt !== null && { 'Last-Modified': storedAt.toUTCString() }),
    ...(/^[\x20-\x7e]+$/.test(version) && { 'X-Firmware-Version': version }),
  };
  return new Promise((resolve, reject) => {
    // `root` and a name of our own: dot files and paths outside of it are refused as well.
    res.sendFile(
      basename(file),
      { root: dirname(file), headers, cacheControl: false, etag: false },
      (cause?: Error) => {
        if (cause === undefined || res.headersSent) return resolve(); // the charger went away, or has all
        const status: unknown = Reflect.get(cause, 'status');
        if (status === 404) refuse(res, 404, 'not_found', 'There is no such firmware');
        else if (status === 416) refuse(res, 416, 'range_not_satisfiable', 'The file is shorter');
        else if (status === 412) refuse(res, 412, 'precondition_failed', 'It is another file');
        else return reject(cause);
        resolve();
      },
    );
  });
}

function refuse(res: Response, status: number, code: string, message: string): void {
  for (const header of ['ETag', 'Repr-Digest', 'X-Checksum-Sha256', 'Last-Modified', 'Cache-Control'])
    res.removeHeader(header);
  res.set('Cache-Control', 'no-store').status(status).json({ error: { code, message } });
}
