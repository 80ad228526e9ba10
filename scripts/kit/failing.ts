/** How a webhook receiver fails on purpose: what `--fail` says, and the doing of it. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

type How =
  | { readonly how: 'status'; readonly status: number; readonly retryAfterS: number | undefined }
  | { readonly how: 'drip' | 'hang' | 'reset' | 'redirect' | 'none' };
export type Failing = How & {
  /** Before whatever it does. */
  readonly delayMs: number;
  /** So many deliveries, then no more. */
  readonly count: number;
};

export const FAIL_HELP = [
  'fail on purpose, by words with commas between:',
  'status=503 (any status from 300 to 599; retry-after=S adds that header), drip (a byte of the answer every 100 ms, without end),',
  'hang (no answer), reset (the connection is cut), redirect (307 to another path of this receiver);',
  'delay=S waits so many seconds first, alone it answers rightly after that; count=N only the first N deliveries.',
  'Example: --fail status=503,retry-after=5,count=3',
].join(' ');

/** Throws Error with what is wrong. */
export function parseFailing(text: string): Failing {
  let how: How = { how: 'none' };
  let delayMs = 0;
  let count = Number.POSITIVE_INFINITY;
  let retryAfterS: number | undefined;
  for (const word of text.split(',').map((each) => each.trim())) {
    const [name = '', value] = word.split('=');
    const number = (least: number, most: number): number => {
      const parsed = value === undefined || value === '' ? Number.NaN : Number(value);
      if (parsed >= least && parsed <= most) return parsed;
      throw new Error(`${name} wants a number from ${least} to ${most}, as in ${name}=${least}`);
    };
    if (name === 'delay') delayMs = number(0, 3600) * 1000;
    else if (name === 'count') count = Math.floor(number(1, 1_000_000));
    else if (name === 'retry-after') retryAfterS = Math.floor(number(0, 86_400));
    else if (how.how !== 'none') throw new Error(`it can fail in one way only; ${word} is a second one`);
    else if (name === 'status') how = { how: 'status', status: Math.floor(number(300, 599)), retryAfterS: undefined };
    else if ((name === 'drip' || name === 'hang' || name === 'reset' || name === 'redirect') && value === undefined)
      how = { how: name };
    else
      throw new Error(
        `${JSON.stringify(word)} is not known; there are status=N, delay=S, drip, hang, reset, redirect, count=N`,
      );
  }
  if (retryAfterS !== undefined && how.how !== 'status') throw new Error('retry-after goes with status=N');
  if (how.how === 'none' && delayMs === 0) throw new Error('it does not say how to fail');
  return { ...(how.how === 'status' ? { ...how, retryAfterS } : how), delayMs, count };
}

/** In the words of `--fail`. */
export const nameOf = (failing: Failing): string =>
  failing.how === 'none' ? 'delay' : failing.how === 'status' ? `status=${failing.status}` : failing.how;

const DRIP_MS = 100;

/** `cut` resets the connection. False: it is not to fail after all, only late. */
export function fail(failing: Failing, response: ServerResponse<never> | ServerResponse, cut: () => void): boolean {
  switch (failing.how) {
    case 'none':
      return false;
    case 'hang':
      return true;
    case 'reset':
      cut();
      return true;
    case 'redirect':
      response.writeHead(307, { Location: '/redirected' }).end();
      return true;
    case 'status': {
      const { status, retryAfterS } = failing;
      response.writeHead(status, retryAfterS === undefined ? {} : { 'Retry-After': String(retryAfterS) }).end();
      return true;
    }
    case 'drip': {
      response.writeHead(200);
      const dripping = setInterval(() => response.write('.'), DRIP_MS);
      response.once('close', () => clearInterval(dripping));
      return true;
    }
  }
}

/** TLS has no reset of its own: it is done to the TCP connection below. */
export function createCutter(server: { on(name: 'connection', then: (socket: Socket) => void): unknown }) {
  const below = new Map<number | undefined, Socket>();
  server.on('connection', (socket) => {
    const { remotePort } = socket;
    below.set(remotePort, socket);
    socket.once('close', () => below.delete(remotePort));
  });
  return (remotePort: number | undefined): void => void below.get(remotePort)?.resetAndDestroy();
}
