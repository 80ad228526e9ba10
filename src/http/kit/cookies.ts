/**
 * Cookies that no script reads, and marks that say no more than that there is one. Over https their names begin with `__Host-`: browsers take such a cookie over TLS alone, and from this very
 * host, so that no page of a neighbouring name plants another (RFC 6265bis §4.1.3.2). That wants the path /; an installation without TLS,
 * for trying out, has them without the prefix, on `path`.
 */
import type { CookieOptions, Request, Response } from 'express';

export type CookieSpec = {
  readonly name: string;
  readonly sameSite: 'strict' | 'lax';
  /** Without TLS. */
  readonly path: string;
};

/** A longer header is not looked through. */
const MOST = 8_192;

const nameFor = (req: Request, { name }: CookieSpec): string => (isSecure(req) ? `__Host-${name}` : name);
const isSecure = (req: Request): boolean => req.protocol === 'https';
const options = (req: Request, { sameSite, path }: CookieSpec): CookieOptions => ({
  httpOnly: true,
  sameSite,
  secure: isSecure(req),
  path: isSecure(req) ? '/' : path,
});

export function giveCookie(
  { req, res }: { readonly req: Request; readonly res: Response },
  spec: CookieSpec,
  value: string,
  until: Pick<CookieOptions, 'expires' | 'maxAge'>,
): void {
  res.cookie(nameFor(req, spec), value, { ...options(req, spec), ...until });
}

export function takeCookieAway(
  { req, res }: { readonly req: Request; readonly res: Response },
  spec: CookieSpec,
): void {
  res.clearCookie(nameFor(req, spec), options(req, spec));
}

/** What a page reads: that this browser was given such a cookie. It is believed by nobody. */
type Mark = { readonly name: string };
const markOptions = (req: Request): CookieOptions => ({ sameSite: 'strict', secure: isSecure(req), path: '/' });
export function giveMark(
  { req, res }: { readonly req: Request; readonly res: Response },
  { name }: Mark,
  until: Pick<CookieOptions, 'expires' | 'maxAge'>,
): void {
  res.cookie(name, '1', { ...markOptions(req), ...until });
}

export function takeMarkAway({ req, res }: { readonly req: Request; readonly res: Response }, { name }: Mark): void {
  res.clearCookie(name, markOptions(req));
}

/** Over https only the one with the prefix: the other may be anybody's. */
export function cookieOf(req: Request, spec: CookieSpec): string | undefined {
  const wanted = `${nameFor(req, spec)}=`;
  return (req.get('cookie') ?? '')
    .slice(0, MOST)
    .split(';')
    .map((each) => each.trim())
    .find((each) => each.startsWith(wanted))
    ?.slice(wanted.length);
}
