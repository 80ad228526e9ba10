/**
 * PUT or POST PUBLIC_URL/uploads/{token}: where chargers send their files. The token is the whole credential, so this is no REST
 * route. A name may follow, as OCPP 1.6 lets chargers put theirs behind the location. Nothing is ever given out here.
 */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { ReceiveFile, Refusal } from './receive-file.ts';

type Answer = { readonly status: number; readonly message: string; readonly retryAfterS?: number };
const ANSWERS: Readonly<Record<Refusal, Answer>> = {
  unknown: { status: 404, message: 'There is no such upload' },
  expired: { status: 410, message: 'The time for this upload is over' },
  used: { status: 409, message: 'Its file has arrived already' },
  busy: { status: 409, message: 'Another transfer of this upload is under way', retryAfterS: 60 },
  away: { status: 503, message: 'Cannot be taken at the moment; try again', retryAfterS: 10 },
  aborted: { status: 400, message: 'The file was not complete' },
  too_slow: { status: 408, message: 'Too slow' },
  too_large: { status: 413, message: 'The file is too large' },
  empty: { status: 400, message: 'The file is empty' },
  unreadable: { status: 400, message: 'The form holds no readable file' },
  no_space: { status: 507, message: 'There is no room for the file', retryAfterS: 3600 },
  internal: { status: 500, message: 'A fault of the server' },
};

/** So much of an unwanted body is read, so that its sender sees the answer; then the line is cut. */
const DRAIN_BYTES = 1024 * 1024;
const DRAIN_MS = 2_000;

export function receptionRoutes({ receive }: { readonly receive: ReceiveFile }): RequestHandler {
  const router = Router({ caseSensitive: true });
  const handle = async (req: Request, res: Response): Promise<void> => {
    res.locals['route'] = '/uploads/:token';
    const received = await receive(req, { token: String(req.params['token']), name: nameOf(req) });
    if (received.taken) return void res.status(201).json({ status: 'stored' });
    const { status, message, retryAfterS } = ANSWERS[received.why];
    if (res.destroyed) return;
    if (retryAfterS !== undefined) res.set('Retry-After', String(retryAfterS));
    if (!req.complete) cutAfter(req, res);
    res.status(status).json({ error: { code: received.why, message } });
  };
  for (const path of ['/uploads/:token', '/uploads/:token/*name']) {
    router.put(path, handle);
    router.post(path, handle);
    router.all(path, (_req, res) => {
      res.locals['route'] = '/uploads/:token';
      const error = { code: 'method_not_allowed', message: 'Send the file with PUT or POST' };
      res.status(405).set('Allow', 'PUT, POST').json({ error });
    });
  }
  return router;
}

/** Text only, and bounded. */
function nameOf(req: Request): string | undefined {
  const rest: unknown = req.params['name'];
  const last = Array.isArray(rest) ? String(rest.at(-1) ?? '') : '';
  return last === '' ? undefined : last;
}

function cutAfter(req: Request, res: Response): void {
  res.set('Connection', 'close');
  let left = DRAIN_BYTES;
  const timer = setTimeout(() => req.destroy(), DRAIN_MS);
  res.once('close', () => clearTimeout(timer));
  req.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) req.destroy();
  });
  req.on('error', () => undefined); // it is being cut off
  req.resume();
}
