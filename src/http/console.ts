/**
 * The console: what scripts/build-console.mjs made, for browsers, under a Content-Security-Policy that allows no inline script.
 * It must never answer for an address of the API, nor give a file that was not built.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { ConsoleMap } from '../config/index.ts';
import { pagePolicy } from './page-policy.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** Addresses of others, where what does not exist is told to programs. */
const OTHERS = /^\/(api|assets|docs|ocpp[^/]*|livez|readyz|metrics|uploads|firmware)(\/|$)/;
const NONCE = '__NONCE__';
const MAP = '__MAP__';
const YEAR_S = 31_536_000;

type Built = { readonly type: string; readonly raw: Buffer; readonly br?: Buffer; readonly gzip?: Buffer };
type Console = { readonly index: string; readonly files: ReadonlyMap<string, Built> };

/** `folder` may be missing: then there is no console, and `otherwise` answers at `/`. */
export function consolePages(
  folder: string | undefined,
  otherwise: RequestHandler,
  map?: ConsoleMap | undefined,
): Router {
  const router = Router();
  let read: Console | undefined;
  const found = (): Console | undefined => {
    if (read === undefined && folder !== undefined && existsSync(path.join(folder, 'index.html')))
      read = readConsole(folder);
    return read;
  };
  router.get('/', (req, res, next) => {
    const isPage = req.accepts(['json', 'html']) === 'html';
    const there = isPage ? found() : undefined;
    return there === undefined ? otherwise(req, res, next) : sendPage(there, map, res);
  });
  router.get(/.*/, (req, res, next) => {
    const there = found();
    const file = there?.files.get(req.path);
    if (file !== undefined) return sendFile(req, res, file);
    const isPlace = !OTHERS.test(req.path) && path.extname(req.path) === '';
    const wantsPage = isPlace && (req.get('accept') ?? '').includes('text/html');
    return there === undefined || !wantsPage ? next() : sendPage(there, map, res);
  });
  return router;
}

function readConsole(folder: string): Console {
  const files = new Map<string, Built>();
  const optional = (file: string) => (existsSync(file) ? readFileSync(file) : undefined);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = TYPES[path.extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const file = path.join(entry.parentPath, entry.name);
    const [br, gzip] = [optional(`${file}.br`), optional(`${file}.gz`)];
    const address = `/${path.relative(folder, file).split(path.sep).join('/')}`;
    files.set(address, { type, raw: readFileSync(file), ...(br && { br }), ...(gzip && { gzip }) });
  }
  return { index: readFileSync(path.join(folder, 'index.html'), 'utf8'), files };
}

function sendPage({ index }: Console, map: ConsoleMap | undefined, res: Response): void {
  const nonce = randomBytes(16).toString('base64');
  res.locals['route'] = '/';
  // Mantine writes its colours into style elements
  res.set('Content-Security-Policy', pagePolicy({ style: `'nonce-${nonce}'`, images: map?.tiles.origin }));
  res.set('Cache-Control', 'no-cache');
  res.type('html').send(index.replace(NONCE, nonce).replace(MAP, () => (map === undefined ? '' : forPage(map))));
}

/** What src/console/ui/map-tiles.ts reads, within quotation marks of HTML. */
const forPage = ({ tiles, attribution }: ConsoleMap): string =>
  JSON.stringify({ tiles: tiles.url, said: attribution.text, link: attribution.url }).replace(
    /[&"<>]/g,
    (sign) => `&#${sign.charCodeAt(0)};`,
  );

function sendFile(req: Request, res: Response, { type, raw, br, gzip }: Built): void {
  res.locals['route'] = '/assets';
  res.set('Content-Type', type).set('Vary', 'Accept-Encoding');
  // the names of assets are made of their content
  res.set('Cache-Control', req.path.startsWith('/assets/') ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
  const encoding =
    br !== undefined && req.acceptsEncodings('br') ? 'br' : gzip && req.acceptsEncodings('gzip') && 'gzip';
  if (encoding) res.set('Content-Encoding', encoding);
  const body = encoding === 'br' ? br : encoding === 'gzip' ? gzip : raw;
  res.send(body);
}
